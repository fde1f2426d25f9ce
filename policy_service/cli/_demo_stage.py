"""Where the history of the demo is played: a service around the ledger, in which nothing is left to chance.

What would differ from run to run (ids, how long a decision took) comes from the seed, so the same seed writes the same
ledger, to the last link of its chains. Each day is one transaction: nobody waits for an answer to be on disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from random import Random
from typing import Any, Final
from uuid import UUID

import orjson
from flask import Flask

from policy_service.api.app import create_app
from policy_service.api.clerk import Clerk
from policy_service.api.keeping import LedgerRecorder
from policy_service.api.ledger import resources
from policy_service.api.recording import Made
from policy_service.catalog.catalog import Catalog
from policy_service.cli._demo_history import Clock, History
from policy_service.cli._endings import Unusable
from policy_service.ledger.ledger import Ledger
from policy_service.ledger.records import NewDecision
from policy_service.ledger.worker import Worker
from policy_service.service import Service

_SERVER: Final = {
    "REQUEST_METHOD": "POST",
    "SCRIPT_NAME": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "CONTENT_TYPE": "application/json",
    "wsgi.url_scheme": "http",
}


class Ids:
    """UUIDv7 as the service makes them, of the history's time and the seed: they sort by when they were made."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self._clock, self._rng, self._made = clock, Random(f"ids of {seed}"), 0

    def __call__(self) -> str:
        self._made += 1
        ms = int(self._clock().timestamp() * 1000)
        version, variant = 7 << 76, 2 << 62
        number = ms << 80 | version | (self._made & 0xFFF) << 64 | variant | self._rng.getrandbits(62)
        return str(UUID(int=number))


class _Recorder(LedgerRecorder):
    """Keeps decisions with a time that they might have taken."""

    def __init__(self, ledger: Ledger, catalog: Catalog, rng: Random) -> None:
        super().__init__(ledger, catalog)
        self._rng = rng

    def new(self, made: Made, **more: Any) -> NewDecision:
        return super().new(replace(made, took_us=self._rng.randrange(300, 1_500)), **more)


@dataclass
class Stage:
    """A history that is ready to be played."""

    ledger: Ledger
    history: History
    worker: Worker

    @property
    def refused(self) -> Counter[int]:
        return self.history.refused

    def days(self) -> Iterator[tuple[date, int]]:
        """Plays it: each day, and how many cases have begun by its end."""
        play = self.history.play()
        while True:
            with self.ledger.database.at_once():
                began = next(play, None)
                while began is not None and self.worker.once():
                    pass
            if began is None:
                self.worker.stop()
                return
            yield self.history.clock.now.date(), began


def staged(catalog: Catalog, ledger: Ledger, cases: int, seed: int) -> Stage:
    """The history of so many cases on an empty ledger."""
    clock = Clock()
    ids = Ids(clock, seed)
    ledger.clock, ledger.new_id = clock, ids
    clerk = Clerk(Service(catalog, clock=clock, new_id=ids), catalog, ledger)
    clerk.recorder = _Recorder(ledger, catalog, Random(f"times of {seed}"))
    app = create_app(clerk.service, catalog=catalog, ledger=clerk.recorder, resources=resources(ledger, clerk))
    history = History(_Caller(app), clock, cases, seed)
    return Stage(ledger, history, Worker(ledger, clerk.settle_by_clock))


class _Caller:
    """Speaks to the app as a server would, without a network."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        sent, statuses = orjson.dumps(body, option=orjson.OPT_SORT_KEYS), []

        def start(status: str, *_: Any) -> Any:
            statuses.append(int(status[:3]))

        address, _, query = path.partition("?")
        environ = {
            **_SERVER,
            "PATH_INFO": address,
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(sent)),
            "wsgi.input": BytesIO(sent),
        }
        answer = orjson.loads(b"".join(self._app.wsgi_app(environ, start)))
        if statuses[0] >= 500:
            raise Unusable(f"the history ended at {path}: {answer['detail']}")
        return statuses[0], answer
