"""What a decision's clauses oblige beyond its JSON, for the ledger to follow up: read from the trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policy_service.decision.decide import Decided, Trace
from policy_service.language.kinds import StockAlert
from policy_service.ledger.records import Duties


def duties_of(decided: Decided) -> Duties:
    """Who hears of later events, which alerts watch the goods found, what becomes of an unanswered review."""
    trace = decided.trace
    notify = {
        clause.id: {"clause": clause.id, "events": list(clause.effect.events), "channels": list(clause.effect.via)}
        for ruling in trace.lines
        for clause in ruling.verdict.grounds.notices
    }
    return Duties(_otherwise(trace), tuple(notify.values()), tuple(_alerts(decided)))


def _otherwise(trace: Trace) -> str | None:
    """The first that a line under review is given."""
    for ruling in trace.lines:
        if ruling.verdict.outcome == "review":
            for span in ruling.verdict.grounds.spans:
                if span.deadline == "respond" and span.effect.otherwise is not None:
                    return span.effect.otherwise
    return None


def _alerts(decided: Decided) -> Iterator[dict[str, Any]]:
    for line, ruling in zip(decided.decision["lines"], decided.trace.lines, strict=True):
        places = {item["to"] for item in line["disposition"]}
        for clause in ruling.verdict.policy.all(StockAlert) if places else ():
            effect = clause.effect
            if effect.disposition in places:
                sku = ruling.state.order_line.sku
                yield {"sku": sku, "disposition": effect.disposition, "reaches": effect.reaches, "clause": clause.id}
