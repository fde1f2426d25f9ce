"""What a fact may be compared with: a YAML value read as one of the fact's type, or why it never is one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from policy_service.contract.countries import SLIPS, country_named
from policy_service.language.diagnostics import did_you_mean, one_of
from policy_service.language.reasons import ReasonTree
from policy_service.language.scalars import text_of
from policy_service.language.slips import OTHER_OPERATORS, other_names, rewritten
from policy_service.language.sums import SumError, read_day, read_number, read_sum
from policy_service.language.vocabulary import Fact, FactType, Vocabulary

__all__ = ["Value", "ValueProblem", "read_value"]

Value = str | bool | int | Decimal | date

NEGATION = re.compile(r"(?:not\s+|!=?\s*)")
OR = re.compile(r"\s+or\s+|\s*[,|/、]\s*")
COMPARISON = re.compile(r"(>=|<=|>|<)\s*([0-9][0-9.-]*)")
MOST_WHOLE = 10**15
"""Larger counts than this have no meaning here, and the engine compares 64 bits."""


class ValueProblem(ValueError):
    """A value that the fact can never have, with the diagnostic's code, what is wrong and the mend."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


def read_value(fact: Fact, value: Any, vocabulary: Vocabulary) -> Value:
    """The value as one of the fact's type: text, int, `Decimal`, minor units of the document's currency, date.

    Raises ValueProblem, or UnknownCurrency for a sum of a document whose currency nobody knows.
    """
    if isinstance(value, (Mapping, list)) or value is None:
        raise ValueProblem("PS103-wrong-type", f"expected a value of `{fact.name}`", _such_as(fact))
    text = text_of(value)
    compared = COMPARISON.fullmatch(text) if fact.type.ordered else None
    if compared is not None:
        limit = f'"{compared[2]}"' if fact.type is FactType.MONEY else compared[2]
        raise _never(fact, text, f"write `{{{OTHER_OPERATORS[compared[1]]}: {limit}}}`")
    match fact.type:
        case FactType.BOOLEAN:
            return _boolean(fact, value, text)
        case FactType.ENUM:
            return _member(fact, text)
        case FactType.TREE:
            tree = vocabulary.tree_of(fact)
            return _path(fact, text) if tree is None else _node(text, tree)
        case FactType.INTEGER:
            return _whole(fact, value, text)
        case FactType.NUMBER:
            number = read_number(text)
            if number is None:
                raise _never(fact, text, "it is a number such as `12.5`")
            return number
        case FactType.MONEY:
            return _sum(fact, text, vocabulary.currency)
        case FactType.DATE:
            return _day(fact, text)
        case FactType.TEXT | FactType.SET:
            return _text(fact, text)


def _boolean(fact: Fact, value: Any, text: str) -> bool:
    if not isinstance(value, bool):
        if text in ("true", "false") and isinstance(value, str):
            raise _quoted(fact, text)
        meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(text.casefold())
        raise _never(fact, text, f"write `{meant}`" if meant else "it is `true` or `false`")
    return value


def _member(fact: Fact, text: str) -> str:
    if text not in fact.values:
        near = other_names(text, fact.values) or did_you_mean(text, fact.values)
        hint = _combination_meant(fact, text) or near or f"it is {one_of(fact.values)}"
        raise _never(fact, text, hint)
    return text


def _combination_meant(fact: Fact, text: str) -> str | None:
    """Several values, or the opposite of one, written as one text: `used or damaged`, `not opened`."""
    negated = NEGATION.match(text)
    if negated is not None and text[negated.end() :] in fact.values:
        return f"write `not: {{{fact.name}: {text[negated.end() :]}}}`"
    several = OR.split(text)
    if len(several) > 1 and all(each in fact.values for each in several):
        return f"write a list: `[{', '.join(several)}]`"
    return None


def _node(text: str, reasons: ReasonTree) -> str:
    if not reasons.knows(text):
        # Slashes belong to categories; and people write `changed_mind` for `preference.changed_mind`.
        dotted = text.replace("/", ".")
        meant = next((path for path in reasons.paths() if path == dotted or path.endswith(f".{dotted}")), None)
        near = f"did you mean `{meant}`?" if meant else did_you_mean(dotted, reasons.paths())
        hint = near or "add a branch under `reasons`, or take one of the standard tree"
        raise ValueProblem("PS212-unknown-reason", f"there is no reason `{text}`", hint)
    return text


def _path(fact: Fact, text: str) -> str:
    parts = text.split(fact.separator)
    if not all(parts):
        whole = fact.separator.join(part for part in parts if part)
        raise _never(fact, text, f"write `{whole}`: it holds for everything below too" if whole else None)
    return text


def _whole(fact: Fact, value: Any, text: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MOST_WHOLE:
        if isinstance(value, str) and text.isdecimal():
            raise _quoted(fact, text)
        raise _never(fact, text, "it is a whole number")
    if fact.least is not None and value < fact.least:
        raise _never(fact, text, f"it is at least `{fact.least}`")
    return int(value)


def _sum(fact: Fact, text: str, currency: str) -> int:
    try:
        return read_sum(text, currency, negative=fact.least is None)
    except SumError as error:
        raise ValueProblem(error.code, error.message, error.hint) from error


def _day(fact: Fact, text: str) -> date:
    day = read_day(text)
    if day is None:
        meant = next((each for each in rewritten(text) if read_day(each)), None)
        raise _never(fact, text, f"write `{meant}`" if meant else "it is a date such as `2025-06-30`")
    return day


def _text(fact: Fact, text: str) -> str:
    if fact.known and text not in fact.known:
        near = (text.upper(), SLIPS.get(text.upper()), country_named(text))
        meant = next((each for each in near if each in fact.known), None)
        raise _never(fact, text, f"did you mean `{meant}`?" if meant else _such_as(fact))
    return text


def _never(fact: Fact, text: str, hint: str | None) -> ValueProblem:
    return ValueProblem("PS209-impossible-value", f"`{fact.name}` is never `{text}`", hint)


def _quoted(fact: Fact, text: str) -> ValueProblem:
    """Quotes make text, and the fact has no values that are text."""
    hint = f"write it without quotes: `{text}`"
    return ValueProblem("PS209-impossible-value", f"`{fact.name}` is never the text `{text}`", hint)


def _such_as(fact: Fact) -> str | None:
    return f"such as `{fact.name}: {fact.example}`" if isinstance(fact.example, str) else None
