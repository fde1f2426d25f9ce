"""Money as integer minor units, and the one rounding rule.

>>> to_minor("199.90", "CNY")
19990
>>> to_text(1200, "JPY")
'1200'
>>> apportion(100, [1, 1, 1])
(34, 33, 33)
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Final, NamedTuple

from iso4217 import Currency

MAX_INTEGER_DIGITS: Final = 15
MAX_MINOR: Final = 10**18 - 1
"""The largest sum accepted, in minor units: it and its double fit a signed 64-bit integer."""

MAX_REMEMBERED: Final = 1_024
"""Sums of one currency whose text is remembered; then all are forgotten."""

_DIGITS: Final[dict[str, int]] = {c.code: c.exponent for c in Currency if c.exponent is not None}
WITHOUT_MINOR_UNITS: Final = frozenset(c.code for c in Currency if c.exponent is None)
"""Codes of ISO 4217 in which nothing is paid: metals, units of account, codes for tests."""

CURRENCY_SLIPS: Final = {
    "RMB": "CNY", "CNH": "CNY", "YEN": "JPY", "EURO": "EUR", "US$": "USD", "UKP": "GBP", "STG": "GBP", "NTD": "TWD"
}  # fmt: skip
"""What is written for a currency and is no code of ISO 4217; what is spelled most like it is another currency."""

_SUM: Final = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")


def _exact(digits: int) -> re.Pattern[str]:
    """The form of a sum with `digits` decimals that is at most `MAX_MINOR`."""
    whole = min(MAX_INTEGER_DIGITS, len(str(MAX_MINOR)) - digits)
    decimals = rf"\.[0-9]{{{digits}}}" if digits else ""
    return re.compile(rf"(?:0|[1-9][0-9]{{0,{whole - 1}}}){decimals}")


_EXACT: Final = {digits: _exact(digits) for digits in {*_DIGITS.values()}}


class UnknownCurrency(ValueError):
    """A code that is no ISO 4217 currency, or one without minor units (gold, testing codes)."""

    def __init__(self, code: str) -> None:
        super().__init__(f"`{code}` is not an ISO 4217 currency with minor units")
        self.code = code


class MoneyError(ValueError):
    """Text that is not a sum of the currency; `message` says what is wrong and `hint` how to mend it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def currencies() -> tuple[str, ...]:
    """The accepted currency codes, in alphabetical order."""
    return tuple(sorted(_DIGITS))


def minor_digits(currency: str) -> int:
    """How many digits stand after the point: 2 for CNY, 0 for JPY, 3 for KWD."""
    try:
        return _DIGITS[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None


def to_minor(text: str, currency: str, *, allow_negative: bool = False) -> int:
    """`text` in minor units; it must have exactly the currency's digits, for nothing is ever rounded here.

    >>> to_minor("19.9", "CNY")
    Traceback (most recent call last):
    policy_service.contract.money.MoneyError: `19.9` does not have the 2 decimal digits of CNY
    """
    digits = minor_digits(currency)
    if _EXACT[digits].fullmatch(text):
        return int(text.replace(".", ""))
    if allow_negative and text.startswith("-"):
        return -to_minor(text[1:], currency)
    raise why_not_money(text, digits, currency)


class Scale(NamedTuple):
    """How the sums of one currency are written; `matches` accepts exactly the texts that `to_minor` does."""

    currency: str
    digits: int
    matches: Callable[[str], re.Match[str] | None]

    def read(self, text: object) -> int | None:
        """`text` in minor units, or None where it is no sum of the currency."""
        return int(text.replace(".", "")) if isinstance(text, str) and self.matches(text) else None


@cache
def scale_of(currency: str) -> Scale:
    """The scale of a currency. Raises UnknownCurrency."""
    digits = minor_digits(currency)
    return Scale(currency, digits, _EXACT[digits].fullmatch)


def why_not_money(text: str, digits: int, currency: str) -> MoneyError:
    """What is wrong with a text that `to_minor` refuses."""
    form = example(digits)
    shown = text if len(text) <= 40 else text[:40] + "…"
    match = _SUM.fullmatch(text)
    if match is None:
        return MoneyError(f"`{shown}` is not a decimal sum", f'write digits and a point only, such as "{form}"')
    sign, decimals = match[1], match[3] or ""
    if sign:
        return MoneyError(f"`{shown}` is below zero", "sums are at least 0")
    if len(decimals) != digits:
        detail = f"`{shown}` does not have the {digits} decimal digits of {currency}"
        return MoneyError(
            detail if digits else f"{currency} has no decimals, unlike `{shown}`", f'write it as in "{form}"'
        )
    return MoneyError(f"`{shown}` is too large", f"a sum has at most {MAX_INTEGER_DIGITS} digits before the point")


def example(digits: int) -> str:
    """A sum written with `digits` decimals, for messages."""
    return "1200" if digits == 0 else "199." + "9".ljust(digits, "0")


def to_text(minor: int, currency: str) -> str:
    """The decimal string of `minor`: exactly the currency's digits, a minus sign where below zero."""
    digits = minor_digits(currency)
    if digits == 0:
        return str(minor)
    sign = "-" if minor < 0 else ""
    text = str(abs(minor)).rjust(digits + 1, "0")
    return f"{sign}{text[:-digits]}.{text[-digits:]}"


class SumTexts(dict[int, str]):
    """The texts of one currency's sums by minor units, made when first asked for and remembered: `texts[19990]`.

    Threads may share it: at worst two make the same text at once.
    """

    def __init__(self, currency: str) -> None:
        super().__init__()
        self._currency = currency

    def __missing__(self, minor: int) -> str:
        if len(self) >= MAX_REMEMBERED:
            self.clear()
        text = self[minor] = to_text(minor, self._currency)
        return text


@cache
def sum_texts(currency: str) -> SumTexts:
    """The texts of a currency that the whole process shares. Raises UnknownCurrency."""
    minor_digits(currency)
    return SumTexts(currency)


def half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` rounded half away from zero; `denominator` is above 0."""
    if denominator <= 0:
        raise ValueError("the denominator is not above 0")
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((denominator - 2 * numerator) // (2 * denominator))


def cumulative(total: int, units: int, taken: int) -> int:
    """What `taken` of `units` cost when all cost `total`; successive parts are its differences, so they add up."""
    return half_up(total * taken, units)


def apportion(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total` shared in proportion to `weights` (each at least 0) by largest remainder, ties to the first.

    The shares add up to `total`, save that weights which are all zero get nothing.
    """
    whole = sum(weights)
    if weights and min(weights) < 0:
        raise ValueError("a weight is below 0")
    if whole == 0:
        return (0,) * len(weights)
    if total < 0:
        return tuple(-share for share in apportion(-total, weights))
    shares = [total * weight // whole for weight in weights]
    left = total - sum(shares)
    if left:
        by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
        for i in by_remainder[:left]:
            shares[i] += 1
    return tuple(shares)


def rate_of(amount: int, rate: Fraction) -> int:
    """`rate` of `amount`, rounded half up at the minor unit: 10% of 5 is 1."""
    return half_up(amount * rate.numerator, rate.denominator)


def convert(minor: int, from_currency: str, to_currency: str, fx_rate: Decimal) -> int:
    """`minor` in `to_currency`, where `fx_rate` is the price of one unit of `to_currency` in `from_currency`."""
    price, scale = fx_rate.as_integer_ratio()
    if price <= 0:
        raise ValueError("the exchange rate is not above 0")
    numerator = minor * 10 ** minor_digits(to_currency) * scale
    return half_up(numerator, 10 ** minor_digits(from_currency) * price)
