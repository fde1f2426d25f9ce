"""What every kind of clause has in common, and the reader that turns its YAML into a typed effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from policy_service.contract.money import UnknownCurrency
from policy_service.language.diagnostics import did_you_mean
from policy_service.language.problem import Path, Problem
from policy_service.language.scalars import text_of
from policy_service.language.shapes import Shape
from policy_service.language.sums import Duration, SumError, read_duration, read_rate, read_sum
from policy_service.language.vocabulary import ANCHORS, FactType, Vocabulary

Role = Literal["permission", "prohibition", "money", "benefit", "process", "inspection", "statute"]

ALL_ACTIONS = ("return", "exchange", "repair", "refund_only", "reship")
REFUNDS = ("return", "refund_only")


@dataclass(frozen=True, slots=True)
class KindContext:
    """What a clause is read against: the document's facts, its currency and whether it is a policy or a statute."""

    vocabulary: Vocabulary
    currency: str
    document: Literal["policy", "statute"] = "policy"


class Effect(BaseModel):
    """The effect of a clause, typed. Sums are minor units of the document's currency, rates exact fractions.

    Subclasses say as class data what the compiler, schema, linter and documentation need to know.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    kind: ClassVar[str]
    actions: ClassVar[tuple[str, ...]] = ALL_ACTIONS
    role: ClassVar[Role]
    additive: ClassVar[bool] = True
    in_policy: ClassVar[bool] = True
    in_statute: ClassVar[bool] = True
    doc: ClassVar[str]
    doc_zh: ClassVar[str]
    example: ClassVar[Any]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "kind" in cls.__dict__:
            KINDS[cls.kind] = cls

    @classmethod
    def shape(cls) -> Shape:
        """The JSON Schema of the effect's YAML."""
        raise NotImplementedError(cls.kind)

    @classmethod
    def schema(cls) -> Shape:  # type: ignore[override]
        """The JSON Schema of the effect's YAML."""
        return cls.shape()

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        """The constructor's arguments from the YAML; problems are noted in the reading."""
        raise NotImplementedError(cls.kind)

    @classmethod
    def parse(cls, data: Any, context: KindContext, path: Path) -> tuple[Effect | None, list[Problem]]:
        """The effect that the data says, and every problem in it; None when there is one."""
        reading = Reading(data, context, path)
        try:
            arguments = cls.read(reading)
        except _Unreadable:
            return None, reading.problems
        return (None if reading.problems else cls(**arguments)), reading.problems

    @property
    def named_sums(self) -> bool:
        """Whether it names a sum of money, which another order currency makes convert."""
        return False

    def named_facts(self) -> tuple[str, ...]:
        """The facts that it reads as a number, a sum or an anchor."""
        return ()


KINDS: dict[str, type[Effect]] = {}
"""Every kind by the key that names it."""


class _Unreadable(Exception):
    """The data is so far from the shape that reading on would only add noise."""


