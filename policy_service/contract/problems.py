"""Problem details (RFC 9457): how every refusal is answered, and one constructor for each that there is.

No traceback, path or secret goes into one: `detail` is made of the caller's own words and the contract's.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from policy_service.contract.fields import Wire
from policy_service.contract.refusals import FieldError
from policy_service.contract.suggest import did_you_mean, nearest, shown

MEDIA_TYPE: Final = "application/problem+json"
_TYPES: Final = "urn:policy-service:problem:"


class ErrorEntry(Wire):
    """One error in a body."""

    pointer: str = Field(description="JSON pointer to what is wrong", examples=["/order/lines/0/unit_price"])
    detail: str = Field(description="what is wrong", examples=["`199.9` does not have the 2 decimal digits of CNY"])
    hint: str | SkipJsonSchema[None] = Field(None, description="how to mend it", examples=['write it as in "199.90"'])


class ProblemBody(Wire):
    """The body of a refusal (RFC 9457)."""

    type: str = Field(description="names the kind of problem", examples=["urn:policy-service:problem:unfit"])
    title: str = Field(description="the kind in words", examples=["the body does not fit the contract"])
    status: int = Field(description="the HTTP status", examples=[422], ge=400, le=599)
    detail: str = Field(description="what happened this time", examples=["there is 1 error"])
    errors: tuple[ErrorEntry, ...] | SkipJsonSchema[None] = Field(
        None,
        description="every error of the body",
        examples=[[{"pointer": "/order/lines/0/unit_price", "detail": "`unit_price` or `unit_paid` is required"}]],
    )


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal; `headers` go beside the body."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The body; `errors` and hints only where there are some."""
        body: dict[str, Any] = {"type": self.type, "title": self.title, "status": self.status, "detail": self.detail}
        if self.errors:
            body["errors"] = [error_json(error) for error in self.errors]
        return body


