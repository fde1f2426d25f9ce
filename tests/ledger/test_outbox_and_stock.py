"""What policies oblige becomes messages, each once; stock is counted, alerts fire once and arm again."""

from __future__ import annotations

from typing import Any


def inspect(shop: Any, case: str, sku: str = "LAMP", **found: Any) -> dict[str, Any]:
    decision = shop.decide(case=case, sku=sku)
    body = {"lines": [{"order_line": "1", "quantity": 1, **found}]}
    return shop.post(f"/v1/decisions/{decision['id']}/inspection", body)


def types(shop: Any) -> list[str]:
    return [message["type"] for message in shop.messages()]


def test_messages_are_cloud_events_in_the_order_of_commits(shop: Any) -> None:
    decision = shop.decide(tier="gold", line={"reason": "quality.functional_failure"})
    messages = shop.messages()
    assert [(each["type"], each["data"].get("code") or each["data"].get("event")) for each in messages] == [
        ("returns.notification", "approved"),
        ("returns.entitlement", "free_pickup"),
        ("returns.compensation", "coupon"),
    ]
    event = messages[2]
    assert {key: event[key] for key in ("specversion", "source", "subject", "time", "datacontenttype")} == {
        "specversion": "1.0",
        "source": "/merchants/shop",
        "subject": "cases/RMA-1",
        "time": "2025-06-20T02:00:00+00:00",
        "datacontenttype": "application/json",
    }
    assert event["data"] == {
        "decision": decision["id"],
        "stage": "request",
        "outcome": "approved",
        "order_line": "1",
        "code": "coupon",
        "clause": "sorry",
        "amount": "20.00",
        "currency": "CNY",
    }


def test_what_was_given_is_not_given_again_at_the_next_stage(shop: Any) -> None:
    decision = shop.decide(tier="gold", line={"reason": "quality.functional_failure"})
    before = len(types(shop))
    body = {"lines": [{"order_line": "1", "quantity": 1}]}
    shop.post(f"/v1/decisions/{decision['id']}/inspection", body)
    told = [(each["type"], each["data"].get("event")) for each in shop.messages()[before:]]
    assert told == [("returns.notification", "completed")]


def test_a_cursor_goes_on_where_the_last_page_ended(shop: Any) -> None:
    shop.decide(case="RMA-1")
    first = shop.get("/v1/events", limit=1)
    assert len(first["events"]) == 1
    assert shop.get("/v1/events", cursor=first["next"])["events"] == []
    shop.decide(case="RMA-2")
    [later] = shop.get("/v1/events", cursor=first["next"])["events"]
    assert later["subject"] == "cases/RMA-2"


def test_who_wants_to_hear_of_an_event_hears_of_it(shop: Any) -> None:
    shop.decide()
    shop.event("RMA-1", "shipped")
    shop.event("RMA-1", "received")
    told = [(each["data"]["event"], each["data"]["channels"]) for each in shop.messages("notification")]
    assert told == [("approved", ["sms"]), ("received", ["sms"])]


def test_a_deadline_that_passes_undone_is_told_once(shop: Any) -> None:
    shop.decide()
    shop.clock.forward(days=7)
    shop.worker().once()
    assert shop.messages("deadline_passed") == []
    shop.clock.forward(days=1)
    for _ in range(3):
        shop.worker().once()
    [message] = shop.messages("deadline_passed")
    assert message["data"]["deadline"] == "ship_back_by"
    assert message["data"]["due"] == "2025-06-27T16:00:00+00:00"


def test_a_deadline_that_was_kept_is_not_told(shop: Any) -> None:
    decision = shop.decide()
    shop.event("RMA-1", "shipped")
    shop.event("RMA-1", "received")
    shop.post(f"/v1/decisions/{decision['id']}/inspection", {"lines": [{"order_line": "1", "quantity": 1}]})
    shop.event("RMA-1", "refunded")
    shop.clock.forward(days=60)
    shop.worker().once()
    assert shop.messages("deadline_passed") == []


