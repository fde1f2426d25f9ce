"""What falls due by the clock: deadlines that pass undone, follow-ups, reviews that nobody answered. Each once.

A timer is looked at when its time has come, in one transaction with the message it gives; what was done in time gives
none. A review with `otherwise` is settled through the caller, since settling is deciding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from policy_service.ledger import messages, reading, schema
from policy_service.ledger.cases import Case
from policy_service.ledger.commit import Transaction
from policy_service.ledger.instants import write_us
from policy_service.ledger.messages import Message
from policy_service.ledger.outbox import post
from policy_service.ledger.reading import Execute
from policy_service.ledger.records import Stored

if TYPE_CHECKING:
    from policy_service.ledger.shapes.messages import DeadlinePassedData, FollowUpData

Settle = Callable[[Stored, str], None]
"""Settles a decision under review as the policy says: `approve` or `deny`. Raises Conflict when somebody was first."""

AT_ONCE = 100


def is_due(execute: Execute, now: int) -> bool:
    """Whether any timer's time has come: a look that takes no lock."""
    timers = schema.timers.c
    return (
        execute(select(timers.name).where(timers.fired_at.is_(None), timers.due_at <= now).limit(1)).first() is not None
    )


def unanswered(execute: Execute, now: int) -> list[Stored]:
    """Reviews whose time has passed and whose policy says what then."""
    timers = schema.timers.c
    query = (
        select(timers.merchant, timers.case_id)
        .where(timers.fired_at.is_(None), timers.due_at <= now, timers.name == "respond_by")
        .order_by(timers.due_at)
        .limit(AT_ONCE)
    )
    keys = list(dict.fromkeys((row[0], row[1]) for row in execute(query)))
    found = []
    for case in reading.cases(execute, keys) if keys else ():
        due = case.deadline("respond_by")
        if due is not None and due <= now:
            found += [d for d in case.effective if d.reviewing and d.duties.otherwise is not None]
    return found


def fire(transaction: Transaction, now: int) -> int:
    """Fires the timers whose time has come; returns how many. Reviews to be settled must have been settled before."""
    table = schema.timers
    due = table.c.fired_at.is_(None) & (table.c.due_at <= now)
    rows = transaction.execute(select(table).where(due).order_by(table.c.due_at).limit(AT_ONCE)).mappings().all()
    keys = list(dict.fromkeys((row["merchant"], row["case_id"]) for row in rows))
    cases = {(case.merchant, case.id): case for case in (reading.cases(transaction.execute, keys) if keys else ())}
    for row in rows:
        message = _message(cases[row["merchant"], row["case_id"]], row)
        if message is not None:
            post(transaction, message, now, merchant=row["merchant"], case_id=row["case_id"])
        one = [column == row[column.name] for column in table.primary_key.columns]
        transaction.execute(update(table).where(*one).values(fired_at=now))
    return len(rows)


def _message(case: Case, row: Any) -> Message | None:
    name = row["name"]
    if name.startswith("follow_up:"):
        return _follow_up(case, name.partition(":")[2])
    due = case.deadline(name)
    if not case.open_deadline(name) or due is None or due > row["due_at"]:
        return None
    decisions = [decision.id for decision in case.effective]
    passed: DeadlinePassedData = {
        "deadline": name,
        "due": write_us(row["due_at"]),
        "state": case.state,
        "decisions": decisions,
    }
    return Message("deadline_passed", passed)


def _follow_up(case: Case, clause: str) -> Message | None:
    """What to ask, if the promise still holds; a cancelled case is not followed up."""
    if case.happened("cancelled"):
        return None
    for decision in case.effective:
        for line, item in messages.follow_ups(decision.decision):
            if item["clause"] == clause:
                asked: FollowUpData = {
                    "decision": decision.id,
                    "order_line": line["order_line"],
                    "clause": clause,
                    "ask": item["ask"],
                    "due": item["due"],
                }
                return Message("follow_up", asked)
    return None
