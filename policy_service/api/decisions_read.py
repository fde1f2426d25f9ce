"""Recorded decisions: one, many, what was asked, and made again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response

from policy_service.api.answers import answer, written
from policy_service.api.board import OUTCOMES
from policy_service.api.keys import Scope
from policy_service.api.office import (
    CURSOR,
    ID,
    LIMIT,
    MERCHANT,
    Office,
    choice,
    instant,
    limit,
    parameter,
    refusals,
)
from policy_service.api.openapi import operation, reference
from policy_service.api.queries import read_query
from policy_service.api.references import refer
from policy_service.ledger.reading import Filter

if TYPE_CHECKING:
    from policy_service.api.shapes.decisions import DecisionPage, Replayed


def blueprint(office: Office) -> Blueprint:
    """`GET /v1/decisions`, `GET /v1/decisions/{id}`, `…/request` and `POST …/replay`."""
    ledger = office.ledger
    views = Blueprint("decisions_read", __name__)

    @views.get("/v1/decisions")
    def many() -> Response:
        office.enter(Scope.DECIDE)
        query = read_query()
        wanted = Filter(
            merchant=query.get("merchant"),
            case_id=query.get("case_id"),
            order_id=query.get("order_id"),
            outcome=choice(query, "outcome", OUTCOMES),
            clause=query.get("clause"),
            since=instant(query, "from"),
            until=instant(query, "to"),
        )
        with refusals():
            page = ledger.decisions(wanted, query.get("cursor"), limit(query))
        found: DecisionPage = {"decisions": [orjson.Fragment(item.body) for item in page.items], "next": page.next}
        return answer(found)

    @views.get("/v1/decisions/<id>")
    def one(id: str) -> Response:
        office.enter(Scope.DECIDE)
        with refusals():
            return written(ledger.decision(id).body)

    @views.get("/v1/decisions/<id>/request")
    def asked(id: str) -> Response:
        office.enter(Scope.DECIDE)
        with refusals():
            return answer(ledger.decision(id).request)

    @views.post("/v1/decisions/<id>/replay")
    def replay(id: str) -> Response:
        office.enter(Scope.DECIDE)
        again = office.clerk.replay(id)
        said: Replayed = {
            "decision": id,
            "same": again.same,
            "differs": list(again.differs),
            "erased": again.erased,
            "receipt": {"recorded": dict(again.receipt), "now": dict(again.now)},
        }
        return answer(said)

    return views


def paths() -> dict[str, Any]:
    """Its part of the OpenAPI document."""
    filters = [parameter(name, f"only with this `{name}`") for name in ("case_id", "order_id", "clause")]
    outcome = parameter("outcome", "only with this outcome", enum=list(OUTCOMES))
    span = [
        parameter("from", "decided at or after", format="date-time"),
        parameter("to", "decided before", format="date-time"),
    ]
    listed = operation(
        "listDecisions",
        "Recorded decisions, the latest first",
        refer("DecisionPage"),
        scope=Scope.DECIDE,
        errors=(503,),
        parameters=(MERCHANT, *filters, outcome, *span, CURSOR, LIMIT),
    )
    errors = (404, 503)
    return {
        "/v1/decisions/{id}": {
            "get": operation(
                "readDecision",
                "A decision, as it was answered",
                reference("decision"),
                scope=Scope.DECIDE,
                errors=errors,
                parameters=[ID],
            )
        },
        "/v1/decisions/{id}/request": {
            "get": operation(
                "readRequest",
                "What a decision was asked about",
                reference("request"),
                scope=Scope.DECIDE,
                errors=errors,
                parameters=[ID],
            )
        },
        "/v1/decisions/{id}/replay": {
            "post": operation(
                "replayDecision",
                "Decide again and compare",
                refer("Replayed"),
                scope=Scope.DECIDE,
                errors=(*errors, 422),
                parameters=[ID],
            )
        },
        "/v1/decisions": {"get": listed},
    }
