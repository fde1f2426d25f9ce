"""Cases: what happened to them, where they stand, who owes what."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from policy_service.api.answers import answer
from policy_service.api.bodies import read_body
from policy_service.api.keys import Scope
from policy_service.api.office import (
    CURSOR,
    ID,
    LIMIT,
    MERCHANT,
    OBJECT,
    Office,
    choice,
    flag,
    limit,
    locale,
    parameter,
    refusals,
    replied,
)
from policy_service.api.openapi import READING, WRITING, operation
from policy_service.api.queries import read_query
from policy_service.contract import problems
from policy_service.contract.problems import ProblemError
from policy_service.contract.refusals import BadRequest, NotJson
from policy_service.ledger.case_events import EVENT_SCHEMA, parse_event
from policy_service.ledger.cases import STATES, Case
from policy_service.ledger.telling import summary, tell


def blueprint(office: Office) -> Blueprint:
    """`GET /v1/cases`, `GET /v1/cases/{id}` and `POST /v1/cases/{id}/events`."""
    ledger = office.ledger
    views = Blueprint("cases", __name__)

    @views.get("/v1/cases")
    def many() -> Response:
        office.enter(Scope.DECIDE)
        query = read_query()
        state, late, now = choice(query, "state", STATES), flag(query, "overdue"), ledger.now()

        def keep(case: Case) -> bool:
            return state in (None, case.state) and (late is None or bool(case.overdue(now)) == late)

        with refusals():
            page = ledger.cases(keep, query.get("merchant"), query.get("cursor"), limit(query))
        return answer({"cases": [summary(case, now) for case in page.items], "next": page.next})

    @views.get("/v1/cases/<path:id>")
    def one(id: str) -> Response:
        office.enter(Scope.DECIDE)
        query = read_query()
        with refusals():
            return answer(tell(ledger.case(id, query.get("merchant")), ledger.now(), locale()))

    @views.post("/v1/cases/<path:id>/events")
    def happen(id: str) -> Response:
        caller = office.enter(Scope.DECIDE)
        query = read_query()
        body = read_body()
        key = office.key(caller, body)
        try:
            event = parse_event(body)
            with refusals():
                merchant = ledger.owner(id, query.get("merchant"))
                deadlines = None
                if event.type == "received":
                    case = ledger.case(id, merchant)
                    deadlines = office.clerk.deadlines_on_receipt(case, event.at or ledger.clock())
                return replied(ledger.event(merchant, id, event, deadlines, key))
        except NotJson as error:
            raise ProblemError(problems.not_json(str(error))) from error
        except BadRequest as error:
            raise ProblemError(problems.unfit(error.errors)) from error

    return views


def paths() -> dict[str, Any]:
    """Its part of the OpenAPI document."""
    filters = (
        parameter("state", "only where they stand so", enum=list(STATES)),
        parameter("overdue", "only with a deadline passed, or only without", enum=["true", "false"]),
    )
    reading = (*READING, 503)
    return {
        "/v1/cases": {
            "get": operation(
                "listCases",
                "Cases, the latest first",
                OBJECT,
                errors=reading,
                parameters=(MERCHANT, *filters, CURSOR, LIMIT),
            )
        },
        "/v1/cases/{id}": {
            "get": operation(
                "readCase",
                "A case as an agent reads it",
                OBJECT,
                errors=(*reading, 404, 409),
                parameters=(ID, MERCHANT),
            )
        },
        "/v1/cases/{id}/events": {
            "post": operation(
                "recordEvent",
                "Record what happened to a case",
                OBJECT,
                errors=(*WRITING, 404, 409),
                body=EVENT_SCHEMA.json_schema(ref_template="#/components/schemas/{model}"),
                parameters=(ID, MERCHANT),
            )
        },
    }
