"""The attributes of a request: values of the facts that policies declare, read as strictly as policies are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from policy_service.contract.money import to_minor
from policy_service.language.sums import read_day, read_number

FactValue = str | bool | int | Decimal | date | frozenset[str] | None

LARGEST_INTEGER = 2**53 - 1
"""Beyond it JSON readers disagree about a whole number."""

LARGEST_NUMBER = 10**15


class WrongType(ValueError):
    """An attribute's value is not of the type that the policy declares."""


def typed(value: object, kind: str, currency: str) -> FactValue:
    """An attribute as sent over the wire, in the declared type; raises `WrongType`, or MoneyError for a sum.

    >>> typed("12.5", "number", "CNY"), typed("12.50", "money", "CNY")
    (Decimal('12.5'), 1250)
    """
    match kind:
        case "boolean" if isinstance(value, bool):
            return value
        case "integer" if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_INTEGER:
            return value
        case "number" if isinstance(value, (int, float, str)) and not isinstance(value, bool):
            return _number(value)
        case "money" if isinstance(value, str):
            return to_minor(value, currency)
        case "date" if isinstance(value, str) and (day := read_day(value)) is not None:
            return day
        case "text" if isinstance(value, str):
            return value
        case "set" if isinstance(value, list) and all(isinstance(member, str) for member in value):
            return frozenset(value)
    raise WrongType(kind)


def _number(value: float | str) -> Decimal:
    """A number of JSON, which has its own grammar, or text in that of policies."""
    number = read_number(value) if isinstance(value, str) else Decimal(str(value))
    if number is None or not number.is_finite() or abs(number) > LARGEST_NUMBER:
        raise WrongType("number")
    return number
