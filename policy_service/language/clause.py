"""One clause: an id, one effect, and where it counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Literal

from typing_extensions import TypeVar

from policy_service.language.conditions import Condition, parse_condition, tests_of
from policy_service.language.diagnostics import did_you_mean, one_of
from policy_service.language.flow import said
from policy_service.language.kinds import KINDS, Effect, KindContext
from policy_service.language.kinds.base import ALL_ACTIONS
from policy_service.language.problem import Path, Problem
from policy_service.language.reading import IDENTIFIER, Reading
from policy_service.language.scalars import text_of
from policy_service.language.vocabulary import FactType, Vocabulary

__all__ = ["COMMON_KEYS", "Clause", "During", "names_sum", "parse_clause"]

Ids = frozenset[str] | Literal["all"] | None
E_co = TypeVar("E_co", bound=Effect, default=Effect, covariant=True)

COMMON_KEYS = ("id", "text", "for", "when", "unless", "during", "overrides", "instead_of")
LOCALES = ("en", "zh-CN")


@dataclass(frozen=True, slots=True)
class During:
    """The days, both inclusive, on which an order was placed or a request made."""

    start: date | None
    through: date | None
    by: Literal["order", "request"] = "order"


@dataclass(frozen=True, slots=True)
class Clause(Generic[E_co]):
    """A clause as the rest of the service sees it; `index` is its place among the document's clauses.

    `Clause[Fee]` is one whose effect is known to be a fee. It applies to a line where the action is among `actions`,
    `during` holds, `when` is true and none of `unless` is.
    """

    index: int
    id: str
    kind: str
    effect: E_co
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

    @property
    def conditions(self) -> Iterator[Condition]:
        """`when`, then each `unless`."""
        if self.when is not None:
            yield self.when
        yield from self.unless


def parse_clause(
    data: Any, context: KindContext, index: int, path: Path, *, file: str = "", line: int = 0
) -> tuple[Clause | None, list[Problem]]:
    """The clause that a mapping says, and every problem in it; None when there is one."""
    if not isinstance(data, Mapping):
        message = f"expected a clause, found {said(data)}"
        return None, [Problem("PS103-wrong-type", path, message, "such as `{id: return-30, window: {days: 30}}`")]
    problems: list[Problem] = []
    parts = _Parts(Reading(data, context, path, problems))
    parts.note_empty_keys()
    name, kind = parts.id(), parts.kind()
    effect = parts.effect(kind) if kind is not None else None
    when, unless, during = parts.when(), parts.unless(), parts.during()
    actions, overrides, instead_of = parts.actions(), parts.ids("overrides"), parts.ids("instead_of")
    words = parts.words()
    if problems or effect is None or kind is None:
        return None, problems
    clause = Clause(
        index=index,
        id=name,
        kind=kind,
        effect=effect,
        actions=actions or frozenset(effect.actions),
        when=when,
        unless=unless,
        during=during,
        overrides=overrides,
        instead_of=instead_of,
        text=words,
        path=path,
        file=file,
        line=line,
    )
    return clause, problems


def names_sum(clause: Clause, vocabulary: Vocabulary) -> bool:
    """Whether the clause names a sum of money, in its effect or in a comparison."""
    return clause.effect.named_sums or any(
        vocabulary.facts[test.fact].type is FactType.MONEY
        for condition in clause.conditions
        for test in tests_of(condition)
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """The keys of a clause, each read apart from the others, so that every mistake is found at once."""

    reading: Reading

    def note_empty_keys(self) -> None:
        for key in COMMON_KEYS:
            if key in self.reading.mapping and not self.reading.has(key):
                self.reading.wrong(
                    "PS103-wrong-type", key, f"`{key}` has no value", f"give it a value, or remove `{key}`"
                )

    def id(self) -> str:
        if "id" not in self.reading.mapping:
            self.reading.wrong("PS102-missing-key", None, "this clause has no `id`", "give it a name: `id: return-30`")
            return ""
        name = self.reading.text("id")
        if name is not None and not IDENTIFIER.fullmatch(name):
            self.reading.wrong("PS105-wrong-form", "id", f"`{name}` is no id", "write letters, digits, `-` and `_`")
        return name or ""

    def kind(self) -> str | None:
        """The one key that names a kind; the first, where there are several."""
        data, path, problems = self.reading.mapping, self.reading.path, self.reading.problems
        kinds = [key for key in data if key in KINDS]
        strangers = [key for key in data if key not in KINDS and key not in COMMON_KEYS]
        for key in strangers:
            hint = did_you_mean(str(key), (*COMMON_KEYS, *KINDS))
            problems.append(Problem("PS101-unknown-key", (*path, key), f"`{key}` is not known in a clause", hint, True))
        for key in kinds[1:]:
            message = f"a clause has one effect; this one has `{kinds[0]}` already"
            hint = f"move `{key}` to a clause of its own"
            problems.append(Problem("PS109-two-effects", (*path, key), message, hint, True))
        if not kinds:
            # A stranger may well be the kind, misspelt: that is one mistake, not two.
            if not strangers:
                hint = f"add a key that names its kind, such as {one_of(['window', 'deny', 'fee'])}"
                problems.append(Problem("PS108-no-effect", path, "this clause has no effect", hint))
            return None
        return kinds[0]

    def effect(self, kind: str) -> Effect | None:
        reading, effect = self.reading, KINDS[kind]
        document = reading.context.document
        if not (effect.in_policy if document == "policy" else effect.in_statute):
            message, hint = (
                f"`{kind}` cannot stand in a {document}",
                "it belongs in a " + ("statute" if document == "policy" else "policy"),
            )
            reading.problems.append(Problem("PS111-wrong-document", (*reading.path, kind), message, hint, True))
        found, problems = effect.parse(reading.mapping[kind], reading.context, (*reading.path, kind))
        reading.problems.extend(problems)
        return found

    def when(self) -> Condition | None:
        if not self.reading.has("when"):
            return None
        return self._condition(self.reading.mapping["when"], "when")

    def unless(self) -> tuple[Condition, ...]:
        if not self.reading.has("unless"):
            return ()
        value = self.reading.mapping["unless"]
        if isinstance(value, list):
            if not value:
                self.reading.wrong(
                    "PS112-empty-list", "unless", "this list is empty", "name an exception, or remove it"
                )
            read = [self._condition(item, "unless", index) for index, item in enumerate(value)]
        else:
            read = [self._condition(value, "unless")]
        return tuple(condition for condition in read if condition is not None)

    def _condition(self, value: Any, *steps: str | int) -> Condition | None:
        reading = self.reading
        condition, found = parse_condition(value, reading.context.vocabulary, (*reading.path, *steps))
        reading.problems.extend(found)
        return condition

    def actions(self) -> frozenset[str]:
        """The actions of `for`; empty where it is left to the kind."""
        named = self.reading.texts("for", least=1)
        for action in named:
            self.reading.member(action, ALL_ACTIONS, "for")
        return frozenset(named)

    def during(self) -> During | None:
        inner = self.reading.inner("during")
        if inner is None:
            return None
        for key in inner.mapping:
            if key not in ("from", "through", "by"):
                hint = did_you_mean(str(key), ("from", "through", "by")) or "possible here: `from`, `through` and `by`"
                message = f"`{key}` is not known in `during`"
                inner.problems.append(Problem("PS101-unknown-key", (*inner.path, key), message, hint, True))
        inner.at_least_one("from", "through")
        start, through = inner.day("from"), inner.day("through")
        if start is not None and through is not None and through < start:
            hint = "both days count; exchange or mend them"
            inner.wrong("PS207-dates-reversed", "through", f"`{through}` is before `{start}`", hint)
        by = inner.choice("by", ("order", "request"), "order")
        return During(start, through, "request" if by == "request" else "order")

    def ids(self, key: str) -> Ids:
        if not self.reading.has(key):
            return None
        found = self.reading.texts_or_all(key)
        return "all" if found == "all" else frozenset(found)

    def words(self) -> Mapping[str, str]:
        """What the clause says to customers, by language; a plain sentence stands for every language."""
        value = self.reading.mapping.get("text")
        if not isinstance(value, Mapping):
            plain = self.reading.text("text")
            return {} if plain is None else dict.fromkeys(LOCALES, plain)
        words: dict[str, str] = {}
        for locale, sentence in value.items():
            if isinstance(sentence, (Mapping, list)) or sentence is None:
                place = (*self.reading.path, "text", locale)
                message = f"expected a sentence, found {said(sentence)}"
                self.reading.problems.append(Problem("PS103-wrong-type", place, message))
            else:
                words[str(locale)] = text_of(sentence)
        return words
