"""What is allowed but looks unintended: clauses that nothing can reach, exceptions that need two things at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, combinations, product
from typing import Any

from policy_service.contract.suggest import mistyped
from policy_service.language.checks import RawClause
from policy_service.language.clause import Clause
from policy_service.language.conditions import AllOf, AnyOf, Condition, Not, Op, Test
from policy_service.language.diagnostics import did_you_mean, one_of
from policy_service.language.kinds import KINDS
from policy_service.language.problem import Path, Problem
from policy_service.language.shapes import Shape
from policy_service.language.source import Source
from policy_service.language.vocabulary import Fact, FactType, Vocabulary

__all__ = [
    "covers",
    "implies",
    "mistyped_names",
    "never_applies",
    "unintended_unless",
    "unknown_fee_codes",
    "unreachable",
]

Found = tuple[Source, Problem]

EFFECTS = ("money", "benefit", "inspection")
NAMED = (FactType.ENUM, FactType.TREE, FactType.TEXT, FactType.SET)
MOST_COMPARED = 400


def unintended_unless(clause: RawClause, vocabulary: Vocabulary) -> Iterator[Found]:
    """One bare mapping under `unless` that names things about different subjects, such as a tier and a liability.

    Each of them would be an exception by itself, so a list was probably meant. A list with one mapping
    says that both are meant, and is not asked about.
    """
    exceptions = clause.data.get("unless")
    if not isinstance(exceptions, dict) or len(exceptions) < 2:
        return
    facts = [vocabulary.facts.get(name) for name in exceptions]
    tests = list(exceptions.values())
    if any(fact is None or fact.type not in NAMED for fact in facts) or any(isinstance(test, dict) for test in tests):
        return
    if len({fact.scope for fact in facts if fact is not None}) > 1:
        names = one_of(exceptions, "and")
        yield (
            clause.source,
            Problem(
                "PS402-unless-needs-both",
                (*clause.path, "unless"),
                f"this exception needs {names} together",
                "if either is enough, write a list: `unless: [{…}, {…}]`; if both are meant, write `unless: [{…, …}]`",
                True,
            ),
        )


def unknown_fee_codes(clauses: Sequence[RawClause]) -> Iterator[Found]:
    """`waive` naming a code that no fee of the document has."""
    codes = [clause.data["fee"].get("code") for clause in clauses if isinstance(clause.data.get("fee"), dict)]
    known = sorted({code for code in codes if isinstance(code, str)})
    for clause in clauses:
        waived = clause.data.get("waive")
        for index, code in enumerate(waived if isinstance(waived, list) else []):
            if isinstance(code, str) and code not in known:
                hint = did_you_mean(code, known) or (
                    f"fees here: {one_of(known)}" if known else "no fee has a code here"
                )
                yield (
                    clause.source,
                    Problem(
                        "PS403-no-such-fee",
                        (*clause.path, "waive", index),
                        f"no fee of this policy has the code `{code}`",
                        hint,
                    ),
                )


def mistyped_names(clauses: Sequence[RawClause]) -> Iterator[Found]:
    """Names of the author's choice that are a slip away from one that means something, such as `free_pikcup`."""
    for clause in clauses:
        if clause.kind is None:
            continue
        for path, name, usual in _chosen(
            KINDS[clause.kind].shape(), clause.data[clause.kind], (*clause.path, clause.kind)
        ):
            meant = None if name in usual else mistyped(name, usual)
            if meant is not None:
                yield (
                    clause.source,
                    Problem(
                        "PS405-nearly-a-standard-name",
                        path,
                        f"`{name}` is nearly `{meant}`, which means something",
                        f"did you mean `{meant}`? a name of your own should differ more",
                    ),
                )


def _chosen(shape: Shape, data: Any, path: Path) -> Iterator[tuple[Path, str, Sequence[str]]]:
    """Each name in a list of names of which some are usual, with those."""
    if isinstance(data, list):
        usual = shape.get("items", {}).get("examples")
        if usual:
            yield from (((*path, index), name, usual) for index, name in enumerate(data) if isinstance(name, str))
    elif isinstance(data, dict):
        for key, inner in shape.get("properties", {}).items():
            yield from _chosen(inner, data.get(key), (*path, key))


