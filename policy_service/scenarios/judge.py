"""Judging a suite against the wire contract, before any policy is asked.

A path that leads nowhere, or a value that can never stand there, would make a scenario pass or fail for no reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from policy_service.contract.schema import decision_schema, inspection_schema, request_schema
from policy_service.language.problem import Problem
from policy_service.language.scalars import PlainFloat, PlainInt, text_of
from policy_service.scenarios import mistakes
from policy_service.scenarios.compare import INSTANT
from policy_service.scenarios.mistakes import At
from policy_service.scenarios.paths import Path, show_path
from policy_service.scenarios.shapes import Shape
from policy_service.scenarios.suite import Scenario, Suite, Table


@dataclass(frozen=True, slots=True)
class Contract:
    """What requests, inspections and decisions look like."""

    request: Shape
    inspection: Shape
    decision: Shape


@cache
def contract() -> Contract:
    """The wire contract of this release."""
    return Contract(Shape(request_schema()), Shape(inspection_schema()), Shape(decision_schema()))


def judge(suite: Suite) -> Iterator[Problem]:
    """Everything in the suite that the contract does not know."""
    known = contract()
    yield from _instant(suite.now, ("now",), "now")
    yield from _within(known.request, (), suite.given, ("given",), "a request")
    for scenario in suite.scenarios:
        yield from _scenario(scenario, known)


def _scenario(scenario: Scenario, known: Contract) -> Iterator[Problem]:
    yield from _instant(scenario.now, (*scenario.at, "now"), "now")
    for index, instant in enumerate(scenario.clock):
        yield from _instant(instant, (*scenario.at, "clock", index), "clock")
    for change in scenario.changes:
        yield from _request_path(known.request, change.path, change.value, change.at, "a request")
    for expected in scenario.expect:
        yield from _expected(known.decision, expected.path, expected.value, expected.at, bool(scenario.clock))
    if scenario.then:
        yield from _within(
            known.inspection, (), scenario.then.inspection, (*scenario.then.at, "inspection"), "an inspection"
        )
        for expected in scenario.then.expect:
            yield from _expected(known.decision, expected.path, expected.value, expected.at, bool(scenario.clock))
    if scenario.table:
        yield from _table(scenario.table, known, bool(scenario.clock))


def _table(table: Table, known: Contract, clocked: bool) -> Iterator[Problem]:
    for place, column in enumerate(table.columns):
        at: At = (*table.at, "columns", place)
        cells = [
            (row[place], (*table.at, "rows", index, place)) for index, row in enumerate(table.rows) if place < len(row)
        ]
        match column:
            case ("now",):
                for value, cell in cells:
                    yield from _instant(text_of(value), cell, "now")
            case ("expect", *rest) | ("then", "expect", *rest):
                yield from _column(known.decision, tuple(rest), at, True)
                for value, cell in cells:
                    yield from _values(known.decision, tuple(rest), value, cell, clocked)
            case ("then", "inspection", *rest):
                yield from _column(known.inspection, tuple(rest), at, False, "an inspection")
                for value, cell in cells:
                    yield from _within(known.inspection, tuple(rest), value, cell, "an inspection")
            case _:
                yield from _column(known.request, column, at, False)
                for value, cell in cells:
                    yield from _within(known.request, column, value, cell, "a request")


def _column(shape: Shape, path: Path, at: At, expected: bool, document: str = "a request") -> Iterator[Problem]:
    unknown = shape.unknown(path)
    if unknown:
        yield (
            mistakes.unknown_expectation(at, unknown)
            if expected
            else mistakes.unknown_request_path(at, unknown, document)
        )


def _request_path(shape: Shape, path: Path, value: object, at: At, document: str) -> Iterator[Problem]:
    unknown = shape.unknown(path)
    if unknown:
        yield mistakes.unknown_request_path(at, unknown, document)
    else:
        yield from _within(shape, path, value, at, document)


def _within(shape: Shape, path: Path, value: object, at: At, document: str) -> Iterator[Problem]:
    """Every key below a value, and every scalar where the contract lists what may stand."""
    if isinstance(value, Mapping):
        if shape.types(path) - {"null"} == {"array"}:
            yield mistakes.wrong_type(at, show_path(path), "a mapping", _brief(value), ("array",))
            return
        for key, part in value.items():
            yield from _request_path(shape, (*path, text_of(key)), part, (*at, key), document)
        return
    yield from _typed(shape, path, value, at)
    if isinstance(value, list):
        for index, part in enumerate(value):
            yield from _request_path(shape, (*path, index), part, (*at, index), document)
    elif value is not None and path and not shape.unknown(path):
        choices = shape.choices(path)
        if choices and text_of(value) not in choices:
            yield mistakes.impossible_value(at, show_path(path), text_of(value), choices)


def _typed(shape: Shape, path: Path, value: object, at: At) -> Iterator[Problem]:
    """A mistake where the contract has another type at the path: the text `"2"` for a number, one value for a list."""
    wanted = shape.types(path) - {"null"}
    got, fits = _type_of(value)
    if wanted and fits and not wanted & fits:
        yield mistakes.wrong_type(at, show_path(path), got, _brief(value), sorted(wanted))


def _brief(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_brief, value))}]"
    return "{...}" if isinstance(value, Mapping) else text_of(value)


def _type_of(value: object) -> tuple[str, frozenset[str]]:
    """What a value is called, and the types of the contract that it can stand for; a plain scalar is also its text."""
    match value:
        case None:
            return "null", frozenset()
        case Mapping():
            # Into a list, a mapping names members: `lines: {0: {outcome: approved}}`.
            return "a mapping", frozenset({"object", "array"})
        case list():
            return "a list", frozenset({"array"})
        case bool():
            return "true or false", frozenset({"boolean", "string"})
        case PlainInt():
            return "a whole number", frozenset({"integer", "number", "string"})
        case PlainFloat():
            return "a number", frozenset({"number", "string"})
        case _:
            return "text", frozenset({"string"})


def _expected(shape: Shape, path: Path, value: object, at: At, clocked: bool) -> Iterator[Problem]:
    unknown = shape.unknown(path)
    if unknown:
        yield mistakes.unknown_expectation(at, unknown)
        return
    yield from _values(shape, path, value, at, clocked)


def _values(shape: Shape, path: Path, value: object, at: At, clocked: bool) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _expected(
                shape, (*path, key if isinstance(key, str) else text_of(key)), part, (*at, key), clocked
            )
    elif isinstance(value, list):
        for index, part in enumerate(value):
            if clocked or isinstance(part, Mapping):
                yield from _values(shape, path if clocked else (*path, index), part, (*at, index), False)
        if not clocked:
            yield from _typed(shape, path, value, at)
    elif value not in ("absent", "present", None) and not shape.unknown(path):
        yield from _typed(shape, path, value, at)
        choices = shape.choices(path)
        if choices and text_of(value) not in choices:
            yield mistakes.impossible_value(at, show_path(path), text_of(value), choices)


def _instant(text: str | None, at: At, name: str) -> Iterator[Problem]:
    if text is not None and not is_instant(text):
        yield mistakes.bad_instant(at, name, text)


def is_instant(text: str) -> bool:
    """Whether the text is an RFC 3339 instant with an offset, on a day that exists."""
    if not INSTANT.match(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
