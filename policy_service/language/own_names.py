"""Names of the author's own beside one another: two a slip apart are one, of which the second means nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from policy_service.contract.suggest import a_slip_apart, mistyped
from policy_service.language.clause import Clause
from policy_service.language.conditions import tests_of
from policy_service.language.kinds import Require, Warranty
from policy_service.language.problem import Path, Problem
from policy_service.language.shapes import EVIDENCE
from policy_service.language.vocabulary import FactType, Vocabulary

__all__ = ["nearly_one_name"]

Found = tuple[Clause, Problem]

MOST_NAMES = 300
NUMBERED = ("sku",)
"""Facts whose values are near one another by nature."""

DOTTED = re.compile(r"[a-z_-]+(\.[a-z_-]+)+")


@dataclass(frozen=True, slots=True)
class _Use:
    clause: Clause
    path: Path
    name: str


def nearly_one_name(clauses: Sequence[Clause], vocabulary: Vocabulary) -> Iterator[Found]:
    """Names used once that are a slip away from another of the same fact, and categories written like reasons."""
    uses: dict[str, list[_Use]] = {}
    for clause in clauses:
        for fact, use in _uses(clause, vocabulary):
            uses.setdefault(fact, []).append(use)
    for fact, listed in uses.items():
        yield from _near(fact, listed)
    yield from _dotted(uses.get("category", ()))


def _uses(clause: Clause, vocabulary: Vocabulary) -> Iterator[tuple[str, _Use]]:
    for condition in clause.conditions:
        for test in tests_of(condition):
            fact = vocabulary.facts[test.fact]
            if fact.name == "category" or (fact.type in (FactType.TEXT, FactType.SET) and not fact.known):
                for index, name in enumerate(test.values):
                    yield fact.name, _Use(clause, (*test.path, index), str(name))
    if isinstance(clause.effect, (Require, Warranty)):
        for index, name in enumerate(clause.effect.evidence):
            if name in EVIDENCE or mistyped(name, EVIDENCE) is None:  # else asked about already
                yield "evidence", _Use(clause, (*clause.path, clause.kind, "evidence", index), name)


def _near(fact: str, uses: Sequence[_Use]) -> Iterator[Found]:
    first = {use.name: use for use in reversed(uses)}
    if fact in NUMBERED or len(first) > MOST_NAMES:
        return
    times = Counter(use.name for use in uses)
    asked: set[str] = set()
    # In the order of the file, so that of two that stand once each the later is asked about.
    for earlier, later in combinations(dict.fromkeys(use.name for use in uses), 2):
        odd, usual = (earlier, later) if times[earlier] < times[later] else (later, earlier)
        if times[odd] > 1 or odd in asked or abs(len(odd) - len(usual)) > 1 or not a_slip_apart(odd, usual):
            continue
        asked.add(odd)
        use = first[odd]
        yield (
            use.clause,
            Problem(
                "PS413-nearly-another-name",
                use.path,
                f"`{odd}` is nearly `{usual}`, which `{fact}` is compared with as well",
                f"did you mean `{usual}`? two names should differ more",
            ),
        )


def _dotted(uses: Sequence[_Use]) -> Iterator[Found]:
    for use in uses:
        if DOTTED.fullmatch(use.name):
            yield (
                use.clause,
                Problem(
                    "PS414-dots-in-a-category",
                    use.path,
                    f"`{use.name}` is one category, and not below another",
                    f"write `{use.name.replace('.', '/')}`: dots are for reasons",
                ),
            )
