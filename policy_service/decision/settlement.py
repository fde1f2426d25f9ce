"""The money of a decision, per line and in all, in minor units of the order's currency. Source: semantics, "Money"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policy_service.contract.money import MAX_MINOR
from policy_service.contract.prices import part
from policy_service.decision.case import Case, LineState, Moment
from policy_service.decision.fees import Charge, allowance, fee_amount
from policy_service.decision.freight import Parcel, outbound_postage, return_parcel
from policy_service.decision.gifts import Gifts
from policy_service.decision.goods import items as items_of
from policy_service.decision.grounds import Grounds
from policy_service.decision.payout import Payout, payouts
from policy_service.decision.sums import LineMoney
from policy_service.decision.verdict import APPROVED, DENIED, Ruling, Verdict
from policy_service.language import kinds
from policy_service.language.clause import Clause
from policy_service.language.kinds.base import REFUNDS


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
    """The settlement of lines in request order. Raises OverflowError for sums that nobody could record."""
    books = _Books(gifts, moment)
    lines = [books.line(item, given) for item, given in zip(decided, items_of(case, decided), strict=True)]
    parcel = return_parcel(decided)
    outbound, outbound_clause = outbound_postage(case, decided)
    items = exchange = fees = deductions = tax = duties = 0
    for line in lines:
        if line.settled:
            items += line.items
            exchange += line.exchange
            fees += line.fee_total
            deductions += line.deduction_total
            tax += line.tax
            duties += line.duties
    charge = parcel.charge if parcel else 0
    sums = {
        "items": items,
        "exchange": exchange,
        "fees": fees,
        "deductions": deductions,
        "tax": tax,
        "return_shipping": charge,
        "outbound_shipping": outbound,
        "duties": duties,
    }
    balance = items + exchange + tax + outbound + duties - fees - deductions - charge
    total, due = max(0, balance), max(0, -balance)
    if max(fees, total, due) > MAX_MINOR:
        raise OverflowError("the fees of this request come to more than a sum can hold")
    to = payouts(case, decided, lines, total)
    return Settlement(lines, parcel, outbound, outbound_clause, sums, total, due, to)


class _Books:
    """What earlier lines of the request have used up: gifts deducted, fees charged once a request."""

    def __init__(self, gifts: Gifts, moment: Moment) -> None:
        self.gifts = gifts
        self.moment = moment
        self.deducted: set[int] = set()
        self.charged: set[int] = set()

    def line(self, ruling: Ruling, items: int) -> LineMoney:
        """The money of a line that gives back so much for its goods."""
        state, verdict = ruling.state, ruling.verdict
        if verdict.outcome == DENIED or verdict.final:
            return LineMoney(settled=False)
        grounds = verdict.grounds
        refunding = state.action in REFUNDS
        money = LineMoney(items, settled=verdict.outcome == APPROVED)
        if refunding:
            money.tax, money.duties = _tax_and_duties(state, grounds)
        elif state.action == "exchange":
            money.exchange, money.credit = _exchange(state, grounds)
        if grounds.fees and verdict.free_warranty is None:
            money.fees = self._fees(state, verdict, settled=money.settled)
        if refunding:
            if state.attached:
                money.deductions = self._deductions(state, verdict, settled=money.settled)
            if money.fees or money.deductions:
                _cut(money)
        return money

    def _fees(self, state: LineState, verdict: Verdict, *, settled: bool) -> list[Charge]:
        limits = allowance(verdict, state)
        charges = []
        for clause in verdict.grounds.fees:
            fee = clause.effect
            if fee.per == "request":
                if clause.index in self.charged:
                    continue
                if settled:
                    self.charged.add(clause.index)
            amount = limits.capped(fee.code, fee_amount(fee, state, self.moment))
            if amount is not None:
                charges.append(Charge(fee.code, clause, amount))
        return charges

    def _deductions(self, state: LineState, verdict: Verdict, *, settled: bool) -> list[Charge]:
        limits = allowance(verdict, state)
        charges = []
        for gift, clause, coming in self.gifts.owed(state, verdict.grounds):
            if coming or id(gift) in self.deducted or gift.value is None or not _deducts(clause.effect, verdict):
                continue
            amount = limits.capped("gift", gift.value)
            if amount is None:
                continue
            if settled:
                self.deducted.add(id(gift))
            charges.append(Charge("gift", clause, amount, gift.sku))
        return charges


def _tax_and_duties(state: LineState, grounds: Grounds) -> tuple[int, int]:
    line = state.order_line
    tax = part(line.tax, line.quantity, state.before, state.quantity) if line.tax else 0
    if not line.duty_paid or not grounds.duties_refunded:
        return tax, 0
    return tax, part(line.duty_paid, line.quantity, state.before, state.quantity)


def _deducts(gift: kinds.Gift, verdict: Verdict) -> bool:
    return gift.if_missing == "deduct" or (gift.if_missing == "deny" and verdict.protected)


def _cut(money: LineMoney) -> None:
    """Fees in file order, then deductions, never take more than the line's items."""
    if money.refund >= 0:
        return
    left = money.items
    cut = []
    for charge in (*money.fees, *money.deductions):
        amount = min(charge.amount, left)
        left -= amount
        cut.append(charge._replace(amount=amount))
    money.fees, money.deductions = cut[: len(money.fees)], cut[len(money.fees) :]


def _exchange(state: LineState, grounds: Grounds) -> tuple[int, Clause | None]:
    """What the exchange gives back (negative: what it costs more), and the clause that makes it store credit."""
    difference = state.price_difference
    if difference == 0:
        return 0, None
    if difference > 0:
        return (-difference, None) if grounds.exchanges.charged else (0, None)
    return (-difference, grounds.exchanges.credit) if grounds.exchanges.refunded else (0, None)
