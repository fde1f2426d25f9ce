"""Gifts that came with goods and must come back with them. Source: semantics, "Verdict" 8 and "Money"."""

from __future__ import annotations

from dataclasses import dataclass, field

from policy_service.contract.request import Gift
from policy_service.decision.case import Case, LineState
from policy_service.decision.grounds import Grounds
from policy_service.decision.verdict import DENIED, REVIEW, Reason
from policy_service.language import kinds
from policy_service.language.clause import Clause


@dataclass(frozen=True, slots=True)
class Gifts:
    """`coming_back` counts, per order line, the units that this request brings back."""

    case: Case
    coming_back: dict[str, int]
    complete: dict[int, bool] = field(default_factory=dict)  # by gift: whether all of its lines come back

    def due(self, gift: Gift, clause: Clause[kinds.Gift]) -> bool:
        """Whether the gift must come back with a line that does: with any, or only when all of its lines have."""
        if clause.effect.due == "any_line":
            return True
        known = self.complete.get(id(gift))
        if known is None:
            known = self.complete[id(gift)] = all(self._all_back(order_line) for order_line in gift.with_)
        return known

    def _all_back(self, order_line: str) -> bool:
        line = self.case.prices.order_lines[order_line]
        back = (line.returned_quantity or 0) + self.coming_back.get(order_line, 0)
        return back >= line.quantity - (line.cancelled_quantity or 0)

    def owed(self, state: LineState, grounds: Grounds) -> list[tuple[Gift, Clause[kinds.Gift], bool]]:
        """The gifts that this line brings due: the gift, its clause, and whether it is on its way back."""
        clause = grounds.gift
        if clause is None:
            return []
        return [(gift, clause, gift.sku in state.gifts_back) for gift in state.attached if self.due(gift, clause)]

    def outcome(self, state: LineState, grounds: Grounds, *, protected: bool) -> tuple[str, Reason] | None:
        """What a missing gift makes of an approved line: `denied` or `review`, and why; else a deduction at most."""
        for gift, clause, coming in self.owed(state, grounds):
            if coming:
                continue
            if clause.effect.if_missing == "review":
                return REVIEW, Reason("gift_missing", clause, {"sku": gift.sku})
            if clause.effect.if_missing == "deny" and not protected:
                return DENIED, Reason("gift_missing", clause, {"sku": gift.sku})
            if gift.value is None:
                return REVIEW, Reason("fact_missing", clause, {"fact": "gifts.value"})
        return None
