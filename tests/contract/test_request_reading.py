"""Requests that fit: what is read, and that nothing a caller sends is ever more than a refusal."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.contract.refusals import MOST_ERRORS
from policy_service.contract.request import BadRequest, FieldError, NotJson, parse_request

Change = Callable[..., dict[str, Any]]
LINE_1 = "order.lines.0"


def test_sums_are_minor_units_and_instants_aware(request_body: dict[str, Any]) -> None:
    request = parse_request(request_body).request
    assert request.order.lines[0].unit_price == 199900
    assert request.order.gifts is not None
    assert (request.order.gifts[0].with_, request.order.gifts[0].value) == (("1",), 9900)
    assert request.requested_at == datetime(2025, 6, 20, 10, tzinfo=timezone(timedelta(hours=8)))


def test_what_is_absent_or_null_is_none(changed: Change) -> None:
    body = changed(
        {"requested_at": ..., "customer": None, "order.gifts": ..., "surface": None, "lines.0.condition": None}
    )
    request = parse_request(body).request
    assert (request.requested_at, request.customer, request.order.gifts) == (None, None, None)
    assert request.lines[0].condition is None
    assert request.order.lines[0].shipped_quantity is None
    assert request.surface == "customer"


@pytest.mark.parametrize(
    ("currency", "text", "minor"), [("JPY", "1200", 1200), ("KWD", "1.250", 1250), ("CNY", "0.00", 0)]
)
def test_digits_follow_the_currency_of_the_order(changed: Change, currency: str, text: str, minor: int) -> None:
    body = changed(
        {"order.currency": currency, f"{LINE_1}.unit_price": text, "order.shipping_paid": ..., "order.gifts": ...}
    )
    assert parse_request(body).request.order.lines[0].unit_price == minor


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-06-20T02:00:00Z", datetime(2025, 6, 20, 2, tzinfo=UTC)),
        ("2025-06-20t02:00:00z", datetime(2025, 6, 20, 2, tzinfo=UTC)),
        ("2025-06-20T02:00:00.5+00:00", datetime(2025, 6, 20, 2, 0, 0, 500000, tzinfo=UTC)),
        ("2025-06-20T02:00:00.123456789-00:00", datetime(2025, 6, 20, 2, 0, 0, 123456, tzinfo=UTC)),
        ("2200-12-31T23:59:59-12:00", datetime(2201, 1, 1, 11, 59, 59, tzinfo=UTC)),
        ("2025-06-20T07:45:00+05:45", datetime(2025, 6, 20, 2, tzinfo=UTC)),
    ],
)
def test_an_instant_is_rfc_3339_with_an_offset(changed: Change, text: str, instant: datetime) -> None:
    assert parse_request(changed({"requested_at": text})).request.requested_at == instant


def test_the_same_instant_in_another_zone_is_not_before_the_order(changed: Change) -> None:
    parse_request(changed({"requested_at": "2025-05-30T12:15:00Z"}))


def test_an_exchange_rate_is_exact(changed: Change) -> None:
    assert parse_request(changed({"order.fx_rate": "7.1853"})).request.order.fx_rate == Decimal("7.1853")


def test_own_facts_come_as_they_were_sent(changed: Change) -> None:
    facts = {"assembled": True, "weight": 12.5, "state": "", "parts": ["lid", "jug"], "none": None}
    assert parse_request(changed({f"{LINE_1}.attributes": facts})).request.order.lines[0].attributes == facts


def test_more_units_than_can_come_back_are_left_to_the_decision(changed: Change) -> None:
    parse_request(changed({"lines.0.quantity": 5, f"{LINE_1}.returned_quantity": 2}))


def test_discounts_may_take_off_all_that_lines_cost(changed: Change) -> None:
    discounts = [{"code": "a", "amount": "3000.00"}, {"code": "b", "amount": "998.00", "lines": ["1"]}]
    parse_request(changed({"order.discounts": discounts}))


def test_a_discount_on_shipping_or_on_net_prices_is_not_weighed_against_the_lines(changed: Change) -> None:
    shipping = {"code": "s", "amount": "9999.00", "on": "shipping"}
    parse_request(changed({"order.discounts": [shipping]}))
    net = {f"{LINE_1}.unit_price": ..., f"{LINE_1}.unit_paid": "1.00"}
    parse_request(changed({**net, "order.discounts": [{"code": "n", "amount": "9999.00"}]}))


def test_staff_may_override(changed: Change) -> None:
    override = parse_request(
        changed({"surface": "staff", "override": {"by": "a", "note": "two\nlines"}})
    ).request.override
    assert override is not None
    assert override.note == "two\nlines"


def test_a_callers_object_is_copied_and_a_request_cannot_be_changed(request_body: dict[str, Any]) -> None:
    parsed = parse_request(request_body)
    request_body["order"]["lines"][0]["sku"] = "OTHER"
    assert parsed.raw["order"]["lines"][0]["sku"] == "SOFA-3"
    with pytest.raises(ValueError, match="frozen"):
        parsed.request.merchant = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    "text",
    [
        b"", b"{", b"nul", b'{"a": NaN}', b'{"a": 1e999}', b"{'a': 1}", b'{"a": 1,}', b"\xff\xfe{}", b"\xef\xbb\xbf{}",
        b'{"merchant": "\\ud800"}', b'{"a":' * 5000, b"[" * 100_000, b'{"a": 1} {"b": 2}', "{\x00}",
    ],
)  # fmt: skip
def test_what_is_not_json_is_said_to_be_so(text: bytes | str) -> None:
    with pytest.raises(NotJson):
        parse_request(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b" ", "it is empty"),
        (b'{"a": 1', "unexpected end of data: line 1 column 8 (char 7)"),
        (b"\xef\xbb\xbf{}", "it begins with a byte order mark: leave that out"),
        ('{"merchant": "Chlo\u00e9"}'.encode("latin-1"), "it is not UTF-8: byte 19 fits no character"),
    ],
)
def test_what_is_not_json_is_told_why(text: bytes, said: str) -> None:
    with pytest.raises(NotJson) as refused:
        parse_request(text)
    assert str(refused.value) == said


@pytest.mark.parametrize("text", [b"[]", b"null", b"1", b'"request"', b"true"])
def test_json_that_is_no_object_is_a_bad_request(text: bytes) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_request(text)
    assert [(error.pointer, error.detail) for error in refused.value.errors] == [("", "expected an object")]


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 10**30, "\ud800", b"x", {1: 2}, datetime(2025, 1, 1, tzinfo=UTC), object()]
)
def test_a_python_object_that_json_cannot_say_is_refused(changed: Change, value: object) -> None:
    with pytest.raises(NotJson):
        parse_request(changed({"customer.attributes": {"x": value, "y": None}}))


def test_deep_nesting_inside_json_limits_is_a_refusal_like_any_other(request_body: dict[str, Any]) -> None:
    deep = b'{"a":' * 900 + b"1" + b"}" * 900
    for key in ("merchant", "order", "lines", "customer"):
        body = json.dumps({**request_body, key: "@"}).encode().replace(b'"@"', deep)
        with pytest.raises(BadRequest):
            parse_request(body)


def test_of_two_equal_keys_neither_counts(request_body: dict[str, Any]) -> None:
    with pytest.raises(NotJson, match="`merchant` stands twice in one object"):
        parse_request(json.dumps(request_body)[:-1] + ', "merchant": "other"}')


def test_a_flood_of_errors_is_cut_and_counted(request_body: dict[str, Any]) -> None:
    request_body["customer"] = {f"unknwon{i}": i for i in range(50_000)}
    request_body["order"]["lines"] = [{**request_body["order"]["lines"][0], "id": f"line-{i}"} for i in range(1000)]
    request_body["lines"] = [{**request_body["lines"][0], "order_line": f"lime-{i}"} for i in range(1000)]
    with pytest.raises(BadRequest) as refused:
        parse_request(request_body)
    assert len(refused.value.errors) == MOST_ERRORS + 1
    assert refused.value.errors[-1].detail == f"{50_000 + 1000 + 1 - MOST_ERRORS} more errors are not listed"


leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from(["1", "0", "-1", "1.00", "1999.00", "99999999999999999.00", "CNY", "JPY", "staff"]),
    st.sampled_from(["2200-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2025-06-20T25:00:00Z"]),
    st.sampled_from([0, 1, -1, 10**9, 2**63, -(2**63), 10**40]),
)  # fmt: skip
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, inner in pairs for place in _places(inner, (*path, key)))]


RICH: dict[str, Any] = json.loads(
    (Path(__file__).parent / "bodies" / "every-field.request.json").read_text(encoding="utf-8")
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_places(RICH)[1:]), values), min_size=1, max_size=4))
def test_nothing_put_anywhere_in_a_request_is_more_than_a_refusal(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    body: Any = json.loads(json.dumps(RICH))
    for path, value in changes:
        place = body
        try:
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = value
        except (TypeError, IndexError, KeyError):
            continue  # an earlier change took this place away
    for source in (body, json.dumps(body).encode()):
        assert all(error.detail and not error.detail.endswith(".") for error in _errors(source))


def _errors(source: bytes | dict[str, Any]) -> tuple[FieldError, ...]:
    try:
        parse_request(source)
    except NotJson as refused:
        return (FieldError("", str(refused)),)
    except BadRequest as refused:
        return refused.errors
    return ()


@settings(max_examples=200, deadline=None)
@given(st.one_of(values.map(json.dumps), st.text(), st.binary()))
def test_no_body_is_more_than_a_refusal(body: str | bytes) -> None:
    with pytest.raises((NotJson, BadRequest)):
        parse_request(body)
