"""What the warehouse does with the units that it found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from policy_service.decision.case import Find
from policy_service.decision.judge import Judge
from policy_service.decision.rulings import variant
from policy_service.decision.verdict import DENIED, Ruling

Json = dict[str, Any]
Place = tuple[str, str | None]
"""Where units go, and the clause that says so."""


def dispositions(judge: Judge, rulings: Sequence[Ruling]) -> list[list[Json]]:
    """Per line: where its found units go. What was not asked for goes back to the customer, and so does what is denied,
    whatever clauses say."""
    return [_dispositions(judge, ruling) if ruling.state.claim.finds else [] for ruling in rulings]


def _dispositions(judge: Judge, ruling: Ruling) -> list[Json]:
    units: Counter[Place] = Counter()
    for find in ruling.state.claim.finds:
        place = _place(judge, ruling, find)
        if place is not None:
            units[place] += find.units
    return [{"to": to, "quantity": quantity, "clause": clause} for (to, clause), quantity in units.items()]


def _place(judge: Judge, ruling: Ruling, find: Find) -> Place | None:
    state, grounds = ruling.state, ruling.verdict.grounds
    if ruling.verdict.outcome == DENIED or not find.as_ordered:
        return "return_to_customer", None
    if find.line is not state.line:  # the line stands as it was decided, its goods are what was found
        claim = replace(state.claim, stage="inspection")
        liable = state.case.policy.vocabulary.reasons.liability(find.line.reason)
        grounds = judge.verdict(variant(state, claim=claim, line=find.line, liability=liable)).grounds
    clause = grounds.disposition
    return None if clause is None else (clause.effect.to, clause.id)
