"""Pieces of JSON Schema (draft 2020-12) that the language is described with.

Every piece carries a `title` that completes the sentence "expected …", so that an error can say what
was expected in the words that an editor shows while typing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from policy_service.language.diagnostics import one_of
from policy_service.language.scalars import text_of

__all__ = [
    "EVIDENCE",
    "Shape",
    "boolean",
    "choice",
    "code",
    "country",
    "currency",
    "day",
    "described",
    "either",
    "exactly_one",
    "identifier",
    "integer",
    "listing",
    "mapping",
    "money",
    "number",
    "rate",
    "table",
    "text",
    "texts",
]

Shape = dict[str, Any]

EVIDENCE = ("photo", "inspection_report")
"""What is commonly asked for; a merchant may name other evidence."""

LOCALE = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


def described(shape: Shape, doc: str, doc_zh: str = "", *examples: Any, **more: Any) -> Shape:
    """A shape with its description (English, then Chinese) and examples, as an editor shows them."""
    about = f"{doc}\n\n{doc_zh}" if doc_zh else doc
    return {**shape, "description": about, **({"examples": list(examples)} if examples else {}), **more}


def text(title: str = "text", pattern: str | None = None, usual: Sequence[str] = ()) -> Shape:
    """Text, never empty, in a form if a pattern says so; an editor offers what is `usual`."""
    shape: Shape = {"type": "string", "title": title, "minLength": 1}
    return {**shape, **({"pattern": pattern} if pattern else {}), **({"examples": list(usual)} if usual else {})}


def identifier() -> Shape:
    """The id of a clause, a merchant or a statute."""
    return text("an id of letters, digits, `-` and `_`", "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")


def code(usual: Sequence[str] = ()) -> Shape:
    """A code that decisions carry, such as `used_goods`; an editor offers what is `usual`."""
    return text("a code of small letters, digits and `_`", "^[a-z][a-z0-9_]{0,63}$", usual)


def country() -> Shape:
    """An ISO 3166 code."""
    return text("a country code of two letters", "^[A-Z]{2}$")


def currency() -> Shape:
    """An ISO 4217 code."""
    return text("a currency code of three letters", "^[A-Z]{3}$")


def day() -> Shape:
    """A calendar day."""
    return {**text("a date such as `2025-06-30`", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), "format": "date"}


def money() -> Shape:
    """A sum in the document's currency; how many digits it has depends on that currency and is checked later."""
    return text('a sum such as `"45.00"`', "^(0|[1-9][0-9]*)(\\.[0-9]+)?$")


def rate() -> Shape:
    """A percentage."""
    return text("a percentage such as `10%`", "^[0-9]+(\\.[0-9]+)?%$")


def integer(title: str = "a whole number", at_least: int = 0, at_most: int = 1_000_000) -> Shape:
    """A whole number in a range."""
    return {"type": "integer", "title": title, "minimum": at_least, "maximum": at_most}


def number(title: str = "a number") -> Shape:
    """A number, whole or not."""
    return {"type": "number", "title": title}


def boolean() -> Shape:
    """`true` or `false`."""
    return {"type": "boolean", "title": "`true` or `false`"}


def choice(values: Iterable[Any], title: str | None = None) -> Shape:
    """One of a few values."""
    listed = list(values)
    return {"enum": listed, "title": title or one_of(text_of(value) for value in listed)}


def plural(title: str) -> str:
    """The title of several things: ``a code of small letters`` makes ``codes of small letters``."""
    article, _, rest = title.partition(" ")
    if article not in ("a", "an"):
        return title
    noun = re.split(r"( of | such | to |, )", rest, maxsplit=1)
    return f"{noun[0]}s{''.join(noun[1:])}"


def listing(item: Shape, at_least: int = 1) -> Shape:
    """A list without repetitions."""
    title = f"a list of {plural(str(item.get('title', 'items')))}"
    shape: Shape = {"type": "array", "title": title, "items": item, "uniqueItems": True}
    return {**shape, "minItems": at_least} if at_least else shape


def mapping(
    properties: Mapping[str, Shape], required: Iterable[str] = (), title: str = "a mapping", **more: Any
) -> Shape:
    """A mapping with these keys and no others."""
    shape: Shape = {"type": "object", "title": title, "properties": dict(properties), "additionalProperties": False}
    named = list(required)
    return {**shape, **({"required": named} if named else {}), **more}


def exactly_one(*keys: str) -> list[Shape]:
    """The `oneOf` of a mapping in which one of these keys stands, and no other of them; `check` says it in words."""
    return [{"required": [key]} for key in keys]


def table(values: Shape, title: str, names: Shape | None = None) -> Shape:
    """A mapping of names of the author's choice to values of one shape."""
    shape: Shape = {"type": "object", "title": title, "additionalProperties": values, "minProperties": 1}
    return {**shape, "propertyNames": names} if names else shape


def texts() -> Shape:
    """The same sentence in several languages, by language tag."""
    tag = text("a language tag such as `en` or `zh-CN`", LOCALE)
    return table(text("a sentence"), "texts by language, such as `{zh-CN: …, en: …}`", tag)


def either(*shapes: Shape, title: str | None = None) -> Shape:
    """One of several shapes, told apart by the type of the value."""
    return {"anyOf": list(shapes), "title": title or " or ".join(str(shape.get("title", "")) for shape in shapes)}
