"""A name that stands twice in an object is refused, whichever way the body is written."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.contract.refusals import NotJson, read_json


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"a": 1, "a": 2}', "a"),
        ('{"a": 1, "a": 1}', "a"),
        ('{"a":{"b":[{"c":"1.00","d":0,"c":"2.00"}]}}', "c"),
        (r'{"a": 1, "\u0061": 2}', "a"),
        (r'{"a": "\u003a", "a": ":"}', "a"),
        (r'{"a": {"x": "y"}, "a": "\u003a\u003a\u003a"}', "a"),
        ('{"": 1, "": 2}', ""),
    ],
)
def test_a_name_that_stands_twice_is_told(text: str, name: str) -> None:
    for source in (text, text.encode()):
        with pytest.raises(NotJson, match=f"`{name}` stands twice in one object"):
            read_json(source)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}]}',
        '{"a": "b:c", "at": "2025-06-01T15:30:00+08:00", ":": ":"}',
        r'{"a": "\":\"", "b": "\\", "c": "\u003a"}',
        '{"a": 1e30, "b": 1.0E5, "c": -0, "d": 123456789012345678901234567890}',
        "[]",
        '"a: b"',
    ],
)
def test_what_stands_once_is_read(text: str) -> None:
    assert json.dumps(read_json(text.encode())) == json.dumps(read_json(text))


def test_depth_is_refused_and_not_a_fault() -> None:
    for text in ('{"a":' * 900 + "1" + "}" * 900, '["\\n",' + "[" * 1020 + "]" * 1020 + "]"):
        with suppress(NotJson):
            read_json(text.encode())


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(value=VALUES, escaped=st.booleans(), indent=st.none() | st.integers(0, 2))
def test_no_value_is_refused_however_it_is_written(value: object, escaped: bool, indent: int | None) -> None:
    read_json(json.dumps(value, ensure_ascii=escaped, indent=indent))


@given(first=VALUES, second=VALUES, name=st.text(max_size=3), escaped=st.booleans())
def test_two_of_a_name_are_refused_whatever_they_hold(first: object, second: object, name: str, escaped: bool) -> None:
    written = [json.dumps(each, ensure_ascii=escaped) for each in (name, first, second)]
    with pytest.raises(NotJson):
        read_json(f"[{{{written[0]}: {written[1]}, {written[0]}: {written[2]}}}]")


def test_a_twin_at_the_end_of_many_names_is_found_in_one_look() -> None:
    many = ",".join(f'"n{number}":0' for number in range(100_000))
    with pytest.raises(NotJson, match="`n7` stands twice"):
        read_json(f'{{{many},"n7":1}}')
