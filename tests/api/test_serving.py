"""The service as it is run: granian, real sockets, signals."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from policy_service.api.keys import fingerprint
from tests.api.corner import POLICY, request, rules
from tests.api.server import PATIENCE, Server, free_port, serving
from tests.cli.commands import command_line, environment


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(rules(tmp_path_factory.mktemp("served")), workers=2) as running:
        yield running


def test_a_decision_travels_over_a_real_connection(server: Server) -> None:
    status, decision = server.connect().decide(request())
    assert (status, decision["refund"]["total"]) == (200, "179.91")


def test_one_connection_carries_good_and_bad_requests(server: Server) -> None:
    connection = server.connect()
    statuses = [
        connection.send("POST", "/v1/decisions", body)[0] for body in (b"{", b"{}", json.dumps(request()).encode())
    ]
    assert statuses == [400, 422, 200]
    assert connection.send("GET", "/healthz")[0] == 200


@pytest.mark.parametrize(("size", "status"), [(1024 * 1024 - 100, 400), (1024 * 1024 + 1, 413)])
def test_a_chunked_body_has_the_same_limit(server: Server, size: int, status: int) -> None:
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as raw:
        raw.sendall(
            b"POST /v1/decisions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + f"{size:x}\r\n".encode()
            + b" " * size
            + b"\r\n0\r\n\r\n"
        )
        assert raw.makefile("rb").readline().split()[1] == str(status).encode()


@pytest.mark.parametrize(
    "sent",
    [
        b"NONSENSE\r\n\r\n",
        b"GET /%00%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"POST /v1/decisions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5\r\n"
        b"Connection: close\r\n\r\n{\xff\xff\xff}",
    ],
)
def test_nonsense_on_the_wire_is_refused_and_the_server_goes_on(server: Server, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as raw:
        raw.sendall(sent)
        status = int(raw.makefile("rb").readline().split()[1])
    assert 400 <= status < 500
    assert server.connect().decide(request())[0] == 200


def test_any_worker_answers_metrics_for_all(server: Server) -> None:
    before = server.metric('policy_service_decisions_total{outcome="approved",stage="request"}')
    for _ in range(8):
        server.connect().decide(request())
    assert {server.metric('policy_service_decisions_total{outcome="approved",stage="request"}') for _ in range(8)} == {
        before + 8
    }


def test_a_hangup_reads_the_rules_again_in_every_worker(tmp_path: Path) -> None:
    folder = rules(tmp_path)
    with serving(folder, workers=2) as server:
        (folder / "corner-shop.yaml").write_text(POLICY.replace("rate: 10%", "rate: 20%"), encoding="utf-8")
        server.reload()
        server.wait_until('policy_service_reloads_total{result="ok"}', 2)
        totals = {server.connect().decide(request())[1]["refund"]["total"] for _ in range(8)}
        assert totals == {"159.92"}


def test_a_broken_file_changes_no_answer_and_is_told(tmp_path: Path) -> None:
    folder = rules(tmp_path)
    with serving(folder) as server:
        (folder / "corner-shop.yaml").write_text(POLICY.replace("window:", "windoe:"), encoding="utf-8")
        server.reload()
        server.wait_until('policy_service_reloads_total{result="failed"}', 1)
        assert server.connect().decide(request())[1]["refund"]["total"] == "179.91"
        told = json.loads(server.connect().send("GET", "/readyz")[1])["rules"]
        assert told["current"] is False
        assert told["errors"][0].startswith("corner-shop.yaml:11:5: PS101-unknown-key")
        lines = [each for each in server.log.read_text().splitlines() if "the policies stay as they were" in each]
        # Dates, the time, and who says it: the process that watches, and its worker.
        assert {int(each.split()[2]) for each in lines} == {server.process.pid, *server.workers()}


def test_a_watched_folder_is_read_again_by_itself(tmp_path: Path) -> None:
    folder = rules(tmp_path)
    with serving(folder, "--watch") as server:
        (folder / "corner-shop.yaml").write_text(POLICY.replace("rate: 10%", "rate: 20%"), encoding="utf-8")
        server.wait_until('policy_service_reloads_total{result="ok"}', 1)
        assert server.connect().decide(request())[1]["refund"]["total"] == "159.92"


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    with serving(rules(tmp_path)) as server:
        (worker,) = server.workers()
        os.kill(worker, signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while server.workers() in ([], [worker]):
            assert time.monotonic() < until
            time.sleep(0.1)
        server.await_readiness()
        assert server.connect().decide(request())[0] == 200


def test_a_worker_started_anew_while_the_rules_are_broken_decides_as_its_brothers_do(tmp_path: Path) -> None:
    folder = rules(tmp_path)
    with serving(folder, workers=2) as server:
        (folder / "corner-shop.yaml").write_text(POLICY.replace("rate: 10%", "rate: 20%"), encoding="utf-8")
        server.reload()
        server.wait_until('policy_service_reloads_total{result="ok"}', 2)
        (folder / "corner-shop.yaml").write_text(POLICY.replace("window:", "windoe:"), encoding="utf-8")
        server.reload()
        server.wait_until('policy_service_reloads_total{result="failed"}', 2)
        killed = server.workers()[0]
        failed = server.log.read_text().count("stay as they were")
        os.kill(killed, signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while server.log.read_text().count("stay as they were") == failed:
            assert time.monotonic() < until
            time.sleep(0.1)
        time.sleep(0.5)
        answers = [server.connect() for _ in range(16)]
        assert {each.decide(request())[1]["refund"]["total"] for each in answers} == {"159.92"}
        told = [json.loads(each.send("GET", "/readyz")[1])["rules"] for each in answers]
        assert [(each["current"], len(each["errors"])) for each in told] == [(False, 1)] * 16


def test_keys_are_asked_for_over_http(tmp_path: Path) -> None:
    keys = tmp_path / "keys.yaml"
    keys.write_text(f"keys:\n  - {{name: shop, sha256: {fingerprint('pk_1')}, scopes: [decide, time-travel]}}\n")
    with serving(rules(tmp_path), "--api-keys", str(keys)) as server:
        body = json.dumps(request()).encode()
        assert server.connect().send("POST", "/v1/decisions", body)[0] == 401
        assert server.connect().send("POST", "/v1/decisions", body, Authorization="Bearer pk_1")[0] == 200


def test_a_hangup_reads_the_keys_again_and_a_mistake_revokes_none(tmp_path: Path) -> None:
    keys = tmp_path / "keys.yaml"

    def write(*names: str) -> None:
        entries = [
            f"  - {{name: {name}, sha256: {fingerprint(name)}, scopes: [decide, time-travel]}}" for name in names
        ]
        keys.write_text("\n".join(["keys:", *entries, ""]))

    def after(happening: Callable[[], None], readings: int) -> list[set[int]]:
        """What either key gets from any worker, after so many readings that follow from what happens."""
        before = server.log.read_text().count("read 1 policies")
        happening()
        until = time.monotonic() + PATIENCE
        while server.log.read_text().count("read 1 policies") < before + readings:
            assert time.monotonic() < until, server.log.read_text()
            time.sleep(0.05)
        time.sleep(0.5)
        return [asked(name) for name in ("pk_old", "pk_new")]

    def asked(name: str) -> set[int]:
        body, bearing = json.dumps(request()).encode(), f"Bearer {name}"
        return {server.connect().send("POST", "/v1/decisions", body, Authorization=bearing)[0] for _ in range(8)}

    write("pk_old")
    with serving(rules(tmp_path), "--api-keys", str(keys), workers=2) as server:
        assert [asked(name) for name in ("pk_old", "pk_new")] == [{200}, {401}]
        write("pk_new")
        assert after(server.reload, 3) == [{401}, {200}]  # two workers, and the process that watches over them
        keys.write_text("keys: [")
        assert after(server.reload, 3) == [{401}, {200}]
        assert json.loads(server.connect().send("GET", "/readyz")[1])["keys"] == {"current": False}
        assert f"the API keys stay as they were: `{keys}` is neither YAML nor JSON" in server.log.read_text()
        assert after(lambda: os.kill(server.workers()[0], signal.SIGKILL), 1) == [{401}, {200}]


def test_who_has_no_key_is_told_so_before_the_body_is_waited_for(tmp_path: Path) -> None:
    keys = tmp_path / "keys.yaml"
    keys.write_text(f"keys:\n  - {{name: shop, sha256: {fingerprint('pk_1')}, scopes: [decide]}}\n")
    with (
        serving(rules(tmp_path), "--api-keys", str(keys)) as server,
        socket.create_connection(("127.0.0.1", server.port), PATIENCE) as raw,
    ):
        raw.sendall(
            b"POST /v1/decisions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
        )
        assert raw.makefile("rb").readline().split()[1] == b"401"


@pytest.mark.parametrize(("path", "limit"), [("/v1/decisions", 1024 * 1024), ("/v1/decisions/batch", 16 * 1024 * 1024)])
def test_a_body_that_says_it_is_too_large_is_not_waited_for(server: Server, path: str, limit: int) -> None:
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as raw:
        raw.sendall(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Content-Length: {limit + 1}\r\n\r\n".encode()
        )
        assert raw.makefile("rb").readline().split()[1] == b"413"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_no_worker_outlives_the_process_that_watches_over_it(tmp_path: Path) -> None:
    with serving(rules(tmp_path)) as server:
        (worker,) = server.workers()
        server.process.kill()
        server.ends_with = server.process.wait()
        until = time.monotonic() + PATIENCE
        while Path(f"/proc/{worker}").exists():
            assert time.monotonic() < until
            time.sleep(0.1)


def test_a_port_in_use_is_said_plainly(server: Server, tmp_path: Path) -> None:
    command = command_line("serve", "--rules", rules(tmp_path), "--port", str(server.port), "--ledger", "none")
    ran = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=PATIENCE, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.strip() == f"Error: `127.0.0.1:{server.port}` cannot be listened on: address already in use"


def test_rules_with_mistakes_are_not_served(tmp_path: Path) -> None:
    folder = rules(tmp_path)
    (folder / "corner-shop.yaml").write_text(POLICY.replace("window:", "windoe:"), encoding="utf-8")
    command = command_line("serve", "--rules", folder, "--port", str(free_port()), "--ledger", "none")
    ran = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=PATIENCE, cwd=tmp_path)
    assert ran.returncode == 1
    assert "corner-shop.yaml:11:5: error PS101-unknown-key" in ran.stderr


def test_an_interrupt_ends_it_quietly(tmp_path: Path) -> None:
    with serving(rules(tmp_path)) as server:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(PATIENCE) == 0
        assert "Traceback" not in server.log.read_text()
