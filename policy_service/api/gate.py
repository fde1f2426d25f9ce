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

    def enter(self, scope: str | None = None, environ: Environ | None = None, *, counted: bool = True) -> Caller:
        """The caller of a request (by default Flask's current one), if they have that scope and come not too often.

        What is not `counted` here is by `count`, once its cost is known. Raises ProblemError 401, 403 or 429.
        """
        if self._keys is None:
            caller = ANYONE
        else:
            caller = _known(self._keys, environ or request.environ)
            if scope is not None and scope not in caller.scopes:
                raise ProblemError(problems.forbidden(scope))
        if self._rate is not None:
            name = self._counted_as(caller, environ)
            if counted:
                self._rate.count(name, 1)
            else:
                self._rate.admit(name)
        return caller

    def opens(self, scope: str) -> bool:
        """Whether the caller of Flask's current request has that scope, where nobody has to say who they are."""
        if self._keys is None:
            return True
        caller = _caller(self._keys, request.environ)
        return caller is not None and scope in caller.scopes

    def count(self, caller: Caller, cost: int) -> None:
        """Count so many requests of a caller, such as those of a batch. Raises ProblemError 429."""
        if self._rate is not None:
            self._rate.count(self._counted_as(caller), cost)

    def _counted_as(self, caller: Caller, environ: Environ | None = None) -> str:
        if self._keys is not None:
            return caller.name
        address: str = (environ or request.environ).get("REMOTE_ADDR", "")
        return address

    def admit(self, caller: Caller, asked: ReturnRequest, now: datetime) -> None:
        """Whether the caller may ask that: at another time, or with an override. Raises ProblemError 403."""
        if self._keys is None:
            return
        lacking: dict[str, str] = {}
        at = asked.requested_at
        if at is not None and abs(at - now) > CLOCK_TOLERANCE and Scope.TIME_TRAVEL not in caller.scopes:
            minutes = CLOCK_TOLERANCE // timedelta(minutes=1)
            lacking[f"a `requested_at` more than {minutes} minutes off the clock"] = Scope.TIME_TRAVEL
        if asked.override is not None and Scope.OVERRIDE not in caller.scopes:
            lacking["`override`"] = Scope.OVERRIDE
        if lacking:
            raise ProblemError(problems.lacking(lacking))


def _caller(keys: KeyRing, environ: Environ) -> Caller | None:
    scheme, _, key = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return keys.caller(key.strip()) if scheme.lower() == BEARER else None


def _known(keys: KeyRing, environ: Environ) -> Caller:
    caller = _caller(keys, environ)
    if caller is None:
        raise ProblemError(problems.unauthorized())
    return caller
