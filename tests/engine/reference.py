"""Clauses decided by walking them, in three-valued logic: what the engine must agree with. It shares no code with it.

True, False and None (unknown) are the truth values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from policy_service.language.clause import Clause
from policy_service.language.conditions import AllOf, AnyOf, Not, Test
from policy_service.language.vocabulary import Vocabulary

Truth = bool | None


def fired(
    clauses: Iterable[Clause],
    vocabulary: Vocabulary,
    facts: Mapping[str, Any],
    action: str,
    convert: Callable[[int], int] | None = None,
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The indices of the clauses that apply, and of those that may."""

    def truth(condition: Any) -> Truth:
        if isinstance(condition, Test):
            return test(condition)
        if isinstance(condition, Not):
            inner = truth(condition.part)
            return None if inner is None else not inner
        found = [truth(part) for part in condition.parts]
        if isinstance(condition, AllOf):
            return False if False in found else None if None in found else True
        assert isinstance(condition, AnyOf)
        return True if True in found else None if None in found else False

    def test(condition: Test) -> Truth:
        value = action if condition.fact == "action" else facts[condition.fact]
        if value is None:
            return None
        kind = str(vocabulary.facts[condition.fact].type)
        wanted: list[Any] = list(condition.values)
        if kind == "money" and convert is not None:
            wanted = [convert(limit) for limit in wanted]
        match str(condition.op).rpartition(".")[2].lower():
            case "in":
                if kind == "set":
                    return any(member in value for member in wanted)
                if kind == "tree":
                    mark = "." if condition.fact == "reason" else "/"
                    return any(value == node or value.startswith(node + mark) for node in wanted)
                return any(value == one for one in wanted)
            case "all_of" | "all":
                return all(member in value for member in wanted)
            case "none_of" | "none":
                return not any(member in value for member in wanted)
            case "at_least":
                return bool(value >= wanted[0])
            case "at_most":
                return bool(value <= wanted[0])
            case "over":
                return bool(value > wanted[0])
            case "under":
                return bool(value < wanted[0])
        raise AssertionError(condition.op)

    def during(clause: Clause) -> Truth:
        if clause.during is None:
            return True
        day = facts["ordered_on" if clause.during.by == "order" else "requested_on"]
        if day is None:
            return None
        begun = clause.during.start is None or day >= clause.during.start
        return begun and (clause.during.through is None or day <= clause.during.through)

    applies: list[int] = []
    unknown: list[int] = []
    for clause in clauses:
        if action not in clause.actions:
            continue
        when = [during(clause)] + ([] if clause.when is None else [truth(clause.when)])
        unless = [truth(part) for part in clause.unless]
        if False in when or True in unless:
            continue
        (unknown if None in when or None in unless else applies).append(clause.index)
    return tuple(applies), tuple(unknown)
