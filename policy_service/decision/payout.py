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
    purses = _Purses()
    for item, money in zip(decided, lines, strict=True):
        if item.approved:
            way = item.verdict.grounds.way
            purses.put(way, money.refund + money.tax + money.duties)
            purses.put(way if money.credit is None else Way("store_credit", None, money.credit), money.exchange)
    purses.fill_up(total)
    return [payout for way, amount in purses.balanced() if amount for payout in _payouts(case, way, amount)]


class _Purses:
    """What goes each way, in the order in which lines first name it. Of the ways one clause says there is one."""

    def __init__(self) -> None:
        self._ways: dict[object, Way] = {}
        self._amounts: dict[object, int] = {}

    def put(self, way: Way, amount: int) -> None:
        key = None if way.clause is None else (way.clause.file, way.clause.id)
        self._ways.setdefault(key, way)
        self._amounts[key] = self._amounts.get(key, 0) + amount

    def fill_up(self, total: int) -> None:
        """What belongs to no line goes the way of the first."""
        first = next(iter(self._amounts))
        self._amounts[first] += total - sum(self._amounts.values())

    def balanced(self) -> list[tuple[Way, int]]:
        """The ways with what is negative taken from the others, the first ones first."""
        owed = -sum(amount for amount in self._amounts.values() if amount < 0)
        found = []
        for key, amount in self._amounts.items():
            taken = min(owed, max(0, amount))
            owed -= taken
            found.append((self._ways[key], max(0, amount) - taken))
        return found


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
