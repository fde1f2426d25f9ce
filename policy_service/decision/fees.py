"""Which fees stand on a line and how much they are. Sums in minor units of the order's currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from policy_service.contract.money import rate_of
from policy_service.decision.case import LineState, Moment
from policy_service.decision.facts import number, reader
from policy_service.decision.verdict import Verdict
from policy_service.language.clause import Clause
from policy_service.language.kinds import Allow, Fee

NO_RATE = Fraction(0)


class Charge(NamedTuple):
    """A fee or a deduction as it stands: `amount` is never negative."""

    code: str
    clause: Clause
    amount: int
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a statute lets a merchant charge on a protected line, by code; a cap of None is no cap, no `caps`: free."""

    caps: dict[str, int | None] | None

    def capped(self, code: str, amount: int) -> int | None:
        """The part of `amount` that may be charged; None where the charge may not stand at all."""
        if self.caps is None:
            return amount
        if code not in self.caps:
            return None
        cap = self.caps[code]
        return amount if cap is None else min(amount, cap)


FREE_HAND = Allowance(None)


def allowance(verdict: Verdict, state: LineState) -> Allowance:
    """The caps of the applying `allow` clauses; of several for one code the widest counts."""
    if not verdict.protected:
        return FREE_HAND
    caps: dict[str, int | None] = {}
    for clause in verdict.grounds.allowed:
        cap = _cap(clause.effect, state)
        for code in clause.effect.codes:
            known = caps.get(code, 0)
            caps[code] = None if cap is None or known is None else max(cap, known)
    return Allowance(caps)


def _cap(effect: Allow, state: LineState) -> int | None:
    if effect.at_most is None:
        return None
    if isinstance(effect.at_most, Fraction):
        return rate_of(state.paid, effect.at_most)
    return statute_sum(state, effect.at_most)


def policy_sum(state: LineState, minor: int) -> int:
    """A sum that the policy names, in the order's currency."""
    return minor if state.case.policy_sums is None else state.case.policy_sums(minor)


def statute_sum(state: LineState, minor: int) -> int:
    """A sum that the statute names, in the order's currency."""
    return minor if state.case.statute_sums is None else state.case.statute_sums(minor)


def absent_sums(clauses: Iterable[Clause[Fee]], state: LineState, moment: Moment) -> list[tuple[Clause, str]]:
    """The fees whose amount is a fact that was not sent, with that fact."""
    found: list[tuple[Clause, str]] = []
    for clause in clauses:
        amount = clause.effect.amount
        if isinstance(amount, str) and number(amount, state, moment) is None:
            found.append((clause, amount))
    return found


def fee_amount(fee: Fee, state: LineState, moment: Moment) -> int:
    """The fee before any cut: rate and daily rate are rounded together, once; then `min` and `max`."""
    base = state.paid if fee.base == "paid" else gross(state)
    if fee.amount is not None:
        if isinstance(fee.amount, str):
            amount = number(fee.amount, state, moment) or 0
        else:
            amount = policy_sum(state, fee.amount)
        amount *= state.quantity if fee.per == "unit" else 1
    elif fee.rate_per_day is None:
        amount = rate_of(base, fee.rate or NO_RATE)
    else:
        amount = rate_of(base, (fee.rate or NO_RATE) + fee.rate_per_day * days_beyond(fee, state, moment))
    if fee.min is not None:
        amount = max(amount, _limit(state, fee.min, base))
    if fee.max is not None:
        amount = min(amount, _limit(state, fee.max, base))
    return max(0, amount)


def _limit(state: LineState, limit: int | Fraction, base: int) -> int:
    return rate_of(base, limit) if isinstance(limit, Fraction) else policy_sum(state, limit)


def days_beyond(fee: Fee, state: LineState, moment: Moment) -> int:
    """Days since delivery beyond `after_days`; 0 without a delivery."""
    since = reader("days_since_delivery", ())(state, moment)
    return max(0, since - fee.after_days) if isinstance(since, int) else 0


def gross(state: LineState) -> int:
    """List price of the units of this request line."""
    return state.case.prices.lines[state.order_line.id].unit_price * state.quantity
