from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from policy_service.api.decisions import BATCH_FORM
from policy_service.api.recording import Made, Reply
from policy_service.contract import problems
from policy_service.contract.problems import ProblemError
from tests.api.corner import client, post, request


@pytest.fixture
def shop(tmp_path: Path) -> FlaskClient:
    return client(tmp_path)


def test_a_return_is_decided_to_the_cent(shop: FlaskClient) -> None:
    answer = post(shop, request())
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    decision = answer.get_json()
    assert decision["outcome"] == "approved"
    assert decision["lines"][0]["fees"] == [{"code": "restocking", "clause": "opened-costs", "amount": "19.99"}]
    assert decision["refund"]["total"] == "179.91"
    assert decision["decided_at"] == "2025-06-05T12:00:00+08:00"


def test_the_clock_is_the_services_where_the_request_has_none(shop: FlaskClient) -> None:
    asked = {key: value for key, value in request().items() if key != "requested_at"}
    assert post(shop, asked).get_json()["decided_at"] == "2025-06-05T12:00:00+08:00"


MESSAGES = {"en": "Return within 7 days of delivery", "zh-CN": "收货后7天内可退货"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("zh-TW;q=0.1, de", "zh-CN"),
        (";;;q=,,", "en"),
    ],
)
def test_messages_come_in_the_callers_language(shop: FlaskClient, header: str | None, language: str) -> None:
    headers = {} if header is None else {"Accept-Language": header}
    alone = post(shop, request(), headers=headers)
    batch = post(shop, {"requests": [request()]}, "/v1/decisions/batch", headers=headers)
    for answer, decision in ((alone, alone.get_json()), (batch, batch.get_json()["results"][0]["decision"])):
        assert decision["lines"][0]["reasons"][0]["message"] == MESSAGES[language]
        assert answer.headers["Content-Language"] == language
        assert answer.headers["Vary"] == "Accept-Language"


def test_equal_requests_get_equal_bytes_apart_from_the_id(shop: FlaskClient) -> None:
    first, second = (post(shop, request()).get_json() for _ in range(2))
    assert first.pop("id") != second.pop("id")
    assert first == second


def test_a_batch_answers_each_request_in_order(shop: FlaskClient) -> None:
    asked = [
        request(case_id="A"),
        {"merchant": "corner-shop"},
        request(merchant="nobody"),
        "text",
        request(case_id="B"),
    ]
    answer = post(shop, {"requests": asked}, "/v1/decisions/batch")
    assert answer.status_code == 200
    results = answer.get_json()["results"]
    assert [each["status"] for each in results] == [200, 422, 404, 422, 200]
    assert [each["decision"]["case_id"] for each in results if "decision" in each] == ["A", "B"]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/order"


def test_one_of_a_batch_is_as_large_as_it_may_be_alone(shop: FlaskClient) -> None:
    limit = len(json.dumps({"merchant": ""}, separators=(",", ":")))
    asked = [{"merchant": "m" * (1024 * 1024 - limit + more)} for more in (0, 1)]
    results = post(shop, {"requests": asked}, "/v1/decisions/batch").get_json()["results"]
    assert [each["status"] for each in results] == [422, 413]


def test_one_of_a_batch_is_answered_as_if_it_had_come_alone(shop: FlaskClient) -> None:
    alone = post(shop, request()).get_json()
    batched = post(shop, {"requests": [request()]}, "/v1/decisions/batch").get_json()["results"][0]["decision"]
    assert {**alone, "id": ""} == {**batched, "id": ""}


@pytest.mark.parametrize(
    ("body", "pointer", "detail", "hint"),
    [
        ({}, "/requests", "`requests` is required", BATCH_FORM),
        ([], "", "expected an object", BATCH_FORM),
        ({"requests": []}, "/requests", "there are 0 requests", "1 to 1000 go in a batch"),
        ({"requests": {}}, "/requests", "expected a list of requests", BATCH_FORM),
        ({"requests": [{}] * 1001}, "/requests", "there are 1001 requests", "1 to 1000 go in a batch"),
        ({"requests": [{}], "a/b": 1}, "/a~1b", "`a/b` is not a field here", BATCH_FORM),
        ({"requests": [{}], "reqests": 1}, "/reqests", "`reqests` is not a field here", "did you mean `requests`?"),
        ({"requests": [{}], "x" * 61: 1}, "/" + "x" * 61, f"`{'x' * 60}…` is not a field here", BATCH_FORM),
    ],
)
def test_a_batch_that_is_none_is_refused_as_a_whole(
    shop: FlaskClient, body: Any, pointer: str, detail: str, hint: str
) -> None:
    answer = post(shop, body, "/v1/decisions/batch")
    assert answer.status_code == 422
    assert answer.get_json(force=True)["errors"] == [{"pointer": pointer, "detail": detail, "hint": hint}]


def test_a_request_of_a_batch_that_is_no_object_hears_what_one_is(shop: FlaskClient) -> None:
    (result,) = post(shop, {"requests": ["text"]}, "/v1/decisions/batch").get_json()["results"]
    assert result["problem"]["errors"][0]["hint"] == "send one request as a JSON object"


def test_a_thousand_requests_go_in_a_batch(shop: FlaskClient) -> None:
    answer = post(shop, {"requests": [{}] * 1000}, "/v1/decisions/batch")
    assert {each["status"] for each in answer.get_json()["results"]} == {422}


class Notebook:
    """A recorder that keeps what it answers, and answers a key it knows from what it kept."""

    def __init__(self, *, full: bool = False) -> None:
        self.kept: list[Made] = []
        self.keys: dict[tuple[str, str], bytes] = {}
        self.full = full

    def before(self, body: bytes) -> bytes:
        return body.replace(b"C-7", b"pseudonym")

    def answer(self, asked: bytes, key: str | None, decide: Callable[[], Made], caller: str) -> Reply:
        if self.full:
            raise ProblemError(problems.not_ready("nothing can be kept"))
        if key is not None and (caller, key) in self.keys:
            return Reply(self.keys[caller, key], replayed=True)
        made = decide()
        self.kept.append(made)
        if key is not None:
            self.keys[caller, key] = made.body
        return Reply(made.body)


def test_what_is_answered_has_been_kept(tmp_path: Path) -> None:
    notebook = Notebook()
    answer = post(client(tmp_path, ledger=notebook), request(customer={"id": "C-7"}))
    assert [made.body for made in notebook.kept] == [answer.data]
    assert notebook.kept[0].parsed.raw["customer"] == {"id": "pseudonym"}


def test_the_same_key_gets_the_same_bytes(tmp_path: Path) -> None:
    shop = client(tmp_path, ledger=Notebook())
    first, second = (post(shop, request(), headers={"Idempotency-Key": key}) for key in ("k-1", '"k-1"'))
    assert first.data == second.data


def test_what_cannot_be_kept_is_not_answered(tmp_path: Path) -> None:
    answer = post(client(tmp_path, ledger=Notebook(full=True)), request())
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