def unreachable(clauses: Sequence[Clause], vocabulary: Vocabulary) -> Iterator[tuple[Clause, Clause]]:
    """Pairs (clause, earlier clause of its single-valued kind that applies wherever it does)."""
    earlier: dict[str, list[Clause]] = {}
    for clause in clauses:
        effect = KINDS[clause.kind]
        if effect.additive or effect.role not in EFFECTS:
            continue
        seen = earlier.setdefault(clause.kind, [])
        hider = next((each for each in seen if covers(each, clause, vocabulary)), None)
        if hider is not None:
            yield clause, hider
        if len(seen) < MOST_COMPARED:
            seen.append(clause)


def never_applies(
    clause: Clause, vocabulary: Vocabulary, first: date | None, last: date | None
) -> tuple[str, str] | None:
    """The key of a clause by which no request can make it apply, and why; None where that cannot be seen.

    `first` and `last` are the days of the version that governs; an order is placed on one of them.
    """
    during = clause.during
    if during is not None and first is not None and during.through is not None and during.through < first:
        return "during", f"this version is in force only from `{first}` on"
    if during is not None and during.by == "order" and last is not None and during.start and during.start > last:
        return "during", f"orders after `{last}` are not governed by this version"
    if clause.when is None:
        return None
    if any(implies(clause.when, exception, vocabulary) for exception in clause.unless):
        return "unless", "this exception holds wherever `when` does"
    why = _contradiction(clause, vocabulary)
    return None if why is None else ("when", why)


def _contradiction(clause: Clause, vocabulary: Vocabulary) -> str | None:
    assert clause.when is not None
    parts = list(_conjunction(clause.when))
    if any(isinstance(part, Not) and implies(clause.when, part.part, vocabulary) for part in parts):
        return "it demands something and its opposite"
    torn = _torn(parts, (), vocabulary)
    if torn is not None:
        return f"it demands two things of `{torn}` that exclude one another"
    equal = {part.fact: part.values for part in parts if isinstance(part, Test) and part.op is Op.IN}
    if KINDS[clause.kind].role == "inspection" and equal.get("stage") == ("request",):
        return f"a `{clause.kind}` counts only at the stage `inspection`"
    actions = [str(value) for value in equal.get("action", ())]
    if actions and not clause.actions & set(actions):
        return f"this clause is for {one_of(sorted(clause.actions), 'and')}; add {one_of(actions, 'and')} to `for`"
    tree = vocabulary.reasons
    roots, liable = equal.get("reason"), equal.get("liability")
    if roots and liable:
        below = [path for path in tree.paths() if any(path == root or path.startswith(f"{root}.") for root in roots)]
        found = sorted({tree.liability(path) for path in below})
        if not set(found) & set(liable):
            return f"for these reasons {one_of(found, 'and')} is liable"
    return None


def _torn(parts: Sequence[Condition], beside: Sequence[Test], vocabulary: Vocabulary) -> str | None:
    """The fact of which `parts`, together with the tests `beside` them, demand what no value can be."""
    tests = [part for part in parts if isinstance(part, Test)]
    for one, other in chain(combinations(tests, 2), product(tests, beside)):
        if _exclude(one, other, vocabulary):
            return one.fact
    for part in parts:
        if isinstance(part, AnyOf):
            torn = [_torn(list(_conjunction(each)), (*tests, *beside), vocabulary) for each in part.parts]
            if all(torn):
                return torn[0]
    return None


def _conjunction(condition: Condition) -> Iterator[Condition]:
    """What must hold together; `all` of mappings is one long mapping."""
    if isinstance(condition, AllOf):
        for part in condition.parts:
            yield from _conjunction(part)
    else:
        yield condition


def _exclude(one: Test, other: Test, vocabulary: Vocabulary) -> bool:
    """Whether no value can pass both tests (a proof, as in `implies`)."""
    if one.fact != other.fact:
        return False
    kind = vocabulary.facts[one.fact].type
    if kind is FactType.MONEY:
        return False  # converted by a rate, two sums may become one
    if kind is FactType.SET:
        return _without(one, other) or _without(other, one)
    if one.op is Op.IN and other.op is Op.IN:
        fact = vocabulary.facts[one.fact]
        return not any(_meet(fact, first, second) for first, second in product(one.values, other.values))
    for low, high in ((one, other), (other, one)):
        if low.op is Op.IN:
            return not any(_passes(value, high) for value in low.values)
        if low.op in _ABOVE and high.op in _BELOW:
            least: Any = low.values[0]
            most: Any = high.values[0]
            return bool(least > most or (least == most and not (_ABOVE[low.op] and _BELOW[high.op])))
    return False


