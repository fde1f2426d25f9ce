"""The order of a return request: what was bought, paid and given, and when it travelled."""

from typing import Annotated, Literal

from pydantic import Field

from policy_service.contract.fields import (
    MAX_LINES,
    MAX_MEMBERS,
    Attributes,
    CategoryPath,
    Counter,
    Country,
    CurrencyCode,
    FxRate,
    Instant,
    Quantity,
    Sum,
    Text,
    Texts,
    Wire,
)


class OrderLine(Wire):
    """One line of the order; its price is `unit_price`, or `unit_paid` net of every discount."""

    id: Text = Field(description="the line's id, unique in the order", examples=["1"])
    sku: Text = Field(description="what was bought", examples=["SOFA-3"])
    quantity: Quantity = Field(description="units ordered", examples=[1])
    unit_price: Sum | None = Field(
        None, description="price of one unit before discounts; this or `unit_paid`", examples=["1999.00"]
    )
    unit_paid: Sum | None = Field(
        None,
        description="what one unit cost net of every discount; instead of `unit_price` and `discount`",
        examples=["1899.00"],
    )
    category: CategoryPath | None = Field(
        None, description="a path in the merchant's categories, with `/`", examples=["furniture/sofa"]
    )
    product: Text | None = Field(None, description="what several skus are variants of", examples=["SOFA"])
    tags: Texts | None = Field(None, description="labels of the goods that clauses test", examples=[["oversize"]])
    discount: Sum | None = Field(None, description="discount on this line, for all its units", examples=["10.00"])
    tax: Sum | None = Field(
        None,
        description="tax of the line, added on top of the price; prices that include tax send none",
        examples=["8.25"],
    )
    duty_paid: Sum | None = Field(
        None, description="import duty that the customer paid on the line", examples=["12.00"]
    )
    shipped_at: Instant | None = Field(
        None, description="when the line was shipped; default: the order's", examples=["2025-05-31T09:00:00+08:00"]
    )
    delivered_at: Instant | None = Field(
        None, description="when the line was delivered; default: the order's", examples=["2025-06-01T15:30:00+08:00"]
    )
    shipped_quantity: Counter | None = Field(
        None, description="units shipped so far, at most `quantity`; default: all", examples=[1]
    )
    cancelled_quantity: Counter | None = Field(
        None, description="units cancelled before, at most `quantity`; default: 0", examples=[0]
    )
    returned_quantity: Counter | None = Field(None, description="units returned before; default: 0", examples=[0])
    refunded: Sum | None = Field(
        None, description="refunded for the line before, items only; default: nothing", examples=["0.00"]
    )
    no_return_acknowledged: bool | None = Field(
        None,
        description="the customer confirmed at purchase that it cannot be returned without a reason; default: false",
        examples=[False],
    )
    batch: Text | None = Field(None, description="production batch of the goods", examples=["B-2025-04"])
    attributes: Attributes | None = Field(
        None, description="the policy's own facts of a line", examples=[{"assembled": False}]
    )


class Gift(Wire):
    """A gift that came with order lines."""

    sku: Text = Field(description="what was given", examples=["PILLOW"])
    with_: Annotated[tuple[Text, ...], Field(strict=False, min_length=1, max_length=MAX_LINES)] = Field(
        alias="with", description="ids of the order lines that it came with", examples=[["1"]]
    )
    value: Sum | None = Field(None, description="what is deducted for one that does not come back", examples=["99.00"])
    settled: bool | None = Field(None, description="returned or charged before; default: false", examples=[False])


class Discount(Wire):
    """A discount of the order, shared over its lines."""

    code: Text = Field(description="name of the discount", examples=["30-off-300"])
    amount: Sum = Field(description="what it took off, in all", examples=["30.00"])
    min_spend: Sum | None = Field(None, description="what its lines had to cost to earn it", examples=["300.00"])
    min_quantity: Counter | None = Field(None, description="how many units had to be bought to earn it", examples=[6])
    lines: Annotated[tuple[Text, ...], Field(strict=False, min_length=1, max_length=MAX_LINES)] | None = Field(
        None, description="ids of its order lines; default: all", examples=[["1", "2"]]
    )
    on: Literal["items", "shipping"] | None = Field(
        None, description="what it takes off from; default: `items`", examples=["items"]
    )


class Payment(Wire):
    """A part of what the customer paid, by one method."""

    method: Text = Field(description="how it was paid", examples=["alipay"])
    amount: Sum = Field(description="how much was paid so", examples=["1999.00"])


class Order(Wire):
    """The order as the merchant's shop knows it."""

    id: Text = Field(description="the order's number", examples=["SO-1"])
    currency: CurrencyCode = Field(description="ISO 4217 currency of every sum in the request", examples=["CNY"])
    placed_at: Instant = Field(
        description="when it was placed; decides which version of the policy governs",
        examples=["2025-05-30T20:15:00+08:00"],
    )
    lines: Annotated[tuple[OrderLine, ...], Field(strict=False, min_length=1, max_length=MAX_LINES)] = Field(
        description="what was ordered; with taxes, duties and postage it costs less than 10^18 minor units",
        examples=[[{"id": "1", "sku": "SOFA-3", "quantity": 1, "unit_price": "1999.00"}]],
    )
    country: Country | None = Field(
        None, description="ISO 3166 country of delivery, two capitals; default: the policy's", examples=["CN"]
    )
    shipped_at: Instant | None = Field(
        None, description="when it was shipped; absent: not yet", examples=["2025-05-31T09:00:00+08:00"]
    )
    delivered_at: Instant | None = Field(
        None, description="when it was delivered; absent: not yet", examples=["2025-06-01T15:30:00+08:00"]
    )
    promotions: Texts | None = Field(None, description="promotions that it was part of", examples=[["618"]])
    discounts: Annotated[tuple[Discount, ...], Field(strict=False, max_length=MAX_MEMBERS)] | None = Field(
        None, description="discounts of the whole order", examples=[[{"code": "30-off-300", "amount": "30.00"}]]
    )
    shipping_paid: Sum | None = Field(
        None, description="outbound postage that the customer paid; default: none", examples=["0.00"]
    )
    shipping_refunded: Sum | None = Field(
        None, description="outbound postage refunded before; default: none", examples=["0.00"]
    )
    gifts: Annotated[tuple[Gift, ...], Field(strict=False, max_length=MAX_MEMBERS)] | None = Field(
        None, description="gifts that came with it", examples=[[{"sku": "PILLOW", "with": ["1"], "value": "99.00"}]]
    )
    payments: Annotated[tuple[Payment, ...], Field(strict=False, max_length=MAX_MEMBERS)] | None = Field(
        None,
        description="how it was paid: refunds go back in proportion to these amounts, which need not add up to what "
        "was paid; absent, or all of them 0: to `original_payment`",
        examples=[[{"method": "alipay", "amount": "1999.00"}]],
    )
    fx_rate: FxRate | None = Field(
        None,
        description="policy currency per one unit of the order's; needed when they differ and a clause names a sum",
        examples=["7.1853"],
    )
    paid_with: Text | None = Field(None, description="main way of paying", examples=["alipay"])
    sold_via: Text | None = Field(None, description="where it was sold", examples=["own-site"])
    attributes: Attributes | None = Field(
        None, description="the policy's own facts of an order", examples=[{"state": "NY"}]
    )
