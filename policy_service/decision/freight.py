"""Who pays for the parcel back, and how much outbound postage is given back. Source: semantics, "Money"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from policy_service.decision.case import Case
from policy_service.decision.fees import allowance, policy_sum, statute_sum
from policy_service.decision.gifts import granted, keeps_item
from policy_service.decision.verdict import Ruling
from policy_service.language.clause import Clause

PARCEL_ACTIONS = ("return", "exchange", "repair")
FAULTLESS = ("merchant", "carrier")  # liability under which the customer pays no freight


@dataclass(frozen=True, slots=True)
class Parcel:
    """The one parcel of a decision: who pays it, by which clause, and what the customer is charged."""

    payer: str
    clause: Clause | None
    charge: int


def in_parcel(ruling: Ruling) -> bool:
    """Whether an approved line's goods travel back."""
    verdict = ruling.verdict
    return ruling.approved and ruling.state.action in PARCEL_ACTIONS and not keeps_item(verdict.policy, verdict.statute)


def return_parcel(decided: Sequence[Ruling]) -> Parcel | None:
    """The parcel of the approved lines that send goods back; None when nothing does."""
    lines = [item for item in decided if in_parcel(item)]
    if not lines:
        return None
    free, by = _free(lines)
    if free:
        for item in lines:
            for clause in _clauses(item):
                effect: Any = clause.effect
                if effect.payer != "customer":
                    return Parcel(effect.payer, clause, 0)
        return Parcel("merchant", by, 0)
    for item in lines:
        parcel = _of_line(item)
        if parcel is not None:
            return parcel
    return Parcel("customer", None, 0)


def _free(lines: list[Ruling]) -> tuple[bool, Clause | None]:
    """Whether the parcel is free for the customer, and the clause that makes it so (liability has none)."""
    for item in lines:
        clause = (
            granted("free_return_shipping", item.verdict.policy, item.verdict.statute) or item.verdict.free_warranty
        )
        if clause is not None:
            return True, clause
    return any(item.state.liability in FAULTLESS for item in lines), None


def _clauses(item: Ruling) -> list[Clause]:
    found = (item.verdict.policy.first("return_shipping"), item.verdict.statute.first("return_shipping"))
    return [clause for clause in found if clause is not None]


def _of_line(item: Ruling) -> Parcel | None:
    """What this line's clauses say: the merchant's as far as it may stand, or the statute's if better."""
    merchant, statute = item.verdict.policy.first("return_shipping"), item.verdict.statute.first("return_shipping")
    offers = []
    if merchant is not None or item.verdict.protected:
        parcel = _merchants(item, merchant)
        if parcel is not None:
            offers.append(parcel)
    if statute is not None:
        effect: Any = statute.effect
        charge = statute_sum(item.state, effect.charge) if effect.charge and effect.payer == "customer" else 0
        offers.append(Parcel(effect.payer, statute, charge))
    return min(offers, key=lambda parcel: (parcel.charge, parcel.payer == "customer"), default=None)


def _merchants(item: Ruling, clause: Clause | None) -> Parcel | None:
    effect: Any = clause.effect if clause is not None else None
    payer = effect.payer if effect is not None else "customer"
    charge = (
        policy_sum(item.state, effect.charge) if effect is not None and effect.charge and payer == "customer" else 0
    )
    if payer == "customer":
        allowed = allowance(item.verdict.statute, item.verdict.protected, item.state).capped("return_shipping", charge)
        if allowed is None:
            return Parcel("merchant", None, 0)
        charge = allowed
    return None if clause is None else Parcel(payer, clause, charge)


def outbound_postage(case: Case, decided: Sequence[Ruling]) -> tuple[int, Clause | None]:
    """The outbound postage given back, by the first approved line with a clause for it; the better of two."""
    left = max(0, (case.order.shipping_paid or 0) - (case.order.shipping_refunded or 0))
    for item in decided:
        if not item.approved:
            continue
        offers = []
        for clause, convert in (
            (item.verdict.policy.first("refund_delivery"), policy_sum),
            (item.verdict.statute.first("refund_delivery"), statute_sum),
        ):
            if clause is not None:
                effect: Any = clause.effect
                given = effect.mode == "always" or (effect.mode == "whole_order" and whole_order_back(case, decided))
                amount = left if given else 0
                offers.append(
                    (amount if effect.at_most is None else min(amount, convert(item.state, effect.at_most)), clause)
                )
        if offers:
            return max(offers, key=lambda offer: offer[0])
    return 0, None


def whole_order_back(case: Case, decided: Sequence[Ruling]) -> bool:
    """Whether every uncancelled unit of the order is refunded, now or before."""
    back = {line.id: line.returned_quantity or 0 for line in case.order.lines}
    for item in decided:
        if item.approved and item.state.action in ("return", "refund_only"):
            back[item.state.order_line.id] += item.state.quantity
    return all(back[line.id] >= line.quantity - (line.cancelled_quantity or 0) for line in case.order.lines)
