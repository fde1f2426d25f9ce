"""Money: exact digits in, exact digits out, one rounding rule."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.contract.money import (
    MoneyError,
    UnknownCurrency,
    apportion,
    convert,
    cumulative,
    currencies,
    half_up,
    minor_digits,
    rate_of,
    scale_of,
    to_minor,
    to_text,
)

sums = st.integers(min_value=0, max_value=10**15 - 1)
weights = st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("199.90", "CNY", 19990),
        ("1200", "JPY", 1200),
        ("0.001", "KWD", 1),
        ("0.00", "EUR", 0),
        ("1.2345", "CLF", 12345),
        ("999999999999999.99", "USD", 99999999999999999),
    ],
)
def test_a_sum_is_read_and_written_with_its_currencys_digits(text: str, currency: str, minor: int) -> None:
    assert to_minor(text, currency) == minor
    assert to_text(minor, currency) == text


@pytest.mark.parametrize(
    ("text", "currency", "message"),
    [
        ("199.9", "CNY", "`199.9` does not have the 2 decimal digits of CNY"),
        ("199", "CNY", "`199` does not have the 2 decimal digits of CNY"),
        ("199.900", "CNY", "`199.900` does not have the 2 decimal digits of CNY"),
        ("1200.00", "JPY", "JPY has no decimals, unlike `1200.00`"),
        ("-1.00", "CNY", "`-1.00` is below zero"),
        ("+1.00", "CNY", "`+1.00` is not a decimal sum"),
        ("1,200.00", "CNY", "`1,200.00` is not a decimal sum"),
        ("01.00", "CNY", "`01.00` is not a decimal sum"),
        (" 1.00", "CNY", "` 1.00` is not a decimal sum"),
        ("1.00\n", "CNY", "`1.00\n` is not a decimal sum"),
        ("1e3", "CNY", "`1e3` is not a decimal sum"),
        (".50", "CNY", "`.50` is not a decimal sum"),
        ("٣.٠٠", "CNY", "`٣.٠٠` is not a decimal sum"),
        ("NaN", "CNY", "`NaN` is not a decimal sum"),
        ("", "CNY", "`` is not a decimal sum"),
        ("1000000000000000.00", "CNY", "`1000000000000000.00` is too large"),
        ("100000000000000.0000", "CLF", "`100000000000000.0000` is too large"),
        ("9" * 5000, "JPY", f"`{'9' * 40}…` is too large"),
    ],
)
def test_what_is_not_exactly_a_sum_is_refused_never_rounded(text: str, currency: str, message: str) -> None:
    with pytest.raises(MoneyError) as refused:
        to_minor(text, currency)
    assert refused.value.message == message
    assert refused.value.hint


def test_a_negative_sum_is_read_only_where_it_is_asked_for() -> None:
    assert to_minor("-0.05", "CNY", allow_negative=True) == -5
    assert to_text(-5, "CNY") == "-0.05"


@pytest.mark.parametrize("code", ["XXX", "XAU", "cny", "", "EURO"])
def test_a_code_without_minor_units_is_no_currency(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        minor_digits(code)


@given(sums, st.sampled_from(currencies()))
def test_every_sum_survives_writing_and_reading(minor: int, currency: str) -> None:
    assert to_minor(to_text(minor, currency), currency) == minor
    assert scale_of(currency).read(to_text(minor, currency)) == minor


@given(st.integers(min_value=-(10**20), max_value=10**20), st.integers(min_value=1, max_value=10**9))
def test_half_up_rounds_as_decimal_does(numerator: int, denominator: int) -> None:
    # 2n/d is whole wherever a half is hit, so 60 digits are exact there.
    quotient = (Decimal(2 * numerator) / Decimal(denominator)) / 2
    if Fraction(numerator, denominator) == Fraction(quotient) or abs(quotient % 1) != Decimal("0.5"):
        assert half_up(numerator, denominator) == int(quotient.to_integral_value(ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"), [(5, 10, 1), (4, 10, 0), (15, 10, 2), (-5, 10, -1), (-4, 10, 0), (0, 3, 0)]
)
def test_a_half_goes_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert half_up(numerator, denominator) == rounded


@given(sums, weights)
def test_shares_add_up_and_lie_within_one_unit_of_the_exact_share(total: int, parts: list[int]) -> None:
    shares = apportion(total, parts)
    whole = sum(parts)
    if whole == 0:
        assert shares == (0,) * len(parts)
        return
    assert sum(shares) == total
    for share, weight in zip(shares, parts, strict=True):
        assert abs(share * whole - total * weight) < whole


@given(st.integers(min_value=0, max_value=10**12), weights)
def test_who_weighs_more_never_gets_less(total: int, parts: list[int]) -> None:
    shares = apportion(total, parts)
    ranked = sorted(zip(parts, shares, strict=True))
    by_weight: dict[int, list[int]] = {}
    for weight, share in ranked:
        by_weight.setdefault(weight, []).append(share)
    tops = [max(group) for _, group in sorted(by_weight.items())]
    bottoms = [min(group) for _, group in sorted(by_weight.items())]
    assert all(top <= bottom for top, bottom in zip(tops, bottoms[1:], strict=False))


def test_a_tie_goes_to_the_first() -> None:
    assert apportion(100, [1, 1, 1]) == (34, 33, 33)
    assert apportion(-100, [1, 1, 1]) == (-34, -33, -33)
    assert apportion(3000, [5000] * 6) == (500,) * 6


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        apportion(1, [1, -1])


@given(sums, st.integers(min_value=1, max_value=50), st.data())
def test_successive_parts_add_up_to_the_whole(total: int, units: int, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(min_value=0, max_value=units), max_size=6)))
    upto = [cumulative(total, units, taken) for taken in (0, *cuts, units)]
    parts = [after - before for before, after in pairwise(upto)]
    assert sum(parts) == total
    assert all(part >= 0 for part in parts)


def test_three_units_for_290_go_back_as_96_67_96_66_and_96_67() -> None:
    upto = [cumulative(29000, 3, k) for k in range(4)]
    assert [after - before for before, after in pairwise(upto)] == [9667, 9666, 9667]


def test_a_tenth_of_five_cents_is_one_cent() -> None:
    assert rate_of(5, Fraction(1, 10)) == 1
    assert rate_of(199900, Fraction(1, 10)) == 19990


def test_a_sum_is_converted_at_the_price_of_one_unit_and_rounded_once() -> None:
    assert convert(10000, "CNY", "USD", Decimal("7.1853")) == 1392  # 100.00 / 7.1853 = 13.9173
    assert convert(10000, "CNY", "JPY", Decimal("0.048")) == 2083  # 100.00 / 0.048 = 2083.33
    assert convert(1200, "JPY", "CNY", Decimal("20.5")) == 5854  # 1200 / 20.5 = 58.5366
    assert convert(1250, "CNY", "CNY", Decimal("1")) == 1250


def test_a_rate_of_zero_converts_nothing() -> None:
    with pytest.raises(ValueError, match="not above 0"):
        convert(1, "CNY", "USD", Decimal(0))
