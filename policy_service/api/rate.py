"""How often one caller may ask. Apart from the gate, because most services set no rate and need not load `limits`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from policy_service.contract import problems
from policy_service.contract.problems import ProblemError


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
