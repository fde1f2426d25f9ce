"""How often one caller may ask. Apart from the gate, because most services set no rate and need not load `limits`."""

from __future__ import annotations

import math

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from policy_service.contract import problems
from policy_service.contract.problems import ProblemError


class RateLimit:
    """So many requests of one caller in a span of time, counted in this process."""

    def __init__(self, rate: RateLimitItem) -> None:
        self._rate = rate
        self._storage = MemoryStorage()
        self._limiter = SlidingWindowCounterRateLimiter(self._storage)

    @classmethod
    def of(cls, rate: str, workers: int = 1) -> RateLimit:
        """The share of one of `workers` processes in a rate such as `600/minute`. Raises ValueError."""
        try:
            whole = parse(rate)
        except ValueError:
            whole = None
        if whole is None or whole.amount < 1:
            raise ValueError(f"`{rate}` is no rate; write it as in `600/minute` or `20/second`")
        return cls(type(whole)(max(1, whole.amount // workers), whole.multiples))

    def admit(self, caller: str) -> None:
        """Whether one more request would be let through, without counting it. Raises ProblemError 429."""
        if not self._limiter.test(self._rate, caller):
            raise self._refusal(caller, 1)

    def count(self, caller: str, cost: int) -> None:
        """Count `cost` requests of the caller; more than there is room for take all of it, so that a batch larger than
        the limit passes where nothing else was asked. Raises ProblemError 429, and then counts nothing."""
        cost = min(cost, self._rate.amount)
        if not self._limiter.hit(self._rate, caller, cost=cost):
            raise self._refusal(caller, cost)

    def _refusal(self, caller: str, cost: int) -> ProblemError:
        return ProblemError(problems.too_many_requests(max(1, math.floor(self._wait(caller, cost)) + 1)))

    def _wait(self, caller: str, cost: int) -> float:
        """Seconds until `cost` requests are let through if nothing else is asked until then.

        The window before weighs in by the part of it that the span up to now covers, and less as time passes.
        """
        span, room = self._rate.get_expiry(), self._rate.amount - cost
        before, covered, current, expires = self._storage.get_sliding_window(self._rate.key_for(caller), span)
        if current <= room:
            return covered - (room + 1 - current) * span / before if before else 0.0
        # Only once this window is the one before.
        return expires - span + max(0.0, span - (room + 1) * span / current)
