"""A real server for tests: `policy serve` on a free port of this machine."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.api.document import document
from tests.cli.commands import command_line, environment

PATIENCE = 60.0
"""Seconds that a busy machine may take to start or end a server."""


@dataclass
class Connection:
    """One keep-alive connection."""

    port: int
    http: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """The status and body of the answer."""
        sent = {"Content-Type": "application/json", **{key.replace("_", "-"): text for key, text in headers.items()}}
        self.http.request(method, path, body, sent)
        answer = self.http.getresponse()
        told = answer.read()
        found = {name.lower(): value for name, value in answer.getheaders()}
        document(ledger=False).check(method, path.partition("?")[0], answer.status, found, told)
        return answer.status, told

    def decide(self, request: Any) -> tuple[int, Any]:
        """The status of a decision, and what it says."""
        status, body = self.send("POST", "/v1/decisions", json.dumps(request).encode())
        return status, json.loads(body)


@dataclass
class Server:
    """A running server; `process` is the one that started the workers."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    ends_with: int = 0
    connections: list[Connection] = field(default_factory=list)

    def connect(self) -> Connection:
        """A new connection, closed with the server."""
        self.connections.append(Connection(self.port))
        return self.connections[-1]

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        main = self.process.pid
        return [int(each) for each in Path(f"/proc/{main}/task/{main}/children").read_text().split()]

    def await_readiness(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                if self.connect().send("GET", "/readyz")[0] == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.1)

    def reload(self) -> None:
        """Ask it to read the rules again."""
        self.process.send_signal(signal.SIGHUP)

    def metric(self, line: str) -> float:
        """The value of one line of `/metrics`."""
        text = self.connect().send("GET", "/metrics")[1].decode()
        return next(float(each.removeprefix(line)) for each in text.splitlines() if each.startswith(f"{line} "))

    def wait_until(self, line: str, least: float) -> None:
        """Wait for a metric to reach a value."""
        until = time.monotonic() + PATIENCE
        while self.metric(line) < least:
            assert time.monotonic() < until, f"{line} did not reach {least}"
            time.sleep(0.05)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(rules: Path, *options: str, workers: int = 1) -> Iterator[Server]:
    """Serve a folder of rules until the block ends; the server must then end cleanly."""
    port, log = free_port(), rules.parent / "server.log"
    command = command_line(
        "serve", "--rules", rules, "--port", str(port), "--workers", str(workers), "--ledger", "none", *options
    )
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=rules.parent, env=environment(), stdout=output, stderr=output)
    server = Server(port, process, log)
    try:
        server.await_readiness()
        yield server
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == server.ends_with, log.read_text()
    finally:
        for connection in server.connections:
            connection.http.close()
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