class ProblemError(Exception):
    """Raised to answer with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def error_json(error: FieldError) -> dict[str, str]:
    """One entry of `errors`."""
    entry = {"pointer": error.pointer, "detail": error.detail}
    return entry if error.hint is None else {**entry, "hint": error.hint}


def not_json(where: str) -> Problem:
    """400: the body cannot be read; `where` says at which line and column reading stopped."""
    return Problem(f"{_TYPES}not-json", "the body is not JSON", 400, where)


def bad_parameter(name: str, expected: str) -> Problem:
    """400: a header or query parameter that cannot be understood."""
    return Problem(f"{_TYPES}bad-parameter", "a parameter is wrong", 400, f"`{name}` must be {expected}")


def unknown_parameters(names: Iterable[str], known: Sequence[str], headers: Sequence[str] = ()) -> Problem:
    """400: query parameters that mean nothing here, each with what may have been meant: a parameter or a header."""
    detail = "; ".join(_not_a_parameter(name, known, headers) for name in names)
    return Problem(f"{_TYPES}bad-parameter", "a parameter is wrong", 400, detail)


def _not_a_parameter(name: str, known: Sequence[str], headers: Sequence[str]) -> str:
    said = f"`{shown(name)}` is not a parameter here"
    hint = did_you_mean(name, known)
    if hint is None and (header := nearest(name, headers)) is not None:
        hint = f"send the header `{header}`"
    if hint is not None:
        return f"{said}: {hint}"
    if known:
        return f"{said}, only {', '.join(f'`{each}`' for each in known)}"
    return f"{said}: there are none" + (
        f", only the headers {', '.join(f'`{each}`' for each in headers)}" * bool(headers)
    )


def unauthorized() -> Problem:
    """401: no API key, or one that is not known."""
    headers = {"WWW-Authenticate": "Bearer"}
    detail = "send a valid API key as `Authorization: Bearer <key>`"
    return Problem(f"{_TYPES}unauthorized", "an API key is required", 401, detail, headers=headers)


def forbidden(scope: str, what: str = "this") -> Problem:
    """403: the API key lacks the scope that `what` needs."""
    return lacking({what: scope})


def lacking(scopes: Mapping[str, str]) -> Problem:
    """403: the API key lacks several scopes, each by what needs it."""
    detail = ", and ".join(f"{what} needs the scope `{scope}`" for what, scope in scopes.items())
    return Problem(f"{_TYPES}forbidden", "the API key may not do this", 403, detail)


def unknown_merchant(merchant: str, hint: str | None = None) -> Problem:
    """404: no policy for that merchant."""
    detail = f"there is no policy of `{shown(merchant)}`" + (f": {hint}" if hint else "")
    return Problem(f"{_TYPES}unknown-merchant", "the merchant is not known", 404, detail)


def not_found(kind: str, name: str) -> Problem:
    """404: nothing of that kind has that id; also for a path that is not served."""
    return Problem(f"{_TYPES}not-found", "there is no such thing", 404, f"there is no {kind} `{shown(name)}`")


def method_not_allowed(method: str, allowed: Iterable[str]) -> Problem:
    """405: the resource does not take that method."""
    names = ", ".join(sorted(allowed))
    detail = f"`{shown(method)}` is not taken here, only {names}"
    return Problem(f"{_TYPES}method-not-allowed", "the method is not taken here", 405, detail, headers={"Allow": names})


def conflict(detail: str) -> Problem:
    """409: it cannot be done as things stand: settled before, inspected before, an event out of turn."""
    return Problem(f"{_TYPES}conflict", "this contradicts what is recorded", 409, detail)


def key_reused(key: str) -> Problem:
    """409: the same `Idempotency-Key` came with another body."""
    detail = f"the `Idempotency-Key` `{shown(key)}` came with another body before"
    return Problem(f"{_TYPES}idempotency-key-reused", "the idempotency key was used before", 409, detail)


def too_large(limit: int) -> Problem:
    """413: the body is over the limit, in bytes."""
    return Problem(f"{_TYPES}too-large", "the body is too large", 413, f"at most {limit} bytes are read")


def wrong_media_type(sent: str | None) -> Problem:
    """415: the body is not declared as JSON."""
    detail = f"send `Content-Type: application/json`, not `{shown(sent)}`" if sent else "send it as `application/json`"
    return Problem(
        f"{_TYPES}media-type", "the media type is not taken", 415, detail, headers={"Accept": "application/json"}
    )


def wrong_coding(sent: str) -> Problem:
    """415: the body is compressed."""
    detail = f"send it without `Content-Encoding`, not as `{shown(sent)}`"
    return Problem(
        f"{_TYPES}media-type", "the media type is not taken", 415, detail, headers={"Accept-Encoding": "identity"}
    )


def unfit(errors: Iterable[FieldError]) -> Problem:
    """422: the body does not fit the contract; every error of it."""
    found = tuple(errors)
    detail = "there is 1 error" if len(found) == 1 else f"there are {len(found)} errors"
    return Problem(f"{_TYPES}unfit", "the body does not fit the contract", 422, detail, found)


def no_version_in_force(merchant: str, day: str, versions: Iterable[str]) -> Problem:
    """422: the merchant had no policy in force on the day on which the order was placed."""
    error = FieldError(
        "/order/placed_at",
        f"`{shown(merchant)}` had no policy in force on {day}",
        f"its versions: {', '.join(versions)}",
    )
    return Problem(f"{_TYPES}no-version-in-force", "no policy was in force", 422, error.detail, (error,))


def too_many_requests(retry_after: int) -> Problem:
    """429: come back after that many seconds."""
    detail = f"try again in {retry_after} s"
    headers = {"Retry-After": str(retry_after)}
    return Problem(f"{_TYPES}too-many-requests", "too many requests", 429, detail, headers=headers)


def internal() -> Problem:
    """500: a fault of the service; what it was is in its log alone."""
    return Problem(f"{_TYPES}internal", "the service failed", 500, "the fault has been logged")


def not_installed(detail: str) -> Problem:
    """501: whoever installed the service left out a library that this needs."""
    return Problem(f"{_TYPES}not-installed", "this is not installed here", 501, detail)


def not_ready(detail: str, retry_after: int = 5) -> Problem:
    """503: the service cannot answer now: still loading, or its database is lost."""
    headers = {"Retry-After": str(retry_after)}
    return Problem(f"{_TYPES}not-ready", "the service is not ready", 503, detail, headers=headers)
