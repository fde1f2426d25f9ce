"""Lists of what is recorded: cases, reviews, messages, deliveries, stock, reports."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from policy_service.api.shapes.decisions import Next
from policy_service.contract.claim import Action
from policy_service.contract.decision_line import InstantText, SumText
from policy_service.contract.parts import part
from policy_service.ledger.records import Otherwise, Stage
from policy_service.ledger.shapes.cases import CaseSummary
from policy_service.ledger.shapes.messages import CloudEvent, Delivery
from policy_service.ledger.shapes.stock import StockCount


class CasePage(TypedDict):
    """Cases, the latest first."""

    cases: Annotated[list[CaseSummary], Field(description="may be fewer than asked for though `next` leads on")]
    next: Next


class ReviewLine(TypedDict):
    """A line that a person must decide."""

    order_line: Annotated[str, Field(description="id of the order line", examples=["1"])]
    action: Annotated[Action, Field(description="what was asked for", examples=["return"])]
    quantity: Annotated[int, Field(description="units that the line is about", examples=[1], ge=1)]
    reasons: Annotated[list[Annotated[Any, part("Decision.Reason")]], Field(description="why it waits")]
    obligations: Annotated[list[Annotated[Any, part("Decision.Obligation")]], Field(description="what is lacking")]
    paid: Annotated[SumText, Field(description="what was paid for these units", examples=["1999.00"])]
    if_approved: Annotated[
        Any, part("Decision.IfApproved"), Field(description="the money that it would move if approved")
    ]


class Review(TypedDict):
    """A decision that waits for a person."""

    decision: Annotated[
        str, Field(description="its id, which settling asks for", examples=["0197a3c0-5d1e-7c31-9a55-0c8d5a7f1e02"])
    ]
    merchant: Annotated[str, Field(description="whose it is", examples=["dg-home"])]
    case_id: Annotated[str, Field(description="the case", examples=["RMA-1001"])]
    order_id: Annotated[str, Field(description="the order", examples=["SO-1"])]
    stage: Annotated[Stage, Field(description="decided on what was claimed, or on what was found")]
    since: Annotated[InstantText, Field(description="since when it waits", examples=["2025-06-20T02:00:00+00:00"])]
    due: Annotated[
        InstantText | None,
        Field(description="by when it must be settled; null: no deadline runs", examples=["2025-06-27T00:00:00+08:00"]),
    ]
    otherwise: Annotated[
        Otherwise | None,
        Field(description="what becomes of it if nobody settles it until then; null: it goes on waiting"),
    ]
    currency: Annotated[str, Field(description="ISO 4217 currency of the sums", examples=["CNY"])]
    lines: Annotated[list[ReviewLine], Field(description="the lines that wait; the others stand")]


class ReviewPage(TypedDict):
    """What waits for a person, the oldest first."""

    reviews: Annotated[list[Review], Field(description="decisions under review")]
    next: Next


class EventPage(TypedDict):
    """Messages of the outbox, the oldest first."""

    events: Annotated[list[CloudEvent], Field(description="messages, each a CloudEvent")]
    next: Annotated[
        str, Field(description="the `cursor` that asks for what comes after these, now or later", examples=["NDI"])
    ]


class DeliveryPage(TypedDict):
    """Messages on their way to webhooks, in the order of messages."""

    deliveries: Annotated[list[Delivery], Field(description="deliveries")]
    next: Next


class Redelivery(TypedDict):
    """What was queued again."""

    queued: Annotated[int, Field(description="how many deliveries", examples=[3], ge=0)]


class StockPage(TypedDict):
    """Stock of returned goods by merchant and sku."""

    stock: Annotated[list[StockCount], Field(description="counts, in the order of merchants and skus")]
    next: Next


class StockOfSku(TypedDict):
    """Stock of one sku."""

    stock: Annotated[list[StockCount], Field(description="counts, one for each merchant that has the sku")]


class ReportNames(TypedDict):
    """The reports that there are."""

    reports: Annotated[list[str], Field(description="their names", examples=[["reasons", "money"]])]
    not_installed: Annotated[
        list[str],
        Field(description="those of them that answer 501, because their library is missing here", examples=[["sizes"]]),
    ]
