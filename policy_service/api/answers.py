"""Answers: JSON by orjson, which writes what the contract says and never floats or dates of its own making."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import orjson
from flask import Response

from policy_service.contract.messages import LOCALES
from policy_service.contract.problems import MEDIA_TYPE, Problem

JSON: Final = "application/json"
"""RFC 8259: always UTF-8, without a charset parameter."""

Headers = tuple[tuple[str, str], ...]

HEADERS: Final[Headers] = (("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"))
REPLAYED: Final = ("Idempotent-Replayed", "true")
VARIES: Final = ("Vary", "Accept-Language")
IN_WORDS: Final[Mapping[str | None, Headers]] = {
    None: (*HEADERS, VARIES, REPLAYED),
    **{language: (*HEADERS, ("Content-Language", language), VARIES) for language in LOCALES},
}
"""Headers of an answer with words in it, by their language; None: one given before, in the language asked for then."""


def answer(body: object, status: int = 200, headers: Headers = HEADERS) -> Response:
    """A JSON answer."""
    return written(orjson.dumps(body), status, headers)


def written(body: bytes, status: int = 200, headers: Headers = HEADERS) -> Response:
    """A JSON answer that was written before."""
    return Response(body, status, headers, content_type=JSON)


def refusal(problem: Problem) -> Response:
    """The answer to what cannot be done, as `application/problem+json`."""
    headers = [*HEADERS, *problem.headers.items()]
    return Response(orjson.dumps(problem.to_json()), problem.status, headers, content_type=MEDIA_TYPE)
