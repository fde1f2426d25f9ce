"""The quick look at a request and the checks that word its errors agree on which requests make sense."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.contract.checks import cross_check
from policy_service.contract.money import scale_of
from policy_service.contract.prices import Prices
from policy_service.contract.request import ReturnRequest
from policy_service.contract.sense import makes_sense

INSTANTS = ("2025-06-01T00:00:00+08:00", "2025-06-02T00:00:00Z", "2025-06-02T08:00:00+08:00")
MOST = "999999999999999.99"
"""Of a field; ten times this is 0.09 less than the largest sum."""


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Requests of the right form; about every second one makes sense."""

    def odd() -> bool:
        return draw(st.integers(0, 24)) == 0

    def price(*usual: str) -> str:
        return MOST if odd() else draw(st.sampled_from(usual))

    def some(of: dict[str, Any], name: str, *usual: str) -> None:
        if draw(st.booleans()):
            of[name] = price(*usual)

    def name(known: list[str]) -> str:
        return "9" if odd() else draw(st.sampled_from(known))

    def names(known: list[str]) -> list[str]:
        return [name(known) for _ in range(2)] if odd() else [name(known)]

    vast = draw(st.integers(0, 3)) == 0
    """Whether its sums come close to the largest one, and a few cents matter."""
    known = [str(number) for number in range(1, draw(st.integers(1, 3)) + 1)]
    lines = []
    for each in known:
        line: dict[str, Any] = {"id": known[0] if odd() else each, "sku": "S", "quantity": draw(st.integers(1, 3))}
        sold = "unit_paid" if draw(st.integers(0, 3)) == 0 else "unit_price"
        if not odd():
            line[sold] = price("0.00", "5.00", "10.00")
        if odd():
            line["unit_paid"] = price("5.00")
        if (sold == "unit_price" and draw(st.booleans())) or odd():
            line["discount"] = price("0.00", "0.01", "5.00")
        for counter in ("shipped_quantity", "cancelled_quantity"):
            if draw(st.booleans()):
                line[counter] = 11 if odd() else draw(st.integers(0, line["quantity"]))
        if vast and each == "1" and sold in line:
            line |= {sold: MOST, "quantity": 10}
        for charge in ("tax", "duty_paid"):
            some(line, charge, "0.00", "0.04", "0.05", "0.09")
        lines.append(line)
    order: dict[str, Any] = {"id": "O", "currency": "CNY", "placed_at": draw(st.sampled_from(INSTANTS)), "lines": lines}
    some(order, "shipping_paid", "0.00", "0.01", "0.09")
    if draw(st.booleans()):
        order["gifts"] = [{"sku": "G", "with": names(known)}]
    order["discounts"] = []
    for _ in range(draw(st.integers(0, 2))):
        discount: dict[str, Any] = {"code": "D", "amount": price("0.00", "0.01", "5.00")}
        if draw(st.booleans()):
            discount["lines"] = names(known)
        if draw(st.booleans()):
            discount["on"] = draw(st.sampled_from(["items", "shipping"]))
        order["discounts"].append(discount)
    asked = []
    for _ in range(draw(st.integers(1, 3))):
        line = {"order_line": name(known), "quantity": 2, "action": "exchange", "reason": "size"}
        if draw(st.booleans()):
            line["exchange_for"] = {"sku": "N", "unit_price": price("0.00", "0.01", "10.00")}
            if vast:
                line |= {"quantity": draw(st.sampled_from([2, 5, 9]))}
                line["exchange_for"]["unit_price"] = MOST
        asked.append(line)
    body: dict[str, Any] = {"merchant": "shop", "order": order, "lines": asked}
    if draw(st.booleans()):
        body["requested_at"] = draw(st.sampled_from(INSTANTS)) if odd() else INSTANTS[1]
    if draw(st.integers(0, 5)) == 0:
        body |= {"surface": "customer" if odd() else "staff", "override": {"by": "agent", "note": "why"}}
    return body


def quick(raw: dict[str, Any]) -> bool:
    request = ReturnRequest.model_validate(raw, context=scale_of("CNY"))
    return makes_sense(request, Prices(request.order))


@settings(max_examples=1500, deadline=None)
@given(requests())
def test_a_request_makes_sense_just_where_there_is_nothing_to_say(raw: dict[str, Any]) -> None:
    assert quick(raw) == (not cross_check(raw, scale_of("CNY")))


def test_both_answers_are_met_often() -> None:
    answers = []

    @settings(max_examples=200, deadline=None, database=None)
    @given(requests())
    def meet(raw: dict[str, Any]) -> None:
        answers.append(quick(raw))

    meet()
    assert min(answers.count(True), answers.count(False)) > 20
