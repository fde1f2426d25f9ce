"""A suite as its author wrote it, read from YAML with the place of everything kept.

Reading gathers every mistake of the file; a suite with mistakes is never run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

from policy_service.language.diagnostics import suggest
from policy_service.language.problem import Problem
from policy_service.language.scalars import text_of
from policy_service.scenarios import mistakes
from policy_service.scenarios.mistakes import At
from policy_service.scenarios.paths import Path, PathError, Segment, parse_path, show_path

SUITE_KEYS = ("suite", "policies", "now", "given", "scenarios", "accepted_mutants")
SCENARIO_KEYS = ("name", "now", "with", "table", "clock", "expect", "then")
TABLE_KEYS = ("columns", "rows")
THEN_KEYS = ("inspection", "expect")


@dataclass(frozen=True, slots=True)
class Assignment:
    """A path and the value that an author gives it; `at` is where in the file it stands."""

    path: Path
    value: object
    at: At


@dataclass(frozen=True, slots=True)
class Table:
    """Columns as paths, and rows with one value per column."""

    columns: tuple[Path, ...]
    rows: tuple[tuple[object, ...], ...]
    at: At


@dataclass(frozen=True, slots=True)
class Then:
    """The second stage: what the warehouse found, and what must come out."""

    inspection: Mapping[str, Any]
    expect: tuple[Assignment, ...]
    at: At


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario before its table and its clock are laid out."""

    name: str
    at: At
    now: str | None = None
    changes: tuple[Assignment, ...] = ()
    table: Table | None = None
    clock: tuple[str, ...] = ()
    expect: tuple[Assignment, ...] = ()
    then: Then | None = None

    def columns(self, *start: Segment) -> tuple[Path, ...]:
        """The columns of its table that begin so."""
        columns = self.table.columns if self.table else ()
        return tuple(path for path in columns if path[: len(start)] == start)


@dataclass(frozen=True, slots=True)
class AcceptedMutant:
    """A surviving mutant, named by its id, and why no scenario can tell it apart."""

    mutant: str
    because: str


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite: the policies it asks, the request its scenarios start from, and the scenarios."""

    title: str
    file: File
    policies: tuple[str, ...]
    given: Mapping[str, Any]
    scenarios: tuple[Scenario, ...]
    now: str | None = None
    accepted: tuple[AcceptedMutant, ...] = ()


@dataclass
class Reader:
    """Reads parts of the file's data, and gathers what is wrong with them."""

    line_of: Callable[[At], int]
    problems: list[Problem] = field(default_factory=list)

    def mapping(self, data: object, at: At, name: str, example: str) -> Mapping[Any, Any]:
        if isinstance(data, Mapping):
            return data
        self.problems.append(mistakes.wrong_shape(at, name, "a mapping", example))
        return {}

    def members(self, data: object, at: At, name: str, example: str) -> Sequence[Any]:
        if isinstance(data, list) and data:
            return data
        self.problems.append(mistakes.wrong_shape(at, name, "a list with at least one entry", example))
        return ()

    def keys(self, data: Mapping[Any, Any], at: At, where: str, known: Sequence[str]) -> frozenset[str]:
        """Refuses keys that are not known; gives those that are meant by them, which so are no missing ones besides."""
        meant = set()
        for key in data:
            if key not in known:
                self.problems.append(mistakes.unknown_key((*at, key), text_of(key), where, known))
                meant.add(suggest(text_of(key), known))
        return frozenset(name for name in meant if name)

    def text(self, data: object, at: At, name: str, example: str) -> str:
        if data is None or isinstance(data, Mapping | list) or not text_of(data).strip():
            self.problems.append(mistakes.wrong_shape(at, name, "text", example))
            return ""
        return text_of(data)

    def path(self, text: object, at: At) -> Path | None:
        try:
            return parse_path(text_of(text))
        except PathError as error:
            self.problems.append(mistakes.bad_path(at, error))
            return None

    def assignments(self, data: object, at: At, name: str, example: str) -> tuple[Assignment, ...]:
        known = self.mapping(data, at, name, example)
        paths = [(self.path(key, (*at, key)), key, value) for key, value in known.items()]
        return tuple(Assignment(path, value, (*at, key)) for path, key, value in paths if path)


