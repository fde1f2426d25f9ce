"""Until when an answer stays the same: the decision is made again at each coming threshold of time.

Thresholds are the closings of applying windows, the days on which a tested time fact crosses a number that the
documents name, and the days on which a daily fee changes. Between two of them nothing that depends on time changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from policy_service.decision import clock
from policy_service.decision.case import Case, LineState, Moment
from policy_service.decision.facts import reader
from policy_service.decision.fees import days_beyond, fee_amount
from policy_service.decision.gifts import Gifts
from policy_service.decision.judge import Judge
from policy_service.decision.rulebook import Governing, Rulebook
from policy_service.decision.rulings import rule, verdict_of
from policy_service.decision.verdict import DENIED, Ruling
from policy_service.language.kinds import Fee

MAX_STEPS = 5000
MAX_FEE_DAYS = 366 * 100

Fingerprint = Callable[[Moment, list[Ruling], Any], object]


class _Threshold(NamedTuple):
    instant: datetime
    by_fee: bool = False


def stable_until(
    case: Case, governing: Governing, moment: Moment, rulings: list[Ruling], gifts: Gifts, fingerprint: Fingerprint
) -> datetime | None:
    """The first instant at which the same request is answered otherwise: outcome, amount or benefit; None if never.

    Reports the threshold reached, conservatively, after `MAX_STEPS` thresholds that changed nothing.
    """
    first: object = None
    timed = any(book.clock_facts for book in governing.books)
    for _ in range(MAX_STEPS):
        threshold = _next_threshold(case, governing, moment, rulings)
        if threshold is None:
            return None
        if not timed and any(_lapses(case, ruling, threshold.instant) for ruling in rulings):
            return threshold.instant
        later = case.moment(threshold.instant)
        again = _again(case, governing, later, rulings, gifts)
        if again is None:
            return threshold.instant
        if threshold.by_fee or not _same_grounds(again, rulings):
            first = first if first is not None else fingerprint(moment, rulings, gifts)
            if fingerprint(later, again, gifts) != first:
                return threshold.instant
        moment, rulings = later, again
    return moment.now


def _lapses(case: Case, ruling: Ruling, instant: datetime) -> bool:
    """Whether an approved line is approved no longer, since all that granted it has closed by then.

    Only where the applying clauses do not depend on time, and what no person has settled.
    """
    if not ruling.approved or ruling.state.claim.settled is not None or case.request.override is not None:
        return False
    ends = [standing.window.closes_at for standing in ruling.verdict.permits if standing.grants]
    return all(end is not None and end <= instant for end in ends)


def _again(case: Case, governing: Governing, later: Moment, rulings: list[Ruling], gifts: Gifts) -> list[Ruling] | None:
    """The rulings at a later moment, None as soon as one has another outcome.

    Up to there every line finds the same units returned before it, so its state holds. Only gifts that wait for all
    their lines look ahead at outcomes; then everything is ruled anew.
    """
    if case.gifts and governing.policy.gifts_wait:
        anew, _ = rule(case, governing, later, [ruling.state for ruling in rulings])
        same = all(a.verdict.outcome == b.verdict.outcome for a, b in zip(anew, rulings, strict=True))
        return anew if same else None
    judge = Judge(case, governing, later, gifts)
    again = []
    for ruling in rulings:
        verdict = verdict_of(judge, ruling.state)
        if verdict.outcome != ruling.verdict.outcome:
            return None
        again.append(Ruling(ruling.state, verdict))
    return again


def _same_grounds(again: Sequence[Ruling], rulings: Sequence[Ruling]) -> bool:
    """Whether everything that money, benefits and obligations are computed from is the same."""
    return all(
        a.verdict.grounds is b.verdict.grounds
        and a.verdict.protected == b.verdict.protected
        and a.verdict.free_warranty is b.verdict.free_warranty
        and a.verdict.evidence == b.verdict.evidence
        for a, b in zip(again, rulings, strict=True)
    )


def _next_threshold(case: Case, governing: Governing, moment: Moment, rulings: Sequence[Ruling]) -> _Threshold | None:
    """The first instant to come at which anything that depends on time can change."""
    instants = []
    fees: list[datetime] = []
    for ruling in rulings:
        verdict = ruling.verdict
        for standing in verdict.permits:
            closes_at = standing.window.closes_at
            if closes_at is not None and closes_at > moment.now:
                instants.append(closes_at)
        for book, values in zip(governing.books, verdict.values, strict=False):
            for position, name in book.clock_facts:
                day = _next_crossing(book, name, values[position], ruling.state, moment)
                if day is not None:
                    instants.append(clock.first_instant(day, case.zone))
        if verdict.grounds.daily_fees and verdict.outcome != DENIED and verdict.free_warranty is None:
            fees += _fee_changes(case, moment, ruling)
    soonest, change = min(instants, default=None), min(fees, default=None)
    # Where a fee changes at the very midnight at which a window closes, the amounts must be looked at too.
    if change is not None and (soonest is None or change <= soonest):
        return _Threshold(change, by_fee=True)
    return None if soonest is None else _Threshold(soonest)


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


def _fee_changes(case: Case, moment: Moment, ruling: Ruling) -> Iterator[datetime]:
    state = ruling.state
    start = None
    for clause in ruling.verdict.grounds.daily_fees:
        start = start or _anchor_day("days_since_delivery", state, moment)
        if start is None:
            return
        day = _next_fee(case, clause.effect, state, moment, start)
        if day is not None:
            yield clock.first_instant(day, case.zone)


def _next_fee(case: Case, fee: Fee, state: LineState, moment: Moment, start: date) -> date | None:
    """The next day on which a daily fee has another amount."""

    def day_of(days: int) -> date:
        return clock.plus_days(start, fee.after_days + days)

    def amount(days: int) -> int:
        day = day_of(days)
        return fee_amount(fee, state, Moment(clock.first_instant(day, case.zone), day))

    days = _first_change(amount, days_beyond(fee, state, moment))
    return None if days is None else day_of(days)


def _first_change(amount: Callable[[int], int], today: int) -> int | None:
    """The first day after `today` with another amount: amounts only rise, so doubling and halving find it."""
    now, step = amount(today), 1
    while amount(today + step) == now:
        step *= 2
        if step > MAX_FEE_DAYS:
            return None
    low, high = today + step // 2, today + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if amount(middle) == now else (low, middle)
    return high
