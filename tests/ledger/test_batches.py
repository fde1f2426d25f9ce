"""A batch is recorded together, and its idempotency key stands for all of it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import event, text

BATCH = "/v1/decisions/batch"


def send(shop: Any, requests: list[Any], key: str | None = None) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return shop.client.post(BATCH, json={"requests": requests}, headers=headers)


def count(shop: Any) -> int:
    with shop.ledger.database.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM decisions")).scalar_one())


def test_a_batch_of_a_hundred_is_recorded_in_one_commit(shop: Any) -> None:
    commits: list[object] = []
    event.listen(shop.ledger.database.writes, "commit", commits.append)
    answer = send(shop, [shop.asked(case=f"RMA-{n}") for n in range(100)])
    assert [result["status"] for result in answer.get_json()["results"]] == [200] * 100
    assert len(commits) == 1
    assert count(shop) == 100


def test_what_is_refused_in_a_batch_is_not_recorded_and_spoils_nothing(shop: Any) -> None:
    answer = send(shop, [shop.asked(), {}, shop.asked(quantity=0), shop.asked(case="RMA-2")])
    assert [result["status"] for result in answer.get_json()["results"]] == [200, 422, 422, 200]
    assert count(shop) == 2


@pytest.mark.parametrize(("requests", "key"), [([{}], None), ([{}, {"merchant": "x"}], "k0")])
def test_a_batch_that_records_nothing_stops_nobody(shop: Any, requests: list[Any], key: str | None) -> None:
    send(shop, requests, key)
    answers: list[int] = []

    def decide() -> None:
        answers.append(shop.client.post("/v1/decisions", json=shop.asked()).status_code)

    thread = threading.Thread(target=decide, daemon=True)
    thread.start()
    thread.join(20)
    assert answers == [200]


def test_a_batch_sent_again_with_its_key_is_decided_once(shop: Any) -> None:
    requests = [shop.asked(), {}, shop.asked(case="RMA-2")]
    first, second = send(shop, requests, "k1"), send(shop, requests, "k1")
    assert first.data == second.data
    assert [each.headers.get("Idempotent-Replayed") for each in (first, second)] == [None, "true"]
    assert count(shop) == 2
    shop.decide()


@pytest.mark.parametrize("other", [[], [{}, {}], [{}]], ids=["longer", "shorter and bad", "as long"])
def test_another_batch_under_the_same_key_is_a_409_as_a_whole(shop: Any, other: list[Any]) -> None:
    send(shop, [shop.asked()], "k1")
    refused = send(shop, [*other, shop.asked(case="RMA-2")], "k1")
    assert refused.status_code == 409
    assert count(shop) == 1


def test_the_key_of_a_batch_is_not_free_for_a_single_request(shop: Any) -> None:
    send(shop, [shop.asked()], "k1")
    refused = shop.client.post("/v1/decisions", json=shop.asked(), headers={"Idempotency-Key": "k1"})
    assert refused.status_code == 409


def test_a_batch_that_cannot_be_recorded_is_a_503_as_a_whole(shop: Any) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    event.listen(shop.ledger.database.writes, "begin", fail)
    refused = send(shop, [shop.asked(), {}])
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    event.remove(shop.ledger.database.writes, "begin", fail)
    assert count(shop) == 0
