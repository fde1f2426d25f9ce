"""What every order line was paid, and what its units are worth when they come back.

All sums are integer minor units of the order's currency. Source: semantics, "Money".
"""

from __future__ import annotations

from dataclasses import dataclass

from policy_service.contract.money import apportion, cumulative
from policy_service.contract.order import Discount, Order, OrderLine


def part(total: int, units: int, before: int, quantity: int) -> int:
    """What `quantity` units carry of `total` when `before` units went earlier."""
    return cumulative(total, units, before + quantity) - cumulative(total, units, before)


@dataclass(slots=True)
class LinePrice:
    """One order line: `gross` is list price times quantity, `net` less its discount, `paid` less the order's too.

    Of an order that makes sense; otherwise they may be below 0.
    """

    units: int
    gross: int
    net: int
    paid: int
    unit_price: int
    shared: bool  # order discounts touch it: false where `unit_paid` was sent


class Prices:
    """The order's money, computed once per request and independent of time.

    `lines` maps an order line's id to its `LinePrice`; `shares` holds, per item discount, each line's share; `total` is
    the sum of the lines' paid, without shipping.
    """

    __slots__ = ("discounts", "lines", "order", "order_lines", "shares", "total")

    def __init__(self, order: Order) -> None:
        self.order = order
        self.order_lines: dict[str, OrderLine] = {line.id: line for line in order.lines}
        self.lines = {line.id: _line_price(line) for line in order.lines}
        self.discounts: tuple[Discount, ...] = ()
        self.shares: list[dict[str, int]] = []
        if order.discounts:
            self.discounts = tuple([discount for discount in order.discounts if discount.on != "shipping"])
            self.shares = [self._share(discount) for discount in self.discounts]
        for shares in self.shares:
            for line_id, amount in shares.items():
                self.lines[line_id].paid -= amount
        self.total = sum([line.paid for line in self.lines.values()])

    def _share(self, discount: Discount) -> dict[str, int]:
        wanted = None if discount.lines is None else frozenset(discount.lines)
        ids = [key for key, line in self.lines.items() if line.shared and (wanted is None or key in wanted)]
        return dict(zip(ids, apportion(discount.amount, [max(0, self.lines[key].net) for key in ids]), strict=True))

    def paid_for(self, line_id: str, before: int, quantity: int) -> int:
        """What was paid for `quantity` units of a line of which `before` units went back earlier."""
        line = self.lines[line_id]
        if quantity == line.units and before == 0:
            return line.paid
        return part(line.paid, line.units, before, quantity)


def _line_price(line: OrderLine) -> LinePrice:
    if line.unit_paid is not None:
        paid = line.unit_paid * line.quantity
        return LinePrice(line.quantity, paid, paid, paid, line.unit_paid, shared=False)
    unit_price = line.unit_price or 0
    gross = unit_price * line.quantity
    net = gross - (line.discount or 0)
    return LinePrice(line.quantity, gross, net, net, unit_price, shared=True)
