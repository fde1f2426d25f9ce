"""Until when an answer stays the same: the decision is made again at each coming threshold of time.

Thresholds are the closings of applying windows and the days on which a tested time fact crosses a number that the
documents name. Between two of them nothing but daily fees depends on time, and those only rise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from heapq import heapify, heappop, heappush
from typing import Any

from policy_service.decision import clock
from policy_service.decision.case import Case, LineState, Moment
from policy_service.decision.facts import reader
from policy_service.decision.gifts import Gifts
from policy_service.decision.judge import Judge
from policy_service.decision.rulebook import Governing, Rulebook
from policy_service.decision.rulings import rule, verdict_of
from policy_service.decision.verdict import DENIED, Ruling

MOST_LOOKS = 5_000
"""How often a line may be looked at again: a request of a thousand lines must not hold up the others for seconds."""
MAX_FEE_DAYS = 366 * 100

Fingerprint = Callable[[Moment, list[Ruling]], object]


def stable_until(
    case: Case, governing: Governing, moment: Moment, rulings: list[Ruling], gifts: Gifts, fingerprint: Fingerprint
) -> datetime | None:
    """The first instant at which the same request is answered otherwise: outcome, amount or benefit; None if never.

    Reports the threshold reached, conservatively, after looking `MOST_LOOKS` times at lines without finding a change.
    """
    return _Horizon(case, governing, moment, rulings, gifts, fingerprint).first_change()


class _Horizon:
    """The rulings as they become at one threshold after another, until something is another."""

    def __init__(
        self,
        case: Case,
        governing: Governing,
        moment: Moment,
        rulings: list[Ruling],
        gifts: Gifts,
        fingerprint: Fingerprint,
    ) -> None:
        self.case = case
        self.governing = governing
        self.moment = moment
        self.rulings = rulings
        self.gifts = gifts
        self.fingerprint = fingerprint
        self.timed = any(book.clock_facts for book in governing.books)
        self.together = bool(case.gifts and governing.policy.gifts_wait)  # lines look ahead at one another's outcomes
        self.fees_rise = any(map(_has_daily_fee, rulings))
        self.said: object = None  # what the answer holds now, once something must be compared with it
        self.looks = 0

    def first_change(self) -> datetime | None:
        ahead = [(at, index) for index in range(len(self.rulings)) if (at := self._next_threshold(index)) is not None]
        heapify(ahead)
        while True:
            until = ahead[0][0] if ahead else None
            if self.fees_rise and (change := self._fee_change(until)) is not None:
                return change
            if until is None:
                return None
            reached = [heappop(ahead)[1]]
            while ahead and ahead[0][0] == until:
                reached.append(heappop(ahead)[1])
            if self._changes(until, reached) or self.looks >= MOST_LOOKS:
                return until
            for index in reached:
                at = self._next_threshold(index)
                if at is not None:
                    heappush(ahead, (at, index))

    def _changes(self, instant: datetime, reached: Sequence[int]) -> bool:
        """Whether the answer is another from that threshold of these lines on; moves on to it where it is not."""
        if not self.timed and any(_lapses(self.case, self.rulings[index], instant) for index in reached):
            return True
        later = self.case.moment(instant)
        again = self._again(later, reached)
        if again is None:
            return True
        same_grounds = _same_grounds(again, self.rulings)
        if self.fees_rise or not same_grounds:
            self._remember()
            if self._looked(later, again) != self.said:
                return True
        if not same_grounds:
            self.fees_rise = any(map(_has_daily_fee, again))
        self.moment, self.rulings = later, again
        return False

    def _again(self, later: Moment, reached: Sequence[int]) -> list[Ruling] | None:
        """The rulings at a later moment, None as soon as one has another outcome.

        Up to there every line finds the same units returned before it, so its state holds, and lines that reach no
        threshold stay as they are. Only gifts that wait for all their lines look ahead at outcomes; then everything is
        ruled anew.
        """
        if self.together:
            self.looks += len(self.rulings)
            anew, _ = rule(self.case, self.governing, later, [ruling.state for ruling in self.rulings])
            same = all(a.verdict.outcome == b.verdict.outcome for a, b in zip(anew, self.rulings, strict=True))
            return anew if same else None
        self.looks += len(reached)
        judge = Judge(self.case, self.governing, later, self.gifts)
        again = list(self.rulings)
        for index in reached:
            ruling = again[index]
            verdict = verdict_of(judge, ruling.state)
            if verdict.outcome != ruling.verdict.outcome:
                return None
            again[index] = Ruling(ruling.state, verdict)
        return again

    def _next_threshold(self, index: int) -> datetime | None:
        """The first instant to come at which anything of a line that depends on time can change, but for fees."""
        ruling, moment = self.rulings[index], self.moment
        verdict = ruling.verdict
        ends = [end for standing in verdict.permits if (end := standing.window.closes_at) is not None]
        if any(fired.unknown for fired in verdict.fired):
            ends += Judge(self.case, self.governing, moment, self.gifts).ends_in_doubt(ruling.state, verdict)
        instants = [end for end in ends if end > moment.now]
        for book, values in zip(self.governing.books, verdict.values, strict=False):
            for position, name in book.clock_facts:
                day = _next_crossing(book, name, values[position], ruling.state, moment)
                if day is not None:
                    instants.append(clock.first_instant(day, self.case.zone))
        return min(instants, default=None)

    def _fee_change(self, until: datetime | None) -> datetime | None:
        """The first midnight before `until` at which daily fees have made the sums others.

        Each fee only rises, and what is cut from it or from those after it follows: where the sums at two midnights are
        the same, they were the same between. So doubling the days and halving the last step finds the first change.
        """
        self._remember()

        def same(days: int) -> bool:
            return self._looked(self._midnight(days), self.rulings) == self.said

        most = MAX_FEE_DAYS if until is None else self._whole_days_before(until)
        held, step = 0, 1
        while held < most:
            tried = min(held + step, most)
            if not same(tried):
                while tried - held > 1:
                    middle = (held + tried) // 2
                    held, tried = (middle, tried) if same(middle) else (held, middle)
                return self._midnight(tried).now
            held, step = tried, step * 2
        return None

    def _midnight(self, days: int) -> Moment:
        day = clock.plus_days(self.moment.today, days)
        return Moment(clock.first_instant(day, self.case.zone), day)

    def _whole_days_before(self, instant: datetime) -> int:
        days = (self.case.local_day(instant) - self.moment.today).days
        return days if days <= 0 or self._midnight(days).now < instant else days - 1

    def _remember(self) -> None:
        if self.said is None:
            self.said = self._looked(self.moment, self.rulings)

    def _looked(self, moment: Moment, rulings: list[Ruling]) -> object:
        self.looks += len(rulings)
        return self.fingerprint(moment, rulings)


def _has_daily_fee(ruling: Ruling) -> bool:
    verdict = ruling.verdict
    return bool(verdict.grounds.daily_fees) and verdict.outcome != DENIED and verdict.free_warranty is None


def _lapses(case: Case, ruling: Ruling, instant: datetime) -> bool:
    """Whether an approved line is approved no longer, since all that granted it has closed by then.

    Only where the applying clauses do not depend on time, and what no person has settled.
    """
    if not ruling.approved or ruling.state.claim.settled is not None or case.request.override is not None:
        return False
    ends = [standing.window.closes_at for standing in ruling.verdict.permits if standing.grants]
    return all(end is not None and end <= instant for end in ends)


def _same_grounds(again: Sequence[Ruling], rulings: Sequence[Ruling]) -> bool:
    """Whether everything that money, benefits and obligations are computed from is the same."""
    return all(
        a is b
        or (
            a.verdict.grounds is b.verdict.grounds
            and a.verdict.protected == b.verdict.protected
            and a.verdict.free_warranty is b.verdict.free_warranty
            and a.verdict.evidence == b.verdict.evidence
        )
        for a, b in zip(again, rulings, strict=True)
    )


def _next_crossing(book: Rulebook, name: str, value: Any, state: LineState, moment: Moment) -> date | None:
    """The next day on which a tested time fact enters another interval of the document's numbers."""
    if value is None:
        return None
    cuts: tuple[Any, ...] = book.program.cuts(name)
    if isinstance(value, date):
        ahead = [day for cut in cuts for day in (cut, clock.plus_days(cut, 1)) if day > value]
        return min(ahead, default=None)
    numbers = [number for cut in cuts for number in (int(cut), int(cut) + 1) if number > value]
    if not numbers:
        return None
    start = _anchor_day(name, state, moment)
    return None if start is None else clock.plus_days(start, min(numbers))


def _anchor_day(name: str, state: LineState, moment: Moment) -> date | None:
    """The day that a `days_since_*` fact counts from."""
    base = name.removeprefix("days_since_")
    built_in = {"order": "ordered_on", "shipment": "shipped_on", "delivery": "delivered_on"}
    day = reader(built_in.get(base, base), state.case.declared_names)(state, moment)
    return day if isinstance(day, date) else None
