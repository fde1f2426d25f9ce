"""What a decision brings besides money: entitlements, obligations, deadlines and notifications.

Source: contract, "A decision"; semantics, "Money" (once per decision) and "Statutes" (the better deadline).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from policy_service.decision import clock
from policy_service.decision.case import Case, Moment
from policy_service.decision.fees import policy_sum
from policy_service.decision.freight import in_parcel
from policy_service.decision.gifts import Gifts
from policy_service.decision.grounds import DEADLINES, Item
from policy_service.decision.verdict import APPROVED, DENIED, REVIEW, Ruling
from policy_service.language.clause import Clause
from policy_service.language.kinds import Duration, Notify


@dataclass(slots=True)
class Benefits:
    """Per line, in request order."""

    entitlements: list[list[Item]]
    obligations: list[list[Item]]


def benefits(case: Case, rulings: Sequence[Ruling], gifts: Gifts, moment: Moment, stage: str = "request") -> Benefits:
    """Entitlements and obligations of all lines; what is given once goes to the first approved line it applies to.

    Compensation is given with the decision on the request, and never again.
    """
    once: set[int] = set()
    gifts_named: set[int] = set()
    entitlements, obligations = [], []
    for ruling in rulings:
        entitlements.append(_entitlements(ruling, once, stage) if ruling.approved else [])
        obligations.append(_obligations(case, ruling, gifts, moment, once, gifts_named))
    return Benefits(entitlements, obligations)


def _entitlements(ruling: Ruling, once: set[int], stage: str) -> list[Item]:
    grounds = ruling.verdict.grounds
    found = list(grounds.entitlements)
    if grounds.compensations and stage == "request":
        for clause in grounds.compensations:
            if clause.index not in once:
                once.add(clause.index)
                paid = clause.effect
                if paid.coupon is not None:
                    found.append(Item("coupon", clause, {"amount": policy_sum(ruling.state, paid.coupon)}))
                if paid.points is not None:
                    found.append(Item("points", clause, {"points": paid.points}))
    return found


def _obligations(
    case: Case, ruling: Ruling, gifts: Gifts, moment: Moment, once: set[int], gifts_named: set[int]
) -> list[Item]:
    verdict = ruling.verdict
    if verdict.outcome == DENIED:
        return []
    found = [Item("supply_evidence", clause, {"evidence": list(lacking)}) for clause, lacking in verdict.evidence]
    if verdict.outcome == REVIEW:
        return found
    grounds = verdict.grounds
    found += grounds.steps
    if ruling.state.attached:
        for gift, clause, coming in gifts.owed(ruling.state, grounds):
            if coming and id(gift) not in gifts_named:
                gifts_named.add(id(gift))
                found.append(Item("return_gift", clause, {"sku": gift.sku}))
    for follow_up in grounds.follow_ups:
        if follow_up.index not in once:
            once.add(follow_up.index)
            due = after(case, moment.now, moment.today, follow_up.effect.after)
            found.append(Item("follow_up", follow_up, {"due": due, "ask": list(follow_up.effect.ask)}))
    return found


def after(case: Case, start: datetime, day: date, duration: Duration) -> datetime:
    """The end of a duration from an instant of that local day.

    Hours are exact, days end at the midnight that closes the last calendar day.
    """
    if duration.unit == "hours":
        return start + timedelta(hours=min(duration.n, 24 * 1_000_000))
    if duration.unit == "business days":
        return clock.closing(clock.plus_working_days(day, duration.n, case.policy.ships_from), case.zone)
    return clock.closing(clock.plus_days(day, duration.n), case.zone)


def deadlines(case: Case, rulings: Sequence[Ruling], moment: Moment) -> dict[str, datetime | None]:
    """`ship_back_by`, `inspect_by`, `refund_by`, `respond_by` as far as set; None until their start is known.

    The earliest of several counts; between merchant and statute a later `ship_back` and an earlier everything else.
    """
    ends: dict[tuple[str, bool], datetime | None] = {}
    from_now: dict[int, datetime] = {}  # by span: most lines share the clauses that set them
    for ruling in rulings:
        spans = ruling.verdict.grounds.spans
        concerned = _concerned(ruling) if spans else ()
        for span in spans:
            if span.deadline in concerned:
                if span.from_receipt:
                    received = ruling.state.claim.received_at
                    end = received and after(case, received, case.local_day(received), span.duration)
                elif (known := from_now.get(id(span))) is not None:
                    end = known
                else:
                    end = from_now[id(span)] = after(case, moment.now, moment.today, span.duration)
                key = span.deadline, span.statutory
                ends[key] = _earlier(ends.get(key), end)
    found: dict[str, datetime | None] = {}
    for name in DEADLINES if ends else ():
        offers = [end for (deadline, _), end in ends.items() if deadline == name]
        if offers:
            best = max if name == "ship_back" else min
            found[f"{name}_by"] = best([end for end in offers if end is not None], default=None)
    return found


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two instants, as far as they are known."""
    return (one or other) if one is None or other is None else min(one, other)


def _concerned(ruling: Ruling) -> tuple[str, ...]:
    if ruling.verdict.outcome == REVIEW:
        return ("respond",)
    if not ruling.approved:
        return ()
    return ("ship_back", "inspect", "refund") if in_parcel(ruling) else ("refund",)


def notifications(rulings: Sequence[Ruling], stage: str) -> list[tuple[str, Clause[Notify]]]:
    """The events just made, each with the `notify` clauses of lines with that outcome that ask for it."""
    if not any(ruling.verdict.grounds.notices for ruling in rulings):
        return []
    found: list[tuple[str, Clause[Notify]]] = []
    for event in (APPROVED, DENIED, REVIEW, "completed"):
        if event == "completed" and stage != "inspection":
            continue
        seen: set[tuple[str, str]] = set()
        for ruling in rulings:
            if event not in (ruling.verdict.outcome, "completed"):
                continue
            for clause in ruling.verdict.grounds.notices:
                if event in clause.effect.events and (clause.file, clause.id) not in seen:
                    seen.add((clause.file, clause.id))
                    found.append((event, clause))
    return found
