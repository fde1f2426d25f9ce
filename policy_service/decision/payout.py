"""Where a refund goes: by each line's `refund_to`, else back along the order's payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from policy_service.contract.money import apportion, rate_of
from policy_service.decision.case import Case
from policy_service.decision.sums import LineMoney
from policy_service.decision.verdict import Ruling, Verdict
from policy_service.language.clause import Clause

ORIGINAL = "original_payment"


@dataclass(frozen=True, slots=True)
class Payout:
    """One way the money goes; a bonus comes on top of the amount."""

    method: str
    amount: int
    bonus: int | None = None
    clause: Clause | None = None


@dataclass(frozen=True, slots=True)
class _Way:
    method: str
    rate: Fraction | None
    clause: Clause | None


def payouts(case: Case, decided: Sequence[Ruling], lines: Sequence[LineMoney], total: int) -> list[Payout]:
    """The payouts, adding up to `total`. What some lines owe is taken from what others give back, in request order."""
    if total == 0:
        return []
    purses: dict[_Way, int] = {}
    first: _Way | None = None
    for item, money in zip(decided, lines, strict=True):
        if not item.approved:
            continue
        way = _way(item.verdict)
        first = first or way
        purses[way] = purses.get(way, 0) + money.refund + money.tax + money.duties
        credit = way if money.credit is None else _Way("store_credit", None, money.credit)
        purses[credit] = purses.get(credit, 0) + money.exchange
    assert first is not None
    purses[first] += total - sum(purses.values())
    _balance(purses)
    return [payout for way, amount in purses.items() if amount for payout in _payouts(case, way, amount)]


def _balance(purses: dict[_Way, int]) -> None:
    """Takes what is negative from the others, the first ones first."""
    owed = -sum(amount for amount in purses.values() if amount < 0)
    for way, amount in purses.items():
        taken = min(owed, max(0, amount))
        purses[way] = max(0, amount) - taken
        owed -= taken


def _way(verdict: Verdict) -> _Way:
    """The line's own `refund_to`; where the statute has one too, original payment is the better."""
    merchant, statute = verdict.policy.first("refund_to"), verdict.statute.first("refund_to")
    clause = merchant or statute
    if merchant is not None and statute is not None:
        method: Any = statute.effect
        clause = statute if method.method == ORIGINAL else merchant
    if clause is None:
        return _Way(ORIGINAL, None, None)
    effect: Any = clause.effect
    return _Way(effect.method, effect.bonus_rate, clause)


def _payouts(case: Case, way: _Way, amount: int) -> list[Payout]:
    bonus = rate_of(amount, way.rate) if way.rate else None
    payments = case.order.payments
    if way.method != ORIGINAL or not payments or not any(payment.amount for payment in payments):
        return [Payout(way.method, amount, bonus, way.clause)]
    shares = apportion(amount, [payment.amount for payment in payments])
    bonuses = apportion(bonus, [payment.amount for payment in payments]) if bonus else [None] * len(shares)
    return [
        Payout(payment.method, share, extra, way.clause)
        for payment, share, extra in zip(payments, shares, bonuses, strict=True)
        if share
    ]
