"""From values that remember how YAML wrote them to the plain JSON that a caller would send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policy_service.language.scalars import PlainDate, PlainFloat, PlainInt, text_of
from policy_service.language.vocabulary import DeclaredFact

# Values of these declared types travel as text, so that `45.00` never goes through a float.
AS_TEXT = frozenset({"money", "text", "date"})


def plain_json(value: Any) -> Any:
    """The value with nothing but JSON's own types in it."""
    if isinstance(value, Mapping):
        return {text_of(key): plain_json(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain_json(part) for part in value]
    if isinstance(value, PlainInt):
        return int(value)
    if isinstance(value, PlainFloat):
        return float(value)
    return text_of(value) if isinstance(value, PlainDate) else value


def plain_attributes(request: Any, declared: Mapping[str, DeclaredFact]) -> Any:
    """The request as plain JSON, each attribute as text where the policy declares text, money or a date."""
    if isinstance(request, Mapping):
        return {
            text_of(key): _attributes(part, declared) if key == "attributes" else plain_attributes(part, declared)
            for key, part in request.items()
        }
    if isinstance(request, list):
        return [plain_attributes(part, declared) for part in request]
    return plain_json(request)


def _attributes(sent: Any, declared: Mapping[str, DeclaredFact]) -> Any:
    if not isinstance(sent, Mapping):
        return plain_json(sent)
    return {text_of(name): _attribute(value, declared.get(text_of(name))) for name, value in sent.items()}


def _attribute(value: Any, fact: DeclaredFact | None) -> Any:
    kind = str(fact.type) if fact else ""
    if kind in AS_TEXT and isinstance(value, PlainInt | PlainFloat | PlainDate):
        return text_of(value)
    if kind == "set" and isinstance(value, list):
        return [text_of(member) for member in value]
    if kind == "number" and isinstance(value, PlainFloat):
        return value.text
    return plain_json(value)
