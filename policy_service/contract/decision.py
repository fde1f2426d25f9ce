"""A decision as it goes over the wire: the shape that `decision.schema.json` publishes and tests hold answers to.

Sums are decimal text of the order's currency, below zero where money goes the other way; instants are RFC 3339 text.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from policy_service.contract.decision_line import EXAMPLE_LINE, DecisionLine, InstantText, SumText
from policy_service.contract.fields import Wire
from policy_service.contract.reasons import Overall

Digest = Annotated[str, StringConstraints(pattern="^sha256:[0-9a-f]{64}$")]

_DIGEST = "sha256:" + "5f2a" * 16
_RECEIPT = {
    "input": _DIGEST,
    "decision": _DIGEST,
    "service": "0.1.0",
    "engine": "durable_rules 2.0.28",
    "data": "tzdata 2026.6",
}
_TO = {"method": "original_payment", "amount": "1799.10"}
_REFUND = {
    "currency": "CNY",
    "items": "1999.00",
    "exchange": "0.00",
    "fees": "199.90",
    "deductions": "0.00",
    "tax": "0.00",
    "return_shipping": "0.00",
    "outbound_shipping": "0.00",
    "duties": "0.00",
    "total": "1799.10",
    "amount_due": "0.00",
    "to": [_TO],
}


class Payout(Wire):
    """One way on which the refund goes."""

    method: str = Field(description="`original_payment`, a payment's own, or a credit", examples=["original_payment"])
    amount: SumText = Field(description="how much", examples=["1799.10"])
    bonus: SumText | SkipJsonSchema[None] = Field(None, description="what comes on top", examples=["89.96"])
    clause: str | SkipJsonSchema[None] = Field(
        None, description="the clause that says so", examples=["credit-with-bonus"]
    )


class Refund(Wire):
    """The money of the whole request.

    `items + exchange + tax - fees - deductions - return_shipping + outbound_shipping + duties = total - amount_due`,
    and one of `total` and `amount_due` is zero.
    """

    currency: str = Field(description="ISO 4217 currency of every sum", examples=["CNY"])
    items: SumText = Field(description="refund of the goods", examples=["1999.00"])
    exchange: SumText = Field(description="what exchanges give back; below 0: what they cost more", examples=["0.00"])
    fees: SumText = Field(description="fees", examples=["199.90"])
    deductions: SumText = Field(description="deductions", examples=["0.00"])
    tax: SumText = Field(description="tax that goes back", examples=["0.00"])
    return_shipping: SumText = Field(description="charge for the return parcel", examples=["0.00"])
    outbound_shipping: SumText = Field(description="outbound postage that goes back", examples=["0.00"])
    duties: SumText = Field(description="import duties that go back", examples=["0.00"])
    total: SumText = Field(description="what the customer gets", examples=["1799.10"])
    amount_due: SumText = Field(description="what the customer owes", examples=["0.00"])
    to: tuple[Payout, ...] = Field(
        description="where it goes, adding up to `total`; a bonus comes on top",
        examples=[[_TO]],
    )


class ReturnShipping(Wire):
    """The return parcel."""

    payer: Literal["customer", "merchant", "carrier", "insurer"] = Field(
        description="who pays for it", examples=["merchant"]
    )
    clause: str | None = Field(description="the clause that says so", examples=["diamond-privileges"])
    charge: SumText = Field(description="what is taken from the refund for it", examples=["0.00"])


class Deadlines(Wire):
    """Instants once their start is known, else null; only those that a clause sets."""

    ship_back_by: InstantText | None = Field(
        None, description="by when the customer must send the goods", examples=["2025-06-28T00:00:00+08:00"]
    )
    inspect_by: InstantText | None = Field(
        None, description="by when the goods must be inspected", examples=["2025-07-02T00:00:00+08:00"]
    )
    refund_by: InstantText | None = Field(
        None, description="by when the money must be back", examples=["2025-07-05T00:00:00+08:00"]
    )
    respond_by: InstantText | None = Field(
        None, description="by when a person must decide a review", examples=["2025-06-27T00:00:00+08:00"]
    )


class Notification(Wire):
    """A notice that a clause asks for."""

    event: str = Field(description="what just happened", examples=["approved"])
    channels: tuple[str, ...] = Field(description="how the customer is told", examples=[["sms", "inbox"]])
    clause: str = Field(description="the clause that asks for it", examples=["keep-informed"])


class GoverningPolicy(Wire):
    """The policy that governed."""

    merchant: str = Field(description="whose it is", examples=["dg-home"])
    version: str = Field(description="its version", examples=["2025-06"])
    digest: Digest = Field(description="of the file, its includes and the statutes", examples=[_DIGEST])


class Receipt(Wire):
    """What it takes to make the same decision again, bit for bit."""

    input: Digest = Field(description="of the canonical request as evaluated", examples=[_DIGEST])
    decision: Digest = Field(description="of the decision without id, receipt and messages", examples=[_DIGEST])
    service: str = Field(description="release of this service", examples=["0.1.0"])
    engine: str = Field(description="release of the rules engine", examples=["durable_rules 2.0.28"])
    data: str = Field(description="releases of time-zone and holiday data", examples=["tzdata 2026.6, holidays 0.109"])


class Resolution(Wire):
    """How a review was settled."""

    outcome: Literal["approved", "denied"] = Field(
        description="the outcome of the lines that were under review", examples=["approved"]
    )
    by: str = Field(description="who decided; `deadline` where nobody did in time", examples=["agent-17"])
    note: str | SkipJsonSchema[None] = Field(None, description="why", examples=["photo shows the defect"])


class Decision(Wire):
    """The answer to a request, or to the inspection that followed it."""

    id: str = Field(description="names the decision", examples=["0197a3c0-5d1e-7c31-9a55-0c8d5a7f1e02"])
    stage: Literal["request", "inspection"] = Field(
        description="decided on what was claimed, or on what was found", examples=["request"]
    )
    previous: str | SkipJsonSchema[None] = Field(
        None, description="the decision that this one follows", examples=["0197a3c0-5d1e-7c31-9a55-0c8d5a7f1e01"]
    )
    resolution: Resolution | SkipJsonSchema[None] = Field(
        None,
        description="who settled the review of the previous decision",
        examples=[{"outcome": "approved", "by": "agent-17", "note": "photo shows the defect"}],
    )
    outcome: Overall = Field(description="the lines' common outcome, else `partial`", examples=["approved"])
    decided_at: InstantText = Field(
        description="the instant that it speaks of: `requested_at`", examples=["2025-06-20T10:00:00+08:00"]
    )
    stable_until: InstantText | None = Field(
        description="the first instant at which the same request would get another answer; null: never",
        examples=["2025-07-02T00:00:00+08:00"],
    )
    policy: GoverningPolicy = Field(
        description="the policy that governed",
        examples=[{"merchant": "dg-home", "version": "2025-06", "digest": _DIGEST}],
    )
    case_id: str | None = Field(description="the request's", examples=["RMA-1001"])
    lines: tuple[DecisionLine, ...] = Field(description="the request's lines, in order", examples=[[EXAMPLE_LINE]])
    refund: Refund = Field(description="the money of the whole request", examples=[_REFUND])
    return_shipping: ReturnShipping | None = Field(
        description="the return parcel; null: there is none",
        examples=[{"payer": "merchant", "clause": "diamond-privileges", "charge": "0.00"}],
    )
    entitlements: tuple[str, ...] = Field(
        description="codes of all lines' entitlements, each once", examples=[["free_pickup", "free_return_shipping"]]
    )
    obligations: tuple[str, ...] = Field(
        description="codes of all lines' obligations, each once", examples=[["return_gift"]]
    )
    deadlines: Deadlines = Field(
        description="what is due when", examples=[{"ship_back_by": "2025-06-28T00:00:00+08:00"}]
    )
    notifications: tuple[Notification, ...] = Field(
        description="notices of the event just made",
        examples=[[{"event": "approved", "channels": ["sms", "inbox"], "clause": "keep-informed"}]],
    )
    receipt: Receipt = Field(
        description="what it takes to make it again",
        examples=[_RECEIPT],
    )
