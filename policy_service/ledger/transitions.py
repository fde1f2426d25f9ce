"""Which events can happen to a case where it stands, and why not otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from policy_service.contract.money import MoneyError, to_minor, to_text
from policy_service.contract.request import BadRequest, FieldError
from policy_service.ledger.cases import Case
from policy_service.ledger.errors import Conflict

Json = Mapping[str, Any]
Why = tuple[str, str | None]

ANY_TIME = ("note", "feedback")


def admit(case: Case, type: str, data: Json) -> None:
    """Raises Conflict with the reason when the event cannot happen now, BadRequest when its sum does not read."""
    if type not in ANY_TIME and case.over:
        ended = "cancelled" if case.happened("cancelled") else "closed"
        raise Conflict(f"case `{case.id}` is {ended}", "only `note` and `feedback` are still taken")
    why = RULES[type](case, data)
    if why is not None:
        raise Conflict(*why)


def _label_issued(case: Case, _data: Json) -> Why | None:
    return _no_parcel(case) or _already_here(case)


def _shipped(case: Case, _data: Json) -> Why | None:
    return _no_parcel(case) or _already_here(case)


def _received(case: Case, _data: Json) -> Why | None:
    if case.inspected and not case.awaiting_inspection:
        return "the goods were inspected already", "supersede the inspection where it was wrong"
    return _no_parcel(case)


def _no_parcel(case: Case) -> Why | None:
    if case.reviewing and not case.goods_come_back:
        return "a person must decide first", "settle the review"
    if not case.goods_come_back:
        return "no goods are to come back in this case", "its decisions approve nothing that travels; leave a `note`"
    return None


def _already_here(case: Case) -> Why | None:
    return ("the goods are here already", None) if case.happened("received") else None


def _repair_started(case: Case, _data: Json) -> Why | None:
    if not case.happened("received") and not case.inspected:
        return "nothing to repair has arrived", "record `received` first"
    to_mend = "repair" in case.actions() or any(
        item["to"] == "repair" for d in case.effective for line in d.decision["lines"] for item in line["disposition"]
    )
    return None if to_mend else ("nothing in this case is to be repaired", None)


def _repair_done(case: Case, _data: Json) -> Why | None:
    return None if case.repairs > 0 else ("no repair is under way", "record `repair_started` first")


def _refunded(case: Case, data: Json) -> Why | None:
    if case.reviewing and not case.refund_left:
        return "a person must decide first", "settle the review"
    left = case.refund_left
    if not left:
        return "no refund is owed", None if not case.refunded else "all of it was refunded before"
    if amount(case, data) > left:
        return f"only {to_text(left, case.currency)} {case.currency} is still owed", None
    return None


def amount(case: Case, data: Json) -> int:
    """The sum of a `refunded` event in minor units; without one it is all that is owed. Raises BadRequest."""
    if data.get("amount") is None:
        return case.refund_left
    try:
        return to_minor(data["amount"], case.currency)
    except MoneyError as error:
        raise BadRequest([FieldError("/amount", error.message, error.hint)]) from None


def _sent(action: tuple[str, ...]) -> Callable[[Case, Json], Why | None]:
    def rule(case: Case, _data: Json) -> Why | None:
        if not case.actions() & set(action):
            named = " or ".join(f"`{name}`" for name in action)
            return f"no {named} was approved", None
        if action == ("repair", "reship") and case.actions() & set(action) == {"repair"} and case.repairs > 0:
            return "the repair is not done", "record `repair_done` first"
        return None

    return rule


def _closed(case: Case, _data: Json) -> Why | None:
    if case.reviewing:
        return "a person must decide first", "settle the review, or record `cancelled`"
    if case.repairs > 0 and "repair" in case.actions():
        return "the customer's goods are in repair", "record `repair_done` and `reshipped` first"
    if case.refund_left and (not case.goods_come_back or case.inspected):
        return (
            f"{to_text(case.refund_left, case.currency)} {case.currency} is still to be refunded",
            "record `refunded` first",
        )
    return None


def _cancelled(case: Case, _data: Json) -> Why | None:
    for step, what in (
        ("received", "the goods arrived"),
        ("refunded", "money was refunded"),
        ("exchanged", "other goods were sent"),
    ):
        if case.happened(step):
            return f"{what} already", "record `closed` at its end instead"
    return None


def _any_time(_case: Case, _data: Json) -> Why | None:
    return None


RULES: dict[str, Callable[[Case, Json], Why | None]] = {
    "label_issued": _label_issued,
    "shipped": _shipped,
    "received": _received,
    "repair_started": _repair_started,
    "repair_done": _repair_done,
    "refunded": _refunded,
    "exchanged": _sent(("exchange",)),
    "reshipped": _sent(("repair", "reship")),
    "closed": _closed,
    "cancelled": _cancelled,
    "feedback": _any_time,
    "note": _any_time,
}
