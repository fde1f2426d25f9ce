"""What was answered is kept, whatever kills the server; what cannot be kept is not answered."""

from __future__ import annotations

import http.client
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from sqlalchemy import exc, text

from policy_service.ledger import schema
from policy_service.ledger.errors import LedgerUnavailable
from policy_service.ledger.ledger import Ledger
from policy_service.ledger.outage import Outage
from policy_service.ledger.plain import driver_errors

REQUESTS = int(os.environ.get("POLICY_KILL_REQUESTS", "600"))
KILLS = int(os.environ.get("POLICY_KILLS", "3"))
CLIENTS = 16
"""The claim was shown with 10,000 requests and 10 kills on both databases."""


class Server:
    """`policy serve` in processes of its own, to be killed."""

    def __init__(self, rules: Path, url: str, folder: Path) -> None:
        self.rules, self.url, self.folder = rules, url, folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "policy_service.cli", "serve", "--rules", str(self.rules), "--workers", "2"]
        command += ["--port", str(self.port), "--ledger", self.url]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            with closing(connection), suppress(OSError, http.client.HTTPException):
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.1)
        raise AssertionError((self.folder / "server.log").read_text())

    def kill(self, number: int = signal.SIGKILL) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, number)
        self.process.wait()


class Client(threading.Thread):
    """Sends requests one after another, each until it is answered, as a careful caller would."""

    def __init__(self, port: int, bodies: dict[str, bytes]) -> None:
        super().__init__()
        self.port, self.bodies = port, bodies
        self.answered: dict[str, str] = {}

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        for key, body in self.bodies.items():
            while key not in self.answered:
                try:
                    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
                    connection.request("POST", "/v1/decisions", body, headers)
                    answer = connection.getresponse()
                    read = answer.read()
                    if answer.status == 200:
                        self.answered[key] = orjson.loads(read)["id"]
                    else:
                        time.sleep(0.05)
                except (OSError, http.client.HTTPException):
                    connection.close()
                    time.sleep(0.05)
        connection.close()


