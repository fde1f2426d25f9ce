"""What a set of scenarios covers of the policies it asks.

Attached from outside: the decision knows nothing of it. From each decision's trace it is read which clauses applied,
which decided something, which side of each comparison was seen, and on which side of its closing each window stood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from policy_service.decision.decide import Decided
from policy_service.language.clause import Clause
from policy_service.language.conditions import Op, Test
from policy_service.language.document import Document
from policy_service.language.kinds import Permission
from policy_service.language.source import Source, read_yaml
from policy_service.language.vocabulary import Vocabulary
from policy_service.scenarios.tracing import LineTrace, clause_place, line_traces
from policy_service.scenarios.truth import ORDERED, SIGNS, Facts, comparisons, currency_of, holds, show

NOT_DECIDING = ("alternatives", "counterfactuals", "assumptions")


class Group(StrEnum):
    """What a point is about."""

    CLAUSE = "clause"
    COMPARISON = "comparison"
    WINDOW = "window"


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """Something that a suite may or may not show of a clause; `line` is where in `file` it is written."""

    file: str
    line: int
    clause: str
    label: str
    group: Group = field(compare=False)

    @property
    def missing(self) -> str:
        """What to say where no scenario shows it."""
        return f"never {self.label}" if self.group is Group.CLAUSE else f"{self.label} never seen"


@dataclass
class Coverage:
    """The points there are, and those that were seen; `under_test` says of a document whether its points count."""

    points: set[Point] = field(default_factory=set)
    seen: set[Point] = field(default_factory=set)
    under_test: Callable[[Document], bool] = field(default=lambda document: True, repr=False, compare=False)
    _counted: set[tuple[str, str]] = field(default_factory=set, repr=False, compare=False)

    def add_documents(self, documents: Iterable[Document]) -> None:
        """Count everything that could be seen of these documents."""
        for document in documents:
            key = (str(document.path), document.digest)
            if key not in self._counted:
                self._counted.add(key)
                if self.under_test(document):
                    self.points.update(points_of(document))

    def observe(self, decided: Decided) -> None:
        """Count what a decision shows."""
        governing = decided.trace.governing
        self.add_documents(book.document for book in governing.books)
        self.seen.update(point for point in seen_in(decided) if point in self.points)

    def merge(self, other: Coverage) -> None:
        """Count what another process saw."""
        self.points |= other.points
        self.seen |= other.seen

    def share(self, group: Group | None = None, label: str | None = None) -> tuple[int, int]:
        """How many points were seen, of how many."""
        wanted = {
            point
            for point in self.points
            if (group is None or point.group is group) and (label is None or point.label == label)
        }
        return len(wanted & self.seen), len(wanted)

    @property
    def percent(self) -> float:
        """Of all points, how many in a hundred were seen; 100 where there are none."""
        seen, all_points = self.share()
        return 100.0 * seen / all_points if all_points else 100.0

    @property
    def unseen(self) -> list[Point]:
        return sorted(self.points - self.seen)

    def to_json(self) -> list[list[Any]]:
        """As plain data, for another process."""
        return [[*_fields(point), point in self.seen] for point in sorted(self.points | self.seen)]

    @classmethod
    def from_json(cls, data: Iterable[Iterable[Any]]) -> Coverage:
        """What `to_json` wrote."""
        coverage = cls()
        for file, line, clause, label, group, seen in data:
            point = Point(file, line, clause, label, Group(group))
            coverage.points.add(point)
            if seen:
                coverage.seen.add(point)
        return coverage


def is_under_test(document: Document, paths: Sequence[Path]) -> bool:
    """Whether a document is the business of whoever tests at and below these paths.

    Policies are: a suite there names them. A statute is only where it stands there itself; that which comes with the
    package, or with a neighbour's rules, is tested where it is kept, and nobody else's suite could show all of it.
    """
    if document.kind != "statute":
        return True
    file = Path(document.path).resolve()
    return any(file.is_relative_to(path.resolve()) for path in paths)


def _fields(point: Point) -> list[Any]:
    return [point.file, point.line, point.clause, point.label, str(point.group)]


def points_of(document: Document) -> frozenset[Point]:
    """Every point of a document's clauses."""
    return frozenset(point for clause in document.clauses for point in _clause_points(clause, document.vocabulary))


