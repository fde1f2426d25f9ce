"""What keeps the database from its work: since when, and told in the log by its cause, without flooding it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import Final

log = logging.getLogger(__name__)

TOLD_EVERY: Final = 60.0
"""Seconds after which the log is told again of a cause that lasts."""


class Outage:
    """One kind of work that fails for now, or does not: `since` is None while it succeeds."""

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.since: datetime | None = None
        self._what = what
        self._clock = clock
        self._lock = Lock()
        self._told: tuple[str, float] | None = None

    def failed(self, error: BaseException) -> None:
        """It failed for that reason, which the log hears at once and, while it stays, each minute."""
        cause, now = cause_of(error), self._clock()
        with self._lock:
            self.since = self.since or datetime.now(UTC)
            if self._told is not None and self._told[0] == cause and now - self._told[1] < TOLD_EVERY:
                return
            self._told = (cause, now)
        log.error("%s: %s", self._what, cause)

    def succeeded(self) -> None:
        """It succeeded; costs next to nothing where it did so before."""
        if self.since is None:
            return
        with self._lock:
            since, self.since, self._told = self.since, None, None
        if since is not None:
            log.warning("over, after %d s: %s", (datetime.now(UTC) - since).total_seconds(), self._what)


def cause_of(error: BaseException) -> str:
    """The driver's own words on one line; never the statement, whose values may name a customer."""
    said = getattr(error, "orig", None) or error
    if (first := said.__context__) is not None and _package(first) == _package(said):
        said = first  # what the driver stumbled over next tells nobody anything
    words = " ".join(str(said).split())
    return f"{type(said).__name__}: {words}" if words else type(said).__name__


def _package(error: BaseException) -> str:
    return type(error).__module__.partition(".")[0]
