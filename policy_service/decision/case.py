"""The subject of a decision: one request under the documents that govern it, at one instant.

A `Case` holds what does not depend on the instant (prices, conversions, attributes); `LineState` one request line in
its turn, with what went back before it. Both are private to one decision and never shared between threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from policy_service.contract.money import convert
from policy_service.contract.request import Gift, OrderLine, ParsedRequest, RequestLine
from policy_service.decision import clock
from policy_service.decision.attributes import FactValue, typed
from policy_service.decision.windows import Anchors
from policy_service.engine.program import Cell
from policy_service.language.document import Document
from policy_service.language.vocabulary import DeclaredFact, absent_value

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Settled:
    """An outcome that a person, or the clock in a person's stead, gave a line: the verdict no longer matters."""

    outcome: str
    code: str
    by: str | None = None
    note: str | None = None


class Moment(NamedTuple):
    """One instant, in UTC and as a local day."""

    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Conversion:
    """Turns a sum in `named` minor units into the order's; equal rates are equal, so derived things can be kept."""

    named: str
    order: str
    rate: Decimal

    def __call__(self, minor: int) -> int:
        return convert(minor, self.named, self.order, self.rate)


class Case:
    """Everything about a request that stays the same whenever it is decided."""

    def __init__(
        self, parsed: ParsedRequest, policy: Document, statute: Document | None, claims: tuple[Claim, ...]
    ) -> None:
        request = parsed.request
        self.request = request
        self.order = request.order
        self.customer = request.customer
        self.policy = policy
        self.documents = (policy,) if statute is None else (policy, statute)
        self.claims = claims
        self.zone = clock.zone(policy.timezone)
        self.prices = parsed.prices
        self.gifts: tuple[Gift, ...] = ()
        self.attached: dict[str, tuple[Gift, ...]] = {}
        self.gifts_back: frozenset[str] = NOTHING
        if request.order.gifts:
            self.gifts = tuple(gift for gift in request.order.gifts if not gift.settled)
            for gift in self.gifts:
                for order_line in gift.with_:
                    self.attached[order_line] = (*self.attached.get(order_line, ()), gift)
            self.gifts_back = frozenset(sku for claim in claims for sku in claim.gifts_returned)
        self.policy_sums = self._conversion(policy)
        self.statute_sums = self._conversion(statute) if statute else None
        self._shared_anchors: Anchors | None = None
        self._days: dict[datetime, date] = {}

    def moment(self, now: datetime) -> Moment:
        return Moment(now.astimezone(UTC), self.local_day(now))

    def local_day(self, instant: datetime) -> date:
        """The day of an instant in the policy's zone; a case asks for few different ones, and often."""
        day = self._days.get(instant)
        if day is None:
            day = self._days[instant] = clock.local_date(instant, self.zone)
        return day

    def _conversion(self, document: Document) -> Conversion | None:
        """Turns a sum that the document names into the order's currency; None where they are the same."""
        order, named = self.order.currency, document.currency
        if named is None or named == order or self.request.order.fx_rate is None:
            return None
        return Conversion(named, order, self.request.order.fx_rate)

    def declared(self, name: str, line: RequestLine, order_line: OrderLine) -> FactValue:
        """The value of a declared fact, in its type, or what its absence means."""
        for document in self.documents:
            fact = document.declared.get(name)
            if fact is not None:
                sent = self.attribute(name, line, order_line)
                if sent is not None:
                    return typed(sent, fact.type, self.order.currency)
                return self._absent(fact, document)
        return None

    @cached_property
    def declared_names(self) -> frozenset[str]:
        """The names of the facts that the governing documents declare."""
        return frozenset(name for document in self.documents for name in document.declared)

    def _absent(self, fact: DeclaredFact, document: Document) -> FactValue:
        """What absence means; a default sum is one that the document names, and so is converted."""
        value = absent_value(fact)
        sums = self.policy_sums if document is self.policy else self.statute_sums
        return sums(value) if sums is not None and fact.type == "money" and isinstance(value, int) else value

    def attribute(self, name: str, line: RequestLine, order_line: OrderLine) -> object:
        """What was sent for a declared fact: of a line in the request line, else in the order line."""
        about = next((d.declared[name].about for d in self.documents if name in d.declared), None)
        places: tuple[Mapping[str, Any] | None, ...]
        if about == "line":
            places = (line.attributes, order_line.attributes)
        elif about == "order":
            places = (self.order.attributes,)
        else:
            places = (self.customer.attributes if self.customer else None,)
        return next((place[name] for place in places if place and place.get(name) is not None), None)

    def anchors(self, line: RequestLine, order_line: OrderLine) -> Anchors:
        """What windows of a line start from: the line's own instants, else the order's."""
        if order_line.delivered_at or order_line.shipped_at or order_line.attributes or line.attributes:
            return self._anchors(order_line)
        if self._shared_anchors is None:
            self._shared_anchors = self._anchors(order_line)
        return self._shared_anchors

    def _anchors(self, order_line: OrderLine) -> Anchors:
        return Anchors(
            {
                "delivery": order_line.delivered_at or self.order.delivered_at,
                "shipment": order_line.shipped_at or self.order.shipped_at,
                "order": self.order.placed_at,
            }
        )

    @cached_property
    def last_delivery(self) -> datetime | None:
        """The latest delivery of the order's lines; unknown while one of them has none."""
        if len(self.order.lines) == 1:
            return self.order.lines[0].delivered_at or self.order.delivered_at
        instants = [line.delivered_at or self.order.delivered_at for line in self.order.lines if _travels(line)]
        known = [instant for instant in instants if instant is not None]
        return max(known) if known and len(known) == len(instants) else None


