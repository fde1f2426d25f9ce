"""`--shuffle` and `--fresh` find what depends on an order, a hash seed or a process."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from rich.console import Console

from policy_service.scenarios import determinism
from policy_service.scenarios.mutation import grounds_of
from tests.scenarios.corner_shop import POLICY, open_shop

GRANTS = (
    POLICY
    + """
  - id: pickup
    grant: [free_pickup]
  - id: freight
    grant: [free_return_shipping]
  - id: told
    notify: {events: [approved], via: [sms]}
"""
)


def decided_again(folder: Path, *, shuffle: bool = False, fresh: bool = False) -> tuple[bool, str]:
    grounds_of.cache_clear()
    said = io.StringIO()
    agreed = determinism.tell([str(folder)], Console(file=said, soft_wrap=True), shuffle=shuffle, fresh=fresh)
    return agreed, said.getvalue()


def test_orders_of_keys_and_independent_clauses_change_nothing(tmp_path: Path) -> None:
    open_shop(tmp_path, policy=GRANTS)
    assert decided_again(tmp_path, shuffle=True) == (
        True,
        "8 scenarios decided again in other orders: every decision is the same\n",
    )


def test_fresh_processes_with_other_hash_seeds_change_nothing(tmp_path: Path) -> None:
    open_shop(tmp_path, policy=GRANTS)
    assert decided_again(tmp_path, fresh=True) == (
        True,
        "8 scenarios decided again in fresh processes: every decision is the same\n",
    )


def test_only_clauses_whose_order_says_nothing_are_moved(tmp_path: Path) -> None:
    file = open_shop(
        tmp_path, policy=GRANTS + '  - id: a-fee\n    fee: {code: cleaning, amount: "1.00"}\n    when: {tier: gold}\n'
    )
    grounds_of.cache_clear()
    (document,) = grounds_of((str(file),)).documents().values()
    orders = {
        tuple(each.id for each in determinism.shuffled(document, random.Random(seed)).clauses) for seed in range(9)
    }
    assert len(orders) > 1
    assert {order[0] for order in orders} == {"thirty-days"}
    assert {order[-1] for order in orders} == {"a-fee"}


def test_a_difference_is_shown_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_shop(tmp_path)
    turns = iter(range(10_000))

    def odd(*_: object) -> dict[str, object]:
        return {"outcome": "approved" if next(turns) % 2 else "denied"}

    monkeypatch.setattr(determinism, "decision_of", odd)
    agreed, said = decided_again(tmp_path, shuffle=True)
    assert not agreed
    assert (
        "DIFFERS shop.yaml: in time, with clauses in another order\n  - outcome: denied\n  + outcome: approved\n"
        in said
    )