@pytest.mark.slow
def test_kill_9_loses_nothing_that_was_answered(shop: Any, url: str, tmp_path: Path) -> None:
    shop.ledger.close()
    server = Server(shop.folder / "rules", url, tmp_path)
    server.start()
    bodies = {f"key-{n}": orjson.dumps(shop.asked(case=f"RMA-{n}")) for n in range(REQUESTS)}
    keys = list(bodies)
    clients = [Client(server.port, {key: bodies[key] for key in keys[n::CLIENTS]}) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    for number in range(KILLS):
        while sum(len(client.answered) for client in clients) < REQUESTS * (number + 1) // (KILLS + 1):
            time.sleep(0.01)
        server.kill()
        server.start()
    for client in clients:
        client.join()
    server.kill(signal.SIGTERM)
    answered = {key: id for client in clients for key, id in client.answered.items()}
    ledger = Ledger.open(url)
    with ledger.database.reading() as connection:
        kept = connection.execute(text("SELECT id FROM decisions")).scalars().all()
        cases = connection.execute(text("SELECT count(DISTINCT case_id) FROM decisions")).scalar_one()
        if ledger.database.sqlite:
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    [chain] = ledger.verify()
    ledger.close()
    assert len(answered) == REQUESTS
    assert sorted(kept) == sorted(answered.values())
    assert (cases, chain.records, chain.breaks) == (REQUESTS, REQUESTS, [])


def test_a_lost_database_is_a_503_with_retry_after(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> Any:
        raise exc.OperationalError("SELECT 1", {}, Exception("the server went away"))

    before = shop.client.post("/v1/decisions", json=shop.asked())
    monkeypatch.setattr(shop.ledger.database.writes, "connect", lost)
    refused = shop.client.post("/v1/decisions", json=shop.asked())
    assert (before.status_code, refused.status_code, refused.headers["Retry-After"]) == (200, 503, "5")
    assert "approved" not in refused.get_data(as_text=True)
    monkeypatch.setattr(shop.ledger.database.reads, "connect", lost)
    assert shop.client.get("/v1/decisions").status_code == 503
    assert shop.client.get("/readyz").status_code == 503
    monkeypatch.undo()
    assert shop.client.post("/v1/decisions", json=shop.asked()).status_code == 200
    assert len(shop.get("/v1/decisions")["decisions"]) == 2


def test_a_full_disk_is_a_503_and_nothing_half_is_kept(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    shop_class = type(request.getfixturevalue("any_shop"))
    shop = shop_class(tmp_path / "full", f"sqlite:///{tmp_path / 'full.db'}")
    with shop.ledger.database.writes.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        # SQLite answers a full disk and this limit with the same error.
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 12}")
    statuses = [shop.client.post("/v1/decisions", json=shop.asked(case=f"RMA-{n}")).status_code for n in range(40)]
    assert statuses[0] == 200
    assert set(statuses) == {200, 503}
    assert len(shop.get("/v1/decisions", limit=100)["decisions"]) == statuses.count(200)
    assert [chain.breaks for chain in shop.ledger.verify()] == [[]]
    shop.ledger.close()


def test_a_service_that_cannot_record_is_not_ready_until_it_can_and_its_log_says_why(
    any_shop: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def limit(pages: int) -> None:
        with any_shop.ledger.database.writes.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    limit(1)  # as many as there are: SQLite takes no fewer
    refused = [any_shop.client.post("/v1/decisions", json=any_shop.asked(case=f"RMA-{n}")) for n in range(40)]
    assert refused[-1].status_code == 503
    assert refused[-1].get_json(force=True)["detail"] == (
        "the ledger cannot record now: try again with the same `Idempotency-Key`"
    )
    told = any_shop.client.get("/readyz")
    assert told.status_code == 503
    assert re.fullmatch(
        r"the ledger cannot record since \S+Z: the log names the cause", told.get_json(force=True)["detail"]
    )
    causes = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert causes == ["the ledger cannot record: OperationalError: database or disk is full"]
    limit(100_000)
    assert any_shop.client.get("/readyz").status_code == 200
    assert any_shop.client.get("/readyz").status_code == 200
    assert caplog.records[-1].getMessage() == "over, after 0 s: the ledger cannot record"
    with any_shop.ledger.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM heads WHERE name = '#trial'")).scalar_one() == 0


def test_a_trial_write_leaves_nothing_behind(shop: Any) -> None:
    shop.decide()
    shop.ledger._commits.outage.failed(OSError("no space left on device"))
    assert shop.client.get("/readyz").status_code == 200
    with shop.ledger.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM heads WHERE name = '#trial'")).scalar_one() == 0
    assert [chain.breaks for chain in shop.ledger.verify()] == [[]]


def test_a_cause_that_lasts_is_told_each_minute_and_another_one_at_once(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    outage = Outage("it fails", lambda: now[0])
    for at, cause in ((0, "full"), (1, "full"), (59, "full"), (61, "full"), (62, "locked"), (63, "locked")):
        now[0] = at
        outage.failed(exc.OperationalError("INSERT", {"customer": "C-1"}, Exception(cause)))
    assert [each.getMessage() for each in caplog.records] == [
        "it fails: Exception: full",
        "it fails: Exception: full",
        "it fails: Exception: locked",
    ]


def test_a_server_that_ends_in_the_middle_of_a_commit_is_one_line_of_the_log(
    shop: Any, caplog: pytest.LogCaptureFixture
) -> None:
    if shop.ledger.database.sqlite:
        pytest.skip("SQLite has no server")
    for number in range(10):

        def end(transaction: Any) -> None:
            own = transaction.execute(text("SELECT pg_backend_pid()")).scalar_one()
            transaction.number(schema.decisions)
            with psycopg.connect(shop.url, autocommit=True) as connection:
                connection.execute("SELECT pg_terminate_backend(%s)", (own,))

        with pytest.raises(LedgerUnavailable):
            shop.ledger.write(end)
        shop.decide(case=f"RMA-{number}")
    told = [each for each in caplog.records if each.levelname == "ERROR"]
    assert [each.exc_info for each in told] == [None] * len(told)
    assert {each.name for each in told} == {"policy_service.ledger.outage"}
    assert {len(each.getMessage().splitlines()) for each in told} == {1}


def test_a_connection_that_is_stuck_in_a_pipeline_is_not_used_again(shop: Any) -> None:
    if shop.ledger.database.sqlite:
        pytest.skip("SQLite has no pipelines")
    with shop.ledger.database.writes.connect() as connection:
        connection.begin()

        def fail() -> None:
            with driver_errors(connection, "INSERT") as driver:
                driver.pgconn.enter_pipeline_mode()
                raise psycopg.OperationalError("cannot exit pipeline mode while busy")

        with pytest.raises(exc.OperationalError) as raised:
            fail()
        assert raised.value.connection_invalidated
        assert connection.invalidated


def test_a_connection_that_cannot_be_given_back_is_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise exc.OperationalError("ROLLBACK", {}, Exception("the server\nwent away"))
    except exc.OperationalError as error:
        logging.getLogger("sqlalchemy.pool.impl.QueuePool").error("Exception during reset or similar", exc_info=error)
    [told] = caplog.records
    assert (told.exc_info, told.getMessage()) == (
        None,
        "Exception during reset or similar: Exception: the server went away",
    )


FULL_DISK = """\
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END$$
"""
FULL_WHEN = {
    "writing": "CREATE TRIGGER full_disk BEFORE INSERT ON grounds FOR EACH ROW EXECUTE FUNCTION full_disk()",
    "committing": "CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT ON decisions DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION full_disk()",
}


@pytest.mark.parametrize("when", FULL_WHEN)
def test_a_full_disk_under_postgresql_is_a_503_and_nothing_half_is_kept(shop: Any, when: str) -> None:
    if shop.ledger.database.sqlite:
        pytest.skip("SQLite has a test of its own")
    first = shop.decide(case="RMA-0")
    with psycopg.connect(shop.url, autocommit=True) as connection:
        connection.execute(FULL_DISK)
        try:
            connection.execute(FULL_WHEN[when])
            alone = shop.client.post("/v1/decisions", json=shop.asked(case="RMA-1"))
            batch = shop.client.post(
                "/v1/decisions/batch", json={"requests": [shop.asked(case=f"B-{n}") for n in "12"]}
            )
        finally:
            connection.execute("DROP FUNCTION full_disk CASCADE")
    for answer in (alone, batch):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), answer.get_data(as_text=True)
        assert "No space" not in answer.get_data(as_text=True)
    assert [each["id"] for each in shop.get("/v1/decisions")["decisions"]] == [first["id"]]
    shop.decide(case="RMA-1")
    assert [(chain.records, chain.breaks) for chain in shop.ledger.verify()] == [(2, [])]


@pytest.mark.slow
def test_a_database_that_restarts_is_found_again(shop: Any) -> None:
    if shop.ledger.database.sqlite:
        shop.ledger.database.close()
    else:
        shop.decide()
        with shop.ledger.database.reading() as connection:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    assert shop.client.post("/v1/decisions", json=shop.asked()).status_code in (200, 503)
    assert shop.client.post("/v1/decisions", json=shop.asked()).status_code == 200
