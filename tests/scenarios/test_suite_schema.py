"""The schema of suites accepts what runs, and explains every key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policy_service.language.source import read_yaml
from policy_service.scenarios.reading import suites_in
from policy_service.scenarios.schema import scenarios_schema

REPOSITORY = Path(__file__).parents[2]
SUITES = [*suites_in([REPOSITORY / "tests/cases"]), *suites_in([REPOSITORY / "rules"])]
SCHEMA = scenarios_schema()


def keys(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        for name, part in schema.get("properties", {}).items():
            yield f"{path}/{name}", part
        for name, part in schema.items():
            if name not in ("examples", "enum", "const", "default"):
                yield from keys(part, f"{path}/{name}")
    elif isinstance(schema, list):
        for part in schema:
            yield from keys(part, path)


def test_it_is_a_schema_of_draft_2020_12() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", SUITES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_suites_that_run_fit(file: Path) -> None:
    errors = Draft202012Validator(SCHEMA).iter_errors(read_yaml(file).data)
    assert [error.message for error in errors] == []


@pytest.mark.parametrize(
    "suite",
    [
        {"suite": "x", "policies": [".."], "given": {}},
        {"suite": "x", "policies": [".."], "given": {}, "scenarios": [{"name": "a", "expcet": {}}]},
        {"suite": "x", "policies": [".."], "given": {}, "scenarios": [{"name": "a", "now": "2025-06-20"}]},
        {"suite": "x", "policies": [".."], "given": {"mechant": "a"}, "scenarios": [{"name": "a"}]},
    ],
    ids=["no scenarios", "a slip", "no offset", "a slip in the request"],
)
def test_mistakes_do_not_fit(suite: dict[str, Any]) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(suite)


def test_every_key_has_a_description_and_an_example() -> None:
    bare = [path for path, part in keys(SCHEMA) if not part.get("description") or not part.get("examples")]
    assert bare == []


def test_the_written_schema_is_current() -> None:
    written = REPOSITORY / "schemas" / "scenarios.schema.json"
    assert json.loads(written.read_text(encoding="utf-8")) == SCHEMA
