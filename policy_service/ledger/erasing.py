"""Erasing a customer: the personal data of their decisions, and of everything that happened in their cases."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, select

from policy_service.ledger.commit import Transaction
from policy_service.ledger.schema import case_events, decisions, personal


def erase(transaction: Transaction, names: Collection[str], merchant: str | None) -> int:
    """Deletes it for a customer known by these names (id, pseudonyms); returns from how many records."""
    theirs: ColumnElement[bool] = personal.c.customer.in_(names)
    if merchant is not None:
        theirs = theirs & (personal.c.merchant == merchant)
    found = transaction.execute(select(personal.c.merchant, personal.c.case_id).where(theirs).distinct()).all()
    gone = int(transaction.execute(delete(personal).where(theirs)).rowcount)
    for owner, case_id in found:
        of_case = (personal.c.merchant == owner) & (personal.c.case_id == case_id) & personal.c.customer.is_(None)
        gone += int(transaction.execute(delete(personal).where(of_case)).rowcount)
    return gone


def erase_before(transaction: Transaction, before: int, merchant: str | None) -> int:
    """Deletes it in all records of before an instant, in microseconds; returns from how many."""
    gone = 0
    for table in (decisions, case_events):
        old = personal.c.record.in_(select(table.c.id).where(table.c.recorded_at < before))
        theirs = old if merchant is None else old & (personal.c.merchant == merchant)
        gone += int(transaction.execute(delete(personal).where(theirs)).rowcount)
    return gone
