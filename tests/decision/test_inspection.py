"""The second stage, on what the warehouse found."""

from __future__ import annotations

from typing import Any

import pytest

from policy_service.contract.request import BadRequest
from tests.decision.desk import HEAD, WINDOW, ask, codes, look, request, shop

CLAUSES = (
    WINDOW + "  - {id: used, deny: {code: used_goods}, when: {condition: used, liability: customer}}\n"
    '  - {id: sorry, compensate: {coupon: "20.00"}}\n'
    "  - {id: refund-soon, deadline: {refund: {within: 2 days, after: received}}}\n"
    "  - {id: tell, notify: {events: [completed], via: [sms]}}\n"
    "  - {id: shelf, disposition: sellable, when: {condition: [unopened, opened], stage: inspection}}\n"
    "  - {id: bin, disposition: scrap, when: {stage: inspection}}\n"
)


def found(quantity: int = 1, line: str = "1", **more: Any) -> dict[str, Any]:
    return {"order_line": line, "quantity": quantity, **more}


def of(quantity: int, **changes: Any) -> dict[str, Any]:
    line = {"id": "1", "sku": "A", "quantity": 3, "unit_price": "33.33"}
    return request(order__lines__0=line, lines__0__quantity=quantity, lines__0__condition="opened", **changes)


def test_found_as_claimed_it_is_refunded_and_sold_again() -> None:
    decision = look(shop(CLAUSES), of(1), [found(received_at="2025-06-25T12:00:00+08:00")])
    assert (decision["stage"], decision["previous"]) == ("inspection", "0197a3c0-0000-7000-8000-000000000000")
    assert decision["lines"][0]["disposition"] == [{"to": "sellable", "quantity": 1, "clause": "shelf"}]
    assert decision["refund"]["total"] == "33.33"
    assert decision["entitlements"] == []
    assert decision["deadlines"] == {"refund_by": "2025-06-28T00:00:00+08:00"}
    assert decision["notifications"] == [{"event": "completed", "channels": ["sms"], "clause": "tell"}]
    assert decision["decided_at"] == "2025-06-20T10:00:00+08:00"


def test_found_used_it_goes_back_to_the_customer() -> None:
    decision = look(shop(CLAUSES), of(1), [found(condition="used")])
    assert (decision["outcome"], codes(decision)) == ("denied", ["used_goods"])
    assert decision["lines"][0]["disposition"] == [{"to": "return_to_customer", "quantity": 1, "clause": None}]


def test_units_found_in_different_conditions_become_lines_of_their_own() -> None:
    decision = look(shop(CLAUSES), of(3), [found(1), found(1, condition="used")])
    assert [(line["quantity"], line["outcome"]) for line in decision["lines"]] == [
        (1, "approved"), (1, "denied"), (1, "denied"),
    ]  # fmt: skip
    assert codes(decision, 2) == ["not_received"]
    assert decision["lines"][2]["disposition"] == []
    assert decision["refund"]["total"] == "33.33"


def test_another_sku_counts_as_not_received_and_goes_back() -> None:
    decision = look(shop(CLAUSES), of(1), [found(received_sku="B")])
    assert codes(decision) == ["not_received"]
    assert decision["lines"][0]["disposition"][0]["to"] == "return_to_customer"


def test_the_warehouse_may_find_another_reason() -> None:
    decision = look(shop(CLAUSES), of(1, lines__0__reason="quality"), [found(condition="used", reason="preference")])
    assert (decision["lines"][0]["liability"], decision["outcome"]) == ("customer", "denied")


def test_gifts_received_replace_gifts_claimed() -> None:
    body = of(1, order__gifts=[{"sku": "G", "with": ["1"], "value": "9.00"}], lines__0__gifts_returned=["G"])
    governing = shop(CLAUSES + "  - {id: g, gift: {if_missing: deduct}}\n")
    assert look(governing, body, [found()])["refund"]["deductions"] == "0.00"
    assert look(governing, body, [found(gifts_received=[])])["refund"]["deductions"] == "9.00"


def test_lines_without_a_parcel_stand_as_they_were() -> None:
    body = of(1, lines__1={"order_line": "1", "quantity": 1, "action": "refund_only", "reason": "logistics.lost"})
    decision = look(shop(CLAUSES), body, [found(condition="used")])
    assert [line["outcome"] for line in decision["lines"]] == ["denied", "approved"]
    assert decision["refund"]["total"] == "33.33"


def test_what_an_override_settled_stands_and_its_goods_still_go_somewhere() -> None:
    body = of(1, surface="staff", override={"by": "a", "note": "b"})
    body["lines"][0]["condition"] = "used"
    decision = look(shop(CLAUSES), body, [found(condition="used")])
    assert (decision["outcome"], codes(decision)[0]) == ("approved", "overridden")
    assert decision["lines"][0]["disposition"] == [{"to": "scrap", "quantity": 1, "clause": "bin"}]


