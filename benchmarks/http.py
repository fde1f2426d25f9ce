"""What a decision over HTTP costs: CPU of the server per request, beside a bare Flask route on the same server.

    python -m benchmarks.http [--seconds N] [--clients N]

Both apps run on granian with one worker and one thread, and take turns in short rounds, so that a busy machine slows
them alike. CPU is that of the worker process, from /proc: the client, which is a few threads with keep-alive
connections here, does not count. Rates and times depend on it and on what else the machine does.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from flask import Flask, Response, request

from policy_service.api.serving import Settings, Worker

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules"
TICKS = os.sysconf("SC_CLK_TCK")

ONE_LINE: Mapping[str, Any] = {
    "merchant": "dg-home",
    "requested_at": "2025-06-20T10:00:00+08:00",
    "order": {
        "id": "SO-1",
        "currency": "CNY",
        "country": "CN",
        "placed_at": "2025-05-30T20:15:00+08:00",
        "delivered_at": "2025-06-01T15:30:00+08:00",
        "lines": [{"id": "1", "sku": "SOFA-3", "category": "furniture/sofa", "quantity": 1, "unit_price": "1999.00"}],
    },
    "customer": {"id": "C-7", "tier": "normal"},
    "lines": [
        {
            "order_line": "1",
            "quantity": 1,
            "action": "return",
            "reason": "preference.changed_mind",
            "condition": "opened",
        }
    ],
}
THREE_LINES: Mapping[str, Any] = {
    **ONE_LINE,
    "order": {
        **ONE_LINE["order"],
        "lines": [
            {**ONE_LINE["order"]["lines"][0], "id": number, "sku": f"SKU-{number}"} for number in ("1", "2", "3")
        ],
    },
    "lines": [{**ONE_LINE["lines"][0], "order_line": number} for number in ("1", "2", "3")],
}


def bare() -> Flask:
    """The floor: a route that takes the body, answers with as many bytes as a decision has, and does nothing else."""
    app = Flask("bare")
    answer = b'{"a":"' + b"x" * 1900 + b'"}'

    @app.post("/v1/decisions")
    def decide() -> Response:
        request.get_data()
        return Response(answer, content_type="application/json")

    return app


def ours() -> Flask:
    """The service as `policy serve --ledger none` runs it in a worker."""
    return Worker(Settings(RULES), None)()


def _serve(port: int, name: str) -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    load = {"bare": bare, "ours": ours}[name]
    server = Server(
        name,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=1,
        runtime_threads=1,
        websockets=False,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=load, wrap_loader=False)


@dataclass
class Contender:
    """One app with one kind of request."""

    name: str
    port: int
    worker: int
    body: bytes
    cpu_us: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    times_us: list[float] = field(default_factory=list)

    def round(self, clients: int, seconds: float) -> None:
        """Ask for a while from several clients, and note what it cost."""
        cpu, began = cpu_seconds(self.worker), time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            asked = list(pool.map(lambda _: _ask(self.port, self.body, seconds), range(clients)))
        took, spent = time.perf_counter() - began, cpu_seconds(self.worker) - cpu
        times = [each for client in asked for each in client]
        self.cpu_us.append(spent / len(times) * 1e6)
        self.rates.append(len(times) / took)
        self.times_us.append(median(times) * 1e6)


def _ask(port: int, body: bytes, seconds: float) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times, until = [], time.perf_counter() + seconds
    headers = {"Content-Type": "application/json"}
    while (began := time.perf_counter()) < until:
        connection.request("POST", "/v1/decisions", body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"the server answered {answer.status}")
        times.append(time.perf_counter() - began)
    connection.close()
    return times


def cpu_seconds(process: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mb(process: int) -> float:
    """Resident memory of a process, of which a worker shares some with its parent."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


@contextmanager
def running(name: str) -> Iterator[tuple[int, int]]:
    """A server of that app: its port and the process id of its worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = get_context("spawn").Process(target=_serve, args=(port, name))
    process.start()
    try:
        _await(port)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield port, int(children[-1])
    finally:
        process.terminate()
        process.join()


def _await(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def main() -> None:
    """Measure and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=20.0, help="for each contender, in all")
    options.add_argument("--clients", type=int, default=4, help="connections at a time")
    given = options.parse_args()
    rounds = 8
    with ExitStack() as servers:
        floor, service = (servers.enter_context(running(name)) for name in ("bare", "ours"))
        contenders = [
            Contender("bare Flask route", *floor, orjson.dumps(ONE_LINE)),
            Contender("decision, 1 line", *service, orjson.dumps(ONE_LINE)),
            Contender("decision, 3 lines", *service, orjson.dumps(THREE_LINES)),
        ]
        for contender in contenders:
            contender.round(given.clients, 1.0)
            contender.cpu_us, contender.rates, contender.times_us = [], [], []
        for _ in range(rounds):
            for contender in contenders:
                contender.round(given.clients, given.seconds / rounds)
        tell(contenders)
        print(f"\nresident memory of a worker: {resident_mb(service[1]):.0f} MB with rules/")


def tell(contenders: list[Contender]) -> None:
    """The table: medians over the rounds, ratios to the first."""
    print(f"Python {sys.version.split()[0]}, medians; CPU is the worker's alone\n")
    print(f"{'':<20}{'CPU us/request':>16}{'ratio':>8}{'requests/s':>13}{'median us':>11}")
    base = median(contenders[0].cpu_us)
    for each in contenders:
        cpu = median(each.cpu_us)
        row = f"{each.name:<20}{cpu:>16.0f}{cpu / base:>8.2f}{median(each.rates):>13.0f}{median(each.times_us):>11.0f}"
        print(row)


if __name__ == "__main__":
    main()
