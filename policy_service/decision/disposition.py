"""What the warehouse does with the units that it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from policy_service.decision.judge import Judge
from policy_service.decision.rulings import variant
from policy_service.decision.verdict import DENIED, Ruling

Json = dict[str, Any]


def dispositions(judge: Judge, rulings: Sequence[Ruling]) -> list[list[Json]]:
    """Per line: where its found units go. Units of a denied line go back to the customer, whatever clauses say."""
    return [_disposition(judge, ruling) if ruling.state.claim.found else [] for ruling in rulings]


def _disposition(judge: Judge, ruling: Ruling) -> list[Json]:
    state, grounds = ruling.state, ruling.verdict.grounds
    if ruling.verdict.outcome == DENIED:
        return [{"to": "return_to_customer", "quantity": state.quantity, "clause": None}]
    if state.claim.found_as is not None:
        claim = replace(state.claim, stage="inspection")
        grounds = judge.verdict(variant(state, claim=claim, line=state.claim.found_as)).grounds
    clause = grounds.disposition
    if clause is None:
        return []
    return [{"to": clause.effect.to, "quantity": state.quantity, "clause": clause.id}]
