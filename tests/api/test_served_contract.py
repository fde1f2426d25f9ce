"""The served OpenAPI document, held against the service by schemathesis."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from policy_service.api.openapi import openapi
from tests.api.corner import client

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [(method, path) for path, methods in openapi()["paths"].items() for method in methods]
CASES = [
    # Of a batch only what does not fit: good requests take minutes to invent, and are tried one by one.
    *((GenerationMode.POSITIVE, *operation) for operation in OPERATIONS if not operation[1].endswith("/batch")),
    *((GenerationMode.NEGATIVE, *operation) for operation in OPERATIONS if operation[0] == "post"),
]


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> schemathesis.BaseSchema:
    app = client(tmp_path_factory.mktemp("contract")).application
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "method", "path"), CASES, ids=lambda part: str(getattr(part, "value", part)))
def test_every_operation_keeps_to_its_description(
    contract: schemathesis.BaseSchema, mode: GenerationMode, method: str, path: str
) -> None:
    operation = contract[path][method.upper()]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    def holds(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS)

    holds()
