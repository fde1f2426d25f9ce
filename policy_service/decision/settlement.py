"""The money of a decision, per line and in all, in minor units of the order's currency. Source: semantics, "Money"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from policy_service.decision.case import Case, LineState, Moment
from policy_service.decision.clawback import Kept
from policy_service.decision.fees import Allowance, Charge, allowance, fee_amount, standing_fees
from policy_service.decision.freight import Parcel, outbound_postage, return_parcel
from policy_service.decision.gifts import Gifts
from policy_service.decision.payout import Payout, payouts
from policy_service.decision.prices import part
from policy_service.decision.sums import LineMoney
from policy_service.decision.verdict import APPROVED, DENIED, Ruling, Verdict
from policy_service.language.clause import Clause

REFUNDING = ("return", "refund_only")
COSTS_MORE = ("waive", "charge")  # best for the customer first
COSTS_LESS = ("refund", "credit", "keep")


@dataclass(slots=True)
class Settlement:
    """All the money of a decision; `total` and `amount_due` are its sum, one of them zero."""

    lines: list[LineMoney]
    parcel: Parcel | None
    outbound: int
    outbound_clause: Clause | None
    sums: dict[str, int]
    total: int
    amount_due: int
    to: list[Payout]


def settle(case: Case, decided: Sequence[Ruling], gifts: Gifts, moment: Moment) -> Settlement:
    """The settlement of lines in request order."""
    books = _Books(case, gifts, moment)
    lines = [books.line(item) for item in decided]
    parcel = return_parcel(decided)
    outbound, outbound_clause = outbound_postage(case, decided)
    moving = [line for line in lines if line.settled]
    sums = {
        "items": sum(line.items for line in moving),
        "exchange": sum(line.exchange for line in moving),
        "fees": sum(line.fee_total for line in moving),
        "deductions": sum(line.deduction_total for line in moving),
        "tax": sum(line.tax for line in moving),
        "return_shipping": parcel.charge if parcel else 0,
        "outbound_shipping": outbound,
        "duties": sum(line.duties for line in moving),
    }
    balance = (
        sums["items"] + sums["exchange"] + sums["tax"] + sums["outbound_shipping"] + sums["duties"]
        - sums["fees"] - sums["deductions"] - sums["return_shipping"]
    )  # fmt: skip
    total, due = max(0, balance), max(0, -balance)
    to = payouts(case, decided, lines, total)
    return Settlement(lines, parcel, outbound, outbound_clause, sums, total, due, to)


class _Books:
    """What earlier lines of the request have used up: units returned, gifts deducted, fees charged once a request."""

    def __init__(self, case: Case, gifts: Gifts, moment: Moment) -> None:
        self.case = case
        self.gifts = gifts
        self.moment = moment
        self.returned = {line.id: line.returned_quantity or 0 for line in case.order.lines}
        self.refunded = {line.id: line.refunded or 0 for line in case.order.lines}
        self.kept: dict[tuple[str, ...] | None, Kept] = {}
        self.deducted: set[int] = set()
        self.charged: set[int] = set()

    def line(self, ruling: Ruling) -> LineMoney:
        state, verdict = ruling.state, ruling.verdict
        if verdict.outcome == DENIED or verdict.final:
            return LineMoney(settled=False)
        money = LineMoney(settled=verdict.outcome == APPROVED)
        limits = allowance(verdict.statute, verdict.protected, state)
        if state.action in REFUNDING:
            money.items = self._items(state, verdict)
            money.tax, money.duties = self._tax_and_duties(state, verdict)
        elif state.action == "exchange":
            money.exchange, money.credit = _exchange(state, verdict)
        money.fees = self._fees(state, verdict, limits, money)
        money.deductions = self._deductions(state, verdict, limits, money)
        if state.action in REFUNDING:
            _cut(money)
        self._go_back(state)
        return money

    def _go_back(self, state: LineState) -> None:
        key = state.order_line.id
        self.returned[key] += state.quantity
        for kept in self.kept.values():
            if kept.returned[key] < self.returned[key]:
                kept.give_back(key, state.quantity)

    def _items(self, state: LineState, verdict: Verdict) -> int:
        key = state.order_line.id
        items = state.paid
        clause = verdict.policy.first("clawback")
        if clause is not None:
            effect: Any = clause.effect
            codes = None if effect.discounts == "all" else effect.discounts
            if codes not in self.kept:
                self.kept[codes] = Kept(self.case.prices, self.returned, codes)
            items = max(0, self.kept[codes].give_back(key, state.quantity))
        items = max(0, min(items, self.case.prices.lines[key].paid - self.refunded[key]))
        if verdict.outcome == APPROVED:
            self.refunded[key] += items
        return items

    def _tax_and_duties(self, state: LineState, verdict: Verdict) -> tuple[int, int]:
        line = state.order_line
        tax = part(line.tax, line.quantity, state.before, state.quantity) if line.tax else 0
        if not line.duty_paid or not _refunds_duties(verdict):
            return tax, 0
        return tax, part(line.duty_paid, line.quantity, state.before, state.quantity)

    def _fees(self, state: LineState, verdict: Verdict, limits: Allowance, money: LineMoney) -> list[Charge]:
        if verdict.free_warranty is not None:
            return []
        charges = []
        for clause in standing_fees(verdict.policy, verdict.statute):
            effect: Any = clause.effect
            if effect.per == "request":
                if clause.index in self.charged:
                    continue
                if money.settled:
                    self.charged.add(clause.index)
            amount = limits.capped(effect.code, fee_amount(clause, state, self.moment))
            if amount is not None:
                charges.append(Charge(effect.code, clause, amount))
        return charges

    def _deductions(self, state: LineState, verdict: Verdict, limits: Allowance, money: LineMoney) -> list[Charge]:
        if not state.attached or state.action not in REFUNDING:
            return []
        charges = []
        for gift, clause, coming in self.gifts.owed(state, verdict.policy, verdict.statute):
            if coming or id(gift) in self.deducted or gift.value is None or not _deducts(clause, verdict):
                continue
            amount = limits.capped("gift", gift.value)
            if amount is None:
                continue
            if money.settled:
                self.deducted.add(id(gift))
            charges.append(Charge("gift", clause, amount, gift.sku))
        return charges


def _deducts(clause: Clause, verdict: Verdict) -> bool:
    effect: Any = clause.effect
    return effect.if_missing == "deduct" or (effect.if_missing == "deny" and verdict.protected)


def _cut(money: LineMoney) -> None:
    """Fees in file order, then deductions, never take more than the line's items."""
    left = money.items
    for charges in (money.fees, money.deductions):
        for position, charge in enumerate(charges):
            amount = min(charge.amount, left)
            left -= amount
            if amount != charge.amount:
                charges[position] = Charge(charge.code, charge.clause, amount, charge.sku)