def test_the_clocks_from_receipt_run_for_what_an_override_settled() -> None:
    body = of(2, surface="staff", override={"by": "a", "note": "b"})
    body["lines"][0]["condition"] = "used"
    parcels = [found(received_at="2025-06-26T12:00:00+08:00"), found(received_at="2025-06-25T12:00:00+08:00")]
    assert look(shop(CLAUSES), body, parcels)["deadlines"] == {"refund_by": "2025-06-28T00:00:00+08:00"}


def test_an_override_was_not_given_for_what_the_warehouse_found() -> None:
    body = of(1, surface="staff", override={"by": "a", "note": "b"})
    assert look(shop(CLAUSES), body, [found(condition="used")])["outcome"] == "denied"


def test_a_denied_line_that_nobody_sent_stays_as_it_was() -> None:
    body = of(1)
    body["lines"][0]["condition"] = "used"
    body["lines"].append(
        {"order_line": "1", "quantity": 1, "action": "return", "reason": "preference", "condition": "opened"}
    )
    decision = look(shop(CLAUSES), body, [found()])
    assert [codes(decision, index)[0] for index in (0, 1)] == ["used_goods", "within_window"]


def test_bad_finds_are_refused_each_with_its_place() -> None:
    head = HEAD + "facts: {opened_box: {about: line, type: boolean}}\n"
    body = of(1)
    with pytest.raises(BadRequest) as caught:
        look(shop(CLAUSES, head=head), body, [found(2), found(1, reason="quality.nonsense", attributes={"box": True})])
    assert [error.pointer for error in caught.value.errors] == [
        "/lines/0/quantity", "/lines/1/quantity", "/lines/1/reason", "/lines/1/attributes/box",
    ]  # fmt: skip


PAIR = [
    {"order_line": "1", "quantity": 2, "action": "return", "reason": "preference"},
    {"order_line": "1", "quantity": 2, "action": "return", "reason": "preference"},
]
THREE = {"id": "1", "sku": "SOFA", "quantity": 3, "unit_price": "100.00"}


@pytest.mark.parametrize("staff", [False, True])
@pytest.mark.parametrize(("received", "total"), [(0, "0.00"), (1, "100.00"), (2, "200.00")])
def test_units_that_did_not_come_leave_no_room_for_a_line_that_was_denied(
    received: int, total: str, *, staff: bool
) -> None:
    body = request(order__lines__0=THREE, lines=PAIR)
    if staff:
        body |= {"surface": "staff", "override": {"by": "agent-1", "note": "a loyal customer"}}
    first = ask(shop(WINDOW), body)
    assert [line["outcome"] for line in first["lines"]] == ["approved", "denied"]
    found = [{"order_line": "1", "quantity": received}] if received else []
    decision = look(shop(WINDOW), body, found)
    assert decision["refund"]["total"] == total
    assert (decision["lines"][-1]["outcome"], codes(decision, -1)) == (
        "denied", ["quantity_exceeds_returnable"] if received == 2 else ["not_received"],
    )  # fmt: skip


def test_a_line_that_was_denied_and_did_not_come_keeps_its_reasons() -> None:
    governing = shop(WINDOW + "  - {id: d, deny: {code: final_sale}, when: {tags: sale}}\n")
    goods = [
        {"id": "1", "sku": "A", "quantity": 1, "unit_price": "1.00"},
        {"id": "2", "sku": "B", "quantity": 1, "unit_price": "1.00", "tags": ["sale"]},
    ]
    asked = [{"order_line": key, "quantity": 1, "action": "return", "reason": "preference"} for key in ("1", "2")]
    decision = look(governing, request(order__lines=goods, lines=asked), [{"order_line": "1", "quantity": 1}])
    assert [line["outcome"] for line in decision["lines"]] == ["approved", "denied"]
    assert codes(decision, 1) == ["final_sale"]


def test_goods_under_review_that_did_not_come_are_denied() -> None:
    governing = shop(WINDOW + "  - {id: r, review: {code: high_value}}\n")
    decision = look(governing, request(), [])
    assert (decision["outcome"], codes(decision)) == ("denied", ["not_received"])


