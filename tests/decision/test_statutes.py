"""Legal floors: what a statute gives whatever the merchant says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policy_service.decision.rulebook import Governing, Rulebook
from tests.decision.desk import WINDOW, ask, codes, request, shop

RIGHT = "  - {id: right, no_reason: {days: 14, after: delivery}, when: {condition: [unopened, opened, unknown]}}\n"
NOTHING = "  - {id: w, window: {days: 1, after: delivery}}\n"
IN_TIME = {"requested_at": "2025-06-10T10:00:00+08:00"}


def decide(policy: str, law: str, **changes: Any) -> dict[str, Any]:
    return ask(shop(policy, law=law), **{**IN_TIME, **changes})


def test_a_right_approves_what_the_merchant_would_refuse() -> None:
    decision = decide(NOTHING, RIGHT)
    assert (decision["outcome"], codes(decision)) == ("approved", ["within_window", "statutory_right"])
    assert [reason["clause"] for reason in decision["lines"][0]["reasons"]] == ["right", "right"]


def test_no_denial_of_the_merchants_reaches_a_protected_line() -> None:
    policy = "  - {id: w, window: {days: 60, after: delivery}}\n  - {id: d, deny: {code: final_sale}}\n"
    assert codes(decide(policy, RIGHT)) == ["within_window", "statutory_right"]
    late = decide(policy, RIGHT, requested_at="2025-06-20T10:00:00+08:00")
    assert codes(late) == ["final_sale", "window_closed"]


def test_an_exclusion_of_the_statute_leaves_the_merchant_free_to_be_kinder() -> None:
    law = RIGHT + "  - {id: ex, deny: {code: excluded}, when: {tags: made_to_order}}\n"
    assert codes(decide(NOTHING, law, order__lines__0__tags=["made_to_order"])) == ["excluded", "window_closed"]
    kinder = "  - {id: w, window: {days: 60, after: delivery}}\n"
    assert decide(kinder, law, order__lines__0__tags=["made_to_order"])["outcome"] == "approved"


def test_the_merchants_longer_window_governs_and_the_line_is_still_protected() -> None:
    policy = "  - {id: w, window: {days: 60, after: delivery}}\n  - {id: f, fee: {code: restocking, rate: 10%}}\n"
    decision = decide(policy, RIGHT)
    assert decision["lines"][0]["window"]["clause"] == "w"
    assert decision["lines"][0]["fees"] == []
    late = decide(policy, RIGHT, requested_at="2025-06-20T10:00:00+08:00")
    assert late["lines"][0]["refund"] == "1799.10"


@pytest.mark.parametrize(
    ("allow", "fee"), [("{codes: [restocking]}", "199.90"), ("{codes: [restocking], at_most: 5%}", "99.95"),
                       ("{codes: [restocking], at_most: \"50.00\"}", "50.00"), ("{codes: [other]}", None)],
)  # fmt: skip
def test_fees_stand_as_far_as_the_statute_allows(allow: str, fee: str | None) -> None:
    policy = "  - {id: w, window: {days: 60, after: delivery}}\n  - {id: f, fee: {code: restocking, rate: 10%}}\n"
    fees = decide(policy, RIGHT + f"  - {{id: a, allow: {allow}}}\n")["lines"][0]["fees"]
    assert [item["amount"] for item in fees] == ([] if fee is None else [fee])


@pytest.mark.parametrize(
    ("allow", "parcel"),
    [
        ("", {"payer": "merchant", "clause": None, "charge": "0.00"}),
        ("  - {id: a, allow: {codes: [return_shipping]}}\n", {"payer": "customer", "clause": "r", "charge": "12.00"}),
        ("  - {id: a, allow: {codes: [return_shipping], at_most: \"5.00\"}}\n",
         {"payer": "customer", "clause": "r", "charge": "5.00"}),
        ("  - {id: a, allow: {codes: [return_shipping]}}\n  - {id: s, return_shipping: {payer: merchant}}\n",
         {"payer": "merchant", "clause": "s", "charge": "0.00"}),
    ],
)  # fmt: skip
def test_return_shipping_of_a_protected_line(allow: str, parcel: dict[str, str]) -> None:
    policy = (
        "  - {id: w, window: {days: 60, after: delivery}}\n"
        '  - {id: r, return_shipping: {payer: customer, charge: "12.00"}}\n'
    )
    assert decide(policy, RIGHT + allow)["return_shipping"] == parcel


@pytest.mark.parametrize(("allow", "deducted"), [("", "0.00"), ("  - {id: a, allow: {codes: [gift]}}\n", "99.00")])
def test_a_missing_gift_never_denies_a_protected_line(allow: str, deducted: str) -> None:
    policy = "  - {id: w, window: {days: 60, after: delivery}}\n  - {id: g, gift: {if_missing: deny}}\n"
    decision = decide(policy, RIGHT + allow, order__gifts=[{"sku": "G", "with": ["1"], "value": "99.00"}])
    assert (decision["outcome"], decision["refund"]["deductions"]) == ("approved", deducted)


def test_the_merchants_required_evidence_is_only_an_obligation_and_its_review_still_asks() -> None:
    policy = "  - {id: w, window: {days: 60, after: delivery}}\n  - {id: e, require: {evidence: [photo]}}\n"
    decision = decide(policy, RIGHT)
    assert (decision["outcome"], decision["obligations"]) == ("approved", ["supply_evidence"])
    assert decide(policy + "  - {id: v, review: {code: look}}\n", RIGHT)["outcome"] == "review"


def test_the_customer_gets_the_better_of_two_documents() -> None:
    policy = (
        "  - {id: w, window: {days: 60, after: delivery}, for: [return, exchange]}\n"
        '  - {id: p, refund_delivery: {mode: always, at_most: "3.00"}}\n'
        "  - {id: i, import_duties: {refund: false}}\n"
        "  - {id: t, refund_to: {method: store_credit}}\n"
        "  - {id: x, exchange_difference: {costs_more: charge, costs_less: keep}}\n"
        "  - {id: d, deadline: {ship_back: 3 days, refund: 20 days}}\n"
    )
    law = (
        RIGHT + "  - {id: sp, refund_delivery: always}\n  - {id: si, import_duties: {refund: true}}\n"
        "  - {id: st, refund_to: {method: original_payment}}\n"
        "  - {id: sx, exchange_difference: {costs_more: waive, costs_less: credit}}\n"
        "  - {id: sd, deadline: {ship_back: 14 days, refund: 14 days}}\n"
    )
    body = request(**IN_TIME, order__shipping_paid="10.00", order__lines__0__duty_paid="7.00")
    decision = ask(shop(policy, law=law), body)
    refund = decision["refund"]
    assert (refund["outbound_shipping"], refund["duties"]) == ("10.00", "7.00")
    assert [payout["method"] for payout in refund["to"]] == ["original_payment"]
    assert decision["deadlines"] == {
        "ship_back_by": "2025-06-25T00:00:00+08:00", "refund_by": "2025-06-25T00:00:00+08:00",
    }  # fmt: skip
    cheaper = {**body["lines"][0], "action": "exchange", "exchange_for": {"sku": "NEW", "unit_price": "1000.00"}}
    assert ask(shop(policy, law=law), {**body, "lines": [cheaper]})["refund"]["to"] == [
        {"method": "store_credit", "amount": "999.00", "clause": "sx"}
    ]


def test_a_statute_that_was_changed_counts_though_its_digest_did_not() -> None:
    governing = shop(WINDOW, law="  - {id: right, no_reason: {days: 60, after: delivery}}\n")
    assert governing.statute is not None
    document = governing.statute.document
    (right,) = document.clauses
    shorter = replace(document, clauses=(replace(right, effect=right.effect.model_copy(update={"days": 40})),))
    changed = Governing(governing.policy, Rulebook(shorter), governing.digest)
    windows = [ask(each)["lines"][0]["window"]["last_day"] for each in (governing, changed, governing)]
    assert windows == ["2025-07-31", "2025-07-11", "2025-07-31"]


def test_the_right_that_governs_is_the_one_cited() -> None:
    law = "  - {id: week, no_reason: {days: 7, after: delivery}}\n"
    law += "  - {id: fortnight, no_reason: {days: 14, after: delivery}}\n"
    for policy in (NOTHING, "  - {id: w, window: {days: 10, after: delivery}}\n"):
        reasons = decide(policy, law, requested_at="2025-06-05T10:00:00+08:00")["lines"][0]["reasons"]
        assert [reason["clause"] for reason in reasons] == ["fortnight", "fortnight"]


PLAIN, CREDIT = "{method: original_payment}", "store_credit"
KEEP = "exchange_difference: {costs_less: keep}"
CHARGED = 'return_shipping: {payer: customer, charge: "12.00"}'
CHEAPER = {"lines__0__action": "exchange", "lines__0__exchange_for": {"sku": "B", "unit_price": "1900.00"}}


@pytest.mark.parametrize(
    ("merchant", "statute", "changes", "exchange", "method"),
    [
        # the merchant says nothing: what holds then is the better
        (None, "refund_to: {method: store_credit}", {}, "0.00", "original_payment"),
        (None, KEEP, CHEAPER, "99.00", "original_payment"),
        # each half of a difference by itself
        (KEEP, "exchange_difference: {costs_more: waive}", CHEAPER, "0.00", None),
        (KEEP, "exchange_difference: {costs_less: credit}", CHEAPER, "99.00", CREDIT),
        # the same method: the merchant's bonus stays
        ("refund_to: {method: original_payment, bonus_rate: 5%}", f"refund_to: {PLAIN}", {}, "0.00", "bonus"),
        ("refund_to: {method: store_credit, bonus_rate: 5%}", f"refund_to: {PLAIN}", {}, "0.00", "original_payment"),
        (f"refund_to: {PLAIN}", "refund_to: {method: original_payment, bonus_rate: 10%}", {}, "0.00", "bonus"),
    ],
)  # fmt: skip
def test_the_customer_gets_the_better_of_merchant_and_statute(
    merchant: str | None, statute: str, changes: dict[str, Any], exchange: str, method: str | None
) -> None:
    own = f"  - {{id: own, {merchant}}}\n" if merchant else ""
    refund = decide(WINDOW + own, f"{RIGHT}  - {{id: theirs, {statute}}}\n", **changes)["refund"]
    assert refund["exchange"] == exchange
    paid = [("bonus" if "bonus" in each else each["method"]) for each in refund["to"]]
    assert paid == ([] if method is None else [method])


def test_duties_that_the_merchant_refunds_unasked_a_statute_does_not_keep() -> None:
    law = RIGHT + "  - {id: keep, import_duties: {refund: false}}\n"
    assert decide(WINDOW, law, order__lines__0__duty_paid="9.00")["refund"]["duties"] == "9.00"


@pytest.mark.parametrize(
    ("law", "payer", "charge"),
    [
        ("return_shipping: {payer: carrier}", "carrier", "0.00"),
        (CHARGED, "merchant", "0.00"),
        ("allow: {codes: [return_shipping]}", "customer", "0.00"),
        (f"allow: {{codes: [return_shipping]}}}}\n  - {{id: p, {CHARGED}", "customer", "0.00"),
    ],
)  # fmt: skip
def test_who_pays_the_parcel_where_the_merchant_says_nothing(law: str, payer: str, charge: str) -> None:
    shipping = decide(WINDOW, f"{RIGHT}  - {{id: theirs, {law}}}\n")["return_shipping"]
    assert (shipping["payer"], shipping["charge"]) == (payer, charge)
