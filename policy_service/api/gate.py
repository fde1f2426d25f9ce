"""Who may do what: API keys, scopes, and how often. Each view says what it needs; no hook lets callers in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from flask import request

from policy_service.api.keys import ANYONE, Caller, KeyFile, KeyRing, Scope
from policy_service.contract import problems
from policy_service.contract.problems import ProblemError
from policy_service.contract.request import ReturnRequest

if TYPE_CHECKING:
    from policy_service.api.rate import RateLimit

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far `requested_at` may be off the clock without the scope for deciding at other times."""

BEARER: Final = "bearer"

Environ = Mapping[str, Any]
"""A request as WSGI has it."""


class Gate:
    """What a request must pass. Without keys everyone may do everything, which is served on loopback only."""

    def __init__(self, keys: KeyRing | None = None, rate: RateLimit | None = None) -> None:
        self._keys = keys
        self._rate = rate

    @property
    def keys_current(self) -> bool | None:
        """Whether the keys in use are those in their file; None where there is no file."""
        return self._keys.current if isinstance(self._keys, KeyFile) else None

    def enter(self, scope: str | None = None, environ: Environ | None = None) -> Caller:
        """The caller of a request (by default Flask's current one), if they have that scope and come not too often.

        Raises ProblemError 401, 403 or 429.
        """
        if self._keys is None:
            caller = ANYONE
        else:
            caller = _known(self._keys, environ or request.environ)
            if scope is not None and scope not in caller.scopes:
                raise ProblemError(problems.forbidden(scope))
        self.count(caller, 1, environ)
        return caller

    def count(self, caller: Caller, cost: int, environ: Environ | None = None) -> None:
        """Count so many more requests of a caller, such as those of a batch. Raises ProblemError 429."""
        if self._rate is not None and cost > 0:
            name = caller.name if self._keys is not None else (environ or request.environ).get("REMOTE_ADDR", "")
            self._rate.count(name, cost)

    def admit(self, caller: Caller, asked: ReturnRequest, now: datetime) -> None:
        """Whether the caller may ask that: at another time, or with an override. Raises ProblemError 403."""
        if self._keys is None:
            return
        at = asked.requested_at
        if at is not None and abs(at - now) > CLOCK_TOLERANCE and Scope.TIME_TRAVEL not in caller.scopes:
            minutes = CLOCK_TOLERANCE // timedelta(minutes=1)
            what = f"a `requested_at` more than {minutes} minutes off the clock"
            raise ProblemError(problems.forbidden(Scope.TIME_TRAVEL, what))
        if asked.override is not None and Scope.OVERRIDE not in caller.scopes:
            raise ProblemError(problems.forbidden(Scope.OVERRIDE, "`override`"))


def _known(keys: KeyRing, environ: Environ) -> Caller:
    scheme, _, key = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    caller = keys.caller(key.strip()) if scheme.lower() == BEARER else None
    if caller is None:
        raise ProblemError(problems.unauthorized())
    return caller
