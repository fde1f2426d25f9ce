"""Unquoted scalars are read by YAML 1.2 plus ISO dates, and keep how they were written."""

import copy
import pickle
from datetime import date, timedelta
from decimal import Decimal

import pytest

from policy_service.language.scalars import ImpossibleDate, PlainDate, PlainFloat, PlainInt, resolve_plain, text_of


@pytest.mark.parametrize(
    "text",
    [
        "NO",
        "yes",
        "on",
        "True",
        "FALSE",
        "12:30",
        "1_000",
        "0b11",
        "2025-6-1",
        "2025-06-20T10:00:00+08:00",
        "-",
        "+",
        ".",
        "1e999",
        "1234567890123456789",
        "10%",
        "中文",
        "１２",
    ],
)
def test_what_yaml_1_1_would_change_stays_text(text: str) -> None:
    assert resolve_plain(text) == text
    assert type(resolve_plain(text)) is str


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("0012", 12),
        ("+1", 1),
        ("-7", -7),
        ("0x1F", 31),
        ("0o17", 15),
        ("0.10", 0.1),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("2025-06-30", date(2025, 6, 30)),
    ],
)
def test_the_core_schema_gives_values(text: str, value: object) -> None:
    assert resolve_plain(text) == value


@pytest.mark.parametrize("text", ["0012", "0.10", "5.", "+1", "0x1F", "2025-06-30", "true", "NO", "1e3"])
def test_text_of_is_what_was_written(text: str) -> None:
    assert text_of(resolve_plain(text)) == text


@pytest.mark.parametrize("text", ["2025-02-30", "2025-13-01", "2025-00-10", "0000-01-01"])
def test_a_day_that_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(ImpossibleDate):
        resolve_plain(text)


def test_a_number_with_a_point_is_exact_as_a_decimal() -> None:
    value = resolve_plain("0.10")
    assert isinstance(value, PlainFloat)
    assert value.decimal == Decimal("0.10")


@pytest.mark.parametrize("value", [PlainInt(12, "0012"), PlainFloat(0.1, "0.10"), PlainDate(2025, 6, 30)])
def test_copies_keep_the_source_text(value: object) -> None:
    assert text_of(copy.deepcopy(value)) == text_of(value)
    assert text_of(pickle.loads(pickle.dumps(value))) == text_of(value)


def test_a_date_can_be_reckoned_with() -> None:
    assert PlainDate(2025, 6, 30) + timedelta(days=1) == date(2025, 7, 1)
