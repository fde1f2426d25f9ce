"""Random shops and requests: clauses from a stock that covers every kind, requests on and around their thresholds."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.decision.desk import HEAD, shop

ACTIONS = ("return", "exchange", "repair", "refund_only", "reship")
REASONS = (
    "quality.functional_failure", "quality", "preference.changed_mind", "logistics.lost", "size.too_small",
    "fulfilment.missing_item", "mismatch",
)  # fmt: skip
FACTS = "facts: {handling: {about: line, type: money}, repair_days: {about: line, type: integer}}\n"

PERMISSIONS = (
    "window: {days: 7, after: delivery}",
    "window: {days: 30, after: delivery}, for: [return, exchange, refund_only]",
    "window: {days: 15, after: order, counting: hours}, for: [return, repair, reship]",
    "window: {unlimited: true, after: order}, for: [reship, refund_only]",
    "window: {days: 60, after: delivery}, instead_of: all, when: {tier: gold}",
    "window: {days: 20, after: delivery, fallback: {after: shipment, plus_days: 3}}, "
    "overrides: all, when: {reason: quality}",
    "no_reason: {days: 10, after: delivery}, when: {condition: [unopened, opened]}",
    "no_reason: false, when: {tags: sealed}",
    "warranty: {months: 12, after: order, evidence: [inspection_report]}, when: {reason: quality, human_damage: false}",
    "warranty: {days: 90, after: delivery}, for: [return, exchange], when: {repairs_done: {at_least: 2}}",
    "extend: {days: 5}, when: {tier: [gold, silver]}",
    "extend: {days: repair_days}, when: {reason: quality}",
)
PROHIBITIONS = (
    "deny: {code: used_goods}, when: {condition: [used, damaged], liability: customer}",
    "deny: {code: final_sale}, when: {tags: sale}, unless: [{liability: [merchant, carrier]}, {tier: gold}]",
    'review: {code: high_value}, when: {line_paid: {at_least: "100.00"}}',
    "review: {code: late}, when: {days_since_delivery: {over: 9}}",
    "require: {evidence: [photo]}, when: {reason: quality}",
    "require: {steps: [label]}, for: [return]",
)
MONEY = (
    "fee: {code: restocking, rate: 10%}, unless: {liability: [merchant, carrier]}",
    'fee: {code: late, rate_per_day: 1%, after_days: 5, max: "20.00"}',
    # It begins at the midnight at which a window of the stock closes.
    "fee: {code: storage, rate_per_day: 1%, after_days: 30}",
    "fee: {code: keeping, rate_per_day: 3%}, when: {condition: used}",
    'fee: {code: packing, amount: "3.00", per: unit}',
    'fee: {code: desk, amount: "5.00", per: request}, for: [return, exchange, repair]',
    "fee: {code: handling, amount: handling}, when: {condition: opened}",
    "waive: [restocking], when: {tier: gold}",
    "waive: all, when: {reason: fulfilment}",
    'return_shipping: {payer: customer, charge: "12.00"}, when: {liability: customer}',
    "return_shipping: {payer: carrier}, when: {reason: logistics}",
    "refund_delivery: whole_order",
    'refund_delivery: {mode: always, at_most: "4.00"}',
    "gift: {if_missing: deduct}",
    "gift: {if_missing: deny, due: all_lines}",
    "gift: {if_missing: review}, when: {tier: silver}",
    "exchange_difference: {costs_more: waive, costs_less: credit}, when: {tier: gold}",
    "clawback: {discounts: all}",
    "import_duties: {refund: false}, when: {liability: customer}",
    "refund_to: {method: store_credit, bonus_rate: 5%}, when: {days_since_delivery: {over: 12}}",
)
PROCESS = (
    "grant: [free_pickup, free_return_shipping], when: {tier: gold}",
    'grant: [keep_item], when: {line_paid: {under: "5.00"}}, for: [return]',
    'compensate: {coupon: "7.00"}, when: {liability: merchant}',
    "deadline: {ship_back: 7 days, refund: {within: 2 days, after: received}, respond: 3 days, otherwise: approve}",
    "notify: {events: [approved, denied, review, completed], via: [sms]}",
    "follow_up: {after: 3 days, ask: [fit]}",
    "disposition: sellable, when: {condition: [unopened, opened], stage: inspection}",
    "disposition: scrap, when: {stage: inspection}",
)
RIGHTS = (
    "no_reason: {days: 14, after: delivery}, when: {condition: [unopened, opened, unknown]}",
    "window: {days: 30, after: delivery}, for: [return, exchange, repair], when: {reason: quality}",
    "deny: {code: excluded}, when: {tags: sealed}",
    "allow: {codes: [return_shipping, gift]}",
    "allow: {codes: [restocking], at_most: 5%}",
    "return_shipping: {payer: merchant}, when: {reason: quality}",
    "refund_delivery: always",
    "deadline: {ship_back: 14 days, refund: 14 days}",
    "refund_to: {method: original_payment}",
    "refund_to: {method: store_credit}",
    "import_duties: {refund: false}",
    "exchange_difference: {costs_less: keep}",
    "exchange_difference: {costs_more: waive}",
    'return_shipping: {payer: customer, charge: "9.00"}',
)


def _document(clauses: list[str]) -> str:
    return "".join(f"  - {{id: c{index}, {clause}}}\n" for index, clause in enumerate(clauses))


def _some(stock: tuple[str, ...], least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(stock), min_size=least, max_size=most, unique=True)


@st.composite
def policies(draw: st.DrawFn) -> str:
    """The clauses of a policy, in a drawn order."""
    drawn = [
        *draw(_some(PERMISSIONS, 1, 4)),
        *draw(_some(PROHIBITIONS, 0, 3)),
        *draw(_some(MONEY, 0, 6)),
        *draw(_some(PROCESS, 0, 3)),
    ]
    return _document(draw(st.permutations(drawn)))


laws = _some(RIGHTS, 1, 5).map(_document)


def shop_of(clauses: str, law: str | None = None) -> Any:
    return shop(clauses, head=HEAD + FACTS, law=law)


def _sum(draw: st.DrawFn, most: int = 20_000) -> str:
    minor = draw(st.integers(0, most))
    return f"{minor // 100}.{minor % 100:02d}"


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    lines = []
    for index in range(draw(st.integers(1, 3))):
        quantity = draw(st.integers(1, 5))
        line: dict[str, Any] = {"id": str(index), "sku": f"S{index}", "quantity": quantity}
        unit = draw(st.integers(0, 20_000))
        line["unit_price"] = f"{unit // 100}.{unit % 100:02d}"
        if draw(st.booleans()):
            line["tags"] = draw(st.lists(st.sampled_from(["sale", "sealed", "other"]), unique=True))
        if draw(st.booleans()):
            line["tax"] = _sum(draw, 999)
        if draw(st.booleans()):
            line["duty_paid"] = _sum(draw, 999)
        if draw(st.booleans()):
            line["returned_quantity"] = draw(st.integers(0, quantity))
        if draw(st.booleans()):
            line["cancelled_quantity"] = draw(st.integers(0, quantity))
        lines.append(line)
    order: dict[str, Any] = {
        "id": "O", "currency": "CNY", "country": "CN", "placed_at": "2025-05-30T20:15:00+08:00", "lines": lines,
        "shipped_at": "2025-05-31T09:00:00+08:00", "shipping_paid": _sum(draw, 2_000),
    }  # fmt: skip
    if draw(st.integers(0, 4)):
        order["delivered_at"] = "2025-06-01T15:30:00+08:00"
    gross = sum(int(line["unit_price"].replace(".", "")) * line["quantity"] for line in lines)
    if gross and draw(st.booleans()):
        amount = draw(st.integers(0, gross))
        least = draw(st.integers(0, gross))
        order["discounts"] = [
            {
                "code": "D",
                "amount": f"{amount // 100}.{amount % 100:02d}",
                "min_spend": f"{least // 100}.{least % 100:02d}",
            }
        ]
    if draw(st.booleans()):
        owners = draw(st.lists(st.sampled_from([line["id"] for line in lines]), min_size=1, unique=True))
        order["gifts"] = [{"sku": "G", "with": owners, "value": _sum(draw, 3_000)}]
    if draw(st.booleans()):
        order["payments"] = [{"method": "card", "amount": _sum(draw)}, {"method": "points", "amount": _sum(draw)}]
    return order


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A whole request; its instants fall on and around what the stock's clauses compare with."""
    order = draw(orders())
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        of = draw(st.sampled_from(order["lines"]))
        line: dict[str, Any] = {
            "order_line": of["id"], "quantity": draw(st.integers(1, of["quantity"])),
            "action": draw(st.sampled_from(ACTIONS)), "reason": draw(st.sampled_from(REASONS)),
        }  # fmt: skip
        if draw(st.booleans()):
            line["condition"] = draw(st.sampled_from(["unopened", "opened", "used", "damaged"]))
        if draw(st.booleans()):
            line["evidence"] = draw(st.lists(st.sampled_from(["photo", "inspection_report"]), unique=True))
        if draw(st.booleans()):
            line["repairs_done"] = draw(st.integers(0, 3))
        if draw(st.booleans()):
            line["gifts_returned"] = draw(st.sampled_from([[], ["G"]]))
        if draw(st.booleans()):
            line["attributes"] = {"handling": _sum(draw, 500), "repair_days": draw(st.integers(1, 20))}
        if line["action"] == "exchange" and draw(st.booleans()):
            line["exchange_for"] = {"sku": draw(st.sampled_from(["S0", "NEW"])), "unit_price": _sum(draw)}
        lines.append(line)
    day = draw(st.integers(0, 400))
    hour = draw(st.sampled_from([0, 12, 15, 16, 23]))
    body: dict[str, Any] = {
        "merchant": "shop", "order": order, "lines": lines, "requested_at": instant(day, hour),
        "customer": {"tier": draw(st.sampled_from(["gold", "silver", "none"]))},
    }  # fmt: skip
    return body


