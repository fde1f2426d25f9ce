"""Two-valued logic over literals: negations pushed to the tests, conjunctions merged, disjunctive normal form.

Three-valued logic enters only here, in `lower`: a condition becomes two ordinary formulas, where it is *true* and
where it is *possible* (true or unknown). Both are exact, for the strong Kleene connectives need nothing but the tests'
own two forms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TypeAlias, cast

from policy_service.engine.cells import InCells, Literal
from policy_service.engine.encoding import Encoder, Scale
from policy_service.language.conditions import AllOf, AnyOf, Condition, Not, Test

MAX_PRODUCT = 16
"""Alternatives that are multiplied out at most; beyond, the factors become rules of their own."""

MAX_ABSORBED = 64
"""Longer lists of alternatives are not searched for ones that another contains."""


@dataclass(frozen=True, slots=True)
class Every:
    """All of the parts; none of them: true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Any of the parts; none of them: false."""

    parts: tuple[Formula, ...]


Formula: TypeAlias = "Literal | Every | Some"
Conjunction: TypeAlias = frozenset[Literal]
Encoders: TypeAlias = Mapping[str, Encoder]


class TooManyAlternatives(Exception):
    """Multiplying out would exceed `MAX_PRODUCT`."""


def lower(condition: Condition, encoders: Encoders, *, negated: bool = False, possible: bool = False) -> Formula:
    """Where the condition (or its negation) is true, or where it is `possible`."""
    match condition:
        case Test():
            return encoders[condition.fact].literal(condition, negated=negated, possible=possible)
        case Not(part=part):
            return lower(part, encoders, negated=not negated, possible=possible)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            lowered = tuple(lower(part, encoders, negated=negated, possible=possible) for part in parts)
            return Every(lowered) if isinstance(condition, AllOf) != negated else Some(lowered)
    raise TypeError(f"`{condition!r}` is not a condition")


def alternatives(formula: Formula, encoders: Encoders) -> list[Conjunction]:
    """The formula as a list of conjunctions, any of which is enough: `[]` is false, `[frozenset()]` is true.

    Raises TooManyAlternatives.
    """
    match formula:
        case Every(parts=parts):
            factors = [alternatives(part, encoders) for part in parts]
            if prod(max(1, len(factor)) for factor in factors) > MAX_PRODUCT:
                raise TooManyAlternatives
            return _distinct((_meet(chosen, encoders) for chosen in product(*factors)), encoders)
        case Some(parts=parts):
            return _distinct((chosen for part in parts for chosen in alternatives(part, encoders)), encoders)
        case InCells(fact=fact, cells=cells) if not cells or cells == _universe(encoders, fact):
            return [frozenset()] if cells else []
        case literal:
            return [frozenset([literal])]


def _meet(conjunctions: Iterable[Conjunction], encoders: Encoders) -> Conjunction | None:
    """All of the conjunctions at once, tests of one fact merged; None if that can never be."""
    merged: dict[str, frozenset[int]] = {}
    others: list[Literal] = []
    for conjunction in conjunctions:
        for literal in conjunction:
            if isinstance(literal, InCells):
                before = merged.get(literal.fact)
                merged[literal.fact] = literal.cells if before is None else before & literal.cells
            else:
                others.append(literal)
    for fact, cells in merged.items():
        if not cells:
            return None
        if cells != _universe(encoders, fact):
            others.append(InCells(fact, cells))
    return frozenset(others)


def _distinct(conjunctions: Iterable[Conjunction | None], encoders: Encoders) -> list[Conjunction]:
    """The alternatives without the impossible and the superfluous; those that test one fact only are merged."""
    found: dict[Conjunction, None] = {}
    single: dict[str, frozenset[int]] = {}
    for conjunction in conjunctions:
        if conjunction is None:
            continue
        if len(conjunction) == 1:
            (literal,) = conjunction
            if isinstance(literal, InCells):
                single[literal.fact] = single.get(literal.fact, frozenset()) | literal.cells
                continue
        found[conjunction] = None
    for fact, cells in single.items():
        whole = cells == _universe(encoders, fact)
        found[frozenset() if whole else frozenset([InCells(fact, cells)])] = None
    kept = list(found)
    if frozenset() in found:
        return [frozenset()]
    if len(kept) <= MAX_ABSORBED:
        return [one for one in kept if not any(other < one for other in kept)]
    return kept


def _universe(encoders: Encoders, fact: str) -> frozenset[int]:
    return cast(Scale, encoders[fact]).universe


@dataclass(frozen=True, slots=True)
class Joined:
    """Rules joined after the engine has fired: `every` (else any) of the parts."""

    every: bool
    parts: tuple[Node, ...]


Node: TypeAlias = "frozenset[int] | Joined"
"""Rules by number, any of which is enough."""


def plan(formula: Formula, encoders: Encoders, number: Callable[[Conjunction], int]) -> Node:
    """The rules that tell whether the formula holds, joined later where multiplying out would be too much.

    `number` gives a conjunction its rule.
    """
    try:
        return frozenset(map(number, alternatives(formula, encoders)))
    except TooManyAlternatives:
        assert isinstance(formula, (Every, Some))
    every = isinstance(formula, Every)
    # Factors of one conjunction each multiply to one; alternatives of whatever number just add up.
    simple = [part for part in formula.parts if _count(part, encoders) <= (1 if every else MAX_PRODUCT)]
    rest = [part for part in formula.parts if part not in simple]
    joined = Every(tuple(simple)) if every else Some(tuple(simple))
    return Joined(every, tuple(plan(part, encoders, number) for part in (joined, *rest)))


def _count(formula: Formula, encoders: Encoders) -> int:
    try:
        return len(alternatives(formula, encoders))
    except TooManyAlternatives:
        return MAX_PRODUCT + 1


def holds(node: Node, fired: set[int]) -> bool:
    """Whether the rules that fired make the node true."""
    if isinstance(node, frozenset):
        return not node.isdisjoint(fired)
    return (all if node.every else any)(holds(part, fired) for part in node.parts)