def _without(has: Test, lacks: Test) -> bool:
    if lacks.op is not Op.NONE_OF or has.op is Op.NONE_OF:
        return False
    wanted, barred = set(has.values), set(lacks.values)
    return not wanted.isdisjoint(barred) if has.op is Op.ALL_OF else wanted <= barred


def _meet(fact: Fact, one: Any, other: Any) -> bool:
    """Whether something is equal to both, or in a tree at or below both."""
    tree = fact.type is FactType.TREE
    return bool(one == other or (tree and (fact.below(one, other) or fact.below(other, one))))


def _passes(value: Any, limit: Test) -> bool:
    return _limit_implies(Test(limit.fact, Op.IN, (value,)), limit)


def covers(wide: Clause, narrow: Clause, vocabulary: Vocabulary) -> bool:
    """Whether `wide` applies wherever `narrow` does. False where that cannot be seen from the text."""
    return (
        wide.actions >= narrow.actions
        and (wide.during is None or wide.during == narrow.during)
        and all(exception in narrow.unless for exception in wide.unless)
        and (wide.when is None or (narrow.when is not None and implies(narrow.when, wide.when, vocabulary)))
    )


def implies(narrow: Condition, wide: Condition, vocabulary: Vocabulary) -> bool:
    """Whether `wide` is seen to be true whenever `narrow` is (a proof, not a guess: False proves nothing)."""
    if narrow == wide:
        return True
    if isinstance(wide, AllOf):
        return all(implies(narrow, part, vocabulary) for part in wide.parts)
    if isinstance(narrow, AnyOf):
        return all(implies(part, wide, vocabulary) for part in narrow.parts)
    if isinstance(wide, AnyOf) and any(implies(narrow, part, vocabulary) for part in wide.parts):
        return True
    if isinstance(narrow, AllOf):
        return any(implies(part, wide, vocabulary) for part in narrow.parts)
    if isinstance(narrow, Not) and isinstance(wide, Not):
        return implies(wide.part, narrow.part, vocabulary)
    return isinstance(narrow, Test) and isinstance(wide, Test) and _test_implies(narrow, wide, vocabulary)


def _test_implies(narrow: Test, wide: Test, vocabulary: Vocabulary) -> bool:
    if narrow.fact != wide.fact:
        return False
    fact = vocabulary.facts[narrow.fact]
    if wide.op in _BELOW or wide.op in _ABOVE:
        # Converted by a rate, two sums may become one: only limits of the same kind keep their order then.
        return (fact.type is not FactType.MONEY or narrow.op is wide.op) and _limit_implies(narrow, wide)
    if narrow.op is not Op.IN or wide.op is not Op.IN:
        return narrow.op is wide.op and narrow.values == wide.values
    if fact.type is not FactType.TREE:
        return set(narrow.values) <= set(wide.values)
    return all(
        any(value == root or fact.below(str(value), str(root)) for root in wide.values) for value in narrow.values
    )


_ABOVE: Mapping[Op, bool] = {Op.AT_LEAST: True, Op.OVER: False}
_BELOW: Mapping[Op, bool] = {Op.AT_MOST: True, Op.UNDER: False}
"""Operators and whether their limit itself passes."""


def _limit_implies(narrow: Test, wide: Test) -> bool:
    limit: Any = wide.values[0]
    passing = _ABOVE.get(wide.op, _BELOW.get(wide.op, False))
    upward = wide.op in _ABOVE
    if narrow.op is Op.IN:
        values: Sequence[Any] = narrow.values
        return all((value > limit if upward else value < limit) or (passing and value == limit) for value in values)
    if narrow.op not in (_ABOVE if upward else _BELOW):
        return False
    other: Any = narrow.values[0]
    if other == limit:
        return passing or narrow.op is wide.op
    return bool(other > limit if upward else other < limit)
