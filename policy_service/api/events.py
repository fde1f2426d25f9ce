"""The outbox over HTTP: messages to pull, and those that could not be delivered."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response

from policy_service.api.answers import answer, written
from policy_service.api.keys import Scope
from policy_service.api.office import CURSOR, LIMIT, MERCHANT, OBJECT, Office, limit, parameter, refusals
from policy_service.api.openapi import READING, operation
from policy_service.api.queries import read_query


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
        return written(orjson.dumps({"events": page.items, "next": page.next}))

    @views.get("/v1/events/deliveries")
    def deliveries() -> Response:
        office.enter(Scope.ADMIN)
        query = read_query()
        with refusals():
            page = ledger.deliveries(query.get("endpoint"), query.get("state"), query.get("cursor"), limit(query))
        return answer({"deliveries": page.items, "next": page.next})

    @views.post("/v1/events/redeliver")
    def redeliver() -> Response:
        office.enter(Scope.ADMIN)
        query = read_query()
        with refusals():
            return answer({"queued": ledger.redeliver(query.get("endpoint"), query.get("id"))})

    return views


def paths() -> dict[str, Any]:
    """Its part of the OpenAPI document."""
    reading = (*READING, 503)
    filters = [parameter("case_id", "only of this case"), parameter("type", "only of this type")]
    endpoint = parameter("endpoint", "only of this webhook")
    return {
        "/v1/events": {
            "get": operation(
                "pullEvents",
                "Messages as CloudEvents, the oldest first; `next` is good for asking again later",
                OBJECT,
                errors=reading,
                parameters=[MERCHANT, *filters, CURSOR, LIMIT],
            )
        },
        "/v1/events/deliveries": {
            "get": operation(
                "listDeliveries",
                "Messages on their way to webhooks; `state=dead` are those given up",
                OBJECT,
                errors=reading,
                parameters=[endpoint, parameter("state", "pending, delivered or dead"), CURSOR, LIMIT],
            )
        },
        "/v1/events/redeliver": {
            "post": operation(
                "redeliver",
                "Queue dead messages again, or one message by its id",
                OBJECT,
                errors=(*reading, 403, 404),
                parameters=[endpoint, parameter("id", "a message's id")],
            )
        },
    }
