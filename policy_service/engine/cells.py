"""Cells: the finitely many classes of a fact's values that a policy's tests can tell apart, as integers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from policy_service.language.vocabulary import FactValue

Convert: TypeAlias = Callable[[int], int]
"""A sum named in the policy, in minor units of its currency, to minor units of the order's."""

Locate: TypeAlias = Callable[[FactValue], int]

ABSENT = -1
"""The cell of an absent fact."""

MAX_REMEMBERED = 1024
"""Values that one table remembers; then it forgets them all."""

MAX_REMEMBERED_TEXT = 64
"""Longer texts are looked at anew each time: a caller cannot make us keep them."""

MAX_REMEMBERED_MEMBERS = 8
"""So are larger sets."""


@dataclass(frozen=True, slots=True)
class InCells:
    """True where the cell of a fact is among these."""

    fact: str
    cells: frozenset[int]

    def holds(self, cell: int) -> bool:
        return cell in self.cells


@dataclass(frozen=True, slots=True)
class Switch:
    """True where a bit of the fact's cell is as wanted; for an absent fact, `absent`."""

    fact: str
    bit: int
    wanted: bool
    absent: bool

    def holds(self, cell: int) -> bool:
        return self.absent if cell == ABSENT else bool(cell >> self.bit & 1) is self.wanted


Literal: TypeAlias = InCells | Switch


class Table(dict[FactValue | None, int]):
    """Raw values of one fact to cells, remembering those it has seen: Python calls `__missing__` for the others.

    Looking up a remembered value costs a hash. Threads may share a table: at worst two locate the same value at once.
    """

    def __init__(self, locate: Locate, absent: int) -> None:
        super().__init__()
        self._locate = locate
        self._absent = absent

    def __missing__(self, value: FactValue | None) -> int:
        cell = self._absent if value is None else self._locate(value)
        if isinstance(value, (str, frozenset)) and not _short(value):
            return cell
        if len(self) >= MAX_REMEMBERED:
            self.clear()
        self[value] = cell
        return cell


def _short(value: str | frozenset[str]) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_REMEMBERED_TEXT
    return len(value) <= MAX_REMEMBERED_MEMBERS and all(map(_short, value))


def plain(value: object) -> FactValue:
    """A value without what its type remembers of the YAML source."""
    match value:
        case bool() | Decimal():
            return value
        case str():
            return str(value)
        case int():
            return int(value)
        case date():
            return date(value.year, value.month, value.day)
    raise TypeError(f"`{value!r}` cannot be compared with a fact")
