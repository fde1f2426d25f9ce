"""Webhooks: messages sent to receivers, signed as Standard Webhooks 1.0 says (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import hmac
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlsplit

import orjson

from policy_service.ledger.outbox import CONTENT_TYPE, cloud_event


@dataclass(frozen=True, slots=True)
class Webhook:
    """One receiver. `types` and `merchants`: only these, or None for all."""

    name: str
    url: str
    secret: bytes
    types: frozenset[str] | None = None
    merchants: frozenset[str] | None = None

    def wants(self, row: Mapping[str, Any]) -> bool:
        """Whether a message goes there."""
        return (self.types is None or row["type"] in self.types) and (
            self.merchants is None or row["merchant"] in self.merchants
        )


def sign(secret: bytes, id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` of a message."""
    mac = hmac.new(secret, b".".join((id.encode(), str(timestamp).encode(), body)), sha256)
    return "v1," + base64.b64encode(mac.digest()).decode()


@dataclass(frozen=True, slots=True)
class Sent:
    """How a delivery went: the HTTP status, or None and what went wrong."""

    status: int | None
    error: str | None

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def send(webhook: Webhook, row: Mapping[str, Any], timestamp: int, timeout: float) -> Sent:
    """Sends one message. `timeout`, in seconds, is for all of it but looking up the host's name.

    A redirect is a failure: secrets go nowhere else.
    """
    body = orjson.dumps(cloud_event(row))
    headers = {
        "Content-Type": CONTENT_TYPE,
        "User-Agent": "policy-service",
        "webhook-id": row["id"],
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(webhook.secret, row["id"], timestamp, body),
    }
    url = urlsplit(webhook.url)
    ends = monotonic() + timeout
    try:
        with _reached(url, ends) as connection:
            connection.request("POST", (url.path or "/") + (f"?{url.query}" if url.query else ""), body, headers)
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Sent(None, TimeoutError.__name__ if monotonic() >= ends else type(error).__name__)
    return Sent(status, None if 200 <= status < 300 else f"HTTP {status}")


@contextmanager
def _reached(url: SplitResult, ends: float) -> Iterator[http.client.HTTPConnection]:
    """A connection that is cut off when its time is over; what was read of the answer by then still counts."""
    host, tls = url.hostname or "", ssl.create_default_context() if url.scheme == "https" else None
    port = url.port or (80 if tls is None else 443)
    connection = (
        http.client.HTTPConnection(host, port) if tls is None else http.client.HTTPSConnection(host, port, context=tls)
    )
    # A receiver that sends a byte now and then outlasts every socket timeout, while TLS begins too. What is cut is a
    # second handle, for TLS takes over the first.
    with _connected(host, port, ends) as sock, sock.dup() as handle:
        guard = threading.Timer(ends - monotonic(), _cut, [handle])
        guard.daemon = True
        guard.start()
        try:
            connection.sock = sock if tls is None else tls.wrap_socket(sock, server_hostname=host)
            yield connection
        finally:
            guard.cancel()
            connection.close()


def _connected(host: str, port: int, ends: float) -> socket.socket:
    """A connection to the first of the host's addresses that answers; each gets its share of the time left."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for left in range(len(found), 0, -1):
        family, kind, protocol, _, address = found[-left]
        with suppress(OSError) if left > 1 else nullcontext(), ExitStack() as opened:
            sock = opened.enter_context(socket.socket(family, kind, protocol))
            sock.settimeout(max(0.001, (ends - monotonic()) / left))
            sock.connect(address)
            sock.settimeout(max(0.001, ends - monotonic()))
            opened.pop_all()
            return sock
    raise OSError(f"`{host}` has no address")


def _cut(handle: socket.socket) -> None:
    with suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)
