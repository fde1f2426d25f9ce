"""One line of a decision: its outcome, the reasons, the money, and what follows from it."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from policy_service.contract.claim import Action, Liability
from policy_service.contract.fields import Wire
from policy_service.contract.reasons import Outcome

SumText = Annotated[str, StringConstraints(pattern=r"^-?(0|[1-9][0-9]*)(\.[0-9]{1,4})?$")]
InstantText = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$"
    ),
    Field(json_schema_extra={"format": "date-time"}),
]
DayText = Annotated[
    str, StringConstraints(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), Field(json_schema_extra={"format": "date"})
]

_CLOSES = "2025-07-02T00:00:00+08:00"
_FEE = {"code": "restocking", "clause": "depreciation-10", "amount": "199.90"}
_MESSAGE = "`return-30` permits it through 2025-07-01"
_REASON = {"code": "within_window", "clause": "return-30", "message": _MESSAGE}
_MONEY = {"items": "1999.00", "fees": [_FEE], "deductions": [], "refund": "1799.10"}
_WINDOW = {
    "clause": "return-30",
    "anchor": "delivery",
    "last_day": "2025-07-01",
    "closes_at": _CLOSES,
    "days_left": 11,
}
_PICKUP = {"code": "free_pickup", "clause": "diamond-privileges"}
_GIFT = {"code": "return_gift", "clause": "gifts-come-back", "sku": "PILLOW"}
_EXCHANGE = {"action": "exchange", "clause": "return-30", "closes_at": _CLOSES}


class Reason(Wire):
    """Why a line has its outcome."""

    code: str = Field(description="a code of the published catalogue, or the policy's own", examples=["within_window"])
    clause: str | None = Field(description="the clause that gives it, null where none does", examples=["return-30"])
    message: str = Field(description="the reason in words, in the language asked for", examples=[_MESSAGE])
    fact: str | SkipJsonSchema[None] = Field(
        None, description="with `fact_missing`: the fact that was not sent", examples=["assembled"]
    )
    field: str | SkipJsonSchema[None] = Field(
        None, description="with `anchor_missing`: the field that was not sent", examples=["delivered_at"]
    )


class Window(Wire):
    """A permission's window; without an end its last three fields are null."""

    clause: str = Field(description="the permission", examples=["return-30"])
    anchor: str | None = Field(description="what it runs from; null: it ends on a date", examples=["delivery"])
    last_day: DayText | None = Field(description="the last day on which it is open", examples=["2025-07-01"])
    closes_at: InstantText | None = Field(description="the first instant at which it is closed", examples=[_CLOSES])
    days_left: int | None = Field(description="`last_day` less today; below 0 once it is closed", examples=[11])


class Charge(Wire):
    """A fee or a deduction."""

    code: str = Field(description="what is charged for", examples=["restocking"])
    clause: str = Field(description="the clause that charges it", examples=["depreciation-10"])
    amount: SumText = Field(description="how much", examples=["199.90"])
    sku: str | SkipJsonSchema[None] = Field(
        None, description="with a gift that does not come back: which", examples=["PILLOW"]
    )


class IfApproved(Wire):
    """The money that a line in review would move."""

    items: SumText = Field(description="refund of the goods", examples=["1999.00"])
    fees: tuple[Charge, ...] = Field(description="fees", examples=[[_FEE]])
    deductions: tuple[Charge, ...] = Field(description="deductions", examples=[[]])
    refund: SumText = Field(description="items less fees and deductions", examples=["1799.10"])


class Entitlement(Wire):
    """What the customer is given besides money back."""

    code: str = Field(description="what is given", examples=["free_pickup"])
    clause: str | None = Field(description="the clause that gives it", examples=["diamond-privileges"])
    amount: SumText | SkipJsonSchema[None] = Field(None, description="with `coupon`: its value", examples=["20.00"])
    points: int | SkipJsonSchema[None] = Field(None, description="with `points`: how many", examples=[500], ge=0)


class Obligation(Wire):
    """What someone must still do: the customer, or with `follow_up` the merchant."""

    code: str = Field(description="what is to be done", examples=["return_gift"])
    clause: str | None = Field(description="the clause that asks for it", examples=["gifts-come-back"])
    sku: str | SkipJsonSchema[None] = Field(None, description="with `return_gift`: which gift", examples=["PILLOW"])
    evidence: tuple[str, ...] | SkipJsonSchema[None] = Field(
        None, description="with `supply_evidence`: what is lacking", examples=[["inspection_report"]]
    )
    due: InstantText | SkipJsonSchema[None] = Field(
        None, description="with `follow_up`: when", examples=["2025-06-24T00:00:00+08:00"]
    )
    ask: tuple[str, ...] | SkipJsonSchema[None] = Field(
        None, description="with `follow_up`: what to ask", examples=[["was the repair to your liking"]]
    )


