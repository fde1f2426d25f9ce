"""What every order line was paid, and what its units are worth when they come back.

All sums are integer minor units of the order's currency. Source: semantics, "Money".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from policy_service.contract.money import apportion, half_up
from policy_service.contract.request import Discount, Order, OrderLine


def cumulative(total: int, units: int, returned: int) -> int:
    """The part of `total`, paid for `units`, that the first `returned` carry: successive parts add up to it."""
    return half_up(total * returned, units)


def part(total: int, units: int, before: int, quantity: int) -> int:
    """What `quantity` units carry of `total` when `before` units went earlier."""
    return cumulative(total, units, before + quantity) - cumulative(total, units, before)


@dataclass(slots=True)
class LinePrice:
    """One order line: `gross` is list price times quantity, `net` less its discount, `paid` less the order's too."""

    units: int
    gross: int
    net: int
    paid: int
    unit_price: int
    shared: bool  # order discounts touch it: false where `unit_paid` was sent


class Prices:
    """The order's money, computed once per decision and independent of time.

    `lines` maps an order line's id to its `LinePrice`; `shares` holds, per item discount, each line's share.
    """

    __slots__ = ("__dict__", "discounts", "lines", "order", "order_lines", "shares")

    def __init__(self, order: Order) -> None:
        self.order = order
        self.order_lines: dict[str, OrderLine] = {line.id: line for line in order.lines}
        self.lines = {line.id: _line_price(line) for line in order.lines}
        self.discounts: tuple[Discount, ...] = tuple(d for d in order.discounts or () if d.on != "shipping")
        self.shares = [self._share(discount) for discount in self.discounts]
        for shares in self.shares:
            for line_id, amount in shares.items():
                self.lines[line_id].paid -= amount

    def _share(self, discount: Discount) -> dict[str, int]:
        wanted = None if discount.lines is None else frozenset(discount.lines)
        ids = [key for key, line in self.lines.items() if line.shared and (wanted is None or key in wanted)]
        return dict(zip(ids, apportion(discount.amount, [self.lines[key].net for key in ids]), strict=True))

    @cached_property
    def total(self) -> int:
        """The sum of the lines' paid, without shipping."""
        return sum(line.paid for line in self.lines.values())

    def paid_for(self, line_id: str, before: int, quantity: int) -> int:
        """What was paid for `quantity` units of a line of which `before` units went back earlier."""
        line = self.lines[line_id]
        if quantity == line.units and before == 0:
            return line.paid
        return part(line.paid, line.units, before, quantity)

    def kept_value(self, returned: Mapping[str, int], codes: Collection[str] | None) -> int:
        """V of the goods still kept: net of the discounts that what is kept still earns.

        `codes` are the discounts that can be lost (None: all of them); the others stay earned.
        """
        kept = {key: self._units_kept(key, returned) for key in self.lines}
        worth = {key: line.net if line.shared else line.paid for key, line in self.lines.items()}
        for discount, shares in zip(self.discounts, self.shares, strict=True):
            if codes is not None and discount.code not in codes:
                earned = True
            else:
                earned = self._earned(discount, returned, kept)
            if earned:
                for key, amount in shares.items():
                    worth[key] -= amount
        return sum(self._kept_part(key, worth[key], returned, kept) for key in self.lines)

    def _units_kept(self, key: str, returned: Mapping[str, int]) -> int:
        line = self.order_lines[key]
        return max(0, line.quantity - (line.cancelled_quantity or 0) - returned.get(key, 0))

    def _kept_part(self, key: str, total: int, returned: Mapping[str, int], kept: Mapping[str, int]) -> int:
        return part(total, self.lines[key].units, returned.get(key, 0), kept[key])

    def _earned(self, discount: Discount, returned: Mapping[str, int], kept: Mapping[str, int]) -> bool:
        keys = [key for key in self.lines if discount.lines is None or key in discount.lines]
        spend = sum(
            self._kept_part(
                key, self.lines[key].net if self.lines[key].shared else self.lines[key].paid, returned, kept
            )
            for key in keys
        )
        units = sum(kept[key] for key in keys)
        return spend >= (discount.min_spend or 0) and units >= (discount.min_quantity or 0)


def _line_price(line: OrderLine) -> LinePrice:
    if line.unit_paid is not None:
        paid = line.unit_paid * line.quantity
        return LinePrice(line.quantity, paid, paid, paid, line.unit_paid, shared=False)
    unit_price = line.unit_price or 0
    gross = unit_price * line.quantity
    net = gross - (line.discount or 0)
    return LinePrice(line.quantity, gross, net, net, unit_price, shared=True)
