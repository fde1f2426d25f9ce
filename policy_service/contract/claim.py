"""What a customer asks for, line by line, and who the customer is."""

from typing import Literal

from pydantic import Field

from policy_service.contract.fields import (
    Attributes,
    Counter,
    Note,
    Quantity,
    ReasonPath,
    Sum,
    Text,
    Texts,
    Wire,
)

Action = Literal["return", "exchange", "repair", "refund_only", "reship"]
Condition = Literal["unopened", "opened", "used", "damaged", "unknown"]
Fit = Literal["too_small", "true_to_size", "too_large"]
Surface = Literal["customer", "staff", "store", "agent"]
Liability = Literal["customer", "merchant", "carrier"]


class ExchangeFor(Wire):
    """What the customer wants instead."""

    sku: Text = Field(description="what is sent instead", examples=["SHIRT-L"])
    unit_price: Sum = Field(description="its price now, for one unit", examples=["129.00"])
    product: Text | None = Field(None, description="what its sku is a variant of", examples=["SHIRT"])
    list_price: Sum | None = Field(
        None, description="its price without promotions; default: `unit_price`", examples=["129.00"]
    )


class HandledBy(Wire):
    """Who handled the line in the warehouse."""

    picker: Text | None = Field(None, description="who picked it", examples=["P-12"])
    packer: Text | None = Field(None, description="who packed it", examples=["K-03"])


class Override(Wire):
    """A decision that a member of staff takes against the policy."""

    by: Text = Field(description="who decides", examples=["agent-17"])
    note: Note = Field(description="why", examples=["a loyal customer, parcel was two days late"])


class Customer(Wire):
    """Who asks."""

    id: Text | None = Field(None, description="the customer's id", examples=["C-7"])
    tier: Text | None = Field(None, description="membership tier now", examples=["diamond"])
    tier_at_purchase: Text | None = Field(None, description="membership tier at purchase", examples=["gold"])
    tags: Texts | None = Field(None, description="labels of the customer that clauses test", examples=[["vip"]])
    returns_90d: Counter | None = Field(None, description="returns in the last 90 days; default: 0", examples=[1])
    attributes: Attributes | None = Field(
        None, description="the policy's own facts of a customer", examples=[{"student": True}]
    )


class RequestLine(Wire):
    """What is asked for some units of an order line."""

    order_line: Text = Field(description="id of the order line", examples=["1"])
    quantity: Quantity = Field(description="units that this line is about", examples=[1])
    action: Action = Field(description="what is asked for", examples=["return"])
    reason: ReasonPath = Field(description="a path in the reason tree", examples=["preference.changed_mind"])
    condition: Condition | None = Field(
        None, description="condition of the goods as claimed; default: `unknown`", examples=["opened"]
    )
    human_damage: bool | None = Field(None, description="damaged by a person; default: false", examples=[False])
    evidence: Texts | None = Field(None, description="evidence that was supplied", examples=[["photo"]])
    missing_parts: Texts | None = Field(None, description="parts that are missing", examples=[["charger"]])
    repairs_done: Counter | None = Field(None, description="repairs of these goods before; default: 0", examples=[0])
    serial: Text | None = Field(None, description="serial number of the goods", examples=["SN-0012"])
    exchange_for: ExchangeFor | None = Field(
        None,
        description="what is wanted instead; absent: like for like, no difference",
        examples=[{"sku": "SHIRT-L", "unit_price": "129.00"}],
    )
    fit: Fit | None = Field(None, description="how the size fits", examples=["too_small"])
    gifts_returned: Texts | None = Field(None, description="skus of the gifts that come back", examples=[["PILLOW"]])
    handled_by: HandledBy | None = Field(
        None, description="who handled it in the warehouse", examples=[{"picker": "P-12", "packer": "K-03"}]
    )
    attributes: Attributes | None = Field(
        None, description="the policy's own facts of a line", examples=[{"assembled": True}]
    )
