"""Scalars of a YAML document that remember how they were written.

`sku: 0012` is the number 12 to YAML and the text `0012` to a shop manager. The reader therefore builds
numbers and dates that keep their source text, and whoever wants text, money or a rate asks `text_of`.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any, SupportsIndex

__all__ = ["ImpossibleDate", "PlainDate", "PlainFloat", "PlainInt", "Scalar", "resolve_plain", "text_of"]

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
INTEGER = re.compile(r"[-+]?[0-9]+\Z")
OCTAL = re.compile(r"0o[0-7]+\Z")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+\Z")
# Two digits of exponent: no number here is larger, and `1e999999999` must not be worked out by anyone.
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?\Z")
SPECIAL_FLOAT = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")

# Longer runs of digits are names (a serial, a barcode), not amounts; int64 holds every number of 18 digits.
LONGEST_NUMBER = 18


class ImpossibleDate(ValueError):
    """Text in the shape of a date that names no day, such as `2025-02-30`."""


class PlainInt(int):
    """A whole number that keeps its source text: `PlainInt(12, "0012").text == "0012"`."""

    text: str

    def __new__(cls, value: int, text: str | None = None) -> PlainInt:
        self = super().__new__(cls, value)
        self.text = str(value) if text is None else text
        return self


class PlainFloat(float):
    """A number with a point that keeps its source text; compute with `.decimal`, never with the float."""

    text: str

    def __new__(cls, value: float, text: str | None = None) -> PlainFloat:
        self = super().__new__(cls, value)
        self.text = repr(value) if text is None else text
        return self

    @property
    def decimal(self) -> Decimal:
        """The number exactly as written; not finite for `.inf` and `.nan`."""
        return Decimal(self.text) if FLOAT.match(self.text) else Decimal(repr(float(self)))


class PlainDate(date):
    """A calendar day (`2025-06-30`) that keeps its source text."""

    text: str

    def __new__(
        cls, year: SupportsIndex, month: SupportsIndex, day: SupportsIndex, text: str | None = None
    ) -> PlainDate:
        self = super().__new__(cls, year, month, day)
        self.text = self.isoformat() if text is None else text
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return PlainDate, (self.year, self.month, self.day, self.text)

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return self.__reduce__()


Scalar = str | bool | PlainInt | PlainFloat | PlainDate | None


def resolve_plain(text: str) -> Scalar:
    """The value of an unquoted scalar, by the YAML 1.2 core schema plus ISO dates.

    Only `true` and `false` are booleans; `NO`, `12:30` and `1_000` stay text, instants too.
    Raises ImpossibleDate for a day that no calendar has.

    >>> resolve_plain("true"), resolve_plain("NO"), resolve_plain("0012").text
    (True, 'NO', '0012')
    """
    if text in NULLS:
        return None
    if text == "true":
        return True
    if text == "false":
        return False
    first = text[0]
    if not (first.isascii() and (first.isdigit() or first in "+-.")):
        return text
    return _number_or_date(text)


def _number_or_date(text: str) -> Scalar:
    if DATE.match(text):
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise ImpossibleDate(text) from error
        return PlainDate(day.year, day.month, day.day, text)
    if len(text) > LONGEST_NUMBER:
        return text
    if INTEGER.match(text):
        return PlainInt(int(text), text)
    if OCTAL.match(text) or HEXADECIMAL.match(text):
        return PlainInt(int(text, 0), text)
    if FLOAT.match(text):
        return PlainFloat(float(text), text)
    if SPECIAL_FLOAT.match(text):
        return PlainFloat(float(text.replace(".", "")), text)
    return text


def text_of(value: object) -> str:
    """How a scalar was written: its source text, or `true`, `false`, `null` and plain text as they are.

    >>> text_of(resolve_plain("0.10")), text_of(True)
    ('0.10', 'true')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    text = getattr(value, "text", None)
    return text if isinstance(text, str) else str(value)
