"""Small changes to a policy, each of which a good suite notices.

A mutant is made in the clause's YAML data and read again by the language itself, so every kind of clause is covered
by the same few rules: a number one up and one down, a name swapped with its siblings, a part left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from policy_service.language.clause import Clause, parse_clause
from policy_service.language.conditions import COMBINATIONS
from policy_service.language.document import Document
from policy_service.language.kinds import KindContext
from policy_service.language.scalars import PlainDate, PlainFloat, PlainInt, text_of
from policy_service.language.schema import text_schema
from policy_service.language.source import Source
from policy_service.language.vocabulary import Fact, FactType
from policy_service.scenarios.head_edits import head_edits
from policy_service.scenarios.shapes import Shape

DataPath = tuple[str | int, ...]

PERCENT = re.compile(r"(\d+)(?:\.(\d+))?%\Z")
DURATION = re.compile(r"(\d+)( .+)\Z")
SUM = re.compile(r"-?\d+(\.\d+)?\Z")
OPERATORS = {
    "at_least": "over",
    "over": "at_least",
    "at_most": "under",
    "under": "at_most",
    "all": "none",
    "none": "all",
}
ANCHORS = {"delivery": "order", "last_delivery": "order", "shipment": "order", "order": "delivery"}
# Names and texts: another word in their place is another name, not another rule.
NAMES = frozenset({"id", "text", "code", "codes", "ask", "entitlements"})
SIBLINGS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: `id` says it and stays the same while the policy does, `clause` is the clause changed.

    `line` is where in `file` the change would be made; `document` is the changed policy. A change of the document's
    head has no clause of its own, but `levers`: facts and the values with which it may show.
    """

    id: str
    clause: Clause
    file: str
    line: int
    document: Document
    swapped_with: Clause | None = None
    levers: Mapping[str, tuple[Any, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to a clause's data: what stands at `path` becomes `value` (or is left out)."""

    path: DataPath
    says: str
    data: dict[str, Any]


def mutants_of(document: Document, sources: Mapping[str, Source]) -> Iterator[Mutant]:
    """Every mutant of a document; `sources` are its files as read, by name."""
    seen: set[str] = set()
    for mutant in (*_clause_mutants(document, sources), *_swapped(document), *_head(document, sources)):
        if mutant.id not in seen:
            seen.add(mutant.id)
            yield mutant


def _clause_mutants(document: Document, sources: Mapping[str, Source]) -> Iterator[Mutant]:
    context = KindContext(document.vocabulary, document.currency, document.kind)
    for clause in document.clauses:
        yield Mutant(f"{clause.id} dropped", clause, clause.file, clause.line, _without(document, clause))
        source = sources[clause.file]
        data = _at(source.data, clause.path)
        for edit in edits_of(data, document):
            changed, problems = parse_clause(edit.data, context, clause.index, clause.path)
            if changed is None or problems:
                continue
            changed = replace(changed, file=clause.file, line=clause.line)
            if _same(changed, clause):
                continue
            line = source.position((*clause.path, *edit.path)).line
            yield Mutant(f"{clause.id} {edit.says}", clause, clause.file, line, _with(document, changed))


def _same(one: Clause, other: Clause) -> bool:
    """Whether two clauses say the same rule, however it is written."""
    return replace(one, text=other.text, path=other.path) == other


def _at(data: Any, path: DataPath) -> dict[str, Any]:
    for step in path:
        data = data[step]
    return dict(data)


def _without(document: Document, clause: Clause) -> Document:
    kept = [each for each in document.clauses if each is not clause]
    return replace(document, clauses=tuple(replace(each, index=place) for place, each in enumerate(kept)))


def _with(document: Document, clause: Clause) -> Document:
    clauses = list(document.clauses)
    clauses[clause.index] = clause
    return replace(document, clauses=tuple(clauses))


def _swapped(document: Document) -> Iterator[Mutant]:
    """Single-valued clauses of one kind in the other order: the special no longer before the general."""
    for place, clause in enumerate(document.clauses):
        if clause.effect.additive:
            continue
        later = next((each for each in document.clauses[place + 1 :] if each.kind == clause.kind), None)
        if later is None:
            continue
        clauses = list(document.clauses)
        clauses[clause.index], clauses[later.index] = (
            replace(later, index=clause.index),
            replace(clause, index=later.index),
        )
        changed = replace(document, clauses=tuple(clauses))
        yield Mutant(f"{clause.id} swapped with {later.id}", clause, clause.file, clause.line, changed, later)


def _head(document: Document, sources: Mapping[str, Source]) -> Iterator[Mutant]:
    """Changes above the clauses: how days count, when the version is in force, who is liable, what absence means."""
    file = str(document.path)
    source = sources.get(file)
    first = document.clauses[0] if document.clauses else None
    if source is None or first is None:
        return
    for path, says, changed, levers in head_edits(document):
        yield Mutant(says, first, file, source.position(path).line, changed, levers=levers)


def edits_of(data: dict[str, Any], document: Document) -> Iterator[Edit]:
    """Every edit of one clause's data."""
    for key, value in data.items():
        if key in ("id", "text"):
            continue
        if key == "when":
            yield Edit((key,), "when dropped", _changed(data, (key,), None))
            yield Edit((key,), "when negated", _changed(data, (key,), {"not": value}))
            yield from _condition(data, (key,), value, document)
        elif key == "unless":
            yield from _unless(data, value, document)
        elif key in ("overrides", "instead_of", "during"):
            yield Edit((key,), f"{key} dropped", _changed(data, (key,), None))
            yield from _values(data, (key,), value, document)
        else:
            yield from _values(data, (key,), value, document)


def _unless(data: dict[str, Any], value: Any, document: Document) -> Iterator[Edit]:
    exceptions = value if isinstance(value, list) else [value]
    if len(exceptions) == 1:
        yield Edit(("unless",), "unless dropped", _changed(data, ("unless",), None))
    for place, exception in enumerate(exceptions):
        path: DataPath = ("unless", place) if isinstance(value, list) else ("unless",)
        if len(exceptions) > 1:
            yield Edit(path, f"unless.{place} dropped", _changed(data, path, None))
        yield from _condition(data, path, exception, document)


def _condition(data: dict[str, Any], path: DataPath, condition: Any, document: Document) -> Iterator[Edit]:
    if not isinstance(condition, Mapping):
        return
    for key, value in condition.items():
        here: DataPath = (*path, key)
        if len(condition) > 1:
            yield Edit(here, f"{_name(here)} dropped", _changed(data, here, None))
        if key == "not":
            yield Edit(here, f"{_name(here)} taken away", _changed(data, path, value))
            yield from _condition(data, here, value, document)
        elif key in COMBINATIONS and isinstance(value, list) and all(isinstance(part, Mapping) for part in value):
            for place, part in enumerate(value):
                if len(value) > 1:
                    yield Edit((*here, place), f"{_name((*here, place))} dropped", _changed(data, (*here, place), None))
                yield from _condition(data, (*here, place), part, document)
        elif isinstance(value, Mapping):
            yield from _operators(data, here, key, value, document)
        else:
            yield from _tested(data, here, str(key), value, document)


def _operators(
    data: dict[str, Any], path: DataPath, fact: str, test: Mapping[Any, Any], document: Document
) -> Iterator[Edit]:
    for operator, value in test.items():
        here: DataPath = (*path, operator)
        other = OPERATORS.get(str(operator))
        if len(test) > 1:
            yield Edit(here, f"{_name(here)} dropped", _changed(data, here, None))
        if other is not None and other not in test:
            changed = {other if key == operator else key: part for key, part in test.items()}
            yield Edit(here, f"{_name(here)} -> {other}", _changed(data, path, changed))
        if isinstance(value, list):
            yield from _tested(data, here, fact, value, document)
        else:
            yield from _neighbours(data, here, value)


def _tested(data: dict[str, Any], path: DataPath, fact: str, value: Any, document: Document) -> Iterator[Edit]:
    """A fact's values: each of a list left out, a single one swapped for another that the fact can have."""
    if isinstance(value, list):
        if len(value) > 1:
            for place, member in enumerate(value):
                edited = _changed(data, (*path, place), None)
                yield Edit((*path, place), f"{_name(path)} without {text_of(member)}", edited)
        return
    if isinstance(value, bool):
        yield Edit(path, f"{_name(path)} {text_of(value)} -> {text_of(not value)}", _changed(data, path, not value))
        return
    if isinstance(value, PlainInt | PlainFloat | PlainDate):
        yield from _neighbours(data, path, value)
        return
    for other in _other_values(fact, text_of(value), document):
        yield Edit(path, f"{_name(path)} {text_of(value)} -> {other}", _changed(data, path, other))


def _other_values(fact: str, value: str, document: Document) -> list[str]:
    known = document.vocabulary.facts.get(fact)
    if known is None:
        return []
    if known.values:
        return [other for other in known.values if other != value][:SIBLINGS_SHOWN]
    tree = document.vocabulary.tree_of(known)
    if tree is not None:
        paths = list(tree.paths())
        siblings = [path for path in paths if path != value and _parent(path, known) == _parent(value, known)]
        below = [path for path in paths if known.below(path, value)]
        return [*siblings[:1], *below[:1]]
    if known.type is FactType.TREE:
        return [f"{value}{known.separator}other"]
    return [] if known.known else [f"{value}-other"]


def _parent(path: str, fact: Fact) -> str:
    return path.rpartition(fact.separator)[0]


def _values(data: dict[str, Any], path: DataPath, value: Any, document: Document) -> Iterator[Edit]:
    """The values of an effect, at any depth."""
    last = path[-1]
    if isinstance(value, Mapping):
        for key, part in value.items():
            if key not in NAMES:
                yield from _values(data, (*path, key), part, document)
        return
    if isinstance(value, list):
        if len(value) > 1 or last in ("evidence",):
            for place, member in enumerate(value):
                if not isinstance(member, Mapping | list):
                    left = [part for number, part in enumerate(value) if number != place]
                    yield Edit((*path, place), f"{_name(path)} without {text_of(member)}", _changed(data, path, left))
        return
    if isinstance(value, bool):
        yield Edit(path, f"{_name(path)} {text_of(value)} -> {text_of(not value)}", _changed(data, path, not value))
        return
    if last == "after" and value in ANCHORS:
        other = ANCHORS[str(value)]
        yield Edit(path, f"{_name(path)} {value} -> {other}", _changed(data, path, other))
        return
    choices = _choices(path, document.kind)
    if choices:
        for other in [choice for choice in choices if choice != text_of(value)][:SIBLINGS_SHOWN]:
            yield Edit(path, f"{_name(path)} {text_of(value)} -> {other}", _changed(data, path, other))
        return
    yield from _neighbours(data, path, value)


@cache
def _clause_shape(kind: str) -> Shape:
    schema = text_schema()
    return Shape({**schema, "$ref": f"#/$defs/{kind}"} if kind in schema.get("$defs", {}) else schema)


def _choices(path: DataPath, kind: str) -> tuple[str, ...]:
    named = tuple(step for step in path if not isinstance(step, int))
    return _clause_shape(kind).choices(("clauses", 0, *named))


def _neighbours(data: dict[str, Any], path: DataPath, value: Any) -> Iterator[Edit]:
    """One unit up and one down: a day, a minor unit, a percentage point, a count."""
    for other in _one_off(value):
        yield Edit(path, f"{_name(path)} {text_of(value)} -> {text_of(other)}", _changed(data, path, other))


def _one_off(value: Any) -> list[Any]:
    if isinstance(value, PlainInt):
        return [PlainInt(value + 1), PlainInt(value - 1)]
    if isinstance(value, PlainDate):
        days = [date(value.year, value.month, value.day) + timedelta(days=step) for step in (1, -1)]
        return [PlainDate(day.year, day.month, day.day) for day in days]
    text = text_of(value)
    percent, duration = PERCENT.match(text), DURATION.match(text)
    if percent:
        whole, fraction = percent.group(1), percent.group(2) or ""
        return [f"{_step(f'{whole}.{fraction}' if fraction else whole, step)}%" for step in (1, -1)]
    if duration:
        number = int(duration.group(1))
        return [f"{number + step}{duration.group(2)}" for step in (1, -1) if number + step > 0]
    if SUM.match(text):
        return [_step(text, step) for step in (1, -1)]
    return []


def _step(text: str, step: int) -> str:
    """A decimal text one unit of its last digit up or down.

    >>> _step("12.00", -1)
    '11.99'
    """
    digits = len(text.partition(".")[2])
    moved = int(text.replace(".", "")) + step
    sign, plain = ("-" if moved < 0 else ""), str(abs(moved)).rjust(digits + 1, "0")
    return sign + (f"{plain[:-digits]}.{plain[-digits:]}" if digits else plain)


def _changed(data: dict[str, Any], path: DataPath, value: Any) -> dict[str, Any]:
    """The data with another value at the path, or without what stands there."""
    result = deepcopy(data)
    place: Any = result
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return result


def _name(path: Sequence[str | int]) -> str:
    return ".".join(str(step) for step in path)
