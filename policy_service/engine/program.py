"""A policy's clauses, ready to fire: which apply to the facts of a line, and which may.

    program = Program(document.clauses, document.vocabulary, name="dg-home 2025-06")
    fired = program.fire([values[name] for name in program.tested], "return")
    fired.applies, fired.unknown

The facts of a request fall into a cell: for each tested fact its interval among the policy's thresholds, its name
among the policy's names, or absent. Clauses cannot tell two requests of a cell apart, so the engine decides a cell
once and the answer is kept. That is exact, and `memo=False` switches it off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import getitem
from typing import TypeAlias

from policy_service.engine.cells import ABSENT, Convert, Table
from policy_service.engine.compile import ACTION, ALWAYS, Plan, compile_clauses
from policy_service.engine.encoding import Sums
from policy_service.engine.errors import EngineFault
from policy_service.engine.formula import Joined, holds
from policy_service.language.clause import Clause
from policy_service.language.vocabulary import FactValue, Vocabulary

MAX_CELLS = 4096
"""Cells whose answer is kept, per program; then all are forgotten."""

Cell: TypeAlias = tuple[int, ...]
"""The number of each fact's class of values, in order; the action's comes first, where it is part of it."""

MAX_CONVERSIONS = 64
"""Conversions of currency whose thresholds are kept, per program."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Fired:
    """Indices of clauses, in file order: those that apply, and those of which an absent fact leaves it unknown."""

    applies: tuple[int, ...]
    unknown: tuple[int, ...]


class Program:
    """The compiled clauses of one document. Safe between threads.

    Raises PolicyTooLarge for a document beyond the engine's limits.
    """

    def __init__(self, clauses: Sequence[Clause], vocabulary: Vocabulary, *, name: str, memo: bool = True) -> None:
        compiled = compile_clauses(clauses, vocabulary, name)
        self.name = name
        self.tested = tuple(fact for fact in compiled.encoders if fact != ACTION)
        self.thresholds: Mapping[str, tuple[FactValue, ...]] = compiled.thresholds
        self._encoders = compiled.encoders
        self._tested_by = compiled.tested_by
        self._rulesets = tuple(package.load(f"{name} #{number}") for number, package in enumerate(compiled.packages, 1))
        self._by_rule, self._joined = _index(compiled.plans)
        self._memo = memo
        self._actions = compiled.encoders[ACTION].table()
        self._tables = tuple(compiled.encoders[fact].table() for fact in self.tested)
        self._converted: dict[Convert, tuple[Table, ...]] = {}
        self._cells: dict[Cell, Fired] = {}
        self._fired: dict[Fired, Fired] = {}

    def fire(self, values: Sequence[FactValue | None], action: str, convert: Convert | None = None) -> Fired:
        """The clauses that apply to the values of the `tested` facts, in that order; None is unknown.

        Money is in minor units of the order's currency; `convert` gives the policy's sums in it (None: as they stand).
        Its results are kept per `convert`, compared by equality: a value object for a rate serves better than a new
        function each time. The same answer is the same object, as long as it is remembered.

        Raises EngineFault when there is no answer to be trusted.
        """
        return self.fire_in(self.locate(values, convert), action, values)

    def locate(self, values: Sequence[FactValue | None], convert: Convert | None = None) -> Cell:
        """The cell that the values of the `tested` facts fall into, whatever the action."""
        tables = self._tables if convert is None else self._converted.get(convert) or self._conversion(convert)
        return tuple(map(getitem, tables, values))

    def fire_in(self, cell: Cell, action: str, values: Sequence[FactValue | None]) -> Fired:
        """What `fire` gives for values that were located before, and any action."""
        asked = (self._actions[action], *cell)
        return self._cells.get(asked) or self._decide(asked, values)

    def cuts(self, fact: str) -> tuple[FactValue, ...]:
        """The thresholds with which an ordered fact is compared, ascending; money in the document's currency."""
        return self.thresholds.get(fact, ())

    def facts_of(self, index: int) -> tuple[str, ...]:
        """The facts that a clause's `when`, `unless` and `during` test, in the vocabulary's order, without the
        action."""
        return self._tested_by[index]

    def close(self) -> None:
        """Frees the engine's memory. A program in use elsewhere goes on: it takes it again when it needs it."""
        for ruleset in self._rulesets:
            ruleset.ruleset.close()

    def _decide(self, cell: Cell, values: Sequence[FactValue | None]) -> Fired:
        self._check(cell, values)
        rules = {ALWAYS}
        for ruleset in self._rulesets:
            rules.update(ruleset.fire(cell))
        plans = {plan.clause: plan for rule in rules for plan in self._by_rule.get(rule, ())}
        plans |= {plan.clause: plan for plan in self._joined if holds(plan.when_possible, rules)}
        applies, unknown = [], []
        for clause in sorted(plans):
            plan = plans[clause]
            if holds(plan.when, rules) and not holds(plan.unless_possible, rules):
                applies.append(clause)
            elif not holds(plan.unless, rules):
                unknown.append(clause)
        return self._remember(cell, Fired(tuple(applies), tuple(unknown)))

    def _remember(self, cell: Cell, fired: Fired) -> Fired:
        if len(self._cells) >= MAX_CELLS or len(self._fired) >= MAX_CELLS:
            self._cells.clear()
            self._fired.clear()
        fired = self._fired.setdefault(fired, fired)
        if self._memo:
            self._cells[cell] = fired
        return fired

    def _check(self, cell: Cell, values: Sequence[FactValue | None]) -> None:
        if len(values) != len(self.tested):
            raise EngineFault(self.name, f"{len(values)} values for {len(self.tested)} facts")
        if ABSENT in cell:
            for number, (fact, encoder) in zip(cell, self._encoders.items(), strict=True):
                if number == ABSENT and not encoder.absentable:
                    raise EngineFault(self.name, f"no value for `{fact}`, which is never absent")

    def _conversion(self, convert: Convert) -> tuple[Table, ...]:
        if len(self._converted) >= MAX_CONVERSIONS:
            self._converted.clear()
        encoders = map(self._encoders.__getitem__, self.tested)
        tables = self._converted[convert] = tuple(
            encoder.table(convert) if isinstance(encoder, Sums) else table
            for encoder, table in zip(encoders, self._tables, strict=True)
        )
        return tables


def _index(plans: Sequence[Plan]) -> tuple[dict[int, list[Plan]], list[Plan]]:
    """The plans by each rule that makes them possible, and those that need several rules joined."""
    by_rule: dict[int, list[Plan]] = {}
    joined = []
    for plan in plans:
        if isinstance(plan.when_possible, Joined):
            joined.append(plan)
        else:
            for rule in plan.when_possible:
                by_rule.setdefault(rule, []).append(plan)
    return by_rule, joined
