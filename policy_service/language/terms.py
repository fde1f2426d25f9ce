"""The words of one document: its own facts and reasons, and the vocabulary that they make with the built-in ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from policy_service.contract.money import UnknownCurrency
from policy_service.language.conditions import COMBINATIONS
from policy_service.language.diagnostics import did_you_mean
from policy_service.language.problem import Problem
from policy_service.language.reasons import STANDARD, Branch, ReasonTree
from policy_service.language.scalars import text_of
from policy_service.language.sums import SumError, read_day, read_number, read_sum
from policy_service.language.vocabulary import FACTS, DeclaredFact, FactValue, Vocabulary

__all__ = ["NO_CURRENCY", "Terms", "read_terms"]

ABOUT = ("line", "order", "customer")
TYPES = ("boolean", "integer", "number", "money", "date", "text", "set")

NO_CURRENCY = "EUR"
"""What a statute that names no currency is read with; it may then name no sums either."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a document's head says about words; `currency` is empty where the head names none."""

    vocabulary: Vocabulary
    declared: Mapping[str, DeclaredFact]
    currency: str
    problems: tuple[Problem, ...]


def read_terms(data: Mapping[str, Any], kind: Literal["policy", "statute"]) -> Terms:
    """Read `facts`, `reasons` and `currency`; what cannot be read is left out and reported."""
    problems: list[Problem] = []
    currency = data.get("currency")
    code = currency if isinstance(currency, str) else ""
    known = code or (NO_CURRENCY if kind == "statute" else "")
    declared = dict(_facts(_entries(data, "facts"), known, problems))
    reasons = ReasonTree(dict(_branches(_entries(data, "reasons"), problems)))
    vocabulary = Vocabulary.of(declared, reasons, known)
    return Terms(vocabulary, MappingProxyType(declared), code, tuple(problems))


def _entries(data: Mapping[str, Any], key: str) -> list[tuple[str, dict[str, Any]]]:
    """The well-formed entries of a table; the schema speaks about the others."""
    listed = data.get(key)
    return [(name, each) for name, each in listed.items() if isinstance(each, dict)] if isinstance(listed, dict) else []


def _texts(value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict):
        return MappingProxyType({})
    plain = {
        key: text_of(each) for key, each in value.items() if not isinstance(each, (dict, list)) and each is not None
    }
    return MappingProxyType(plain)


def _facts(
    entries: list[tuple[str, dict[str, Any]]], currency: str, problems: list[Problem]
) -> Iterator[tuple[str, DeclaredFact]]:
    dates = {name for name, each in entries if each.get("type") == "date"}
    for name, each in entries:
        path = ("facts", name)
        if name in FACTS or name in COMBINATIONS:
            what = "a word of conditions" if name in COMBINATIONS else "a fact of the vocabulary"
            problems.append(
                Problem("PS211-reserved-fact", path, f"`{name}` is {what} already", "choose another name", True)
            )
            continue
        if name.removeprefix("days_since_") in dates and name.startswith("days_since_"):
            problems.append(
                Problem(
                    "PS211-reserved-fact",
                    path,
                    f"`{name}` comes with the date `{name.removeprefix('days_since_')}` already",
                    "remove it",
                    True,
                )
            )
            continue
        about, type_ = each.get("about"), each.get("type")
        if about not in ABOUT or type_ not in TYPES:
            continue
        default = _default(each.get("default"), type_, currency, (*path, "default"), problems)
        yield name, DeclaredFact(name, about, type_, default, _texts(each.get("text")))


def _default(
    value: Any, type_: str, currency: str, path: tuple[str | int, ...], problems: list[Problem]
) -> FactValue | None:
    """The default as a value of the fact's type, None where there is none."""
    if value is None:
        return None
    if isinstance(value, dict) or (isinstance(value, list) and type_ != "set"):
        found: FactValue | None = None
    else:
        try:
            found = _value(value, type_, currency)
        except SumError as error:
            problems.append(Problem(error.code, path, error.message, error.hint))
            return None
        except UnknownCurrency:
            return None  # said at `currency`
    if found is None:
        said = (
            "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else f"`{text_of(value)}`"
        )
        problems.append(
            Problem(
                "PS219-wrong-declaration",
                path,
                f"the default {said} is not of type `{type_}`",
                f"such as `default: {_LIKE[type_]}`",
            )
        )
    return found


_LIKE = {
    "boolean": "false",
    "integer": "0",
    "number": "0.5",
    "money": '"0.00"',
    "date": "2025-06-30",
    "text": '""',
    "set": "[]",
}


def _value(value: Any, type_: str, currency: str) -> FactValue | None:
    text = text_of(value) if not isinstance(value, list) else ""
    match type_:
        case "boolean":
            return value if isinstance(value, bool) else None
        case "integer":
            return int(value) if isinstance(value, int) and not isinstance(value, bool) else None
        case "number":
            return read_number(text)
        case "money":
            return read_sum(text, currency)
        case "date":
            return read_day(text)
        case "set":
            if not isinstance(value, list) or any(isinstance(each, (dict, list)) or each is None for each in value):
                return None
            return frozenset(text_of(each) for each in value)
    return text


def _branches(entries: list[tuple[str, dict[str, Any]]], problems: list[Problem]) -> Iterator[tuple[str, Branch]]:
    names = {name for name, _ in entries}
    known = (*STANDARD, *names)
    for name, each in entries:
        parent = name.rpartition(".")[0]
        liability = each.get("liability")
        if parent and parent not in known:
            problems.append(
                Problem(
                    "PS219-wrong-declaration",
                    ("reasons", name),
                    f"there is no reason `{parent}` for `{name}` to hang below",
                    did_you_mean(parent, known) or f"declare `{parent}` too",
                    True,
                )
            )
        elif not parent and name not in STANDARD and liability is None:
            problems.append(
                Problem(
                    "PS219-wrong-declaration",
                    ("reasons", name),
                    f"nothing says who is liable for `{name}`",
                    did_you_mean(name, STANDARD) or "add `liability: customer`, `merchant` or `carrier`",
                    True,
                )
            )
        yield name, Branch(liability if isinstance(liability, str) else None, _texts(each.get("text")))
