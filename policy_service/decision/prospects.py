"""What else a customer could have: other actions that would be granted now, and what would turn a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from policy_service.contract.claim import Action
from policy_service.decision.case import LineState
from policy_service.decision.judge import Judge
from policy_service.decision.rulings import line_state, variant
from policy_service.decision.verdict import APPROVED, DENIED, REVIEW, Ruling, Standing

ACTIONS: tuple[str, ...] = get_args(Action)
BETTER = {DENIED: 0, REVIEW: 1, APPROVED: 2}


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another action that this line would be granted now."""

    action: str
    governing: Standing


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A change of the request and the better outcome that it would get."""

    change: dict[str, Any]
    outcome: str
    governing: Standing | None


def alternatives(judge: Judge, ruling: Ruling) -> list[Alternative]:
    """The other actions for which a permission exists and which would be approved as the request stands."""
    if ruling.verdict.final:
        return []
    keep, wanted = not judge.governing.compares_prices, judge.governing.open_actions
    found = []
    for action in ACTIONS:
        if action in wanted and action != ruling.state.line.action:
            governing = judge.granted(ruling.state, action, keep=keep)
            if governing is not None:
                found.append(Alternative(action, governing))
    return found


def counterfactuals(judge: Judge, ruling: Ruling) -> list[Counterfactual]:
    """Single changes within the customer's reach that would better a denial or a review: evidence, gifts, quantity."""
    if ruling.approved:
        return []
    found = []
    best = BETTER[ruling.verdict.outcome]
    seen: set[str] = set()
    for change, state in _changes(judge, ruling):
        verdict = judge.verdict(state)
        if BETTER[verdict.outcome] > best and repr(change) not in seen:
            seen.add(repr(change))
            found.append(Counterfactual(change, verdict.outcome, verdict.governing))
    return found


def _changes(judge: Judge, ruling: Ruling) -> Iterator[tuple[dict[str, Any], LineState]]:
    state = ruling.state
    if ruling.verdict.final:
        left = next(
            (reason.params["returnable"] for reason in ruling.verdict.reasons if "returnable" in reason.params), 0
        )
        if left:
            yield {"quantity": left}, line_state(state.case, state.claim, state.before, quantity=left)
        return
    asked = {item for _, lacking in ruling.verdict.evidence for item in lacking}
    if asked:
        yield {"evidence": sorted(asked)}, variant(state, evidence=state.evidence | asked)
    known = {item for book in judge.governing.books for item in book.evidence(state.action)}
    for item in sorted(known - state.evidence) if known else ():
        yield {"evidence": [item]}, variant(state, evidence=state.evidence | {item})
    missing = {gift.sku for gift in state.attached} - state.gifts_back if state.attached else None
    if missing:
        yield {"gifts_returned": sorted(missing)}, variant(state, gifts_back=state.gifts_back | missing)
