"""The values of a fact between which a policy can tell, and the proof that two clauses are the same in all of them.

A policy compares each number only with the thresholds written in it and each name only with names written in it, so a
few representatives stand for every value. Where a clause and its mutant apply to the same cells, no request at all
can tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice, product
from math import prod
from typing import Any

from policy_service.engine.errors import EngineFault, PolicyTooLarge
from policy_service.engine.program import Program
from policy_service.language.clause import Clause
from policy_service.language.conditions import Test
from policy_service.language.document import Document
from policy_service.language.vocabulary import Fact, FactType, Vocabulary
from policy_service.scenarios.truth import Facts, comparisons, holds

LIMIT = 200_000
OTHER = "something-else"


def tests_by_fact(clauses: Iterable[Clause]) -> dict[str, list[Test]]:
    """The comparisons of some clauses, by the fact they look at."""
    found: dict[str, list[Test]] = {}
    for clause in clauses:
        for test in comparisons(clause):
            found.setdefault(test.fact, []).append(test)
    return found


def during_tests(clauses: Iterable[Clause]) -> dict[str, list[date]]:
    """The days on which some clauses begin or end to be in force, by the fact that tells."""
    days: dict[str, list[date]] = {}
    for clause in clauses:
        if clause.during is not None:
            fact = "ordered_on" if clause.during.by == "order" else "requested_on"
            days.setdefault(fact, []).extend(
                day for day in (clause.during.start, clause.during.through) if day is not None
            )
    return days


def classes(fact: Fact, tests: Sequence[Test], days: Sequence[date] = (), *, vocabulary: Vocabulary) -> list[Any]:
    """One value of a fact for each way in which the comparisons can see it; None stands for one that was not sent."""
    seen: dict[Any, Any] = {}
    tree = vocabulary.tree_of(fact)
    for value in representatives(fact, tests, days, vocabulary=vocabulary):
        facts = Facts({fact.name: value}, vocabulary, vocabulary.currency)
        between = tuple(value is not None and value > day for day in days), value in days
        liable = tree.liability(value) if tree is not None else ""
        seen.setdefault((tuple(holds(test, facts) for test in tests), between, liable), value)
    return list(seen.values())


def representatives(
    fact: Fact, tests: Sequence[Test], days: Sequence[date] = (), *, vocabulary: Vocabulary
) -> list[Any]:
    """Values of a fact, one at least for each side of each comparison; None stands for one that was not sent."""
    values: list[Any] = [value for test in tests for value in test.values] + list(days)
    absent: list[Any] = [None] if fact.optional and fact.default is None else []
    match fact.type:
        case FactType.BOOLEAN:
            return [True, False]
        case FactType.ENUM:
            return list(fact.values)
        case FactType.TREE:
            return _nodes(fact, values, vocabulary)
        case FactType.SET:
            return _sets(values)
        case FactType.TEXT:
            return [*dict.fromkeys(values), _other_text(fact, values)]
        case FactType.DATE:
            return [*sorted({day + timedelta(days=step) for day in values for step in (-1, 0, 1)}), *absent]
        case FactType.NUMBER:
            return [
                *sorted({value + step for value in values for step in (-_last_digit(value), 0, _last_digit(value))}),
                *absent,
            ]
    around = {value + step for value in values for step in (-1, 0, 1)}
    return [*sorted(value for value in around if fact.least is None or value >= fact.least), *absent]


def _last_digit(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def _nodes(fact: Fact, named: Sequence[Any], vocabulary: Vocabulary) -> list[Any]:
    tree = vocabulary.tree_of(fact)
    if tree is None:
        return [*dict.fromkeys([*named, *(f"{node}{fact.separator}{OTHER}" for node in named)]), OTHER]
    # Every leaf: liability hangs on it too.
    paths = list(tree.paths())
    leaves = [path for path in paths if not any(fact.below(other, path) for other in paths)]
    return list(dict.fromkeys([*named, *leaves]))


def _sets(values: Sequence[Any]) -> list[Any]:
    members = list(dict.fromkeys(values))
    singles = [frozenset([member]) for member in members]
    return list(dict.fromkeys([frozenset(), *singles, frozenset(members), frozenset([OTHER])]))


def _other_text(fact: Fact, named: Sequence[Any]) -> str:
    if fact.known:
        return next(name for name in sorted(fact.known) if name not in (*named, fact.default))
    return fact.default if isinstance(fact.default, str) and fact.default not in named else OTHER


def same_everywhere(document: Document, clause: Clause, changed: Document) -> bool:
    """Whether a changed condition is proved to hold in just the same cells as before.

    Only for changes of when a clause applies: its effect must be the same. False where it is not proved.
    """
    other = changed.clause(clause.id)
    if other is None or replace(other, when=clause.when, unless=clause.unless, during=clause.during) != clause:
        return False
    pair = (replace(clause, index=0), replace(other, index=1))
    return _agree(pair, document, lambda fired, twin: (0 in fired) == (1 in fired) and (0 in twin) == (1 in twin))


def never_together(document: Document, one: Clause, other: Clause) -> bool:
    """Whether two clauses are proved never to apply to the same line, so that their order says nothing."""
    if not one.actions & other.actions:
        return True
    pair = (replace(one, index=0), replace(other, index=1))
    return _agree(pair, document, lambda fired, twin: not {0, 1} <= {*fired, *twin})


def _agree(pair: tuple[Clause, Clause], document: Document, agree: Any) -> bool:
    facts = tests_by_fact(pair)
    days = during_tests(pair)
    vocabulary = document.vocabulary
    names = [name for name in vocabulary.facts if name in facts or name in days]
    choices = [
        classes(vocabulary.facts[name], facts.get(name, []), days.get(name, []), vocabulary=vocabulary)
        for name in names
    ]
    if "stage" in names and all(clause.effect.role == "inspection" for clause in pair):
        # Such clauses are only ever asked at inspection.
        choices[names.index("stage")] = ["inspection"]
    if prod(map(len, choices)) > LIMIT:
        return False
    try:
        program = Program(pair, vocabulary, name=f"{document.name} {document.version}", memo=False)
    except (PolicyTooLarge, EngineFault):
        return False
    order = [names.index(name) if name in names else None for name in program.tested]
    try:
        for cell in _possible(names, choices, vocabulary):
            values = [None if place is None else cell[place] for place in order]
            for action in sorted(pair[0].actions | pair[1].actions):
                fired = program.fire(values, action)
                if not agree(fired.applies, fired.unknown):
                    return False
    finally:
        program.close()
    return True


def _possible(
    names: Sequence[str], choices: Sequence[Sequence[Any]], vocabulary: Vocabulary
) -> Iterator[tuple[Any, ...]]:
    """The cells that some request can be in: liability is what the reason tree says of the reason, and so on."""
    place = {name: number for number, name in enumerate(names)}
    for cell in islice(product(*choices), LIMIT):
        said = {name: cell[number] for name, number in place.items()}
        reason, liability = said.get("reason"), said.get("liability")
        liable = reason is None or liability is None or vocabulary.reasons.liability(reason) == liability
        if liable and not (said.get("same_sku") is True and said.get("same_product") is False):
            yield cell
