"""Conditions: what `when` and `unless` say, read into a small tree of tests.

A test compares one fact with values of its type: text, whole numbers, `Decimal`, minor units of the document's
currency, dates. Mistakes are collected, never raised. Source: language, "Conditions".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from policy_service.contract.money import UnknownCurrency
from policy_service.language.diagnostics import did_you_mean, one_of
from policy_service.language.problem import Path, Problem
from policy_service.language.scalars import text_of
from policy_service.language.sums import SumError, read_sum
from policy_service.language.vocabulary import Fact, FactType, Vocabulary

Value = str | bool | int | Decimal | date


class Op(StrEnum):
    """How a fact is compared. `IN` is equality with any of the values; in a tree, at or below one; of a set, containing one."""

    IN = "in"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    OVER = "over"
    UNDER = "under"
    ALL_OF = "all"
    NONE_OF = "none"


ORDERED_OPS = {op.value: op for op in (Op.AT_LEAST, Op.AT_MOST, Op.OVER, Op.UNDER)}
SET_OPS = {op.value: op for op in (Op.ALL_OF, Op.NONE_OF)}
COMBINATIONS = ("any", "all", "not")


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison; the ordered operators have exactly one value. `path` leads to it in the document."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    fact: str
    op: Op
    values: tuple[Value, ...]
    path: Path = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Test | AllOf | AnyOf | Not


def tests_of(condition: Condition) -> Iterator[Test]:
    """Every comparison in a condition, in the order in which it is written."""
    match condition:
        case Test():
            yield condition
        case Not(part):
            yield from tests_of(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from tests_of(part)


def parse_condition(data: Any, vocabulary: Vocabulary, path: Path) -> tuple[Condition | None, list[Problem]]:
    """The condition that a mapping of facts to tests says, and every problem in it; None where nothing could be read."""
    reader = _Reader(vocabulary)
    condition = reader.mapping(data, path)
    return condition, reader.problems


class _Reader:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.problems: list[Problem] = []

    def mapping(self, data: Any, path: Path) -> Condition | None:
        if not isinstance(data, Mapping) or not data:
            self._wrong(
                "PS103-wrong-type", path, "expected a mapping of facts to tests", "such as `{category: furniture}`"
            )
            return None
        parts = [
            part for key, value in data.items() if (part := self._entry(str(key), value, (*path, key))) is not None
        ]
        return _all(parts)

    def _entry(self, key: str, value: Any, path: Path) -> Condition | None:
        if key in COMBINATIONS:
            return self._combination(key, value, path)
        fact = self.vocabulary.facts.get(key)
        if fact is None:
            hint = did_you_mean(key, (*self.vocabulary.facts, *COMBINATIONS))
            hint = hint or "declare it under `facts`, or take a fact of the vocabulary"
            self._wrong("PS208-unknown-fact", path, f"there is no fact `{key}`", hint, on_key=True)
            return None
        return self._test(fact, value, path)

    def _combination(self, key: str, value: Any, path: Path) -> Condition | None:
        if key == "not":
            part = self.mapping(value, path)
            return None if part is None else Not(part)
        if not isinstance(value, list) or not value:
            self._wrong(
                "PS103-wrong-type", path, f"`{key}` combines a list of conditions", f"write `{key}: [{{…}}, {{…}}]`"
            )
            return None
        parts = [part for index, item in enumerate(value) if (part := self.mapping(item, (*path, index))) is not None]
        if not parts:
            return None
        return AnyOf(tuple(parts)) if key == "any" else _all(parts)

    def _test(self, fact: Fact, value: Any, path: Path) -> Condition | None:
        if isinstance(value, Mapping):
            parts = [
                part for key, item in value.items() if (part := self._operator(fact, str(key), item, (*path, key)))
            ]
            return _all(list(parts))
        values = self._values(fact, value, path)
        return Test(fact.name, Op.IN, values, path) if values else None

    def _operator(self, fact: Fact, key: str, value: Any, path: Path) -> Test | None:
        fitting = ORDERED_OPS if fact.type.ordered else SET_OPS if fact.type is FactType.SET else {}
        if key in fitting:
            if key in ORDERED_OPS:
                one = self._value(fact, value, path)
                return None if one is None else Test(fact.name, fitting[key], (one,), path)
            values = self._values(fact, value, path)
            return Test(fact.name, fitting[key], values, path) if values else None
        known = (*ORDERED_OPS, *SET_OPS)
        if key in known:
            plain = "write the value, or a list of values"
            hint = (
                f"a {fact.type} takes {one_of(fitting)}" if fitting else f"a {fact.type} is only equal or not: {plain}"
            )
            self._wrong("PS210-wrong-operator", path, f"`{key}` does not fit `{fact.name}`", hint, on_key=True)
        else:
            hint = did_you_mean(key, known) or f"the operators are {one_of(known)}"
            self._wrong("PS210-wrong-operator", path, f"there is no operator `{key}`", hint, on_key=True)
        return None

    def _values(self, fact: Fact, value: Any, path: Path) -> tuple[Value, ...]:
        if not isinstance(value, list):
            one = self._value(fact, value, path)
            return () if one is None else (one,)
        if not value:
            self._wrong("PS112-empty-list", path, "this list is empty", "name at least one value")
        read = [self._value(fact, item, (*path, index)) for index, item in enumerate(value)]
        return tuple(dict.fromkeys(item for item in read if item is not None))

    def _value(self, fact: Fact, value: Any, path: Path) -> Value | None:
        if isinstance(value, (Mapping, list)) or value is None:
            self._wrong("PS103-wrong-type", path, f"expected a value of `{fact.name}`", _such_as(fact))
            return None
        text = text_of(value)
        match fact.type:
            case FactType.BOOLEAN:
                return self._boolean(fact, value, text, path)
            case FactType.ENUM:
                return self._member(fact, text, fact.values, path)
            case FactType.TREE:
                return self._node(fact, text, path)
            case FactType.INTEGER:
                return self._whole(fact, value, text, path)
            case FactType.NUMBER:
                return self._number(fact, text, path)
            case FactType.MONEY:
                return self._sum(text, path, negative=fact.name == "price_difference")
            case FactType.DATE:
                return self._date(fact, text, path)
        return text

    def _boolean(self, fact: Fact, value: Any, text: str, path: Path) -> bool | None:
        if isinstance(value, bool):
            return value
        return self._never(fact, text, path, "it is `true` or `false`")

    def _member(self, fact: Fact, text: str, known: tuple[str, ...], path: Path) -> str | None:
        return (
            text
            if text in known
            else self._never(fact, text, path, did_you_mean(text, known) or f"it is {one_of(known)}")
        )

    def _node(self, fact: Fact, text: str, path: Path) -> str | None:
        if fact.name != "reason" or self.vocabulary.reasons.knows(text):
            return text.strip("/") if fact.name == "category" else text
        hint = (
            did_you_mean(text, self.vocabulary.reasons.paths())
            or "add a branch under `reasons`, or take one of the standard tree"
        )
        self._wrong("PS212-unknown-reason", path, f"there is no reason `{text}`", hint)
        return None

    def _whole(self, fact: Fact, value: Any, text: str, path: Path) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
            return int(value)
        return self._never(fact, text, path, "it is a whole number")

    def _number(self, fact: Fact, text: str, path: Path) -> Decimal | None:
        try:
            number = Decimal(text)
        except InvalidOperation:
            return self._never(fact, text, path, "it is a number")
        return number if number.is_finite() else self._never(fact, text, path, "it is a number")

    def _sum(self, text: str, path: Path, *, negative: bool) -> int | None:
        try:
            return read_sum(text, self.vocabulary.currency, negative=negative)
        except SumError as error:
            self._wrong(error.code, path, error.message, error.hint)
        except UnknownCurrency:
            pass  # said once, at the document's `currency`
        return None

    def _date(self, fact: Fact, text: str, path: Path) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            return self._never(fact, text, path, "it is a date such as `2025-06-30`")

    def _never(self, fact: Fact, text: str, path: Path, hint: str) -> Any:
        """Notes that the fact never has this value; there is none to return."""
        return self._wrong("PS209-impossible-value", path, f"`{fact.name}` is never `{text}`", hint)

    def _wrong(self, code: str, path: Path, message: str, hint: str | None, *, on_key: bool = False) -> None:
        self.problems.append(Problem(code, path, message, hint, on_key))


def _all(parts: list[Condition]) -> Condition | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _such_as(fact: Fact) -> str | None:
    return f"such as `{fact.name}: {fact.example}`" if isinstance(fact.example, str) else None