def _clause_points(clause: Clause, vocabulary: Vocabulary) -> Iterator[Point]:
    file, line = clause_place(clause)
    yield Point(file, line, clause.id, "applied", Group.CLAUSE)
    yield Point(file, line, clause.id, "decided anything", Group.CLAUSE)
    if clause.when is not None or clause.unless or clause.during is not None:
        yield Point(file, line, clause.id, "left out", Group.CLAUSE)
    for test in comparisons(clause):
        yield from (_side(clause, test, side, vocabulary) for side in _sides(test))
    if isinstance(clause.effect, Permission) and not getattr(clause.effect, "refused", False):
        endless = getattr(clause.effect, "unlimited", False)
        yield from (
            _window_side(clause, side) for side in (("open",) if endless else ("open", "its last day", "closed"))
        )


def _sides(test: Test) -> tuple[str, ...]:
    return ("true", "false", "exactly") if test.op in ORDERED else ("true", "false")


def _side(clause: Clause, test: Test, side: str, vocabulary: Vocabulary) -> Point:
    file, _ = clause_place(clause)
    sign = SIGNS.get(test.op)
    values = [show(value, currency_of(test, vocabulary)) for value in test.values]
    if sign is None:
        written = f"`{test.fact}` {'' if test.op is Op.IN else f'{test.op} '}{' | '.join(values)}"
    else:
        written = f"`{test.fact}` {sign} {values[0]}"
    return Point(file, test_line(clause, test), clause.id, f"{written}: {side}", Group.COMPARISON)


def _window_side(clause: Clause, side: str) -> Point:
    file, line = clause_place(clause)
    return Point(file, line, clause.id, f"window: {side}", Group.WINDOW)


@lru_cache(maxsize=256)
def _source(file: str) -> Source:
    return read_yaml(Path(file))


@lru_cache(maxsize=65536)
def _line_at(file: str, path: tuple[str | int, ...], nearest: int) -> int:
    line = _source(file).position(path).line
    return line if line >= nearest else nearest


def test_line(clause: Clause, test: Test) -> int:
    """The line of the clause's file where a comparison is written."""
    file, line = clause_place(clause)
    return _line_at(file, tuple(test.path), line)


def seen_in(decided: Decided) -> Iterator[Point]:
    """Every point that one decision shows."""
    cited = set(_cited(decided.decision))
    for trace in line_traces(decided):
        yield from _seen_in_line(trace, cited)


def _seen_in_line(trace: LineTrace, cited: set[str]) -> Iterator[Point]:
    denied = trace.ruling.verdict.outcome == "denied"
    for each in trace.documents:
        for clause in each.document.clauses:
            if each.facts.values["action"] not in clause.actions:
                continue
            file, line = clause_place(clause)
            if clause.index in each.applies:
                yield Point(file, line, clause.id, "applied", Group.CLAUSE)
                if clause.id in cited or (not clause.effect.cited and not denied):
                    yield Point(file, line, clause.id, "decided anything", Group.CLAUSE)
            else:
                yield Point(file, line, clause.id, "left out", Group.CLAUSE)
            for test in comparisons(clause):
                yield from (
                    _side(clause, test, side, each.document.vocabulary) for side in _sides_seen(test, each.facts)
                )
    for standing in trace.permissions:
        window = standing.window
        yield _window_side(standing.clause, "open" if standing.is_open else "closed")
        if standing.is_open and window.last_day is not None and window.last_day == trace.today:
            yield _window_side(standing.clause, "its last day")


def _sides_seen(test: Test, facts: Facts) -> Iterator[str]:
    side = holds(test, facts)
    if side is None:
        return
    yield "true" if side else "false"
    if test.op in ORDERED and facts.values.get(test.fact) == facts.threshold(test):
        yield "exactly"


def _cited(decision: Any) -> Iterator[str]:
    """The clauses that a decision names as having made a difference."""
    if isinstance(decision, Mapping):
        for key, value in decision.items():
            if key == "clause" and isinstance(value, str):
                yield value
            elif key not in NOT_DECIDING:
                yield from _cited(value)
    elif isinstance(decision, list):
        for part in decision:
            yield from _cited(part)
