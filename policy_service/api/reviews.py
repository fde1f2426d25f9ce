"""What a person must decide: the queue, and settling one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from flask import Blueprint, Response
from pydantic import Field, ValidationError

from policy_service.api.answers import answer
from policy_service.api.bodies import json_object, read_body
from policy_service.api.keys import Scope
from policy_service.api.office import (
    CURSOR,
    ID,
    LIMIT,
    MERCHANT,
    Office,
    limit,
    locale,
    refusals,
    replied,
)
from policy_service.api.openapi import ACCEPT_LANGUAGE, IDEMPOTENCY_KEY, IN_LANGUAGE, REPLAYED, operation, reference
from policy_service.api.queries import read_query
from policy_service.api.references import refer
from policy_service.contract import problems
from policy_service.contract.fields import Note, Text, Wire
from policy_service.contract.problems import ProblemError
from policy_service.contract.refusals import field_errors
from policy_service.ledger.records import Stored

if TYPE_CHECKING:
    from policy_service.api.shapes.ledger import Review, ReviewPage
    from policy_service.ledger.records import Otherwise


class Resolution(Wire):
    """How a person settles a review."""

    outcome: Literal["approved", "denied"] = Field(description="the outcome of every line under review")
    by: Text = Field(description="who decides", examples=["agent-17"])
    note: Note | None = Field(None, description="why", examples=["the photo shows the defect"])


def blueprint(office: Office) -> Blueprint:
    """`GET /v1/reviews` and `POST /v1/decisions/{id}/resolution`."""
    views = Blueprint("reviews", __name__)

    @views.get("/v1/reviews")
    def queue() -> Response:
        office.enter(Scope.DECIDE)
        query = read_query()
        with refusals():
            page = office.ledger.reviews(query.get("merchant"), query.get("cursor"), limit(query))
        found: ReviewPage = {"reviews": [_review(item) for item in page.items], "next": page.next}
        return answer(found)

    @views.post("/v1/decisions/<id>/resolution")
    def settle(id: str) -> Response:
        caller = office.enter(Scope.OVERRIDE)
        body = read_body()
        try:
            said = Resolution.model_validate(json_object(body))
        except ValidationError as refusal:
            raise ProblemError(problems.unfit(field_errors(refusal, Resolution))) from None
        language, key = locale(), office.key(caller, body)
        return replied(office.clerk.resolve(id, said.outcome, said.by, said.note, language, key), language)

    return views


def _review(item: Stored) -> Review:
    """Why it waits, since when, until when, and what then."""
    decision = item.decision
    lines = [line for line in decision["lines"] if line["outcome"] == "review"]
    return {
        "decision": item.id,
        "merchant": item.merchant,
        "case_id": item.case_id,
        "order_id": item.request["order"]["id"],
        "stage": item.stage,
        "since": item.recorded,
        "due": decision["deadlines"].get("respond_by"),
        "otherwise": cast("Otherwise | None", item.duties.otherwise),
        "currency": decision["refund"]["currency"],
        "lines": [
            {
                "order_line": line["order_line"],
                "action": line["action"],
                "quantity": line["quantity"],
                "reasons": line["reasons"],
                "obligations": line["obligations"],
                "paid": line["paid"],
                "if_approved": line["if_approved"],
            }
            for line in lines
        ],
    }


def paths() -> dict[str, Any]:
    """Its part of the OpenAPI document."""
    queue = operation(
        "listReviews",
        "What waits for a person, the oldest first",
        refer("ReviewPage"),
        scope=Scope.DECIDE,
        errors=(503,),
        parameters=(MERCHANT, CURSOR, LIMIT),
    )
    settle = operation(
        "resolve",
        "Settle a review",
        reference("decision"),
        scope=Scope.OVERRIDE,
        errors=(404, 409, 503),
        body=refer("Resolution"),
        parameters=[ID, ACCEPT_LANGUAGE, IDEMPOTENCY_KEY],
        headers={**REPLAYED, **IN_LANGUAGE},
    )
    return {"/v1/reviews": {"get": queue}, "/v1/decisions/{id}/resolution": {"post": settle}}
