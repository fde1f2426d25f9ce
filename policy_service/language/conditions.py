"""Conditions: what `when` and `unless` say, read into a small tree of tests.

A test compares one fact with values of its type: text, whole numbers, `Decimal`, minor units of the document's
currency, dates. Mistakes are collected, never raised. Source: language, "Conditions".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from policy_service.contract.money import UnknownCurrency
from policy_service.language.diagnostics import did_you_mean, one_of
from policy_service.language.problem import Path, Problem
from policy_service.language.scalars import text_of
from policy_service.language.slips import OTHER_FACTS, OTHER_OPERATORS
from policy_service.language.values import Value, ValueProblem, read_value
from policy_service.language.vocabulary import Fact, FactType, Vocabulary

__all__ = ["AllOf", "AnyOf", "Condition", "Not", "Op", "Test", "Value", "parse_condition", "tests_of"]


class Op(StrEnum):
    """How a fact is compared. `IN`: equal to any value; in a tree, at or below one; of a set, containing one."""

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
    """The condition that a mapping of facts to tests says, and every problem in it; None where nothing can be read."""
    reader = _Reader(vocabulary)
    condition = reader.mapping(data, path)
    return condition, reader.problems


class _Reader:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.problems: list[Problem] = []

    def mapping(self, data: Any, path: Path) -> Condition | None:
        if not isinstance(data, Mapping) or not data:
            several = isinstance(data, list) and len(data) > 1
            hint = "where any is enough write `{any: [{…}, {…}]}`" if several else "such as `{category: furniture}`"
            self._wrong("PS103-wrong-type", path, "expected a mapping of facts to tests", hint)
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
            if hint is None and key in OTHER_FACTS:
                hint = f"did you mean `{OTHER_FACTS[key]}`? a fact of your own is declared under `facts`"
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
        if not isinstance(value, Mapping):
            values = self._values(fact, value, path)
            return Test(fact.name, Op.IN, values, path) if values else None
        if not value:
            self._wrong("PS112-empty-list", path, "this comparison is empty", _operators_of(fact))
        parts = [part for key, item in value.items() if (part := self._operator(fact, str(key), item, (*path, key)))]
        clash = _clash(parts, value)
        if clash is not None:
            self._wrong("PS209-impossible-value", path, f"`{fact.name}` is never {clash}", "mend one of the two")
        return _all(list(parts))

    def _operator(self, fact: Fact, key: str, value: Any, path: Path) -> Test | None:
        op = _fitting(fact).get(key)
        if op is None:
            self._no_operator(fact, key, path)
            return None
        if op in SET_OPS.values():
            values = self._values(fact, value, path)
            return Test(fact.name, op, values, path) if values else None
        one = self._value(fact, value, path)
        if one is not None and op is Op.UNDER and one == fact.least:
            message, hint = f"`{fact.name}` is never under `{text_of(value)}`", f"it is at least `{text_of(value)}`"
            self._wrong("PS209-impossible-value", path, message, hint)
        return None if one is None else Test(fact.name, op, (one,), path)

    def _no_operator(self, fact: Fact, key: str, path: Path) -> None:
        known = (*ORDERED_OPS, *SET_OPS)
        if key in known:
            message, hint = f"`{key}` does not fit `{fact.name}`", _operators_of(fact)
        else:
            message, hint = (
                f"there is no operator `{key}`",
                _operator_meant(fact, key) or did_you_mean(key, known) or f"the operators are {one_of(known)}",
            )
        self._wrong("PS210-wrong-operator", path, message, hint, on_key=True)

    def _values(self, fact: Fact, value: Any, path: Path) -> tuple[Value, ...]:
        if not isinstance(value, list):
            one = self._value(fact, value, path)
            return () if one is None else (one,)
        if not value:
            self._wrong("PS112-empty-list", path, "this list is empty", "name at least one value")
        read = [self._value(fact, item, (*path, index)) for index, item in enumerate(value)]
        return tuple(dict.fromkeys(item for item in read if item is not None))

    def _value(self, fact: Fact, value: Any, path: Path) -> Value | None:
        try:
            return read_value(fact, value, self.vocabulary)
        except ValueProblem as error:
            self._wrong(error.code, path, error.message, error.hint)
        except UnknownCurrency:
            pass  # said once, at the document's `currency`
        return None

    def _wrong(self, code: str, path: Path, message: str, hint: str | None, *, on_key: bool = False) -> None:
        self.problems.append(Problem(code, path, message, hint, on_key))


def _all(parts: list[Condition]) -> Condition | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _fitting(fact: Fact) -> Mapping[str, Op]:
    return ORDERED_OPS if fact.type.ordered else SET_OPS if fact.type is FactType.SET else {}


def _operators_of(fact: Fact) -> str:
    fitting = _fitting(fact)
    if fitting:
        return f"`{fact.name}` takes {one_of(fitting)}"
    return f"`{fact.name}` is only equal or not: write the value, or a list of values"


def _operator_meant(fact: Fact, key: str) -> str | None:
    if key.casefold() in ("not", "is_not", "!="):
        return f"write `not: {{{fact.name}: …}}`"
    meant = OTHER_OPERATORS.get(key.casefold())
    return f"did you mean `{meant}`?" if meant in _fitting(fact) else None


def _clash(parts: Sequence[Test], written: Mapping[str, Any]) -> str | None:
    """What no value can be at once: bounds the wrong way round, a member that must and must not be there."""
    for low in parts:
        for high in parts:
            if low.op in (Op.AT_LEAST, Op.OVER) and high.op in (Op.AT_MOST, Op.UNDER):
                least, most = low.values[0], high.values[0]
                strict = low.op is Op.OVER or high.op is Op.UNDER
                if least > most or (strict and least == most):  # type: ignore[operator]
                    return " and ".join(
                        f"{test.op.replace('_', ' ')} `{text_of(written[test.op])}`" for test in (low, high)
                    )
            if low.op is Op.ALL_OF and high.op is Op.NONE_OF and (both := set(low.values) & set(high.values)):
                return f"with and without `{sorted(map(str, both))[0]}`"
    return None
