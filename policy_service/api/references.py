"""References from one part of the OpenAPI document to a schema among its components."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

Json = dict[str, Any]

AT: Final = "#/components/schemas/"


def refer(name: str) -> Json:
    """A reference to a schema."""
    return {"$ref": f"{AT}{name}"}


def referred(value: Any) -> Iterator[str]:
    """The names of all schemas that a part of a document refers to."""
    if isinstance(value, dict):
        if isinstance(at := value.get("$ref"), str) and at.startswith(AT):
            yield at.removeprefix(AT)
        for inner in value.values():
            yield from referred(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from referred(inner)
