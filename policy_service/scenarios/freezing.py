"""The clock of the whole process, frozen while a case runs.

freezegun patches every module that imported the clock, which takes some 20 ms; a suite of a thousand cases would spend
its time there. So the freeze is taken once and moved from case to case, and let go when other tests are due.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import freezegun

# Whoever measures or waits while cases run must see the real clock.
REAL_CLOCK = ["_pytest", "pluggy", "xdist", "execnet", "rich", "concurrent", "selectors", "asyncio", "hypothesis"]


class Freezer:
    """Freezes the process's clock; one per process."""

    def __init__(self) -> None:
        self._freeze: Any = None
        self._factory: Any = None

    @contextmanager
    def at(self, now: str | None) -> Iterator[None]:
        """The clock stands at that instant inside; without one it runs on."""
        if now is None:
            self.release()
            yield
            return
        instant = datetime.fromisoformat(now)
        if self._freeze is None:
            self._freeze = freezegun.freeze_time(instant, ignore=REAL_CLOCK)
            self._factory = self._freeze.start()
        else:
            self._factory.move_to(instant)
        yield

    def release(self) -> None:
        """Let the clock run again."""
        if self._freeze is not None:
            self._freeze.stop()
            self._freeze = self._factory = None


FREEZER = Freezer()
