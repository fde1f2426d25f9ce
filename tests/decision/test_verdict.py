"""What becomes of a line, step by step."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from policy_service.contract.request import parse_request
from policy_service.decision import judge
from policy_service.decision.case import Settled
from policy_service.decision.decide import decide
from tests.decision.desk import HEAD, WINDOW, ask, codes, request, rule, shop

USED = "  - {id: used, deny: {code: used_goods}, when: {condition: used}}\n"


def test_without_a_permission_there_is_none() -> None:
    decision = ask(shop("  - {id: w, window: {days: 30, after: delivery}}\n"), lines__0__action="repair")
    assert (decision["outcome"], codes(decision)) == ("denied", ["no_permission"])


def test_every_reason_for_a_denial_is_given() -> None:
    clauses = (
        "  - {id: a, window: {days: 5, after: delivery}}\n  - {id: b, window: {days: 9, after: delivery}}\n"
        "  - {id: d1, deny: {code: used_goods}, when: {condition: used}}\n"
        "  - {id: d2, deny: {code: sale}, when: {tags: sale}}\n"
    )
    decision = ask(shop(clauses), lines__0__condition="used", order__lines__0__tags=["sale"])
    assert codes(decision) == ["used_goods", "sale", "window_closed", "window_closed"]
    assert decision["lines"][0]["window"]["clause"] == "b"


def test_a_denial_blocks_all_permissions_that_do_not_override_it() -> None:
    clauses = (
        WINDOW + USED + "  - {id: kind, window: {days: 20, after: delivery}, overrides: [used], when: {tier: gold}}\n"
    )
    assert ask(shop(clauses), lines__0__condition="used")["outcome"] == "denied"
    decision = ask(shop(clauses), lines__0__condition="used", customer={"tier": "gold"})
    assert (decision["outcome"], decision["lines"][0]["window"]["clause"]) == ("approved", "kind")


def test_the_permission_that_closes_last_governs_and_ties_go_to_the_first() -> None:
    clauses = (
        "  - {id: a, window: {days: 20, after: delivery}}\n  - {id: b, window: {days: 40, after: delivery}}\n"
        "  - {id: c, window: {days: 40, after: delivery}}\n"
    )
    assert ask(shop(clauses))["lines"][0]["window"]["clause"] == "b"


def test_instead_of_sets_permissions_aside_open_or_closed_but_never_a_warranty() -> None:
    clauses = (
        "  - {id: general, window: {days: 90, after: delivery}}\n"
        "  - {id: phones, window: {days: 15, after: delivery}, instead_of: all, when: {category: phone}}\n"
        "  - {id: warranty, warranty: {months: 12, after: delivery}, for: [return], when: {reason: quality}}\n"
    )
    assert ask(shop(clauses))["outcome"] == "approved"
    phone = ask(shop(clauses), order__lines__0__category="phone/smart")
    assert (phone["outcome"], codes(phone)) == ("denied", ["window_closed"])
    faulty = ask(shop(clauses), order__lines__0__category="phone", lines__0__reason="quality")
    assert faulty["lines"][0]["window"]["clause"] == "warranty"


def test_one_that_is_set_aside_sets_none_aside() -> None:
    clauses = (
        "  - {id: a, window: {days: 30, after: delivery}, instead_of: [b]}\n"
        "  - {id: b, window: {days: 60, after: delivery}, instead_of: [c]}\n"
        "  - {id: c, window: {days: 90, after: delivery}}\n"
    )
    assert ask(shop(clauses))["lines"][0]["window"]["clause"] == "c"


def test_no_reason_false_refuses_what_the_customer_is_liable_for() -> None:
    governing = shop(WINDOW + "  - {id: n, no_reason: false}\n")
    assert codes(ask(governing)) == ["no_reason_excluded"]
    assert ask(governing, lines__0__reason="quality.cosmetic_defect")["outcome"] == "approved"


WARRANTY = """
  - {id: y, warranty: {months: 12, after: order, evidence: [report, photo]}, for: [return], when: {reason: quality}}
