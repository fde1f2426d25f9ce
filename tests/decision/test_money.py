"""Sums worked out by hand, from the rules of the money chapter."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decision.desk import HEAD, WINDOW, ask, codes, request, shop


def order(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "O", "currency": "CNY", "placed_at": "2025-05-30T20:15:00+08:00",
        "delivered_at": "2025-06-01T15:30:00+08:00",
        "lines": list(lines), **more,
    }  # fmt: skip


def goods(line_id: str, quantity: int, unit_price: str, **more: Any) -> dict[str, Any]:
    return {"id": line_id, "sku": f"SKU-{line_id}", "quantity": quantity, "unit_price": unit_price, **more}


def back(line_id: str = "1", quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "order_line": line_id,
        "quantity": quantity,
        "action": "return",
        "reason": "preference.changed_mind",
        **more,
    }


def decide(clauses: str, of: dict[str, Any], *lines: dict[str, Any], head: str = HEAD, **more: Any) -> dict[str, Any]:
    body = {**request(), "order": of, "lines": list(lines) or [back()], **more}
    return ask(shop(WINDOW + clauses, head=head), body)


@pytest.mark.parametrize(("returned", "paid"), [(0, "96.67"), (1, "96.66"), (2, "96.67")])
def test_three_at_a_hundred_ten_off_returned_one_by_one(returned: int, paid: str) -> None:
    of = order(goods("1", 3, "100.00", returned_quantity=returned), discounts=[{"code": "TEN", "amount": "10.00"}])
    assert decide("", of)["lines"][0]["paid"] == paid


@pytest.mark.parametrize(("clause", "items"), [("", "225.00"), ("  - {id: c, clawback: {discounts: all}}\n", "220.00")])
def test_five_of_six_with_thirty_off_from_three_hundred(clause: str, items: str) -> None:
    of = order(goods("1", 6, "50.00"), discounts=[{"code": "D", "amount": "30.00", "min_spend": "300.00"}])
    assert decide(clause, of, back(quantity=5))["refund"]["items"] == items


def test_a_clawback_of_other_discounts_leaves_this_one_earned() -> None:
    of = order(goods("1", 6, "50.00"), discounts=[{"code": "D", "amount": "30.00", "min_spend": "300.00"}])
    assert decide("  - {id: c, clawback: {discounts: [OTHER]}}\n", of, back(quantity=5))["refund"]["items"] == "225.00"


def test_a_clawback_over_two_request_lines_takes_the_discount_once() -> None:
    of = order(
        goods("1", 1, "60.00"),
        goods("2", 1, "60.00"),
        discounts=[{"code": "D", "amount": "20.00", "min_spend": "100.00"}],
    )
    decision = decide("  - {id: c, clawback: {discounts: all}}\n", of, back("1"), back("2"))
    # kept 100.00; after the first 60.00 is kept, unearned: 100.00 - 60.00; then 60.00 - 0, of which 50.00 were paid:
    # the other 10.00 the first line makes up, for nothing is kept
    assert [line["items"] for line in decision["lines"]] == ["50.00", "50.00"]


SEVEN = ([("1", 7, "10.00")], "27.00", "70.00")  # lines, a discount, and what must be kept to earn it
UNLIKE = ([("1", 1, "10.00"), ("2", 1, "170.00")], "50.00", "150.00")
ALIKE = ([("1", 1, "100.00"), ("2", 1, "100.00")], "20.00", "150.00")


@pytest.mark.parametrize(
    ("bought", "asked", "items"),
    [
        # 43.00 kept; the first unit loses the discount (60.00 are kept), the second is worth 10.00
        (SEVEN, [("1", 1, "return"), ("1", 1, "return")], ["0.00", "0.00"]),
        (SEVEN, [("1", 2, "return")], ["0.00"]),
        # 5 together: 43.00 - 20.00 = 23.00
        (SEVEN, [("1", 1, "return"), ("1", 4, "return")], ["0.00", "23.00"]),
        # all of it comes back, in whatever order: what was paid
        (UNLIKE, [("1", 1, "return"), ("2", 1, "return")], ["7.22", "122.78"]),
        (UNLIKE, [("2", 1, "return"), ("1", 1, "return")], ["122.78", "7.22"]),
        # what is mended, or sent again, is kept: 180.00 - 100.00
        (ALIKE, [("1", 1, "repair"), ("2", 1, "return")], ["0.00", "80.00"]),
        (ALIKE, [("2", 1, "return"), ("1", 1, "reship")], ["80.00", "0.00"]),
    ],
)  # fmt: skip
def test_lines_under_one_clawback_give_back_together_what_the_kept_goods_fall_by(
    bought: tuple[list[tuple[str, int, str]], str, str], asked: list[tuple[str, int, str]], items: list[str]
) -> None:
    lines, amount, least = bought
    of = order(*(goods(*line) for line in lines), discounts=[{"code": "D", "amount": amount, "min_spend": least}])
    wanted = [back(key, quantity, action=action) for key, quantity, action in asked]
    decision = decide("  - {id: c, clawback: {discounts: all}}\n", of, *wanted)
    assert [line["items"] for line in decision["lines"]] == items


@pytest.mark.parametrize(
    ("price", "rate", "fee", "refund"),
    [("1999.00", "10%", "199.90", "1799.10"), ("0.05", "10%", "0.01", "0.04"), ("0.04", "10%", "0.00", "0.04")],
)
def test_a_rate_is_rounded_half_up_once(price: str, rate: str, fee: str, refund: str) -> None:
    line = decide(f"  - {{id: f, fee: {{code: restocking, rate: {rate}}}}}\n", order(goods("1", 1, price)))["lines"][0]
    assert (line["fees"][0]["amount"], line["refund"]) == (fee, refund)


@pytest.mark.parametrize(
    ("fee", "amount"),
    [
        ('amount: "3.00"', "3.00"),
        ('amount: "3.00", per: unit', "6.00"),
        ('amount: "3.00", per: request', "3.00"),
        ("rate: 10%", "18.00"),
        ("rate: 10%, base: list", "20.00"),
        ('rate: 10%, min: "25.00"', "25.00"),
        ('rate: 10%, max: "5.00"', "5.00"),
        ("rate: 90%, max: 50%", "90.00"),
        ("rate: 90%, base: list, max: 50%", "100.00"),
        ('amount: "1.00", min: 5%', "9.00"),
        ('amount: "150.00", base: list, max: 50%', "100.00"),
        ("rate_per_day: 1%, after_days: 15", "7.20"),  # 19 days since delivery, 4 of them beyond 15: 4% of 180.00
        ("rate: 5%, rate_per_day: 0.5%, after_days: 15", "12.60"),
        ('amount: "999.00"', "180.00"),
    ],
)
def test_a_fee_is_a_sum_or_a_rate_within_its_limits_and_at_most_what_the_goods_give_back(fee: str, amount: str) -> None:
    of = order(goods("1", 2, "100.00", discount="20.00"))
    assert (
        decide(f"  - {{id: f, fee: {{code: x, {fee}}}}}\n", of, back(quantity=2))["lines"][0]["fees"][0]["amount"]
        == amount
    )


def test_fees_come_in_file_order_then_deductions_and_stop_at_the_items() -> None:
    of = order(goods("1", 1, "10.00"), gifts=[{"sku": "G", "with": ["1"], "value": "5.00"}])
    clauses = (
        '  - {id: a, fee: {code: a, amount: "7.00"}}\n'
        '  - {id: b, fee: {code: b, amount: "1.00"}}\n'
        '  - {id: again, fee: {code: a, amount: "9.00"}}\n'
        "  - {id: g, gift: {if_missing: deduct}}\n"
    )
    line = decide(clauses, of)["lines"][0]
    assert [(fee["code"], fee["amount"]) for fee in line["fees"]] == [("a", "7.00"), ("b", "1.00")]
    assert [(item["code"], item["amount"]) for item in line["deductions"]] == [("gift", "2.00")]
    assert line["refund"] == "0.00"


def test_a_fee_on_an_exchange_is_not_cut_but_owed() -> None:
    of = order(goods("1", 1, "10.00"))
    decision = decide('  - {id: f, fee: {code: desk, amount: "15.00"}, for: [exchange]}\n', of, back(action="exchange"))
    assert decision["lines"][0]["refund"] == "-15.00"
    assert (decision["refund"]["total"], decision["refund"]["amount_due"]) == ("0.00", "15.00")


def test_a_fee_per_request_is_charged_once_and_a_fee_may_be_a_fact() -> None:
    of = order(goods("1", 1, "10.00"), goods("2", 1, "10.00"))
    decision = decide('  - {id: f, fee: {code: desk, amount: "1.50", per: request}}\n', of, back("1"), back("2"))
    assert [line["refund"] for line in decision["lines"]] == ["8.50", "10.00"]
    head = HEAD + "facts: {paid_extra: {about: line, type: money}}\n"
    fact = "  - {id: f, fee: {code: extra, amount: paid_extra}}\n"
    sent = decide(fact, of, back(attributes={"paid_extra": "0.70"}), head=head)
    assert sent["lines"][0]["refund"] == "9.30"
    absent = decide(fact, of, back(), head=head)["lines"][0]
    assert (absent["outcome"], absent["reasons"][0]["code"], absent["reasons"][0]["fact"]) == (
        "review", "fact_missing", "paid_extra",
    )  # fmt: skip


def test_the_refund_cap_is_what_is_left_of_the_line() -> None:
    of = order(goods("1", 2, "100.00", returned_quantity=1, refunded="150.00"))
    assert decide("", of)["lines"][0]["items"] == "50.00"


def test_tax_and_duties_travel_with_the_units() -> None:
    of = order(goods("1", 3, "10.00", tax="1.00", duty_paid="2.00", returned_quantity=1))
    refund = decide("", of)["refund"]
    assert (refund["items"], refund["tax"], refund["duties"], refund["total"]) == ("10.00", "0.34", "0.66", "11.00")
    kept = decide("  - {id: d, import_duties: {refund: false}}\n", of)["refund"]
    assert (kept["tax"], kept["duties"]) == ("0.34", "0.00")


@pytest.mark.parametrize(
    ("mode", "quantity", "given"),
    [("whole_order", 2, "8.00"), ("whole_order", 1, "0.00"), ("always", 1, "8.00"), ("never", 2, "0.00"),
     ("{mode: always, at_most: \"5.00\"}", 1, "5.00"), ("{whole_order: true, at_most: \"5.00\"}", 2, "5.00")],
)  # fmt: skip
def test_outbound_postage_is_refunded_as_the_policy_says_less_what_was_refunded_before(
    mode: str, quantity: int, given: str
) -> None:
    of = order(goods("1", 3, "10.00", cancelled_quantity=1), shipping_paid="10.00", shipping_refunded="2.00")
    decision = decide(f"  - {{id: p, refund_delivery: {mode}}}\n", of, back(quantity=quantity))
    assert decision["refund"]["outbound_shipping"] == given


def test_a_return_parcel_dearer_than_the_goods_is_owed() -> None:
    clause = '  - {id: r, return_shipping: {payer: customer, charge: "12.00"}}\n'
    decision = decide(clause, order(goods("1", 1, "10.00")))
    assert decision["return_shipping"] == {"payer": "customer", "clause": "r", "charge": "12.00"}
    assert (decision["refund"]["total"], decision["refund"]["amount_due"]) == ("0.00", "2.00")


def test_one_blameless_line_frees_the_whole_parcel() -> None:
    clause = '  - {id: r, return_shipping: {payer: customer, charge: "12.00"}}\n'
    of = order(goods("1", 1, "10.00"), goods("2", 1, "10.00"))
    decision = decide(clause, of, back("1"), back("2", reason="logistics.damaged_in_transit"))
    assert decision["return_shipping"] == {"payer": "merchant", "clause": None, "charge": "0.00"}


def test_no_parcel_where_nothing_travels() -> None:
    assert decide("", order(goods("1", 1, "10.00")), back(action="refund_only"))["return_shipping"] is None
    assert decide("  - {id: k, grant: [keep_item]}\n", order(goods("1", 1, "10.00")))["return_shipping"] is None


@pytest.mark.parametrize(
    ("wanted", "clause", "exchange", "due", "to"),
    [
        ("499.00", "", "-100.00", "100.00", []),
        ("499.00", "{costs_more: waive}", "0.00", "0.00", []),
        ("299.00", "", "100.00", "0.00", [{"method": "original_payment", "amount": "100.00"}]),
        ("299.00", "{costs_less: keep}", "0.00", "0.00", []),
        (
            "299.00",
            "{costs_less: credit}",
            "100.00",
            "0.00",
            [{"method": "store_credit", "amount": "100.00", "clause": "x"}],
        ),
    ],
)
def test_a_difference_of_an_exchange_is_charged_or_refunded_unless_the_policy_says_otherwise(
    wanted: str, clause: str, exchange: str, due: str, to: list[dict[str, str]]
) -> None:
    clauses = f"  - {{id: x, exchange_difference: {clause}}}\n" if clause else ""
    asked = back(action="exchange", exchange_for={"sku": "NEW", "unit_price": wanted})
    decision = decide(clauses, order(goods("1", 1, "399.00")), asked)
    assert (decision["refund"]["exchange"], decision["refund"]["amount_due"], decision["refund"]["to"]) == (
        exchange,
        due,
        to,
    )


def test_the_same_product_at_the_same_list_price_is_an_even_exchange() -> None:
    of = order(goods("1", 1, "100.00", product="SHIRT", discount="30.00"))
    asked = back(action="exchange", exchange_for={"sku": "SHIRT-L", "product": "SHIRT", "unit_price": "100.00"})
    assert decide("", of, asked)["refund"]["exchange"] == "0.00"
    dearer = back(action="exchange", exchange_for={"sku": "SHIRT-XXL", "product": "SHIRT", "unit_price": "110.00"})
    assert decide("", of, dearer)["refund"]["exchange"] == "-40.00"


def test_refunds_go_back_along_the_payments_in_proportion() -> None:
    of = order(
        goods("1", 1, "100.00"),
        payments=[{"method": "card", "amount": "66.67"}, {"method": "points", "amount": "33.33"}],
    )
    fee = '  - {id: f, fee: {code: x, amount: "0.01"}}\n'
    assert decide(fee, of)["refund"]["to"] == [
        {"method": "card", "amount": "66.66"}, {"method": "points", "amount": "33.33"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("card", "points", "to"),
    [
        ("10.00", "30.00", [("card", "25.00"), ("points", "75.00")]),
        ("0.00", "1.00", [("points", "100.00")]),
        ("0.00", "0.00", [("original_payment", "100.00")]),
    ],
)
def test_payments_that_are_not_what_was_paid_say_the_proportion_all_the_same(
    card: str, points: str, to: list[tuple[str, str]]
) -> None:
    paid = [{"method": "card", "amount": card}, {"method": "points", "amount": points}]
    back_to = decide("", order(goods("1", 1, "100.00"), payments=paid))["refund"]["to"]
    assert [(way["method"], way["amount"]) for way in back_to] == to


def test_a_bonus_comes_on_top_of_store_credit() -> None:
    decision = decide("  - {id: s, refund_to: {method: store_credit, bonus_rate: 5%}}\n", order(goods("1", 1, "99.90")))
    assert decision["refund"]["to"] == [{"method": "store_credit", "amount": "99.90", "bonus": "5.00", "clause": "s"}]
    assert decision["refund"]["total"] == "99.90"


def test_lines_go_their_own_ways() -> None:
    of = order(goods("1", 1, "10.00"), goods("2", 1, "20.00", tags=["sale"]), shipping_paid="3.00")
    clauses = "  - {id: s, refund_to: {method: gift_card}, when: {tags: sale}}\n  - {id: p, refund_delivery: always}\n"
    assert decide(clauses, of, back("1"), back("2"))["refund"]["to"] == [
        {"method": "original_payment", "amount": "13.00"}, {"method": "gift_card", "amount": "20.00", "clause": "s"},
    ]  # fmt: skip


def test_sums_of_the_policy_are_converted_once_each() -> None:
    of = order(goods("1", 1, "100.00"), fx_rate="7.25") | {"currency": "USD"}
    clauses = (
        '  - {id: f, fee: {code: desk, amount: "45.00"}}\n'  # 6.2069
        '  - {id: r, return_shipping: {payer: customer, charge: "60.00"}}\n'  # 8.2759
        '  - {id: v, review: {code: dear}, when: {line_paid: {at_least: "725.00"}}}\n'  # 100.00 exactly
    )
    decision = decide(clauses, of)
    assert decision["lines"][0]["outcome"] == "review"
    cheaper = decide(clauses, of | {"lines": [goods("1", 1, "99.99")]})
    assert cheaper["lines"][0]["fees"][0]["amount"] == "6.21"
    assert cheaper["return_shipping"]["charge"] == "8.28"
    assert cheaper["refund"]["total"] == "85.50"


def test_a_default_sum_of_the_policy_is_converted_too() -> None:
    head = HEAD + 'facts: {packing: {about: line, type: money, default: "7.25"}}\n'
    clause = "  - {id: f, fee: {code: packing, amount: packing}}\n"
    assert decide(clause, order(goods("1", 1, "100.00")), head=head)["refund"]["fees"] == "7.25"
    abroad = order(goods("1", 1, "100.00"), fx_rate="7.25") | {"currency": "USD"}
    assert decide(clause, abroad, head=head)["refund"]["fees"] == "1.00"
    sent = decide(clause, abroad, back(attributes={"packing": "2.00"}), head=head)
    assert sent["refund"]["fees"] == "2.00"


def test_currencies_without_minor_digits() -> None:
    head = HEAD.replace("CNY", "JPY")
    of = order(goods("1", 1, "1200")) | {"currency": "JPY"}
    decision = decide("  - {id: f, fee: {code: restocking, rate: 10.01%}}\n", of, head=head)
    assert (decision["lines"][0]["fees"][0]["amount"], decision["refund"]["total"]) == ("120", "1080")


def test_order_discounts_leave_lines_with_a_paid_price_alone() -> None:
    of = order(
        {"id": "1", "sku": "A", "quantity": 1, "unit_paid": "50.00"}, goods("2", 1, "100.00"),
        discounts=[{"code": "D", "amount": "10.00"}],
    )  # fmt: skip
    assert [line["paid"] for line in decide("", of, back("1"), back("2"))["lines"]] == ["50.00", "90.00"]


def test_discounts_on_shipping_leave_items_alone() -> None:
    of = order(goods("1", 3, "100.00"), discounts=[{"code": "S", "amount": "10.00", "on": "shipping"}])
    assert decide("", of)["refund"]["items"] == "100.00"


def test_a_line_given_away_divides_by_nothing() -> None:
    of = order(goods("1", 2, "0.00"), discounts=[])
    assert decide("  - {id: f, fee: {code: x, rate: 10%}}\n", of)["refund"]["total"] == "0.00"


def test_fees_beyond_every_sum_are_for_a_person_to_look_at() -> None:
    head = f"{HEAD}facts: {{handling: {{about: line, type: money}}}}\n"
    fee = "  - {id: f, fee: {code: handling, amount: handling, per: unit}, for: [exchange]}\n"
    governing = shop(WINDOW + fee, head=head)
    dear = {"attributes": {"handling": "999999999999.99"}, "quantity": 10**6, "action": "exchange"}
    body = request(order__lines__0=goods("1", 10**6, "1.00"))
    body["lines"][0] |= dear
    decision = ask(governing, body)
    assert (decision["outcome"], codes(decision)) == ("review", ["evaluation_error"])


def test_a_line_under_review_would_share_what_the_kept_goods_fall_by() -> None:
    # as two lines that are approved: the first unit loses the discount, the second makes up for it
    bought, amount, least = SEVEN
    of = order(*(goods(*line) for line in bought), discounts=[{"code": "D", "amount": amount, "min_spend": least}])
    doubt = "  - {id: r, review: {code: worn}, when: {condition: used}}\n  - {id: c, clawback: {discounts: all}}\n"
    decision = decide(doubt, of, back("1"), back("1", condition="used"))
    assert [line["outcome"] for line in decision["lines"]] == ["approved", "review"]
    assert decision["lines"][1]["if_approved"]["items"] == "0.00"
