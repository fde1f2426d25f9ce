"""The request of the wire contract, and a way to change it."""

from collections.abc import Callable
from typing import Any

import pytest

Change = Callable[..., dict[str, Any]]


def sofa_request() -> dict[str, Any]:
    """The example of the contract: one sofa with a pillow, thirty days."""
    return {
        "merchant": "dg-home",
        "requested_at": "2025-06-20T10:00:00+08:00",
        "case_id": "RMA-1001",
        "channel": "storefront",
        "return_method": "pickup",
        "order": {
            "id": "SO-1",
            "currency": "CNY",
            "country": "CN",
            "placed_at": "2025-05-30T20:15:00+08:00",
            "shipped_at": "2025-05-31T09:00:00+08:00",
            "delivered_at": "2025-06-01T15:30:00+08:00",
            "promotions": ["618"],
            "discounts": [],
            "shipping_paid": "0.00",
            "lines": [
                {
                    "id": "1",
                    "sku": "SOFA-3",
                    "category": "furniture/sofa",
                    "quantity": 2,
                    "unit_price": "1999.00",
                    "tags": ["oversize"],
                }
            ],
            "gifts": [{"sku": "PILLOW", "with": ["1"], "value": "99.00"}],
        },
        "customer": {"id": "C-7", "tier": "diamond", "returns_90d": 1},
        "lines": [
            {
                "order_line": "1",
                "quantity": 1,
                "action": "return",
                "reason": "preference.changed_mind",
                "condition": "opened",
                "gifts_returned": ["PILLOW"],
            }
        ],
    }


class Absent:
    """Stands for a key to be taken out."""


def change(body: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`body` with values set at dotted paths; an index equal to the length appends, `Absent` takes out."""
    for path, value in changes.items():
        *way, last = path.split(".")
        place: Any = body
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        if isinstance(place, list):
            if int(last) == len(place):
                place.append(value)
            else:
                place[int(last)] = value
        elif value is Absent:
            del place[last]
        else:
            place[last] = value
    return body


@pytest.fixture
def request_body() -> dict[str, Any]:
    return sofa_request()


@pytest.fixture
def changed(request_body: dict[str, Any]) -> Change:
    """Gives the request with values changed: `changed({"order.currency": "JPY"})`."""
    return lambda changes: change(request_body, {k: Absent if v is ... else v for k, v in changes.items()})
