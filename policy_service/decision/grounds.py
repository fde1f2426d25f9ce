"""What applies to a line, by both documents, and what follows from it whatever the line's dates and sums.

The customer gets the better of what the merchant says, or what holds where the merchant says nothing, and of what the
statute says. Prepared once per pair of fired sets and kept, so that a request reads it. Source: semantics, "Statutes"
and "Money".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from policy_service.decision.applying import NOTHING, Applying
from policy_service.language.clause import Clause
from policy_service.language.kinds import (
    Allow,
    Clawback,
    Compensate,
    Deadline,
    Disposition,
    Duration,
    ExchangeDifference,
    Fee,
    FollowUp,
    Gift,
    Grant,
    ImportDuties,
    Notify,
    RefundDelivery,
    RefundTo,
    Require,
    ReturnShipping,
    Review,
    Waive,
)

ORIGINAL = "original_payment"
DEADLINES = ("ship_back", "inspect", "refund", "respond")
COSTS_LESS = ("refund", "credit", "keep")  # best for the customer first


@dataclass(slots=True)
class Item:
    """An entitlement or an obligation: `extra` are the fields besides code and clause; sums in it are minor units."""

    code: str
    clause: Clause | None
    extra: dict[str, Any] = field(default_factory=dict)


class Span(NamedTuple):
    """What a clause sets for one deadline: how long, from the receipt of the goods or else from the decision."""

    deadline: str
    duration: Duration
    from_receipt: bool
    statutory: bool
    effect: Deadline


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """How a refund is paid out: a method, a bonus on top, and the clause that says so."""

    method: str
    bonus_rate: Fraction | None = None
    clause: Clause | None = None


PLAIN_WAY = Way(ORIGINAL)


@dataclass(frozen=True, slots=True)
class Exchanges:
    """What becomes of a price difference; `credit` is the clause that makes what is given back store credit."""

    charged: bool = True
    refunded: bool = True
    credit: Clause[ExchangeDifference] | None = None


@dataclass(frozen=True, slots=True)
class Grounds:
    """The applying clauses of the merchant's policy and of the statute, and what they come to together.

    Where a pair stands, the merchant's clause comes before the statute's. `fees` are those that count, before caps;
    `evidence` asks for some, each with whether it only advises on a protected line.
    """

    policy: Applying
    statute: Applying
    evidence: tuple[tuple[Clause[Require], bool], ...] = ()
    reviews: tuple[Clause[Review], ...] = ()
    fees: tuple[Clause[Fee], ...] = ()
    sums_are_facts: bool = False  # a fee's amount is a fact, which may be absent
    daily_fees: tuple[Clause[Fee], ...] = ()
    allowed: tuple[Clause[Allow], ...] = ()
    gift: Clause[Gift] | None = None  # none where the customer keeps the goods
    clawback: Clause[Clawback] | None = None
    duties_refunded: bool = True
    exchanges: Exchanges = Exchanges()
    way: Way = PLAIN_WAY
    keeps_item: bool = False  # no parcel, no gift, no inspection
    free_freight: Clause[Grant] | None = None
    freight: tuple[Clause[ReturnShipping] | None, Clause[ReturnShipping] | None] = (None, None)
    postage: tuple[Clause[RefundDelivery] | None, Clause[RefundDelivery] | None] = (None, None)
    entitlements: tuple[Item, ...] = ()
    compensations: tuple[Clause[Compensate], ...] = ()
    steps: tuple[Item, ...] = ()
    follow_ups: tuple[Clause[FollowUp], ...] = ()
    spans: tuple[Span, ...] = ()
    notices: tuple[Clause[Notify], ...] = ()
    disposition: Clause[Disposition] | None = None

    @property
    def asks(self) -> bool:
        """Whether a line that is permitted may still not be approved: a person, evidence or a fact may be missing."""
        return bool(self.evidence or self.reviews or self.sums_are_facts)


NO_GROUNDS = Grounds(NOTHING, NOTHING)


def join(policy: Applying, statute: Applying) -> Grounds:
    """The grounds that two documents make together."""
    both = (policy, statute)
    fees = tuple(_standing_fees(policy, statute))
    kept = _granting("keep_item", both) is not None
    return Grounds(
        policy,
        statute,
        evidence=tuple(
            (clause, applying is policy)
            for applying in both
            for clause in applying.all(Require)
            if clause.effect.evidence
        ),
        reviews=policy.all(Review),
        fees=fees,
        sums_are_facts=any(isinstance(clause.effect.amount, str) for clause in fees),
        daily_fees=tuple(clause for clause in fees if clause.effect.rate_per_day is not None),
        allowed=statute.all(Allow),
        gift=None if kept else policy.first(Gift),
        clawback=policy.first(Clawback),
        duties_refunded=_duties_refunded(policy.first(ImportDuties), statute.first(ImportDuties)),
        exchanges=_exchanges(policy.first(ExchangeDifference), statute.first(ExchangeDifference)),
        way=_way(policy.first(RefundTo), statute.first(RefundTo)),
        keeps_item=kept,
        free_freight=_granting("free_return_shipping", both),
        freight=(policy.first(ReturnShipping), statute.first(ReturnShipping)),
        postage=(policy.first(RefundDelivery), statute.first(RefundDelivery)),
        entitlements=_each_once(
            Item(code, clause)
            for applying in both
            for clause in applying.all(Grant)
            for code in clause.effect.entitlements
        ),
        compensations=policy.all(Compensate),
        steps=_each_once(
            Item(step, clause) for applying in both for clause in applying.all(Require) for step in clause.effect.steps
        ),
        follow_ups=policy.all(FollowUp),
        spans=tuple(span for applying in both for span in _spans(applying, statutory=applying is statute)),
        notices=policy.all(Notify) + statute.all(Notify),
        disposition=policy.first(Disposition),
    )


def _standing_fees(policy: Applying, statute: Applying) -> Iterator[Clause[Fee]]:
    """The fee clauses that count, in file order: the first of each code, less those that a `waive` lifts."""
    passed_over: set[str] = set()
    for waive in policy.all(Waive) + statute.all(Waive):
        if waive.effect.codes == "all":
            return
        passed_over.update(waive.effect.codes)
    for clause in policy.all(Fee):
        if clause.effect.code not in passed_over:
            passed_over.add(clause.effect.code)
            yield clause


def _granting(entitlement: str, both: tuple[Applying, Applying]) -> Clause[Grant] | None:
    """The clause that grants an entitlement, the merchant's before the statute's."""
    for applying in both:
        for clause in applying.all(Grant):
            if entitlement in clause.effect.entitlements:
                return clause
    return None


def _each_once(items: Iterator[Item]) -> tuple[Item, ...]:
    found: dict[str, Item] = {}
    for item in items:
        found.setdefault(item.code, item)
    return tuple(found.values())


def _spans(applying: Applying, *, statutory: bool) -> Iterator[Span]:
    for name in DEADLINES:
        for clause in applying.all(Deadline):
            effect = clause.effect
            duration: Duration | None = getattr(effect, name)
            if duration is not None:
                received = name == "inspect" or (name == "refund" and effect.refund_after == "received")
                yield Span(name, duration, received, statutory, effect)


def _duties_refunded(merchant: Clause[ImportDuties] | None, statute: Clause[ImportDuties] | None) -> bool:
    """As `import_duties` says, by default yes."""
    return merchant is None or merchant.effect.refund or (statute is not None and statute.effect.refund)


def _exchanges(merchant: Clause[ExchangeDifference] | None, statute: Clause[ExchangeDifference] | None) -> Exchanges:
    """The better for each half of the difference; what the merchant does not say is charged and refunded."""
    charged = not any(clause is not None and clause.effect.costs_more == "waive" for clause in (merchant, statute))
    clause, said = merchant, None if merchant is None else merchant.effect.costs_less
    manner = said or COSTS_LESS[0]
    right = None if statute is None else statute.effect.costs_less
    if right is not None and COSTS_LESS.index(right) < COSTS_LESS.index(manner):
        manner, clause = right, statute
    return Exchanges(charged, manner != "keep", clause if manner == "credit" else None)


def _way(merchant: Clause[RefundTo] | None, statute: Clause[RefundTo] | None) -> Way:
    """The merchant's way, by default the way of payment; a statute may only lead back to that, or add to it."""
    clause = merchant
    if statute is not None and statute.effect.method == ORIGINAL:
        kinder = (statute.effect.bonus_rate or 0) > ((merchant and merchant.effect.bonus_rate) or 0)
        if merchant is None or merchant.effect.method != ORIGINAL or kinder:
            clause = statute
    return PLAIN_WAY if clause is None else Way(clause.effect.method, clause.effect.bonus_rate, clause)
