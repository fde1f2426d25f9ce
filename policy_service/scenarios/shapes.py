"""Which paths a JSON Schema knows: what a scenario may change, and what it may expect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policy_service.scenarios.paths import NAMES, Member, Path, Segment, show_path

Schema = Mapping[str, Any]

HOLDS = {"string": "text", "integer": "a number", "number": "a number", "boolean": "true or false"}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A path that leaves the schema at `path[depth]`, where `known` are the keys that are there.

    `holds` says what stands there instead: `a list`, `text`, ... (empty when it is a mapping).
    """

    path: Path
    depth: int
    known: tuple[str, ...]
    holds: str

    @property
    def segment(self) -> str:
        return str(self.path[self.depth])

    @property
    def parent(self) -> str:
        return show_path(self.path[: self.depth])


class Shape:
    """A JSON Schema seen as the set of paths it allows."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def at(self, path: Sequence[Segment]) -> tuple[Schema, ...] | Unknown:
        """The alternatives of the schema at the path; empty where anything may stand."""
        whole = tuple(path)
        here = tuple(self._alternatives(self.schema))
        for depth, segment in enumerate(whole):
            step = [found for schema in here for found in self._step(schema, segment)]
            if not step:
                return self._unknown(here, whole, depth)
            if any(_anything(schema) for schema in step):
                return ()
            here = tuple(part for schema in step for part in self._alternatives(schema))
        return here

    def unknown(self, path: Sequence[Segment]) -> Unknown | None:
        """Where the path leaves the schema, or None where it does not."""
        found = self.at(path)
        return found if isinstance(found, Unknown) else None

    def types(self, path: Sequence[Segment]) -> frozenset[str]:
        """The JSON types that may stand there; empty where anything may."""
        found = self.at(path)
        if isinstance(found, Unknown):
            return frozenset()
        types = [frozenset(_types(schema)) for schema in found]
        return frozenset().union(*types) if all(types) else frozenset()

    def choices(self, path: Sequence[Segment]) -> tuple[str, ...]:
        """The texts that may stand there, where the schema lists them all; else nothing."""
        found = self.at(path)
        if isinstance(found, Unknown) or not found:
            return ()
        options: list[str] = []
        for schema in found:
            if _type(schema) == "null":
                continue
            listed = schema.get("enum", [schema["const"]] if "const" in schema else None)
            if listed is None:
                return ()
            options.extend(str(option) for option in listed)
        return tuple(options)

    def _alternatives(self, schema: Schema) -> Iterator[Schema]:
        schema = self._resolve(schema)
        branches = [branch for key in ("anyOf", "oneOf", "allOf") for branch in schema.get(key, ())]
        if not branches:
            yield schema
            return
        if "properties" in schema or "items" in schema:
            yield schema
            # Beside properties, `anyOf` may only say which of them go together.
            branches = [branch for branch in branches if not _anything(branch)]
        for branch in branches:
            yield from self._alternatives(branch)

    def _resolve(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            target: Any = self.schema
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            schema = target
        return schema

    def _step(self, schema: Schema, segment: Segment) -> Iterator[Schema]:
        kind = _type(schema)
        if kind == "array":
            items = schema["items"] if isinstance(schema.get("items"), Mapping) else {}
            if not isinstance(segment, Member) or self._has(items, segment.key):
                yield items
        elif kind == "object":
            properties = schema.get("properties", {})
            if str(segment) in properties:
                yield properties[str(segment)]
                return
            more = schema.get("additionalProperties", not properties)
            if isinstance(more, Mapping):
                yield more
            elif more:
                yield {}
        elif _anything(schema):
            yield {}

    def _has(self, items: Schema, key: str) -> bool:
        """Whether members of a list can go by that key."""
        members = tuple(self._alternatives(items))
        return any(_anything(each) or key in each.get("properties", {}) for each in members)

    def _unknown(self, here: Sequence[Schema], path: Path, depth: int) -> Unknown:
        known = [key for schema in here for key in schema.get("properties", {})]
        segment = path[depth]
        if isinstance(segment, Member) and not known:
            members = [part for each in here if "items" in each for part in self._alternatives(each["items"])]
            known = [f"{key}=..." for key in NAMES if any(key in each.get("properties", {}) for each in members)]
        kinds = {HOLDS[kind] for schema in here for kind in _types(schema) if kind in HOLDS}
        holds = "" if known or not kinds else kinds.pop() if len(kinds) == 1 else "a value"
        return Unknown(path, depth, tuple(known), holds)


def _types(schema: Schema) -> tuple[str, ...]:
    listed = schema.get("type")
    return tuple(listed) if isinstance(listed, list) else (one,) if (one := _type(schema)) else ()


def _type(schema: Schema) -> str:
    listed = schema.get("type")
    if isinstance(listed, list):
        return next((kind for kind in listed if kind != "null"), "null")
    if listed is not None:
        return str(listed)
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema:
        return "array"
    return "string" if isinstance(schema.get("const"), str) or "enum" in schema else ""


def _anything(schema: Schema) -> bool:
    return not any(
        key in schema for key in ("type", "$ref", "anyOf", "oneOf", "allOf", "properties", "items", "enum", "const")
    )