@dataclass(slots=True)
class Reading:
    """One effect's data being read. A key that is absent reads as None; what is wrong is noted in `problems`."""

    data: Any
    context: KindContext
    path: Path
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, code: str, key: str | None, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(code, self.path if key is None else (*self.path, key), message, hint))

    @property
    def mapping(self) -> Mapping[str, Any]:
        """The data as a mapping."""
        if not isinstance(self.data, Mapping):
            self.wrong("PS103-wrong-type", None, "expected a mapping")
            raise _Unreadable
        return self.data

    def inner(self, key: str) -> Reading | None:
        """The mapping below a key, read with the same problems."""
        value = self.mapping.get(key)
        return None if value is None else Reading(value, self.context, (*self.path, key), self.problems)

    def text(self, key: str) -> str | None:
        value = self.mapping.get(key)
        if value is None:
            return None
        if isinstance(value, (Mapping, list)):
            self.wrong("PS103-wrong-type", key, "expected text")
            return None
        return text_of(value)

    def needed(self, key: str) -> str:
        value = self.text(key)
        if value is None:
            self.wrong("PS102-missing-key", None, f"`{key}` is missing", f"add `{key}`")
        return value or ""

    def choice(self, key: str, known: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key)
        if value is None:
            if default is None:
                self.wrong("PS102-missing-key", None, f"`{key}` is missing", f"add `{key}`")
            return default or known[0]
        return self.member(value, known, key)

    def member(self, value: str, known: tuple[str, ...], key: str | None = None) -> str:
        if value not in known:
            listed = ", ".join(f"`{name}`" for name in known)
            self.wrong(
                "PS104-unknown-value",
                key,
                f"`{value}` is not known here",
                did_you_mean(value, known) or f"one of {listed}",
            )
        return value

    def texts(self, key: str | None = None) -> tuple[str, ...]:
        """A list of texts below a key (None: the data itself)."""
        value = self.data if key is None else self.mapping.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or any(isinstance(item, (Mapping, list)) or item is None for item in value):
            self.wrong("PS103-wrong-type", key, "expected a list of names", "write `[one, two]`")
            return ()
        return tuple(dict.fromkeys(text_of(item) for item in value))

    def texts_or_all(self, key: str | None = None) -> tuple[str, ...] | Literal["all"]:
        value = self.data if key is None else self.mapping.get(key)
        return "all" if value == "all" else self.texts(key)

    def whole(self, key: str, *, least: int = 0, most: int = 1_000_000) -> int | None:
        value = self.mapping.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong("PS110-out-of-range", key, f"expected a whole number from {least} to {most}, found `{value}`")
            return None
        return int(value)

    def whole_or_fact(self, key: str) -> int | str | None:
        """A whole number, or the name of an integer fact that holds it."""
        value = self.mapping.get(key)
        if isinstance(value, str):
            return self.fact(key, value, FactType.INTEGER)
        return self.whole(key, least=1)

    def flag(self, key: str, default: bool) -> bool:
        value = self.mapping.get(key, default)
        if not isinstance(value, bool):
            self.wrong("PS103-wrong-type", key, f"expected `true` or `false`, found `{value}`")
            return default
        return value

    def day(self, key: str) -> date | None:
        value = self.text(key)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.wrong("PS105-wrong-form", key, f"`{value}` is not a date", "write it such as `2025-06-30`")
            return None

    def rate(self, key: str) -> Fraction | None:
        value = self.text(key)
        if value is None:
            return None
        rate = read_rate(value)
        if rate is None:
            code, hint = (
                ("PS106-percent-missing", f"write `{value}%`")
                if read_rate(f"{value}%")
                else ("PS105-wrong-form", "write it such as `10%`")
            )
            self.wrong(code, key, f"`{value}` is not a percentage", hint)
        return rate

    def sum(self, key: str) -> int | None:
        value = self.text(key)
        return None if value is None else self.read_sum(value, key)

    def read_sum(self, value: str, key: str | None) -> int | None:
        try:
            return read_sum(value, self.context.currency)
        except SumError as error:
            self.wrong(error.code, key, error.message, error.hint)
        except UnknownCurrency:
            pass  # said once, at the document's `currency`
        return None

    def sum_or_fact(self, key: str) -> int | str | None:
        """A sum, or the name of a money fact that holds it."""
        value = self.text(key)
        if value is None:
            return None
        return self.fact(key, value, FactType.MONEY) if value[:1].isalpha() else self.read_sum(value, key)

    def fact(self, key: str, name: str, kind: FactType) -> str | None:
        known = {fact.name: fact for fact in self.context.vocabulary.facts.values() if fact.type is kind}
        if name not in known:
            self.wrong(
                "PS208-unknown-fact", key, f"there is no fact `{name}` of type {kind}", did_you_mean(name, known)
            )
            return None
        return name

    def anchor(self, key: str, default: str | None = None) -> str | None:
        """What is counted from: a built-in anchor or a date fact that the document declares."""
        value = self.text(key)
        if value is None:
            return default
        dates = [
            name
            for name, fact in self.context.vocabulary.facts.items()
            if fact.type is FactType.DATE and ".attributes." in fact.source
        ]
        if value not in (*ANCHORS, *dates):
            hint = did_you_mean(value, (*ANCHORS, *dates)) or "one of " + ", ".join(
                f"`{name}`" for name in (*ANCHORS, *dates)
            )
            self.wrong("PS213-unknown-anchor", key, f"`{value}` is no day to count from", hint)
        return value

    def duration(self, key: str) -> Duration | None:
        value = self.text(key)
        if value is None:
            return None
        duration = read_duration(value)
        if duration is None:
            self.wrong(
                "PS105-wrong-form",
                key,
                f"`{value}` is not a duration",
                "write `7 days`, `48 hours` or `3 business days`",
            )
        return duration

    def exactly_one(self, *keys: str) -> None:
        """Notes a problem unless exactly one of the keys is there."""
        there = [key for key in keys if self.mapping.get(key) is not None]
        listed = ", ".join(f"`{key}`" for key in keys)
        if len(there) > 1:
            self.wrong(
                "PS114-one-of", there[1], f"`{there[1]}` cannot stand beside `{there[0]}`", f"keep one of {listed}"
            )
        elif not there:
            self.wrong("PS114-one-of", None, f"one of {listed} is missing", f"add one of {listed}")