"""


def test_a_warranty_without_its_evidence_asks_a_person_and_says_what_would_help() -> None:
    decision = ask(shop(WARRANTY), lines__0__reason="quality", lines__0__evidence=["photo"])
    line = decision["lines"][0]
    assert (line["outcome"], codes(decision)) == ("review", ["evidence_required", "within_window"])
    assert line["obligations"] == [{"code": "supply_evidence", "clause": "y", "evidence": ["report"]}]
    assert line["counterfactuals"] == [{"change": {"evidence": ["report"]}, "outcome": "approved", "clause": "y"}]
    assert line["if_approved"]["refund"] == "1999.00"


def test_an_evidenced_permission_governs_before_one_that_lacks_its_evidence() -> None:
    governing = shop(WINDOW + WARRANTY)
    decision = ask(governing, lines__0__reason="quality")
    assert (decision["outcome"], decision["lines"][0]["window"]["clause"]) == ("approved", "w")


def test_a_warranty_frees_of_fees_whether_or_not_it_governs() -> None:
    clauses = (
        "  - {id: w, window: {unlimited: true, after: delivery}}\n"
        "  - {id: y, for: [return], when: {reason: quality},"
        " warranty: {months: 12, after: order, evidence: [report]}}\n"
        "  - {id: f, fee: {code: restocking, rate: 10%}}\n"
        '  - {id: r, return_shipping: {payer: customer, charge: "9.00"}}\n'
    )
    tree = HEAD + "reasons: {quality: {liability: customer}}\n"
    free = ask(shop(clauses, head=tree), lines__0__reason="quality", lines__0__evidence=["report"])
    assert (free["lines"][0]["window"]["clause"], free["refund"]["total"]) == ("w", "1999.00")
    assert free["return_shipping"] == {"payer": "merchant", "clause": "y", "charge": "0.00"}
    assert ask(shop(clauses, head=tree), lines__0__reason="quality")["refund"]["total"] == "1790.10"


def test_required_evidence_and_reviews_ask_a_person() -> None:
    clauses = (
        WINDOW + "  - {id: e, require: {evidence: [photo]}, when: {reason: quality}}\n"
        '  - {id: v, review: {code: high_value}, when: {line_paid: {at_least: "1999.00"}}}\n'
    )
    decision = ask(shop(clauses), lines__0__reason="quality")
    assert codes(decision) == ["evidence_required", "high_value", "within_window"]
    assert codes(ask(shop(clauses))) == ["high_value", "within_window"]


def test_steps_are_obligations() -> None:
    decision = ask(shop(WINDOW + "  - {id: s, require: {steps: [label, pack]}}\n"))
    assert decision["outcome"] == "approved"
    assert decision["obligations"] == ["label", "pack"]


GIFTED: dict[str, Any] = {"order__gifts": [{"sku": "G", "with": ["1"], "value": "99.00"}]}


@pytest.mark.parametrize(
    ("clause", "outcome", "reason", "deductions"),
    [
        ("deduct", "approved", "within_window", "99.00"),
        ("deny", "denied", "gift_missing", "0.00"),
        ("review", "review", "gift_missing", "0.00"),
    ],
)
def test_a_gift_that_does_not_come_back(clause: str, outcome: str, reason: str, deductions: str) -> None:
    governing = shop(WINDOW + f"  - {{id: g, gift: {{if_missing: {clause}}}}}\n")
    decision = ask(governing, **GIFTED)
    assert (decision["outcome"], codes(decision)[0], decision["refund"]["deductions"]) == (outcome, reason, deductions)
    back = ask(governing, **GIFTED, lines__0__gifts_returned=["G"])
    assert (back["outcome"], back["obligations"]) == ("approved", ["return_gift"])


def test_a_settled_gift_and_a_kept_item_owe_no_gift() -> None:
    governing = shop(WINDOW + "  - {id: g, gift: {if_missing: deny}}\n")
    settled = [{"sku": "G", "with": ["1"], "value": "99.00", "settled": True}]
    assert ask(governing, order__gifts=settled)["outcome"] == "approved"
    kept = shop(WINDOW + "  - {id: g, gift: {if_missing: deny}}\n  - {id: k, grant: [keep_item]}\n")
    assert ask(kept, **GIFTED)["outcome"] == "approved"


def test_a_gift_due_with_all_lines_waits_for_the_last() -> None:
    governing = shop(WINDOW + USED + "  - {id: g, gift: {if_missing: deduct, due: all_lines}}\n")
    body = request(
        order__lines__1={"id": "2", "sku": "LEG", "quantity": 2, "unit_price": "50.00", "returned_quantity": 1},
        order__gifts=[{"sku": "G", "with": ["1", "2"], "value": "99.00"}],
    )
    assert ask(governing, body)["refund"]["deductions"] == "0.00"
    second = {"order_line": "2", "quantity": 1, "action": "return", "reason": "preference"}
    both = {**body, "lines": [*body["lines"], second]}
    assert ask(governing, both)["refund"]["deductions"] == "99.00"
    one_denied = {**body, "lines": [*body["lines"], {**second, "condition": "used"}]}
    assert ask(governing, one_denied)["refund"]["deductions"] == "0.00"


def test_a_gift_shared_by_lines_is_deducted_once() -> None:
    governing = shop(WINDOW + "  - {id: g, gift: {if_missing: deduct}}\n")
    body = request(
        order__lines__1={"id": "2", "sku": "LEG", "quantity": 1, "unit_price": "50.00"},
        order__gifts=[{"sku": "G", "with": ["1", "2"], "value": "99.00"}],
    )
    body["lines"].append({"order_line": "2", "quantity": 1, "action": "return", "reason": "preference"})
    assert [len(line["deductions"]) for line in ask(governing, body)["lines"]] == [1, 0]


@pytest.mark.parametrize(
    ("counts", "quantity", "outcome"),
    [
        ({}, 3, "approved"), ({}, 4, "denied"),
        ({"shipped_quantity": 2}, 3, "denied"), ({"shipped_quantity": 2}, 2, "approved"),
        ({"cancelled_quantity": 1}, 3, "denied"), ({"returned_quantity": 1}, 3, "denied"),
        ({"shipped_quantity": 3, "cancelled_quantity": 1, "returned_quantity": 1}, 1, "approved"),
    ],
)  # fmt: skip
def test_no_more_comes_back_than_is_out(counts: dict[str, int], quantity: int, outcome: str) -> None:
    line = {"id": "1", "sku": "A", "quantity": 3, "unit_price": "10.00", **counts}
    decision = ask(shop(WINDOW), order__lines__0=line, lines__0__quantity=quantity)
    assert decision["outcome"] == outcome


def test_too_many_units_say_how_many_would_do() -> None:
    line = {"id": "1", "sku": "A", "quantity": 3, "unit_price": "10.00", "returned_quantity": 1}
    decision = ask(shop(WINDOW), order__lines__0=line, lines__0__quantity=3)
    assert codes(decision) == ["quantity_exceeds_returnable"]
    assert decision["lines"][0]["counterfactuals"] == [
        {"change": {"quantity": 2}, "outcome": "approved", "clause": "w"}
    ]


def test_earlier_lines_that_are_not_denied_count_as_returned() -> None:
    body = request(order__lines__0={"id": "1", "sku": "A", "quantity": 3, "unit_price": "33.34", "discount": "0.02"})
    asked = body["lines"][0]
    body["lines"] = [
        {**asked, "condition": "used"}, {**asked, "quantity": 2, "condition": "opened"}, asked, asked,
    ]  # fmt: skip
    decision = ask(shop(WINDOW + USED), body)
    assert [line["outcome"] for line in decision["lines"]] == ["denied", "approved", "approved", "denied"]
    assert [line["paid"] for line in decision["lines"][1:3]] == ["66.67", "33.33"]
    assert decision["outcome"] == "partial"


def test_staff_may_override_but_never_past_quantities() -> None:
    override = {"by": "agent-1", "note": "loyal customer"}
    decision = ask(shop(WINDOW + USED), lines__0__condition="used", surface="staff", override=override)
    assert (decision["outcome"], codes(decision)) == ("approved", ["overridden", "used_goods"])
    assert decision["refund"]["total"] == "1999.00"
    many = ask(shop(WINDOW), lines__0__quantity=2, surface="staff", override=override)
    assert codes(many) == ["quantity_exceeds_returnable"]


def test_an_unknown_comparison_that_matters_asks_a_person() -> None:
    governing = shop(
        "  - {id: w, window: {days: 30, after: order}}\n"
        "  - {id: d, deny: {code: old}, when: {days_since_delivery: {over: 3}}}\n"
    )
    decision = ask(governing, order__delivered_at=None)
    assert (decision["outcome"], codes(decision)) == ("review", ["fact_missing", "within_window"])
    assert decision["lines"][0]["reasons"][0]["fact"] == "days_since_delivery"
    assert decision["lines"][0]["assumptions"] == [{"fact": "days_since_delivery", "value": None}]


def test_an_unknown_comparison_that_changes_nothing_is_left_alone() -> None:
    governing = shop(WINDOW + "  - {id: f, fee: {code: x, rate: 1%}, when: {days_since_delivery: {over: 3}}}\n")
    assert ask(governing, order__delivered_at=None)["outcome"] == "denied"
    open_anyway = shop(
        "  - {id: w, window: {days: 30, after: order}}\n"
        "  - {id: more, window: {days: 60, after: order}, when: {days_since_delivery: {under: 3}}}\n"
    )
    assert ask(open_anyway, order__delivered_at=None)["outcome"] == "approved"


def test_an_exception_with_an_unknown_fact_is_no_exception_yet() -> None:
    head = HEAD + "facts: {weight: {about: line, type: number}}\n"
    governing = shop(WINDOW + "  - {id: d, deny: {code: heavy}, unless: {weight: {under: 10.5}}}\n", head=head)
    assert codes(ask(governing))[0] == "fact_missing"
    assert ask(governing, lines__0__attributes={"weight": 10.4})["outcome"] == "approved"
    assert ask(governing, order__lines__0__attributes={"weight": "10.5"})["outcome"] == "denied"


def test_alternatives_are_what_would_be_granted_now() -> None:
    clauses = (
        "  - {id: r, window: {days: 5, after: delivery}}\n"
        "  - {id: x, window: {days: 30, after: delivery}, for: [exchange]}\n"
        "  - {id: m, window: {days: 30, after: delivery}, for: [repair]}\n"
        "  - {id: v, review: {code: look}, for: [repair]}\n"
    )
    assert ask(shop(clauses))["lines"][0]["alternatives"] == [
        {"action": "exchange", "clause": "x", "closes_at": "2025-07-02T00:00:00+08:00"}
    ]


def test_assumptions_name_absent_facts_that_clauses_for_this_action_test() -> None:
    clauses = WINDOW + USED + "  - {id: x, fee: {code: x, rate: 1%}, for: [refund_only], when: {tier: gold}}\n"
    line = ask(shop(clauses))["lines"][0]
    assert line["assumptions"] == [{"fact": "condition", "value": "unknown"}]
    assert ask(shop(clauses), lines__0__condition="opened")["lines"][0]["assumptions"] == []


def test_an_error_inside_evaluation_is_a_review_never_an_approval(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    governing = shop(WINDOW)
    monkeypatch.setattr(judge.Judge, "_fire", broken)
    decision = ask(governing, surface="staff", override={"by": "a", "note": "b"})
    assert (decision["outcome"], codes(decision), decision["refund"]["total"]) == (
        "review",
        ["evaluation_error"],
        "0.00",
    )
    assert "broken" in caplog.text


def test_an_error_in_the_money_is_a_review_of_every_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls = []

    def broken_once(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 1:
            raise RuntimeError("broken")
        return original(*arguments)  # type: ignore[arg-type]

    from policy_service.decision import settlement

    original = settlement.return_parcel
    governing = shop(WINDOW)
    monkeypatch.setattr(settlement, "return_parcel", broken_once)
    decision = ask(governing)
    assert (decision["outcome"], codes(decision), decision["refund"]["total"]) == (
        "review",
        ["evaluation_error"],
        "0.00",
    )
    assert "broken" in caplog.text


def test_a_branch_of_the_reason_tree_inherits_its_liability() -> None:
    head = HEAD + "reasons: {size: {liability: merchant}, quality.functional_failure.motor: {text: {en: Motor}}}\n"
    governing = shop(WINDOW, head=head)
    assert ask(governing, lines__0__reason="size.too_small")["lines"][0]["liability"] == "merchant"
    assert ask(governing, lines__0__reason="quality.functional_failure.motor")["lines"][0]["liability"] == "merchant"


def test_the_trace_says_which_facts_were_read() -> None:
    trace = rule(shop(WINDOW + USED), lines__0__condition="used").trace
    assert trace.facts(0) == {"action": "return", "condition": "used"}
    assert [clause.id for clause in trace.lines[0].verdict.policy.clauses] == ["w", "used"]


def test_what_is_denied_has_no_open_window_and_no_reason_for_being_permitted() -> None:
    governing = shop(WINDOW + "  - {id: g, gift: {if_missing: deny}}\n")
    line = ask(governing, **GIFTED)["lines"][0]
    assert (line["outcome"], line["window"]) == ("denied", None)
    assert [reason["code"] for reason in line["reasons"]] == ["gift_missing"]
    closed = "  - {id: short, window: {days: 7, after: delivery}}\n"
    also = ask(shop(closed + WINDOW + "  - {id: g, gift: {if_missing: deny}}\n"), **GIFTED)["lines"][0]
    assert (also["window"]["clause"], also["window"]["last_day"]) == ("short", "2025-06-08")


def test_a_review_that_a_person_denied_says_what_was_doubted_and_not_that_it_was_in_time() -> None:
    governing = shop(WINDOW + "  - {id: r, review: {code: high_value}}\n")
    parsed = parse_request(request())
    settled = {0: Settled("denied", "resolved", "agent-17")}
    now = datetime.fromisoformat("2025-06-20T10:00:00+08:00")
    line = decide(parsed, governing, now=now, id="0197", settled=settled).decision["lines"][0]
    assert (line["outcome"], line["window"]) == ("denied", None)
    assert [reason["code"] for reason in line["reasons"]] == ["resolved", "high_value"]
