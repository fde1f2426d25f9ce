"""The reports by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import Connection

from policy_service.ledger.errors import Unknown
from policy_service.ledger.ledger import Ledger
from policy_service.ledger.reports import clauses, liability, money, products, reasons, satisfaction, sizes, times
from policy_service.ledger.reports.counting import Span
from policy_service.ledger.reports.report import Report

REPORTS: Final[Mapping[str, Callable[[Connection, Span], Report]]] = {
    "reasons": reasons.report,
    "liability": liability.report,
    "products": products.report,
    "sizes": sizes.report,
    "money": money.report,
    "times": times.report,
    "clauses": clauses.report,
    "satisfaction": satisfaction.report,
}


def make(ledger: Ledger, name: str, span: Span) -> Report:
    """A report on what the ledger holds now. Raises Unknown, or BadQuery where it needs what is not installed."""
    if name not in REPORTS:
        raise Unknown(f"there is no report `{name}`", "one of " + ", ".join(f"`{each}`" for each in REPORTS))
    with ledger.database.reading() as connection:
        return REPORTS[name](connection, span)
