"""The span of a report, and sums over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, true

from policy_service.ledger import tallying
from policy_service.ledger.instants import date_of, monday_of

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """What a report is about: a merchant or all, from the week of `since` to the week of `until`, both whole weeks."""

    merchant: str | None = None
    since: date | None = None
    until: date | None = None

    @property
    def first_week(self) -> int | None:
        return None if self.since is None else monday_of((self.since - EPOCH).days)

    @property
    def last_week(self) -> int | None:
        return None if self.until is None else monday_of((self.until - EPOCH).days)

    def in_words(self) -> str:
        """What it covers, for the head of a page."""
        parts = [] if self.merchant is None else [self.merchant]
        first, last = self.first_week, self.last_week
        if first is not None:
            parts.append(f"from {date_of(first)}")
        if last is not None:
            parts.append(f"through {date_of(last + 6)}")
        return " ".join(parts)

    def conditions(self) -> list[Callable[[Any], Any]]:
        """On anything with `merchant` and `week`."""
        first, last = self.first_week, self.last_week
        return [
            lambda c: true() if self.merchant is None else c.merchant == self.merchant,
            lambda c: true() if first is None else c.week >= first,
            lambda c: true() if last is None else c.week <= last,
        ]


def sums(
    connection: Connection, span: Span, kind: str, keys: int, measures: int, *conditions: Any, by_week: bool = False
) -> list[tuple[Any, ...]]:
    """The sums of a tally within the span."""
    return tallying.read(connection, kind, keys, measures, *span.conditions(), *conditions, by_week=by_week)


def share(part: int, whole: int) -> float:
    """A share, to four digits."""
    return round(part / whole, 4) if whole else 0.0
