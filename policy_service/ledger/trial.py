"""A write that is only tried: whether a decision could be recorded now, where the last one could not."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete

from policy_service.ledger.commit import Transaction, dialect_insert
from policy_service.ledger.schema import heads

NAME: Final = "#trial"
SIZE: Final = 32 * 1024
"""About what a decision writes. Less would fit on many a disk that is full: an empty transaction writes nothing."""


def write(transaction: Transaction) -> None:
    """Writes so much and takes it back, all in one transaction: nobody ever sees it."""
    row = {"name": NAME, "n": 0, "link": "." * SIZE}
    transaction.execute(dialect_insert(transaction.connection, heads).values(row))
    transaction.execute(delete(heads).where(heads.c.name == NAME))
