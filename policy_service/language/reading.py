"""The reader that turns the YAML of a clause into typed values, and notes every mistake on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from policy_service.contract.money import UnknownCurrency
from policy_service.language import shapes
from policy_service.language.diagnostics import did_you_mean, one_of
from policy_service.language.flow import said
from policy_service.language.problem import Path, Problem
from policy_service.language.scalars import text_of
from policy_service.language.slips import other_names
from policy_service.language.sums import (
    LONGEST_DAYS,
    PERCENTAGE,
    Duration,
    SumError,
    read_day,
    read_duration,
    read_rate,
    read_sum,
)
from policy_service.language.vocabulary import ANCHORS, FactType, Vocabulary

__all__ = ["CODE", "IDENTIFIER", "KindContext", "Reading", "Unreadable", "stray_keys"]

CODE = re.compile(shapes.code()["pattern"])
IDENTIFIER = re.compile(shapes.identifier()["pattern"])


@dataclass(frozen=True, slots=True)
class KindContext:
    """What a clause is read against: the document's facts, its currency and whether it is a policy or a statute."""

    vocabulary: Vocabulary
    currency: str
    document: Literal["policy", "statute"] = "policy"


class Unreadable(Exception):
    """The data is so far from the shape that reading on would only add noise."""


@dataclass(slots=True)
class Reading:
    """Data being read. A key that is absent reads as None; what is wrong is noted in `problems`.

    Methods that take a key read below it; where the key may be None, they read the data itself.
    """

    data: Any
    context: KindContext
    path: Path
    problems: list[Problem] = field(default_factory=list)
    like: str | None = None

    def wrong(self, code: str, key: str | None, message: str, hint: str | None = None) -> None:
        """Note a problem at a key."""
        self.problems.append(Problem(code, self.path if key is None else (*self.path, key), message, hint))

    @property
    def mapping(self) -> Mapping[str, Any]:
        """The data as a mapping; raises Unreadable, noted, where it is none."""
        if not isinstance(self.data, Mapping):
            hint = f"such as `{self.like}`" if self.like else None
            self.wrong("PS103-wrong-type", None, f"expected a mapping, found {said(self.data)}", hint)
            raise Unreadable
        return self.data

    def has(self, key: str) -> bool:
        """Whether something stands at the key."""
        return self.mapping.get(key) is not None

    def inner(self, key: str) -> Reading | None:
        """The mapping below a key, read with the same problems; None where there is none."""
        value = self.mapping.get(key)
        if value is not None and not isinstance(value, Mapping):
            self.wrong("PS103-wrong-type", key, f"expected a mapping, found {said(value)}")
            return None
        return None if value is None else Reading(value, self.context, (*self.path, key), self.problems)

    def text(self, key: str) -> str | None:
        """A scalar's source text."""
        value = self.mapping.get(key)
        if value is None:
            return None
        if isinstance(value, (Mapping, list)):
            self.wrong("PS103-wrong-type", key, f"expected text, found {said(value)}")
            return None
        return text_of(value)

    def needed(self, key: str) -> str:
        """Text that must be there; empty, and noted, where it is not."""
        self.present(key)
        return self.text(key) or ""

    def code(self, key: str) -> str:
        """A code that must be there."""
        value = self.needed(key)
        if value or self.has(key):
            self._formed(value, CODE, key)
        return value

    def codes(self, key: str | None = None, *, least: int = 1) -> tuple[str, ...]:
        """A list of codes."""
        named = self.texts(key, least=least)
        for value in named:
            self._formed(value, CODE, key)
        return named

    def needed_codes(self, key: str) -> tuple[str, ...]:
        """A list of codes that must be there."""
        self.present(key)
        return self.codes(key)

    def codes_or_all(self) -> tuple[str, ...] | Literal["all"]:
        """The data as a list of codes, or `all`."""
        return "all" if self.data == "all" else self.codes()

    def texts_or_all(self, key: str) -> tuple[str, ...] | Literal["all"]:
        """A list of names, or `all`."""
        return "all" if self.mapping.get(key) == "all" else self.texts(key, least=1)

    def _formed(self, value: str, form: re.Pattern[str], key: str | None) -> None:
        if not form.fullmatch(value):
            self.wrong("PS105-wrong-form", key, f"`{value}` is no code", "write small letters, digits and `_`")

    def choice(self, key: str, known: tuple[str, ...], default: str | None = None) -> str:
        """One of a few names; without a default it must be there."""
        if default is not None and not self.has(key):
            return default
        self.present(key)
        value = self.text(key)
        return known[0] if value is None else self.member(value, known, key)

    def optional_choice(self, key: str, known: tuple[str, ...]) -> str | None:
        """One of a few names, or None."""
        return self.choice(key, known) if self.has(key) else None

    def member(self, value: Any, known: tuple[str, ...], key: str | None = None) -> str:
        """One of a few names."""
        text = "" if isinstance(value, (Mapping, list)) or value is None else text_of(value)
        if text not in known:
            hint = other_names(text, known) or did_you_mean(text, known) or f"possible here: {one_of(known)}"
            self.wrong("PS104-unknown-value", key, f"expected {one_of(known)}, found {said(value)}", hint)
        return text

    def texts(self, key: str | None = None, *, least: int = 0) -> tuple[str, ...]:
        """A list of names, each once; `least` of them, where the key is there."""
        value = self.data if key is None else self.mapping.get(key)
        if value is None and key is not None:
            return ()
        if not isinstance(value, list) or any(isinstance(item, (Mapping, list)) or item is None for item in value):
            hint = "write `[one, two]`" if isinstance(value, (Mapping, list)) or value is None else f"write `[{value}]`"
            self.wrong("PS103-wrong-type", key, f"expected a list of names, found {said(value)}", hint)
            return ()
        if len(value) < least:
            self.wrong("PS112-empty-list", key, "this list is empty", "name at least one")
        return tuple(dict.fromkeys(text_of(item) for item in value))

    def whole(self, key: str, *, least: int = 0, most: int = 1_000_000) -> int | None:
        """A whole number in a range."""
        value = self.mapping.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            message = f"expected a whole number from {least} to {most}, found {said(value)}"
            self.wrong("PS110-out-of-range", key, message)
            return None
        return int(value)

    def whole_or_fact(self, key: str, *, most: int = 1_000_000) -> int | str | None:
        """A whole number from 1, or the name of an integer fact that holds it, and stays as it is from day to day."""
        value = self.mapping.get(key)
        if not isinstance(value, str):
            return self.whole(key, least=1, most=most)
        if value.isdecimal():
            self.wrong("PS103-wrong-type", key, f"expected a number, found the text `{value}`", "remove the quotes")
            return None
        name = self.fact(key, value, FactType.INTEGER)
        if name is not None and self.context.vocabulary.facts[name].clock:
            message = f"`{name}` grows every day, so what it lengthens would move on as time goes by"
            self.wrong("PS208-unknown-fact", key, message, "name a fact that is sent, such as the days in repair")
            return None
        return name

    def flag(self, key: str, default: bool) -> bool:
        """`true` or `false`."""
        value = self.mapping.get(key, default)
        if not isinstance(value, bool):
            self.wrong("PS103-wrong-type", key, f"expected `true` or `false`, found {said(value)}")
            return default
        return value

    def day(self, key: str) -> date | None:
        """A calendar day."""
        value = self.text(key)
        if value is None:
            return None
        day = read_day(value)
        if day is None:
            self.wrong("PS105-wrong-form", key, f"`{value}` is not a date", "write it such as `2025-06-30`")
        return day

    def rate(self, key: str) -> Fraction | None:
        """A percentage as an exact fraction."""
        value = self.text(key)
        if value is None:
            return None
        rate = read_rate(value)
        if rate is None and read_rate(f"{value}%") is not None:
            self.wrong("PS106-percent-missing", key, f"`{value}` is not a percentage", f"write `{value}%`")
        elif rate is None and PERCENTAGE.fullmatch(value):
            hint = "a percentage has at most 6 digits before the point and 6 after it"
            self.wrong("PS107-wrong-digits", key, f"`{value}` has too many digits", hint)
        elif rate is None:
            self.wrong("PS105-wrong-form", key, f"`{value}` is not a percentage", "write it such as `10%`")
        return rate

    def sum(self, key: str) -> int | None:
        """A sum in minor units of the document's currency."""
        value = self.text(key)
        if value is None:
            return None
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
        return self.fact(key, value, FactType.MONEY) if value and value[0].isalpha() else self.sum(key)

    def fact(self, key: str, name: str, kind: FactType) -> str | None:
        """The name of a fact of one type."""
        facts = self.context.vocabulary.facts
        fitting = [each.name for each in facts.values() if each.type is kind]
        if name in fitting:
            return name
        if name in facts:
            message = f"`{name}` is of type `{facts[name].type}`, and this wants `{kind}`"
        else:
            message = f"there is no fact `{name}` of type `{kind}`"
        self.wrong("PS208-unknown-fact", key, message, did_you_mean(name, fitting) or f"possible: {one_of(fitting)}")
        return None

    def anchor(self, key: str, default: str | None = None) -> str | None:
        """What is counted from: a built-in anchor or a date fact that the document declares."""
        value = self.text(key)
        if value is None:
            return default
        facts = self.context.vocabulary.facts.values()
        own = [fact.name for fact in facts if fact.type is FactType.DATE and ".attributes." in fact.source]
        known = (*ANCHORS, *own)
        if value not in known:
            near = {"delivered_on": "delivery", "shipped_on": "shipment", "ordered_on": "order"}.get(value)
            hint = (
                f"did you mean `{near}`?"
                if near
                else other_names(value, known) or did_you_mean(value, known) or f"possible here: {one_of(known)}"
            )
            self.wrong("PS213-unknown-anchor", key, f"`{value}` is no day to count from", hint)
        return value

    def duration(self, key: str) -> Duration | None:
        """A length of time."""
        value = self.text(key)
        if value is None:
            return None
        duration = read_duration(value)
        if duration is None:
            hint = "write `7 days`, `48 hours` or `3 business days`"
            self.wrong("PS105-wrong-form", key, f"`{value}` is not a duration", hint)
        elif duration.unit != "hours" and duration.n > LONGEST_DAYS:
            self.wrong("PS110-out-of-range", key, f"expected at most {LONGEST_DAYS} days, found `{value}`")
            return None
        return duration

    def present(self, *keys: str) -> None:
        """Notes a problem for each of the keys that is not there."""
        for key in keys:
            if key not in self.mapping:
                self.wrong("PS102-missing-key", None, f"`{key}` is missing", f"add `{key}`")

    def exactly_one(self, *keys: str) -> None:
        """Notes a problem unless exactly one of the keys is there."""
        there = self.at_least_one(*keys)
        for key in there[1:]:
            hint = f"keep one of {one_of(there)}"
            self.wrong("PS114-one-of", key, f"`{key}` cannot stand beside `{there[0]}`", hint)

    def at_least_one(self, *keys: str) -> list[str]:
        """The keys that are there; notes a problem where none is."""
        there = [key for key in keys if key in self.mapping]
        if not there:
            self.wrong("PS114-one-of", None, f"one of {one_of(keys)} is missing", f"add {one_of(keys)}")
        return there

    def needs(self, key: str, *others: str) -> None:
        """Notes a problem where a key stands without one of those that give it a meaning."""
        if self.has(key) and not any(self.has(other) for other in others):
            hint = f"add {one_of(others)}, or remove `{key}`"
            self.wrong("PS115-needs", key, f"`{key}` means nothing without {one_of(others)}", hint)


def stray_keys(data: Any, shape: shapes.Shape, path: Path) -> list[Problem]:
    """The keys that a shape does not know, and those without a value, in the data and below its known keys."""
    found: list[Problem] = []
    for branch in (shape, *shape.get("anyOf", ())):
        known = branch.get("properties")
        if known is None or not isinstance(data, Mapping):
            continue
        for key, value in data.items():
            if key in known and value is None:
                hint = f"give it a value, or remove `{key}`"
                found.append(Problem("PS103-wrong-type", (*path, key), f"`{key}` has no value", hint))
            elif key in known:
                found += stray_keys(value, known[key], (*path, key))
            else:
                hint = did_you_mean(str(key), known) or f"possible here: {one_of(known)}"
                place = f"`{path[-1]}`" if path else "this place"
                found.append(Problem("PS101-unknown-key", (*path, key), f"`{key}` is not known in {place}", hint, True))
    return found
