"""Where a refund goes: by each line's `refund_to`, else back along the order's payments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from policy_service.contract.money import apportion, rate_of
from policy_service.decision.case import Case
from policy_service.decision.grounds import ORIGINAL, Way
from policy_service.decision.sums import LineMoney
from policy_service.decision.verdict import Ruling
from policy_service.language.clause import Clause


class Payout(NamedTuple):
    """One way the money goes; a bonus comes on top of the amount."""

    method: str
    amount: int
    bonus: int | None = None
    clause: Clause | None = None


def payouts(case: Case, decided: Sequence[Ruling], lines: Sequence[LineMoney], total: int) -> list[Payout]:
    """The payouts, adding up to `total`. What some lines owe is taken from what others give back, in request order."""
    if total == 0:
        return []
    named = {item.verdict.grounds.way for item in decided if item.approved}
    if len(named) == 1 and not any(money.credit for money in lines):
        return _payouts(case, named.pop(), total)
    ways: dict[object, Way] = {}  # of the ways that one clause says there is one
    purses: dict[object, int] = {}
    for item, money in zip(decided, lines, strict=True):
        if item.approved:
            way = item.verdict.grounds.way
            credit = way if money.credit is None else Way("store_credit", None, money.credit)
            _put(ways, purses, way, money.refund + money.tax + money.duties)
            _put(ways, purses, credit, money.exchange)
    # What belongs to no line goes the way of the first.
    first = next(iter(purses))
    purses[first] += total - sum(purses.values())
    if any(amount < 0 for amount in purses.values()):
        _balance(purses)
    return [payout for key, amount in purses.items() if amount for payout in _payouts(case, ways[key], amount)]


def _put(ways: dict[object, Way], purses: dict[object, int], way: Way, amount: int) -> None:
    key = None if way.clause is None else (way.clause.file, way.clause.id)
    ways.setdefault(key, way)
    purses[key] = purses.get(key, 0) + amount


def _balance(purses: dict[object, int]) -> None:
    """Takes what is negative from the others, the first ones first."""
    owed = -sum(amount for amount in purses.values() if amount < 0)
    for key, amount in purses.items():
        taken = min(owed, max(0, amount))
        purses[key] = max(0, amount) - taken
        owed -= taken


def _payouts(case: Case, way: Way, amount: int) -> list[Payout]:
    bonus = rate_of(amount, way.bonus_rate) if way.bonus_rate else None
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
