"""What the ledger's blueprints share: the ledger, the clerk, who may come in, and how queries are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, request

from policy_service.api.answers import HEADERS, IN_WORDS, REPLAYED, Headers, written
from policy_service.api.clerk import Clerk
from policy_service.api.decisions import idempotency_key
from policy_service.api.keeping import refusals
from policy_service.api.keys import Caller
from policy_service.api.languages import negotiate
from policy_service.api.shell import Shell
from policy_service.contract import problems
from policy_service.contract.problems import ProblemError
from policy_service.ledger.instants import read_us
from policy_service.ledger.ledger import Ledger
from policy_service.ledger.reading import MOST_PER_PAGE
from policy_service.ledger.records import Answer, Key

DEFAULT_PAGE = 50


@dataclass(frozen=True, slots=True)
class Office:
    """Where recorded decisions are worked on."""

    shell: Shell
    ledger: Ledger
    clerk: Clerk

    def enter(self, scope: str) -> Caller:
        """The caller, if they have that scope."""
        return self.shell.gate.enter(scope)

    def key(self, caller: Caller, body: bytes) -> Key | None:
        """The `Idempotency-Key` of the current request, if it has one."""
        sent = idempotency_key()
        path = request.full_path.rstrip("?")
        return None if sent is None else Key.of(caller.name, sent, request.method, path, body)


def locale() -> str:
    """The language to answer in."""
    return negotiate(request.environ.get("HTTP_ACCEPT_LANGUAGE"))


def replied(answer: Answer, language: str | None = None) -> Response:
    """An answer of the ledger; one that was given before says so. `language`: of its words, if it has some."""
    if language is None:
        headers: Headers = HEADERS if answer.first else (*HEADERS, REPLAYED)
    else:
        headers = IN_WORDS[language if answer.first else None]
    return written(answer.body, answer.status, headers)


def limit(query: dict[str, str]) -> int:
    """How many are asked for. Raises ProblemError 400."""
    text = query.get("limit", str(DEFAULT_PAGE))
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= MOST_PER_PAGE:
        raise ProblemError(problems.bad_parameter("limit", f"a number from 1 to {MOST_PER_PAGE}"))
    return int(text)


def instant(query: dict[str, str], name: str) -> int | None:
    """An instant of the query, microseconds. Raises ProblemError 400."""
    text = query.get(name)
    if text is None:
        return None
    try:
        return read_us(text.replace(" ", "+"))  # an offset's plus sign that was not escaped
    except (ValueError, OverflowError):
        expected = "an RFC 3339 instant with an offset, such as `2025-06-20T10:00:00Z`"
        raise ProblemError(problems.bad_parameter(name, expected)) from None


def choice(query: dict[str, str], name: str, among: tuple[str, ...]) -> str | None:
    """A word of the query. Raises ProblemError 400."""
    value = query.get(name)
    if value is not None and value not in among:
        raise ProblemError(problems.bad_parameter(name, "one of " + ", ".join(f"`{each}`" for each in among)))
    return value


def flag(query: dict[str, str], name: str) -> bool | None:
    """`true`, `false` or absent. Raises ProblemError 400."""
    value = choice(query, name, ("true", "false"))
    return None if value is None else value == "true"


def parameter(name: str, description: str, where: str = "query", **schema: Any) -> dict[str, Any]:
    """A parameter for the OpenAPI document."""
    required = {"required": True} if where == "path" else {}
    return {"name": name, "in": where, "description": description, "schema": {"type": "string", **schema}, **required}


ID = parameter("id", "the id", "path", minLength=1)
CURSOR = parameter("cursor", "`next` of the page before")
LIMIT = {**parameter("limit", "how many"), "schema": {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE}}
MERCHANT = parameter("merchant", "whose")

__all__ = ["Office", "refusals"]
