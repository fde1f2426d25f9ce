"""Sums, rates, durations, numbers and days as a merchant writes them, read exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from policy_service.contract.money import minor_digits
from policy_service.language.slips import sum_with_commas

SUM = re.compile(r"(-?)(0|[1-9][0-9]{0,14})(?:\.([0-9]+))?")
LARGE_SUM = re.compile(r"[1-9][0-9]{15,}(?:\.[0-9]+)?")
RATE = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,6}))?%")
PERCENTAGE = re.compile(r"[0-9]+(?:\.[0-9]+)?%")
"""A percentage of any number of digits, of which `RATE` takes so many."""
NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST_DAYS = 100_000
"""So many days any length of time may have, whether they are counted on the calendar or by work."""
DURATION = re.compile(r"([0-9]{1,6}) (day|days|hour|hours|business day|business days)")


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: `unit` is `days`, `hours` or `business days`."""

    n: int
    unit: str

    def __str__(self) -> str:
        return f"{self.n} {self.unit}"


class SumError(ValueError):
    """Text that is not a sum, with the diagnostic's code, what is wrong and the mend."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


def read_sum(text: str, currency: str, *, negative: bool = False) -> int:
    """A sum in minor units; fewer digits than the currency has are filled up, more are refused, none are rounded.

    >>> read_sum("12.5", "CNY"), read_sum("1200", "JPY")
    (1250, 1200)

    Raises SumError, or UnknownCurrency.
    """
    digits = minor_digits(currency)
    match = SUM.fullmatch(text)
    if match is None or (match[1] and not negative):
        if LARGE_SUM.fullmatch(text):
            most = "a sum has at most 15 digits before the point"
            raise SumError("PS107-wrong-digits", f"`{text}` is too large a sum", most)
        number = sum_with_commas(text) if "," in text else None
        if number is not None and SUM.fullmatch(number):
            raise SumError("PS105-wrong-form", f"`{text}` is not a sum", f'write `"{number}"`')
        example = f"45.{'0' * digits}" if digits else "45"
        raise SumError("PS105-wrong-form", f"`{text}` is not a sum", f'write it such as `"{example}"`')
    fraction = match[3] or ""
    if len(fraction) > digits:
        raise SumError(
            "PS107-wrong-digits", f"`{text}` has {len(fraction)} digits after the point", f"{currency} has {digits}"
        )
    minor = int(match[2] + fraction.ljust(digits, "0"))
    return -minor if match[1] else minor


def read_rate(text: str) -> Fraction | None:
    """A percentage as an exact fraction, None where it is none.

    >>> read_rate("0.10%")
    Fraction(1, 1000)
    """
    match = RATE.fullmatch(text)
    if match is None:
        return None
    fraction = match[2] or ""
    return Fraction(int(match[1] + fraction), 100 * 10 ** len(fraction))


def read_duration(text: str) -> Duration | None:
    """A duration such as `7 days`, `48 hours` or `3 business days`, None where it is none."""
    match = DURATION.fullmatch(text.strip())
    if match is None:
        return None
    unit = match[2] if match[2].endswith("s") else f"{match[2]}s"
    return Duration(int(match[1]), unit)


def read_number(text: str) -> Decimal | None:
    """A plain decimal number such as `12.5`, None where it is none: no exponents, no separators."""
    return Decimal(text) if NUMBER.fullmatch(text) else None


def read_day(text: str) -> date | None:
    """A calendar day written `2025-06-30`, None where it is none or where no calendar has it."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None
