"""Clauses to rules: what must fire, and what must not, for each clause to apply or to be unknown.

`for`, `during` and `when` make one formula, the `unless` mappings another; each is compiled where it is *true* and
where it is *possible* (true, or unknown because a fact is absent). Compiled apart, a list of exceptions does not
multiply. Clauses with the same condition share its rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policy_service.engine.cells import InCells, plain
from policy_service.engine.driver import MAX_CONJUNCTIONS, MAX_PROPERTIES
from policy_service.engine.encoding import Encoder, Names, encoder
from policy_service.engine.errors import PolicyTooLarge
from policy_service.engine.formula import Conjunction, Every, Formula, Node, Some, lower, plan
from policy_service.engine.rulesets import Package, Packer
from policy_service.language.clause import Clause
from policy_service.language.conditions import Condition, Op, Test, tests_of
from policy_service.language.vocabulary import FactValue, Vocabulary

ACTION = "action"
ALWAYS = -1
"""The number of the rule that always holds, and so need not be in the engine."""

MAX_RULES = 4 * MAX_CONJUNCTIONS
"""Rules of one policy: some 90 MB of the engine's memory, at about 24 KB each."""

MAX_RULESETS = 16


@dataclass(frozen=True, slots=True)
class Plan:
    """When one clause applies: `when` holds and `unless_possible` does not.

    It is unknown when it does not apply although `when_possible` holds and `unless` does not.
    """

    clause: int
    when: Node
    when_possible: Node
    unless: Node
    unless_possible: Node


@dataclass(frozen=True, slots=True)
class Compiled:
    """A policy's clauses as rules for the engine. `encoders` has the action first, then the tested facts."""

    encoders: Mapping[str, Encoder]
    plans: tuple[Plan, ...]
    packages: tuple[Package, ...]
    tested_by: Mapping[int, tuple[str, ...]]
    thresholds: Mapping[str, tuple[FactValue, ...]]


def compile_clauses(clauses: Sequence[Clause], vocabulary: Vocabulary, name: str) -> Compiled:
    """Compile without touching the engine.

    Raises PolicyTooLarge, naming the policy (`name`) and the clause, beyond what the engine can hold.
    """
    tests = {clause.index: _tests(clause, name) for clause in clauses}
    by_fact: dict[str, list[Test]] = {}
    for test in (test for found in tests.values() for test in found):
        by_fact.setdefault(test.fact, []).append(test)
    tested = [fact for fact in vocabulary.facts if fact in by_fact and fact != ACTION]
    encoders: dict[str, Encoder] = {ACTION: _actions(clauses, vocabulary, by_fact.get(ACTION, []))}
    encoders |= {fact: encoder(vocabulary.facts[fact], by_fact[fact]) for fact in tested}
    compiler = _Compiler(name, encoders)
    plans = tuple(compiler.plan(clause) for clause in clauses)
    return Compiled(
        encoders,
        plans,
        compiler.packages(),
        {index: tuple(fact for fact in tested if fact in {test.fact for test in tests[index]}) for index in tests},
        {
            fact: tuple(sorted({plain(value) for test in by_fact[fact] for value in test.values}))
            for fact in tested
            if vocabulary.facts[fact].type.ordered
        },
    )


class _Compiler:
    """Numbers the rules of one policy: equal conjunctions are one rule, whichever clauses need it."""

    def __init__(self, name: str, encoders: Mapping[str, Encoder]) -> None:
        self._name = name
        self._encoders = encoders
        self._rules: dict[Conjunction, int] = {}
        self._first_needed_by: list[str] = []
        self._clause = ""

    def plan(self, clause: Clause) -> Plan:
        self._clause = clause.id
        try:
            when, unless = self._node(_when(clause, self._encoders)), self._node(_unless(clause, self._encoders))
            if not any(self._encoders[test.fact].absentable for test in _tests(clause, self._name)):
                return Plan(clause.index, when, when, unless, unless)
            when_possible = self._node(_when(clause, self._encoders, possible=True))
            unless_possible = self._node(_unless(clause, self._encoders, possible=True))
        except RecursionError:
            raise _nested_too_deeply(self._name, clause.id) from None
        return Plan(clause.index, when, when_possible, unless, unless_possible)

    def packages(self) -> tuple[Package, ...]:
        """The rules, in the order of their numbers."""
        packer = Packer(self._encoders)
        for conjunction, clause in zip(self._rules, self._first_needed_by, strict=True):
            packer.add(conjunction)
            if packer.full > MAX_RULESETS:
                self._clause = clause
                raise self._too_large("too many different comparisons", "compare with fewer values, or use tags")
        return packer.packages()

    def _node(self, formula: Formula) -> Node:
        return plan(formula, self._encoders, self._number)

    def _number(self, conjunction: Conjunction) -> int:
        if not conjunction:
            return ALWAYS
        found = self._rules.get(conjunction)
        if found is None:
            if len(self._rules) == MAX_RULES:
                raise self._too_large(f"more than {MAX_RULES} alternatives", "join alternatives of one fact in a list")
            if len(conjunction) > MAX_PROPERTIES:
                raise self._too_large("a condition with too many tests at once", "test fewer facts in one condition")
            found = self._rules[conjunction] = len(self._rules)
            self._first_needed_by.append(self._clause)
        return found

    def _too_large(self, message: str, hint: str) -> PolicyTooLarge:
        return PolicyTooLarge(self._name, self._clause, message, hint)


def _tests(clause: Clause, policy: str) -> list[Test]:
    try:
        return [test for part in _conditions(clause) for test in tests_of(part)]
    except RecursionError:
        raise _nested_too_deeply(policy, clause.id) from None


def _nested_too_deeply(policy: str, clause: str) -> PolicyTooLarge:
    return PolicyTooLarge(policy, clause, "its conditions are nested too deeply", "nest `any`, `all` and `not` less")


def _actions(clauses: Sequence[Clause], vocabulary: Vocabulary, tests: Sequence[Test]) -> Names:
    known = vocabulary.facts[ACTION].values
    named = sorted({action for clause in clauses for action in clause.actions})
    tested = [str(value) for test in tests for value in test.values]
    return Names(vocabulary.facts[ACTION], [*known, *named, *tested], closed=True)


def _when(clause: Clause, encoders: Mapping[str, Encoder], *, possible: bool = False) -> Formula:
    actions = encoders[ACTION]
    assert isinstance(actions, Names)
    wanted: Formula = InCells(ACTION, actions.cells(Test(ACTION, Op.IN, tuple(sorted(clause.actions)), ())))
    parts = [*_during(clause), *([] if clause.when is None else [clause.when])]
    return Every((wanted, *(lower(part, encoders, possible=possible) for part in parts)))


def _unless(clause: Clause, encoders: Mapping[str, Encoder], *, possible: bool = False) -> Formula:
    return Some(tuple(lower(part, encoders, possible=possible) for part in clause.unless))


def _conditions(clause: Clause) -> Iterator[Condition]:
    yield from _during(clause)
    if clause.when is not None:
        yield clause.when
    yield from clause.unless


def _during(clause: Clause) -> Iterator[Test]:
    during = clause.during
    if during is None:
        return
    fact = "ordered_on" if during.by == "order" else "requested_on"
    if during.start is not None:
        yield Test(fact, Op.AT_LEAST, (during.start,), ())
    if during.through is not None:
        yield Test(fact, Op.AT_MOST, (during.through,), ())