def _refunds_duties(verdict: Verdict) -> bool:
    """As `import_duties` says, by default yes; the customer gets the better of the merchant's and the statute's."""
    said: list[Any] = [
        clause.effect
        for clause in (verdict.policy.first("import_duties"), verdict.statute.first("import_duties"))
        if clause is not None
    ]
    return any(effect.refund for effect in said) if said else True


def _exchange(state: LineState, verdict: Verdict) -> tuple[int, Clause | None]:
    """What the exchange gives back (negative: what it costs more), and the clause that makes it store credit."""
    difference = state.price_difference
    if difference == 0:
        return 0, None
    merchant, statute = verdict.policy.first("exchange_difference"), verdict.statute.first("exchange_difference")
    clauses = [clause for clause in (merchant, statute) if clause is not None]
    if difference > 0:
        said = [clause.effect.costs_more for clause in clauses] or ["charge"]  # type: ignore[attr-defined]
        return (0, None) if min(said, key=COSTS_MORE.index) == "waive" else (-difference, None)
    best = min(clauses, key=lambda clause: COSTS_LESS.index(clause.effect.costs_less), default=None)  # type: ignore[attr-defined]
    manner = "refund" if best is None else best.effect.costs_less  # type: ignore[attr-defined]
    if manner == "keep":
        return 0, None
    return -difference, best if manner == "credit" else None
