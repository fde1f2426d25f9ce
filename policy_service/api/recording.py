"""Where a ledger joins in: it answers for a decision, having made it durable first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple, Protocol

import orjson

from policy_service.contract.problems import Problem
from policy_service.contract.request import ParsedRequest
from policy_service.decision.decide import Decided


@dataclass(frozen=True, slots=True)
class Made:
    """A decision just made: what was asked, what came of it, and the bytes that the caller is to get."""

    parsed: ParsedRequest
    decided: Decided
    body: bytes
    took_us: int

    @classmethod
    def of(cls, parsed: ParsedRequest, decided: Decided, began: float) -> Made:
        """With the decision written; `began` is the reading of `perf_counter` before the request was read."""
        return cls(parsed, decided, orjson.dumps(decided.decision), int((perf_counter() - began) * 1_000_000))

    @property
    def decision(self) -> dict[str, Any]:
        return self.decided.decision


class Reply(NamedTuple):
    """The bytes to answer with, and whether the same `Idempotency-Key` got them before."""

    body: bytes
    replayed: bool = False


Decide = Callable[[bytes], Made | Problem]
"""Makes the decision on one request of a batch, or says why it cannot be made."""


class Recorder(Protocol):
    """Keeps decisions. `POST /v1/decisions` answers nothing that its recorder has not kept."""

    def before(self, body: bytes) -> bytes:
        """The body that is decided on and kept, where that is not the body as it came."""

    def answer(self, asked: bytes, key: str | None, decide: Callable[[], Made], caller: str) -> Reply:
        """The bytes to answer with: those of the decision that `decide` makes, kept before this returns.

        `asked` is the body as it came and `key` the `caller`'s `Idempotency-Key`, if any: where the same key came with
        the same body before, the bytes from then, without deciding again. Raises ProblemError: 409 where the body was
        another, 503 where nothing can be kept; and lets those of `decide` through.
        """

    def answer_each(
        self, asked: Sequence[bytes], key: str | None, decide: Decide, caller: str
    ) -> list[Reply | Problem]:
        """The same for the requests of a batch, in order, with the problems that `decide` gives for some.

        The `key` stands for the whole batch. Raises ProblemError 409 where that was another.
        """


class NoRecord:
    """Keeps nothing: every request is decided."""

    def before(self, body: bytes) -> bytes:
        return body

    def answer(self, asked: bytes, key: str | None, decide: Callable[[], Made], caller: str) -> Reply:
        return Reply(decide().body)

    def answer_each(
        self, asked: Sequence[bytes], key: str | None, decide: Decide, caller: str
    ) -> list[Reply | Problem]:
        made = map(decide, asked)
        return [each if isinstance(each, Problem) else Reply(each.body) for each in made]
