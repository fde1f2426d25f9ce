"""What the OpenAPI document promises of routes, scopes, headers and fields, for a service with a ledger and without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from policy_service.api.app import create_app
from policy_service.api.board import STATUSES
from policy_service.api.clerk import Clerk
from policy_service.api.gate import Gate
from policy_service.api.keys import Caller, KeyRing, Scope, fingerprint
from policy_service.api.ledger import openapi_paths, resources
from policy_service.api.openapi import openapi
from policy_service.catalog.catalog import Catalog
from policy_service.ledger.ledger import Ledger
from policy_service.service import Service
from tests.api.corner import NOW, client, rules
from tests.api.document import AUTOMATIC, document, held

PLAIN, WITH_LEDGER = openapi(), openapi([openapi_paths()])
KEYS = {scope.value: Caller(scope.value, frozenset({scope})) for scope in Scope} | {"none": Caller("none", frozenset())}
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


def operations(served: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, each) for path, methods in served["paths"].items() for method, each in methods.items()]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A service with a ledger that asks for keys, one for each scope."""
    folder = tmp_path_factory.mktemp("document")
    catalog = Catalog(rules(folder))
    service = Service(catalog, clock=lambda: NOW)
    ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}", clock=lambda: NOW)
    clerk = Clerk(service, catalog, ledger)
    ring = KeyRing({fingerprint(key): caller for key, caller in KEYS.items()})
    made = create_app(
        service, catalog=catalog, gate=Gate(ring), ledger=clerk.recorder, resources=resources(ledger, clerk)
    )
    made.wsgi_app = held(made.wsgi_app, ledger=True)  # type: ignore[method-assign]
    yield made
    ledger.close()


def routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (PLACE.sub(r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - set(AUTOMATIC)
    }


def test_what_is_served_is_described_and_what_is_described_is_served(app: Flask, tmp_path: Path) -> None:
    assert routes(app) == {(path, method) for path, method, _ in operations(WITH_LEDGER)}
    assert routes(client(tmp_path).application) == {(path, method) for path, method, _ in operations(PLAIN)}


def test_every_status_that_is_described_is_counted_apart() -> None:
    described = {int(status) for _, _, operation in operations(WITH_LEDGER) for status in operation["responses"]}
    assert described - set(STATUSES) == set()


def test_the_document_is_the_one_that_is_served(app: Flask) -> None:
    assert app.test_client().get("/openapi.json").get_json() == WITH_LEDGER


@pytest.mark.parametrize(
    ("path", "method", "operation"), operations(WITH_LEDGER), ids=lambda part: part if isinstance(part, str) else ""
)
def test_an_operation_asks_for_the_scope_that_it_names(
    app: Flask, path: str, method: str, operation: dict[str, Any]
) -> None:
    address = path.format(merchant="corner-shop", name="reasons" if "reports" in path else "policy", id="1", sku="1")
    refused = {
        key
        for key in KEYS
        if app.test_client().open(address, method=method, headers={"Authorization": f"Bearer {key}"}).status_code == 403
    }
    scopes = operation["security"][1]["key"] if operation["security"] else []
    assert refused == (set(KEYS) - set(scopes) if scopes else set())
    assert ("403" in operation["responses"]) is bool(scopes)
    without = app.test_client().open(address, method=method).status_code
    assert (without == 401) is ("401" in operation["responses"]) is bool(operation["security"])


def test_a_key_is_taken_wherever_a_post_is_answered_from_what_was_recorded() -> None:
    taking = {each["operationId"] for _, _, each in operations(WITH_LEDGER) if header(each, "Idempotency-Key")}
    assert taking == {"decide", "decideBatch", "inspect", "resolve", "recordEvent", "clearStock"}


def test_a_language_is_taken_wherever_words_are_answered() -> None:
    taking = {each["operationId"] for _, _, each in operations(WITH_LEDGER) if header(each, "Accept-Language")}
    assert taking == {"decide", "decideBatch", "inspect", "resolve", "readCase", "readReport"}
    telling = {
        each["operationId"]
        for _, _, each in operations(WITH_LEDGER)
        for answered in each["responses"].values()
        if {"Content-Language", "Vary"} <= set(answered.get("headers", {}))
    }
    assert telling == taking


def header(operation: dict[str, Any], name: str) -> bool:
    return any((each["in"], each["name"]) == ("header", name) for each in operation["parameters"])


def test_every_field_of_every_answer_is_explained() -> None:
    silent = [
        f"{name}.{field}"
        for name, schema in WITH_LEDGER["components"]["schemas"].items()
        for field, said in schema.get("properties", {}).items()
        if not {"description", "$ref", "const", "enum"} & set(said)
        # Two languages of one text speak for themselves.
        and name not in ("Doc", "Title")
    ]
    assert silent == []


def test_every_object_is_closed_but_those_whose_keys_nobody_knows_beforehand() -> None:
    open_ones = {
        name
        for name, schema in WITH_LEDGER["components"]["schemas"].items()
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False
    }
    assert open_ones == set()


def test_names_of_components_are_those_of_their_types() -> None:
    assert [name for name in WITH_LEDGER["components"]["schemas"] if "__" in name] == []


HEADERS = {"content-type": "application/json"}
VARIES = {"vary": "Accept-Language"}


@pytest.mark.parametrize(
    ("method", "path", "status", "headers", "body", "wrong"),
    [
        ("GET", "/healthz", 200, HEADERS, b'{"status": "ok"}', "'version' is a required property"),
        ("GET", "/healthz", 200, HEADERS, b'{"status": "ok", "version": "1", "more": 1}', "'more' was unexpected"),
        ("GET", "/healthz", 200, {"content-type": "text/html"}, b"", "as `text/html`"),
        ("GET", "/healthz", 201, HEADERS, b"{}", "alive does not declare"),
        ("GET", "/nowhere", 200, HEADERS, b"{}", "which no operation does"),
        ("GET", "/v1/policies", 401, {"content-type": "application/problem+json"}, b"{}", "without `WWW-Authenticate`"),
        ("GET", "/v1/cases/a/b", 200, HEADERS, b"{}", "without `Vary`"),
        ("GET", "/v1/cases/a/b", 200, HEADERS | VARIES, b"{}", "'case_id' is a required property"),
        ("POST", "/v1/cases/a/b/events", 201, HEADERS, b"{}", "'state' is a required property"),
    ],
)
def test_an_answer_that_is_not_described_is_caught(
    method: str, path: str, status: int, headers: dict[str, str], body: bytes, wrong: str
) -> None:
    with pytest.raises(AssertionError, match=re.escape(wrong)):
        document(ledger=True).check(method, path, status, headers, body)


def test_an_answer_that_is_not_described_fails_the_test_that_gets_it(tmp_path: Path) -> None:
    shop = client(tmp_path)
    shop.application.view_functions["health.alive"] = lambda: ({"status": "well"}, 200)
    with pytest.raises(AssertionError, match="GET /healthz answered 200, but"):
        shop.get("/healthz")
