"""Deciding all lines of a case at one instant, each in its turn.

One order line may stand in several request lines: earlier ones that are not denied count as returned for the later.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace

from policy_service.decision.case import NOTHING, Case, Claim, LineState, Moment
from policy_service.decision.gifts import Gifts
from policy_service.decision.judge import Judge
from policy_service.decision.rulebook import Governing
from policy_service.decision.verdict import APPROVED, DENIED, REVIEW, Reason, Ruling, Verdict

log = logging.getLogger(__name__)

PASSES = 3  # lines denied for themselves, then gifts that are not due because of it; a third pass changes nothing more


def rule(
    case: Case, governing: Governing, moment: Moment, known: Sequence[LineState] = ()
) -> tuple[list[Ruling], Gifts]:
    """The rulings of all claims. `known` states, from another instant, are used again where they still fit."""
    gifts = Gifts(case, _coming_back((claim, True) for claim in case.claims) if case.gifts else {})
    for _ in range(PASSES):
        rulings = _pass(case, Judge(case, governing, moment, gifts), known)
        if not case.gifts or not governing.policy.gifts_wait:
            break
        coming = _coming_back((ruling.state.claim, _comes_back(ruling.verdict)) for ruling in rulings)
        if coming == gifts.coming_back:
            break
        gifts = Gifts(case, coming)
    return rulings, gifts


def _pass(case: Case, judge: Judge, known: Sequence[LineState]) -> list[Ruling]:
    gone: dict[str, int] = {}  # units of an order line that earlier lines of this request bring back
    standing = [claim for claim in case.claims if claim.stands]
    rulings = []
    for position, claim in enumerate(case.claims):
        key = claim.line.order_line
        before = (case.prices.order_lines[key].returned_quantity or 0) + gone.get(key, 0)
        if standing and not claim.stands:
            later = case.claims[position + 1 :]
            before += sum(other.quantity for other in later if other.stands and other.line.order_line == key)
        state = known[position] if known and known[position].before == before else line_state(case, claim, before)
        verdict = verdict_of(judge, state)
        rulings.append(Ruling(state, verdict))
        if verdict.outcome != DENIED:
            gone[key] = gone.get(key, 0) + claim.quantity
    return rulings


def verdict_of(judge: Judge, state: LineState) -> Verdict:
    """The line's verdict with what a person settled; a fault in judging it is a review, never an approval."""
    try:
        verdict = judge.verdict(state)
    except Exception:
        log.exception("evaluation of order line %s failed", state.order_line.id)
        return FAILED
    return _settled(judge.case, state.claim, verdict)


def line_state(case: Case, claim: Claim, before: int, *, quantity: int | None = None) -> LineState:
    """The claim in its turn, after `before` units of its order line went back."""
    line = claim.line
    order_line = case.prices.order_lines[line.order_line]
    quantity = claim.quantity if quantity is None else quantity
    return LineState(
        case=case,
        claim=claim,
        line=line,
        order_line=order_line,
        action=line.action,
        before=before,
        quantity=quantity,
        paid=case.prices.paid_for(line.order_line, before, quantity),
        liability=case.policy.vocabulary.reasons.liability(line.reason),
        attached=case.attached.get(line.order_line, ()),
        evidence=frozenset(line.evidence) if line.evidence else NOTHING,
        gifts_back=case.gifts_back,
        anchors=case.anchors(line, order_line),
    )


FAILED = Verdict(REVIEW, (Reason("evaluation_error"),), final=True)


def _settled(case: Case, claim: Claim, verdict: Verdict) -> Verdict:
    """What a person settled stands, but never past quantities, goods that did not come, or an evaluation error."""
    if claim.absent and verdict.outcome != DENIED and not _stays_with_customer(verdict):
        return Verdict(DENIED, (Reason("not_received", None, {"quantity": claim.quantity}),), final=True)
    override = case.request.override
    if verdict.final or (claim.settled is None and override is None):
        return verdict
    if claim.settled is not None:
        settled = claim.settled
        return verdict.ruled(settled.outcome, Reason(settled.code, None, {"by": settled.by, "note": settled.note}))
    # at inspection only lines that stand as they were keep the override: it was not given for what the warehouse found
    if override is not None and claim.stage == "request" and not claim.absent and verdict.outcome != APPROVED:
        return verdict.ruled(APPROVED, Reason("overridden", None, {"by": override.by, "note": override.note}))
    return verdict


def _stays_with_customer(verdict: Verdict) -> bool:
    """Whether a person is asked about goods that would be kept: they have no parcel to come in."""
    return verdict.outcome == REVIEW and verdict.grounds.keeps_item


def _comes_back(verdict: Verdict) -> bool:
    """Not denied, or denied only for want of the gift: such goods would come back."""
    return verdict.outcome != DENIED or verdict.reasons[0].code == "gift_missing"


def _coming_back(claims: Iterable[tuple[Claim, bool]]) -> dict[str, int]:
    units: dict[str, int] = {}
    for claim, comes in claims:
        if comes and claim.line.action == "return":
            units[claim.line.order_line] = units.get(claim.line.order_line, 0) + claim.quantity
    return units


def variant(state: LineState, **changes: object) -> LineState:
    """The same line with something changed, for alternatives and counterfactuals; its anchors stay."""
    return replace(state, **changes, read={})  # type: ignore[arg-type]
