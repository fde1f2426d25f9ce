"""What a person must decide: the queue, and settling one."""

from __future__ import annotations

from typing import Any, Literal

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
    OBJECT,
    Office,
    limit,
    locale,
    refusals,
    replied,
)
from policy_service.api.openapi import READING, WRITING, operation, reference
from policy_service.api.queries import read_query
from policy_service.contract import problems
from policy_service.contract.fields import Note, Text, Wire
from policy_service.contract.problems import ProblemError
from policy_service.contract.refusals import field_errors
from policy_service.ledger.records import Stored


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
        return answer({"reviews": [_review(item) for item in page.items], "next": page.next})

    @views.post("/v1/decisions/<id>/resolution")
    def settle(id: str) -> Response:
        caller = office.enter(Scope.OVERRIDE)
        body = read_body()
        try:
            said = Resolution.model_validate(json_object(body))
        except ValidationError as refusal:
            raise ProblemError(problems.unfit(field_errors(refusal, Resolution))) from None
        key = office.key(caller, body)
        return replied(office.clerk.resolve(id, said.outcome, said.by, said.note, locale(), key))

    return views


def _review(item: Stored) -> dict[str, Any]:
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
        "otherwise": item.duties.otherwise,
        "currency": decision["refund"]["currency"],
        "lines": [
            {
                key: line[key]
                for key in ("order_line", "action", "quantity", "reasons", "obligations", "paid", "if_approved")
            }
            for line in lines
        ],
    }


def paths() -> dict[str, Any]:
    """Its part of the OpenAPI document."""
    queue = operation(
        "listReviews",
        "What waits for a person, the oldest first",
        OBJECT,
        errors=(*READING, 503),
        parameters=(MERCHANT, CURSOR, LIMIT),
    )
    settle = operation(
        "resolve",
        "Settle a review",
        reference("decision"),
        errors=(*WRITING, 404, 409),
        body=Resolution.model_json_schema(),
        parameters=[ID],
    )
    return {"/v1/reviews": {"get": queue}, "/v1/decisions/{id}/resolution": {"post": settle}}
