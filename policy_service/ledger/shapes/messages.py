"""Messages of the outbox: CloudEvents, each type with data of its own, and their way to webhooks."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypeAliasType, TypedDict

from policy_service.contract.decision_line import InstantText, SumText
from policy_service.ledger.cases import Deadline, State
from policy_service.ledger.records import Outcome, Stage

DecisionId = Annotated[
    str, Field(description="the decision that gave rise to it", examples=["0197a3c0-5d1e-7c31-9a55-0c8d5a7f1e02"])
]
OrderLine = Annotated[str, Field(description="id of the order line", examples=["1"])]
Sku = Annotated[str, Field(description="what was returned", examples=["SOFA-3"])]
StageOf = Annotated[Stage, Field(description="the decision's stage", examples=["request"])]
OutcomeOf = Annotated[Outcome, Field(description="the decision's outcome", examples=["approved"])]


class NotificationData(TypedDict):
    """Tell the customer."""

    decision: DecisionId
    stage: NotRequired[Annotated[Stage, Field(description="of a decision: its stage", examples=["request"])]]
    outcome: NotRequired[Annotated[Outcome, Field(description="of a decision: its outcome", examples=["approved"])]]
    event: Annotated[
        str,
        Field(
            description="what happened: an outcome, `completed`, or an event of the case such as `received`",
            examples=["approved"],
        ),
    ]
    channels: Annotated[list[str], Field(description="how the customer is told", examples=[["sms", "inbox"]])]
    clause: Annotated[str, Field(description="the clause that asks for it", examples=["keep-informed"])]
    at: NotRequired[
        Annotated[
            InstantText,
            Field(description="of an event of the case: when it happened", examples=["2025-06-23T08:00:00+00:00"]),
        ]
    ]


class EntitlementData(TypedDict):
    """Give the customer something, such as a courier who comes for the parcel."""

    decision: DecisionId
    stage: StageOf
    outcome: OutcomeOf
    order_line: OrderLine
    code: Annotated[str, Field(description="what is given", examples=["free_pickup"])]
    clause: Annotated[str | None, Field(description="the clause that gives it", examples=["diamond-privileges"])]


class CompensationData(TypedDict):
    """Give the customer a coupon or points; once, however often the case is decided again."""

    decision: DecisionId
    stage: StageOf
    outcome: OutcomeOf
    order_line: OrderLine
    code: Annotated[Literal["coupon", "points"], Field(description="what is given", examples=["coupon"])]
    clause: Annotated[str | None, Field(description="the clause that gives it", examples=["sorry"])]
    amount: NotRequired[Annotated[SumText, Field(description="of a coupon: its value", examples=["20.00"])]]
    currency: NotRequired[Annotated[str, Field(description="of a coupon: its currency", examples=["CNY"])]]
    points: NotRequired[Annotated[int, Field(description="of points: how many", examples=[500], ge=0)]]


class FollowUpData(TypedDict):
    """Ask the customer how it was."""

    decision: DecisionId
    order_line: OrderLine
    clause: Annotated[str, Field(description="the clause that promises it", examples=["ask-later"])]
    ask: Annotated[list[str], Field(description="what to ask", examples=[["satisfaction"]])]
    due: Annotated[InstantText, Field(description="when it was to be asked", examples=["2025-06-24T00:00:00+08:00"])]


class DeadlinePassedData(TypedDict):
    """A deadline passed and its work is not done."""

    deadline: Annotated[Deadline, Field(description="which", examples=["inspect_by"])]
    due: Annotated[InstantText, Field(description="when it passed", examples=["2025-07-02T00:00:00+00:00"])]
    state: Annotated[State, Field(description="where the case stands", examples=["received"])]
    decisions: Annotated[
        list[str],
        Field(description="the case's decisions in force", examples=[["0197a3c0-5d1e-7c31-9a55-0c8d5a7f1e02"]]),
    ]


class RepairData(TypedDict):
    """Units to be mended, or mended."""

    id: Annotated[str, Field(description="the order of repair", examples=["0197a3c0-5d1e-7c31-9a55-0c8d5a7f1e02/0"])]
    decision: DecisionId
    sku: Sku
    quantity: Annotated[int, Field(description="units", examples=[1], ge=1)]
    goes_to: Annotated[
        Literal["return_to_customer", "sellable"], Field(description="where they go once mended", examples=["sellable"])
    ]


class StockAlertData(TypedDict):
    """So many units of one sku went to one place as a clause watches for."""

    sku: Sku
    disposition: Annotated[str, Field(description="where they went", examples=["defective"])]
    count: Annotated[int, Field(description="units there now", examples=[10])]
    reaches: Annotated[int, Field(description="units that the clause asks for", examples=[10], ge=1)]
    clause: Annotated[str, Field(description="the clause that watches", examples=["many-defects"])]
    decision: DecisionId


MessageData = (
    NotificationData
    | EntitlementData
    | CompensationData
    | FollowUpData
    | DeadlinePassedData
    | RepairData
    | StockAlertData
)


class Envelope(TypedDict):
    """What every message has besides its type and data."""

    specversion: Annotated[Literal["1.0"], Field(description="of CloudEvents")]
    id: Annotated[str, Field(description="names the message", examples=["0197a3c0-5d20-7a10-9c4f-3f2b7f1d6a55"])]
    source: Annotated[str, Field(description="the merchant", examples=["/merchants/dg-home"])]
    subject: Annotated[str, Field(description="the case", examples=["cases/RMA-1001"])]
    time: Annotated[InstantText, Field(description="when it was recorded", examples=["2025-06-20T02:00:00+00:00"])]
    datacontenttype: Annotated[Literal["application/json"], Field(description="of `data`")]
    sequence: Annotated[
        str,
        Field(description="a number that grows: shows order", examples=["00000000000000000042"], pattern="^[0-9]{20}$"),
    ]


class NotificationEvent(Envelope):
    """A `notify` clause names what happened."""

    type: Literal["returns.notification"]
    data: NotificationData


class EntitlementEvent(Envelope):
    """A `grant` clause applies, once for each order line."""

    type: Literal["returns.entitlement"]
    data: EntitlementData


class CompensationEvent(Envelope):
    """A `compensate` clause applies."""

    type: Literal["returns.compensation"]
    data: CompensationData


class FollowUpEvent(Envelope):
    """A follow-up is due."""

    type: Literal["returns.follow_up"]
    data: FollowUpData


class DeadlinePassedEvent(Envelope):
    """A deadline passed undone."""

    type: Literal["returns.deadline_passed"]
    data: DeadlinePassedData


class RepairEvent(Envelope):
    """An inspection sends units to repair; the repair is done, or its case is closed."""

    type: Literal["returns.repair_opened", "returns.repair_closed"]
    data: RepairData


class StockAlertEvent(Envelope):
    """A `stock_alert` is reached; once, until the stock is cleared."""

    type: Literal["returns.stock_alert"]
    data: StockAlertData


CloudEvent = TypeAliasType(
    "CloudEvent",
    Annotated[
        NotificationEvent
        | EntitlementEvent
        | CompensationEvent
        | FollowUpEvent
        | DeadlinePassedEvent
        | RepairEvent
        | StockAlertEvent,
        Field(discriminator="type", description="a message as a CloudEvent in structured mode"),
    ],
)


class Delivery(TypedDict):
    """A message on its way to a webhook."""

    endpoint: Annotated[str, Field(description="the webhook's name", examples=["shop"])]
    id: Annotated[str, Field(description="the message's id", examples=["0197a3c0-5d20-7a10-9c4f-3f2b7f1d6a55"])]
    type: Annotated[str, Field(description="the message's type", examples=["returns.notification"])]
    merchant: Annotated[str, Field(description="whose message it is", examples=["dg-home"])]
    case_id: Annotated[str, Field(description="the case", examples=["RMA-1001"])]
    state: Annotated[
        Literal["pending", "delivered", "dead"], Field(description="`dead`: it is not tried again by itself")
    ]
    attempts: Annotated[int, Field(description="how often it was tried", examples=[3], ge=0)]
    next_at: Annotated[
        InstantText | None,
        Field(description="of a pending one: when it is tried next", examples=["2025-06-20T02:00:30+00:00"]),
    ]
    last_status: Annotated[
        int | None, Field(description="HTTP status of the last attempt; null: there was none", examples=[500])
    ]
    last_error: Annotated[str | None, Field(description="why the last attempt failed", examples=["HTTP 500"])]