class Disposition(Wire):
    """Where units go that were inspected."""

    to: Literal["sellable", "defective", "repair", "scrap", "return_to_customer"] = Field(
        description="where they go", examples=["sellable"]
    )
    quantity: int = Field(description="how many", examples=[1], ge=1)
    clause: str | None = Field(description="the clause that says so; null: back, since denied", examples=["resell"])


class Alternative(Wire):
    """Another action that the line would be granted now."""

    action: Action = Field(description="the action", examples=["exchange"])
    clause: str = Field(description="the permission", examples=["return-30"])
    closes_at: InstantText | None = Field(description="when it closes; null: never", examples=[_CLOSES])


class Counterfactual(Wire):
    """What would change a denial or a review."""

    change: dict[str, Any] = Field(
        description="fields of the request line as they would have to be",
        examples=[{"evidence": ["inspection_report"]}],
    )
    outcome: Outcome = Field(description="the outcome then", examples=["approved"])
    clause: str | None = Field(description="the permission then", examples=["one-year-warranty"])


class Assumption(Wire):
    """An optional fact that was absent and that a clause for this action tests."""

    fact: str = Field(description="the fact", examples=["condition"])
    value: Any = Field(description="what was taken for it; null: unknown", examples=["unknown"])


class DecisionLine(Wire):
    """The decision on one line of the request."""

    order_line: str = Field(description="id of the order line", examples=["1"])
    action: Action = Field(description="what was asked for", examples=["return"])
    quantity: int = Field(description="units that the line is about", examples=[1], ge=1)
    outcome: Outcome = Field(description="`review`: a person must decide", examples=["approved"])
    liability: Liability = Field(description="who is liable for the reason", examples=["customer"])
    reasons: tuple[Reason, ...] = Field(description="why, every reason", examples=[[_REASON]], min_length=1)
    window: Window | None = Field(
        description="of the governing permission; of a denied line the window that closed last, or null",
        examples=[_WINDOW],
    )
    paid: SumText = Field(description="what was paid for these units", examples=["1999.00"])
    items: SumText = Field(description="refund of the goods; 0 unless approved", examples=["1999.00"])
    fees: tuple[Charge, ...] = Field(description="fees", examples=[[_FEE]])
    deductions: tuple[Charge, ...] = Field(description="deductions: gifts, discounts taken back", examples=[[]])
    refund: SumText = Field(
        description="items less fees and deductions; below 0: a fee that is owed", examples=["1799.10"]
    )
    if_approved: IfApproved | SkipJsonSchema[None] = Field(
        None, description="with outcome `review`: the money it would move if approved", examples=[_MONEY]
    )
    entitlements: tuple[Entitlement, ...] = Field(description="what the customer is given", examples=[[_PICKUP]])
    obligations: tuple[Obligation, ...] = Field(
        description="what must still be done",
        examples=[[_GIFT]],
    )
    disposition: tuple[Disposition, ...] = Field(
        description="after an inspection: where the units go",
        examples=[[{"to": "sellable", "quantity": 1, "clause": "resell"}]],
    )
    alternatives: tuple[Alternative, ...] = Field(
        description="other actions that would be granted now",
        examples=[[_EXCHANGE]],
    )
    counterfactuals: tuple[Counterfactual, ...] = Field(
        description="what would change a denial or a review",
        examples=[
            [{"change": {"evidence": ["inspection_report"]}, "outcome": "approved", "clause": "one-year-warranty"}]
        ],
    )
    assumptions: tuple[Assumption, ...] = Field(
        description="what was taken for optional facts that were absent",
        examples=[[{"fact": "condition", "value": "unknown"}]],
    )


EXAMPLE_LINE: Final = {
    "order_line": "1",
    "action": "return",
    "quantity": 1,
    "outcome": "approved",
    "liability": "customer",
    "reasons": [_REASON],
    "window": _WINDOW,
    "paid": "1999.00",
    **_MONEY,
    "entitlements": [_PICKUP],
    "obligations": [_GIFT],
    "disposition": [],
    "alternatives": [_EXCHANGE],
    "counterfactuals": [],
    "assumptions": [],
}
