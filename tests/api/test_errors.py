"""The error contract: what is sent, the status, the kind of problem, and where it points."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from policy_service.service import Service
from tests.api.corner import client, post, request

PROBLEM = "application/problem+json"


@pytest.fixture
def shop(tmp_path: Path) -> FlaskClient:
    return client(tmp_path)


def without(field: str) -> dict[str, Any]:
    return {key: value for key, value in request().items() if key != field}


def ordered(**changes: Any) -> dict[str, Any]:
    return request(order={**request()["order"], **changes})


@pytest.mark.parametrize(
    ("body", "status", "kind", "pointers"),
    [
        (b"", 400, "not-json", []),
        (b"{", 400, "not-json", []),
        (b"\xff\xfe", 400, "not-json", []),
        (b"[" * 100_000, 400, "not-json", []),
        (b"NaN", 400, "not-json", []),
        (b'{"merchant": "a", "merchant": "b"}', 400, "not-json", []),
        (b"[]", 422, "unfit", [""]),
        (b"null", 422, "unfit", [""]),
        (b"{}", 422, "unfit", ["/merchant", "/order", "/lines"]),
        (without("merchant"), 422, "unfit", ["/merchant"]),
        (request(merchent="x"), 422, "unfit", ["/merchent"]),
        (request(merchant=7, lines=[]), 422, "unfit", ["/merchant", "/lines"]),
        (ordered(currency="XYZ"), 422, "unfit", ["/order/currency"]),
        (ordered(placed_at="2025-06-01"), 422, "unfit", ["/order/placed_at"]),
        (request(requested_at="2025-05-31T10:00:00+08:00"), 422, "unfit", ["/requested_at"]),
        (request(merchant="corner-shp"), 404, "unknown-merchant", []),
        (ordered(placed_at="2024-12-31T23:59:59+08:00"), 422, "no-version-in-force", ["/order/placed_at"]),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_body_that_cannot_be_decided(
    shop: FlaskClient, body: Any, status: int, kind: str, pointers: list[str]
) -> None:
    answer = post(shop, body)
    problem = answer.get_json(force=True)
    assert answer.status_code == problem["status"] == status
    assert answer.mimetype == PROBLEM
    assert problem["type"].rpartition(":")[2] == kind
    assert [error["pointer"] for error in problem.get("errors", [])] == pointers


def test_every_error_comes_at_once(shop: FlaskClient) -> None:
    line = {"id": "1", "sku": "", "quantity": 0, "unit_price": "199.9", "colour": "red"}
    answer = post(shop, request(order={**request()["order"], "lines": [line]}, requested_at="yesterday"))
    assert {error["pointer"] for error in answer.get_json(force=True)["errors"]} >= {
        "/order/lines/0/sku",
        "/order/lines/0/quantity",
        "/order/lines/0/unit_price",
        "/order/lines/0/colour",
        "/requested_at",
    }


LINE = {"id": "1", "sku": "KETTLE", "quantity": 1, "unit_price": "1.0"}
ASKED = {"order_line": "1", "quantity": 1, "action": "return", "reason": "foo.bar"}
BEFORE_ANY = "2020-01-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("changes", "placed", "pointers"),
    [
        ({"merchant": "nobody"}, {"lines": [LINE]}, ["/order/lines/0/unit_price", "/merchant"]),
        ({"merchant": "nobody", "requested_at": None}, {"placed_at": "2199-01-01T00:00:00Z"},
         ["/merchant", "/order/placed_at"]),
        ({"merchant": "nobody"}, {"placed_at": "yesterday"}, ["/order/placed_at", "/merchant"]),
        ({"merchant": "nobody", "order": 7}, {}, ["/order", "/merchant"]),
        ({}, {"placed_at": BEFORE_ANY, "lines": [LINE]}, ["/order/lines/0/unit_price", "/order/placed_at"]),
        ({"lines": [ASKED]}, {"placed_at": BEFORE_ANY}, ["/order/placed_at", "/lines/0/reason"]),
        ({"lines": [ASKED]}, {"placed_at": BEFORE_ANY, "lines": [LINE]},
         ["/order/lines/0/unit_price", "/order/placed_at", "/lines/0/reason"]),
        ({"requested_at": None}, {"placed_at": "2199-01-01T00:00:00Z", "lines": [LINE]},
         ["/order/lines/0/unit_price", "/order/placed_at"]),
    ],
)  # fmt: skip
def test_what_the_policies_say_comes_beside_what_the_form_says(
    shop: FlaskClient, changes: dict[str, Any], placed: dict[str, Any], pointers: list[str]
) -> None:
    answer = post(shop, request(**{"order": {**request()["order"], **placed}, **changes}))
    problem = answer.get_json(force=True)
    assert (answer.status_code, problem["type"]) == (422, "urn:policy-service:problem:unfit")
    assert [error["pointer"] for error in problem["errors"]] == pointers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v1/decision", 404),
        ("GET", "/v1/policies/nobody", 404),
        ("GET", "/v1/schemas/nothing", 404),
        ("GET", "/v1/decisions/", 404),
        ("GET", "/v1//policies", 404),
        ("POST", "//v1/decisions", 404),
        ("GET", "/v1/decisions", 405),
        ("DELETE", "/v1/policies", 405),
        ("POST", "/healthz", 405),
        ("PUT", "/v1/decisions/batch", 405),
    ],
)
def test_a_path_or_method_that_is_not_served(shop: FlaskClient, method: str, path: str, status: int) -> None:
    answer = shop.open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM)
    assert answer.get_json(force=True)["status"] == status
    assert ("Allow" in answer.headers) is (status == 405)


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        (None, 415),
    ],
)
def test_only_json_is_taken(shop: FlaskClient, content_type: str | None, status: int) -> None:
    answer = shop.post("/v1/decisions", data=json.dumps(request()), content_type=content_type)
    assert answer.status_code == status
    assert status == 200 or answer.mimetype == PROBLEM


@pytest.mark.parametrize("path", ["/v1/decisions", "/v1/decisions/batch"])
@pytest.mark.parametrize(("coding", "status"), [("gzip", 415), ("br", 415), ("identity", 200)])
def test_a_compressed_body_is_not_taken(shop: FlaskClient, path: str, coding: str, status: int) -> None:
    body = request() if path == "/v1/decisions" else {"requests": [request()]}
    answer = shop.post(path, json=body, headers={"Content-Encoding": coding})
    assert answer.status_code == status
    assert status == 200 or answer.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/v1/decisions", 1024 * 1024 + 1, 413),
        ("/v1/decisions", 1024 * 1024, 400),
        ("/v1/decisions/batch", 1024 * 1024 + 1, 400),
        ("/v1/decisions/batch", 16 * 1024 * 1024 + 1, 413),
    ],
)
def test_a_body_has_a_limit(shop: FlaskClient, path: str, size: int, status: int) -> None:
    answer = post(shop, b" " * size, path)
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM)


def test_a_fault_of_the_service_says_nothing_but_that(
    shop: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret /etc/passwd")

    monkeypatch.setattr(Service, "decide", fail)
    answer = post(shop, request())
    assert (answer.status_code, answer.mimetype) == (500, PROBLEM)
    assert b"secret" not in answer.data
    assert b"Traceback" not in answer.data
    assert "secret" in caplog.text


@pytest.mark.parametrize(
    ("key", "status"),
    [("a", 200), ('"quoted-key"', 200), ("", 400), ('""', 400), ("x" * 255, 200), ("x" * 256, 400), ("\xe9", 400)],
)
def test_an_idempotency_key_is_short_plain_text(shop: FlaskClient, key: str, status: int) -> None:
    assert post(shop, request(), headers={"Idempotency-Key": key}).status_code == status
