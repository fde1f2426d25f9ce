"""The busiest request on the shortest way: a plain `POST /v1/decisions` is answered before Flask looks at it.

Contexts, routing and response objects of the framework cost as much as a fifth of a decision. What is not plain (no
length, a query, another media type, too large, another method) goes through the app, whose view asks the same `Desk`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from policy_service.api.answers import IN_WORDS, JSON, refusal
from policy_service.api.bodies import SINGLE
from policy_service.api.decisions import PATH, Desk
from policy_service.contract import problems
from policy_service.contract.problems import ProblemError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

_HEADERS: Final = {language: (("Content-Type", JSON), *headers) for language, headers in IN_WORDS.items()}


def direct(app: WSGIApplication, desk: Desk) -> WSGIApplication:
    """The app, with plain requests for one decision taken straight to the desk."""

    def answering(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = _plain_length(environ)
        if length is None:
            return app(environ, start_response)
        try:
            body, language = desk.answer(lambda: environ["wsgi.input"].read(length), environ)
        except ProblemError as error:
            return refusal(error.problem)(environ, start_response)
        except Exception:
            log.exception("POST %s failed", PATH)
            return refusal(problems.internal())(environ, start_response)
        start_response("200 OK", [*_HEADERS[language], ("Content-Length", str(len(body)))])
        return [body]

    return answering


def _plain_length(environ: WSGIEnvironment) -> int | None:
    """How many bytes a plain request has; None for any other."""
    if (
        environ["PATH_INFO"] != PATH
        or environ["REQUEST_METHOD"] != "POST"
        or environ.get("CONTENT_TYPE") != JSON
        or environ.get("QUERY_STRING")
        or "HTTP_TRANSFER_ENCODING" in environ
        or "HTTP_CONTENT_ENCODING" in environ
    ):
        return None
    length: str = environ.get("CONTENT_LENGTH", "")
    return int(length) if length.isdecimal() and length.isascii() and int(length) <= SINGLE else None
