"""What is given back for the goods of a request, line by line. Source: semantics, "Clawback" and "Refund cap".

Under a clawback the lines of a request share what the kept goods fall by: where one falls by less than nothing, or by
more than is left of what was paid for it, the others make up for it as far as they can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from policy_service.decision.case import Case, LineState
from policy_service.decision.clawback import Kept
from policy_service.decision.verdict import APPROVED, DENIED, Ruling
from policy_service.language.clause import Clause
from policy_service.language.kinds import Clawback
from policy_service.language.kinds.base import REFUNDS

Codes = tuple[str, ...] | str
"""The discounts that a clawback takes back: their codes, or `all`."""


def _refunds(ruling: Ruling) -> bool:
    """Whether the line gives, or would give, money back for its goods."""
    return ruling.state.action in REFUNDS and ruling.verdict.outcome != DENIED and not ruling.verdict.final


def items(case: Case, decided: Sequence[Ruling]) -> list[int]:
    """The items of every line: 0 of one that refunds nothing, of a line under review what it would give back."""
    till = _Till(case)
    for index, ruling in enumerate(decided):
        if _refunds(ruling):
            till.give_back(index, ruling)
    till.even_out()
    return [till.given.get(index, 0) for index in range(len(decided))]


@dataclass(slots=True)
class _Share:
    """The lines of the request under one clawback, and what they have still to give (below 0: to take back)."""

    lines: list[tuple[int, str]] = field(default_factory=list)
    owing: int = 0


@dataclass(slots=True)
class _Till:
    """What lines gave so far, and how much is left of what was paid for each order line."""

    case: Case
    given: dict[int, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    gone: list[LineState] = field(default_factory=list)
    kept: dict[Codes, Kept] = field(default_factory=dict)
    shares: dict[Codes, _Share] = field(default_factory=dict)

    def give_back(self, index: int, ruling: Ruling) -> None:
        """Takes the line's units away from what the customer keeps, and gives what they are worth."""
        state = ruling.state
        key = state.order_line.id
        left = self.left.get(key)
        if left is None:
            left = max(0, self.case.prices.lines[key].paid - (state.order_line.refunded or 0))
        clause = ruling.verdict.grounds.clawback
        worth = self._fall(state, clause) if clause is not None or self.kept else state.paid
        self.gone.append(state)
        share = None if clause is None else self.shares.setdefault(clause.effect.discounts, _Share())
        wanted = worth if share is None else worth + share.owing
        given = self.given[index] = max(0, min(wanted, left))
        settled = ruling.verdict.outcome == APPROVED
        self.left[key] = left - given if settled else left
        if share is not None and settled:
            share.lines.append((index, key))
            share.owing = wanted - given

    def _fall(self, state: LineState, clause: Clause[Clawback] | None) -> int:
        """What all kept goods fall by when these units go: as the clawback says, else what was paid for them."""
        codes = None if clause is None else clause.effect.discounts
        if codes is not None and codes not in self.kept:
            self.kept[codes] = Kept(self.case.prices, self._returned(), None if codes == "all" else codes)
        worth = state.paid
        for each, kept in self.kept.items():
            fall = kept.give_back(state.order_line.id, state.quantity)
            if each == codes:
                worth = fall
        return worth

    def _returned(self) -> dict[str, int]:
        """Units of each order line that went back in earlier requests and in earlier lines of this one."""
        returned = {line.id: line.returned_quantity or 0 for line in self.case.order.lines}
        for state in self.gone:
            returned[state.order_line.id] += state.quantity
        return returned

    def even_out(self) -> None:
        """Lets the lines of each clawback make up, in order, for what the last of them could not give or take."""
        for share in self.shares.values():
            for index, key in share.lines:
                if not share.owing:
                    break
                more = max(-self.given[index], min(share.owing, self.left[key]))
                self.given[index] += more
                self.left[key] -= more
                share.owing -= more
