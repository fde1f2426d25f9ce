"""Local days, midnights and working days: the calendar arithmetic behind windows and deadlines.

Instants are aware datetimes in UTC inside; days are dates in the policy's time zone. Zone data comes from the pinned
`tzdata` package alone, so that an answer does not depend on what the machine has installed.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import metadata, resources
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from holidays import HolidayBase

ONE_DAY = timedelta(days=1)
KEPT = 2048  # answers kept by each cache here: days come again and again, instants hardly ever
FIRST_DAY, LAST_DAY = date(2, 1, 1), date(9998, 12, 31)
"""Days outside have no instants in some time zone. What would end after the last of them never ends."""


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name, read from the pinned data."""
    place = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    with place.open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@lru_cache(maxsize=1)
def data_versions() -> str:
    """The versions of the time-zone and holiday data that answers depend on."""
    return f"tzdata {metadata.version('tzdata')}, holidays {metadata.version('holidays')}"


def local_date(instant: datetime, where: ZoneInfo) -> date:
    return instant.astimezone(where).date()


@lru_cache(maxsize=KEPT)
def first_instant(day: date, where: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC: where the clock skips midnight, the instant that it skips to."""
    day = min(max(day, FIRST_DAY), LAST_DAY + ONE_DAY)
    return datetime.combine(day, time(), where).astimezone(UTC)


def closing(last_day: date, where: ZoneInfo) -> datetime:
    """The first instant after a local day, in UTC."""
    return first_instant(min(last_day, LAST_DAY) + ONE_DAY, where)


@lru_cache(maxsize=KEPT)
def in_zone(instant: datetime, where: ZoneInfo) -> str:
    """RFC 3339 text of an instant, with the zone's offset then."""
    return instant.astimezone(where).isoformat()


def plus_days(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, FIRST_DAY.toordinal()), LAST_DAY.toordinal()))


def later(instant: datetime, days: int) -> datetime:
    """So many times 24 hours after an instant."""
    return instant + timedelta(days=min(days, (datetime.max.replace(tzinfo=UTC) - instant).days - 1))


def plus_months(day: date, months: int) -> date:
    """The same day of the month `months` on, or that month's last day (2024-02-29 + 12 months = 2025-02-28)."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if years > LAST_DAY.year:
        return LAST_DAY
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def is_working_day(day: date, country: str | None) -> bool:
    """Neither a weekend (as the country keeps it) nor a public holiday; without a country, Monday to Friday."""
    known = _holidays(country)
    return day.weekday() < 5 if known is None else bool(known.is_working_day(day))


@lru_cache(maxsize=KEPT)
def plus_working_days(day: date, days: int, country: str | None) -> date:
    """The `days`-th working day after `day`, whose own day is not counted."""
    while days > 0 and day < LAST_DAY:
        day += ONE_DAY
        if is_working_day(day, country):
            days -= 1
    return day


@lru_cache(maxsize=KEPT)
def next_working_day(day: date, country: str | None) -> date:
    """`day` itself where it is a working day, else the next one that is."""
    while not is_working_day(day, country) and day < LAST_DAY:
        day += ONE_DAY
    return day


@lru_cache(maxsize=64)
def _holidays(country: str | None) -> HolidayBase | None:
    if country is None:
        return None
    import holidays  # costly to load, and only working days need it

    try:
        return holidays.country_holidays(country)
    except NotImplementedError:
        return None
