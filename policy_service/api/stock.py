"""Returned goods in stock: counts by sku and disposition, alerts, clearing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from flask import Blueprint, Response
from pydantic import Field, ValidationError

from policy_service.api.answers import answer
from policy_service.api.bodies import json_object, read_body
from policy_service.api.keys import Scope
from policy_service.api.office import (
    CURSOR,
    LIMIT,
    MERCHANT,
    Office,
    limit,
    parameter,
    refusals,
    replied,
)
from policy_service.api.openapi import IDEMPOTENCY_KEY, REPLAYED, operation
from policy_service.api.queries import read_query
from policy_service.api.references import refer
from policy_service.contract import problems
from policy_service.contract.fields import Wire
from policy_service.contract.problems import ProblemError
from policy_service.contract.refusals import field_errors

if TYPE_CHECKING:
    from policy_service.api.shapes.ledger import StockOfSku, StockPage


class Clearing(Wire):
    """What is taken out of the count."""

    disposition: Literal["sellable", "defective", "repair", "scrap", "return_to_customer"] | None = Field(
        None, description="units of this disposition; default: all"
    )


def blueprint(office: Office) -> Blueprint:
    """`GET /v1/stock`, `GET /v1/stock/{sku}` and `POST /v1/stock/{sku}/clear`."""
    ledger = office.ledger
    views = Blueprint("stock", __name__)

    @views.get("/v1/stock")
    def many() -> Response:
        office.enter(Scope.DECIDE)
        query = read_query()
        with refusals():
            page = ledger.stock(query.get("merchant"), None, query.get("cursor"), limit(query))
        counted: StockPage = {"stock": list(page.items), "next": page.next}
        return answer(counted)

    @views.get("/v1/stock/<path:sku>")
    def one(sku: str) -> Response:
        office.enter(Scope.DECIDE)
        query = read_query()
        with refusals():
            found = ledger.stock(query.get("merchant"), sku).items
        if not found:
            raise ProblemError(problems.not_found("sku", sku))
        counted: StockOfSku = {"stock": list(found)}
        return answer(counted)

    @views.post("/v1/stock/<path:sku>/clear")
    def clear(sku: str) -> Response:
        caller = office.enter(Scope.ADMIN)
        query = read_query()
        body = read_body()
        try:
            to = Clearing.model_validate(json_object(body)).disposition
        except ValidationError as refusal:
            raise ProblemError(problems.unfit(field_errors(refusal, Clearing))) from None
        with refusals():
            return replied(ledger.clear_stock(sku, query.get("merchant"), to, office.key(caller, body)))

    return views


def paths() -> dict[str, Any]:
    """Its part of the OpenAPI document."""
    sku = parameter("sku", "the sku", "path", minLength=1)
    return {
        "/v1/stock": {
            "get": operation(
                "listStock",
                "Units by sku and disposition",
                refer("StockPage"),
                scope=Scope.DECIDE,
                errors=(503,),
                parameters=[MERCHANT, CURSOR, LIMIT],
            )
        },
        "/v1/stock/{sku}": {
            "get": operation(
                "readStock",
                "Units of one sku",
                refer("StockOfSku"),
                scope=Scope.DECIDE,
                errors=(404, 503),
                parameters=[sku, MERCHANT],
            )
        },
        "/v1/stock/{sku}/clear": {
            "post": operation(
                "clearStock",
                "Take units out of the count and arm their alerts again",
                refer("ClearedStock"),
                scope=Scope.ADMIN,
                errors=(404, 409, 503),
                body=refer("Clearing"),
                parameters=[sku, MERCHANT, IDEMPOTENCY_KEY],
                headers=REPLAYED,
            )
        },
    }
