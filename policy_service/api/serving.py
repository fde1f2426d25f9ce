"""A worker process of `policy serve`: the app for granian, and the rules read again on SIGHUP."""

from __future__ import annotations

import ctypes
import logging
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from flask import Flask

from policy_service.api.app import create_app
from policy_service.api.board import Board
from policy_service.api.gate import Gate
from policy_service.api.keys import KeyFile, KeyRing, load_keys
from policy_service.api.memory import only_countries_asked_for, settle, warm_up
from policy_service.catalog.catalog import Catalog
from policy_service.service import Service

if TYPE_CHECKING:
    from policy_service.api.ledger import LedgerSettings

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG: Final = 1
"""The name of a setting in Linux's prctl.h: the signal that a process gets when its parent dies."""

SWITCH_INTERVAL = 0.0002
"""Seconds between changes of thread, where several threads of a worker share the ledger."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to serve. `rate_limit` reads as in `600/minute` and is shared evenly by the workers; without a ledger nothing
    is kept."""

    rules: Path
    api_keys: Path | None = None
    rate_limit: str | None = None
    workers: int = 1
    ledger: LedgerSettings | None = None


@dataclass
class Worker:
    """Makes the app inside a worker process; made before, in the process that starts the workers.

    `catalog` is what that process has read: a forked worker has it for nothing, and falls back on it where it was
    started anew while the folder has mistakes. So that process reads again whenever its workers do.
    """

    settings: Settings
    catalog: Catalog | None
    board: Board = field(default_factory=Board)
    keys: KeyFile | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.settings.api_keys is not None:
            self.keys = KeyFile(self.settings.api_keys)
        if self.catalog is not None:
            self.board.publish(self.catalog.edition)

    def read_again(self) -> None:
        """Read rules and keys again in the process that starts the workers; to be called by the thread that does so,
        for a worker must not be forked from the middle of it."""
        if self.keys is not None:
            self.keys.reload()
        if self.catalog is not None:
            self.catalog.reload()
            self.board.publish(self.catalog.edition)

    def __call__(self) -> Flask:
        end_with_parent()
        only_countries_asked_for()
        warm_up()
        catalog = self.catalog or Catalog(self.settings.rules)
        app = application(self.settings, catalog, self.board, self.keys)
        reload_on_hangup(catalog, self.board, self.keys)
        # Last: a signal that came before there was an ear for it has nothing new to tell then.
        _reload(catalog, self.board, self.keys)
        settle()
        return app

    def __getstate__(self) -> dict[str, Any]:
        """Without the catalogue, where workers are spawned instead of forked: they read the folder themselves."""
        return {**self.__dict__, "catalog": None}


def end_with_parent() -> None:
    """Have the system end this worker when the process that started it dies: nobody would watch over it, and it would
    keep the port. Only Linux can be told so."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "prctl"):
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def application(settings: Settings, catalog: Catalog, board: Board, keys: KeyRing | None = None) -> Flask:
    """The app that the settings describe, with their keys unless they are given.

    Raises KeysError, or ValueError for a rate that cannot be read.
    """
    service = Service(catalog)
    if settings.ledger is None:
        return create_app(service, catalog=catalog, gate=gate(settings, keys), board=board)
    # Only where decisions are kept: a database toolkit is a fifth of a worker's memory.
    from policy_service.api.clerk import Clerk
    from policy_service.api.ledger import embedded_worker, open_ledger, resources

    # A thread that comes back from the database waits this long for one that computes: the default of 5 ms is an age.
    sys.setswitchinterval(SWITCH_INTERVAL)
    ledger = open_ledger(settings.ledger)
    clerk = Clerk(service, catalog, ledger, board.row())
    if settings.ledger.embedded_worker:
        embedded_worker(settings.ledger, clerk).start()
    return create_app(
        service,
        catalog=catalog,
        gate=gate(settings, keys),
        board=board,
        ledger=clerk.recorder,
        resources=resources(ledger, clerk),
    )


def gate(settings: Settings, keys: KeyRing | None = None) -> Gate:
    """Who may come in, and how often. Raises KeysError, or ValueError for a rate that cannot be read."""
    if keys is None and settings.api_keys is not None:
        keys = load_keys(settings.api_keys)
    if settings.rate_limit is None:
        return Gate(keys)
    from policy_service.api.rate import RateLimit

    return Gate(keys, RateLimit.of(settings.rate_limit, settings.workers))


def reload_on_hangup(catalog: Catalog, board: Board, keys: KeyFile | None = None) -> None:
    """Read rules and keys again on SIGHUP, beside the requests; where the system knows no SIGHUP, a restart does it."""
    row = board.row()

    def reload() -> None:
        row.reloaded(_reload(catalog, board, keys))

    def hang_up(*_: object) -> None:
        Thread(target=reload, name="reload", daemon=True).start()

    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, hang_up)


def _reload(catalog: Catalog, board: Board, keys: KeyFile | None) -> bool:
    if keys is not None:
        keys.reload()
    done = catalog.reload()
    if board.is_apart(catalog.edition):
        log.error("the policies here are not those of the process that starts the workers: send SIGHUP once more")
    return done
