"""Validates a document against the JSON Schema of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator

from policy_service.language.coercion import coerce
from policy_service.language.diagnostics import one_of
from policy_service.language.kinds import KINDS
from policy_service.language.misfits import explain_errors
from policy_service.language.problem import Problem
from policy_service.language.schema import FileKind, text_schema
from policy_service.language.shapes import Shape

__all__ = ["structural_problems"]

MOST_MISTAKES = 1000


@lru_cache(maxsize=1)
def _policy_schema() -> Shape:
    """The schema of text, but quicker: kinds stand in place, and nothing has a `oneOf`.

    "Exactly one effect" is the costliest word of the schema (a branch for each kind, at each clause) and the one whose
    failure says least; `_effects` checks it instead, and each kind says which of its keys exclude one another.
    """
    schema = text_schema()
    shapes = {name: _without_one_of(shape) for name, shape in schema["$defs"].items()}
    kinds = {f"#/$defs/{name}": shape for name, shape in shapes.items() if name.startswith("kind_")}
    clauses = {
        name: {
            "type": shape["type"],
            "title": shape["title"],
            "required": shape["required"],
            "additionalProperties": False,
            "properties": {key: kinds.get(each.get("$ref"), each) for key, each in shape["properties"].items()},
        }
        for name, shape in shapes.items()
        if name.endswith("_clause")
    }
    return {**schema, "$defs": {**shapes, **clauses}}


def _without_one_of(shape: Any) -> Any:
    if isinstance(shape, list):
        return [_without_one_of(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    return {key: _without_one_of(each) for key, each in shape.items() if key != "oneOf"}


@lru_cache(maxsize=3)
def _validator(kind: FileKind) -> Any:
    whole = Draft202012Validator({"$defs": _policy_schema()["$defs"]})
    return whole.evolve(schema={"$ref": f"#/$defs/{kind}"})


def structural_problems(data: Mapping[str, Any], kind: FileKind) -> list[Problem]:
    """What in a document's data does not fit the schema of its kind; of nonsense, the first thousand misfits."""
    schema = _policy_schema()
    fitted = coerce(data, schema["$defs"][kind], schema)
    known = schema["$defs"][f"{kind}_clause"]["properties"]
    misfits = islice(_validator(kind).iter_errors(fitted), MOST_MISTAKES)
    return [*explain_errors(misfits, schema), *islice(_effects(data, known), MOST_MISTAKES)]


def _effects(data: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Problem]:
    """Clauses that have not exactly one effect; an unknown key may have been meant as one, and is told elsewhere."""
    clauses = data.get("clauses")
    for index, clause in enumerate(clauses if isinstance(clauses, list) else ()):
        if not isinstance(clause, dict):
            continue
        kinds = [key for key in clause if key in KINDS]
        for key in kinds[1:]:
            yield Problem(
                "PS109-two-effects",
                ("clauses", index, key),
                f"a clause has one effect; this one has `{kinds[0]}` already",
                f"move `{key}` to a clause of its own",
                True,
            )
        if not kinds and all(key in known for key in clause):
            yield Problem(
                "PS108-no-effect",
                ("clauses", index),
                "this clause has no effect",
                f"add a key that names its kind, such as {one_of(['window', 'deny', 'fee'])}",
            )
