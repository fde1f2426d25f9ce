"""Values and their mends in the words of a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from policy_service.contract.countries import country_named
from policy_service.language.diagnostics import one_of
from policy_service.language.flow import flow
from policy_service.language.scalars import text_of
from policy_service.language.shapes import country, currency
from policy_service.language.slips import CURRENCY_SIGNS, SPAN, days_meant, rewritten

__all__ = ["is_number", "mended", "percent", "said", "type_hint"]

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
COUNTED = re.compile(r"([0-9]+) *(?:(day|month)s?)?")
NAME = "^[a-z][a-z_]*$"
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
COUNTRY = str(country()["pattern"])
CURRENCY = str(currency()["pattern"])
LONGEST_NUMBER = 15


def is_number(text: str) -> bool:
    """Whether the text is a plain decimal number."""
    return NUMBER.match(text) is not None


def said(value: Any) -> str:
    """A value as a person names it: ``the text `thirty` ``, `a list`, `nothing`."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = text_of(value)
    shown = text if len(text) <= 60 else f"{text[:57]}…"
    if isinstance(value, str):
        return f"the text `{shown}`" if shown else "empty text"
    return f"`{shown}`" if isinstance(value, bool) else f"the number `{shown}`"


def type_hint(value: Any, schema: Any) -> str | None:
    wants = schema.get("type") if isinstance(schema, Mapping) else None
    if wants == "boolean" and isinstance(value, str):
        return {"yes": "write `true`", "no": "write `false`"}.get(
            value.casefold(), f"write `{value.lower()}`" if (value.casefold() in ("true", "false")) else None
        )
    if wants in ("integer", "number") and isinstance(value, str):
        if is_number(value):
            return f"write it without quotes: `{value}`" if len(value) <= LONGEST_NUMBER else None
        return "write the number alone; the key says of what" if SPAN.fullmatch(value) else None
    if wants == "object":
        return _mapping_meant(value, schema)
    if wants == "array" and schema.get("title") == "a list of clauses":
        return _clauses_meant(value)
    if wants == "array" and not isinstance(value, dict) and value is not None:
        return f"write a list: `[{text_of(value)}]`"
    return None


def _clauses_meant(value: Any) -> str:
    """How clauses are listed, where they stand as one, or below their names."""
    first = next(iter(value), "id") if isinstance(value, dict) else "id"
    if isinstance(value, dict) and isinstance(value[first], dict) and first != "id":
        return f"write each with a dash and its id: `- id: {first}`, and what it says below"
    return "begin each clause with a dash: `- id: return-30`"


def _mapping_meant(value: Any, schema: Mapping[str, Any]) -> str | None:
    """The mapping that plain text in its place stood for: its one needed key, or a number of days or months."""
    if isinstance(value, (dict, list)) or value is None:
        return None
    text, keys = text_of(value), schema.get("properties", {})
    if (word := text.partition(" ")[0]) in keys and word != text:
        return f"write a colon and a space after `{word}`"
    span = COUNTED.fullmatch(text)
    if span is not None and (unit := span[2] or "day") + "s" in keys:
        return f"write `{{{unit}s: {span[1]}}}`"
    needed = list(schema.get("required", ()))
    if len(needed) == 1 and _may_be(value, keys.get(needed[0], {})):
        return f"write `{{{needed[0]}: {text}}}`"
    named = [key for key, shape in keys.items() if value in shape.get("enum", ())]
    if len(named) == 1:
        others = [f"{key}: {keys[key]['enum'][0]}" for key in needed if key not in named and "enum" in keys[key]]
        return f"write `{{{', '.join([*others, f'{named[0]}: {text}'])}}}`"
    like = [example for example in schema.get("examples", ()) if isinstance(example, dict)]
    return f"such as `{flow(like[0])}`" if like and "such as" not in str(schema.get("title")) else None


def _may_be(value: Any, shape: Mapping[str, Any]) -> bool:
    """Whether a plain value can be meant for a key of this shape; `true` is no name, nor is a date."""
    if isinstance(value, bool):
        return shape.get("type") == "boolean"
    if "enum" in shape:
        return value in shape["enum"]
    return shape.get("type") == "string" and re.search(shape.get("pattern", NAME), text_of(value)) is not None


def percent(text: str) -> str:
    whole = Decimal(text)
    return (
        f"write `{text}%`"
        if whole >= 1 or not whole
        else f"write `{(whole * 100).normalize():f}%`, or `{text}%` if that is meant"
    )


def mended(text: str, pattern: str) -> str | None:
    """The text with the nearest letters that the pattern has, as a hint."""
    if pattern == COUNTRY and (meant := country_named(text)):
        return f"write `{meant}`"
    if pattern == CURRENCY and (codes := CURRENCY_SIGNS.get(text)):
        return f"did you mean {one_of(codes)}?"
    small = CAMEL.sub("_", text).lower()
    for plain in (
        *rewritten(text),
        re.sub(r"[^a-z0-9_]+", "-", small).strip("-"),
        re.sub(r"[^a-z0-9]+", "_", small).strip("_"),
        text.upper(),
    ):
        if plain and re.search(pattern, plain):
            return f"write `{plain}`"
    days = [f"`{day}`" for day in days_meant(text) if re.search(pattern, day)]
    if len(days) > 1:
        return f"write year, month, day: {' or '.join(days)}"
    if days:
        return f"write {days[0]}"
    return "use an ISO 3166 code, such as `CN` or `DE`" if pattern == COUNTRY else None
