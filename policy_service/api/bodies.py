"""Request bodies: declared as JSON, and no larger than allowed."""

from __future__ import annotations

from typing import Any, Final

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from policy_service.contract import problems
from policy_service.contract.problems import ProblemError
from policy_service.contract.refusals import FieldError, NotJson, read_json

KIB: Final = 1024
MIB: Final = 1024 * KIB

SINGLE: Final = 1 * MIB
BATCH: Final = 16 * MIB

PLAIN: Final = "identity"
"""The content coding of a body that is not compressed."""


def read_body(limit: int = SINGLE) -> bytes:
    """The body of the current request. Raises ProblemError 413 or 415."""
    if request.environ.get("CONTENT_TYPE") != "application/json" and request.mimetype != "application/json":
        raise ProblemError(problems.wrong_media_type(request.content_type))
    coding = request.headers.get("Content-Encoding", PLAIN)
    if coding.strip().lower() != PLAIN:
        raise ProblemError(problems.wrong_coding(coding))
    if (request.content_length or 0) > limit:
        raise ProblemError(problems.too_large(limit))
    # A stream without a length is cut at the limit in silence: one byte more shows that there was more.
    request.max_content_length = limit + 1
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise ProblemError(problems.too_large(limit)) from None
    if len(body) > limit:
        raise ProblemError(problems.too_large(limit))
    return body


def json_object(body: bytes, hint: str = "send a JSON object") -> dict[str, Any]:
    """The object in a body. Raises ProblemError 400, or 422 with the `hint` where it is none."""
    try:
        value = read_json(body)
    except NotJson as error:
        raise ProblemError(problems.not_json(str(error))) from None
    if not isinstance(value, dict):
        raise ProblemError(problems.unfit([FieldError("", "expected an object", hint)]))
    return value
