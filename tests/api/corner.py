"""The corner shop that the API's tests ask: its folder of rules, a request that fits, an app around both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from policy_service.api.app import create_app
from policy_service.api.gate import Gate
from policy_service.api.recording import Recorder
from policy_service.catalog.catalog import Catalog
from policy_service.service import Service
from tests.api.document import held

NOW = datetime(2025, 6, 5, 4, tzinfo=UTC)
"""The clock of the service: noon of the 5th of June in Shanghai."""

POLICY = """\
merchant: corner-shop
version: "1"
effective: {from: 2025-01-01}
timezone: Asia/Shanghai
currency: CNY
ships_from: CN
title: {en: The corner shop, zh-CN: 街角小店}
clauses:
  - id: return-7
    text: {en: Return within 7 days of delivery, zh-CN: 收货后7天内可退货}
    window: {days: 7, after: delivery}
  - id: opened-costs
    fee: {code: restocking, rate: 10%}
    when: {condition: opened}
  - id: clearance
    deny: {code: final_sale}
    when: {tags: clearance}
"""


def rules(root: Path) -> Path:
    """The folder of rules below `root`."""
    folder = root / "rules"
    folder.mkdir()
    (folder / "corner-shop.yaml").write_text(POLICY, encoding="utf-8")
    return folder


def request(**changes: Any) -> dict[str, Any]:
    """A request that is approved less ten per cent; `changes` replace its top-level fields."""
    return {
        "merchant": "corner-shop",
        "requested_at": "2025-06-05T12:00:00+08:00",
        "order": {
            "id": "SO-1",
            "currency": "CNY",
            "placed_at": "2025-06-01T10:00:00+08:00",
            "delivered_at": "2025-06-03T10:00:00+08:00",
            "lines": [{"id": "1", "sku": "KETTLE", "quantity": 1, "unit_price": "199.90"}],
        },
        "lines": [
            {
                "order_line": "1",
                "quantity": 1,
                "action": "return",
                "reason": "preference.changed_mind",
                "condition": "opened",
            }
        ],
        **changes,
    }


def client(root: Path, *, gate: Gate | None = None, ledger: Recorder | None = None) -> FlaskClient:
    """A client of an app on these rules, whose clock stands at NOW; its answers are held against the document."""
    catalog = Catalog(rules(root))
    service = Service(catalog, clock=lambda: NOW)
    app = create_app(service, catalog=catalog, gate=gate, ledger=ledger)
    app.wsgi_app = held(app.wsgi_app, ledger=False)  # type: ignore[method-assign]
    return app.test_client()


def post(shop: FlaskClient, body: Any, path: str = "/v1/decisions", headers: Mapping[str, str] = {}) -> TestResponse:
    """Send a body: bytes as they are, anything else as JSON."""
    if isinstance(body, bytes):
        return shop.post(path, data=body, content_type="application/json", headers=dict(headers))
    return shop.post(path, json=body, headers=dict(headers))
