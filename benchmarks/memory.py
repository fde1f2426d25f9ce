"""What a worker of `policy serve` keeps in memory: when it is ready, and after many requests of 1, 16 and 64 clients.

    python -m benchmarks.memory [--requests N] [--workers N] [--postgres URL]

Every request has an order, a customer and instants of its own, for the merchants of rules/ in turn; where decisions
are kept, every fourth is followed by its inspection. RSS is what a worker has in memory, PSS counts what it shares with
others by its part. Of several workers the largest is shown. What stays level from round to round is no leak.
"""

from __future__ import annotations

import argparse
import http.client
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from benchmarks.ledger import wait

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules"
ROUNDS = ((1, 1), (16, 4), (64, 5))
"""How many clients, and how many tenths of the requests are theirs."""

BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
SHOPS: tuple[tuple[str, str], ...] = (
    ("dg-home", "furniture/sofa"),
    ("dg-apparel", "apparel/shirts"),
    ("dg-digital", "digital/phones"),
    ("dg-toys", "toys/blind-box"),
    ("dg-global", "home/tea"),
)
ACTIONS = ("return", "return", "exchange")
REASONS = ("preference.changed_mind", "quality.cosmetic_defect", "size.too_small", "logistics.damaged_in_transit")
CONDITIONS = ("unopened", "opened", "used")
TIERS = ("normal", "silver", "gold", "diamond")
JSON = {"Content-Type": "application/json"}


def request(number: int) -> bytes:
    """A request of that number: no other has its order, customer and instants."""
    merchant, category = SHOPS[number % len(SHOPS)]
    placed = BEGIN + timedelta(seconds=97 * number % 5_000_000)
    delivered = placed + timedelta(days=2, seconds=number % 3_600)
    abroad = merchant == "dg-global" and number % 2 == 0
    price = f"{20 + number % 4_000}.{number % 100:02d}"
    line = {"id": "1", "sku": f"SKU-{number % 5_000}", "category": category, "quantity": 2, "unit_price": price}
    order: dict[str, Any] = {
        "id": f"SO-{number}",
        "currency": "USD" if abroad else "CNY",
        "country": "US" if abroad else "CN",
        "placed_at": placed.isoformat(),
        "shipped_at": (placed + timedelta(hours=20)).isoformat(),
        "delivered_at": delivered.isoformat(),
        "lines": [line],
    }
    if abroad:
        order["fx_rate"] = f"7.{number % 90 + 10}"
    asked = {
        "order_line": "1",
        "quantity": 1 + number % 2,
        "action": ACTIONS[number // 5 % 3],
        "reason": REASONS[number // 15 % 4],
        "condition": CONDITIONS[number // 60 % 3],
    }
    body = {
        "merchant": merchant,
        "requested_at": (delivered + timedelta(days=number % 20, seconds=number % 997)).isoformat(),
        "case_id": f"RMA-{number}",
        "order": order,
        "customer": {"id": f"C-{number}", "tier": TIERS[number // 180 % 4]},
        "lines": [asked],
    }
    return orjson.dumps(body)


def ask(port: int, clients: int, numbers: Iterator[int], requests: int, *, inspect: bool) -> None:
    """So many requests by so many clients at a time."""
    left, lock = iter(range(requests)), threading.Lock()

    def run() -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            while True:
                with lock:
                    if next(left, None) is None:
                        return
                    number = next(numbers)
                decision = send(connection, "/v1/decisions", request(number), 200)
                if inspect and number % 4 == 0:
                    found = {"lines": [{"order_line": "1", "quantity": 1, "condition": CONDITIONS[number // 4 % 3]}]}
                    path = f"/v1/decisions/{orjson.loads(decision)['id']}/inspection"
                    send(connection, path, orjson.dumps(found), 200, 409)

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def send(connection: http.client.HTTPConnection, path: str, body: bytes, *expected: int) -> bytes:
    """The answer's body."""
    connection.request("POST", path, body, JSON)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status not in expected:
        raise SystemExit(f"the server answered {answer.status}: {content.decode()}")
    return content


@contextmanager
def serving(ledger: str, workers: int) -> Iterator[tuple[int, int]]:
    """`policy serve` with that ledger: its port, and its process that starts the workers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "policy_service.cli", "serve", "--rules", str(RULES), "--port", str(port)]
    command += ["--workers", str(workers), "--ledger", ledger]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait()


def resident_mb(process: int) -> tuple[float, float]:
    """RSS and PSS of a process."""
    found = {}
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]:
        name, size = line.split()[:2]
        found[name] = int(size) / 1024
    return found["Rss:"], found["Pss:"]


def measure(name: str, ledger: str, requests: int, workers: int) -> None:
    """The rows of one ledger."""
    numbers = count()
    with serving(ledger, workers) as (port, parent):

        def tell(what: str) -> None:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
            rss, pss = max(resident_mb(int(child)) for child in children)
            print(f"{name:<12}{what:<32}{rss:>8.1f}{pss:>8.1f}", flush=True)

        tell("ready")
        for clients, tenths in ROUNDS:
            share = requests * tenths // 10
            ask(port, clients, numbers, share, inspect=ledger != "none")
            tell(f"{share:,} requests, {clients} client{'s' if clients > 1 else ''}")
        print(f"{name:<12}{'the process that starts workers':<32}{resident_mb(parent)[0]:>8.1f}", flush=True)


def main() -> None:
    """Measure and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--requests", type=int, default=50_000, help="for each ledger, in all")
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--postgres", metavar="URL", help="an empty database")
    given = options.parse_args()
    print(f"Python {sys.version.split()[0]}, {given.workers} worker(s), MB\n\n{'ledger':<44}{'RSS':>8}{'PSS':>8}")
    with tempfile.TemporaryDirectory() as folder:
        ledgers = {"none": "none", "SQLite": f"sqlite:///{Path(folder, 'ledger.db')}"}
        if given.postgres:
            ledgers["PostgreSQL"] = given.postgres
        for name, ledger in ledgers.items():
            measure(name, ledger, given.requests, given.workers)


if __name__ == "__main__":
    main()
