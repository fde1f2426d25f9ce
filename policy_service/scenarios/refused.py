"""Requests that the service would refuse, told once and at the line that makes them so.

What is wrong with `given` is wrong with every case. Each scenario is asked about by its first case; a slip in another
row of its table is that row's own, and told when it is run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policy_service.contract.problems import ProblemError
from policy_service.contract.refusals import FieldError
from policy_service.decision.admission import admit
from policy_service.language.problem import Problem
from policy_service.scenarios import mistakes
from policy_service.scenarios.expand import Case
from policy_service.scenarios.mistakes import At
from policy_service.scenarios.paths import Path, find, place_of, show_path
from policy_service.scenarios.runner import Bench
from policy_service.scenarios.suite import Scenario


def refused(bench: Bench) -> Iterator[Problem]:
    """A mistake for each value for which a scenario's request would be refused."""
    scenarios = {scenario.name: scenario for scenario in bench.loaded.suite.scenarios}
    # One voice for one mistake: what the contract says of a scenario is said already.
    seen = {scenario.name for scenario in scenarios.values() if _is_judged(bench, scenario)}
    for case in bench.loaded.cases:
        if case.scenario in seen:
            continue
        seen.add(case.scenario)
        for error in _errors(bench, case):
            path = _path(error.pointer)
            at = _written(path, case, scenarios[case.scenario])
            yield mistakes.refused_request(at, show_path(path), error.detail, error.hint)


def _is_judged(bench: Bench, scenario: Scenario) -> bool:
    return any(problem.path[: len(scenario.at)] == scenario.at for problem in bench.loaded.problems)


def _errors(bench: Bench, case: Case) -> Sequence[FieldError]:
    """What the service would say, whenever it is asked."""
    try:
        parsed = bench.service.parse(bench.request_of(case))
        return admit(parsed.raw, bench.service.govern(parsed))
    except ProblemError as error:
        problem = error.problem
        if problem.errors:
            return problem.errors
        pointer = "/merchant" if problem.type.endswith("unknown-merchant") else "/order/placed_at"
        return [FieldError(pointer, problem.detail)]


def _path(pointer: str) -> Path:
    parts = (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    return tuple(int(part) if part.isascii() and part.isdigit() else part for part in parts)


def _written(path: Path, case: Case, scenario: Scenario) -> At:
    """Where in the suite the value at a path of the request comes from: a cell, a change, else `given`."""
    changes = [(change.path, change.value, change.at) for change in scenario.changes]
    if scenario.table is not None and case.at[: len(scenario.table.at)] == scenario.table.at:
        row = scenario.table.rows[int(case.at[-1])]
        changes += [
            (column, value, (*case.at, place))
            for place, (column, value) in enumerate(zip(scenario.table.columns, row, strict=True))
        ]
    for changed, value, at in reversed(changes):
        whole = _by_index(case.request, changed)
        if whole == path[: len(whole)]:
            return (*at, *_inside(value, path[len(whole) :]))
    return ("given", *(part if isinstance(part, int) else str(part) for part in path))


def _by_index(request: Mapping[str, Any], path: Path) -> Path:
    """The same path with each name of a list's member as its place."""
    whole: list[Any] = []
    for segment in path:
        here = find(request, whole)
        place = place_of(here, segment) if isinstance(here, list) else None
        whole.append(segment if place is None else place)
    return tuple(whole)


def _inside(value: object, rest: Path) -> Iterator[str | int]:
    """As much of the rest of a path as is written out in the value."""
    for segment in rest:
        step = segment if isinstance(segment, int) else str(segment)
        parts: Mapping[Any, Any] = value if isinstance(value, Mapping) else {}
        if isinstance(value, list):
            parts = dict(enumerate(value))
        if step not in parts:
            return
        value = parts[step]
        yield step