def instant(day: int, hour: int = 12) -> str:
    """Midnight of 2025-05-31 in Shanghai and so many days and hours more; mostly early days."""
    from datetime import datetime, timedelta

    start = datetime.fromisoformat("2025-05-31T00:00:00+08:00")
    return (start + timedelta(days=day if day < 100 else day % 40, hours=hour)).isoformat()


def shuffled(value: Any) -> Any:
    """The same JSON with every object's keys in another order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in sorted(value, reverse=True)}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


def stable(decision: dict[str, Any]) -> dict[str, Any]:
    """What a caller may cache of a decision."""
    copy: dict[str, Any] = json.loads(json.dumps(decision))
    for key in ("id", "decided_at", "stable_until", "deadlines", "receipt", "notifications"):
        copy.pop(key, None)
    for line in copy["lines"]:
        for key in ("alternatives", "window", "reasons", "counterfactuals", "assumptions"):
            line.pop(key)
        for obligation in line["obligations"]:
            obligation.pop("due", None)
            obligation.pop("clause", None)
        for item in (*line["entitlements"], *line["fees"], *line["deductions"]):
            item.pop("clause", None)
        for item in (*line.get("if_approved", {}).get("fees", ()), *line.get("if_approved", {}).get("deductions", ())):
            item.pop("clause", None)
    for payout in copy["refund"]["to"]:
        payout.pop("clause", None)
    if copy["return_shipping"]:
        copy["return_shipping"].pop("clause")
    return copy
