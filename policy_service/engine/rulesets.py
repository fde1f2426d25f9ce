"""Conjunctions of literals to properties and rulesets, and a cell to the facts that each ruleset is sent.

A `Scale` fact travels as the number of its cell, compared by the engine. What no run of numbers can say (a list of
unrelated names, a possibility, a switch) travels as a flag of its own, sent exactly when it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from policy_service.engine.cells import ABSENT, InCells, Literal
from policy_service.engine.driver import MAX_CONJUNCTIONS, MAX_PROPERTIES, RESERVED, Comparison, Ruleset, fnv1a
from policy_service.engine.encoding import Scale
from policy_service.engine.formula import Conjunction, Encoders

MAX_FRAGMENTS = 1024
"""Cells of one fact whose serialised form is kept."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One property: the number of a fact's cell, or a flag that is sent where its literal holds."""

    position: int
    flag: Literal | None


Test: TypeAlias = tuple[Signal, str, int]


class Wire:
    """What a ruleset is sent about the fact at a position of the cell."""

    def __init__(self, position: int, number: str | None, flags: Sequence[tuple[str, Literal]]) -> None:
        self.position = position
        self._number = number
        self._flags = flags
        self._fragments: dict[int, str] = {}

    def fragment(self, cell: int) -> str:
        """The members for that cell, each led by a comma."""
        found = self._fragments.get(cell)
        if found is None:
            number = "" if self._number is None or cell == ABSENT else f',"{self._number}":{cell}'
            found = number + "".join(f',"{name}":1' for name, literal in self._flags if literal.holds(cell))
            if len(self._fragments) >= MAX_FRAGMENTS:
                self._fragments.clear()
            self._fragments[cell] = found
        return found


class LoadedRules:
    """A ruleset in the engine, holding the rules from number `first` on."""

    def __init__(self, ruleset: Ruleset, first: int, wires: Sequence[Wire]) -> None:
        self.ruleset = ruleset
        self._first = first
        self._wires = tuple(wires)

    def fire(self, cell: Sequence[int]) -> list[int]:
        """The rules that hold in a cell. Raises EngineFault if the engine cannot be trusted to say."""
        fired = self.ruleset.match("".join([wire.fragment(cell[wire.position]) for wire in self._wires]))
        return [self._first + number for number in fired] if self._first else fired


@dataclass(frozen=True, slots=True)
class Package:
    """What goes into one ruleset, and what it must be sent; its first conjunction is rule number `first`."""

    first: int
    conjunctions: list[list[Comparison]]
    wires: list[Wire]

    def load(self, name: str) -> LoadedRules:
        """The ruleset in the engine."""
        return LoadedRules(Ruleset(name, self.conjunctions), self.first, self.wires)


class Packer:
    """Puts conjunctions into as few rulesets as the engine's limits allow, numbered in the order they come."""

    def __init__(self, encoders: Encoders) -> None:
        self._encoders = encoders
        self._positions = {fact: position for position, fact in enumerate(encoders)}
        self._fresh_names = _property_names()
        self._names: dict[Signal, str] = {}
        self._packages: list[Package] = []
        self._first = 0
        self._start()

    def add(self, conjunction: Conjunction) -> None:
        """One more conjunction, of at most `MAX_PROPERTIES` literals."""
        tests = [test for literal in sorted(conjunction, key=self._order) for test in self._tests(literal)]
        signals = dict.fromkeys(signal for signal, _, _ in tests)
        if len(self._conjunctions) == MAX_CONJUNCTIONS or len(self._signals | signals) > MAX_PROPERTIES:
            self._close()
        self._signals |= signals
        self._conjunctions.append([Comparison(self._property(signal), op, value) for signal, op, value in tests])

    @property
    def full(self) -> int:
        """How many rulesets have been filled."""
        return len(self._packages)

    def packages(self) -> tuple[Package, ...]:
        """Every ruleset's package, the last one included."""
        if self._conjunctions:
            self._close()
        return tuple(self._packages)

    def _start(self) -> None:
        self._signals: dict[Signal, None] = {}
        self._conjunctions: list[list[Comparison]] = []

    def _close(self) -> None:
        wires = []
        for position in sorted({signal.position for signal in self._signals}):
            mine = [signal for signal in self._signals if signal.position == position]
            number = next((self._names[signal] for signal in mine if signal.flag is None), None)
            flags = [(self._names[signal], signal.flag) for signal in mine if signal.flag is not None]
            wires.append(Wire(position, number, flags))
        self._packages.append(Package(self._first, self._conjunctions, wires))
        self._first += len(self._conjunctions)
        self._start()

    def _property(self, signal: Signal) -> str:
        found = self._names.get(signal)
        if found is None:
            found = self._names[signal] = next(self._fresh_names)
        return found

    def _order(self, literal: Literal) -> tuple[int, Sequence[int]]:
        """The same order in every process; facts in the order of the cell, so that rules share their first tests."""
        if isinstance(literal, InCells):
            return self._positions[literal.fact], sorted(literal.cells)
        return self._positions[literal.fact], (literal.bit, literal.wanted, literal.absent)

    def _tests(self, literal: Literal) -> list[Test]:
        position = self._positions[literal.fact]
        flag = [(Signal(position, literal), "==", 1)]
        if not isinstance(literal, InCells) or ABSENT in literal.cells:
            return flag
        scale = self._encoders[literal.fact]
        assert isinstance(scale, Scale)
        number = Signal(position, None)
        low, high, last = min(literal.cells), max(literal.cells), len(scale.present) - 1
        if low == high:
            return [(number, "==", low)]
        if high - low + 1 == len(literal.cells):
            bounds = [(number, "$gte", low)] if low > 0 else []
            return [*bounds, (number, "$lte", high)] if high < last or low == 0 else bounds
        if len(literal.cells) == last:
            (other,) = scale.present - literal.cells
            return [(number, "$neq", other)]
        return flag


def _property_names() -> Iterator[str]:
    """Names that the engine can tell apart: `p0`, `p1`, …, without any whose hash is taken."""
    taken = {fnv1a(name) for name in RESERVED}
    for number in count():
        name = f"p{number}"
        if fnv1a(name) not in taken:
            taken.add(fnv1a(name))
            yield name
