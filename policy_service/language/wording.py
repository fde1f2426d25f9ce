"""Values and their mends in the words of a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from policy_service.language.scalars import text_of

__all__ = ["is_number", "mended", "percent", "said", "type_hint"]

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")


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
    if wants in ("integer", "number") and isinstance(value, str) and is_number(value):
        return f"write it without quotes: `{value}`"
    if wants == "array" and not isinstance(value, dict) and value is not None:
        return f"write a list: `[{text_of(value)}]`"
    return None


def percent(text: str) -> str:
    whole = Decimal(text)
    return (
        f"write `{text}%`"
        if whole >= 1 or not whole
        else f"write `{(whole * 100).normalize():f}%`, or `{text}%` if that is meant"
    )


def mended(text: str, pattern: str) -> str | None:
    """The text with the nearest letters that the pattern has, as a hint."""
    small = text.lower()
    for plain in (
        re.sub(r"[^a-z0-9_]+", "-", small).strip("-"),
        re.sub(r"[^a-z0-9]+", "_", small).strip("_"),
        text.upper(),
    ):
        if plain and re.search(pattern, plain):
            return f"write `{plain}`"
    return None
