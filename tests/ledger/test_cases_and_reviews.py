"""A case from its request to its end: inspections, reviews, events, what is owed, what falls due."""

from __future__ import annotations

import threading
from typing import Any

import pytest

FOUND = {"lines": [{"order_line": "1", "quantity": 1, "condition": "opened"}]}


def inspect(shop: Any, decision: dict[str, Any], status: int = 200, **found: Any) -> dict[str, Any]:
    body = {"lines": [{"order_line": "1", "quantity": 1, **found}]}
    return shop.post(f"/v1/decisions/{decision['id']}/inspection", body, status)


def state(shop: Any, case: str = "RMA-1") -> str:
    return shop.get(f"/v1/cases/{case}")["state"]


def owed(shop: Any, case: str = "RMA-1") -> list[tuple[str, str, str | None, bool]]:
    return [(each["by"], each["what"], each["due"], each["overdue"]) for each in shop.get(f"/v1/cases/{case}")["owed"]]


def test_a_return_is_followed_to_its_end(shop: Any) -> None:
    decision = shop.decide()
    seen = [state(shop)]
    for type, data in (
        ("label_issued", {"carrier": "SF"}),
        ("shipped", {"carrier": "SF", "tracking_number": "SF1", "international": True}),
        ("received", {}),
    ):
        shop.clock.forward(hours=5)
        seen.append(shop.event("RMA-1", type, **data)["state"])
    found = inspect(shop, decision)
    seen.append(state(shop))
    assert shop.event("RMA-1", "refunded")["data"]["amount"] == found["refund"]["total"] == "90.00"
    seen.append(state(shop))
    seen.append(shop.event("RMA-1", "closed")["state"])
    shop.event("RMA-1", "feedback", score=5, text="quick")
    assert seen == ["approved", "label_issued", "in_transit", "received", "inspected", "settled", "closed"]
    case = shop.get("/v1/cases/RMA-1")
    assert (case["owed"], case["overdue"], case["refunded"]) == ([], [], "90.00")
    assert [entry["text"] for entry in case["timeline"]] == [
        "decided on the claim: approved",
        "return label issued",
        "sent back by the customer, across a border",
        "received by the warehouse",
        "decided on what the warehouse found: approved",
        "refunded 90.00 CNY",
        "closed",
        "feedback: 5 of 5",
    ]


def test_a_case_speaks_chinese_to_who_asks_in_it(shop: Any) -> None:
    decision, chinese = shop.decide(), {"Accept-Language": "zh-CN"}
    case = shop.client.get("/v1/cases/RMA-1", headers=chinese)
    assert case.get_json()["timeline"][0]["text"] == "按申请作出决定：批准"
    found = shop.client.post(f"/v1/decisions/{decision['id']}/inspection", json=FOUND, headers=chinese)
    assert [each.headers["Content-Language"] for each in (case, found)] == ["zh-CN"] * 2


def test_what_is_owed_moves_from_one_to_the_other(shop: Any) -> None:
    decision = shop.decide()
    assert owed(shop) == [
        ("customer", "send_back", "2025-06-28T00:00:00+08:00", False),
        ("merchant", "refund", None, False),
    ]
    shop.event("RMA-1", "received")
    assert owed(shop) == [
        ("merchant", "inspect", "2025-06-23T00:00:00+08:00", False),
        ("merchant", "refund", "2025-06-26T00:00:00+08:00", False),
    ]
    inspect(shop, decision)
    shop.clock.forward(days=30)
    assert owed(shop) == [("merchant", "refund", "2025-06-26T00:00:00+08:00", True)]
    assert [case["case_id"] for case in shop.get("/v1/cases", overdue="true")["cases"]] == ["RMA-1"]
    assert shop.get("/v1/cases", overdue="false")["cases"] == []


def test_cases_are_listed_by_where_they_stand(shop: Any) -> None:
    shop.decide(case="RMA-1")
    shop.decide(case="RMA-2", price="2000.00")
    shop.decide(case="RMA-3", line={"reason": "preference.changed_mind"})
    shop.event("RMA-3", "cancelled")
    by_state = {
        name: [case["case_id"] for case in shop.get("/v1/cases", state=name)["cases"]]
        for name in ("approved", "in_review", "cancelled", "closed")
    }
    assert by_state == {"approved": ["RMA-1"], "in_review": ["RMA-2"], "cancelled": ["RMA-3"], "closed": []}


@pytest.mark.parametrize(
    ("before", "event", "why"),
    [
        ([], {"type": "repair_done"}, "no repair is under way: record `repair_started` first"),
        ([], {"type": "exchanged"}, "no `exchange` was approved"),
        ([], {"type": "refunded", "amount": "90.01"}, "only 90.00 CNY is still owed"),
        ([{"type": "refunded"}], {"type": "refunded"}, "no refund is owed: all of it was refunded before"),
        ([{"type": "received"}], {"type": "shipped"}, "the goods are here already"),
        (
            [{"type": "received"}],
            {"type": "cancelled"},
            "the goods arrived already: record `closed` at its end instead",
        ),
        (
            [{"type": "closed"}],
            {"type": "received"},
            "case `RMA-1` is closed: only `note` and `feedback` are still taken",
        ),
        ([], {"type": "note", "text": "x", "at": "2025-07-20T10:00:00Z"}, "`2025-07-20T10:00:00+00:00` is yet to come"),
    ],
)
def test_what_cannot_happen_is_refused_with_the_reason(
    shop: Any, before: list[dict[str, Any]], event: dict[str, Any], why: str
) -> None:
    shop.decide()
    for each in before:
        shop.post("/v1/cases/RMA-1/events", each, 201)
    assert shop.post("/v1/cases/RMA-1/events", event, 409)["detail"].startswith(why)


