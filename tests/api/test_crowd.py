"""However many ask at once, and whatever is reloaded meanwhile: every answer is the lone thread's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest

from policy_service.catalog.catalog import Catalog
from policy_service.service import Service
from tests.api.crowd import alone, ask, change_bystander, folder, requests, settled
from tests.api.server import serving

pytestmark = pytest.mark.slow

ASKED = requests(400)
THREADS = 8


class Meanwhile:
    """Does something again and again in a thread of its own until the block ends."""

    def __init__(self, act: Callable[[int], object], pause: float) -> None:
        self.times = 0
        self._act, self._pause, self._over = act, pause, Event()
        self._thread = Thread(target=self._run)

    def _run(self) -> None:
        for self.times in count(1):
            self._act(self.times)
            if self._over.wait(self._pause):
                return

    def __enter__(self) -> Meanwhile:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def test_the_requests_lead_to_every_outcome(tmp_path: Path) -> None:
    outcomes = Counter(answer.get("outcome", answer.get("status")) for answer in alone(folder(tmp_path), ASKED))
    assert {"approved", "denied", "partial", "review"} <= set(outcomes)


@pytest.mark.parametrize(("capacity", "rounds"), [(2, 1), (256, 4)])
def test_eight_threads_and_reloads_in_between(tmp_path: Path, capacity: int, rounds: int) -> None:
    rules = folder(tmp_path)
    expected = alone(rules, ASKED)
    catalog = Catalog(rules, capacity=capacity)
    service = Service(catalog)

    def reload(edition: int) -> None:
        change_bystander(rules, edition)
        assert catalog.reload()

    def turn(start: int) -> list[int]:
        order = [*range(start, len(ASKED)), *range(start)] * rounds
        return [number for number in order if ask(service, ASKED[number]) != expected[number]]

    with Meanwhile(reload, 0.02) as reloading, ThreadPoolExecutor(THREADS) as pool:
        different = [number for numbers in pool.map(turn, range(0, 400, 50)) for number in numbers]
    assert different == []
    assert reloading.times > 10


def test_four_processes_eight_clients_and_reloads_in_between(tmp_path: Path) -> None:
    rules = folder(tmp_path)
    expected = alone(rules, ASKED)
    with serving(rules, workers=4) as server:

        def reload(edition: int) -> None:
            change_bystander(rules, edition)
            server.reload()

        def turn(start: int) -> list[int]:
            connection = server.connect()
            order = [*range(start, len(ASKED)), *range(start)]
            return [number for number in order if settled(connection.decide(ASKED[number])[1]) != expected[number]]

        with Meanwhile(reload, 0.2) as reloading, ThreadPoolExecutor(THREADS) as pool:
            different = [number for numbers in pool.map(turn, range(0, 400, 50)) for number in numbers]
        assert different == []
        assert reloading.times > 5
        assert server.metric('policy_service_reloads_total{result="ok"}') > 10
        assert server.metric('policy_service_reloads_total{result="failed"}') == 0
