"""One clause: an id, one effect, and where it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from policy_service.language.conditions import Condition, parse_condition, tests_of
from policy_service.language.diagnostics import did_you_mean
from policy_service.language.kinds import KINDS, Effect, KindContext
from policy_service.language.kinds.base import ALL_ACTIONS, Reading
from policy_service.language.problem import Path, Problem
from policy_service.language.scalars import text_of
from policy_service.language.vocabulary import FactType, Vocabulary

Ids = frozenset[str] | Literal["all"] | None

COMMON_KEYS = ("id", "text", "for", "when", "unless", "during", "overrides", "instead_of")


@dataclass(frozen=True, slots=True)
class During:
    """The days, both inclusive, on which an order was placed or a request made."""

    start: date | None
    through: date | None
    by: Literal["order", "request"] = "order"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as the rest of the service sees it; `index` is its place among the document's clauses."""

    index: int
    id: str
    kind: str
    effect: Effect
    actions: frozenset[str]
    when: Condition | None = None
    unless: tuple[Condition, ...] = ()
    during: During | None = None
    overrides: Ids = None
    instead_of: Ids = None
    text: Mapping[str, str] = field(default_factory=dict, hash=False)
    path: Path = ()
    file: str = ""
    line: int = 0


def parse_clause(
    data: Any, context: KindContext, index: int, path: Path, *, file: str = "", line: int = 0
) -> tuple[Clause | None, list[Problem]]:
    """The clause that a mapping says, and every problem in it; None when there is one."""
    problems: list[Problem] = []
    if not isinstance(data, Mapping):
        return None, [
            Problem("PS103-wrong-type", path, "expected a clause", "a mapping such as `{id: …, window: {…}}`")
        ]
    kind = _kind(data, path, problems)
    effect = None
    if kind is not None:
        effect, found = KINDS[kind].parse(data[kind], context, (*path, kind))
        problems += found
    parts = _Parts(data, context.vocabulary, path, problems)
    when, unless, during = parts.when(), parts.unless(), parts.during()
    actions, overrides, instead_of = parts.actions(), parts.ids("overrides"), parts.ids("instead_of")
    if data.get("id") is None:
        problems.append(
            Problem("PS102-missing-key", path, "this clause has no `id`", "give it a name: `id: return-30`")
        )
    if problems or effect is None or kind is None:
        return None, problems
    return (
        Clause(
            index=index,
            id=text_of(data["id"]),
            kind=kind,
            effect=effect,
            actions=actions or frozenset(effect.actions),
            when=when,
            unless=unless,
            during=during,
            overrides=overrides,
            instead_of=instead_of,
            text=parts.words(),
            path=path,
            file=file,
            line=line,
        ),
        problems,
    )


def names_sum(clause: Clause, vocabulary: Vocabulary) -> bool:
    """Whether the clause names a sum of money, in its effect or in a comparison."""
    conditions = [condition for condition in (clause.when, *clause.unless) if condition is not None]
    return clause.effect.named_sums or any(
        vocabulary.facts[test.fact].type is FactType.MONEY for condition in conditions for test in tests_of(condition)
    )


def _kind(data: Mapping[str, Any], path: Path, problems: list[Problem]) -> str | None:
    kinds = [key for key in data if key in KINDS]
    for key in data:
        if key not in KINDS and key not in COMMON_KEYS:
            hint = did_you_mean(str(key), (*COMMON_KEYS, *KINDS))
            problems.append(Problem("PS101-unknown-key", (*path, key), f"`{key}` is not known in a clause", hint, True))
    if len(kinds) > 1:
        for key in kinds[1:]:
            problems.append(
                Problem(
                    "PS109-two-effects",
                    (*path, key),
                    f"a clause has one effect; this one has `{kinds[0]}` already",
                    "make it a clause of its own",
                    True,
                )
            )
    if not kinds:
        problems.append(
            Problem(
                "PS108-no-effect", path, "this clause has no effect", "add a key that names its kind, such as `window`"
            )
        )
        return None
    return kinds[0]


@dataclass(slots=True)
class _Parts:
    """The keys that every clause may have."""

    data: Mapping[str, Any]
    vocabulary: Vocabulary
    path: Path
    problems: list[Problem]

    def when(self) -> Condition | None:
        if self.data.get("when") is None:
            return None
        return self._condition(self.data["when"], (*self.path, "when"))

    def unless(self) -> tuple[Condition, ...]:
        value = self.data.get("unless")
        if value is None:
            return ()
        items = enumerate(value) if isinstance(value, list) else [(None, value)]
        base = (*self.path, "unless")
        read = [self._condition(item, base if index is None else (*base, index)) for index, item in items]
        return tuple(condition for condition in read if condition is not None)

    def _condition(self, value: Any, path: Path) -> Condition | None:
        condition, found = parse_condition(value, self.vocabulary, path)
        self.problems += found
        return condition

    def actions(self) -> frozenset[str]:
        if self.data.get("for") is None:
            return frozenset()
        reading = self._reading()
        named = reading.texts("for")
        for action in named:
            reading.member(action, ALL_ACTIONS, "for")
        return frozenset(named)

    def during(self) -> During | None:
        inner = self._reading().inner("during")
        if inner is None or not isinstance(inner.data, Mapping):
            return None
        start, through = inner.day("from"), inner.day("through")
        if start is not None and through is not None and through < start:
            inner.wrong("PS207-dates-reversed", "through", "`through` is before `from`", "exchange the two dates")
        by = inner.choice("by", ("order", "request"), "order")
        return During(start, through, "request" if by == "request" else "order")

    def ids(self, key: str) -> Ids:
        if self.data.get(key) is None:
            return None
        found = self._reading().texts_or_all(key)
        return "all" if found == "all" else frozenset(found)

    def words(self) -> Mapping[str, str]:
        value = self.data.get("text")
        if isinstance(value, Mapping):
            return {str(locale): text_of(words) for locale, words in value.items() if words is not None}
        return {} if value is None else {"en": text_of(value), "zh-CN": text_of(value)}

    def _reading(self) -> Reading:
        context = KindContext(self.vocabulary, self.vocabulary.currency)
        return Reading(self.data, context, self.path, self.problems)
