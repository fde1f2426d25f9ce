"""The JSON Schema explains every key, accepts what the loader accepts, and stands current in `schemas/`."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from policy_service.language import check, policy_schema, read_yaml
from policy_service.language.coercion import coerce
from policy_service.language.kinds import KINDS
from policy_service.language.vocabulary import FACTS

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
SCHEMA = policy_schema()


def properties(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that the schema describes, with its shape."""
    if isinstance(schema, dict):
        for name, shape in schema.get("properties", {}).items():
            yield f"{path}/{name}", shape
            yield from properties(shape, f"{path}/{name}")
        for word in ("additionalProperties", "items"):
            yield from properties(schema.get(word), f"{path}/{word}")
        for each in schema.get("anyOf", []):
            yield from properties(each, path)


KEYS = {f"{name}{path}": shape for name, part in SCHEMA["$defs"].items() for path, shape in properties(part)}


def test_it_is_a_schema_of_draft_2020_12() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    "key", [key for key, shape in KEYS.items() if not shape.get("$ref", "").startswith("#/$defs/kind_")]
)
def test_every_key_has_a_description_and_an_example_that_fits(key: str) -> None:
    shape = KEYS[key]
    assert shape["description"]
    validator = Draft202012Validator({"$defs": SCHEMA["$defs"]}).evolve(schema=shape)
    assert shape["examples"]
    for example in shape["examples"]:
        assert list(validator.iter_errors(example)) == []


@pytest.mark.parametrize("key", KEYS)
def test_chinese_is_written_with_its_own_punctuation(key: str) -> None:
    said = KEYS[key].get("description", "")
    assert re.findall("[\u4e00-\u9fff][,;:()]|[,;:()][\u4e00-\u9fff]", said) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_description_in_two_languages_and_an_example_that_fits(kind: str) -> None:
    shape = SCHEMA["$defs"][f"kind_{kind}"]
    english, chinese = shape["description"].split("\n\n")
    assert english
    assert any("\u4e00" <= each <= "\u9fff" for each in chinese)
    (example,) = shape["examples"]
    assert list(Draft202012Validator({"$defs": SCHEMA["$defs"]}).evolve(schema=shape).iter_errors(example)) == []


def test_every_fact_can_be_tested() -> None:
    assert set(FACTS) <= set(SCHEMA["$defs"]["condition"]["properties"])


@pytest.mark.parametrize("path", sorted((HERE / "good").rglob("*.yaml")), ids=lambda path: path.stem)
def test_good_documents_fit(path: Path) -> None:
    data = coerce(read_yaml(path).data, SCHEMA)
    assert list(Draft202012Validator(SCHEMA).iter_errors(data)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"merchnt": "a"},
        {"clauses": []},
        {"currency": "yuan"},
        {"effective": {}},
        {"clauses": [{"id": "a"}]},
        {"clauses": [{"id": "a", "deny": {"code": "a"}, "review": {"code": "b"}}]},
        {"clauses": [{"id": "a", "allow": {"codes": ["a"]}}]},
        {"clauses": [{"id": "a", "fee": {"code": "a", "rate": "10"}}]},
    ],
)
def test_what_the_loader_refuses_by_form_does_not_fit(change: dict[str, Any]) -> None:
    good = coerce(read_yaml(HERE / "good" / "furniture.yaml").data, SCHEMA)
    assert list(Draft202012Validator(SCHEMA).iter_errors({**good, **change}))


CLAUSES = [
    ({"id": 30, "window": {"days": 30}}, True),
    ({"id": "a", "fee": {"code": "a", "amount": 5}}, True),
    ({"id": "a", "fee": {"code": "a", "amount": 4.9}}, True),
    ({"id": "a", "fee": {"code": "a", "amount": -5}}, False),
    ({"id": "a", "fee": {"code": 5, "amount": "5"}}, False),
    ({"id": "a", "fee": {"code": "a", "rate": 10}}, False),
    ({"id": "a", "deny": {"code": "a"}, "when": {"line_paid": {"over": 10}, "tags": [618]}}, True),
    ({"id": "a", "deny": {"code": "a"}, "when": {"price_difference": -5}}, True),
    ({"id": "a", "deny": {"code": "a"}, "text": {"en": 30}}, True),
    ({"id": "a", "window": {"days": 30, "months": 1}}, False),
    ({"id": "a", "window": {"after": "delivery"}}, False),
    ({"id": "a", "no_reason": False}, True),
    ({"id": "a", "no_reason": {"until": "2026-01-31", "unlimited": True}}, False),
    ({"id": "a", "warranty": {"months": 12, "evidence": []}}, True),
    ({"id": "a", "extend": {"days": 3, "until": "2026-01-31"}}, False),
    ({"id": "a", "window": {"days": 3, "not_after": {"after": "order", "days": 9, "months": 1}}}, False),
    ({"id": "a", "fee": {"code": "a", "amount": "5.00", "rate": "10%"}}, False),
    ({"id": "a", "fee": {"code": "a", "rate": "10%", "rate_per_day": "1%"}}, True),
    ({"id": "a", "fee": {"code": "a"}}, False),
]


@pytest.mark.parametrize(("clause", "fits"), CLAUSES)
def test_an_editor_accepts_in_a_clause_what_the_loader_accepts(
    clause: dict[str, Any], fits: bool, tmp_path: Path
) -> None:
    head = {"merchant": "shop", "version": 2026.01, "effective": {"from": "2026-01-01"}, "timezone": "UTC"}
    document = {**head, "currency": "EUR", "clauses": [clause]}
    assert (list(Draft202012Validator(SCHEMA).iter_errors(document)) == []) is fits
    # What YAML writes is read back as the text that an author would have written.
    (tmp_path / "p.yaml").write_text(yaml.safe_dump(document))
    assert any(each.is_error for each in check([tmp_path / "p.yaml"])) is not fits


def test_the_file_in_schemas_is_current() -> None:
    path = REPOSITORY / "schemas" / "policy.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == SCHEMA, "run `policy schema --write schemas`"
