"""The short way of plain requests and the way through Flask lead to the same answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from policy_service.api.gate import Gate
from policy_service.api.keys import Caller, KeyRing, fingerprint
from policy_service.api.rate import RateLimit
from policy_service.service import Service
from tests.api.corner import client, request

PLAIN, THROUGH_FLASK = "application/json", "application/json; charset=utf-8"


def both(shop: FlaskClient, body: bytes, headers: dict[str, str] | None = None) -> list[TestResponse]:
    return [
        shop.post("/v1/decisions", data=body, content_type=kind, headers=headers or {})
        for kind in (PLAIN, THROUGH_FLASK)
    ]


def told(answer: TestResponse) -> tuple[int, dict[str, str], Any]:
    """Status, headers and content, without what differs between any two answers."""
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
    return answer.status_code, headers, {**json.loads(answer.data), "id": ""}


@pytest.mark.parametrize(
    "body",
    [json.dumps(request()).encode(), b"", b"{", b"{}", b"[]", json.dumps(request(merchant="nobody")).encode()],
)
def test_both_ways_answer_alike(tmp_path: Path, body: bytes) -> None:
    plain, through_flask = both(client(tmp_path), body)
    assert told(plain) == told(through_flask)


def test_both_ways_ask_for_keys_and_count(tmp_path: Path) -> None:
    ring = KeyRing({fingerprint("pk_1"): Caller("shop", frozenset({"decide", "time-travel"}))})
    shop = client(tmp_path, gate=Gate(ring, RateLimit.of("2/hour")))
    body = json.dumps(request()).encode()
    assert [answer.status_code for answer in both(shop, body)] == [401, 401]
    bearing = {"Authorization": "Bearer pk_1"}
    assert [answer.status_code for _ in range(2) for answer in both(shop, body, bearing)] == [200, 200, 429, 429]


def test_both_ways_hide_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Service, "decide", lambda *_, **__: 1 / 0)
    plain, through_flask = both(client(tmp_path), json.dumps(request()).encode())
    assert told(plain) == told(through_flask)
    assert plain.status_code == 500


def test_a_plain_request_that_is_too_large_is_refused(tmp_path: Path) -> None:
    assert [answer.status_code for answer in both(client(tmp_path), b" " * (1024 * 1024 + 1))] == [413, 413]
