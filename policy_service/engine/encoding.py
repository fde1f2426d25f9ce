"""Encoders: from the tests that a policy makes of a fact, the fact's cells, and which of them satisfy each test.

- A `Scale` has numbered cells. An ordered fact's cell is its interval among the thresholds; a tree's is the deepest
  node that the policy knows, nodes numbered so that a branch is a run of numbers; a text's is its number among those
  tested.
- `Switches` have a bit per test. For sets (does it contain any of these?) and for sums of money, whose thresholds move
  with the exchange rate and may then collide: bits stay exact where numbered intervals would not.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from policy_service.engine.cells import ABSENT, Convert, InCells, Literal, Locate, Switch, Table, plain
from policy_service.language.conditions import Op, Test
from policy_service.language.vocabulary import Fact, FactType, FactValue


class Encoder(ABC):
    """One fact's cells. `absentable`: the fact may be absent, and comparisons with it are then unknown."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact.name
        self.absentable = fact.default is None and fact.optional
        # The default of a sum is in the document's currency, which only the caller can convert.
        self._default = None if fact.type is FactType.MONEY else fact.default

    @abstractmethod
    def literal(self, test: Test, *, negated: bool, possible: bool) -> Literal:
        """Where the test (or its negation) is true; `possible`: where it is true or unknown."""

    @abstractmethod
    def locator(self, convert: Convert | None) -> Locate:
        """What tells the cell of a value; sums named by the policy are converted first."""

    def table(self, convert: Convert | None = None) -> Table:
        """Raw values to cells; None, where the fact is never absent, is its default, or else the cell `ABSENT`."""
        locate = self.locator(convert)
        return Table(locate, ABSENT if self._default is None else locate(self._default))


class Scale(Encoder):
    """Cells numbered from 0 to `size - 1`."""

    def __init__(self, fact: Fact, size: int) -> None:
        super().__init__(fact)
        self.present = frozenset(range(size))
        self.universe = self.present | {ABSENT} if self.absentable else self.present

    @abstractmethod
    def cells(self, test: Test) -> frozenset[int]:
        """The cells in which the test is true."""

    def literal(self, test: Test, *, negated: bool, possible: bool) -> InCells:
        cells = self.present - self.cells(test) if negated else self.cells(test)
        return InCells(self.fact, cells | {ABSENT} if possible and self.absentable else cells)


class Names(Scale):
    """Enumerations, texts and booleans. Cell 0 is whatever no test names; a `closed` fact has nothing but its names."""

    def __init__(self, fact: Fact, names: Sequence[FactValue], *, closed: bool = False) -> None:
        first = 0 if closed else 1
        self._ids = {name: number for number, name in enumerate(dict.fromkeys(names), first)}
        self._closed = closed
        super().__init__(fact, len(self._ids) + first)

    def cells(self, test: Test) -> frozenset[int]:
        return frozenset(self._ids[plain(value)] for value in test.values)

    def locator(self, convert: Convert | None) -> Locate:
        ids, fact, closed = self._ids, self.fact, self._closed

        def locate(value: FactValue) -> int:
            if closed and value not in ids:
                raise ValueError(f"there is no {fact} `{value}`")
            return ids.get(value, 0)

        return locate


class Tree(Scale):
    """Paths. A node matches itself and everything below it."""

    def __init__(self, fact: Fact, nodes: Sequence[str]) -> None:
        self._separator = fact.separator
        ordered = sorted(set(nodes), key=lambda node: node.split(self._separator))
        self._ids = {node: number for number, node in enumerate(ordered, 1)}
        self._depth = max((node.count(self._separator) + 1 for node in ordered), default=0)
        super().__init__(fact, len(ordered) + 1)

    def cells(self, test: Test) -> frozenset[int]:
        roots = [str(value) for value in test.values]
        branches = tuple(root + self._separator for root in roots)
        return frozenset(number for node, number in self._ids.items() if node in roots or node.startswith(branches))

    def locator(self, convert: Convert | None) -> Locate:
        ids, separator, depth = self._ids, self._separator, self._depth

        def locate(path: Any) -> int:
            parts = path.split(separator, depth)[:depth]
            while parts:
                cell = ids.get(separator.join(parts))
                if cell is not None:
                    return cell
                parts.pop()
            return 0

        return locate


