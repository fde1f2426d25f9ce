"""One voice per mistake: the schema and the typed reader both find it, and the one that knows more tells it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from policy_service.language.problem import Path, Problem
from policy_service.language.source import Source

__all__ = ["one_voice", "without_echoes"]

Found = tuple[Source, Problem]

MEANT = re.compile(r"(?:did you mean|write|write a space after the colon:) `([^`:]+)")

PLAIN_FORM = frozenset(
    {
        "PS101-unknown-key",
        "PS102-missing-key",
        "PS103-wrong-type",
        "PS104-unknown-value",
        "PS105-wrong-form",
        "PS106-percent-missing",
        "PS108-no-effect",
        "PS109-two-effects",
        "PS110-out-of-range",
        "PS112-empty-list",
    }
)
"""What the schema says as well as the typed reader does."""

SCHEMA_ONLY = frozenset({"PS101-unknown-key", "PS108-no-effect", "PS109-two-effects"})
"""What the schema always says, and better."""


def one_voice(schema: Iterable[Found], typed: Iterable[Found]) -> list[Found]:
    """What the schema and the typed reader found, each mistake once."""
    own = [(source, each) for source, each in typed if each.code not in SCHEMA_ONLY]
    near = _by_part(own)
    plain = [
        (source, each)
        for source, each in schema
        if not any(_outspoken(each, said) for said in near.get(_part(source, each), ()))
    ]
    said_plainly = _by_part(plain)
    both = plain + [
        (source, each)
        for source, each in own
        if not any(_same_mistake(said, each) for said in said_plainly.get(_part(source, each), ()))
    ]
    sources = {source.name: source for source, _ in both}
    return [
        (source, each)
        for source in sources.values()
        for each in without_echoes(problem for other, problem in both if other is source)
    ]


def without_echoes(problems: Iterable[Problem]) -> list[Problem]:
    """Leave out what only follows from a misspelt key: that the key which was meant is missing."""
    found = list(problems)
    meant: dict[Path, list[str]] = {}
    for problem in found:
        if problem.code == "PS101-unknown-key" and problem.hint and (match := MEANT.match(problem.hint)):
            meant.setdefault(problem.path[:-1], []).append(f"`{match[1]}`")
    return [
        problem
        for problem in found
        if not (
            problem.code in ("PS102-missing-key", "PS114-one-of")
            and any(key in problem.message for key in meant.get(problem.path, ()))
        )
    ]


_Part = tuple[str, tuple[str | int, ...]]


def _part(source: Source, problem: Problem) -> _Part:
    """The clause, or the key of the head, that a problem is in: mistakes in different parts are different mistakes."""
    return source.name, problem.path[: 2 if problem.path[:1] == ("clauses",) else 1]


def _by_part(found: Iterable[tuple[Source, Problem]]) -> dict[_Part, list[Problem]]:
    parts: dict[_Part, list[Problem]] = {}
    for source, problem in found:
        parts.setdefault(_part(source, problem), []).append(problem)
    return parts


def _outspoken(schema: Problem, typed: Problem) -> bool:
    """Whether the typed reader knows more of the same mistake: the vocabulary, the currency, what excludes what."""
    knows_more = typed.code not in PLAIN_FORM or "when" in typed.path or "unless" in typed.path
    return knows_more and _same_mistake(schema, typed)


def _same_mistake(schema: Problem, typed: Problem) -> bool:
    """Whether both speak of one place, or one of a place inside the other's."""
    shorter, longer = sorted((schema.path, typed.path), key=len)
    if longer[: len(shorter)] != shorter:
        return False
    whole = {schema.code, typed.code} & {"PS102-missing-key", "PS108-no-effect", "PS114-one-of"}
    beside = (
        typed.code == "PS102-missing-key"
        and len(schema.path) == len(typed.path) + 1
        and (f"`{schema.path[-1]}`" in typed.message)
    )
    return beside or len(shorter) == len(longer) if whole else True
