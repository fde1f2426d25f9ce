"""The outbox over HTTP: messages to pull, and those that could not be delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Response

from policy_service.api.answers import answer
from policy_service.api.keys import Scope
from policy_service.api.office import CURSOR, LIMIT, MERCHANT, Office, limit, parameter, refusals
from policy_service.api.openapi import operation
from policy_service.api.queries import read_query
from policy_service.api.references import refer

if TYPE_CHECKING:
    from policy_service.api.shapes.ledger import DeliveryPage, EventPage, Redelivery


def blueprint(office: Office) -> Blueprint:
    """`GET /v1/events`, `GET /v1/events/deliveries` and `POST /v1/events/redeliver`."""
    ledger = office.ledger
    views = Blueprint("events", __name__)

    @views.get("/v1/events")
    def pull() -> Response:
        office.enter(Scope.DECIDE)
        query = read_query()
        with refusals():
            page = ledger.messages(
                query.get("merchant"), query.get("case_id"), query.get("type"), query.get("cursor"), limit(query)
            )
        found: EventPage = {"events": list(page.items), "next": cast("str", page.next)}
        return answer(found)

    @views.get("/v1/events/deliveries")
    def deliveries() -> Response:
        office.enter(Scope.ADMIN)
        query = read_query()
        with refusals():
            page = ledger.deliveries(query.get("endpoint"), query.get("state"), query.get("cursor"), limit(query))
        found: DeliveryPage = {"deliveries": list(page.items), "next": page.next}
        return answer(found)

    @views.post("/v1/events/redeliver")
    def redeliver() -> Response:
        office.enter(Scope.ADMIN)
        query = read_query()
        with refusals():
            queued: Redelivery = {"queued": ledger.redeliver(query.get("endpoint"), query.get("id"))}
        return answer(queued)

    return views


def paths() -> dict[str, Any]:
    """Its part of the OpenAPI document."""
    filters = [parameter("case_id", "only of this case"), parameter("type", "only of this type")]
    endpoint = parameter("endpoint", "only of this webhook")
    return {
        "/v1/events": {
            "get": operation(
                "pullEvents",
                "Messages as CloudEvents, the oldest first; `next` is good for asking again later",
                refer("EventPage"),
                scope=Scope.DECIDE,
                errors=(503,),
                parameters=[MERCHANT, *filters, CURSOR, LIMIT],
            )
        },
        "/v1/events/deliveries": {
            "get": operation(
                "listDeliveries",
                "Messages on their way to webhooks; `state=dead` are those given up",
                refer("DeliveryPage"),
                scope=Scope.ADMIN,
                errors=(503,),
                parameters=[endpoint, parameter("state", "pending, delivered or dead"), CURSOR, LIMIT],
            )
        },
        "/v1/events/redeliver": {
            "post": operation(
                "redeliver",
                "Queue dead messages again, or one message by its id",
                refer("Redelivery"),
                scope=Scope.ADMIN,
                errors=(404, 503),
                parameters=[endpoint, parameter("id", "a message's id")],
            )
        },
    }
