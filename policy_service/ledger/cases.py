"""A case: its decisions and what happened since, folded into where it stands and who owes what.

Nothing of this is stored: it is worked out from the records each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from policy_service.contract.money import to_minor
from policy_service.ledger.instants import read_us
from policy_service.ledger.records import Stored

Json = Mapping[str, Any]

State = Literal[
    "in_review",
    "denied",
    "approved",
    "label_issued",
    "in_transit",
    "received",
    "in_repair",
    "inspected",
    "settled",
    "closed",
    "cancelled",
]
STATES: tuple[State, ...] = get_args(State)
EventType = Literal[
    "label_issued",
    "shipped",
    "received",
    "repair_started",
    "repair_done",
    "refunded",
    "exchanged",
    "reshipped",
    "closed",
    "cancelled",
    "feedback",
    "note",
]
Deadline = Literal["ship_back_by", "inspect_by", "refund_by", "respond_by"]
DEADLINES: tuple[Deadline, ...] = get_args(Deadline)
OWED_FOR = {"exchange": "exchanged", "repair": "reshipped", "reship": "reshipped"}
"""What sends goods to the customer, by action: the event that says it was done."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A case event: `at` and `recorded_at` in microseconds, `data` whole as far as not erased."""

    id: str
    n: int
    type: EventType
    at: int
    recorded_at: int
    data: dict[str, Any]


@dataclass(slots=True)
class Case:
    """Everything that is on record about one case, in the order of recording."""

    merchant: str
    id: str
    decisions: Sequence[Stored]
    events: Sequence[Happening]
    effective: list[Stored] = field(init=False)
    times: dict[str, int] = field(init=False)
    refunded: int = field(init=False, default=0)
    repairs: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        superseded = {decision.supersedes for decision in self.decisions}
        self.effective = [decision for decision in self.decisions if decision.id not in superseded]
        self.times = {}
        for event in self.events:
            self.times[event.type] = event.at
            if event.type == "refunded":
                self.refunded += to_minor(event.data["amount"], self.currency)
            elif event.type == "repair_started":
                self.repairs += 1
            elif event.type == "repair_done":
                self.repairs -= 1

    @property
    def currency(self) -> str:
        return str(self.decisions[0].decision["refund"]["currency"])

    @property
    def order_id(self) -> str:
        return str(self.decisions[0].request["order"]["id"])

    def happened(self, type: str) -> bool:
        return type in self.times

    @property
    def over(self) -> bool:
        return self.happened("closed") or self.happened("cancelled")

    @property
    def reviewing(self) -> bool:
        return any(decision.reviewing for decision in self.effective)

    @property
    def inspected(self) -> bool:
        return any(decision.stage == "inspection" for decision in self.effective)

    @property
    def awaiting_inspection(self) -> bool:
        return any(d.stage == "request" and d.decision["return_shipping"] is not None for d in self.effective)

    @property
    def approved_lines(self) -> list[Json]:
        return [line for d in self.effective for line in d.decision["lines"] if line["outcome"] == "approved"]

    @property
    def goods_come_back(self) -> bool:
        """A parcel from the customer is part of this case, as decided at request."""
        return any(d.decision["return_shipping"] is not None for d in self.effective)

    @property
    def refund_total(self) -> int:
        return self._sum("total")

    @property
    def amount_due(self) -> int:
        return self._sum("amount_due")

    def _sum(self, name: str) -> int:
        """What holds now, of the decisions in the case's currency: there is no sum of two currencies."""
        refunds = (d.decision["refund"] for d in self.effective)
        return sum(to_minor(each[name], self.currency) for each in refunds if each["currency"] == self.currency)

    @property
    def refund_left(self) -> int:
        return max(0, self.refund_total - self.refunded)

    @property
    def overpaid(self) -> int:
        """Refunded beyond what the decisions grant now, as when an inspection takes back what was paid at once."""
        return max(0, self.refunded - self.refund_total)

    def actions(self) -> set[str]:
        """What was approved."""
        return {str(line["action"]) for line in self.approved_lines}

    def undelivered(self) -> list[str]:
        """Approved actions whose goods have not gone out to the customer yet."""
        return sorted(action for action in self.actions() if action in OWED_FOR and not self.happened(OWED_FOR[action]))

    @property
    def state(self) -> State:
        """Where the case stands, one of `STATES`: the latest step that happened, unless something holds it up."""
        if self.happened("cancelled"):
            return "cancelled"
        if self.happened("closed"):
            return "closed"
        if self.reviewing:
            return "in_review"
        if self.repairs > 0:
            return "in_repair"
        if not self.approved_lines:
            return "denied"
        if not self.awaiting_inspection and not self.refund_left and not self.undelivered():
            return "settled"
        if self.inspected:
            return "inspected"
        steps: tuple[tuple[EventType, State], ...] = (
            ("received", "received"),
            ("shipped", "in_transit"),
            ("label_issued", "label_issued"),
        )
        return next((state for step, state in steps if self.happened(step)), "approved")

    def deadline(self, name: str) -> int | None:
        """When a deadline passes, in microseconds."""
        said = self.deadline_as_said(name)
        return None if said is None else read_us(said)

    def deadline_as_said(self, name: str) -> str | None:
        """The earliest that the decisions or a receipt of goods set, word for word, so in the policy's time zone."""
        said: Iterable[Json] = [
            *(d.decision["deadlines"] for d in self.effective),
            *(e.data["deadlines"] for e in self.events if "deadlines" in e.data),
        ]
        return min((at for deadlines in said if (at := deadlines.get(name)) is not None), key=read_us, default=None)

    def open_deadline(self, name: str) -> bool:
        """Whether what the deadline asks for is still to be done."""
        if self.over:
            return False
        match name:
            case "ship_back_by":
                return self.awaiting_inspection and not self.happened("shipped") and not self.happened("received")
            case "inspect_by":
                return self.awaiting_inspection and self.happened("received")
            case "refund_by":
                return self.refund_left > 0
            case "respond_by":
                return self.reviewing
        return False

    def overdue(self, now: int) -> list[Deadline]:
        """The deadlines that passed with their work undone."""
        return [
            name
            for name in DEADLINES
            if self.open_deadline(name) and (at := self.deadline(name)) is not None and at <= now
        ]