@pytest.mark.parametrize(
    ("event", "pointer"),
    [
        ({"type": "vanished"}, "/type"),
        ({}, "/type"),
        ({"type": "feedback", "score": 6}, "/score"),
        ({"type": "note"}, "/text"),
        ({"type": "shipped", "weight": 3}, "/weight"),
        ({"type": "refunded", "amount": "90.001"}, "/amount"),
        ({"type": "received", "at": "yesterday"}, "/at"),
    ],
)
def test_an_event_that_does_not_read_is_a_422_with_its_place(shop: Any, event: dict[str, Any], pointer: str) -> None:
    shop.decide()
    assert shop.post("/v1/cases/RMA-1/events", event, 422)["errors"][0]["pointer"] == pointer


def test_a_case_adds_up_the_sums_of_its_own_currency(shop: Any) -> None:
    shop.decide()
    for currency, price in (("CNY", "50.00"), ("JPY", "1000"), ("USD", "10.00")):
        body = shop.asked(price=price)
        body["order"] |= {"id": f"SO-{currency}", "currency": currency, "fx_rate": "1"}
        shop.post("/v1/decisions", body)
    # 100.00 and 50.00, each less a tenth
    told = shop.get("/v1/cases/RMA-1")
    assert (told["currency"], told["refund"]) == ("CNY", "135.00")
    assert [each["case_id"] for each in shop.get("/v1/cases")["cases"]] == ["RMA-1"]
    shop.event("RMA-1", "received")
    shop.worker().once()


def test_an_event_of_an_unknown_case_is_a_404(shop: Any) -> None:
    shop.post("/v1/cases/RMA-9/events", {"type": "received"}, 404)


def test_a_decision_without_a_case_is_a_case_of_its_own(shop: Any) -> None:
    decision = shop.decide(case=None)
    assert shop.event(decision["id"], "received")["state"] == "received"
    inspect(shop, decision)
    assert state(shop, decision["id"]) == "inspected"


def test_an_inspection_happens_once_unless_it_is_superseded(shop: Any) -> None:
    decision = shop.decide()
    first = inspect(shop, decision, condition="used")
    refused = inspect(shop, decision, 409)
    assert first["id"] in refused["detail"]
    second = shop.post(f"/v1/decisions/{decision['id']}/inspection?supersede={first['id']}", FOUND)
    assert (first["lines"][0]["disposition"][0]["to"], second["lines"][0]["disposition"][0]["to"]) == (
        "defective",
        "sellable",
    )
    assert second["previous"] == decision["id"]
    assert shop.get("/v1/stock/LAMP")["stock"][0]["counts"] == {"sellable": 1}
    assert shop.post(f"/v1/decisions/{decision['id']}/inspection?supersede={first['id']}", FOUND, 409)


def test_part_of_a_parcel_is_inspected_and_the_rest_was_not_received(shop: Any) -> None:
    decision = shop.decide(quantity=3)
    found = inspect(shop, decision)
    outcomes = [(line["outcome"], line["quantity"], line["reasons"][0]["code"]) for line in found["lines"]]
    assert outcomes == [("approved", 1, "within_window"), ("denied", 2, "not_received")]
    assert found["refund"]["total"] == "90.00"


def test_an_inspection_that_does_not_fit_is_a_422(shop: Any) -> None:
    decision = shop.decide()
    refused = inspect(shop, decision, 422, condition="eaten")
    assert refused["errors"][0]["pointer"] == "/lines/0/condition"
    assert inspect(shop, decision)["outcome"] == "approved"


def test_the_queue_of_reviews_says_why_since_when_and_what_then(shop: Any) -> None:
    shop.decide(case="RMA-1")
    review = shop.decide(case="RMA-2", price="2000.00", channel="marketplace")
    [waiting] = shop.get("/v1/reviews")["reviews"]
    assert (waiting["decision"], waiting["case_id"]) == (review["id"], "RMA-2")
    assert waiting["lines"][0]["reasons"][0]["code"] == "high_value"
    assert waiting["lines"][0]["if_approved"]["refund"] == "1800.00"
    assert (waiting["since"], waiting["due"]) == ("2025-06-20T02:00:00+00:00", "2025-06-28T00:00:00+08:00")
    assert waiting["otherwise"] == "approve"
    refused = inspect(shop, review, 409)
    assert refused["detail"].startswith("a person must decide first")


