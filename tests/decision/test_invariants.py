"""What holds of every decision, whatever the policy and the request."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import orjson
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from policy_service.contract.decision import Decision
from policy_service.contract.money import to_minor
from policy_service.contract.reasons import REASON_CODES
from tests.decision.desk import ask
from tests.decision.stock import instant, laws, policies, requests, shop_of, shuffled, stable

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

RANK = {"denied": 0, "review": 1, "approved": 2}


def minor(text: str) -> int:
    return -to_minor(text[1:], "CNY") if text.startswith("-") else to_minor(text, "CNY")


def sums(decision: dict[str, Any]) -> dict[str, int]:
    return {
        key: minor(value) for key, value in decision["refund"].items() if isinstance(value, str) and key != "currency"
    }


@quick
@given(policies(), st.none() | laws, requests())
def test_the_refund_adds_up_to_the_minor_unit(clauses: str, law: str | None, body: dict[str, Any]) -> None:
    decision = ask(shop_of(clauses, law), body)
    money = sums(decision)
    gives = money["items"] + money["exchange"] + money["tax"] + money["outbound_shipping"] + money["duties"]
    takes = money["fees"] + money["deductions"] + money["return_shipping"]
    assert gives - takes == money["total"] - money["amount_due"]
    assert money["total"] >= 0
    assert money["amount_due"] >= 0
    assert money["total"] == 0 or money["amount_due"] == 0
    assert sum(minor(payout["amount"]) for payout in decision["refund"]["to"]) == money["total"]
    for line in decision["lines"]:
        charged = sum(minor(item["amount"]) for item in (*line["fees"], *line["deductions"]))
        assert minor(line["refund"]) == minor(line["items"]) - charged
        if line["action"] in ("return", "refund_only"):
            assert minor(line["refund"]) >= 0
        if line["outcome"] != "approved":
            assert (line["items"], line["fees"], line["deductions"], line["refund"]) == ("0.00", [], [], "0.00")
        assert ("if_approved" in line) == (line["outcome"] == "review")


@quick
@given(policies(), st.none() | laws, requests())
def test_every_decision_fits_the_contract(clauses: str, law: str | None, body: dict[str, Any]) -> None:
    decision = ask(shop_of(clauses, law), body)
    Decision.model_validate_json(orjson.dumps(decision))
    assert not any(reason["code"] == "evaluation_error" for line in decision["lines"] for reason in line["reasons"])


@quick
@given(policies(), requests())
def test_no_line_gives_back_more_than_was_paid_for_the_order_line(clauses: str, body: dict[str, Any]) -> None:
    decision = ask(shop_of(clauses), body)
    gross = {
        line["id"]: minor(line["unit_price"]) * line["quantity"] for line in body["order"]["lines"]
    }  # fmt: skip
    for key, most in gross.items():
        given_back = sum(minor(line["items"]) for line in decision["lines"] if line["order_line"] == key)
        assert given_back <= most


@quick
@given(policies(), st.none() | laws, requests())
def test_the_order_of_keys_does_not_matter(clauses: str, law: str | None, body: dict[str, Any]) -> None:
    governing = shop_of(clauses, law)
    assert orjson.dumps(ask(governing, body)) == orjson.dumps(ask(governing, shuffled(body)))


@quick
@given(policies(), laws, requests())
def test_a_statute_never_makes_an_outcome_worse(clauses: str, law: str, body: dict[str, Any]) -> None:
    alone, protected = ask(shop_of(clauses), body), ask(shop_of(clauses, law), body)
    for before, after in zip(alone["lines"], protected["lines"], strict=True):
        if any(line["order_line"] == before["order_line"] for line in alone["lines"] if line is not before):
            continue  # an earlier line that a right lets through uses up units
        assert RANK[after["outcome"]] >= RANK[before["outcome"]]
    if [line["outcome"] for line in alone["lines"]] == [line["outcome"] for line in protected["lines"]]:
        assert balance(protected) >= balance(alone)


def balance(decision: dict[str, Any]) -> int:
    """What the customer gets, or below 0 owes."""
    return minor(decision["refund"]["total"]) - minor(decision["refund"]["amount_due"])


@quick
@given(policies(), st.none() | laws, requests(), st.lists(st.integers(0, 24 * 500), min_size=1, max_size=6))
def test_an_answer_is_stable_until_it_says(
    clauses: str, law: str | None, body: dict[str, Any], hours: list[int]
) -> None:
    governing = shop_of(clauses, law)
    first = ask(governing, body)
    start = datetime.fromisoformat(body["requested_at"])
    until = first["stable_until"] and datetime.fromisoformat(first["stable_until"])
    for hour in hours:
        later = start + timedelta(hours=hour)
        if until is None or later < until:
            assert stable(ask(governing, {**body, "requested_at": later.isoformat()})) == stable(first)
    if until is not None:
        assert stable(ask(governing, {**body, "requested_at": until.isoformat()})) != stable(first)
        just_before = (until - timedelta(microseconds=1)).isoformat()
        assert stable(ask(governing, {**body, "requested_at": just_before})) == stable(first)


@quick
@given(policies(), st.none() | laws, requests(), st.integers(1, 400))
def test_later_is_never_more_permissive(clauses: str, law: str | None, body: dict[str, Any], days: int) -> None:
    assume(len(body["lines"]) == 1)  # an earlier line that is denied later on leaves its units to the next
    governing = shop_of(clauses, law)
    now, later = ask(governing, body), None
    at = datetime.fromisoformat(body["requested_at"]) + timedelta(days=days)
    later = ask(governing, {**body, "requested_at": at.isoformat()})
    assert RANK[later["outcome"]] <= RANK[now["outcome"]]


@quick
@given(
    unit=st.integers(1, 50_000),
    units=st.integers(1, 9),
    discount=st.integers(0, 5_000),
    parts=st.lists(st.integers(1, 4), max_size=9),
)
def test_successive_partial_returns_add_up_to_what_was_paid(
    unit: int, units: int, discount: int, parts: list[int]
) -> None:
    governing = shop_of("  - {id: w, window: {days: 90, after: delivery}}\n")
    paid = unit * units - min(discount, unit * units)
    line = {
        "id": "1", "sku": "S", "quantity": units, "unit_price": f"{unit // 100}.{unit % 100:02d}",
        "tax": "1.01",
    }  # fmt: skip
    amount = min(discount, unit * units)
    order = {
        "id": "O", "currency": "CNY", "placed_at": "2025-05-30T20:15:00+08:00",
        "delivered_at": "2025-06-01T15:30:00+08:00",
        "lines": [line], "discounts": [{"code": "D", "amount": f"{amount // 100}.{amount % 100:02d}"}],
    }  # fmt: skip
    back, refunded, tax = 0, 0, 0
    for quantity in (*parts, *[1] * units):
        if back + quantity > units:
            continue
        asked = {"order_line": "1", "quantity": quantity, "action": "return", "reason": "preference"}
        line["returned_quantity"] = back
        line["refunded"] = f"{refunded // 100}.{refunded % 100:02d}"
        decision = ask(governing, {"merchant": "shop", "order": order, "lines": [asked], "requested_at": instant(5)})
        assert decision["outcome"] == "approved"
        refunded += minor(decision["refund"]["items"])
        tax += minor(decision["refund"]["tax"])
        back += quantity
    assert (back, refunded, tax) == (units, paid, 101)


@quick
@given(policies(), st.none() | laws, requests())
def test_reasons_and_window_suit_the_outcome(clauses: str, law: str | None, body: dict[str, Any]) -> None:
    for line in ask(shop_of(clauses, law), body)["lines"]:
        for reason in line["reasons"]:
            known = REASON_CODES.get(reason["code"])
            assert known is None or line["outcome"] in known.outcomes
        closes_at = line["window"] and line["window"]["closes_at"]
        if line["outcome"] == "denied" and line["window"]:
            assert datetime.fromisoformat(closes_at) <= datetime.fromisoformat(body["requested_at"])
