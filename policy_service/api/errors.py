"""Every error as a problem: ours, Flask's own, and the unforeseen, of which only the log says more."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from policy_service.api.answers import refusal
from policy_service.contract import problems
from policy_service.contract.problems import Problem, ProblemError

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Answer with problems whatever is raised in `app`."""
    app.register_error_handler(ProblemError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _refused(error: ProblemError) -> Response:
    return refusal(error.problem)


def _http(error: HTTPException) -> Response:
    return refusal(http_problem(error))


def _unforeseen(error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return refusal(problems.internal())


def http_problem(error: HTTPException) -> Problem:
    """The problem for an error of the HTTP layer."""
    match error.code:
        case 404:
            return problems.not_found("path", request.path)
        case 405 if isinstance(error, MethodNotAllowed):
            return problems.method_not_allowed(request.method, error.valid_methods or ())
        case 413:
            return problems.too_large(request.max_content_length or 0)
        case 500:
            return problems.internal()
        case code:
            status = code if code is not None and 400 <= code < 500 else 400
            return Problem("about:blank", HTTPStatus(status).phrase.lower(), status, "the request cannot be understood")
