"""Inspections: what the warehouse found, checked against what the request announced."""

from typing import Any

import pytest

from policy_service.contract.inspection import parse_inspection
from policy_service.contract.request import BadRequest, NotJson, ReturnRequest, parse_request


@pytest.fixture
def announced(request_body: dict[str, Any]) -> ReturnRequest:
    return parse_request(request_body).request


def test_an_absent_field_keeps_the_claim_and_an_empty_list_does_not(announced: ReturnRequest) -> None:
    body = {"lines": [{"order_line": "1", "quantity": 1, "missing_parts": []}]}
    line = parse_inspection(body, announced).lines[0]
    assert (line.condition, line.human_damage, line.reason, line.gifts_received) == (None, None, None, None)
    assert line.missing_parts == ()


def test_an_order_line_may_be_found_in_several_conditions(announced: ReturnRequest) -> None:
    found = [{"order_line": "1", "quantity": 1, "condition": condition} for condition in ("opened", "damaged")]
    assert [line.condition for line in parse_inspection({"lines": found}, announced).lines] == ["opened", "damaged"]


def test_an_empty_parcel_is_a_finding(announced: ReturnRequest) -> None:
    assert parse_inspection(b'{"lines": []}', announced).lines == ()


# (body, [(pointer, detail, hint), …])
BAD: list[tuple[Any, list[tuple[str, str, str | None]]]] = [
    ({}, [("/lines", "`lines` is required", None)]),
    ([], [("", "expected an object", "send one request as a JSON object")]),
    ({"lines": [], "line": 1}, [("/line", "`line` is not a field here", "did you mean `lines`?")]),
    (
        {"lines": [{"order_line": "2", "quantity": 0, "recieved_at": 1}]},
        [
            ("/lines/0/quantity", "`0` is under 1", "at least 1"),
            ("/lines/0/recieved_at", "`recieved_at` is not a field here", "did you mean `received_at`?"),
            ("/lines/0/order_line", "`2` is no line of the request", "the request has `1`"),
        ],
    ),
    (
        {"lines": [{"order_line": "1", "quantity": 1, "received_at": "2025-06-20"}]},
        [
            (
                "/lines/0/received_at",
                "`2025-06-20` is not an RFC 3339 instant",
                'write it as in "2025-06-20T10:00:00+08:00"',
            )
        ],
    ),
]


@pytest.mark.parametrize(("body", "expected"), BAD)
def test_every_error_of_an_inspection_is_said(
    announced: ReturnRequest, body: Any, expected: list[tuple[str, str, str | None]]
) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_inspection(body, announced)
    assert [(error.pointer, error.detail, error.hint) for error in refused.value.errors] == expected


def test_an_inspection_that_is_not_json_is_said_to_be_so(announced: ReturnRequest) -> None:
    with pytest.raises(NotJson):
        parse_inspection(b"{", announced)
