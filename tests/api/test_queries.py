"""What stands behind the `?`: only what the OpenAPI document declares."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from policy_service.api.openapi import openapi
from tests.api.corner import client, post, request

OPERATIONS = [(path, method) for path, methods in openapi()["paths"].items() for method in methods]


@pytest.fixture
def shop(tmp_path: Path) -> FlaskClient:
    return client(tmp_path)


def detail(answer: Any) -> str:
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    problem = answer.get_json(force=True)
    assert problem["type"] == "urn:policy-service:problem:bad-parameter"
    return str(problem["detail"])


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_operation_refuses_a_query_name_that_it_does_not_have(shop: FlaskClient, path: str, method: str) -> None:
    answer = shop.open(re.sub(r"{\w+}", "any", path) + "?colour=red", method=method.upper())
    assert detail(answer).startswith("`colour` is not a parameter here")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "locale=zh",
            "`locale` is not a parameter here: there are none, only the headers `Accept-Language`, `Idempotency-Key`",
        ),
        ("accept-language=zh", "`accept-language` is not a parameter here: send the header `Accept-Language`"),
        ("idempotency_key=1", "`idempotency_key` is not a parameter here: send the header `Idempotency-Key`"),
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_a_decision_is_asked_for_with_headers(shop: FlaskClient, query: str, said: str, content_type: str) -> None:
    body = json.dumps(request())
    assert detail(shop.post(f"/v1/decisions?{query}", data=body, content_type=content_type)) == said


def test_every_unknown_name_is_told_at_once(shop: FlaskClient) -> None:
    assert detail(shop.get("/v1/policies?a=1&b=2")) == (
        "`a` is not a parameter here: there are none; `b` is not a parameter here: there are none"
    )


def test_a_question_mark_with_nothing_behind_it_asks_for_nothing(shop: FlaskClient) -> None:
    assert post(shop, request(), "/v1/decisions?").status_code == 200
    assert shop.get("/v1/policies?").status_code == 200


def test_what_is_not_served_stays_not_found_whatever_the_query(shop: FlaskClient) -> None:
    assert shop.get("/v1/policys?colour=red").status_code == 404
    assert shop.put("/v1/policies?colour=red").status_code == 405
