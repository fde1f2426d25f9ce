"""What a request must fit besides the contract: reasons, attributes and currencies of the governing policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy_service.contract.money import MoneyError
from policy_service.contract.request import FieldError, ReturnRequest
from policy_service.decision.case import WrongType, typed
from policy_service.decision.rulebook import Governing
from policy_service.language.diagnostics import suggest
from policy_service.language.document import Document

FORMS = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": 'a number, such as 10.5 or "10.5"',
    "money": 'a sum as text with exactly the digits of the order\'s currency, such as "12.00"',
    "date": 'a date, such as "2025-06-01"',
    "text": "text",
    "set": "a list of texts",
}


def admit(request: ReturnRequest, governing: Governing) -> list[FieldError]:
    """Every error of a request against the documents that govern it, in document order; empty: it can be decided."""
    return [*_reasons(request, governing), *_attributes(request, governing), *_currency(request, governing)]


def reason_error(pointer: str, path: str, governing: Governing) -> FieldError:
    """The error for a reason that the policy's tree does not have."""
    known = tuple(governing.policy.document.vocabulary.reasons.paths())
    near = suggest(path, known)
    hint = f"did you mean `{near}`?" if near else f"one of {', '.join(known)}"
    return FieldError(pointer, f"`{path}` is not a reason of this policy", hint)


def _reasons(request: ReturnRequest, governing: Governing) -> Iterator[FieldError]:
    tree = governing.policy.document.vocabulary.reasons
    for index, line in enumerate(request.lines):
        if not tree.knows(line.reason):
            yield reason_error(f"/lines/{index}/reason", line.reason, governing)


def _attributes(request: ReturnRequest, governing: Governing) -> Iterator[FieldError]:
    order = request.order
    for index, order_line in enumerate(order.lines):
        yield from check_attributes(
            f"/order/lines/{index}/attributes", order_line.attributes, "line", order.currency, governing
        )
    yield from check_attributes("/order/attributes", order.attributes, "order", order.currency, governing)
    if request.customer is not None:
        yield from check_attributes(
            "/customer/attributes", request.customer.attributes, "customer", order.currency, governing
        )
    for index, line in enumerate(request.lines):
        yield from check_attributes(f"/lines/{index}/attributes", line.attributes, "line", order.currency, governing)


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
                f"`{name}` is not a fact that this policy declares",
                f"did you mean `{near}`?" if near else "declare it under `facts` in the policy, or leave it out",
            )
        elif facts[0].about != about:
            yield FieldError(
                place, f"`{name}` is a fact about the {facts[0].about}", f"send it in the {facts[0].about}'s attributes"
            )
        elif value is not None:
            try:
                typed(value, facts[0].type, currency)
            except (WrongType, MoneyError):
                yield FieldError(place, f"`{name}` is {facts[0].type}", f"send {FORMS[facts[0].type]}")


def _currency(request: ReturnRequest, governing: Governing) -> Iterator[FieldError]:
    order = request.order.currency
    policy = governing.policy.document.currency
    for book in governing.books:
        document = book.document
        if not _names_sums(document) or document.currency in (order, None):
            continue
        if document.currency != policy:
            yield FieldError(
                "/order/currency",
                f"the statute `{document.name}` names sums in {document.currency}, the policy in {policy}, "
                f"the order is in {order}",
                f"send the order in {policy} or {document.currency}",
            )
        elif request.order.fx_rate is None:
            yield FieldError(
                "/order/fx_rate",
                f"the order is in {order} and the policy names sums in {policy}: the rate between them is needed",
                f"send how much {policy} one {order} is, as text",
            )


def _names_sums(document: Document) -> bool:
    """Whether the document names a sum: in a clause, or as the default of a fact of its own."""
    defaults = (fact.type == "money" and fact.default is not None for fact in document.declared.values())
    return document.names_sums or any(defaults)
