"""The decision as the JSON of the contract: sums become decimal text here, and instants get the policy's zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from policy_service.contract.messages import message
from policy_service.contract.money import sum_texts
from policy_service.decision import clock
from policy_service.decision.case import Case, Moment
from policy_service.decision.fees import Charge
from policy_service.decision.grounds import Item
from policy_service.decision.payout import Payout
from policy_service.decision.prospects import Alternative, Counterfactual
from policy_service.decision.rulebook import Governing
from policy_service.decision.settlement import Settlement
from policy_service.decision.sums import LineMoney
from policy_service.decision.verdict import REVIEW, Reason, Ruling, Standing

Json = dict[str, Any]


class Writer:
    """Turns sums and instants of one case into text; `money[19990]` is the text of a sum."""

    __slots__ = ("case", "moment", "money")

    def __init__(self, case: Case, moment: Moment) -> None:
        self.case = case
        self.moment = moment
        self.money = sum_texts(case.order.currency)

    def instant(self, instant: datetime | None) -> str | None:
        return None if instant is None else clock.in_zone(instant, self.case.zone)

    def window(self, standing: Standing | None) -> Json | None:
        if standing is None:
            return None
        window = standing.window
        last = window.last_day
        return {
            "clause": standing.clause.id,
            "anchor": window.anchor,
            "last_day": None if last is None else last.isoformat(),
            "closes_at": self.instant(window.closes_at),
            "days_left": None if last is None else (last - self.moment.today).days,
        }

    def charges(self, charges: Sequence[Charge]) -> list[Json]:
        found = []
        for charge in charges:
            written = {"code": charge.code, "clause": charge.clause.id, "amount": self.money[charge.amount]}
            if charge.sku is not None:
                written["sku"] = charge.sku
            found.append(written)
        return found

    def items(self, items: Sequence[Item]) -> list[Json]:
        return [self._item(item) for item in items]

    def _item(self, item: Item) -> Json:
        written: Json = {"code": item.code, "clause": None if item.clause is None else item.clause.id}
        for key, value in item.extra.items() if item.extra else ():
            if key == "amount":
                value = self.money[value]
            elif isinstance(value, datetime):
                value = self.instant(value)
            written[key] = value
        return written

    def line(
        self,
        ruling: Ruling,
        money: LineMoney,
        entitlements: list[Json],
        obligations: list[Json],
        alternatives: Sequence[Alternative],
        counterfactuals: Sequence[Counterfactual],
        assumptions: list[Json],
        disposition: list[Json],
    ) -> Json:
        state, verdict = ruling.state, ruling.verdict
        settled = money if money.settled else LineMoney()
        line: Json = {
            "order_line": state.order_line.id,
            "action": state.line.action,
            "quantity": state.quantity,
            "outcome": verdict.outcome,
            "liability": state.liability,
            "reasons": [reason_json(reason) for reason in verdict.reasons],
            "window": self.window(verdict.window),
            "paid": self.money[state.paid],
            "items": self.money[settled.items],
            "fees": self.charges(settled.fees),
            "deductions": self.charges(settled.deductions),
            "refund": self.money[settled.refund],
            "entitlements": entitlements,
            "obligations": obligations,
            "disposition": disposition,
            "alternatives": [
                {
                    "action": found.action,
                    "clause": found.governing.clause.id,
                    "closes_at": self.instant(found.governing.window.closes_at),
                }
                for found in alternatives
            ],
            "counterfactuals": [
                {
                    "change": found.change,
                    "outcome": found.outcome,
                    "clause": None if found.governing is None else found.governing.clause.id,
                }
                for found in counterfactuals
            ],
            "assumptions": assumptions,
        }
        if verdict.outcome == REVIEW:
            line["if_approved"] = {
                "items": self.money[money.items],
                "fees": self.charges(money.fees),
                "deductions": self.charges(money.deductions),
                "refund": self.money[money.refund],
            }
        return line

    def refund(self, settlement: Settlement) -> Json:
        money = self.money
        return {
            "currency": self.case.order.currency,
            **{name: money[amount] for name, amount in settlement.sums.items()},
            "total": money[settlement.total],
            "amount_due": money[settlement.amount_due],
            "to": [self._payout(payout) for payout in settlement.to],
        }

    def _payout(self, payout: Payout) -> Json:
        written = {"method": payout.method, "amount": self.money[payout.amount]}
        if payout.bonus is not None:
            written["bonus"] = self.money[payout.bonus]
        if payout.clause is not None:
            written["clause"] = payout.clause.id
        return written

    def parcel(self, settlement: Settlement) -> Json | None:
        parcel = settlement.parcel
        if parcel is None:
            return None
        return {
            "payer": parcel.payer,
            "clause": None if parcel.clause is None else parcel.clause.id,
            "charge": self.money[parcel.charge],
        }


def reason_json(reason: Reason) -> Json:
    """A reason without its message, which is no part of what a receipt covers."""
    written: Json = {"code": reason.code, "clause": None if reason.clause is None else reason.clause.id}
    if reason.code == "fact_missing":
        written["fact"] = reason.params["fact"]
    elif reason.code == "anchor_missing":
        written["field"] = reason.params["field"]
    return written


def tell(line: Json, reasons: Sequence[Reason], locale: str, writer: Writer) -> None:
    """Writes each reason's message: the clause's own text in that language, else the catalogue's."""
    for written, reason in zip(line["reasons"], reasons, strict=True):
        own = reason.clause.text.get(locale) if reason.clause is not None else None
        written["message"] = own or _catalogued(reason, locale, line["outcome"], writer)


def _catalogued(reason: Reason, locale: str, outcome: str, writer: Writer) -> str:
    params = {key: _shown(value, writer) for key, value in reason.params.items()}
    if reason.clause is not None:
        params["clause"] = reason.clause.id
    return message(reason.code, locale, outcome=outcome, **params)


def _shown(value: Any, writer: Writer) -> str:
    if isinstance(value, datetime):
        return writer.instant(value) or ""
    if isinstance(value, (tuple, list)):
        return ", ".join(str(item) for item in value)
    return "" if value is None else str(value)


def plain(value: Any) -> Any:
    """A fact's value as JSON: sets sorted, dates and numbers as text."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, (date, Decimal)):
        return str(value)
    return value


def common_outcome(lines: Sequence[Json]) -> str:
    """The lines' common outcome, else `partial`."""
    outcomes = {line["outcome"] for line in lines}
    return outcomes.pop() if len(outcomes) == 1 else "partial"


def codes(per_line: Sequence[Sequence[Item]]) -> list[str]:
    """The codes of all lines, each once, in the order in which they first stand."""
    return list(dict.fromkeys(item.code for items in per_line for item in items))


def policy_json(governing: Governing) -> Json:
    document = governing.policy.document
    return {"merchant": document.name, "version": document.version, "digest": governing.digest}


__all__ = ["Writer", "codes", "common_outcome", "plain", "policy_json", "tell"]
