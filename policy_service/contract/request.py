"""A return request: what a caller asks a decision about. `parse_request` reads and checks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from policy_service.contract.checks import cross_check
from policy_service.contract.claim import (
    Action,
    Condition,
    Customer,
    ExchangeFor,
    Fit,
    HandledBy,
    Override,
    RequestLine,
    Surface,
)
from policy_service.contract.fields import MAX_LINES, Instant, Text, Wire
from policy_service.contract.money import Scale, UnknownCurrency, scale_of
from policy_service.contract.order import Discount, Gift, Order, OrderLine, Payment
from policy_service.contract.prices import Prices
from policy_service.contract.refusals import BadRequest, FieldError, NotJson, field_errors, read_canonical
from policy_service.contract.sense import makes_sense

__all__ = [
    "Action",
    "BadRequest",
    "Condition",
    "Customer",
    "Discount",
    "ExchangeFor",
    "FieldError",
    "Fit",
    "Gift",
    "HandledBy",
    "NotJson",
    "Order",
    "OrderLine",
    "Override",
    "ParsedRequest",
    "Payment",
    "RequestLine",
    "ReturnRequest",
    "Surface",
    "parse_request",
]


def _or_customer(value: object) -> object:
    return "customer" if value is None else value


class ReturnRequest(Wire):
    """A request for a decision (`POST /v1/decisions`)."""

    merchant: Text = Field(description="whose policy is asked", examples=["dg-home"])
    order: Order = Field(
        description="the order that the goods are from",
        examples=[
            {
                "id": "SO-1",
                "currency": "CNY",
                "placed_at": "2025-05-30T20:15:00+08:00",
                "lines": [{"id": "1", "sku": "SOFA-3", "quantity": 1, "unit_price": "1999.00"}],
            }
        ],
    )
    lines: Annotated[tuple[RequestLine, ...], Field(strict=False, min_length=1, max_length=MAX_LINES)] = Field(
        description="what is asked for; one order line may stand in several of them",
        examples=[[{"order_line": "1", "quantity": 1, "action": "return", "reason": "preference.changed_mind"}]],
    )
    requested_at: Instant | None = Field(
        None,
        description="when it is asked, not before `order.placed_at`; default: the service's clock",
        examples=["2025-06-20T10:00:00+08:00"],
    )
    case_id: Text | None = Field(None, description="groups the decisions of one case", examples=["RMA-1001"])
    channel: Text | None = Field(None, description="where the customer asks", examples=["storefront"])
    return_method: Text | None = Field(None, description="how the goods would travel", examples=["pickup"])
    surface: Annotated[Surface, BeforeValidator(_or_customer, json_schema_input_type=Surface | None)] = Field(
        "customer", description="who speaks to the service", examples=["customer"]
    )
    customer: Customer | None = Field(
        None, description="who asks", examples=[{"id": "C-7", "tier": "diamond", "returns_90d": 1}]
    )
    override: Override | None = Field(
        None,
        description="turns denied and reviewed lines into approved ones; only with surface `staff`",
        examples=[{"by": "agent-17", "note": "a loyal customer, parcel was two days late"}],
    )


@dataclass(frozen=True, slots=True)
class ParsedRequest:
    """A request that fits the contract, typed and as it came, with its canonical bytes and what its order cost."""

    request: ReturnRequest
    raw: dict[str, Any]
    canonical: bytes
    prices: Prices


def _scale(raw: dict[str, Any]) -> Scale | None:
    """How sums are written in a raw request, if it names a known currency."""
    order = raw.get("order")
    currency = order.get("currency") if isinstance(order, dict) else None
    try:
        return scale_of(currency) if isinstance(currency, str) else None
    except UnknownCurrency:
        return None


def parse_request(source: bytes | str | Mapping[str, Any]) -> ParsedRequest:
    """The request in `source`, JSON text or an object already read.

    Raises NotJson, or BadRequest with every error at once: of form and, where its parts are sound, of sense.
    """
    raw, written = read_canonical(source)
    scale = _scale(raw)
    try:
        request = ReturnRequest.model_validate(raw, context=scale)
    except ValidationError as refusal:
        raise BadRequest(field_errors(refusal, ReturnRequest) + cross_check(raw, scale)) from None
    prices = Prices(request.order)
    if not makes_sense(request, prices) and (errors := cross_check(raw, scale)):
        raise BadRequest(errors)
    return ParsedRequest(request, raw, written, prices)
