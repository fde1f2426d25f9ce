"""When a permission is open: anchors, counting, fallbacks, extensions, caps.

A `Window` says nothing about now; it is computed once per line and asked at any instant. Source: semantics, "Time".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from policy_service.decision import clock
from policy_service.language.kinds import Extend, NotAfter, Permission
from policy_service.language.kinds.spans import MOST_DAYS, MOST_MONTHS


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a document counts: its zone, its working-day country and its defaults for `counting` and closed last days."""

    zone: ZoneInfo
    country: str | None
    counting: str
    if_last_day_closed: str


@dataclass(frozen=True, slots=True)
class AppliedExtension:
    """An `extend` clause's effect with its numbers read: `days` and `months` are known integers here."""

    days: int | None
    months: int | None
    until: date | None


@dataclass(slots=True)
class Anchors:
    """The instants that windows start from, by anchor, where they are a line's or its order's.

    Lines that travelled together share them, and `windows` keeps what was computed from them: by document, permission
    and by how much it is lengthened.
    """

    instants: dict[str, datetime | None]
    windows: dict[tuple[bool, int, tuple[AppliedExtension, ...]], Window] = field(default_factory=dict)


Find = Callable[[str], tuple[date | None, datetime | None]]
"""The local date and the instant of an anchor (of a declared date the first instant), as far as they are known."""


class Window(NamedTuple):
    """`closes_at` (UTC) is the first instant at which it is closed; None: unlimited, or the anchor is `missing`."""

    anchor: str | None
    last_day: date | None
    closes_at: datetime | None
    missing: str | None = None

    def is_open(self, now: datetime) -> bool:
        return self.missing is None and (self.closes_at is None or now < self.closes_at)


class _End(NamedTuple):
    """Where a window ends: an exact instant when hours are counted, else the midnight after a last day."""

    last_day: date
    instant: datetime | None = None


def window_of(
    effect: Permission, calendar: Calendar, find: Find, extensions: Iterable[AppliedExtension] = ()
) -> Window:
    """The window of one permission for one line."""
    if effect.unlimited:
        known = effect.after is None or find(effect.after)[0] is not None
        return Window(effect.after, None, None, missing=None if known else effect.after)
    counting = effect.counting or calendar.counting
    anchor, end = _base(effect, counting, calendar, find)
    if end is None:
        return Window(None, None, None, missing=anchor)
    end = max(
        (_extended(end, extension, counting, calendar) for extension in extensions), key=_order(calendar), default=end
    )
    if effect.not_after is not None:
        cap = _cap(effect.not_after, counting, calendar, find)
        if cap is not None:
            end = min(end, cap, key=_order(calendar))
    if end.instant is None and (effect.if_last_day_closed or calendar.if_last_day_closed) == "next_working_day":
        end = _End(clock.next_working_day(end.last_day, calendar.country))
    if end.last_day >= clock.LAST_DAY:
        return Window(anchor, None, None)
    return Window(anchor, end.last_day, _closes_at(end, calendar))


def _base(effect: Permission, counting: str, calendar: Calendar, find: Find) -> tuple[str | None, _End | None]:
    if effect.until is not None:
        return None, _End(effect.until)
    name = effect.after or "delivery"
    day, instant = find(name)
    if day is None and effect.fallback is not None:
        name = effect.fallback.after
        day, instant = find(name)
        if day is not None and instant is not None:
            day = clock.plus_days(day, effect.fallback.plus_days)
            instant = clock.later(instant, effect.fallback.plus_days)
    if day is None:
        return effect.after or "delivery", None
    return name, _span(day, instant, effect.days, effect.months, counting, calendar)


def _span(
    day: date, instant: datetime | None, days: int | None, months: int | None, counting: str, calendar: Calendar
) -> _End:
    if months is not None:
        return _End(clock.plus_months(day, months))
    days = days or 0
    match counting:
        case "hours" if instant is not None:
            return _at(clock.later(instant, days), calendar)
        case "from_same_day":
            return _End(clock.plus_days(day, days - 1))
        case "business_days":
            return _End(clock.plus_working_days(day, days, calendar.country))
        case _:
            return _End(clock.plus_days(day, days))


def _extended(end: _End, extension: AppliedExtension, counting: str, calendar: Calendar) -> _End:
    """The end moved on; never earlier than it was."""
    if extension.until is not None:
        moved = _End(extension.until)
    elif extension.months is not None:
        moved = _End(clock.plus_months(end.last_day, extension.months))
    elif end.instant is not None:
        moved = _at(clock.later(end.instant, extension.days or 0), calendar)
    elif counting == "business_days":
        moved = _End(clock.plus_working_days(end.last_day, extension.days or 0, calendar.country))
    else:
        moved = _End(clock.plus_days(end.last_day, extension.days or 0))
    return max(end, moved, key=_order(calendar))


def _cap(cap: NotAfter, counting: str, calendar: Calendar, find: Find) -> _End | None:
    day, instant = find(cap.after)
    return None if day is None else _span(day, instant, cap.days, cap.months, counting, calendar)


def _at(instant: datetime, calendar: Calendar) -> _End:
    """An end at an exact instant; its last day is that of the last moment before it."""
    return _End(clock.local_date(instant - timedelta(microseconds=1), calendar.zone), instant)


def _closes_at(end: _End, calendar: Calendar) -> datetime:
    return end.instant if end.instant is not None else clock.closing(end.last_day, calendar.zone)


def _order(calendar: Calendar) -> Callable[[_End], datetime]:
    return lambda end: _closes_at(end, calendar)


def read_extension(effect: Extend, number: Callable[[str], int | None]) -> AppliedExtension | None:
    """The extension with facts read as numbers, as far as clauses go; None when one of them is absent."""
    days = _length(effect.days, number, MOST_DAYS)
    months = _length(effect.months, number, MOST_MONTHS)
    if (days is None and effect.days is not None) or (months is None and effect.months is not None):
        return None
    return AppliedExtension(days, months, effect.until)


def _length(named: int | str | None, number: Callable[[str], int | None], most: int) -> int | None:
    """A caller may send any number: one below 0 lengthens nothing, and none lengthens more than a clause may say."""
    value = number(named) if isinstance(named, str) else named
    return None if value is None else min(max(value, 0), most)
