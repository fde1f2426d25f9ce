"""What kept goods fall by, step by step, against the definition of V worked out anew each time."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.contract.money import to_minor
from policy_service.contract.prices import Prices
from policy_service.contract.request import parse_request
from policy_service.decision.clawback import Kept
from tests.decision.desk import ask, shop
from tests.decision.stock import orders


def half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


def value(prices: Prices, returned: dict[str, int]) -> int:
    """V by its definition: every discount tried against what is kept, every share taken from its line."""

    def part(total: int, key: str) -> int:
        line = prices.order_lines[key]
        kept = max(0, line.quantity - (line.cancelled_quantity or 0) - returned[key])
        to, start = returned[key] + kept, returned[key]
        return half_up(Fraction(total * to, line.quantity)) - half_up(Fraction(total * start, line.quantity))

    worth = {key: line.net for key, line in prices.lines.items()}
    for discount, shares in zip(prices.discounts, prices.shares, strict=True):
        if sum(part(prices.lines[key].net, key) for key in prices.lines) >= (discount.min_spend or 0):
            for key, amount in shares.items():
                worth[key] -= amount
    return sum(part(worth[key], key) for key in prices.lines)


@settings(max_examples=150, deadline=None)
@given(orders(), st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), max_size=6))
def test_each_step_falls_by_what_the_definition_says(order: dict[str, Any], steps: list[tuple[int, int]]) -> None:
    asked = [{"order_line": "0", "quantity": 1, "action": "return", "reason": "preference"}]
    parsed = parse_request({"merchant": "m", "order": order, "lines": asked})
    prices = Prices(parsed.request.order)
    returned = {line.id: line.returned_quantity or 0 for line in parsed.request.order.lines}
    kept = Kept(prices, returned, None)
    for index, quantity in steps:
        key = str(index % len(returned))
        before = value(prices, returned)
        line = prices.order_lines[key]
        if returned[key] + quantity > line.quantity - (line.cancelled_quantity or 0):
            continue
        returned[key] += quantity
        assert kept.give_back(key, quantity) == before - value(prices, returned)


@settings(max_examples=150, deadline=None)
@given(orders(), st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), min_size=1, max_size=6))
def test_a_request_gives_back_what_kept_goods_fall_by_as_far_as_it_was_paid(
    order: dict[str, Any], steps: list[tuple[int, int]]
) -> None:
    ids = [line["id"] for line in order["lines"]]
    asked = [
        {"order_line": ids[index % len(ids)], "quantity": quantity, "action": "return", "reason": "preference"}
        for index, quantity in steps
    ]
    governing = shop("  - {id: w, window: {unlimited: true}}\n  - {id: c, clawback: {discounts: all}}\n")
    decision = ask(governing, {"merchant": "shop", "order": {**order, "gifts": []}, "lines": asked})
    prices = Prices(parse_request({"merchant": "m", "order": order, "lines": asked}).request.order)
    before = {line.id: line.returned_quantity or 0 for line in prices.order.lines}
    after = dict(before)
    for line in decision["lines"]:
        after[line["order_line"]] += line["quantity"] if line["outcome"] == "approved" else 0
    paid = sum(prices.lines[key].paid for key in ids if after[key] > before[key])
    items = to_minor(decision["refund"]["items"], "CNY")
    assert items == max(0, min(value(prices, before) - value(prices, after), paid))
