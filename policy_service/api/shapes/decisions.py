"""Decisions in batches and lists, and made again."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from policy_service.contract.parts import part

Next = Annotated[
    str | None,
    Field(description="the `cursor` that asks for the next ones; null: these are the last", examples=["NDI"]),
]


class BatchDecision(TypedDict):
    """A request of a batch that was decided."""

    status: Literal[200]
    decision: Annotated[Any, part("Decision"), Field(description="the decision")]


class BatchProblem(TypedDict):
    """A request of a batch that was not."""

    status: Annotated[int, Field(description="the status it would have had alone", examples=[422], ge=400, le=599)]
    problem: Annotated[Any, part("Problem"), Field(description="why not")]


class BatchResults(TypedDict):
    """The answers to a batch."""

    results: Annotated[
        list[BatchDecision | BatchProblem], Field(description="one for each request, in the order of the requests")
    ]


class DecisionPage(TypedDict):
    """Recorded decisions, the latest first."""

    decisions: Annotated[list[Annotated[Any, part("Decision")]], Field(description="each as it was answered")]
    next: Next


class Receipts(TypedDict):
    """Two receipts of one decision."""

    recorded: Annotated[Any, part("Decision.Receipt"), Field(description="of the decision as it is recorded")]
    now: Annotated[Any, part("Decision.Receipt"), Field(description="of the decision as it was made again")]


class Replayed(TypedDict):
    """A decision made again, with the policy that it was made by."""

    decision: Annotated[str, Field(description="its id", examples=["0197a3c0-5d1e-7c31-9a55-0c8d5a7f1e02"])]
    same: Annotated[bool, Field(description="whether it is the same, bit for bit", examples=[True])]
    differs: Annotated[list[str], Field(description="the parts that are not the same", examples=[[]])]
    erased: Annotated[
        bool,
        Field(description="whether personal data of the request was erased, so that it can no longer be compared"),
    ]
    receipt: Annotated[Receipts, Field(description="what was compared")]