def suite_of(data: object, file: File, line_of: Callable[[At], int]) -> tuple[Suite, list[Problem]]:
    """The suite that a file's data says, with every mistake in its form.

    `line_of` tells in which line a place of the data stands.
    """
    reader = Reader(line_of)
    top = reader.mapping(data, (), "suite", "suite: Furniture, thirty days")
    meant = reader.keys(top, (), "a suite", SUITE_KEYS)
    for key, example in (
        ("suite", "suite: Furniture, thirty days"),
        ("policies", "policies: [..]"),
        ("given", "given: {merchant: ..., order: ..., lines: [...]}"),
        ("scenarios", "scenarios: [{name: ..., expect: {outcome: approved}}]"),
    ):
        if key not in top and key not in meant:
            reader.problems.append(mistakes.missing_key((), "the suite", key, example))
    suite = Suite(
        title=reader.text(top["suite"], ("suite",), "suite", "Furniture, thirty days") if "suite" in top else "",
        file=file,
        policies=_policies(reader, top),
        given=reader.mapping(
            top.get("given", {}), ("given",), "given", "{merchant: dg-home, order: {...}, lines: [...]}"
        ),
        scenarios=_scenarios(reader, top),
        now=_now(reader, top, ()),
        accepted=_accepted(reader, top),
    )
    return suite, reader.problems


def _policies(reader: Reader, top: Mapping[Any, Any]) -> tuple[str, ...]:
    if "policies" not in top:
        return ()
    listed = reader.members(top["policies"], ("policies",), "policies", "[..]")
    return tuple(reader.text(entry, ("policies", index), "policies", "..") for index, entry in enumerate(listed))


def _now(reader: Reader, data: Mapping[Any, Any], at: At) -> str | None:
    if data.get("now") is None:
        return None
    return reader.text(data["now"], (*at, "now"), "now", mistakes.INSTANT_EXAMPLE) or None


def _accepted(reader: Reader, top: Mapping[Any, Any]) -> tuple[AcceptedMutant, ...]:
    if "accepted_mutants" not in top:
        return ()
    example = "[{mutant: ..., because: ...}]"
    result = []
    for index, entry in enumerate(
        reader.members(top["accepted_mutants"], ("accepted_mutants",), "accepted_mutants", example)
    ):
        at: At = ("accepted_mutants", index)
        known = reader.mapping(entry, at, "an accepted mutant", "{mutant: ..., because: ...}")
        meant = reader.keys(known, at, "an accepted mutant", ("mutant", "because"))
        if known is entry and "mutant" not in known and "mutant" not in meant:
            reader.problems.append(
                mistakes.missing_key(at, "an accepted mutant", "mutant", "mutant: return-30 window.days 30 -> 31")
            )
        if "mutant" not in known:
            continue
        mutant = reader.text(known["mutant"], (*at, "mutant"), "mutant", "return-30 window.days 30 -> 31")
        if not known.get("because") and "because" not in meant:
            reader.problems.append(mistakes.unexplained_mutant(at, mutant))
        result.append(AcceptedMutant(mutant, text_of(known.get("because") or "")))
    return tuple(result)


def _scenarios(reader: Reader, top: Mapping[Any, Any]) -> tuple[Scenario, ...]:
    if "scenarios" not in top:
        return ()
    listed = reader.members(top["scenarios"], ("scenarios",), "scenarios", "[{name: ..., expect: {outcome: approved}}]")
    scenarios = [_scenario(reader, entry, ("scenarios", index)) for index, entry in enumerate(listed)]
    first: dict[str, At] = {}
    for scenario in scenarios:
        if scenario.name in first:
            at = (*scenario.at, "name")
            reader.problems.append(
                mistakes.duplicate_name(at, scenario.name, reader.line_of((*first[scenario.name], "name")))
            )
        elif scenario.name:
            first[scenario.name] = scenario.at
    return tuple(scenarios)


def _scenario(reader: Reader, entry: object, at: At) -> Scenario:
    data = reader.mapping(
        entry, at, "a scenario", "{name: the thirtieth day still counts, expect: {outcome: approved}}"
    )
    meant = reader.keys(data, at, "a scenario", SCENARIO_KEYS)
    if data and data.get("name") is None and "name" not in meant:
        reader.problems.append(mistakes.missing_key(at, "the scenario", "name", "name: the thirtieth day still counts"))
    named = data.get("name") is not None
    scenario = Scenario(
        name=" ".join(reader.text(data["name"], (*at, "name"), "name", "the thirtieth day still counts").split())
        if named
        else "",
        at=at,
        now=_now(reader, data, at),
        changes=_part(reader, data, at, "with", "{lines.0.condition: opened}"),
        table=_table(reader, data["table"], (*at, "table")) if "table" in data else None,
        clock=_clock(reader, data, at),
        expect=_part(reader, data, at, "expect", "{outcome: approved}"),
        then=_then(reader, data["then"], (*at, "then")) if "then" in data else None,
    )
    if data and not _expects(scenario) and not {"expect", "table", "then"} & meant:
        reader.problems.append(mistakes.nothing_expected(at, scenario.name))
    elif scenario.then is not None and isinstance(data["then"], Mapping):
        _whole_then(reader, scenario, data["then"])
    return scenario


