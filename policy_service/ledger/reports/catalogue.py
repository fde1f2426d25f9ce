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
from policy_service.ledger.reports.statistics import is_installed

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


JUDGED: Final = ("liability", "products", "sizes")
"""Reports that test whether a count is out of the ordinary, with a library that is an extra."""


def not_installed() -> list[str]:
    """The reports whose library is missing here."""
    return [] if is_installed() else list(JUDGED)


def make(ledger: Ledger, name: str, span: Span) -> Report:
    """A report on what the ledger holds now. Raises Unknown, or NotInstalled."""
    if name not in REPORTS:
        raise Unknown(f"there is no report `{name}`", "one of " + ", ".join(f"`{each}`" for each in REPORTS))
    with ledger.database.reading() as connection:
        return REPORTS[name](connection, span)
