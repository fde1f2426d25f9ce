"""A desk to ask decisions at: policies as text, requests as small changes of one order."""

from __future__ import annotations

import copy
import tempfile
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from policy_service.contract.inspection import parse_inspection
from policy_service.contract.request import parse_request
from policy_service.decision.admission import admit
from policy_service.decision.decide import Decided, decide
from policy_service.decision.inspection import inspect
from policy_service.decision.rulebook import Governing, Rulebook
from policy_service.language.loader import load

HEAD = """
merchant: shop
version: "1"
effective: {from: 2020-01-01}
timezone: Asia/Shanghai
currency: CNY
ships_from: CN
"""

STATUTE_HEAD = """
statute: law
version: "1"
effective: {from: 2020-01-01}
countries: [CN]
currency: CNY
"""

WINDOW = "  - {id: w, window: {days: 30, after: delivery}, for: [return, exchange, repair, refund_only, reship]}\n"

REQUEST: dict[str, Any] = {
    "merchant": "shop",
    "requested_at": "2025-06-20T10:00:00+08:00",
    "order": {
        "id": "SO-1",
        "currency": "CNY",
        "placed_at": "2025-05-30T20:15:00+08:00",
        "shipped_at": "2025-05-31T09:00:00+08:00",
        "delivered_at": "2025-06-01T15:30:00+08:00",
        "lines": [{"id": "1", "sku": "SOFA", "category": "furniture/sofa", "quantity": 1, "unit_price": "1999.00"}],
    },
    "lines": [{"order_line": "1", "quantity": 1, "action": "return", "reason": "preference.changed_mind"}],
}


@lru_cache(maxsize=512)
def book(text: str) -> Rulebook:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "policy.yaml")
        path.write_text(text, encoding="utf-8")
        loaded = load(path)
    assert loaded.document is not None, [each.message for each in loaded.diagnostics]
    return Rulebook(loaded.document)


def shop(clauses: str, *, head: str = HEAD, law: str | None = None, law_head: str = STATUTE_HEAD) -> Governing:
    """What governs, from the clauses of a policy and, if there is one, of a statute."""
    policy = book(f"{head}clauses:\n{clauses}")
    statute = None if law is None else book(f"{law_head}clauses:\n{law}")
    return Governing(policy, statute, "sha256:" + "0" * 64)


def request(**changes: Any) -> dict[str, Any]:
    """The plain request with changes at paths written with `__`: `order__currency="EUR"`, `lines__0__reason=…`."""
    body = copy.deepcopy(REQUEST)
    for path, value in changes.items():
        *way, last = path.split("__")
        place: Any = body
        for step in way:
            place = place[int(step) if step.isdigit() else step]
        if last.isdigit() and int(last) == len(place):
            place.append(value)
        elif value is None:
            place.pop(last, None)
        else:
            place[int(last) if last.isdigit() else last] = value
    return body


def rule(governing: Governing, body: dict[str, Any] | None = None, **changes: Any) -> Decided:
    """The decision on the request; it must fit the contract and the policy."""
    parsed = parse_request(body if body is not None else request(**changes))
    errors = admit(parsed.raw, governing)
    assert not errors, errors
    now = datetime.fromisoformat("2025-06-20T10:00:00+08:00")
    return decide(parsed, governing, now=now, id="0197a3c0-0000-7000-8000-000000000000")


def ask(governing: Governing, body: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return rule(governing, body, **changes).decision


def look(governing: Governing, body: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any]:
    """The decision of the inspection after the decision on that request."""
    first = ask(governing, body)
    parsed = parse_request(body)
    inspection = parse_inspection({"lines": found}, parsed.request)
    now = datetime.fromisoformat(first["decided_at"])
    return inspect(parsed, governing, first, inspection, now=now, id="0197a3c0-0000-7000-8000-000000000001").decision


def codes(decision: dict[str, Any], line: int = 0) -> list[str]:
    return [reason["code"] for reason in decision["lines"][line]["reasons"]]
