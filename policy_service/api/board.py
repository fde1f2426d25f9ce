"""Counts of all worker processes on one board: shared memory, in which each process has a row that it alone writes.

So counting takes no lock and any worker can answer `/metrics` for all of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from ctypes import Array, c_double, c_uint64
from itertools import accumulate
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from threading import Lock
from typing import Final, get_args

from policy_service.contract.reasons import Overall

ROUTES: Final = ("decision", "batch", "inspection", "resolution", "event", "other")
STATUSES: Final = (200, 201, 204, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 501, 503)
"""What the service answers; anything else is counted as `other`."""
OTHER: Final = "other"
OUTCOMES: Final[tuple[str, ...]] = get_args(Overall)
STAGES: Final = ("request", "inspection", "resolution")
"""What a decision was made on: a request, what the warehouse found, the word of a person or of a deadline."""
RELOADS: Final = ("ok", "failed")
BOUNDS: Final = (200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000)
"""Upper bounds of the buckets of decision times, in microseconds; above the last there is one more."""

_ANSWERS = [f"answers/{route}/{status}" for route in ROUTES for status in (*STATUSES, OTHER)]
_CELLS: Final = (
    *_ANSWERS,
    *(f"outcomes/{stage}/{outcome}" for stage in STAGES for outcome in OUTCOMES),
    *(f"reloads/{result}" for result in RELOADS),
    *(f"took/{number}" for number in range(len(BOUNDS) + 1)),
    "took/sum",
)
_AT: Final = {cell: position for position, cell in enumerate(_CELLS)}

_ANSWERED: Final = {(route, status): _AT[f"answers/{route}/{status}"] for route in ROUTES for status in STATUSES}
_OTHERWISE: Final = {route: _AT[f"answers/{route}/{OTHER}"] for route in ROUTES}
_FIRST_BUCKET: Final = _AT["took/0"]
_SUM: Final = _AT["took/sum"]

MAX_PROCESSES: Final = 1024
"""Rows of the board; a process started after so many others shares a row and may lose a count."""


class Board:
    """All rows. Made before the workers are, and given to each of them; `context` is how they are started."""

    def __init__(self, processes: int = MAX_PROCESSES, context: BaseContext | None = None) -> None:
        context = context or get_context()
        self._processes = processes
        self._cells: Array[c_double] = context.RawArray(c_double, processes * len(_CELLS))
        self._taken = context.Value("q", 0)
        self._edition = context.RawValue(c_uint64, 0)

    def row(self) -> Row:
        """A row for this process alone."""
        with self._taken.get_lock():
            number = self._taken.value
            self._taken.value += 1
        return Row(self._cells, number % self._processes * len(_CELLS))

    def publish(self, edition: int) -> None:
        """Which rules the process that starts the workers has, so that each worker can tell whether it has the same."""
        self._edition.value = edition

    def is_apart(self, edition: int) -> bool:
        """Whether these are other rules than those published; where none were there is nothing to tell apart."""
        return self._edition.value not in (0, edition)

    def total(self, cell: str) -> float:
        """The sum of one cell over all processes."""
        return float(sum(self._cells[_AT[cell] : self._rows() * len(_CELLS) : len(_CELLS)]))

    def buckets(self) -> Sequence[tuple[str, float]]:
        """Decisions made within each bound, as Prometheus counts them: every bound includes those below it."""
        counts: Iterable[float] = (self.total(f"took/{number}") for number in range(len(BOUNDS) + 1))
        bounds = [*(str(bound / 1_000_000) for bound in BOUNDS), "+Inf"]
        return list(zip(bounds, accumulate(counts), strict=True))

    def _rows(self) -> int:
        return min(int(self._taken.value), self._processes)


class Row:
    """Where one process counts; its threads take turns."""

    __slots__ = ("_base", "_cells", "_lock")

    def __init__(self, cells: Array[c_double], base: int) -> None:
        self._cells = cells
        self._base = base
        self._lock = Lock()

    def answered(self, route: str, status: int) -> None:
        """One more answer with that HTTP status."""
        self._add(_ANSWERED.get((route, status), _OTHERWISE[route]), 1)

    def decided(self, outcome: str, took_us: int, stage: str = "request") -> None:
        """One more decision at one of STAGES, and how many microseconds it took, reading and writing included."""
        self._add(_AT[f"outcomes/{stage}/{outcome}"], 1)
        self._add(_FIRST_BUCKET + bisect_left(BOUNDS, took_us), 1)
        self._add(_SUM, took_us)

    def reloaded(self, ok: bool) -> None:
        """The folder of policies was read again."""
        self._add(_AT["reloads/ok" if ok else "reloads/failed"], 1)

    def _add(self, position: int, amount: float) -> None:
        with self._lock:
            self._cells[self._base + position] += amount
