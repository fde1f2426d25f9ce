"""Real decisions on the repository's own policies fit the published shape, in both stages and languages."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from policy_service.catalog.catalog import Catalog
from policy_service.contract.decision import Decision
from policy_service.contract.schema import decision_schema
from policy_service.service import Service

RULES = Path(__file__).parents[2] / "rules"
MERCHANTS = sorted(folder.name for folder in RULES.glob("dg-*"))
REASONS = ("preference.changed_mind", "quality", "logistics.lost", "size.too_small")
PARCELS = ("return", "exchange", "repair")
DAYS = ("2025-06-12", "2025-07-20", "2026-09-01")


@pytest.fixture(scope="module")
def service() -> Service:
    return Service(Catalog(RULES))


def _asked(body: dict[str, Any], merchant: str, action: str, reason: str, day: str) -> dict[str, Any]:
    line = {**body["lines"][0], "action": action, "reason": reason}
    order_line = {**body["order"]["lines"][0], "category": "electronics/phone", "attributes": {}}
    order = {**body["order"], "placed_at": "2025-06-08T20:15:00+08:00", "delivered_at": "2025-06-10T15:30:00+08:00"}
    payments = [{"method": "alipay", "amount": "3000.00"}, {"method": "points", "amount": "998.00"}]
    return {
        **body,
        "merchant": merchant,
        "requested_at": f"{day}T10:00:00+08:00",
        "order": {**order, "lines": [order_line], "payments": payments, "fx_rate": "1.0"},
        "lines": [line, {**line, "quantity": 9}],
    }


@pytest.mark.parametrize("merchant", MERCHANTS)
@pytest.mark.parametrize("action", ["return", "exchange", "repair", "refund_only", "reship"])
def test_every_decision_fits(service: Service, request_body: dict[str, Any], merchant: str, action: str) -> None:
    validator = Draft202012Validator(decision_schema())
    for reason, day in product(REASONS, DAYS):
        asked = _asked(request_body, merchant, action, reason, day)
        first = service.decide(asked, locale="zh-CN").decision
        units = [{"order_line": "1", "quantity": 1, "condition": "used"}] if action in PARCELS else []
        for decision in (first, service.inspect(asked, first, {"lines": units}).decision):
            text = orjson.dumps(decision)
            assert not [error.message for error in validator.iter_errors(json.loads(text))]
            assert Decision.model_validate_json(text).lines[0].reasons[0].message
