"""Cases: what happened to them, where they stand, who owes what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from policy_service.api.answers import IN_WORDS, answer
from policy_service.api.bodies import read_body
from policy_service.api.keys import Scope
from policy_service.api.office import (
    CURSOR,
    ID,
    LIMIT,
    MERCHANT,
    Office,
    choice,
    flag,
    limit,
    locale,
    parameter,
    refusals,
    replied,
)
from policy_service.api.openapi import ACCEPT_LANGUAGE, IDEMPOTENCY_KEY, IN_LANGUAGE, REPLAYED, operation
from policy_service.api.queries import read_query
from policy_service.api.references import refer
from policy_service.contract import problems
from policy_service.contract.problems import ProblemError
from policy_service.contract.refusals import BadRequest, NotJson
from policy_service.ledger.case_events import parse_event
from policy_service.ledger.cases import STATES, Case
from policy_service.ledger.telling import summary, tell

if TYPE_CHECKING:
    from policy_service.api.shapes.ledger import CasePage


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
        found: CasePage = {"cases": [summary(case, now) for case in page.items], "next": page.next}
        return answer(found)

    @views.get("/v1/cases/<path:id>")
    def one(id: str) -> Response:
        office.enter(Scope.DECIDE)
        query = read_query()
        language = locale()
        with refusals():
            told = tell(ledger.case(id, query.get("merchant")), ledger.now(), language)
        return answer(told, headers=IN_WORDS[language])

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
    return {
        "/v1/cases": {
            "get": operation(
                "listCases",
                "Cases, the latest first",
                refer("CasePage"),
                scope=Scope.DECIDE,
                errors=(503,),
                parameters=(MERCHANT, *filters, CURSOR, LIMIT),
            )
        },
        "/v1/cases/{id}": {
            "get": operation(
                "readCase",
                "A case as an agent reads it",
                refer("Case"),
                scope=Scope.DECIDE,
                errors=(404, 409, 503),
                parameters=(ID, MERCHANT, ACCEPT_LANGUAGE),
                headers=IN_LANGUAGE,
            )
        },
        "/v1/cases/{id}/events": {
            "post": operation(
                "recordEvent",
                "Record what happened to a case",
                refer("RecordedEvent"),
                scope=Scope.DECIDE,
                errors=(404, 409, 503),
                body=refer("CaseEvent"),
                parameters=(ID, MERCHANT, IDEMPOTENCY_KEY),
                status=201,
                headers=REPLAYED,
            )
        },
    }
