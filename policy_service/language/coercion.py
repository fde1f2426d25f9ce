"""Gives each scalar the type that its place asks for: text, money and rates keep their source text.

YAML reads `sku: 0012` as a number. Where a schema wants a string there, the number is replaced by `"0012"`,
the way it was written. Dates become their text everywhere, since JSON has no type for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from policy_service.language.scalars import text_of

__all__ = ["coerce"]

Schema = Mapping[str, Any]

JSON_TYPES: tuple[tuple[type, frozenset[str]], ...] = (
    (bool, frozenset({"boolean"})),
    (int, frozenset({"integer", "number"})),
    (float, frozenset({"number"})),
)


def coerce(data: Any, schema: Schema | bool, root: Schema | None = None) -> Any:
    """A copy of `data` in which plain scalars are text wherever `schema` has a string and nothing that fits better.

    `root` is the schema that `$ref` points into; by default `schema` itself. What the schema does not
    describe is copied as it stands, dates as text.
    """
    top = root if root is not None else schema if isinstance(schema, Mapping) else {}
    return _coerce(data, _branches(schema, top), top)


def _coerce(data: Any, branches: list[Schema], root: Schema) -> Any:
    if isinstance(data, dict):
        return {key: _coerce(value, _of_key(str(key), branches, root), root) for key, value in data.items()}
    if isinstance(data, list):
        return [_coerce(value, _of_item(index, branches, root), root) for index, value in enumerate(data)]
    if isinstance(data, date):
        return text_of(data)
    if data is None or isinstance(data, str):
        return data
    types = frozenset[str]().union(*(_types(branch) for branch in branches))
    fits = next(names for kind, names in JSON_TYPES if isinstance(data, kind))
    return text_of(data) if "string" in types and not (types & fits) else data


def _branches(schema: Schema | bool, root: Schema, depth: int = 0) -> list[Schema]:
    """Every schema that may speak about one place: the schema itself, what it refers to, and its alternatives."""
    if not isinstance(schema, Mapping) or depth > 16:
        return []
    found: list[Schema] = [schema]
    reference = schema.get("$ref")
    if isinstance(reference, str):
        found += _branches(_resolve(reference, root), root, depth + 1)
    for word in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(word, ()):
            found += _branches(each, root, depth + 1)
    for word in ("then", "else"):
        if word in schema:
            found += _branches(schema[word], root, depth + 1)
    return found


def _resolve(reference: str, root: Schema) -> Schema | bool:
    target: Any = root
    for part in reference.removeprefix("#").split("/")[1:]:
        target = target[part.replace("~1", "/").replace("~0", "~")]
    found: Schema | bool = target
    return found


def _of_key(key: str, branches: list[Schema], root: Schema) -> list[Schema]:
    found: list[Schema] = []
    for branch in branches:
        properties = branch.get("properties", {})
        if key in properties:
            found += _branches(properties[key], root)
        elif "additionalProperties" in branch:
            found += _branches(branch["additionalProperties"], root)
    return found


def _of_item(index: int, branches: list[Schema], root: Schema) -> list[Schema]:
    found: list[Schema] = []
    for branch in branches:
        prefix = branch.get("prefixItems", ())
        if index < len(prefix):
            found += _branches(prefix[index], root)
        elif "items" in branch:
            found += _branches(branch["items"], root)
    return found


def _types(schema: Schema) -> frozenset[str]:
    if "const" in schema or "enum" in schema:
        values = [schema["const"]] if "const" in schema else schema["enum"]
        return frozenset(_type_name(value) for value in values)
    named = schema.get("type", ())
    return frozenset([named] if isinstance(named, str) else named)


def _type_name(value: Any) -> str:
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool):
        return "boolean"
    return "integer" if isinstance(value, int) else "number" if isinstance(value, float) else "null"
