"""`POST /v1/decisions/{id}/inspection`: the second stage, on what the warehouse found."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from policy_service.api.bodies import json_object, read_body
from policy_service.api.keys import Scope
from policy_service.api.office import ID, Office, locale, parameter, replied
from policy_service.api.openapi import ACCEPT_LANGUAGE, IDEMPOTENCY_KEY, IN_LANGUAGE, REPLAYED, operation, reference
from policy_service.api.queries import read_query


def blueprint(office: Office) -> Blueprint:
    """The inspection of a decision: once, unless `supersede` names the inspection that was wrong."""
    views = Blueprint("inspections", __name__)

    @views.post("/v1/decisions/<id>/inspection")
    def inspect(id: str) -> Response:
        caller = office.enter(Scope.DECIDE)
        query = read_query()
        body = read_body()
        found = json_object(body)
        language, key = locale(), office.key(caller, body)
        return replied(office.clerk.inspect(id, found, language, query.get("supersede"), key), language)

    return views


def paths() -> dict[str, Any]:
    """Its part of the OpenAPI document."""
    post = operation(
        "inspect",
        "Decide on what the warehouse found",
        reference("decision"),
        scope=Scope.DECIDE,
        errors=(404, 409, 503),
        body=reference("inspection"),
        parameters=[
            ID,
            parameter("supersede", "id of the inspection's decision that this one replaces"),
            ACCEPT_LANGUAGE,
            IDEMPOTENCY_KEY,
        ],
        headers={**REPLAYED, **IN_LANGUAGE},
    )
    return {"/v1/decisions/{id}/inspection": {"post": post}}