def _whole_then(reader: Reader, scenario: Scenario, data: Mapping[Any, Any]) -> None:
    """A second stage needs what was found and what must come out, each here or in a column."""
    at: At = (*scenario.at, "then")
    meant = {suggest(text_of(key), THEN_KEYS) for key in data}
    if ("expect" not in meant or data.get("expect") == {}) and not scenario.columns("then", "expect"):
        reader.problems.append(mistakes.nothing_expected_then(at, scenario.name))
    if "inspection" not in meant and not scenario.columns("then", "inspection"):
        example = 'inspection: {lines: [{order_line: "1", quantity: 1, condition: used}]}'
        reader.problems.append(mistakes.missing_key(at, "`then`", "inspection", example))


def _part(reader: Reader, data: Mapping[Any, Any], at: At, key: str, example: str) -> tuple[Assignment, ...]:
    return reader.assignments(data[key], (*at, key), key, example) if key in data else ()


def _clock(reader: Reader, data: Mapping[Any, Any], at: At) -> tuple[str, ...]:
    if "clock" not in data:
        return ()
    if "now" in data:
        reader.problems.append(mistakes.two_clocks((*at, "clock"), "clock", "now"))
    example = "[2025-07-01T23:59:59+08:00, 2025-07-02T00:00:00+08:00]"
    listed = reader.members(data["clock"], (*at, "clock"), "clock", example)
    return tuple(reader.text(entry, (*at, "clock", index), "clock", example) for index, entry in enumerate(listed))


def _table(reader: Reader, data: object, at: At) -> Table:
    example = "{columns: [customer.tier, expect.outcome], rows: [[normal, denied], [diamond, approved]]}"
    known = reader.mapping(data, at, "table", example)
    meant = reader.keys(known, at, "a table", TABLE_KEYS)
    if known is not data or meant:
        return Table((), (), at)
    columns = reader.members(known.get("columns"), (*at, "columns"), "columns", "[customer.tier, expect.outcome]")
    rows = reader.members(known.get("rows"), (*at, "rows"), "rows", "[[normal, denied], [diamond, approved]]")
    if not columns:
        return Table((), (), at)
    paths = [reader.path(column, (*at, "columns", index)) for index, column in enumerate(columns)]
    for index, path in enumerate(paths):
        if path and path in paths[:index]:
            at_column: At = (*at, "columns", index)
            reader.problems.append(mistakes.duplicate_column(at_column, show_path(path), paths.index(path)))
    kept: list[tuple[object, ...]] = []
    for index, row in enumerate(rows):
        if isinstance(row, Mapping) or (not isinstance(row, list) and len(columns) > 1):
            names = [text_of(column) for column in columns]
            reader.problems.append(mistakes.row_shape((*at, "rows", index), names, row))
            kept.append(())
            continue
        values = row if isinstance(row, list) else [row]
        if len(values) != len(columns):
            reader.problems.append(mistakes.row_length((*at, "rows", index), len(columns), len(values)))
        kept.append(tuple(values))
    # Without one of its columns no row can be dealt out, so none is.
    return Table(tuple(path for path in paths if path) if all(paths) else (), tuple(kept), at)


def _then(reader: Reader, data: object, at: At) -> Then:
    known = reader.mapping(data, at, "then", "{inspection: {lines: [...]}, expect: {outcome: approved}}")
    reader.keys(known, at, "`then`", THEN_KEYS)
    example = '{lines: [{order_line: "1", quantity: 1, condition: used}]}'
    inspection = reader.mapping(known.get("inspection", {}), (*at, "inspection"), "inspection", example)
    return Then(inspection, _part(reader, known, at, "expect", "{outcome: approved}"), at)


def _expects(scenario: Scenario) -> bool:
    if scenario.table is not None and not scenario.table.columns:
        return True  # what is wrong with its columns is told, and may be all that is
    return bool(
        scenario.expect
        or scenario.columns("expect")
        or scenario.columns("then", "expect")
        or (scenario.then and scenario.then.expect)
    )
