"""The JSON Schema of suites, so that an editor completes and explains while one is written."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from policy_service.contract.schema import inspection_schema, request_schema

Schema = dict[str, Any]

PATH_PATTERN = r"^[^.\s][^.]*(\.[^.]+)*$"
INSTANT_PATTERN = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)
ANY_SCALAR = ["string", "number", "boolean"]

NOW = (
    "The instant at which the clock of the whole process is frozen, with its offset. Without it, a scenario whose "
    "answer depends on time is refused."
)
EXPECT = (
    "What must come out: paths into the decision and their values. Only what is named is compared; a list of plain "
    "values is compared as a set, instants as instants; `absent` and `present` say just that. With `clock`, a list has "
    "one entry per instant."
)
WITH = (
    "What this scenario changes of `given`: paths into the request and their values. Mappings merge, lists and values "
    "are replaced, an index equal to a list's length appends, null removes."
)


def scenarios_schema() -> Schema:
    """The schema of a suite file, draft 2020-12; `given` and `inspection` come from the contract's own schemas."""
    definitions: Schema = {}
    given = _embedded(request_schema(), definitions, "Request")
    inspection = _embedded(inspection_schema(), definitions, "InspectionBody")
    definitions |= {"scenario": _scenario(), "table": _table(), "then": _then(inspection)}
    properties = {
        "suite": _key("string", "What this suite is about.", "Furniture, thirty days"),
        "policies": _list(
            {"type": "string"},
            "The policies that can be asked: files, or folders of them, relative to this file.",
            ["..", "../2025-06.yaml"],
        ),
        "now": _instant(NOW),
        "given": {**given, "description": "The request that every scenario starts from, as in the contract.",
                  "examples": [{"merchant": "dg-home", "order": {"id": "SO-1"}, "lines": []}]},
        "scenarios": _list(
            {"$ref": "#/$defs/scenario"}, "The scenarios, each with a name of its own.", [{"name": "in time"}]
        ),
        "accepted_mutants": _list(
            _accepted(),
            "Changes that `policy mutate` reports and no scenario can or need notice, each with the reason.",
            [{"mutant": "return-30 window.days 30 -> 31", "because": "the statute's 31 days cover it"}],
        ),
    }  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:policy-service:schema:scenarios",
        "title": "A suite of scenarios",
        "description": "Requests, frozen instants and what must come out. `policy test` runs it, and so does pytest.",
        "type": "object",
        "required": ["suite", "policies", "given", "scenarios"],
        "properties": properties,
        "additionalProperties": False,
        "$defs": definitions,
    }


def _key(kind: Any, description: str, *examples: Any, **more: Any) -> Schema:
    return {"type": kind, "description": description, "examples": list(examples), **more}


def _list(items: Schema, description: str, example: list[Any]) -> Schema:
    return {"type": "array", "minItems": 1, "items": items, "description": description, "examples": [example]}


def _instant(description: str) -> Schema:
    return _key("string", description, "2025-06-20T10:00:00+08:00", pattern=INSTANT_PATTERN)


def _paths(description: str, example: Schema) -> Schema:
    return {
        "type": "object",
        "description": description,
        "examples": [example],
        "propertyNames": {"pattern": PATH_PATTERN},
        "minProperties": 1,
    }


def _expect() -> Schema:
    return _paths(EXPECT, {"outcome": "approved", "lines.0.fees.restocking.amount": "199.90"})


def _scenario() -> Schema:
    example = ["2025-07-01T23:59:59+08:00", "2025-07-02T00:00:00+08:00"]
    clock = _list(
        {"type": "string", "pattern": INSTANT_PATTERN},
        "Several instants: the scenario runs once at each.",
        example,
    )
    return {
        "type": "object",
        "description": "One case, or several by a table or a clock.",
        "required": ["name"],
        "additionalProperties": False,
        "properties": {
            "name": _key(
                ANY_SCALAR, "What this scenario claims; its own in the suite.", "the thirtieth day still counts"
            ),
            "now": _instant(NOW),
            "with": _paths(WITH, {"lines.0.condition": "opened", "order.gifts": []}),
            "table": {
                "$ref": "#/$defs/table",
                "description": "The same scenario for each row of values.",
                "examples": [{"columns": ["customer.tier", "expect.outcome"], "rows": [["diamond", "approved"]]}],
            },
            "clock": clock,
            "expect": _expect(),
            "then": {
                "$ref": "#/$defs/then",
                "description": "The second stage: what the warehouse finds, on the decision just made.",
                "examples": [{"inspection": {"lines": []}, "expect": {"outcome": "denied"}}],
            },
        },
    }


def _table() -> Schema:
    return {
        "type": "object",
        "description": "Rows of values; each row is a case.",
        "required": ["columns", "rows"],
        "additionalProperties": False,
        "properties": {
            "columns": _list(
                {"type": "string", "pattern": PATH_PATTERN},
                "Paths into the request; `now`; `expect.` and `then.` with a path behind.",
                ["customer.tier", "lines.0.reason", "expect.return_shipping.payer"],
            ),
            "rows": _list(
                {"type": "array", "minItems": 1},
                "One value per column in each row.",
                [["normal", "preference.changed_mind", "customer"]],
            ),
        },
    }


def _then(inspection: Schema) -> Schema:
    return {
        "type": "object",
        "description": "An inspection and what must come out of it.",
        "additionalProperties": False,
        "properties": {
            "inspection": {
                **inspection,
                "description": "What the warehouse found, as in the contract.",
                "examples": [{"lines": [{"order_line": "1", "quantity": 1, "condition": "used"}]}],
            },
            "expect": _expect(),
        },
    }


def _accepted() -> Schema:
    return {
        "type": "object",
        "description": "A change that may survive.",
        "required": ["mutant", "because"],
        "additionalProperties": False,
        "properties": {
            "mutant": _key("string", "The change, as `policy mutate` names it.", "return-30 window.days 30 -> 31"),
            "because": _key("string", "Why no scenario can, or need, tell it apart.", "the statute's 31 days cover it"),
        },
    }


def _embedded(schema: Mapping[str, Any], definitions: Schema, name: str) -> Schema:
    """A schema as a definition of ours.

    Nothing in it is required, since scenarios add what is missing, and any plain scalar may stand where text is due,
    since its source text is the value.
    """
    body = deepcopy(dict(schema))
    inner = body.pop("$defs", {})
    for key in ("$schema", "$id", "title"):
        body.pop(key, None)
    for key, definition in {**inner, name: body}.items():
        definitions[key] = _relaxed(definition)
    return {"$ref": f"#/$defs/{name}"}


def _relaxed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_relaxed(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    result = {}
    for key, value in schema.items():
        if key == "required" and isinstance(value, list):
            continue
        if key == "anyOf" and all(isinstance(part, Mapping) and set(part) <= {"required"} for part in value):
            continue
        result[key] = value if key in ("examples", "enum", "const", "default") else _relaxed(value)
    if schema.get("type") == "string" and "enum" not in schema and "const" not in schema:
        result["type"] = ANY_SCALAR
        # A pattern, such as that of sums, holds for text alone; a number's source text is judged when it is read.
    return result