@pytest.mark.parametrize(("outcome", "total"), [("approved", "1800.00"), ("denied", "0.00")])
def test_a_person_settles_a_review(shop: Any, outcome: str, total: str) -> None:
    review = shop.decide(price="2000.00")
    said = {"outcome": outcome, "by": "agent-17", "note": "saw the photo"}
    settled = shop.post(f"/v1/decisions/{review['id']}/resolution", said)
    assert (settled["previous"], settled["outcome"], settled["refund"]["total"]) == (review["id"], outcome, total)
    assert settled["resolution"] == said
    assert settled["lines"][0]["reasons"][0]["code"] == "resolved"
    assert shop.get("/v1/reviews")["reviews"] == []
    again = shop.post(f"/v1/decisions/{review['id']}/resolution", said, 409)
    assert again["detail"] == f"it was settled by `{settled['id']}`"
    if outcome == "approved":
        assert inspect(shop, settled)["refund"]["total"] == total


def test_inspections_and_resolutions_are_counted_once(any_shop: Any) -> None:
    review = any_shop.decide(price="2000.00")
    said = {"outcome": "approved", "by": "agent-17"}
    for _ in range(2):
        settled = any_shop.post(f"/v1/decisions/{review['id']}/resolution", said, Idempotency_Key="k1")
    inspect(any_shop, settled)
    counted = {
        line.removeprefix("policy_service_decisions_total")
        for line in any_shop.client.get("/metrics").get_data(as_text=True).splitlines()
        if line.startswith("policy_service_decisions_total") and not line.endswith(" 0.0")
    }
    assert counted == {
        '{outcome="review",stage="request"} 1.0',
        '{outcome="approved",stage="resolution"} 1.0',
        '{outcome="approved",stage="inspection"} 1.0',
    }


def test_a_decision_that_was_inspected_is_not_said_to_be_settled(any_shop: Any) -> None:
    first = any_shop.decide()
    found = {"lines": [{"order_line": "1", "quantity": 1}]}
    inspected = any_shop.post(f"/v1/decisions/{first['id']}/inspection", found)
    refused = any_shop.post(f"/v1/decisions/{first['id']}/resolution", {"outcome": "approved", "by": "agent-1"}, 409)
    assert refused["detail"] == f"it was inspected: `{inspected['id']}` took its place"


def test_nothing_is_settled_that_does_not_wait(shop: Any) -> None:
    decision = shop.decide()
    shop.post(f"/v1/decisions/{decision['id']}/resolution", {"outcome": "denied", "by": "agent-17"}, 409)
    shop.post(f"/v1/decisions/{decision['id']}/resolution", {"outcome": "maybe", "by": ""}, 422)


def test_of_resolutions_at_once_one_wins(shop: Any) -> None:
    for number in range(10):
        review = shop.decide(case=f"RMA-{number}", price="2000.00")
        gate, statuses = threading.Barrier(4), []

        def settle(by: int, id: str = review["id"], gate: Any = gate, statuses: list[int] = statuses) -> None:
            client = shop.app.test_client()
            gate.wait()
            body = {"outcome": "approved" if by % 2 else "denied", "by": f"agent-{by}"}
            statuses.append(client.post(f"/v1/decisions/{id}/resolution", json=body).status_code)

        threads = [threading.Thread(target=settle, args=(by,)) for by in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200, 409, 409, 409]


def test_the_clock_settles_what_nobody_answered(shop: Any) -> None:
    review = shop.decide(price="2000.00", channel="marketplace")
    shop.clock.forward(days=7)
    shop.worker().once()
    assert state(shop) == "in_review"
    shop.clock.forward(days=1)
    shop.worker().once()
    [settled, _] = shop.get("/v1/decisions", case_id="RMA-1")["decisions"]
    assert (settled["previous"], settled["outcome"], settled["refund"]["total"]) == (
        review["id"],
        "approved",
        "1800.00",
    )
    assert settled["resolution"] == {"outcome": "approved", "by": "deadline"}
    assert settled["lines"][0]["reasons"][0]["code"] == "settled_by_deadline"
    assert shop.worker().once() == 0
    assert shop.post(f"/v1/decisions/{settled['id']}/replay", {})["same"]


def test_a_review_of_what_was_found_is_settled_on_the_find(shop: Any) -> None:
    policy = shop.rules / "1.yaml"
    more = "  - id: look-again\n    review: {code: broken}\n    when: {condition: damaged, stage: inspection}\n"
    policy.write_text(policy.read_text(encoding="utf-8") + more, encoding="utf-8")
    shop.catalog.reload()
    decision = shop.decide()
    found = inspect(shop, decision, condition="damaged")
    assert found["outcome"] == "review"
    settled = shop.post(f"/v1/decisions/{found['id']}/resolution", {"outcome": "approved", "by": "agent-1"})
    assert (settled["stage"], settled["previous"], settled["refund"]["total"]) == ("inspection", found["id"], "90.00")
    assert shop.post(f"/v1/decisions/{settled['id']}/replay", {})["same"]
    assert shop.get("/v1/stock/LAMP")["stock"][0]["counts"] == {"repair": 1}
