"""The shop of the demo: its goods and people, and what goes wrong. Three things in it are out of the ordinary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

Json = dict[str, Any]

UNUSUAL_SKU = "EARBUDS-X2"
BAD_BATCH = "B-2025-08"
CARELESS_PACKER = "K-07"
SMALL_SHIRT = "SHIRT-OXFORD"


@dataclass(frozen=True, slots=True)
class Goods:
    """Something that is sold: `faults` of a hundred returns are for its quality."""

    merchant: str
    sku: str
    product: str
    category: str
    price: int
    faults: int = 12


def _shirts() -> list[Goods]:
    found = []
    for product, category, price in (
        (SMALL_SHIRT, "apparel/shirt", 259),
        ("SHIRT-LINEN", "apparel/shirt", 299),
        ("SHIRT-FLANNEL", "apparel/shirt", 219),
        ("TROUSERS-CHINO", "apparel/trousers", 349),
        ("DRESS-SUMMER", "apparel/dress", 459),
        ("COAT-WOOL", "apparel/coat", 1299),
    ):
        found += [
            Goods("dg-apparel", f"{product}-{size}", product, category, price, 7) for size in ("S", "M", "L", "XL")
        ]
    return found


GOODS = (
    *_shirts(),
    Goods("dg-digital", UNUSUAL_SKU, "EARBUDS-X", "electronics/audio", 399, 50),
    Goods("dg-digital", "EARBUDS-X1", "EARBUDS-X", "electronics/audio", 299, 20),
    Goods("dg-digital", "HEADPHONES-PRO", "HEADPHONES", "electronics/audio", 1299, 20),
    Goods("dg-digital", "SPEAKER-MINI", "SPEAKER", "electronics/audio", 259, 20),
    Goods("dg-digital", "SPEAKER-HOME", "SPEAKER", "electronics/audio", 899, 20),
    Goods("dg-digital", "PHONE-9", "PHONE-9", "electronics/phone", 3999, 25),
    Goods("dg-digital", "PHONE-9-PLUS", "PHONE-9", "electronics/phone", 4999, 25),
    Goods("dg-digital", "TABLET-11", "TABLET", "electronics/tablet", 2999, 25),
    Goods("dg-home", "SOFA-3", "SOFA", "furniture/sofa", 1999, 15),
    Goods("dg-home", "SOFA-2", "SOFA", "furniture/sofa", 1499, 15),
    Goods("dg-home", "LAMP-FLOOR", "LAMP", "lighting/lamp", 329, 15),
    Goods("dg-home", "LAMP-DESK", "LAMP", "lighting/lamp", 159, 15),
    Goods("dg-home", "TABLE-OAK", "TABLE", "furniture/table", 2499, 15),
)
WEIGHTS = {"dg-apparel": 2.0, "dg-digital": 4.0, "dg-home": 5.0}
BATCHES = ("B-2025-05", "B-2025-06", "B-2025-07", BAD_BATCH, "B-2025-09")
PICKERS = tuple(f"P-{number:02d}" for number in range(1, 16))
PACKERS = tuple(f"K-{number:02d}" for number in range(1, 13))
TIERS = ("normal", "silver", "gold", "diamond")
QUALITY = ("quality.functional_failure", "quality.cosmetic_defect")
OTHERS = (
    ("preference.changed_mind", 40),
    ("preference.disliked", 16),
    ("preference.ordered_by_mistake", 6),
    ("mismatch.not_as_described", 7),
    ("mismatch.specification", 3),
    ("logistics.late", 4),
)


def request(number: int, at: datetime, rng: Random) -> Json:
    """One return request, asked at that instant."""
    goods = rng.choices(GOODS, [WEIGHTS[each.merchant] for each in GOODS])[0]
    delivered = at - timedelta(hours=rng.randrange(20, 24 * 13))
    shipped = delivered - timedelta(hours=rng.randrange(20, 90))
    placed = shipped - timedelta(hours=rng.randrange(2, 40))
    packer, picker = rng.choice(PACKERS), rng.choice(PICKERS)
    batch = rng.choice(BATCHES)
    reason = _reason(goods, packer, batch, rng)
    line: Json = {
        "order_line": "1",
        "quantity": 1,
        "action": _action(goods, reason, rng),
        "reason": reason,
        "condition": rng.choices(("unopened", "opened", "used", "damaged"), (30, 55, 10, 5))[0],
        "handled_by": {"picker": picker, "packer": packer},
    }
    if reason.startswith(("quality", "logistics", "mismatch")) and rng.random() < 0.85:
        line["evidence"] = ["photo", "inspection_report"] if rng.random() < 0.5 else ["photo"]
    fit = _fit(goods, reason, rng)
    if fit is not None:
        line["fit"] = fit
    order_line = {"id": "1", "sku": goods.sku, "product": goods.product, "category": goods.category, "batch": batch}
    return {
        "merchant": goods.merchant,
        "requested_at": at.isoformat(),
        "case_id": f"RMA-{number:05d}",
        "channel": rng.choices(("storefront", "app", "marketplace"), (50, 35, 15))[0],
        "return_method": rng.choices(("pickup", "drop_off"), (60, 40))[0],
        "order": {
            "id": f"SO-{number:05d}",
            "currency": "CNY",
            "country": "CN",
            "placed_at": placed.isoformat(),
            "shipped_at": shipped.isoformat(),
            "delivered_at": delivered.isoformat(),
            "shipping_paid": rng.choice(("0.00", "0.00", "12.00")),
            "lines": [{**order_line, "quantity": 1, "unit_price": f"{goods.price}.00"}],
        },
        "customer": {
            "id": f"C-{rng.randrange(1, 4_000):04d}",
            "tier": rng.choices(TIERS, (60, 20, 14, 6))[0],
            "returns_90d": rng.choices((0, 1, 2, 4, 11), (60, 22, 11, 5, 2))[0],
        },
        "lines": [line],
    }


def _reason(goods: Goods, packer: str, batch: str, rng: Random) -> str:
    mistakes = 32 if packer == CARELESS_PACKER else 6
    if rng.randrange(100) < mistakes:
        return rng.choice(("fulfilment.wrong_item", "fulfilment.missing_item", "logistics.damaged_in_transit"))
    faults = goods.faults
    if goods.sku == UNUSUAL_SKU:
        faults = 85 if batch == BAD_BATCH else 40
    if rng.randrange(100) < faults:
        return rng.choice(QUALITY)
    if goods.category.startswith("apparel") and rng.randrange(100) < 45:
        small = 85 if goods.product == SMALL_SHIRT else 50
        return "size.too_small" if rng.randrange(100) < small else "size.too_large"
    return rng.choices([name for name, _ in OTHERS], [weight for _, weight in OTHERS])[0]


def _fit(goods: Goods, reason: str, rng: Random) -> str | None:
    if reason.startswith("size."):
        return reason.removeprefix("size.")
    if goods.category.startswith("apparel") and rng.random() < 0.3:
        return "true_to_size"
    return None


def _action(goods: Goods, reason: str, rng: Random) -> str:
    if reason.startswith("size."):
        return rng.choices(("exchange", "return"), (60, 40))[0]
    if reason.startswith("quality") and goods.merchant == "dg-digital":
        return rng.choices(("return", "exchange", "repair"), (50, 30, 20))[0]
    if reason == "fulfilment.missing_item":
        return rng.choices(("reship", "refund_only"), (60, 40))[0]
    return rng.choices(("return", "exchange"), (90, 10))[0]
