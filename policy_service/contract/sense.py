"""The quick look at a request whose form is right: nearly every one makes sense, and needs no words for its errors.

`checks.cross_check` looks at the raw JSON instead, beside whatever is broken in it, and words each error; where it
finds none, this finds none, and the other way round.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from policy_service.contract.money import MAX_MINOR
from policy_service.contract.prices import Prices

if TYPE_CHECKING:
    from policy_service.contract.order import Order
    from policy_service.contract.request import ReturnRequest


def makes_sense(request: ReturnRequest, prices: Prices) -> bool:
    """Whether `cross_check` would find nothing to say of the request; `prices` are its order's."""
    order = request.order
    if request.override is not None and request.surface != "staff":
        return False
    if request.requested_at is not None and request.requested_at < order.placed_at:
        return False
    names = prices.order_lines
    if len(names) != len(order.lines) or not _lines_make_sense(order, prices):
        return False
    wanted = 0
    for line in request.lines:
        if line.order_line not in names:
            return False
        if line.exchange_for is not None:
            wanted += line.exchange_for.unit_price * line.quantity
    if wanted > MAX_MINOR:
        return False
    if order.gifts and not all(_names_each_once(gift.with_, names) for gift in order.gifts):
        return False
    return not order.discounts or _discounts_make_sense(order, prices)


def _lines_make_sense(order: Order, prices: Prices) -> bool:
    total = 0
    for line in order.lines:
        if line.unit_paid is None:
            if line.unit_price is None:
                return False
        elif line.unit_price is not None or line.discount is not None:
            return False
        if line.shipped_quantity is not None and line.shipped_quantity > line.quantity:
            return False
        if line.cancelled_quantity is not None and line.cancelled_quantity > line.quantity:
            return False
        price = prices.lines[line.id]
        if price.net < 0:
            return False
        total += price.gross
        if line.tax is not None:
            total += line.tax
        if line.duty_paid is not None:
            total += line.duty_paid
    return total + (order.shipping_paid or 0) <= MAX_MINOR


def _discounts_make_sense(order: Order, prices: Prices) -> bool:
    """Whether no discount takes more off than its lines cost; lines sold at `unit_paid` take no share."""
    for discount in order.discounts or ():
        if discount.lines is not None and not _names_each_once(discount.lines, prices.order_lines):
            return False
    for discount, shares in zip(prices.discounts, prices.shares, strict=True):
        # Shares fall short of the amount where its lines cost nothing; a discount of no line at all counts for none.
        if shares and sum(shares.values()) != discount.amount:
            return False
    return all(line.paid >= 0 for line in prices.lines.values())


def _names_each_once(named: Sequence[str], names: Collection[str]) -> bool:
    return len(set(named)) == len(named) and all(name in names for name in named)
