"""Scalars become text where, and only where, a schema wants text."""

from typing import Any

import pytest

from policy_service.language.coercion import coerce
from policy_service.language.source import read_yaml

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}
INTEGER: dict[str, Any] = {"type": "integer"}


@pytest.mark.parametrize(
    ("written", "schema", "value"),
    [
        ("0012", TEXT, "0012"),
        ("0.10", TEXT, "0.10"),
        ("true", TEXT, "true"),
        ("2025-06-30", TEXT, "2025-06-30"),
        ("2025-06-30", {}, "2025-06-30"),
        ("2025-06-20T10:00:00+08:00", TEXT, "2025-06-20T10:00:00+08:00"),
        ("0012", INTEGER, 12),
        ("12", NUMBER, 12),
        ("1.5", INTEGER, 1.5),
        ("true", {"type": "boolean"}, True),
        ("true", INTEGER, True),
        ("12", {"type": ["string", "null"]}, "12"),
        ("12", {"anyOf": [TEXT, INTEGER]}, 12),
        ("12", {"oneOf": [TEXT, {"type": "boolean"}]}, "12"),
        ("12", {"enum": ["12", "13"]}, "12"),
        ("12", {"enum": ["a", 12]}, 12),
        ("12", {"const": "12"}, "12"),
        ("null", TEXT, None),
        ("12", {"$ref": "#/$defs/name", "$defs": {"name": TEXT}}, "12"),
        ("{a: 1, b: 2}", {"properties": {"a": TEXT}, "additionalProperties": INTEGER}, {"a": "1", "b": 2}),
        ("[1, 2]", {"items": TEXT}, ["1", "2"]),
        ("[1, 2]", {"prefixItems": [TEXT], "items": INTEGER}, ["1", 2]),
        ("{a: [{b: 1}]}", {"properties": {"a": {"items": {"properties": {"b": TEXT}}}}}, {"a": [{"b": "1"}]}),
        ("{a: 1}", {"allOf": [{"properties": {"a": TEXT}}]}, {"a": "1"}),
        ("{a: 1}", {"if": {}, "then": {"properties": {"a": TEXT}}}, {"a": "1"}),
        ("{a: 1}", True, {"a": 1}),
        ("{a: 1}", TEXT, {"a": 1}),
    ],
)
def test_a_scalar_takes_the_type_that_its_place_asks_for(written: str, schema: Any, value: object) -> None:
    found = coerce(read_yaml(f"v: {written}").data["v"], schema)
    assert found == value
    assert type(found) is type(value) or isinstance(found, (int, float))


def test_a_schema_that_refers_to_itself_ends() -> None:
    tree = {"$ref": "#/$defs/tree", "$defs": {"tree": {"anyOf": [{"$ref": "#/$defs/tree"}, {"items": TEXT}]}}}
    assert coerce([1], tree) == ["1"]
