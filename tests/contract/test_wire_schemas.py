"""The published JSON Schemas: current, complete, and of one mind with the models."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policy_service.contract.decision import Decision
from policy_service.contract.inspection import parse_inspection
from policy_service.contract.request import parse_request
from policy_service.contract.schema import SCHEMAS, request_schema, written

FOLDER = Path(__file__).parents[2] / "schemas"

BODIES = Path(__file__).parent / "bodies"
EVERY_FIELD: dict[str, Any] = json.loads((BODIES / "every-field.request.json").read_text(encoding="utf-8"))
DECISION: dict[str, Any] = json.loads((BODIES / "every-field.decision.json").read_text(encoding="utf-8"))


def _keys(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        for name, key in schema.get("properties", {}).items():
            yield f"{path}/{name}", key
        for name, inner in schema.items():
            yield from _keys(inner, f"{path}/{name}" if name != "properties" else path)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _keys(inner, path)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_in_the_repository_is_current(name: str) -> None:
    assert (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8") == written(SCHEMAS[name]())


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_itself_draft_2020_12(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name]())


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_is_described_and_has_an_example_that_fits(name: str) -> None:
    schema = SCHEMAS[name]()
    keys = dict(_keys(schema))
    assert keys
    for path, key in keys.items():
        assert key.get("description"), path
        assert key.get("examples"), path
        validator = Draft202012Validator({**key, "$defs": schema.get("$defs", {})})
        for example in key["examples"]:
            assert not list(validator.iter_errors(example)), (path, example)


def test_a_request_with_every_field_fits_the_schema_and_the_model() -> None:
    asked = parse_request(EVERY_FIELD).request
    Draft202012Validator(request_schema()).validate(EVERY_FIELD)
    sent = {name.rpartition("/")[0:3:2] for name, _ in _keys(request_schema()) if name.startswith("/$defs")}
    known = {"OrderLine": asked.order.lines[0], "RequestLine": asked.lines[0], "Order": asked.order}
    for owner, model in known.items():
        fields = {field for place, field in sent if place == f"/$defs/{owner}"}
        assert {field for field in fields if getattr(model, field) is None} <= {
            "unit_paid",
            "shipped_at",
            "delivered_at",
        }


@pytest.mark.parametrize(
    "changes",
    [
        {"merchant": 1}, {"lines": []}, {"surface": "web"}, {"extra": 1}, {"order": {}}, {"requested_at": 1},
        {"lines": [{"order_line": "1", "quantity": 0, "action": "return", "reason": "quality"}]},
    ],
)  # fmt: skip
def test_what_the_schema_refuses_the_model_refuses(changes: dict[str, Any]) -> None:
    body = {**EVERY_FIELD, **changes}
    assert not Draft202012Validator(request_schema()).is_valid(body)
    with pytest.raises(ValueError, match="/"):
        parse_request(body)


def test_an_inspection_with_every_field_fits() -> None:
    asked = parse_request(EVERY_FIELD).request
    line = {
        "order_line": "1", "quantity": 1, "condition": "used", "human_damage": False, "missing_parts": [],
        "gifts_received": [], "reason": "quality", "received_at": "2025-06-25T10:00:00Z", "received_sku": "A",
        "attributes": {},
    }  # fmt: skip
    Draft202012Validator(SCHEMAS["inspection"]()).validate({"lines": [line]})
    assert parse_inspection({"lines": [line]}, asked).lines[0].received_sku == "A"


def test_a_decision_with_what_every_kind_of_line_has_fits() -> None:
    Draft202012Validator(SCHEMAS["decision"]()).validate(DECISION)
    Decision.model_validate_json(json.dumps(DECISION))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("outcome", "maybe"),
        ("stage", "appeal"),
        ("extra", 1),
        ("decided_at", "2025-06-20"),
        ("lines.0.paid", 19.99),
        ("lines.0.reasons", []),
    ],
)
def test_a_decision_of_another_shape_does_not_fit(path: str, value: object) -> None:
    body = json.loads(json.dumps(DECISION))
    place, _, last = path.rpartition(".")
    (body["lines"][0] if place else body)[last] = value
    assert not Draft202012Validator(SCHEMAS["decision"]()).is_valid(body)
