"""`POST /v1/decisions` and `POST /v1/decisions/batch`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import orjson
from flask import Blueprint, Response, request

from policy_service.api.answers import IN_WORDS, answer, written
from policy_service.api.bodies import BATCH, SINGLE, json_object, read_body
from policy_service.api.gate import Environ
from policy_service.api.keys import Caller, Scope
from policy_service.api.languages import negotiate
from policy_service.api.recording import Made, Reply
from policy_service.api.shell import Shell
from policy_service.contract import problems
from policy_service.contract.problems import Problem, ProblemError
from policy_service.contract.refusals import FieldError, pointer
from policy_service.contract.suggest import did_you_mean, shown

if TYPE_CHECKING:
    from policy_service.api.shapes.decisions import BatchDecision, BatchProblem, BatchResults

log = logging.getLogger(__name__)

PATH: Final = "/v1/decisions"
MOST_REQUESTS: Final = 1_000
LONGEST_KEY: Final = 255
BATCH_FORM: Final = 'write it as in {"requests": [...]}, each as it would be sent alone'


class Desk:
    """Where decisions are asked for: admits the caller, decides, has the answer kept, counts."""

    def __init__(self, shell: Shell) -> None:
        self.service = shell.service
        self.gate = shell.gate
        self.recorder = shell.recorder
        self.row = shell.row

    def answer(self, read: Callable[[], bytes], environ: Environ) -> tuple[bytes, str | None]:
        """The answer to one request, by what reads its body and what WSGI says of it, and the language that it is in.

        The language is None where the answer was given before, in whatever was asked for then. Raises ProblemError.
        Who may not come in is told so before the body is waited for.
        """
        caller = self.gate.enter(Scope.DECIDE, environ)
        asked = read()
        locale = negotiate(environ.get("HTTP_ACCEPT_LANGUAGE"))

        def decide() -> Made:
            return self._made(asked, caller, locale)

        body, replayed = self.recorder.answer(asked, idempotency_key(environ), decide, caller.name)
        return body, None if replayed else locale

    def _made(self, body: bytes, caller: Caller, locale: str) -> Made:
        began = perf_counter()
        service = self.service
        now = service.clock()
        parsed = service.parse(self.recorder.before(body), now)
        self.gate.admit(caller, parsed.request, now)
        made = Made.of(parsed, service.decide(parsed, locale=locale, now=now), began)
        self.row.decided(made.decision["outcome"], made.took_us)
        return made

    def answer_each(
        self, requests: list[Any], caller: Caller, locale: str, key: str | None
    ) -> tuple[BatchResults, bool]:
        """The answers to many requests, each with its own decision or problem, in order; and whether all decisions
        among them were answered before.

        Raises ProblemError where none could be recorded, or where the `key` came with other requests.
        """

        def decide(asked: bytes) -> Made | Problem:
            if len(asked) > SINGLE:
                return problems.too_large(SINGLE)
            try:
                return self._made(asked, caller, locale)
            except ProblemError as error:
                return error.problem
            except Exception:
                # One request of a batch must not take the others with it.
                log.exception("a request of a batch failed")
                return problems.internal()

        asked = [orjson.dumps(each) for each in requests]
        answers = self.recorder.answer_each(asked, key, decide, caller.name)
        lost = next((each for each in answers if isinstance(each, Problem) and each.status == 503), None)
        if lost is not None and not any(isinstance(each, Reply) for each in answers):
            raise ProblemError(lost)
        replayed = [each.replayed for each in answers if isinstance(each, Reply)]
        results: BatchResults = {
            "results": [_failed(each) if isinstance(each, Problem) else _decided(each.body) for each in answers]
        }
        return results, bool(replayed) and all(replayed)


def _decided(answer: bytes) -> BatchDecision:
    return {"status": 200, "decision": orjson.Fragment(answer)}


def _failed(problem: Problem) -> BatchProblem:
    return {"status": problem.status, "problem": problem.to_json()}


def blueprint(desk: Desk) -> Blueprint:
    """Decisions, one by one and in batches."""
    decisions = Blueprint("decisions", __name__)

    @decisions.post(PATH)
    def decide() -> Response:
        body, language = desk.answer(lambda: read_body(SINGLE), request.environ)
        return written(body, headers=IN_WORDS[language])

    @decisions.post(f"{PATH}/batch")
    def decide_batch() -> Response:
        # Counted at once and as a whole: what a refused batch had taken would stand in its own way.
        caller = desk.gate.enter(Scope.DECIDE, counted=False)
        try:
            requests = _batch(json_object(read_body(BATCH), BATCH_FORM))
        except ProblemError:
            desk.gate.count(caller, 1)
            raise
        desk.gate.count(caller, len(requests))
        locale = negotiate(request.environ.get("HTTP_ACCEPT_LANGUAGE"))
        results, replayed = desk.answer_each(requests, caller, locale, idempotency_key())
        return answer(results, headers=IN_WORDS[None if replayed else locale])

    return decisions


def idempotency_key(environ: Environ | None = None) -> str | None:
    """The caller's key; the IETF draft writes it as a quoted string, most callers leave the quotes out.

    Of Flask's current request, unless another is given. Raises ProblemError 400.
    """
    key: str | None = (environ or request.environ).get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise ProblemError(problems.bad_parameter("Idempotency-Key", f"1 to {LONGEST_KEY} printable ASCII characters"))
    return key


def _batch(body: dict[str, Any]) -> list[Any]:
    requests = body.get("requests")
    errors = [
        FieldError(pointer([key]), f"`{shown(key)}` is not a field here", did_you_mean(key, ["requests"]) or BATCH_FORM)
        for key in body
        if key != "requests"
    ]
    if "requests" not in body:
        errors.append(FieldError("/requests", "`requests` is required", BATCH_FORM))
    elif not isinstance(requests, list):
        errors.append(FieldError("/requests", "expected a list of requests", BATCH_FORM))
    elif not 0 < len(requests) <= MOST_REQUESTS:
        errors.append(
            FieldError("/requests", f"there are {len(requests)} requests", f"1 to {MOST_REQUESTS} go in a batch")
        )
    if errors:
        raise ProblemError(problems.unfit(errors))
    assert isinstance(requests, list)
    return requests
