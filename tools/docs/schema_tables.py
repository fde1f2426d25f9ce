"""A JSON Schema as tables for people: one section for each kind of object, one row for each of its fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tables import cell, prose

Schema = Mapping[str, Any]

LONGEST = 60
"""Examples that are longer make a table unreadable; the objects in them have sections of their own."""


def sections(schema: Schema, root_title: str, level: int = 3) -> Iterator[str]:
    """The root object's section, then those of the objects in `$defs`, in the order in which they are first met."""
    definitions: Mapping[str, Schema] = schema.get("$defs", {})
    root = resolved(schema, definitions)
    titles = {name: title_of(name) for name in definitions}
    yield section(root, root_title, level, titles)
    for name in reachable(root, definitions):
        if "properties" in definitions[name] and definitions[name] is not root:
            yield section(definitions[name], titles[name], level, titles)


def resolved(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    reference = schema.get("$ref")
    return definitions[reference.rpartition("/")[2]] if reference else schema


def reachable(schema: Any, definitions: Mapping[str, Schema], seen: list[str] | None = None) -> list[str]:
    """Names of the definitions that a schema leads to, breadth first."""
    seen = [] if seen is None else seen
    fresh = [name for name in references(schema) if name not in seen]
    seen.extend(dict.fromkeys(fresh))
    for name in dict.fromkeys(fresh):
        reachable(definitions[name], definitions, seen)
    return seen


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                yield value.rpartition("/")[2]
            elif key != "$defs":
                yield from references(value)
    elif isinstance(schema, list):
        for each in schema:
            yield from references(each)


def section(schema: Schema, title: str, level: int, titles: Mapping[str, str]) -> str:
    required = set(schema.get("required", ()))
    lines = [f"{'#' * level} {title}", ""]
    if about := schema.get("description"):
        lines += [prose(about), ""]
    lines += ["| field | is | says | example |", "|---|---|---|---|"]
    for name, field in schema.get("properties", {}).items():
        star = " **required**" if name in required else ""
        null = " or null" if star and nullable(field) else ""
        says = cell(prose(field.get("description", "")))
        cells = [f"`{name}`{star}", kind(field, titles) + null, says, example(field)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def kind(field: Schema, titles: Mapping[str, str]) -> str:
    """What a value is, in words; objects link to their section."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{titles[name]}](#{anchor(titles[name])})"
    for key in ("anyOf", "oneOf"):
        if key in field:
            return " or ".join(dict.fromkeys(kind(each, titles) for each in field[key] if each.get("type") != "null"))
    if "allOf" in field:
        return kind(field["allOf"][0], titles)
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{each}`" for each in field["enum"])
    if field.get("type") == "array":
        return f"list of {kind(field.get('items', {}), titles)}"
    if field.get("format") == "date-time":
        return "instant"
    if field.get("format") == "date":
        return "date"
    names = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "object"}
    types = field.get("type", "any value")
    return " or ".join(
        names.get(each, each) for each in ([types] if isinstance(types, str) else types) if each != "null"
    )


def nullable(field: Schema) -> bool:
    """Whether a field that is always there may be null; an optional one may as well be left out."""
    return any(each.get("type") == "null" for key in ("anyOf", "oneOf") for each in field.get(key, ()))


def example(field: Schema) -> str:
    examples = field.get("examples") or ([field["example"]] if "example" in field else [])
    shown = cell(json.dumps(examples[0], ensure_ascii=False)) if examples else ""
    return f"`{shown}`" if 0 < len(shown) <= LONGEST else ""


def title_of(name: str) -> str:
    """`ReturnRequest` or `return_request` as `Return request`."""
    spaced = "".join(f" {each.lower()}" if each.isupper() else each for each in name.replace("_", " ")).strip()
    return spaced[:1].upper() + spaced[1:]


def anchor(title: str) -> str:
    return title.lower().replace(" ", "-")
