"""Levers on a request: how to change it so that a fact has a wanted value.

A policy names facts, a caller sends a request; whoever looks for the request on the other side of a comparison (a
surviving mutant, a boundary nobody tests) has to work back from the fact to the fields it is read from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from policy_service.contract.money import to_text
from policy_service.language.document import Document
from policy_service.language.vocabulary import FACTS, FactType
from policy_service.scenarios.merge import merged
from policy_service.scenarios.paths import Path, PathError

Json = dict[str, Any]
Change = tuple[Path, Any]

NOON = time(12)
ANCHORS = {"order": "placed_at", "shipment": "shipped_at", "delivery": "delivered_at"}


@dataclass(frozen=True, slots=True)
class Bench:
    """The request whose line is to be changed, and the policy that reads it."""

    request: Json
    line: int
    document: Document

    @property
    def asked(self) -> Json:
        return dict(self.request["lines"][self.line])

    @property
    def order_line(self) -> int:
        """The place in the order of the line that is asked for."""
        wanted = self.asked["order_line"]
        return next(place for place, line in enumerate(self.request["order"]["lines"]) if line["id"] == wanted)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.document.timezone)

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.request["requested_at"])

    def anchor(self, name: str) -> datetime | None:
        """The instant that a window counts from, the line's or else the order's."""
        field = ANCHORS[name]
        order = self.request["order"]
        text = order["lines"][self.order_line].get(field) or order.get(field)
        return datetime.fromisoformat(text) if text else None

    def local(self, day: date, at: time = NOON) -> str:
        """An instant of that day where the policy is."""
        return datetime.combine(day, at, self.zone).isoformat()


def pull(request: Json, line: int, document: Document, fact: str, value: Any) -> Json | None:
    """The request changed so that the line's fact should be `value` (None: not sent); None where there is no lever.

    Money is in minor units of the order's currency. The request must have `requested_at`. Levers may miss, where a
    fact hangs on others: whoever pulls one looks at the fact again.
    """
    bench = Bench(request, line, document)
    try:
        changes = _changes(bench, fact, value)
        return None if changes is None else merged(request, changes)
    except (PathError, KeyError, StopIteration, OverflowError, ValueError):
        return None


def _changes(bench: Bench, fact: str, value: Any) -> list[Change] | None:
    if fact in SPECIAL:
        return SPECIAL[fact](bench, value)
    if fact in FACTS:
        return [(_field(bench, FACTS[fact].source), _json(value))]
    if fact in bench.document.declared:
        return _attribute(bench, fact, value)
    if fact.startswith("days_since_") and fact.removeprefix("days_since_") in bench.document.declared:
        return _attribute(bench, fact.removeprefix("days_since_"), _days_ago(bench, value))
    return None


def _field(bench: Bench, source: str) -> Path:
    """The field that a fact is read from as it stands, such as `order.lines[].sku`, for the line to be changed."""
    places = {"lines[]": ("lines", bench.line), "order.lines[]": ("order", "lines", bench.order_line)}
    holder, _, name = source.rpartition(".")
    return (*places.get(holder, tuple(filter(None, holder.split(".")))), name)


def _json(value: Any) -> Any:
    if isinstance(value, frozenset | set | tuple):
        return sorted(value)
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _days_ago(bench: Bench, days: int | None) -> date | None:
    return None if days is None else bench.now.astimezone(bench.zone).date() - timedelta(days=days)


def _attribute(bench: Bench, name: str, value: Any) -> list[Change]:
    fact = bench.document.declared[name]
    place: Mapping[str, Path] = {"line": ("lines", bench.line), "order": ("order",), "customer": ("customer",)}
    if fact.type is FactType.MONEY and value is not None:
        value = to_text(value, bench.request["order"]["currency"])
    return [((*place[fact.about], "attributes", name), _json(value))]


def _liability(bench: Bench, value: Any) -> list[Change] | None:
    tree = bench.document.vocabulary.reasons
    reason = next((path for path in tree.paths() if tree.liability(path) == value), None)
    return None if reason is None else [(("lines", bench.line, "reason"), reason)]


def _quantity(bench: Bench, value: Any) -> list[Change] | None:
    if value is None or value < 1:
        return None
    bought = max(value, bench.request["order"]["lines"][bench.order_line]["quantity"])
    return [(("lines", bench.line, "quantity"), value), (("order", "lines", bench.order_line, "quantity"), bought)]


def _unit_price(bench: Bench, minor: Any) -> list[Change] | None:
    if minor is None or minor < 0:
        return None
    order: Path = ("order",)
    here: Path = ("order", "lines", bench.order_line)
    price = to_text(minor, bench.request["order"]["currency"])
    return [
        ((*here, "unit_paid"), None),
        ((*here, "discount"), None),
        ((*order, "discounts"), []),
        ((*here, "unit_price"), price),
    ]


def _line_paid(bench: Bench, minor: Any) -> list[Change] | None:
    priced = _unit_price(bench, minor)
    if priced is None:
        return None
    one: list[Change] = [(("lines", bench.line, "quantity"), 1), (("order", "lines", bench.order_line, "quantity"), 1)]
    return [*priced, *one, (("order", "lines", bench.order_line, "returned_quantity"), None)]


def _order_total(bench: Bench, minor: Any) -> list[Change] | None:
    return _line_paid(bench, minor) if len(bench.request["order"]["lines"]) == 1 else None


def _price_difference(bench: Bench, minor: Any) -> list[Change] | None:
    line = bench.request["order"]["lines"][bench.order_line]
    price = line.get("unit_price") or line.get("unit_paid")
    if minor is None or price is None or bench.asked["quantity"] != 1:
        return None
    currency = bench.request["order"]["currency"]
    digits = len(price.partition(".")[2])
    new = int(price.replace(".", "")) + minor if digits or "." not in price else None
    if new is None or new < 0:
        return None
    wanted = {"sku": f"{line['sku']}-other", "unit_price": to_text(new, currency)}
    return [(("lines", bench.line, "action"), "exchange"), (("lines", bench.line, "exchange_for"), wanted)]


def _same(field: str) -> Callable[[Bench, Any], list[Change] | None]:
    def lever(bench: Bench, value: Any) -> list[Change] | None:
        line = bench.request["order"]["lines"][bench.order_line]
        wanted = {"sku": line["sku"] if value else f"{line['sku']}-other", "unit_price": line.get("unit_price", "0.00")}
        changes: list[Change] = [(("lines", bench.line, "exchange_for"), wanted)]
        if field == "product" and value:
            changes.append((("order", "lines", bench.order_line, "product"), "variant"))
            changes.append(
                (("lines", bench.line, "exchange_for"), {**wanted, "sku": f"{line['sku']}-2", "product": "variant"})
            )
        return changes

    return lever


def _has_gift(bench: Bench, value: Any) -> list[Change] | None:
    if not value:
        return [(("order", "gifts"), [])]
    worth = to_text(100, bench.request["order"]["currency"])
    return [(("order", "gifts"), [{"sku": "GIFT-1", "with": [bench.asked["order_line"]], "value": worth}])]


def _gifts_complete(bench: Bench, value: Any) -> list[Change] | None:
    gifts = bench.request["order"].get("gifts") or []
    if not gifts and not value:
        added = _has_gift(bench, True) or []
        return [*added, (("lines", bench.line, "gifts_returned"), [])]
    return [(("lines", bench.line, "gifts_returned"), [gift["sku"] for gift in gifts] if value else [])]


def _cross_border(bench: Bench, value: Any) -> list[Change] | None:
    home = bench.document.ships_from
    if home is None:
        return None
    return [(("order", "country"), ("US" if home != "US" else "JP") if value else home)]


def _shipping_status(bench: Bench, value: Any) -> list[Change] | None:
    placed = bench.request["order"]["placed_at"]
    shipped = bench.anchor("shipment")
    delivered = bench.anchor("delivery")
    here: Path = ("order", "lines", bench.order_line)
    changes: list[Change] = [((*here, "shipped_at"), None), ((*here, "delivered_at"), None)]
    sent = shipped.isoformat() if shipped else placed
    match value:
        case "unshipped":
            return [*changes, (("order", "shipped_at"), None), (("order", "delivered_at"), None)]
        case "shipped":
            return [*changes, (("order", "shipped_at"), sent), (("order", "delivered_at"), None)]
        case "delivered":
            return [*changes, (("order", "delivered_at"), delivered.isoformat() if delivered else sent)]
    return None


def _on_day(anchor: str) -> Callable[[Bench, Any], list[Change] | None]:
    def lever(bench: Bench, value: Any) -> list[Change] | None:
        if value is None and anchor == "order":
            return None
        here: Path = ("order", "lines", bench.order_line, ANCHORS[anchor])
        changes: list[Change] = [] if anchor == "order" else [(here, None)]
        return [*changes, (("order", ANCHORS[anchor]), None if value is None else bench.local(value))]

    return lever


def _days_since(anchor: str) -> Callable[[Bench, Any], list[Change] | None]:
    def lever(bench: Bench, value: Any) -> list[Change] | None:
        if value is None:
            return _on_day(anchor)(bench, None)
        start = bench.anchor(anchor)
        if start is None or value < 0:
            return None
        asked = datetime.combine(
            start.astimezone(bench.zone).date() + timedelta(days=value), time(23, 59, 59), bench.zone
        )
        return [(("requested_at",), asked.isoformat())]

    return lever


def _requested_on(bench: Bench, value: Any) -> list[Change] | None:
    return None if value is None else [(("requested_at",), bench.local(value))]


def _none(bench: Bench, value: Any) -> None:
    """No lever: the rest of the request hangs on the fact, or the request does not say it."""


SPECIAL: dict[str, Callable[[Bench, Any], list[Change] | None]] = {
    "currency": _none,
    "stage": _none,
    "liability": _liability,
    "quantity": _quantity,
    "unit_paid": _unit_price,
    "line_paid": _line_paid,
    "order_total": _order_total,
    "price_difference": _price_difference,
    "same_sku": _same("sku"),
    "same_product": _same("product"),
    "has_gift": _has_gift,
    "gifts_complete": _gifts_complete,
    "cross_border": _cross_border,
    "shipping_status": _shipping_status,
    "ordered_on": _on_day("order"),
    "shipped_on": _on_day("shipment"),
    "delivered_on": _on_day("delivery"),
    "days_since_order": _days_since("order"),
    "days_since_shipment": _days_since("shipment"),
    "days_since_delivery": _days_since("delivery"),
    "requested_on": _requested_on,
}
"""Levers of facts that are not simply read from the field that is their `source`."""
