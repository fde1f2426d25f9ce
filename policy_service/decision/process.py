"""What a decision brings besides money: entitlements, obligations, deadlines and notifications.

Source: contract, "A decision"; semantics, "Money" (once per decision) and "Statutes" (the better deadline).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from policy_service.decision import clock
from policy_service.decision.case import Case, Moment
from policy_service.decision.fees import policy_sum
from policy_service.decision.freight import in_parcel
from policy_service.decision.gifts import Gifts
from policy_service.decision.verdict import APPROVED, DENIED, REVIEW, Ruling
from policy_service.language.clause import Clause
from policy_service.language.kinds import Deadline, Duration

DEADLINES = ("ship_back", "inspect", "refund", "respond")


@dataclass(slots=True)
class Item:
    """An entitlement or an obligation: `extra` are the fields besides code and clause; sums in it are minor units."""

    code: str
    clause: Clause | None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Benefits:
    """Per line, in request order."""

    entitlements: list[list[Item]]
    obligations: list[list[Item]]


def benefits(case: Case, rulings: Sequence[Ruling], gifts: Gifts, moment: Moment) -> Benefits:
    """Entitlements and obligations of all lines; what is given once goes to the first approved line it applies to."""
    once: set[int] = set()
    entitlements, obligations, gifts_named = [], [], set[int]()
    for ruling in rulings:
        entitlements.append(list(_entitlements(ruling, once)) if ruling.approved else [])
        obligations.append(list(_obligations(case, ruling, gifts, moment, once, gifts_named)))
    return Benefits(entitlements, obligations)


def _entitlements(ruling: Ruling, once: set[int]) -> Iterator[Item]:
    granted: set[str] = set()
    for applying in (ruling.verdict.policy, ruling.verdict.statute):
        for clause in applying.all("grant"):
            effect: Any = clause.effect
            for code in effect.entitlements:
                if code not in granted:
                    granted.add(code)
                    yield Item(code, clause)
    if ruling.state.claim.stage == "inspection":
        return  # compensation was given with the first decision
    for clause in ruling.verdict.policy.all("compensate"):
        if clause.index not in once:
            once.add(clause.index)
            paid: Any = clause.effect
            if paid.coupon is not None:
                yield Item("coupon", clause, {"amount": policy_sum(ruling.state, paid.coupon)})
            if paid.points is not None:
                yield Item("points", clause, {"points": paid.points})


def _obligations(
    case: Case, ruling: Ruling, gifts: Gifts, moment: Moment, once: set[int], gifts_named: set[int]
) -> Iterator[Item]:
    verdict = ruling.verdict
    if verdict.outcome == DENIED:
        return
    for clause, lacking in verdict.evidence:
        yield Item("supply_evidence", clause, {"evidence": list(lacking)})
    if verdict.outcome == REVIEW:
        return
    named: set[str] = set()
    for applying in (verdict.policy, verdict.statute):
        for clause in applying.all("require"):
            steps: Any = clause.effect
            for step in steps.steps:
                if step not in named:
                    named.add(step)
                    yield Item(step, clause)
    for gift, clause, coming in gifts.owed(ruling.state, verdict.policy, verdict.statute):
        if coming and id(gift) not in gifts_named:
            gifts_named.add(id(gift))
            yield Item("return_gift", clause, {"sku": gift.sku})
    for clause in verdict.policy.all("follow_up"):
        if clause.index not in once:
            once.add(clause.index)
            effect: Any = clause.effect
            yield Item("follow_up", clause, {"due": after(case, moment.now, effect.after), "ask": list(effect.ask)})


def after(case: Case, start: datetime, duration: Duration) -> datetime:
    """The end of a duration from an instant: hours exactly, days at the midnight that closes the last calendar day."""
    if duration.unit == "hours":
        return start + timedelta(hours=min(duration.n, 24 * 1_000_000))
    day = clock.local_date(start, case.zone)
    if duration.unit == "business days":
        return clock.closing(clock.plus_working_days(day, duration.n, case.policy.ships_from), case.zone)
    return clock.closing(clock.plus_days(day, duration.n), case.zone)


def deadlines(case: Case, rulings: Sequence[Ruling], moment: Moment) -> dict[str, datetime | None]:
    """`ship_back_by`, `inspect_by`, `refund_by`, `respond_by` as far as set; None until their start is known.

    The earliest of several counts; between merchant and statute a later `ship_back` and an earlier everything else.
    """
    found: dict[str, datetime | None] = {}
    merchant, statute = _instants(case, rulings, moment, "policy"), _instants(case, rulings, moment, "statute")
    for name in DEADLINES:
        offers = [offers[name] for offers in (merchant, statute) if name in offers]
        known = [min(instants) for instants in offers if instants]
        if offers:
            best = max if name == "ship_back" else min
            found[f"{name}_by"] = best(known) if known else None
    return found


def _instants(case: Case, rulings: Sequence[Ruling], moment: Moment, book: str) -> dict[str, list[datetime]]:
    """The ends that one document's clauses set, by deadline; an empty list: set, but its start is not known yet."""
    found: dict[str, list[datetime]] = {}
    for ruling in rulings:
        clauses = getattr(ruling.verdict, book).all("deadline")
        for name in _concerned(ruling) if clauses else ():
            for clause in clauses:
                effect: Any = clause.effect
                duration = getattr(effect, name)
                if duration is not None:
                    start = ruling.state.claim.received_at if _from_receipt(effect, name) else moment.now
                    ends = found.setdefault(name, [])
                    if start is not None:
                        ends.append(after(case, start, duration))
    return found


def _concerned(ruling: Ruling) -> tuple[str, ...]:
    if ruling.verdict.outcome == REVIEW:
        return ("respond",)
    if not ruling.approved:
        return ()
    return ("ship_back", "inspect", "refund") if in_parcel(ruling) else ("refund",)


def _from_receipt(effect: Deadline, name: str) -> bool:
    return name == "inspect" or (name == "refund" and effect.refund_after == "received")


def notifications(rulings: Sequence[Ruling], stage: str) -> list[tuple[str, Clause]]:
    """The events just made, each with the `notify` clauses of lines with that outcome that ask for it."""
    found: list[tuple[str, Clause]] = []
    for event in (APPROVED, DENIED, REVIEW, "completed"):
        if event == "completed" and stage != "inspection":
            continue
        seen: set[tuple[str, int]] = set()
        for ruling in rulings:
            if event not in (ruling.verdict.outcome, "completed"):
                continue
            for book, applying in (("policy", ruling.verdict.policy), ("statute", ruling.verdict.statute)):
                for clause in applying.all("notify"):
                    effect: Any = clause.effect
                    if event in effect.events and (book, clause.index) not in seen:
                        seen.add((book, clause.index))
                        found.append((event, clause))
    return found
