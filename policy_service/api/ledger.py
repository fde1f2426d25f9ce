"""The ledger's endpoints as resources of the app, and the recorder that keeps what is decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from flask import Blueprint

from policy_service.api import cases, decisions_read, events, inspections, reviews, stock
from policy_service.api.clerk import Clerk
from policy_service.api.office import Office
from policy_service.api.shell import Resource, Shell
from policy_service.ledger.errors import LedgerUnavailable
from policy_service.ledger.ledger import Ledger

PARTS: tuple[ModuleType, ...] = (decisions_read, inspections, reviews, cases, events, stock)


def resources(ledger: Ledger, clerk: Clerk) -> list[Resource]:
    """Everything that is served about recorded decisions; not ready while the database does not answer."""
    found = [Resource(_mounted(part, ledger, clerk), part.paths) for part in PARTS]
    return [*found[:-1], Resource(found[-1].blueprint, found[-1].paths, (_check(ledger),))]


def _mounted(part: ModuleType, ledger: Ledger, clerk: Clerk) -> Callable[[Shell], Blueprint]:
    def blueprint(shell: Shell) -> Blueprint:
        made: Blueprint = part.blueprint(Office(shell, ledger, clerk))
        return made

    return blueprint


def _check(ledger: Ledger) -> Callable[[], str | None]:
    def check() -> str | None:
        try:
            ledger.ping()
        except LedgerUnavailable as error:
            return error.message
        return None

    return check


def openapi_paths() -> Mapping[str, Any]:
    """All of its part of the OpenAPI document."""
    return {path: described for part in PARTS for path, described in part.paths().items()}
