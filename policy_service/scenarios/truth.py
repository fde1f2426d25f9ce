"""What a condition says of a line's facts, worked out apart from the rules engine.

Coverage, failure reports and mutation look at decisions from outside; this small interpreter of conditions is how
they see each side of each comparison. It shares no code with the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policy_service.contract.money import to_text
from policy_service.language.clause import Clause
from policy_service.language.conditions import ORDERED_OPS, AllOf, AnyOf, Condition, Not, Op, Test, tests_of
from policy_service.language.vocabulary import FactType, Vocabulary

Truth = bool | None
"""True, false, or None where an absent fact leaves it unknown."""

ORDERED = frozenset(ORDERED_OPS.values())
SIGNS = {Op.AT_LEAST: ">=", Op.AT_MOST: "<=", Op.OVER: ">", Op.UNDER: "<"}


@dataclass(frozen=True, slots=True)
class Facts:
    """A line's facts, with what is needed to compare them.

    Sums are in minor units of the order's `currency`; `sums` turns one that the document names into it, None where the
    currencies are the same.
    """

    values: Mapping[str, Any]
    vocabulary: Vocabulary
    currency: str
    sums: Callable[[int], int] | None = None

    def threshold(self, test: Test) -> Any:
        """The value that an ordered test compares with, in the fact's own unit."""
        value: Any = test.values[0]
        if self.sums and self.vocabulary.facts[test.fact].type is FactType.MONEY:
            return self.sums(value)
        return value


def holds(test: Test, facts: Facts) -> Truth:
    """Whether one comparison holds."""
    value = facts.values.get(test.fact)
    if value is None:
        return None
    fact = facts.vocabulary.facts[test.fact]
    kind = fact.type
    if kind is FactType.SET:
        return _set_holds(test, value)
    if test.op in ORDERED:
        return _compares(test.op, value, facts.threshold(test))
    if kind is FactType.TREE:
        return any(value == node or fact.below(value, node) for node in map(str, test.values))
    if kind is FactType.MONEY and facts.sums:
        return any(value == facts.sums(int(wanted)) for wanted in test.values)  # type: ignore[arg-type]
    return value in test.values


def _set_holds(test: Test, value: Any) -> bool:
    members = set(value)
    if test.op is Op.ALL_OF:
        return members.issuperset(test.values)
    if test.op is Op.NONE_OF:
        return members.isdisjoint(test.values)
    return not members.isdisjoint(test.values)


def _compares(op: Op, value: Any, threshold: Any) -> bool:
    match op:
        case Op.AT_LEAST:
            return bool(value >= threshold)
        case Op.AT_MOST:
            return bool(value <= threshold)
        case Op.OVER:
            return bool(value > threshold)
        case _:
            return bool(value < threshold)


def truth(condition: Condition | None, facts: Facts) -> Truth:
    """Whether a whole condition holds, in three-valued logic; no condition always does."""
    match condition:
        case None:
            return True
        case Test():
            return holds(condition, facts)
        case Not(part):
            inner = truth(part, facts)
            return None if inner is None else not inner
        case AllOf(parts):
            found = [truth(part, facts) for part in parts]
            return False if False in found else None if None in found else True
        case AnyOf(parts):
            found = [truth(part, facts) for part in parts]
            return True if True in found else None if None in found else False


def comparisons(clause: Clause) -> Iterator[Test]:
    """Every comparison of a clause, in the order they are written."""
    if clause.when is not None:
        yield from tests_of(clause.when)
    for exception in clause.unless:
        yield from tests_of(exception)


def reasons_against(clause: Clause, facts: Facts) -> list[str]:
    """Why the clause does not apply, one sentence a comparison; empty where its conditions do hold."""
    action = facts.values.get("action")
    found: list[str] = []
    if action is not None and action not in clause.actions:
        found.append(f"it is for {_or(sorted(clause.actions))}, not `{action}`")
    if clause.during is not None and not _during(clause, facts):
        found.append("it is not in force on that day (`during`)")
    if clause.when is not None and truth(clause.when, facts) is not True:
        found.extend(dict.fromkeys(_against(clause.when, facts, wanted=True)))
    for exception in clause.unless:
        if truth(exception, facts) is not False:
            met = dict.fromkeys(_against(exception, facts, wanted=False))
            found.append(f"its `unless` holds: {', '.join(met)}")
    return found


def is_on_the_edge(clause: Clause, facts: Facts) -> bool:
    """Whether a fact stands exactly on a threshold of the clause, where `at_least` and `over` part."""
    return any(
        test.op in ORDERED and facts.values.get(test.fact) == facts.threshold(test) for test in comparisons(clause)
    )


def _during(clause: Clause, facts: Facts) -> bool:
    during = clause.during
    day = facts.values.get("ordered_on" if during is None or during.by == "order" else "requested_on")
    if during is None or day is None:
        return during is None
    return (during.start is None or day >= during.start) and (during.through is None or day <= during.through)


def _against(condition: Condition, facts: Facts, *, wanted: bool) -> Iterator[str]:
    """What keeps the condition from being as `wanted`; what is so already would contradict the sentence."""
    if truth(condition, facts) is wanted:
        return
    match condition:
        case Test():
            yield say(condition, facts, unmet=wanted)
        case Not(part):
            yield from _against(part, facts, wanted=not wanted)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _against(part, facts, wanted=wanted)


def say(test: Test, facts: Facts, *, unmet: bool = False) -> str:
    """A comparison beside the value it met: `` `tier` is `normal`, not `diamond` ``."""
    value = facts.values.get(test.fact)
    money = facts.vocabulary.facts[test.fact].type is FactType.MONEY
    got = (
        "absent"
        if value is None
        else "empty"
        if value in (frozenset(), "")
        else f"`{show(value, facts.currency if money else None)}`"
    )
    return f"`{test.fact}` is {got}, not {_wanted(test, facts.vocabulary)}" if unmet else f"`{test.fact}` is {got}"


def _wanted(test: Test, vocabulary: Vocabulary) -> str:
    values = [show(value, currency_of(test, vocabulary)) for value in test.values]
    if test.op in ORDERED:
        return f"{SIGNS[test.op]} {values[0]}"
    joined = _or(values)
    return {Op.ALL_OF: f"all of {joined}", Op.NONE_OF: f"without {joined}"}.get(test.op, joined)


def currency_of(test: Test, vocabulary: Vocabulary) -> str | None:
    """The currency that a comparison's values are in; None where they are no sums."""
    return vocabulary.currency if vocabulary.facts[test.fact].type is FactType.MONEY else None


def show(value: Any, currency: str | None = None) -> str:
    """A fact's value as a person reads it; with a currency, a sum of it."""
    if currency is not None and isinstance(value, int):
        return to_text(value, currency)
    if isinstance(value, frozenset | set):
        return ", ".join(sorted(map(str, value))) or "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _or(names: list[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)
