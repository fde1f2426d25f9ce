"""What the ledger costs, and how fast its reports are.

    python -m benchmarks.ledger durability [--postgres URL]     none, SQLite, PostgreSQL at 1, 8 and 64 clients
    python -m benchmarks.ledger reports [--decisions N] [--postgres URL]

Reports are measured on a synthetic history, written straight into the tables that they count.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from policy_service.ledger import schema
from policy_service.ledger.database import Database
from policy_service.ledger.ledger import Ledger
from policy_service.ledger.reports.catalogue import REPORTS, make
from policy_service.ledger.reports.counting import Span
from policy_service.ledger.tallying import advance

REASONS = (
    "quality.functional_failure",
    "quality.cosmetic_defect",
    "quality.missing_parts",
    "mismatch.not_as_described",
    "size.too_small",
    "size.too_large",
    "logistics.damaged_in_transit",
    "fulfilment.wrong_item",
    "preference.changed_mind",
    "preference.disliked",
)
WEIGHTS = (8, 5, 2, 6, 14, 9, 4, 3, 35, 14)
CLAUSES = tuple(f"clause-{n}" for n in range(40))
FIRST_DAY = 19_700
STAGES = ("decision to shipment", "shipment to receipt", "receipt to inspection", "receipt to refund")


def history(count: int) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """Rows of `count` decisions, table by table, in batches."""
    rng = random.Random(20250620)
    skus = [(f"SKU-{n:04d}", f"PRODUCT-{n // 5:03d}", f"category-{n % 12}/kind-{n % 5}") for n in range(1_000)]
    steps = 0
    for start in range(0, count, 20_000):
        rows: dict[str, list[tuple[Any, ...]]] = {
            name: [] for name in ("decisions", "postings", "grounds", "stages", "case_events")
        }
        for seq in range(start + 1, min(start + 20_000, count) + 1):
            day = FIRST_DAY + rng.randrange(730)
            sku, product, category = rng.choice(skus)
            reason = rng.choices(REASONS, WEIGHTS)[0]
            outcome = rng.choices(("approved", "denied", "review"), (80, 15, 5))[0]
            paid = rng.randrange(1_000, 200_000)
            fee = paid // 10 if outcome == "approved" and reason.startswith("preference") else 0
            refund = paid - fee if outcome == "approved" else 0
            id = f"d{seq:012d}"
            decided = day * 86_400_000_000
            rows["decisions"].append(
                (
                    seq,
                    id,
                    "shop",
                    seq,
                    f"RMA-{seq}",
                    f"SO-{seq}",
                    "request",
                    outcome,
                    outcome == "review",
                    decided,
                    decided,
                    250,
                    *("sha256:0", None, b"{}", b"{}", b"{}", "", b"{}", "", ""),
                )
            )
            rows["postings"].append(
                (
                    seq,
                    0,
                    1,
                    "shop",
                    day,
                    day - (day + 3) % 7,
                    "return",
                    outcome,
                    reason,
                    reason.partition(".")[0],
                    "customer",
                    category,
                    product,
                    sku,
                    *(f"B-{rng.randrange(8)}", rng.choice(("", "", "too_small", "true_to_size", "too_large"))),
                    f"P-{rng.randrange(60):02d}",
                    f"K-{rng.randrange(40):02d}",
                    1,
                    "CNY",
                    paid if refund else 0,
                    fee,
                    0,
                    0,
                    *(1_200 if refund else 0, "customer" if refund else "", 0, 0, refund, 0),
                )
            )
            for number in range(2):
                clause = rng.choice(CLAUSES)
                role, code, amount = ("reason", "within_window", 0) if number == 0 else ("fee", "restocking", fee)
                rows["grounds"].append((seq, number, 1, "shop", day, clause, role, code, outcome, "CNY", amount))
            if outcome == "approved":
                for stage in STAGES:
                    steps += 1
                    rows["stages"].append((steps, id, stage, "shop", day, rng.randrange(3_600, 864_000)))
            if seq % 5 == 0:
                event = (
                    seq,
                    f"e{seq}",
                    "shop",
                    seq,
                    f"RMA-{seq}",
                    "feedback",
                    decided,
                    decided,
                    rng.choice((1, 3, 4, 5, 5)),
                )
                rows["case_events"].append((*event, b"{}", "", "", ""))
        yield rows


def load(database: Database, count: int) -> None:
    """Fills a fresh database."""
    database.migrate()
    with database.writing() as connection:
        raw: Any = connection.connection.driver_connection
        cursor = raw.cursor()
        policy = ("sha256:0", "shop", "1", b"{}", 0)
        mark = "?" if database.sqlite else "%s"
        cursor.execute(f"INSERT INTO policies VALUES ({', '.join([mark] * 5)})", policy)
        for rows in history(count):
            for name, values in rows.items():
                table = schema.metadata.tables[name]
                if database.sqlite:
                    cursor.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(table.columns))})", values)
                else:
                    with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                        for row in values:
                            copy.write_row(row)
        heads = [("merchant:shop", count), ("#decisions", count), ("#stages", steps_of(connection))]
        connection.execute(schema.heads.insert(), [{"name": name, "n": n, "link": ""} for name, n in heads])
    if database.sqlite:
        with database.writes.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
    else:
        with database.writes.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def steps_of(connection: Any) -> int:
    """How many stages were written."""
    return int(connection.exec_driver_sql("SELECT count(*) FROM stages").scalar_one())


def reports(url: str, count: int) -> None:
    """Times every report, over everything and over a quarter of a year."""
    began = time.perf_counter()
    load(Database(url), count)
    print(f"{url.partition(':')[0]}: {count:,} decisions loaded in {time.perf_counter() - began:.0f} s")
    ledger = Ledger.open(url)
    began = time.perf_counter()
    while ledger.write(lambda transaction: advance(transaction, 200_000)):
        pass
    print(f"  added up in {time.perf_counter() - began:.0f} s")
    for name in REPORTS:
        for span in (Span(), Span("shop", date(2024, 3, 1), date(2024, 6, 1))):
            times = []
            for _ in range(3):
                began = time.perf_counter()
                make(ledger, name, span)
                times.append(time.perf_counter() - began)
            what = "a quarter" if span.since else "all"
            print(
                f"  {name:13} {what:10} first {times[0]:6.2f} s   median {statistics.median(times):6.2f} s", flush=True
            )
    ledger.close()


def request(number: int) -> bytes:
    """A request of the home shop."""
    line = {"id": "1", "sku": "SOFA-3", "category": "furniture/sofa", "quantity": 1, "unit_price": "1999.00"}
    order = {
        "id": f"SO-{number}",
        "currency": "CNY",
        "country": "CN",
        "placed_at": "2025-05-30T20:15:00+08:00",
        "lines": [line],
    }
    order |= {"shipped_at": "2025-05-31T09:00:00+08:00", "delivered_at": "2025-06-01T15:30:00+08:00"}
    asked = {
        "order_line": "1",
        "quantity": 1,
        "action": "return",
        "reason": "preference.changed_mind",
        "condition": "opened",
    }
    body = {
        "merchant": "dg-home",
        "requested_at": "2025-06-20T10:00:00+08:00",
        "case_id": f"RMA-{number}",
        "order": order,
    }
    return orjson.dumps({**body, "customer": {"id": f"C-{number % 997}", "tier": "diamond"}, "lines": [asked]})


def hammer(port: int, clients: int, seconds: float) -> tuple[float, list[float]]:
    """Requests per second of so many clients, and how long each took."""
    times: list[list[float]] = [[] for _ in range(clients)]
    end = time.perf_counter() + seconds

    def run(mine: list[float], first: int) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            number = first
            while (began := time.perf_counter()) < end:
                number += clients
                connection.request("POST", "/v1/decisions", request(number), {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                assert answer.status == 200, answer.status
                mine.append(time.perf_counter() - began)

    threads = [threading.Thread(target=run, args=(mine, first)) for first, mine in enumerate(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = sorted(each for mine in times for each in mine)
    return len(taken) / seconds, taken


def durability(targets: dict[str, str], seconds: float) -> None:
    """The cost of keeping, over HTTP: the same server with and without a ledger."""
    print(f"{'ledger':12} {'clients':>7} {'requests/s':>11} {'median ms':>10} {'p99 ms':>8}")
    for name, url in targets.items():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        command = [
            sys.executable,
            "-m",
            "policy_service.cli",
            "serve",
            "--port",
            str(port),
            "--ledger",
            url,
            "--threads",
            "16",
        ]
        server = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
        try:
            wait(port)
            for clients in (1, 8, 64):
                rate, taken = hammer(port, clients, seconds)
                p99 = taken[int(len(taken) * 0.99)] * 1e3
                print(
                    f"{name:12} {clients:7} {rate:11.0f} {statistics.median(taken) * 1e3:10.2f} {p99:8.2f}", flush=True
                )
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def wait(port: int) -> None:
    """Until the server answers."""
    for _ in range(300):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise SystemExit("the server does not answer")


def main() -> None:
    """Reads the arguments and runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("durability", "reports"))
    parser.add_argument("--postgres", metavar="URL", help="an empty database")
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sqlite = f"sqlite:///{Path(folder, 'ledger.db')}"
        if options.what == "reports":
            for url in filter(None, (sqlite, options.postgres)):
                reports(url, options.decisions)
            return
        targets = {"none": "none", "SQLite": sqlite} | ({"PostgreSQL": options.postgres} if options.postgres else {})
        durability(targets, options.seconds)


if __name__ == "__main__":
    main()
