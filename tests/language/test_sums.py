"""Sums, rates, durations, numbers and days as a merchant writes them."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from policy_service.language.sums import (
    Duration,
    SumError,
    read_day,
    read_duration,
    read_number,
    read_rate,
    read_sum,
)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("45.00", "CNY", 4500),
        ("45", "CNY", 4500),
        ("45.5", "CNY", 4550),
        ("0", "CNY", 0),
        ("1200", "JPY", 1200),
        ("1.234", "KWD", 1234),
        ("999999999999999.99", "CNY", 99999999999999999),
    ],
)
def test_a_sum_is_minor_units_with_missing_digits_filled_up(text: str, currency: str, minor: int) -> None:
    assert read_sum(text, currency) == minor


@pytest.mark.parametrize("text", ["", "-1.00", "+1", "1,0x", "1e3", "01.00", ".50", "1.", "￥5", "１２", "1_000", " 1"])
def test_what_is_no_sum_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SumError, match="is not a sum") as caught:
        read_sum(text, "CNY")
    assert (caught.value.code, caught.value.hint) == ("PS105-wrong-form", 'write it such as `"45.00"`')


@pytest.mark.parametrize(("text", "meant"), [("1,000", "1000"), ("4,90", "4.90"), ("1.999,00", "1999.00")])
def test_a_sum_with_commas_is_refused_with_what_is_meant(text: str, meant: str) -> None:
    with pytest.raises(SumError, match="is not a sum") as caught:
        read_sum(text, "CNY")
    assert caught.value.hint == f'write `"{meant}"`'


def test_more_digits_than_the_currency_has_are_refused_never_rounded() -> None:
    with pytest.raises(SumError, match="has 3 digits after the point"):
        read_sum("1.000", "CNY")


def test_only_a_difference_may_be_negative() -> None:
    assert read_sum("-5.00", "CNY", negative=True) == -500


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("10%", Fraction(1, 10)),
        ("0.10%", Fraction(1, 1000)),
        ("12.5%", Fraction(1, 8)),
        ("100%", Fraction(1)),
        ("10", None),
        ("-1%", None),
        ("%", None),
        ("10 %", None),
        ("1e1%", None),
    ],
)
def test_a_rate_is_an_exact_fraction(text: str, rate: Fraction | None) -> None:
    assert read_rate(text) == rate


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("7 days", Duration(7, "days")),
        ("1 day", Duration(1, "days")),
        ("48 hours", Duration(48, "hours")),
        ("3 business days", Duration(3, "business days")),
        ("1 business day", Duration(1, "business days")),
        ("7", None),
        ("7days", None),
        ("2 weeks", None),
        ("-1 days", None),
        ("1.5 days", None),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: Duration | None) -> None:
    assert read_duration(text) == duration
    assert duration is None or read_duration(str(duration)) == duration


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.5", Decimal("12.5")),
        ("-3", Decimal(-3)),
        ("1e3", None),
        ("1_000", None),
        ("inf", None),
        ("nan", None),
        ("５", None),
    ],
)
def test_a_number_is_plain_digits(text: str, number: Decimal | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        ("2025-02-29", None),
        ("20250630", None),
        ("2025-W26-1", None),
        ("2025-6-30", None),
        ("2025-06-30T00:00", None),
    ],
)
def test_a_day_has_one_form_and_is_in_the_calendar(text: str, day: date | None) -> None:
    assert read_day(text) == day
