"""Whatever is sent: an answer of the contract, never a fault."""

from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from policy_service.contract.schema import decision_schema, problem_schema
from tests.api.corner import client, post, request

DECISION = Draft202012Validator(decision_schema())
PROBLEM = Draft202012Validator(problem_schema())

INSTANTS = [
    "2025-06-05T12:00:00+08:00",
    "2025-06-11T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-12:00",
]
LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        ["199.90", "0.00", "-1.00", "1e9", "99999999999999.99", "CNY", "JPY", "1", "return", "used", *INSTANTS]
    ),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FULL = request(
    case_id="C-1",
    channel="storefront",
    customer={"id": "C-7", "tier": "gold", "tags": ["vip"], "returns_90d": 2, "attributes": {}},
    order={
        **request()["order"],
        "country": "CN",
        "discounts": [{"code": "TEN", "amount": "10.00", "lines": ["1"]}],
        "shipping_paid": "8.00",
        "payments": [{"method": "card", "amount": "197.90"}],
        "gifts": [{"sku": "CUP", "with": ["1"], "value": "9.00"}],
        "promotions": ["618"],
    },
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client(tmp_path_factory.mktemp("fuzz"))


def paths(value: Any, here: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The way to every value inside `value`."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(found for key, each in inner for found in paths(each, (*here, key)))]


@st.composite
def bodies(draw: st.DrawFn) -> Any:
    """A request that fits, with a few values replaced, removed, doubled or added."""
    body: Any = {"body": copy.deepcopy(FULL)}
    for _ in range(draw(st.integers(1, 4))):
        *way, last = draw(st.sampled_from(paths(body)[1:]))
        holder = body
        for key in way:
            holder = holder[key]
        match draw(st.sampled_from(["replace", "remove", "double", "add"])):
            case "remove" if way:
                del holder[last]
            case "double" if isinstance(holder, list):
                holder.append(copy.deepcopy(holder[last]))
            case "add" if isinstance(holder[last], dict):
                holder[last][draw(st.text(max_size=8))] = draw(VALUES)
            case _:
                holder[last] = draw(VALUES)
    return body["body"]


def check(shop: FlaskClient, sent: bytes) -> None:
    answer = post(shop, sent)
    told = orjson.loads(answer.data)
    if answer.status_code == 200:
        assert not list(DECISION.iter_errors(told))
        assert "evaluation_error" not in answer.get_data(as_text=True)
    else:
        assert answer.status_code in (400, 404, 422), answer.data
        assert not list(PROBLEM.iter_errors(told))
        assert b"Traceback" not in answer.data


@given(body=bodies())
@settings(max_examples=300)
def test_a_request_nearly_right_gets_a_decision_or_a_problem(shop: FlaskClient, body: Any) -> None:
    check(shop, written(body))


def written(body: Any) -> bytes:
    """The body as JSON; what orjson cannot write, such as half a surrogate pair, is not JSON to begin with."""
    try:
        return orjson.dumps(body)
    except TypeError:
        return b"{}"


@given(body=st.binary(max_size=200))
@settings(max_examples=200)
def test_any_bytes_get_a_problem(shop: FlaskClient, body: bytes) -> None:
    check(shop, body)


@pytest.mark.slow
@given(body=bodies())
@settings(max_examples=2000)
def test_thousands_of_requests_nearly_right(shop: FlaskClient, body: Any) -> None:
    check(shop, written(body))


HEADERS = st.dictionaries(
    st.sampled_from(["Accept-Language", "Authorization", "Idempotency-Key", "Accept", "X-Request-Id"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60),
    max_size=4,
)


@given(
    headers=HEADERS,
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "BREW"]),
    path=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#?"), max_size=30),
)
@settings(max_examples=200)
def test_any_path_method_and_headers_get_an_answer(
    shop: FlaskClient, headers: dict[str, str], method: str, path: str
) -> None:
    for each in (f"/{path}", "/v1/decisions", f"/v1/policies/{path}", f"/v1/schemas/{path}"):
        assert shop.open(each, method=method, headers=headers).status_code < 500
