"""Who pays for the parcel back, and how much outbound postage is given back. Source: semantics, "Money"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from policy_service.decision.case import Case
from policy_service.decision.fees import allowance, policy_sum, statute_sum
from policy_service.decision.verdict import Ruling
from policy_service.language.clause import Clause
from policy_service.language.kinds import RefundDelivery, ReturnShipping
from policy_service.language.kinds.base import REFUNDS

PARCEL_ACTIONS = ("return", "exchange", "repair")
FAULTLESS = ("merchant", "carrier")  # liability under which the customer pays no freight


class Parcel(NamedTuple):
    """The one parcel of a decision: who pays it, by which clause, and what the customer is charged."""

    payer: str
    clause: Clause | None
    charge: int


AT_OWN_COST = Parcel("customer", None, 0)


def in_parcel(ruling: Ruling) -> bool:
    """Whether an approved line's goods travel back."""
    return ruling.approved and ruling.state.action in PARCEL_ACTIONS and not ruling.verdict.grounds.keeps_item


def return_parcel(decided: Sequence[Ruling]) -> Parcel | None:
    """The parcel of the approved lines that send goods back; None when nothing does."""
    lines = [item for item in decided if in_parcel(item)]
    if not lines:
        return None
    free, by = _free(lines)
    if free:
        for item in lines:
            for clause in item.verdict.grounds.freight:
                if clause is not None and clause.effect.payer != "customer":
                    return Parcel(clause.effect.payer, clause, 0)
        return Parcel("merchant", by, 0)
    for item in lines:
        parcel = _of_line(item)
        if parcel is not None:
            return parcel
    return AT_OWN_COST


def _free(lines: list[Ruling]) -> tuple[bool, Clause | None]:
    """Whether the parcel is free for the customer, and the clause that makes it so (liability has none)."""
    for item in lines:
        clause = item.verdict.grounds.free_freight or item.verdict.free_warranty
        if clause is not None:
            return True, clause
    return any(item.state.liability in FAULTLESS for item in lines), None


def _of_line(item: Ruling) -> Parcel | None:
    """What this line's clauses say: the merchant's as far as it may stand, or the statute's if better."""
    merchant, statute = item.verdict.grounds.freight
    own = _merchants(item, merchant)
    if statute is None:
        return own
    named = statute.effect
    charge = statute_sum(item.state, named.charge) if named.charge and named.payer == "customer" else 0
    offers = (own or AT_OWN_COST, Parcel(named.payer, statute, charge))
    return min(offers, key=lambda parcel: (parcel.charge, parcel.payer == "customer", parcel.clause is None))


def _merchants(item: Ruling, clause: Clause[ReturnShipping] | None) -> Parcel | None:
    """The merchant's word, or on a protected line without one what the statute leaves: None where that is nothing."""
    payer, named = ("customer", None) if clause is None else (clause.effect.payer, clause.effect.charge)
    charge = policy_sum(item.state, named) if named and payer == "customer" else 0
    if payer == "customer":
        allowed = allowance(item.verdict, item.state).capped("return_shipping", charge)
        if allowed is None:
            return Parcel("merchant", None, 0)
        charge = allowed
    return None if clause is None else Parcel(payer, clause, charge)


def outbound_postage(case: Case, decided: Sequence[Ruling]) -> tuple[int, Clause | None]:
    """The outbound postage given back, by the first approved line with a clause for it; the better of two."""
    for item in decided:
        if not item.approved:
            continue
        merchant, statute = item.verdict.grounds.postage
        offers: list[tuple[int, Clause]] = []
        if merchant is not None:
            most = merchant.effect.at_most
            cap = None if most is None else policy_sum(item.state, most)
            offers.append((_given_back(case, decided, merchant.effect, cap), merchant))
        if statute is not None:
            most = statute.effect.at_most
            cap = None if most is None else statute_sum(item.state, most)
            offers.append((_given_back(case, decided, statute.effect, cap), statute))
        if offers:
            return max(offers, key=lambda offer: offer[0])
    return 0, None


def _given_back(case: Case, decided: Sequence[Ruling], effect: RefundDelivery, cap: int | None) -> int:
    given = effect.mode == "always" or (effect.mode == "whole_order" and whole_order_back(case, decided))
    left = max(0, (case.order.shipping_paid or 0) - (case.order.shipping_refunded or 0)) if given else 0
    return left if cap is None else min(left, cap)


def whole_order_back(case: Case, decided: Sequence[Ruling]) -> bool:
    """Whether every uncancelled unit of the order is refunded, now or before."""
    back = {line.id: line.returned_quantity or 0 for line in case.order.lines}
    for item in decided:
        if item.approved and item.state.action in REFUNDS:
            back[item.state.order_line.id] += item.state.quantity
    return all(back[line.id] >= line.quantity - (line.cancelled_quantity or 0) for line in case.order.lines)
