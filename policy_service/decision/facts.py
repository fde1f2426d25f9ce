"""Where each built-in fact of the vocabulary is read: one small reader a fact, bound once per rulebook.

A reader returns the fact's value, or its documented default when it was not sent; None means unknown. Money is in minor
units of the order's currency, days are local dates of the policy's time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from datetime import date, datetime

from policy_service.contract.money import half_up
from policy_service.decision.attributes import FactValue
from policy_service.decision.case import LineState, Moment

Reader = Callable[[LineState, Moment], FactValue]
Presence = Callable[[LineState], bool]

UNKNOWN = "unknown"


def _local(state: LineState, instant: datetime | None) -> date | None:
    return None if instant is None else state.case.local_day(instant)


def _since(state: LineState, moment: Moment, instant: datetime | None) -> int | None:
    return None if instant is None else max(0, (moment.today - state.case.local_day(instant)).days)


def country(state: LineState) -> str | None:
    return state.case.order.country or state.case.policy.ships_from


def _cross_border(state: LineState) -> bool:
    home = state.case.policy.ships_from
    return home is not None and state.case.order.country is not None and state.case.order.country != home


def _shipping_status(state: LineState) -> str:
    if state.anchors.instants["delivery"] is not None:
        return "delivered"
    return "shipped" if state.anchors.instants["shipment"] is not None else "unshipped"


def _same_sku(state: LineState) -> bool:
    wanted = state.line.exchange_for
    return wanted is None or wanted.sku == state.order_line.sku


def _same_product(state: LineState) -> bool:
    wanted = state.line.exchange_for
    return _same_sku(state) or (
        wanted is not None and wanted.product is not None and wanted.product == state.order_line.product
    )


def _gifts_complete(state: LineState) -> bool:
    return all(gift.sku in state.gifts_back for gift in state.attached)


def _customer(name: str) -> Callable[[LineState], object]:
    return lambda state: getattr(state.case.customer, name, None)


READERS: dict[str, Reader] = {
    "action": lambda s, m: s.action,
    "reason": lambda s, m: s.line.reason,
    "liability": lambda s, m: s.liability,
    "condition": lambda s, m: s.line.condition or UNKNOWN,
    "human_damage": lambda s, m: bool(s.line.human_damage),
    "category": lambda s, m: s.order_line.category or UNKNOWN,
    "sku": lambda s, m: s.order_line.sku,
    "tags": lambda s, m: frozenset(s.order_line.tags or ()),
    "quantity": lambda s, m: s.quantity,
    "unit_paid": lambda s, m: half_up(s.case.prices.lines[s.order_line.id].paid, s.order_line.quantity),
    "line_paid": lambda s, m: s.paid,
    "price_difference": lambda s, m: s.price_difference,
    "same_sku": lambda s, m: _same_sku(s),
    "same_product": lambda s, m: _same_product(s),
    "evidence": lambda s, m: s.evidence,
    "missing_parts": lambda s, m: frozenset(s.line.missing_parts or ()),
    "repairs_done": lambda s, m: s.line.repairs_done or 0,
    "has_gift": lambda s, m: bool(s.attached),
    "gifts_complete": lambda s, m: _gifts_complete(s),
    "fit": lambda s, m: s.line.fit or UNKNOWN,
    "no_return_acknowledged": lambda s, m: bool(s.order_line.no_return_acknowledged),
    "order_total": lambda s, m: s.case.prices.total,
    "promotions": lambda s, m: frozenset(s.case.order.promotions or ()),
    "country": lambda s, m: country(s) or UNKNOWN,
    "currency": lambda s, m: s.case.order.currency,
    "cross_border": lambda s, m: _cross_border(s),
    "paid_with": lambda s, m: s.case.order.paid_with or UNKNOWN,
    "sold_via": lambda s, m: s.case.order.sold_via or UNKNOWN,
    "shipping_status": lambda s, m: _shipping_status(s),
    "ordered_on": lambda s, m: _local(s, s.anchors.instants["order"]),
    "shipped_on": lambda s, m: _local(s, s.anchors.instants["shipment"]),
    "delivered_on": lambda s, m: _local(s, s.anchors.instants["delivery"]),
    "days_since_order": lambda s, m: _since(s, m, s.anchors.instants["order"]),
    "days_since_shipment": lambda s, m: _since(s, m, s.anchors.instants["shipment"]),
    "days_since_delivery": lambda s, m: _since(s, m, s.anchors.instants["delivery"]),
    "channel": lambda s, m: s.case.request.channel or UNKNOWN,
    "return_method": lambda s, m: s.case.request.return_method or UNKNOWN,
    "surface": lambda s, m: s.case.request.surface,
    "requested_on": lambda s, m: m.today,
    "stage": lambda s, m: s.claim.stage,
    "tier": lambda s, m: (s.case.customer.tier if s.case.customer else None) or UNKNOWN,
    "tier_at_purchase": lambda s, m: (s.case.customer.tier_at_purchase if s.case.customer else None) or UNKNOWN,
    "customer_tags": lambda s, m: frozenset((s.case.customer.tags if s.case.customer else None) or ()),
    "returns_90d": lambda s, m: (s.case.customer.returns_90d or 0) if s.case.customer else 0,
}


SENT: dict[str, Presence] = {
    "condition": lambda s: s.line.condition is not None,
    "human_damage": lambda s: s.line.human_damage is not None,
    "category": lambda s: s.order_line.category is not None,
    "tags": lambda s: s.order_line.tags is not None,
    "evidence": lambda s: s.line.evidence is not None,
    "missing_parts": lambda s: s.line.missing_parts is not None,
    "repairs_done": lambda s: s.line.repairs_done is not None,
    "fit": lambda s: s.line.fit is not None,
    "no_return_acknowledged": lambda s: s.order_line.no_return_acknowledged is not None,
    "promotions": lambda s: s.case.order.promotions is not None,
    "country": lambda s: s.case.order.country is not None,
    "cross_border": lambda s: s.case.order.country is not None,
    "paid_with": lambda s: s.case.order.paid_with is not None,
    "sold_via": lambda s: s.case.order.sold_via is not None,
    "shipped_on": lambda s: s.anchors.instants["shipment"] is not None,
    "delivered_on": lambda s: s.anchors.instants["delivery"] is not None,
    "days_since_shipment": lambda s: s.anchors.instants["shipment"] is not None,
    "days_since_delivery": lambda s: s.anchors.instants["delivery"] is not None,
    "channel": lambda s: s.case.request.channel is not None,
    "return_method": lambda s: s.case.request.return_method is not None,
    "tier": lambda s: _customer("tier")(s) is not None,
    "tier_at_purchase": lambda s: _customer("tier_at_purchase")(s) is not None,
    "customer_tags": lambda s: _customer("tags")(s) is not None,
    "returns_90d": lambda s: _customer("returns_90d")(s) is not None,
}
"""Whether an optional fact was sent; facts without an entry are always known."""


def reader(name: str, declared: Container[str]) -> Reader:
    """The reader of a built-in fact, of a declared one, or of the days since a declared date.

    Raises LookupError for any other name: a value that is read nowhere would be taken for an absent one.
    """
    if name in READERS:
        return READERS[name]
    base = _declared(name, declared)
    return _days_since_declared(base) if base != name else lambda state, moment: state.declared(name)


def _declared(name: str, declared: Container[str]) -> str:
    """The declared fact that a name is, or that it counts the days since."""
    base = name if name in declared else name.removeprefix("days_since_")
    if base not in declared:
        raise LookupError(f"no reader for the fact `{name}`, and no document declares it")
    return base


def _days_since_declared(name: str) -> Reader:
    def read(state: LineState, moment: Moment) -> int | None:
        day = state.declared_date(name)
        return None if day is None else max(0, (moment.today - day).days)

    return read


def number(name: str, state: LineState, moment: Moment) -> int | None:
    """A fact that a clause reads as a number or a sum; None where it was not sent."""
    value = reader(name, state.case.declared_names)(state, moment)
    return value if isinstance(value, int) else None


def presence(name: str, declared: Container[str]) -> Presence | None:
    """Whether the fact was sent; None where it always is."""
    if name in READERS:
        return SENT.get(name)
    base = _declared(name, declared)
    return lambda state: state.declared_sent(base)
