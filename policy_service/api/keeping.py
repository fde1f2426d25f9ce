"""Keeping decisions in the ledger: each is on disk before its caller hears of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import orjson

from policy_service.api.duties import duties_of
from policy_service.api.recording import Decide, Made, Reply
from policy_service.api.sources import source_of
from policy_service.catalog.catalog import Catalog
from policy_service.contract import problems
from policy_service.contract.problems import Problem, ProblemError
from policy_service.contract.refusals import NotJson, read_json
from policy_service.contract.suggest import cut
from policy_service.ledger.errors import (
    BadQuery,
    Conflict,
    KeyReused,
    LedgerError,
    LedgerUnavailable,
    NotInstalled,
    Unknown,
)
from policy_service.ledger.ledger import Ledger
from policy_service.ledger.records import Answer, BatchKey, Key, NewDecision

BATCH_PATH = "/v1/decisions/batch"


class LedgerRecorder:
    """Records decisions in a ledger; what is sent twice with one key is decided once."""

    def __init__(self, ledger: Ledger, catalog: Catalog) -> None:
        self.ledger = ledger
        self.catalog = catalog

    def before(self, body: bytes) -> bytes:
        """The body that is decided on: with a pseudonym for the customer's id where that is configured."""
        pseudonyms = self.ledger.pseudonyms
        if pseudonyms is None:
            return body
        try:
            asked = read_json(body)
        except NotJson:  # deciding will say so
            return body
        return orjson.dumps(pseudonyms.apply(asked)) if isinstance(asked, dict) else body

    def answer(self, asked: bytes, key: str | None, decide: Callable[[], Made], caller: str = "") -> Reply:
        """The bytes to answer with: those of the first decision made for this key and body."""
        with refusals():
            named = None if key is None else self.key(caller, key, "/v1/decisions", asked)
            if named is not None and (known := self.ledger.answered(named)) is not None:
                return Reply(known.body, replayed=True)
            return _reply(self.ledger.record(self.new(decide()), named))

    def answer_each(
        self, asked: Sequence[bytes], key: str | None, decide: Decide, caller: str = ""
    ) -> list[Reply | Problem]:
        """The answer to each request of a batch; their decisions are recorded together."""
        whole = None if key is None else self.key(caller, key, BATCH_PATH, *asked)
        keys = [None if whole is None else BatchKey.of(whole, index) for index in range(len(asked))]
        answers: dict[int, Reply | Problem] = {}
        with refusals():
            if whole is not None and self.ledger.answered(whole) is not None:
                for index, named in enumerate(keys):
                    if named is not None and (known := self.ledger.answered(named.own)) is not None:
                        answers[index] = Reply(known.body, replayed=True)
        new: dict[int, NewDecision] = {}
        for index, each in enumerate(asked):
            if index not in answers:
                made = decide(each)
                if isinstance(made, Problem):
                    answers[index] = made
                else:
                    new[index] = self.new(made)
        with refusals():
            recorded = self.ledger.record_each([(new[index], keys[index]) for index in new])
        for index, answer in zip(new, recorded, strict=True):
            answers[index] = _answered(answer)
        return [answers[index] for index in range(len(asked))]

    def key(self, caller: str, key: str, path: str, *bodies: bytes) -> Key:
        """An idempotency key of that caller; where ids are pseudonymised, each body counts with the pseudonym."""
        return Key.of(caller, key, "POST", path, b"\n".join(map(self.before, bodies)))

    def new(
        self,
        made: Made,
        *,
        act: Mapping[str, Any] | None = None,
        supersedes: str | None = None,
        policy: Mapping[str, str] | None = None,
    ) -> NewDecision:
        """A decision as it is to be recorded. `policy`: the files of a policy that the catalogue no longer has."""
        request = made.parsed.raw
        if request.get("requested_at") is None:
            request = {**request, "requested_at": made.decision["decided_at"]}
        return NewDecision(
            decision=made.decision,
            body=made.body,
            request=request,
            policy=source_of(made.decision["policy"], self.catalog, policy),
            act=act or {"type": "decide"},
            duties=duties_of(made.decided),
            took_us=made.took_us,
            supersedes=supersedes,
        )


def _reply(answer: Answer) -> Reply:
    return Reply(answer.body, replayed=not answer.first)


def _answered(answer: Answer | BaseException) -> Reply | Problem:
    """The bytes of one decision of a batch, or why it was not kept; raises what is no refusal of the ledger's."""
    match answer:
        case Answer():
            return _reply(answer)
        case KeyReused():  # another batch with this key was faster: none of this one is answered
            raise ProblemError(problem_of(answer)) from answer
        case LedgerError():
            return problem_of(answer)
    raise answer


@contextmanager
def refusals() -> Iterator[None]:
    """The ledger's refusals as problems."""
    try:
        yield
    except LedgerError as error:
        raise ProblemError(problem_of(error)) from error


def problem_of(error: LedgerError) -> Problem:
    """The problem that a refusal of the ledger is answered with."""
    # The ledger quotes ids, cursors and names as they were sent.
    said = cut(error.message) if error.hint is None else f"{cut(error.message)}: {cut(error.hint)}"
    match error:
        case LedgerUnavailable():
            return problems.not_ready(said, error.retry_after)
        case KeyReused():
            return replace(problems.key_reused(""), detail=said)
        case Unknown():
            return replace(problems.not_found("", ""), detail=said)
        case Conflict():
            return problems.conflict(said)
        case NotInstalled():
            return problems.not_installed(said)
        case BadQuery():
            return replace(problems.bad_parameter("", ""), detail=said)
    return problems.internal()
