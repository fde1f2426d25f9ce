"""Instants as the ledger keeps them: whole microseconds since 1970 in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = 86_400_000_000


def to_us(instant: datetime) -> int:
    """Microseconds since 1970 of an aware instant."""
    return (instant - EPOCH) // MICROSECOND


def from_us(us: int) -> datetime:
    """The instant, in UTC."""
    return EPOCH + timedelta(microseconds=us)


def read_us(text: str) -> int:
    """Microseconds of an RFC 3339 instant with an offset. Raises ValueError."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"`{text}` has no offset")
    return to_us(instant)


def write_us(us: int) -> str:
    """RFC 3339 in UTC."""
    return from_us(us).isoformat()


def day_of(us: int) -> int:
    """Days since 1970, in UTC."""
    return us // DAY


def monday_of(day: int) -> int:
    """The Monday of a day's week; 1970-01-01 was a Thursday."""
    return day - (day + 3) % 7


def date_of(day: int) -> date:
    """The date of a number of days since 1970."""
    return EPOCH.date() + timedelta(days=day)