class Line(Scale):
    """Integers, numbers and dates. Cells are the intervals that the tests tell apart.

    Every threshold is a step of a finer scale (odd), and so is every gap (even); neighbouring steps that no test tells
    apart are one cell.
    """

    def __init__(self, fact: Fact, tests: Sequence[Test]) -> None:
        self._points: list[Any] = sorted({plain(value) for test in tests for value in test.values})
        turns = sorted({step for test in tests for span in self._spans(test) for step in span if step > 0})
        self._cell_of_step = tuple(bisect_right(turns, step) for step in range(2 * len(self._points) + 1))
        super().__init__(fact, self._cell_of_step[-1] + 1)

    def cells(self, test: Test) -> frozenset[int]:
        cell = self._cell_of_step
        return frozenset(
            number
            for first, end in self._spans(test)
            for number in range(cell[first], cell[end - 1] + 1)
            if first < end
        )

    def locator(self, convert: Convert | None) -> Locate:
        points, cell_of_step = self._points, self._cell_of_step

        def locate(value: Any) -> int:
            return cell_of_step[bisect_left(points, value) + bisect_right(points, value)]

        return locate

    def _spans(self, test: Test) -> list[tuple[int, int]]:
        """The runs of steps, half-open, in which the test is true."""
        steps = [2 * bisect_left(self._points, plain(value)) + 1 for value in test.values]
        end = 2 * len(self._points) + 1
        match test.op:
            case Op.AT_LEAST:
                return [(step, end) for step in steps]
            case Op.OVER:
                return [(step + 1, end) for step in steps]
            case Op.AT_MOST:
                return [(0, step + 1) for step in steps]
            case Op.UNDER:
                return [(0, step) for step in steps]
        return [(step, step + 1) for step in steps]


class Switches(Encoder):
    """A bit for each different test, in the order in which they come."""

    def __init__(self, fact: Fact, tests: Sequence[Test]) -> None:
        super().__init__(fact)
        self._bits: dict[tuple[Op, frozenset[FactValue]], int] = {}
        for test in tests:
            self._bits.setdefault(_positive(test), len(self._bits))

    def literal(self, test: Test, *, negated: bool, possible: bool) -> Switch:
        wanted = negated == (test.op is Op.NONE_OF)
        return Switch(self.fact, self._bits[_positive(test)], wanted, possible and self.absentable)


class Members(Switches):
    """Sets of text."""

    def locator(self, convert: Convert | None) -> Locate:
        tests = [(1 << bit, op is Op.ALL_OF, members) for (op, members), bit in self._bits.items()]
        known = frozenset(member for _, members in self._bits for member in members)

        def locate(value: Any) -> int:
            mine = known & value
            if not mine:
                return 0
            return sum(bit for bit, every, members in tests if (members <= mine if every else members & mine))

        return locate


class Sums(Switches):
    """Sums of money, in minor units of the order's currency. Each threshold is the policy's, converted once."""

    def locator(self, convert: Convert | None) -> Locate:
        limits = [
            (1 << bit, _HOLDS[op], frozenset(sum_ if convert is None else convert(sum_) for sum_ in _whole(values)))
            for (op, values), bit in self._bits.items()
        ]

        def locate(value: Any) -> int:
            return sum(bit for bit, holds, sums in limits if holds(value, sums))

        return locate


def encoder(fact: Fact, tests: Sequence[Test]) -> Encoder:
    """The encoder of a fact for all the tests that a policy makes of it."""
    named = [plain(value) for test in tests for value in test.values]
    match fact.type:
        case FactType.SET:
            return Members(fact, tests)
        case FactType.MONEY:
            return Sums(fact, tests)
        case FactType.TREE:
            return Tree(fact, [str(node) for node in named])
        case FactType.INTEGER | FactType.NUMBER | FactType.DATE:
            return Line(fact, tests)
    return Names(fact, named)


def _positive(test: Test) -> tuple[Op, frozenset[FactValue]]:
    """What a test asks, `none` read as the negation of `in`."""
    op = Op.IN if test.op is Op.NONE_OF else test.op
    return op, frozenset(plain(value) for value in test.values)


def _whole(values: frozenset[FactValue]) -> list[int]:
    return [value for value in values if isinstance(value, int)]


def _compared(compare: Callable[[int, int], bool]) -> Callable[[int, frozenset[int]], bool]:
    return lambda value, sums: any(compare(value, limit) for limit in sums)


_HOLDS: dict[Op, Callable[[int, frozenset[int]], bool]] = {
    Op.IN: lambda value, sums: value in sums,
    Op.AT_LEAST: _compared(operator.ge),
    Op.AT_MOST: _compared(operator.le),
    Op.OVER: _compared(operator.gt),
    Op.UNDER: _compared(operator.lt),
}
