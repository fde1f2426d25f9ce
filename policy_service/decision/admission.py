"""What a request must fit besides the contract: reasons, attributes and currencies of the governing policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policy_service.contract.checks import objects
from policy_service.contract.money import MoneyError, UnknownCurrency
from policy_service.contract.request import FieldError, ReturnRequest
from policy_service.contract.suggest import shown
from policy_service.decision.case import WrongType, typed
from policy_service.decision.rulebook import Governing
from policy_service.language.diagnostics import suggest

Lines = Sequence[tuple[int, Mapping[str, Any]]]

FORMS = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": 'a number, such as 10.5 or "10.5"',
    "money": 'a sum as text with exactly the digits of the order\'s currency, such as "12.00"',
    "date": 'a date, such as "2025-06-01"',
    "text": "text",
    "set": "a list of texts",
}


def admit(raw: Mapping[str, Any], governing: Governing) -> list[FieldError]:
    """Every error of a request's JSON against the documents that govern it; empty: it can be decided.

    Parts that do not fit the contract are passed over, so that a body which is wrong in form too hears of both at once.
    """
    lines = objects(raw.get("lines"))
    return [*_reasons(lines, governing), *_attributes(raw, lines, governing), *_currency(raw, governing)]


def fits_plainly(request: ReturnRequest, governing: Governing) -> bool:
    """Whether `admit` surely finds nothing: known reasons, no attributes, the policy's own currency."""
    order, customer = request.order, request.customer
    knows = governing.policy.document.vocabulary.reasons.knows
    for line in request.lines:
        if line.attributes or not knows(line.reason):
            return False
    for sold in order.lines:
        if sold.attributes:
            return False
    for book in governing.books:
        if book.document.currency not in (order.currency, None):
            return False
    return not (order.attributes or (customer is not None and customer.attributes))


def reason_error(pointer: str, path: str, governing: Governing) -> FieldError:
    """The error for a reason that the policy's tree does not have."""
    known = tuple(governing.policy.document.vocabulary.reasons.paths())
    near = suggest(path, known)
    hint = f"did you mean `{near}`?" if near else f"one of {', '.join(known)}"
    return FieldError(pointer, f"`{shown(path)}` is not a reason of this policy", hint)


def _reasons(lines: Lines, governing: Governing) -> Iterator[FieldError]:
    tree = governing.policy.document.vocabulary.reasons
    for index, line in lines:
        reason = line.get("reason")
        if isinstance(reason, str) and not tree.knows(reason):
            yield reason_error(f"/lines/{index}/reason", reason, governing)


def _attributes(raw: Mapping[str, Any], lines: Lines, governing: Governing) -> Iterator[FieldError]:
    order = _object(raw.get("order"))
    holders: list[tuple[str, Mapping[str, Any], str]] = [
        *[(f"/order/lines/{i}", line, "line") for i, line in objects(order.get("lines")) if line.get("attributes")],
        ("/order", order, "order"),
        ("/customer", _object(raw.get("customer")), "customer"),
        *[(f"/lines/{i}", line, "line") for i, line in lines if line.get("attributes")],
    ]
    for place, holder, about in holders:
        sent = holder.get("attributes")
        if sent and isinstance(sent, Mapping):
            yield from check_attributes(f"{place}/attributes", sent, about, str(order.get("currency")), governing)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def check_attributes(
    pointer: str, sent: Mapping[str, Any] | None, about: str, currency: str, governing: Governing
) -> Iterator[FieldError]:
    """Errors of one `attributes` object: undeclared facts, facts of something else, values of another type."""
    for name, value in (sent or {}).items():
        place = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
        facts = [book.document.declared[name] for book in governing.books if name in book.document.declared]
        if not facts and name in governing.declared:
            facts = [governing.declared[name]]
        if not facts:
            known = [*governing.declared, *(fact for book in governing.books for fact in book.document.declared)]
            near = suggest(name, known)
            yield FieldError(
                place,
                f"`{shown(name)}` is not a fact that this policy declares",
                f"did you mean `{near}`?" if near else "declare it under `facts` in the policy, or leave it out",
            )
        elif facts[0].about != about:
            yield FieldError(
                place, f"`{name}` is a fact about the {facts[0].about}", f"send it in the {facts[0].about}'s attributes"
            )
        elif value is not None:
            try:
                typed(value, facts[0].type, currency)
            except (WrongType, MoneyError, UnknownCurrency):
                yield FieldError(place, f"`{name}` is {facts[0].type}", f"send {FORMS[facts[0].type]}")


def _currency(raw: Mapping[str, Any], governing: Governing) -> Iterator[FieldError]:
    sent = _object(raw.get("order"))
    order, policy = sent.get("currency"), governing.policy.document.currency
    for book in governing.books:
        document = book.document
        if not isinstance(order, str) or not book.names_sums or document.currency in (order, None):
            continue
        if document.currency != policy:
            yield FieldError(
                "/order/currency",
                f"the statute `{document.name}` names sums in {document.currency}, the policy in {policy}, "
                f"the order is in {order}",
                f"send the order in {policy} or {document.currency}",
            )
        elif sent.get("fx_rate") is None:
            yield FieldError(
                "/order/fx_rate",
                f"the order is in {order} and the policy names sums in {policy}: the rate between them is needed",
                f"send how much {policy} one {order} is, as text",
            )