def _travels(line: OrderLine) -> bool:
    return (line.cancelled_quantity or 0) < line.quantity


class Find(NamedTuple):
    """Units that the warehouse found of a request line: the line as found, and whether they are the goods asked for."""

    line: RequestLine
    units: int
    as_ordered: bool


@dataclass(slots=True)
class Claim:
    """A request line as it is to be decided: as sent, or at inspection a part of it as found.

    `index` is the request line's; `settled` an outcome that stands; `received_at` and `finds` belong to the inspection;
    `refusal` is a structural denial known beforehand (`not_received`); `absent` says that a line which was not approved
    did not come, so that it is denied whatever room others have left for it; `stands` that a person settled it, so that
    its units are taken before those of the lines that are decided again.
    """

    index: int
    line: RequestLine
    quantity: int
    stage: str = "request"
    received_at: datetime | None = None
    refusal: str | None = None
    absent: bool = False
    stands: bool = False
    settled: Settled | None = None
    gifts_returned: tuple[str, ...] = ()
    finds: tuple[Find, ...] = ()


@dataclass(slots=True)
class LineState:
    """A claim in its turn: `before` units of its order line went back earlier.

    `action` may differ from the claim's when an alternative is tried. `read` keeps the facts that were read and
    the cell that they fall into, for instants and actions where they still hold.
    """

    case: Case
    claim: Claim
    line: RequestLine
    order_line: OrderLine
    action: str
    before: int
    quantity: int
    paid: int
    liability: str
    attached: tuple[Gift, ...]
    evidence: frozenset[str]
    gifts_back: frozenset[str]
    anchors: Anchors
    read: dict[bool, tuple[tuple[Any, ...], Cell]] = field(default_factory=dict)  # of the policy and of the statute

    def acting(self, action: str, *, keep: bool) -> LineState:
        """The same line asking for another action; `keep` says that no fact read so far depends on the action."""
        return LineState(
            self.case,
            self.claim,
            self.line,
            self.order_line,
            action,
            self.before,
            self.quantity,
            self.paid,
            self.liability,
            self.attached,
            self.evidence,
            self.gifts_back,
            self.anchors,
            self.read if keep else {},
        )

    def anchor(self, name: str) -> tuple[date | None, datetime | None]:
        """The local date and the instant of what a window may start from, a declared date among them."""
        if name in self.anchors.instants or name == "last_delivery":
            instant = self.case.last_delivery if name == "last_delivery" else self.anchors.instants[name]
            return (None, None) if instant is None else (self.case.local_day(instant), instant)
        day = self.declared_date(name)
        return (None, None) if day is None else (day, clock.first_instant(day, self.case.zone))

    def declared(self, name: str) -> FactValue:
        """The value of a fact that a governing document declares, from `attributes`, or its default."""
        return self.case.declared(name, self.line, self.order_line)

    def declared_date(self, name: str) -> date | None:
        value = self.declared(name)
        return value if isinstance(value, date) else None

    def declared_sent(self, name: str) -> bool:
        return self.case.attribute(name, self.line, self.order_line) is not None

    @property
    def price_difference(self) -> int:
        """What the new goods cost more than was paid; 0 outside exchanges and for an even exchange."""
        wanted = self.line.exchange_for
        if self.action != "exchange" or wanted is None or self.line.action != "exchange":
            return 0
        old, new = self.order_line, wanted
        same = new.sku == old.sku or (new.product is not None and new.product == old.product)
        old_list = old.unit_price if old.unit_price is not None else old.unit_paid
        if same and (new.list_price if new.list_price is not None else new.unit_price) == old_list:
            return 0
        return new.unit_price * self.quantity - self.paid
