"""The scenarios that are missing around every boundary of a policy, with what it answers today for a person to confirm.

For each threshold: one below, on it, one above. For each window: the day before its last, the instant before it closes,
the closing and the day after; a delivery in the last second of a day; and, where they matter, month ends, leap days and
the days on which clocks change.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from policy_service.decision.decide import Decided
from policy_service.decision.verdict import Standing
from policy_service.language.clause import Clause
from policy_service.language.conditions import Test
from policy_service.language.document import Document
from policy_service.scenarios.cells import OTHER
from policy_service.scenarios.levers import ANCHORS, Json, pull
from policy_service.scenarios.merge import merged
from policy_service.scenarios.mutation import Prepared
from policy_service.scenarios.paths import Path
from policy_service.scenarios.tracing import LineTrace, line_traces
from policy_service.scenarios.truth import ORDERED, SIGNS, comparisons, currency_of, show
from policy_service.scenarios.writing import changes_between, scenario_text
from policy_service.service import Service

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
YEARS_AHEAD = 5
IDLE = "; another clause governs here, so it would not notice a change of this one"

MOST_PULLED = 8
PULLS: tuple[tuple[str, Any], ...] = (("category", OTHER), ("liability", "customer"), ("liability", "merchant"))
"""What most often takes a line out of the reach of the clause that governs in another's place."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A scenario to be confirmed: made at one instant, or at several with an outcome each.

    `idle` where its clause never governs: it would not notice if the clause said otherwise.
    """

    name: str
    clause: Clause
    request: Json
    instants: tuple[str, ...]
    expect: dict[str, Any]
    idle: bool = False

    def text(self, given: Json) -> str:
        """The draft as an entry of a suite with that `given`."""
        request = dict(self.request)
        if "requested_at" not in given:
            request.pop("requested_at", None)
        changes = changes_between(given, request)
        one = len(self.instants) == 1
        place = f"{self.clause.id}, line {self.clause.line}: confirm what is expected{IDLE if self.idle else ''}"
        return scenario_text(
            self.name,
            now=self.instants[0] if one else None,
            clock=() if one else self.instants,
            changes=changes,
            expect=self.expect,
            comment=place,
        )


@dataclass
class Seen:
    """What the suites already show: the values of each tested fact, and the instants at which each window was asked."""

    values: set[tuple[str, str, Any]] = field(default_factory=set)
    instants: set[tuple[str, datetime, datetime]] = field(default_factory=set)

    def note(self, trace: LineTrace, now: datetime) -> None:
        """Count what a decided line shows."""
        for each in trace.documents:
            for clause in each.document.clauses:
                if each.facts.values["action"] in clause.actions:
                    self.values |= {
                        (clause.id, test.fact, each.facts.values.get(test.fact)) for test in comparisons(clause)
                    }
        for standing in trace.permissions:
            if standing.window.closes_at is not None:
                self.instants.add((standing.clause.id, standing.window.closes_at, now))


class Drafting:
    """Drafts for one document, from the cases that it governs."""

    def __init__(self, document: Document, cases: Sequence[Prepared]) -> None:
        self.document = document
        self.cases = [each for each in cases if each.case.then is None] or list(cases)
        self.service = Service(cases[0].bench.shop, new_id=lambda: "")
        self.seen = Seen()
        for each in cases:
            for trace in line_traces(self.service.decide(each.parsed, now=each.now)):
                self.seen.note(trace, each.now)

    def drafts(self) -> Iterator[Draft]:
        """Every missing scenario, clause by clause."""
        names: set[str] = set()
        for clause in self.document.clauses:
            for draft in (*self._thresholds(clause), *self._windows(clause)):
                if draft.name not in names:
                    names.add(draft.name)
                    yield draft

    def _bases(self, clause: Clause) -> list[Prepared]:
        applied = (clause.file, clause.id)
        fitting = [each for each in self.cases if each.actions & clause.actions]
        return sorted(fitting, key=lambda each: applied not in each.applied)

    def _decide(self, request: Json) -> Decided | None:
        from policy_service.contract.problems import ProblemError

        try:
            return self.service.decide(request)
        except ProblemError:
            return None

    def _thresholds(self, clause: Clause) -> Iterator[Draft]:
        for test in comparisons(clause):
            if test.op in ORDERED:
                for value in self._around(test):
                    if (clause.id, test.fact, value) not in self.seen.values:
                        draft = self._at_value(clause, test, value)
                        if draft is not None:
                            yield draft

    def _around(self, test: Test) -> list[Any]:
        value: Any = test.values[0]
        if isinstance(value, date):
            return [value - DAY, value, value + DAY]
        if isinstance(value, Decimal):
            exponent = value.as_tuple().exponent
            unit = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
            return [value - unit, value, value + unit]
        least = self.document.vocabulary.facts[test.fact].least
        return [each for each in (value - 1, value, value + 1) if least is None or each >= least]

    def _at_value(self, clause: Clause, test: Test, value: Any) -> Draft | None:
        for each in self._bases(clause):
            for line in range(len(each.request["lines"])):
                request = pull(each.request, line, self.document, test.fact, value)
                decided = self._decide(request) if request is not None else None
                if request is None or decided is None or decided.trace.facts(line).get(test.fact) != value:
                    continue
                money = currency_of(test, self.document.vocabulary)
                said = f"`{test.fact}` {SIGNS[test.op]} {show(test.values[0], money)}"
                return self._draft(f"{clause.id}: {said}, at {show(value, money)}", clause, request, decided)
        return None

    def _draft(self, name: str, clause: Clause, request: Json, decided: Decided) -> Draft:
        decision = decided.decision
        expect = {"outcome": decision["outcome"], "refund.total": decision["refund"]["total"]}
        return Draft(name, clause, request, (request["requested_at"],), expect)

    def _windows(self, clause: Clause) -> Iterator[Draft]:
        for request in self._governed_first(clause):
            found = self._standing(clause, request)
            if found is None:
                continue
            line, standing = found
            closes_at = standing.window.closes_at
            if closes_at is None:
                return
            asked = {now for id, closing, now in self.seen.instants if id == clause.id and closing == closes_at}
            if not {closes_at - SECOND, closes_at} <= asked:
                yield from self._around_closing(f"{clause.id}: around its closing", clause, request)
            yield from self._calendar(clause, request, line, standing)
            return

    def _governed_first(self, clause: Clause) -> list[Json]:
        """The suites' requests for the clause; before them, if there is one, a request in which its window governs."""
        requests = [each.request for each in self._bases(clause)]
        pulled = [
            pull(request, line, self.document, fact, value)
            for request in requests[:MOST_PULLED]
            for line in range(len(request["lines"]))
            for fact, value in PULLS
        ]
        candidates = [*requests, *(each for each in pulled if each is not None)]
        best = next((each for each in candidates if self._governs(clause, each)), None)
        return requests if best is None else [best, *requests]

    def _governs(self, clause: Clause, request: Json) -> bool:
        """Whether it is this clause's window that the decision names in the last second before it closes."""
        found = self._standing(clause, request)
        closes_at = found[1].window.closes_at if found else None
        if found is None or closes_at is None:
            return False
        decided = self._decide({**request, "requested_at": (closes_at - SECOND).isoformat()})
        window = decided.decision["lines"][found[0]].get("window") if decided else None
        return bool(window and window["clause"] == clause.id)

    def _standing(self, clause: Clause, request: Json) -> tuple[int, Standing] | None:
        decided = self._decide(request)
        for trace in line_traces(decided) if decided else ():
            for standing in trace.permissions:
                if standing.clause.id == clause.id:
                    return trace.line, standing
        return None

    def _around_closing(self, name: str, clause: Clause, request: Json) -> Iterator[Draft]:
        found = self._standing(clause, request)
        closes_at = found[1].window.closes_at if found else None
        if closes_at is None:
            return
        zone = ZoneInfo(self._policy.timezone)
        moments = [closes_at - SECOND - DAY, closes_at - SECOND, closes_at, closes_at + DAY]
        instants = tuple(moment.astimezone(zone).isoformat() for moment in moments)
        decided = [self._decide({**request, "requested_at": instant}) for instant in instants]
        if all(each is not None for each in decided):
            decisions = [each.decision for each in decided if each is not None]
            expect: dict[str, Any] = {"outcome": [decision["outcome"] for decision in decisions]}
            if len(set(expect["outcome"])) == 1 and found is not None:
                # Another window covers this one: then it is the clause that governs which tells.
                windows = [decision["lines"][found[0]]["window"] for decision in decisions]
                expect[f"lines.{found[0]}.window.clause"] = [w["clause"] if w else "absent" for w in windows]
            plain = {key: value for key, value in request.items() if key != "requested_at"}
            yield Draft(name, clause, plain, instants, expect, idle=not self._governs(clause, request))

    @property
    def _policy(self) -> Document:
        """The policy whose zone counts: the document itself, or the one that a statute stands behind."""
        if self.document.kind == "policy":
            return self.document
        return self.service.govern(self.cases[0].parsed).policy.document

    def _calendar(self, clause: Clause, request: Json, line: int, standing: Standing) -> Iterator[Draft]:
        """Days of delivery (or what else the window counts from) on which counting is easily got wrong."""
        anchor = standing.window.anchor
        effect: Any = clause.effect
        field_name = ANCHORS.get("delivery" if anchor == "last_delivery" else str(anchor))
        if field_name is None or getattr(effect, "until", None) is not None:
            return
        zone = ZoneInfo(self._policy.timezone)
        for says, day in self._awkward_days(effect, zone):
            moved = self._anchored(request, line, field_name, datetime.combine(day, time(12), zone))
            yield from self._around_closing(f"{clause.id}: {says}", clause, moved)
        start = datetime.fromisoformat(self._anchor_text(request, line, field_name)).astimezone(zone)
        late = datetime.combine(start.date(), time(23, 59, 59), zone)
        if late.date() == start.date() and clause.effect and getattr(effect, "counting", None) != "hours":
            moved = self._anchored(request, line, field_name, late)
            yield from self._around_closing(f"{clause.id}: from the last second of a day", clause, moved)

    def _anchor_text(self, request: Json, line: int, name: str) -> str:
        wanted = request["lines"][line]["order_line"]
        order_line: Json = next(each for each in request["order"]["lines"] if each["id"] == wanted)
        return str(order_line.get(name) or request["order"][name])

    def _anchored(self, request: Json, line: int, name: str, instant: datetime) -> Json:
        """The request with its window counted from another instant, nothing of the order later than that."""
        changes: list[tuple[Path, Any]] = [(("order", name), instant.isoformat())]
        for earlier in ("placed_at", "shipped_at"):
            text = request["order"].get(earlier)
            if name != earlier and text and datetime.fromisoformat(text) > instant:
                changes.append((("order", earlier), (instant - DAY).isoformat()))
        wanted = request["lines"][line]["order_line"]
        for place, each in enumerate(request["order"]["lines"]):
            if each["id"] == wanted and name in each:
                changes.append((("order", "lines", place, name), None))
        return dict(merged(request, [*changes, (("requested_at",), (instant + DAY).isoformat())]))

    def _awkward_days(self, effect: Any, zone: ZoneInfo) -> Iterator[tuple[str, date]]:
        policy = self._policy
        first, last = (
            policy.effective_from + DAY,
            policy.effective_through
            or policy.effective_from.replace(
                year=policy.effective_from.year + YEARS_AHEAD, day=min(policy.effective_from.day, 28)
            ),
        )
        days = [first + timedelta(days=number) for number in range((last - first).days)]
        if getattr(effect, "months", None):
            target = next((day for day in days if day.day == 31 and _is_short(day, effect.months)), None)
            leap = next((day for day in days if (day.month, day.day) == (2, 29)), None)
            yield from (
                (says, day) for says, day in (("from a month's end", target), ("from 29 February", leap)) if day
            )
        length = getattr(effect, "days", None)
        if isinstance(length, int) and length:
            changed = next((day for day in days if _offset(day, zone) != _offset(day + DAY, zone)), None)
            if changed:
                yield "across a change of the clocks", changed - DAY
                yield "closing on a change of the clocks", changed - timedelta(days=length)
            leap = next((day for day in days if (day.month, day.day) == (2, 29)), None)
            if leap and leap - DAY > first:
                yield "across 29 February", leap - DAY


def _is_short(day: date, months: int) -> bool:
    """Whether the month in which it ends has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return calendar.monthrange(year, month + 1)[1] < day.day


def _offset(day: date, zone: ZoneInfo) -> timedelta | None:
    return datetime.combine(day, time(), zone).utcoffset()