def test_a_deadline_that_begins_with_the_receipt_is_told(shop: Any) -> None:
    shop.decide()
    shop.event("RMA-1", "received")
    shop.clock.forward(days=20)
    shop.worker().once()
    told = sorted(each["data"]["deadline"] for each in shop.messages("deadline_passed"))
    assert told == ["inspect_by", "refund_by"]


def test_a_follow_up_is_asked_once_when_it_is_due(shop: Any) -> None:
    shop.decide(tier="gold")
    shop.clock.forward(days=2)
    shop.worker().once()
    assert shop.messages("follow_up") == []
    shop.clock.forward(days=2)
    for _ in range(2):
        shop.worker().once()
    [message] = shop.messages("follow_up")
    assert (message["data"]["clause"], message["data"]["ask"]) == ("ask-later", ["satisfied"])


def test_workers_beside_each_other_tell_everything_once(shop: Any) -> None:
    import threading

    for number in range(30):
        shop.decide(case=f"RMA-{number}", tier="gold")
    shop.clock.forward(days=30)
    workers = [shop.worker() for _ in range(3)]
    threads = [threading.Thread(target=worker.once) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(shop.messages("follow_up")) == 30
    assert len(shop.messages("deadline_passed")) == 30


def test_stock_is_counted_and_its_alert_fires_once_until_it_is_cleared(shop: Any) -> None:
    for number in range(5):
        inspect(shop, f"RMA-{number}", condition="used")
    [alert] = shop.messages("stock_alert")
    assert (alert["data"]["sku"], alert["data"]["count"], alert["data"]["reaches"]) == ("LAMP", 3, 3)
    [counted] = shop.get("/v1/stock/LAMP")["stock"]
    assert counted["counts"] == {"defective": 5}
    assert counted["alerts"][0]["clause"] == "many-defects"
    shop.post("/v1/stock/LAMP/clear", {"dispositon": "defective"}, 422)
    shop.post("/v1/stock/LAMP/clear", {"disposition": "broken"}, 422)
    cleared = shop.post("/v1/stock/LAMP/clear", {"disposition": "defective"})
    assert cleared == {"merchant": "shop", "sku": "LAMP", "cleared": {"defective": 5}}
    assert shop.get("/v1/stock/LAMP")["stock"][0] == {"merchant": "shop", "sku": "LAMP", "counts": {}, "alerts": []}
    for number in range(5, 9):
        inspect(shop, f"RMA-{number}", condition="used")
    assert len(shop.messages("stock_alert")) == 2


def test_stock_is_listed_by_sku(shop: Any) -> None:
    for number, sku in enumerate(("B", "A", "C")):
        inspect(shop, f"RMA-{number}", sku=sku)
    page = shop.get("/v1/stock", limit=2)
    rest = shop.get("/v1/stock", limit=2, cursor=page["next"])
    assert [each["sku"] for each in (*page["stock"], *rest["stock"])] == ["A", "B", "C"]
    assert rest["next"] is None
    shop.get("/v1/stock/none", 404)
    shop.post("/v1/stock/none/clear", {}, 404)


def test_a_repair_gives_the_unit_back_to_sellable(shop: Any) -> None:
    inspect(shop, "RMA-1", condition="damaged")
    assert shop.get("/v1/stock/LAMP")["stock"][0]["counts"] == {"repair": 1}
    assert shop.event("RMA-1", "repair_started")["state"] == "in_repair"
    shop.event("RMA-1", "repair_done")
    assert shop.get("/v1/stock/LAMP")["stock"][0]["counts"] == {"sellable": 1}
    assert [kind for kind in types(shop) if "repair" in kind] == ["returns.repair_opened", "returns.repair_closed"]


def test_closing_the_case_closes_its_repair(shop: Any) -> None:
    inspect(shop, "RMA-1", condition="damaged")
    shop.event("RMA-1", "refunded")
    shop.event("RMA-1", "closed")
    assert shop.get("/v1/stock/LAMP")["stock"][0]["counts"] == {"sellable": 1}
