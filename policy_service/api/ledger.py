"""The ledger's endpoints as resources of the app, and the recorder that keeps what is decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Blueprint

from policy_service.api import cases, decisions_read, events, inspections, reports, reviews, stock
from policy_service.api.clerk import Clerk
from policy_service.api.office import Office
from policy_service.api.shell import Resource, Shell
from policy_service.ledger.database import DEFAULT_URL
from policy_service.ledger.errors import LedgerUnavailable
from policy_service.ledger.ledger import Ledger
from policy_service.ledger.personal import Pseudonyms
from policy_service.ledger.receivers import load_webhooks
from policy_service.ledger.worker import Worker

SHORTEST_KEY = 32


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """Where decisions are kept and what is done with them.

    `pseudonym_key`: a file whose bytes key the pseudonyms of customers; `webhooks`: a file of receivers;
    `embedded_worker`: whether messages and deadlines are seen to in this process.
    """

    url: str = DEFAULT_URL
    pseudonym_key: Path | None = None
    webhooks: Path | None = None
    embedded_worker: bool = True


def open_ledger(settings: LedgerSettings) -> Ledger:
    """The ledger that the settings describe, its schema up to date. Raises LedgerError, OSError or ValueError."""
    pseudonyms = None
    if settings.pseudonym_key is not None:
        key = settings.pseudonym_key.read_bytes().strip()
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"`{settings.pseudonym_key}` is no key: it needs at least {SHORTEST_KEY} bytes")
        pseudonyms = Pseudonyms(key)
    return Ledger.open(settings.url, pseudonyms=pseudonyms)


def embedded_worker(settings: LedgerSettings, clerk: Clerk) -> Worker:
    """The worker on that ledger. Raises WebhooksError or OSError."""
    webhooks = () if settings.webhooks is None else load_webhooks(settings.webhooks)
    return Worker(clerk.ledger, clerk.settle_by_clock, webhooks)


PARTS: tuple[ModuleType, ...] = (decisions_read, inspections, reviews, cases, events, stock, reports)


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
            return error.message if error.hint is None else f"{error.message}: {error.hint}"
        return None

    return check


def openapi_paths() -> Mapping[str, Any]:
    """All of its part of the OpenAPI document."""
    return {path: described for part in PARTS for path, described in part.paths().items()}
