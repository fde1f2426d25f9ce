from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from policy_service.api.ledger import openapi_paths
from policy_service.api.openapi import openapi
from policy_service.catalog.catalog import Catalog
from policy_service.language.kinds import KINDS
from policy_service.language.vocabulary import FACTS
from tests.api.corner import POLICY, client, post, request


@pytest.fixture
def shop(tmp_path: Path) -> FlaskClient:
    return client(tmp_path)


def test_policies_are_listed_with_what_decisions_cite(shop: FlaskClient) -> None:
    cited = post(shop, request()).get_json()["policy"]
    (listed,) = shop.get("/v1/policies").get_json()["policies"]
    (version,) = listed["versions"]
    assert {"merchant": listed["merchant"], "version": version["version"], "digest": version["digest"]} == cited
    assert version["effective"] == {"from": "2025-01-01", "through": None}


def test_a_policy_is_read_clause_by_clause(shop: FlaskClient) -> None:
    (version,) = shop.get("/v1/policies/corner-shop").get_json()["versions"]
    assert version["title"] == {"en": "The corner shop", "zh-CN": "街角小店"}
    assert version["clauses"] == [
        {
            "id": "return-7",
            "kind": "window",
            "actions": ["return"],
            "text": {"en": "Return within 7 days of delivery", "zh-CN": "收货后7天内可退货"},
        },
        {"id": "opened-costs", "kind": "fee", "actions": ["refund_only", "return"], "text": {}},
        {"id": "clearance", "kind": "deny", "actions": ["exchange", "refund_only", "return"], "text": {}},
    ]


def test_the_vocabulary_has_every_fact_and_kind(shop: FlaskClient) -> None:
    vocabulary = shop.get("/v1/vocabulary").get_json()
    assert [fact["name"] for fact in vocabulary["facts"]] == list(FACTS)
    assert [kind["kind"] for kind in vocabulary["kinds"]] == list(KINDS)
    assert {"path": "logistics.lost", "liability": "carrier"} in vocabulary["reasons"]


def test_reason_codes_are_told_in_two_languages(shop: FlaskClient) -> None:
    codes = {code["code"]: code for code in shop.get("/v1/reason-codes").get_json()["reason_codes"]}
    assert codes["window_closed"]["outcomes"] == ["denied"]
    assert all(code["doc"]["en"] and code["doc"]["zh-CN"] for code in codes.values())


def test_every_schema_is_served_and_sound(shop: FlaskClient) -> None:
    names = shop.get("/v1/schemas").get_json()["schemas"]
    assert {"policy", "scenarios", "request", "decision", "inspection", "problem"} <= set(names)
    for name in names:
        Draft202012Validator.check_schema(shop.get(f"/v1/schemas/{name}").get_json())


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for inner in value.values() for found in _references(inner)]
    return [found for inner in value for found in _references(inner)] if isinstance(value, list) else []


def test_the_openapi_document_refers_to_nothing_that_is_missing(shop: FlaskClient) -> None:
    document = shop.get("/openapi.json").get_json()
    assert document == openapi()
    whole = openapi([openapi_paths()])
    assert set(_references(document)) <= _components(document)
    assert _components(whole) - set(_references(whole)) == {"#/components/securitySchemes/key"}
    assert set(_references(whole)) <= _components(whole)


def _components(document: Any) -> set[str]:
    return {f"#/components/{kind}/{name}" for kind, named in document["components"].items() for name in named}


def test_every_path_of_the_openapi_document_is_served(shop: FlaskClient) -> None:
    for path, operations in openapi()["paths"].items():
        for method in operations:
            answer = shop.open(path.format(merchant="corner-shop", name="policy"), method=method.upper())
            assert answer.status_code not in (404, 405, 500), path


def test_a_service_with_its_policies_read_is_healthy_and_ready(shop: FlaskClient) -> None:
    assert shop.get("/healthz").get_json()["status"] == "ok"
    ready = shop.get("/readyz").get_json()
    assert (ready["status"], ready["rules"]["merchants"], ready["rules"]["current"]) == ("ready", 1, True)


def test_a_failed_reload_is_seen_without_a_path_outside_the_rules(shop: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "rules" / "corner-shop.yaml").write_text(POLICY + "  - {id: x, denny: {code: y}}\n", encoding="utf-8")
    catalog = _catalog(shop)
    assert not catalog.reload()
    answer = shop.get("/readyz")
    rules = answer.get_json()["rules"]
    assert answer.status_code == 200
    assert rules["current"] is False
    assert rules["mistakes"] == len(rules["errors"]) == 1
    assert rules["errors"][0].startswith("corner-shop.yaml:18:")
    assert str(tmp_path) not in answer.get_data(as_text=True)
    assert post(shop, request()).status_code == 200


def _catalog(shop: FlaskClient) -> Catalog:
    catalog = shop.application.extensions["catalog"]
    assert isinstance(catalog, Catalog)
    return catalog


def test_answers_are_counted(shop: FlaskClient) -> None:
    post(shop, request())
    post(shop, {})
    post(shop, {"requests": [request(), {}]}, "/v1/decisions/batch")
    shop.get("/nowhere")
    counts = shop.get("/metrics").get_data(as_text=True)
    for line in (
        'policy_service_answers_total{route="decision",status="200"} 1.0',
        'policy_service_answers_total{route="decision",status="422"} 1.0',
        'policy_service_answers_total{route="batch",status="200"} 1.0',
        'policy_service_answers_total{route="other",status="404"} 1.0',
        'policy_service_decisions_total{outcome="approved",stage="request"} 2.0',
        'policy_service_decision_seconds_bucket{le="+Inf"} 2.0',
        "policy_service_rules_current 1.0",
    ):
        assert line in counts.splitlines()


def test_answers_are_neither_cached_nor_sniffed(shop: FlaskClient) -> None:
    for answer in (shop.get("/v1/policies"), shop.get("/metrics"), shop.get("/nowhere"), post(shop, request())):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_options_are_told_without_a_page(shop: FlaskClient) -> None:
    answer = shop.options("/v1/decisions")
    assert (answer.status_code, answer.data, dict(answer.headers)) == (204, b"", {"Allow": "OPTIONS, POST"})
