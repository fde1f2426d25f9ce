"""Deciding recorded requests again, and gathering what came out differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from policy_service.contract.problems import ProblemError
from policy_service.replay.changes import Change, Group, change_between
from policy_service.replay.records import Record
from policy_service.service import Service

Json = Mapping[str, Any]


@dataclass
class Replay:
    """What came of a replay: how many decisions were made again, the changes by the clauses behind them, and what could
    not be compared, by reason."""

    compared: int = 0
    changed: int = 0
    groups: dict[tuple[str, ...], Group] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def ranked(self) -> list[Group]:
        """The groups, the most frequent first."""
        return sorted(self.groups.values(), key=lambda group: (-group.count, group.clauses))

    @property
    def total(self) -> Group:
        """All changes together."""
        whole = Group(())
        for group in self.groups.values():
            whole.count += group.count
            whole.superseded += group.superseded
            whole.outcomes.update(group.outcomes)
            whole.gains.update(group.gains)
            whole.gained.update(group.gained)
            whole.lost.update(group.lost)
        return whole


class Replaying:
    """Decides records by `service`, and compares with what was decided, or with what `against` decides."""

    def __init__(self, service: Service, against: Service | None = None) -> None:
        self.service = service
        self.against = against
        self.result = Replay()
        self._settled: set[str] = set()
        self._superseded: set[str] = set()
        self._changes: list[tuple[Group, Change]] = []

    def run(self, records: Iterable[Record]) -> Replay:
        """Replay every record, second stages last: what they stand on may come later in the file.

        Only their records are kept in memory meanwhile; a file that is a pipe cannot be read twice.
        """
        second_stages = []
        for record in records:
            if record.settled:
                self._settled.add(record.id)
            if record.supersedes is not None:
                self._superseded.add(record.supersedes)
            if (record.decision or {}).get("stage") == "inspection":
                second_stages.append(record)
            else:
                self.replay(record)
        for record in second_stages:
            self.replay(record)
        for group, change in self._changes:
            group.settle(change, superseded=change.id in self._superseded)
        return self.result

    def replay(self, record: Record) -> None:
        """Replay one record."""
        result = self.result
        reason = self._incomparable(record)
        if reason:
            result.left_out[reason] += 1
            return
        try:
            now = self._decide(self.service, record)
            was = self._decide(self.against, record) if self.against else record.decision
        except ProblemError as error:
            result.left_out[f"refused: {error.problem.detail or error.problem.title}"] += 1
            return
        assert was is not None
        before, after = (now, was) if self.against else (was, now)
        result.compared += 1
        change = change_between(record.id, before, after)
        if change is not None:
            result.changed += 1
            group = result.groups.setdefault(change.clauses, Group(change.clauses))
            group.add(change)
            self._changes.append((group, replace(change, paths=())))

    def _incomparable(self, record: Record) -> str | None:
        decision = record.decision
        if record.settled:
            return "settled by a person or a deadline"
        if decision is None:
            return None if self.against else "no decision recorded"
        if decision.get("stage") == "inspection":
            if record.inspection is None:
                return "second stage without its inspection"
            if str(decision.get("previous")) in self._settled:
                return "second stage of what a person or a deadline settled"
        return None

    def _decide(self, service: Service, record: Record) -> Json:
        """The decision made again, at the instant of the first one; of a request without one, as the order was placed.

        Raises ProblemError.
        """
        request = dict(record.request)
        decision = record.decision or {}
        if "decided_at" in decision:
            request["requested_at"] = decision["decided_at"]
        if decision.get("stage") == "inspection" and record.inspection is not None:
            # The second stage stands on the first as it is decided here, not as it was then.
            first = service.decide(request, id="")
            return service.inspect(request, first.decision, record.inspection, id="").decision
        parsed = service.parse(request)
        return service.decide(parsed, now=parsed.request.order.placed_at, id="").decision
