"""The same key and body give the first answer; another body is refused; two at once make one decision."""

from __future__ import annotations

import os
import threading
from typing import Any

import orjson
import pytest
from sqlalchemy import text

TIMES = int(os.environ.get("POLICY_RACES", "60"))
"""How often two identical keys race on each database; the claim was shown 1,000 times."""


def count(shop: Any, table: str = "decisions") -> int:
    with shop.ledger.database.reading() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def send(shop: Any, key: str | None, **changes: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return shop.client.post("/v1/decisions", json=shop.asked(**changes), headers=headers)


def test_the_same_key_and_body_give_the_first_answer_byte_for_byte(shop: Any) -> None:
    first, second = send(shop, "k1"), send(shop, "k1")
    assert first.data == second.data
    assert count(shop) == 1


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8"], ids=["direct", "flask"])
def test_an_answer_that_was_given_before_says_so(any_shop: Any, kind: str) -> None:
    body = orjson.dumps(any_shop.asked())
    answers = [
        any_shop.client.post("/v1/decisions", data=body, content_type=kind, headers=headers)
        for headers in ({"Idempotency-Key": "k1"}, {"Idempotency-Key": "k1"}, {})
    ]
    assert [each.headers.get("Idempotent-Replayed") for each in answers] == [None, "true", None]


def test_the_first_answer_stands_after_new_rules_and_a_restart(shop: Any) -> None:
    first = send(shop, "k1")
    policy = shop.rules / "1.yaml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("10%", "50%"), encoding="utf-8")
    shop.ledger.close()
    shop.open()
    assert send(shop, "k1").data == first.data
    assert send(shop, "k2").get_json()["refund"] != first.get_json()["refund"]


@pytest.mark.parametrize("path", ["/v1/decisions", "/v1/decisions/batch"])
def test_a_retry_decided_under_new_rules_meanwhile_leaves_them_usable(
    shop: Any, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = shop.asked() if path == "/v1/decisions" else {"requests": [shop.asked()]}
    first = shop.post(path, body, Idempotency_Key="k1")
    policy = shop.rules / "1.yaml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("10%", "50%"), encoding="utf-8")
    assert shop.catalog.reload()
    with monkeypatch.context() as early:  # it looked before the first one was on disk
        early.setattr(shop.ledger, "answered", lambda key: None)
        assert shop.post(path, body, Idempotency_Key="k1") == first
    assert shop.decide()["refund"]["fees"] == "50.00"


def test_another_body_under_the_same_key_is_a_409(shop: Any) -> None:
    send(shop, "k1")
    refused = send(shop, "k1", price="200.00")
    assert refused.status_code == 409
    assert count(shop) == 1


def test_a_refused_request_does_not_use_up_its_key(shop: Any) -> None:
    assert send(shop, "k1", quantity=0).status_code == 422
    assert send(shop, "k1").status_code == 200


def test_without_a_key_every_request_is_decided(shop: Any) -> None:
    send(shop, None)
    send(shop, None)
    assert count(shop) == 2


@pytest.mark.slow
def test_two_identical_keys_at_once_make_one_decision(shop: Any) -> None:
    answers: list[list[bytes]] = [[] for _ in range(TIMES)]
    gate = threading.Barrier(2)

    def run() -> None:
        client = shop.app.test_client()
        for number in range(TIMES):
            gate.wait()
            answer = client.post("/v1/decisions", json=shop.asked(), headers={"Idempotency-Key": f"race-{number}"})
            assert answer.status_code == 200
            answers[number].append(answer.data)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(set(pair)) for pair in answers] == [1] * TIMES
    assert count(shop) == TIMES
    assert count(shop, "idempotency_keys") == TIMES


def test_inspection_resolution_and_events_heed_keys_too(shop: Any) -> None:
    decision = shop.decide(price="2000.00")
    resolution = {"outcome": "approved", "by": "agent-1"}
    path = f"/v1/decisions/{decision['id']}/resolution"
    settled = [shop.post(path, resolution, Idempotency_Key="r") for _ in range(2)]
    assert settled[0] == settled[1]
    events = [shop.post("/v1/cases/RMA-1/events", {"type": "received"}, 201, Idempotency_Key="e") for _ in range(2)]
    assert events[0] == events[1]
    found = {"lines": [{"order_line": "1", "quantity": 1}]}
    path = f"/v1/decisions/{settled[0]['id']}/inspection"
    inspected = [shop.post(path, found, Idempotency_Key="i") for _ in range(2)]
    assert inspected[0] == inspected[1]
    assert (count(shop), count(shop, "case_events")) == (3, 1)


def test_an_answer_that_is_given_again_is_in_the_language_of_then(any_shop: Any) -> None:
    decision = any_shop.decide(price="2000.00")
    answers = [
        any_shop.client.post(
            f"/v1/decisions/{decision['id']}/resolution",
            json={"outcome": "approved", "by": "agent-1"},
            headers={"Idempotency-Key": "r", "Accept-Language": language},
        )
        for language in ("zh", "en")
    ]
    assert answers[0].data == answers[1].data
    assert [answer.headers.get("Content-Language") for answer in answers] == ["zh-CN", None]
    assert [answer.headers["Vary"] for answer in answers] == ["Accept-Language"] * 2


def test_keys_are_forgotten_after_their_time(shop: Any) -> None:
    send(shop, "k1")
    shop.clock.forward(days=8)
    shop.worker().tidy()
    assert count(shop, "idempotency_keys") == 0


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8"])
def test_a_decision_that_is_given_again_names_no_language(any_shop: Any, kind: str) -> None:
    body = orjson.dumps(any_shop.asked())
    answers = [
        any_shop.client.post(
            "/v1/decisions", data=body, headers={"Content-Type": kind, "Idempotency-Key": "d", "Accept-Language": each}
        )
        for each in ("zh", "en")
    ]
    assert answers[0].data == answers[1].data
    assert [each.headers.get("Content-Language") for each in answers] == ["zh-CN", None]
    assert [each.headers.get("Idempotent-Replayed") for each in answers] == [None, "true"]
