"""Values as a person writes them in a policy, on one line."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.language.flow import flow, said
from policy_service.language.scalars import PlainInt
from policy_service.language.source import read_yaml


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"days": 30, "after": "delivery"}, "{days: 30, after: delivery}"),
        (["restocking", True, False], "[restocking, true, false]"),
        ({"amount": "45.00", "rate": "10%"}, '{amount: "45.00", rate: 10%}'),
        ({"within": "7 days", "from": "2025-06-30"}, "{within: 7 days, from: 2025-06-30}"),
        ("true", '"true"'),
        ("Null", '"Null"'),
        ("~", '"~"'),
        ("no, thanks", '"no, thanks"'),
        ('say "no"', '"say \\"no\\""'),
        (PlainInt(12, "0012"), "0012"),
    ],
)
def test_a_value_is_written_as_a_policy_has_it(value: Any, text: str) -> None:
    assert flow(value) == text


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20))
def test_text_is_quoted_wherever_yaml_would_read_something_else(text: str) -> None:
    source = read_yaml(f"value: {flow(text)}\n")
    assert source.diagnostics == ()
    found = source.data["value"]
    assert (found if isinstance(found, str) else found.text if hasattr(found, "text") else found) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "nothing"), ({}, "a mapping"), ([], "a list"), (True, "`true`"), ("x" * 80, "`" + "x" * 59 + "…`")],
)
def test_messages_name_what_they_found(value: Any, text: str) -> None:
    assert said(value) == text
