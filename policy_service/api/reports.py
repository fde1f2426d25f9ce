"""`GET /v1/reports/{name}`: what the recorded decisions say."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from policy_service.api.answers import HEADERS, Headers, answer
from policy_service.api.keys import Scope
from policy_service.api.office import MERCHANT, Office, choice, locale, parameter, refusals
from policy_service.api.openapi import ACCEPT_LANGUAGE, IN_LANGUAGE, operation, varying
from policy_service.api.queries import read_query
from policy_service.api.references import refer
from policy_service.contract import problems
from policy_service.contract.problems import ProblemError
from policy_service.ledger.reports.catalogue import REPORTS, make, not_installed
from policy_service.ledger.reports.counting import Span
from policy_service.ledger.reports.rendering import as_csv, as_html

if TYPE_CHECKING:
    from policy_service.api.shapes.ledger import ReportNames

FORMS = ("json", "csv", "html")
NEGOTIATED = (*HEADERS, ("Vary", "Accept"))
SAFE = ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")


def blueprint(office: Office) -> Blueprint:
    """The reports, as JSON, CSV or a page with charts."""
    views = Blueprint("reports", __name__)

    @views.get("/v1/reports")
    def names() -> Response:
        office.enter(Scope.ADMIN)
        found: ReportNames = {"reports": list(REPORTS), "not_installed": not_installed()}
        return answer(found)

    @views.get("/v1/reports/<name>")
    def one(name: str) -> Response:
        office.enter(Scope.ADMIN)
        query = read_query()
        form = choice(query, "format", FORMS) or _accepted()
        span = Span(query.get("merchant"), day(query, "from"), day(query, "to"))
        with refusals():
            report = make(office.ledger, name, span)
            if form == "json":
                return answer(report.to_json(), headers=NEGOTIATED)
            if form == "csv":
                return _page(as_csv(report), form, NEGOTIATED)
            language = locale()
            spoken = (*HEADERS, ("Content-Language", language), ("Vary", "Accept, Accept-Language"))
            return _page(as_html(report, language, span.in_words()), form, spoken)

    return views


def _page(text: str, form: str, headers: Headers) -> Response:
    return Response(text, headers=[*headers, SAFE], content_type=f"text/{form}; charset=utf-8")


def _accepted() -> str:
    kinds = {"application/json": "json", "text/csv": "csv", "text/html": "html"}
    return kinds[request.accept_mimetypes.best_match(list(kinds), "application/json")]


def day(query: dict[str, str], name: str) -> date | None:
    """A date of the query. Raises ProblemError 400."""
    text = query.get(name)
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise ProblemError(problems.bad_parameter(name, "a date, such as `2025-06-01`")) from None


def paths() -> dict[str, Any]:
    """Its part of the OpenAPI document."""
    name = parameter("name", "which", "path", enum=list(REPORTS))
    span = [
        parameter("from", "from the week of this date", format="date"),
        parameter("to", "to the week of this date", format="date"),
    ]
    form = parameter("format", "as what; default: as `Accept` asks", enum=list(FORMS))
    page = {"type": "string"}
    return {
        "/v1/reports": {
            "get": operation("listReports", "The names of the reports", refer("ReportNames"), scope=Scope.ADMIN)
        },
        "/v1/reports/{name}": {
            "get": operation(
                "readReport",
                "A report",
                refer("Report"),
                scope=Scope.ADMIN,
                errors=(404, 501, 503),
                parameters=[name, MERCHANT, *span, form, ACCEPT_LANGUAGE],
                headers=IN_LANGUAGE | varying("Accept", "Accept-Language"),
                media={"text/csv": page, "text/html": page},
            )
        },
    }
