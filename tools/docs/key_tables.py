"""The keys of a mapping in a policy as a table, from the JSON Schema that editors and the checker work with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tables import cell, code, prose, table

from policy_service.language.flow import flow

Shape = Mapping[str, Any]


def keys_of(shape: Shape, skip: tuple[str, ...] = ()) -> list[str]:
    """The keys of a mapping as a table, keys of mappings inside it as `outer.inner`, and as
    `outer.<name>.inner` where the author names what is between."""
    rows = [row for row in key_rows(shape, "") if row[0].strip("`* ").partition(".")[0] not in skip]
    if not rows:
        return [f"Its value: {shape['title']}."]
    # Few mappings have keys with a value of their own; a column without any would only cost room.
    without = {3} if not any(row[3] for row in rows) else set()
    head = ("key", "is", "says", "default", "example")
    return table(kept(head, without), [kept(row, without) for row in rows])


def kept(row: tuple[str, ...], without: set[int]) -> list[str]:
    return [text for place, text in enumerate(row) if place not in without]


def key_rows(shape: Shape, prefix: str) -> Iterator[tuple[str, ...]]:
    """Rows of every mapping among the shape's alternatives; the same key of two alternatives stands once."""
    seen: set[str] = set()
    for branch in alternatives(shape):
        required = branch.get("required", ())
        for name, inner in branch.get("properties", {}).items():
            if name in seen:
                continue
            seen.add(name)
            star = " **required**" if name in required else ""
            yield code(prefix + name) + star, title(inner), bilingual(inner), default(inner), example(inner)
            yield from key_rows(inner, f"{prefix}{name}.")
        named = branch.get("additionalProperties")
        if isinstance(named, Mapping):
            yield from key_rows(named, f"{prefix}<name>.")


def alternatives(shape: Shape) -> Iterator[Shape]:
    yield shape
    for key in ("anyOf", "oneOf"):
        for branch in shape.get(key, ()):
            yield from alternatives(branch)


def title(shape: Shape) -> str:
    if "$ref" in shape:
        return "a condition"
    return cell(shape.get("title", ""))


def bilingual(shape: Shape) -> str:
    return cell("<br>".join(prose(each) for each in shape.get("description", "").split("\n\n")))


def default(shape: Shape) -> str:
    return code(flow(shape["default"])) if "default" in shape else ""


def example(shape: Shape) -> str:
    examples = shape.get("examples", ())
    return code(flow(examples[0])) if examples else ""
