"""Cases: in a list, whole, and what is recorded of them."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypeAliasType, TypedDict

from policy_service.contract.claim import Action
from policy_service.contract.decision_line import InstantText, SumText
from policy_service.contract.parts import part
from policy_service.ledger.cases import Deadline, EventType, State
from policy_service.ledger.records import Outcome, Stage

CaseId = Annotated[
    str, Field(description="the requests' `case_id`, else the id of the only decision", examples=["RMA-1001"])
]
Merchant = Annotated[str, Field(description="whose case it is", examples=["dg-home"])]
Currency = Annotated[str, Field(description="ISO 4217 currency of the sums", examples=["CNY"])]


class CaseSummary(TypedDict):
    """A case in a list."""

    case_id: CaseId
    merchant: Merchant
    order_id: Annotated[str, Field(description="the order that it is about", examples=["SO-1"])]
    state: Annotated[State, Field(description="where it stands", examples=["in_transit"])]
    opened_at: Annotated[
        InstantText, Field(description="`decided_at` of its first decision", examples=["2025-06-20T10:00:00+08:00"])
    ]
    currency: Currency
    refund: Annotated[SumText, Field(description="what the decisions in force give back in all", examples=["1799.10"])]
    refunded: Annotated[SumText, Field(description="what was paid back so far", examples=["0.00"])]
    overdue: Annotated[
        list[Deadline], Field(description="deadlines that passed with their work undone", examples=[["inspect_by"]])
    ]


class Owed(TypedDict):
    """Something that somebody still has to do."""

    by: Annotated[Literal["customer", "merchant"], Field(description="who has to do it", examples=["merchant"])]
    what: Annotated[
        Literal[
            "decide",
            "supply_evidence",
            "send_back",
            "inspect",
            "refund",
            "pay",
            "pay_back",
            "exchange",
            "repair",
            "reship",
        ],
        Field(description="what is to be done", examples=["refund"]),
    ]
    due: Annotated[
        InstantText | None, Field(description="by when; null: no deadline runs", examples=["2025-07-05T00:00:00+08:00"])
    ]
    overdue: Annotated[bool, Field(description="whether that has passed", examples=[False])]
    text: Annotated[
        str, Field(description="the same in words, in the language asked for", examples=["refund 1799.10 CNY"])
    ]
    amount: NotRequired[
        Annotated[SumText, Field(description="with `refund`, `pay`, `pay_back`: how much", examples=["1799.10"])]
    ]
    currency: NotRequired[Annotated[str, Field(description="with `amount`: its currency", examples=["CNY"])]]
    evidence: NotRequired[
        Annotated[
            str, Field(description="with `supply_evidence`: what is lacking", examples=["photo, inspection_report"])
        ]
    ]


class EventData(TypedDict, total=False):
    """What an event says besides its type and time: what was sent, less what has been erased since."""

    by: Annotated[str, Field(description="who said so", examples=["carrier-feed"])]
    carrier: Annotated[str, Field(description="of a parcel: who carries it", examples=["SF Express"])]
    tracking_number: Annotated[str, Field(description="of a parcel: its number there", examples=["SF1234567890"])]
    international: Annotated[bool, Field(description="of a parcel: whether it crosses a border", examples=[False])]
    amount: Annotated[SumText, Field(description="of `refunded`: how much", examples=["1799.10"])]
    method: Annotated[str, Field(description="of `refunded`: which way", examples=["alipay"])]
    score: Annotated[int, Field(description="of `feedback`: from 1, bad, to 5, good", examples=[4], ge=1, le=5)]
    text: Annotated[str, Field(description="of `note`, `feedback` and steps: in words", examples=["the box was open"])]
    deadlines: Annotated[
        Any, part("Decision.Deadlines"), Field(description="of `received`: the deadlines that began with it")
    ]


class TimelineDecision(TypedDict):
    """A decision, where it was recorded."""

    at: Annotated[InstantText, Field(description="when it was recorded", examples=["2025-06-20T02:00:00+00:00"])]
    type: Literal["decision"]
    id: Annotated[str, Field(description="the decision's id", examples=["0197a3c0-5d1e-7c31-9a55-0c8d5a7f1e02"])]
    text: Annotated[
        str,
        Field(description="in words, in the language asked for", examples=["decided on the claim: approved"]),
    ]


class TimelineEvent(TypedDict):
    """An event, where it was recorded."""

    at: Annotated[InstantText, Field(description="when it happened", examples=["2025-06-21T01:00:00+00:00"])]
    type: Annotated[EventType, Field(description="what happened", examples=["shipped"])]
    id: Annotated[str, Field(description="the event's id", examples=["0197a8f1-77a0-7d1c-8a40-5b1f0e6c2d11"])]
    text: Annotated[
        str, Field(description="in words, in the language asked for", examples=["sent back by the customer"])
    ]
    data: Annotated[EventData, Field(description="what was said of it")]


TimelineEntry = TypeAliasType("TimelineEntry", Annotated[TimelineDecision | TimelineEvent, Field(discriminator="type")])


class CaseMoney(TypedDict):
    """What a decision moves."""

    currency: Currency
    total: Annotated[SumText, Field(description="what the customer gets", examples=["1799.10"])]
    amount_due: Annotated[SumText, Field(description="what the customer owes", examples=["0.00"])]


class CaseLine(TypedDict):
    """A line of a decision, in words."""

    order_line: Annotated[str, Field(description="id of the order line", examples=["1"])]
    action: Annotated[Action, Field(description="what was asked for", examples=["return"])]
    quantity: Annotated[int, Field(description="units that the line is about", examples=[1], ge=1)]
    outcome: Annotated[
        Literal["approved", "denied", "review"],
        Field(description="`review`: a person must decide", examples=["approved"]),
    ]
    text: Annotated[
        str,
        Field(
            description="outcome and reasons in words; reasons in the language of the decision",
            examples=["approved: `return-30` permits it through 2025-07-01"],
        ),
    ]
    refund: Annotated[SumText, Field(description="items less fees and deductions", examples=["1799.10"])]


class CaseDecision(TypedDict):
    """A decision of a case."""

    id: Annotated[str, Field(description="the decision's id", examples=["0197a3c0-5d1e-7c31-9a55-0c8d5a7f1e02"])]
    stage: Annotated[Stage, Field(description="decided on what was claimed, or on what was found")]
    outcome: Annotated[Outcome, Field(description="the lines' common outcome, else `partial`")]
    in_force: Annotated[bool, Field(description="whether no later decision took its place", examples=[True])]
    policy: Annotated[str, Field(description="the version of the policy that governed", examples=["2025-06"])]
    recorded_at: Annotated[
        InstantText, Field(description="when it was recorded", examples=["2025-06-20T02:00:00+00:00"])
    ]
    refund: Annotated[CaseMoney, Field(description="the money of the whole decision")]
    lines: Annotated[list[CaseLine], Field(description="its lines, in order")]
    deadlines: Annotated[Any, part("Decision.Deadlines"), Field(description="what is due when")]


class Case(CaseSummary):
    """A case as an agent reads it."""

    owed: Annotated[list[Owed], Field(description="who still owes what; nothing once it is closed or cancelled")]
    timeline: Annotated[
        list[TimelineEntry], Field(description="decisions and events in the order in which they were recorded")
    ]
    decisions: Annotated[list[CaseDecision], Field(description="its decisions, the first one first")]


class RecordedEvent(TypedDict):
    """An event as it was recorded, and where the case stands now."""

    id: Annotated[str, Field(description="the event's id", examples=["0197a8f1-77a0-7d1c-8a40-5b1f0e6c2d11"])]
    case_id: CaseId
    merchant: Merchant
    type: Annotated[EventType, Field(description="what happened", examples=["shipped"])]
    at: Annotated[InstantText, Field(description="when it happened", examples=["2025-06-21T01:00:00+00:00"])]
    data: Annotated[EventData, Field(description="what was said of it; of `refunded` always the `amount`")]
    state: Annotated[State, Field(description="where the case stands now", examples=["in_transit"])]
