"""Many different requests to the shops of `rules/`, each at an instant of its own, and what a lone thread answers."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

from policy_service.catalog.catalog import Catalog
from policy_service.contract.problems import ProblemError
from policy_service.service import Service

RULES = Path(__file__).resolve().parents[2] / "rules"
MERCHANTS = ("dg-apparel", "dg-digital", "dg-global", "dg-home", "dg-toys")
REASONS = ("preference.changed_mind", "quality.functional_failure", "size.too_small", "logistics.damaged_in_transit")
TAGS = ([], ["clearance"], ["special-offer"], ["oversize", "fragile"])


def folder(root: Path) -> Path:
    """A copy of the repository's rules with a bystander, whom nobody asks and whose file may change."""
    copy = Path(shutil.copytree(RULES, root / "rules"))
    change_bystander(copy, 0)
    return copy


def change_bystander(rules: Path, edition: int) -> None:
    """Give the bystander's policy another text."""
    text = (
        f'merchant: bystander\nversion: "{edition}"\neffective: {{from: 2025-01-01}}\ntimezone: UTC\ncurrency: EUR\n'
        f"clauses:\n  - {{id: all, window: {{days: {edition % 365 + 1}, after: delivery}}}}\n"
    )
    file = rules / "bystander.yaml"
    # Replaced in one step, as deployments do: a reader sees the old file or the new one.
    (rules / "bystander.new").write_text(text, encoding="utf-8")
    (rules / "bystander.new").replace(file)


def requests(count: int, seed: int = 2025) -> list[dict[str, Any]]:
    """So many requests, the same for the same seed."""
    chance = random.Random(seed)
    return [_request(chance, number) for number in range(count)]


def _request(chance: random.Random, number: int) -> dict[str, Any]:
    lines = [
        {
            "id": str(index),
            "sku": f"SKU-{chance.randrange(50)}",
            "quantity": chance.randint(1, 3),
            "unit_price": f"{chance.randrange(1, 500_000) / 100:.2f}",
            "category": chance.choice(["furniture/sofa", "electronics/phone", "apparel/shirt", "toys"]),
            "tags": chance.choice(TAGS),
        }
        for index in range(chance.randint(1, 3))
    ]
    day, hour = f"2025-{chance.randint(8, 12):02}-{chance.randint(1, 28):02}", chance.randrange(24)
    return {
        "merchant": chance.choice(MERCHANTS),
        "case_id": f"C-{number}",
        "requested_at": f"{day}T{hour:02}:30:00+08:00",
        "order": {
            "id": f"SO-{number}",
            "currency": "CNY",
            "country": "CN",
            "placed_at": "2025-07-20T10:00:00+08:00",
            "shipped_at": "2025-07-21T10:00:00+08:00",
            "delivered_at": f"2025-07-{chance.randint(22, 31)}T15:00:00+08:00",
            "shipping_paid": "10.00",
            "lines": lines,
        },
        "customer": {"tier": chance.choice(["normal", "gold", "diamond"]), "returns_90d": chance.randrange(12)},
        "lines": [
            {
                "order_line": line["id"],
                "quantity": 1,
                "action": chance.choice(["return", "exchange", "repair", "refund_only"]),
                "reason": chance.choice(REASONS),
                "condition": chance.choice(["unopened", "opened", "used"]),
                "evidence": chance.choice([[], ["photo"], ["inspection_report"]]),
            }
            for line in lines
        ],
    }


def settled(decision: dict[str, Any]) -> dict[str, Any]:
    """A decision without its id, which alone may differ."""
    return {**decision, "id": ""}


def ask(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """The decision, or the problem where there is none."""
    try:
        return settled(service.decide(request).decision)
    except ProblemError as error:
        return error.problem.to_json()


def alone(rules: Path, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What one thread answers, without memo and without reloads."""
    service = Service(Catalog(rules, memo=False))
    return [ask(service, request) for request in asked]
