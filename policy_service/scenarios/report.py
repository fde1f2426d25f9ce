"""The report of a case whose decision is not as expected."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from policy_service.language.clause import Clause
from policy_service.language.scalars import text_of
from policy_service.scenarios.paths import NAMES, Absent, PathError, find, parse_path, show_path
from policy_service.scenarios.places import shown
from policy_service.scenarios.runner import Bench, Outcome, Stage, Unmet
from policy_service.scenarios.tracing import LineTrace, clause_place, line_traces
from policy_service.scenarios.truth import is_on_the_edge, reasons_against

SUM = re.compile(r"-?\d+(\.\d+)?\Z", re.ASCII)
NEAREST_SHOWN = 3
NAMES_SHOWN = 6


def failure(outcome: Outcome, bench: Bench) -> str:
    """The whole report: what differs, which clauses applied, which nearly did, and how to run just this case."""
    return "\n".join(_lines(outcome, bench))


def _lines(outcome: Outcome, bench: Bench) -> Iterator[str]:
    case = outcome.case
    place = f"{bench.loaded.source.name}:{bench.loaded.line(case.at)}"
    yield case.label
    yield f"  {place}{f', now {case.now}' if case.now else ''}"
    if outcome.refusal:
        yield ""
        yield "  no decision on " + (
            "the request:" if not outcome.stages else "the inspection:" if case.then else "it:"
        )
        yield from (f"    {line}" for line in outcome.refusal)
    for unmet in outcome.unmet:
        yield ""
        yield from _difference(unmet, bench, outcome)
    for stage in outcome.stages:
        paths = [unmet.mismatch.path for unmet in outcome.unmet if unmet.stage == stage.name]
        if paths:
            yield from _clauses(stage, paths)
    yield ""
    yield f"  run just this: policy test {shlex.quote(f'{bench.loaded.source.name}::{case.label}')}"


def _difference(unmet: Unmet, bench: Bench, outcome: Outcome) -> Iterator[str]:
    stage = "then, " if unmet.stage == "inspection" else ""
    yield f"  {stage}{unmet.mismatch.path}  ({bench.loaded.source.name}:{bench.loaded.line(unmet.at)})"
    yield f"    expected  {show_value(unmet.mismatch.expected)}"
    decision = next(stage.decided.decision for stage in outcome.stages if stage.name == unmet.stage)
    said = _instead(decision, unmet)
    yield f"    got       {show_value(unmet.mismatch.got)}{f'  ({said})' if said else ''}"


def _instead(decision: Mapping[str, Any], unmet: Unmet) -> str:
    """Where a path leads nowhere, what there is where it ends; where a list is empty and not absent, how to say so."""
    if unmet.mismatch.got == [] and unmet.mismatch.expected == "absent":
        return "a list that is there, and empty: expect `[]`"
    if not isinstance(unmet.mismatch.got, Absent):
        return _same_sum(unmet.mismatch.expected, unmet.mismatch.got)
    try:
        path = parse_path(unmet.mismatch.path)
    except PathError:
        return ""
    for depth in range(len(path) - 1, 0, -1):
        there = find(decision, path[:depth])
        if there is None or isinstance(there, list):
            return f"`{show_path(path[:depth])}` {_members(there)}"
        if not isinstance(there, Absent):
            break
    return ""


def _same_sum(expected: object, got: object) -> str:
    """Where both are one sum: how many digits it is written with."""
    wanted = text_of(expected) if not isinstance(expected, bool | Mapping | list) else ""
    if not isinstance(got, str) or not (SUM.match(wanted) and SUM.match(got)) or Decimal(wanted) != Decimal(got):
        return ""
    digits = len(got.partition(".")[2])
    written = {0: "without decimal digits", 1: "with 1 decimal digit"}.get(digits, f"with {digits} decimal digits")
    return f'the same sum: it is written {written}, expect `"{got}"`'


def _members(there: list[Any] | None) -> str:
    if not there:
        return "is null" if there is None else "is empty"
    names = [str(next((each[key] for key in NAMES if key in each), "")) for each in there if isinstance(each, Mapping)]
    shown = ", ".join(f"`{name}`" for name in names[:NAMES_SHOWN] if name)
    entries = f"{len(there)} {'entry' if len(there) == 1 else 'entries'}"
    return f"has {entries}{f': {shown}' if shown else ''}{', ...' if len(names) > NAMES_SHOWN else ''}"


def show_value(value: Any) -> str:
    """A value as YAML would write it on one line."""
    if isinstance(value, Absent):
        return "absent"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text_of(key)}: {show_value(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(show_value(part) for part in value) + "]"
    return text_of(value)


def _clauses(stage: Stage, paths: list[str]) -> Iterator[str]:
    traces = line_traces(stage.decided)
    concerned = _concerned(paths, len(traces))
    for number, trace in enumerate(traces):
        if number not in concerned:
            continue
        heading = f" to line {number}" if len(traces) > 1 else ""
        yield from _because(stage.decided.decision["lines"][number], trace, heading.replace("to", "of"), paths)
        yield ""
        yield f"  applied{heading}:" if trace.applying else f"  nothing applied{heading}"
        width = max((len(clause.id) for clause in trace.applying), default=0)
        kinds = max((len(clause.kind) for clause in trace.applying), default=0)
        yield from (
            f"    {clause.id:<{width}}  {clause.kind:<{kinds}}  {_shown_place(clause)}" for clause in trace.applying
        )
        nearest = list(_nearest(trace, paths))[:NEAREST_SHOWN]
        if nearest:
            yield f"  nearest that did not apply{heading}:"
            for clause, against in nearest:
                yield f"    {clause.id}  {clause.kind}  {_shown_place(clause)}"
                yield from (f"      {reason}" for reason in against)


def _because(line: Mapping[str, Any], trace: LineTrace, heading: str, paths: list[str]) -> Iterator[str]:
    """Why the line has its outcome, where another was expected."""
    if not {word for path in paths for word in path.split(".")} & {"outcome", "reasons"}:
        return
    yield ""
    yield f"  reasons{heading}:"
    for reason in line["reasons"]:
        source = f" [{reason['clause']}{_last_day(reason['clause'], trace)}]" if reason.get("clause") else ""
        yield f"    {reason['code']}: {reason['message']}{source}"


def _last_day(clause: str, trace: LineTrace) -> str:
    """The last day of a clause's window: what the clause's own text says is for customers, and may not say it."""
    days = [each.window.last_day for each in trace.permissions if each.clause.id == clause and each.window.last_day]
    return f", last day {days[0]}" if days else ""


def _shown_place(clause: Clause) -> str:
    file, line = clause_place(clause)
    return f"{shown(file)}:{line}"


def _concerned(paths: list[str], lines: int) -> set[int]:
    """The lines that the differing paths speak of; all of them where one speaks of the whole decision."""
    numbers = set()
    for path in paths:
        parts = path.split(".")
        if parts[0] == "lines" and len(parts) > 1 and parts[1].isdigit():
            numbers.add(int(parts[1]))
        else:
            return set(range(lines))
    return numbers


def _nearest(trace: LineTrace, paths: list[str]) -> Iterator[tuple[Clause, list[str]]]:
    """Clauses that did not apply, the likeliest first: named by the path, of a kind that is behind it, of the same
    action, least unmet, and missed by the very value of a threshold."""
    words = {word for path in paths for word in path.split(".")}
    found = []
    for clause, facts in trace.others:
        against = reasons_against(clause, facts)
        named = clause.id in words or getattr(clause.effect, "code", None) in words
        if against and (named or not words.isdisjoint(clause.effect.shows_in)):
            elsewhere = facts.values.get("action") not in clause.actions
            farness = (not named, elsewhere, len(against), not is_on_the_edge(clause, facts), clause.index)
            found.append((farness, clause, against))
    for _, clause, against in sorted(found, key=lambda each: each[0]):
        yield clause, against