@pytest.mark.parametrize(
    ("found", "places"),
    [
        ([{"order_line": "1", "quantity": 1}], [("sellable", 1)]),
        ([{"order_line": "1", "quantity": 2, "received_sku": "BRICK"}], [("return_to_customer", 2)]),
        (
            [
                {"order_line": "1", "quantity": 1, "condition": "damaged"},
                {"order_line": "1", "quantity": 1, "received_sku": "BRICK"},
            ],
            [("scrap", 1), ("return_to_customer", 1)],
        ),
        ([], []),
    ],
)
def test_of_a_line_that_an_override_settled_only_what_came_is_put_somewhere(
    found: list[dict[str, Any]], places: list[tuple[str, int]]
) -> None:
    governing = shop(
        "  - {id: w, window: {days: 1, after: delivery}}\n  - {id: s, disposition: scrap, when: {condition: damaged}}\n"
        "  - {id: rest, disposition: sellable}\n"
    )
    two = {"id": "1", "sku": "SOFA", "quantity": 2, "unit_price": "100.00"}
    body = request(order__lines__0=two, lines__0__quantity=2)
    body |= {"surface": "staff", "override": {"by": "agent-1", "note": "a loyal customer"}}
    (line,) = look(governing, body, found)["lines"]
    assert (line["outcome"], line["refund"]) == ("approved", "200.00")
    assert [(item["to"], item["quantity"]) for item in line["disposition"]] == places


def test_compensation_is_given_once_whatever_stands_at_inspection() -> None:
    governing = shop(WINDOW + '  - {id: sorry, compensate: {coupon: "20.00"}, for: [refund_only]}\n')
    goods = [{"id": key, "sku": key, "quantity": 1, "unit_price": "100.00"} for key in ("1", "2")]
    asked = [
        {"order_line": "1", "quantity": 1, "action": "return", "reason": "quality"},
        {"order_line": "2", "quantity": 1, "action": "refund_only", "reason": "quality"},
    ]
    body = request(order__lines=goods, lines=asked)
    assert ask(governing, body)["entitlements"] == ["coupon"]
    decision = look(governing, body, [{"order_line": "1", "quantity": 1}])
    assert (decision["refund"]["total"], decision["entitlements"]) == ("200.00", [])


def test_goods_under_review_that_the_customer_would_keep_wait_for_no_parcel() -> None:
    governing = shop(WINDOW + "  - {id: r, review: {code: high_value}}\n  - {id: k, grant: [keep_item]}\n")
    decision = look(governing, request(), [])
    assert (decision["outcome"], codes(decision)[0]) == ("review", "high_value")


def test_a_gift_announced_with_goods_that_did_not_come_is_deducted() -> None:
    governing = shop("  - {id: w, window: {days: 30, after: delivery}}\n  - {id: g, gift: {if_missing: deduct}}\n")
    goods = [{"id": key, "sku": key, "quantity": 1, "unit_price": "100.00"} for key in ("1", "2")]
    asked = [
        {"order_line": "1", "quantity": 1, "action": "return", "reason": "preference"},
        {"order_line": "2", "quantity": 1, "action": "exchange", "reason": "preference", "gifts_returned": ["G"]},
    ]
    body = request(order__lines=goods, lines=asked, order__gifts=[{"sku": "G", "with": ["1"], "value": "19.00"}])
    assert ask(governing, body)["refund"]["total"] == "100.00"
    assert look(governing, body, [{"order_line": "1", "quantity": 1}])["refund"]["total"] == "81.00"


def test_where_an_overridden_line_goes_follows_who_is_liable_for_what_was_found() -> None:
    governing = shop(
        "  - {id: w, window: {days: 1, after: delivery}}\n"
        "  - {id: bad, disposition: defective, when: {liability: merchant}}\n  - {id: rest, disposition: sellable}\n"
    )
    body = request() | {"surface": "staff", "override": {"by": "agent-1", "note": "a loyal customer"}}
    (line,) = look(governing, body, [{"order_line": "1", "quantity": 1, "reason": "quality"}])["lines"]
    assert [item["to"] for item in line["disposition"]] == ["defective"]


def test_what_an_override_settled_is_not_taken_away_by_a_line_that_was_denied() -> None:
    goods = {"id": "1", "sku": "SOFA", "quantity": 1, "unit_price": "100.00"}
    asked = [
        {"order_line": "1", "quantity": 2, "action": "exchange", "reason": "preference"},
        {"order_line": "1", "quantity": 1, "action": "return", "reason": "preference", "condition": "used"},
    ]
    body = request(order__lines__0=goods, lines=asked)
    body |= {"surface": "staff", "override": {"by": "agent-1", "note": "a loyal customer"}}
    governing = shop(WINDOW + "  - {id: used, deny: {code: used_goods}, when: {condition: used}}\n")
    assert [line["outcome"] for line in ask(governing, body)["lines"]] == ["denied", "approved"]
    # a second unit came that nobody has room for
    decision = look(governing, body, [{"order_line": "1", "quantity": 2}])
    assert [(line["outcome"], line["refund"]) for line in decision["lines"]] == [
        ("denied", "0.00"), ("denied", "0.00"), ("approved", "100.00"),
    ]  # fmt: skip
