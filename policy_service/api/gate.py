"""Who may do what: API keys, scopes, and how often. Each view says what it needs; nothing runs before every request."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from flask import request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from policy_service.api.keys import ANYONE, Caller, KeyRing, Scope
from policy_service.contract import problems
from policy_service.contract.problems import ProblemError
from policy_service.contract.request import ReturnRequest

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far `requested_at` may be off the clock without the scope for deciding at other times."""

BEARER: Final = "bearer"


class RateLimit:
    """So many requests of one caller in a span of time, counted in this process."""

    def __init__(self, rate: RateLimitItem, clock: Callable[[], float] = time.time) -> None:
        self._rate = rate
        self._clock = clock
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    @classmethod
    def of(cls, rate: str, workers: int = 1) -> RateLimit:
        """The share of one of `workers` processes in a rate such as `600/minute`. Raises ValueError."""
        try:
            whole = parse(rate)
        except ValueError:
            raise ValueError(f"`{rate}` is no rate; write it as in `600/minute` or `20/second`") from None
        return cls(type(whole)(max(1, whole.amount // workers), whole.multiples))

    def count(self, caller: str, cost: int) -> None:
        """Count `cost` requests of the caller. Raises ProblemError 429."""
        cost = min(cost, self._rate.amount)
        if not self._limiter.hit(self._rate, caller, cost=cost):
            reset = self._limiter.get_window_stats(self._rate, caller).reset_time
            wait = max(1, math.ceil(reset - self._clock()))
            raise ProblemError(problems.too_many_requests(wait))


class Gate:
    """What a request must pass. Without keys everyone may do everything, which is served on loopback only."""

    def __init__(self, keys: KeyRing | None = None, rate: RateLimit | None = None) -> None:
        self._keys = keys
        self._rate = rate

    def enter(self, scope: str | None = None) -> Caller:
        """The caller of the current request, if they have that scope and have not come too often.

        Raises ProblemError 401, 403 or 429.
        """
        caller = ANYONE if self._keys is None else self._known(self._keys)
        if scope is not None and scope not in caller.scopes:
            raise ProblemError(problems.forbidden(scope))
        self.count(caller)
        return caller

    def count(self, caller: Caller, cost: int = 1) -> None:
        """Count so many more requests of a caller, such as those of a batch. Raises ProblemError 429."""
        if self._rate is not None and cost > 0:
            self._rate.count(caller.name if self._keys is not None else request.remote_addr or "", cost)

    def admit(self, caller: Caller, asked: ReturnRequest, now: datetime) -> None:
        """Whether the caller may ask that: at another time, or with an override. Raises ProblemError 403."""
        if self._keys is None:
            return
        at = asked.requested_at
        if at is not None and abs(at - now) > CLOCK_TOLERANCE and Scope.TIME_TRAVEL not in caller.scopes:
            raise ProblemError(problems.forbidden(Scope.TIME_TRAVEL))
        if asked.override is not None and Scope.OVERRIDE not in caller.scopes:
            raise ProblemError(problems.forbidden(Scope.OVERRIDE))

    def _known(self, keys: KeyRing) -> Caller:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        caller = keys.caller(key.strip()) if scheme.lower() == BEARER else None
        if caller is None:
            raise ProblemError(problems.unauthorized())
        return caller
