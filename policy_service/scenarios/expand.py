"""From a suite to its cases: one per table row and clock instant, each a whole request and what must come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path as File
from typing import Any

from policy_service.language.problem import Problem
from policy_service.language.scalars import text_of
from policy_service.scenarios import mistakes
from policy_service.scenarios.merge import merged
from policy_service.scenarios.mistakes import At
from policy_service.scenarios.paths import Path, PathError, show_path
from policy_service.scenarios.suite import Assignment, Scenario, Suite, Table


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must stand at a path of the decision; `at` is where in the suite it is written."""

    path: Path
    value: object
    at: At


@dataclass(frozen=True, slots=True)
class SecondStage:
    """The inspection sent after the request's decision, and what must come out of it."""

    inspection: dict[str, Any]
    expect: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One request at one instant.

    `label` is the scenario's name, with its row and instant in brackets: unique within the suite.
    `now` is the RFC 3339 instant that freezes the clock; None where nothing says it.
    """

    suite: str
    file: File
    scenario: str
    label: str
    at: At
    now: str | None
    request: dict[str, Any]
    expect: tuple[Expectation, ...]
    then: SecondStage | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """A table row dealt out to where its columns lead; a scenario without a table has one empty row."""

    label: str
    at: At
    now: str | None = None
    changes: tuple[Assignment, ...] = ()
    expect: tuple[Assignment, ...] = ()
    then: tuple[Assignment, ...] = ()


def cases_of(suite: Suite) -> tuple[list[Case], list[Problem]]:
    """Every case of the suite, in its order, and what keeps some from being laid out."""
    cases: list[Case] = []
    problems: list[Problem] = []
    for scenario in suite.scenarios:
        laid = _lay_out(suite, scenario, problems)
        cases.extend(_unique(list(laid)))
    return cases, problems


def _lay_out(suite: Suite, scenario: Scenario, problems: list[Problem]) -> Iterator[Case]:
    problems.extend(_clock_problems(scenario))
    for row, (tick, instant) in product(_rows(scenario.table), _ticks(scenario, suite)):
        now = row.now or instant
        label = ", ".join(part for part in (row.label, f"@{instant}" if tick is not None else "") if part)
        expected = _at_tick((*scenario.expect, *row.expect), tick, scenario, problems)
        try:
            request = merged(suite.given, [(change.path, change.value) for change in (*scenario.changes, *row.changes)])
            then = _second_stage(scenario, row, tick, problems)
        except PathError as error:
            problems.append(mistakes.bad_path(_blame(scenario, row, error), error))
            return
        if scenario.clock and isinstance(request, dict) and request.get("requested_at") is not None:
            problems.append(mistakes.two_clocks((*scenario.at, "clock"), "clock", "requested_at"))
            return
        name = f"{scenario.name}[{label}]" if label else scenario.name
        yield Case(suite.title, suite.file, scenario.name, name, row.at or scenario.at, now, request, expected, then)


def _rows(table: Table | None) -> Iterator[_Row]:
    if table is None:
        yield _Row("", ())
        return
    for index, values in enumerate(table.rows):
        at: At = (*table.at, "rows", index)
        if len(values) == len(table.columns):
            yield _row(table.columns, values, at, index)


def _row(columns: Sequence[Path], values: Sequence[object], at: At, index: int) -> _Row:
    row = _Row("", at)
    shown: list[str] = []
    for place, (column, value) in enumerate(zip(columns, values, strict=True)):
        match column:
            case ("now",):
                row = replace(row, now=text_of(value))
                shown.append(f"now={text_of(value)}")
            case ("expect", *rest) if rest:
                row = replace(row, expect=(*row.expect, Assignment(tuple(rest), value, (*at, place))))
            case ("then", *rest) if rest:
                row = replace(row, then=(*row.then, Assignment(tuple(rest), value, (*at, place))))
                if rest[0] != "expect":
                    shown.append(_brief(column, value))
            case _:
                row = replace(row, changes=(*row.changes, Assignment(column, value, (*at, place))))
                shown.append(_brief(column, value))
    return replace(row, label=", ".join(part for part in shown if part) or f"row {index + 1}")


def _brief(column: Path, value: object) -> str:
    """A cell as a report names it: `tier=diamond`."""
    name = next((str(segment) for segment in reversed(column) if not isinstance(segment, int)), show_path(column))
    if isinstance(value, Mapping):
        return ""
    if isinstance(value, list):
        if any(isinstance(member, Mapping | list) for member in value):
            return ""
        return f"{name}={'+'.join(text_of(member) for member in value) or 'none'}"
    return f"{name}={'none' if value is None else text_of(value)}"


def _unique(cases: list[Case]) -> Iterator[Case]:
    """Rows that read alike are told apart by their number."""
    labels = [case.label for case in cases]
    seen: dict[str, int] = {}
    for case in cases:
        if labels.count(case.label) == 1:
            yield case
            continue
        seen[case.label] = seen.get(case.label, 0) + 1
        stem = case.label.removesuffix("]")
        yield replace(
            case, label=f"{stem}, no. {seen[case.label]}]" if stem != case.label else f"{stem}[no. {seen[case.label]}]"
        )


def _ticks(scenario: Scenario, suite: Suite) -> list[tuple[int | None, str | None]]:
    if scenario.clock:
        return list(enumerate(scenario.clock))
    return [(None, scenario.now or suite.now)]


def _clock_problems(scenario: Scenario) -> Iterator[Problem]:
    columns = scenario.table.columns if scenario.table else ()
    if scenario.clock and ("now",) in columns:
        yield mistakes.two_clocks((*scenario.at, "clock"), "clock", "now")


def _at_tick(
    expected: Sequence[Assignment], tick: int | None, scenario: Scenario, problems: list[Problem]
) -> tuple[Expectation, ...]:
    result = []
    for assignment in expected:
        value = assignment.value
        if tick is not None and isinstance(value, list):
            if len(value) != len(scenario.clock):
                if tick == 0:
                    path, wanted = show_path(assignment.path), len(scenario.clock)
                    problems.append(mistakes.clock_length(assignment.at, path, wanted, len(value)))
                continue
            value = value[tick]
        result.append(Expectation(assignment.path, value, assignment.at))
    return tuple(result)


def _second_stage(scenario: Scenario, row: _Row, tick: int | None, problems: list[Problem]) -> SecondStage | None:
    if scenario.then is None and not row.then:
        return None
    written = scenario.then.inspection if scenario.then else {}
    changes = [(each.path[1:], each.value) for each in row.then if each.path[0] == "inspection" and len(each.path) > 1]
    in_row = [replace(each, path=each.path[1:]) for each in row.then if each.path[0] == "expect" and len(each.path) > 1]
    named = scenario.then.expect if scenario.then else ()
    return SecondStage(merged(written, changes), _at_tick((*named, *in_row), tick, scenario, problems))


def _blame(scenario: Scenario, row: _Row, error: PathError) -> At:
    """The change whose path the message names, else the scenario."""
    for change in (*scenario.changes, *row.changes, *row.then):
        if f"`{show_path(change.path)}`" in error.message:
            return change.at
    return scenario.at
