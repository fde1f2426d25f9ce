"""Webhooks: messages sent to receivers, signed as Standard Webhooks 1.0 says (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import hmac
import http.client
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

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
    """Sends one message; `timeout`, in seconds, is for all of it. A redirect is a failure: secrets go nowhere else."""
    body = orjson.dumps(cloud_event(row))
    headers = {
        "Content-Type": CONTENT_TYPE,
        "User-Agent": "policy-service",
        "webhook-id": row["id"],
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(webhook.secret, row["id"], timestamp, body),
    }
    url = urlsplit(webhook.url)
    connection = _connect(url.scheme, url.hostname or "", url.port, timeout)
    # A receiver that sends a byte now and then would outlast every socket timeout.
    guard = threading.Timer(timeout, _cut, [connection])
    guard.daemon = True
    guard.start()
    try:
        connection.request("POST", (url.path or "/") + (f"?{url.query}" if url.query else ""), body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Sent(None, type(error).__name__)
    finally:
        guard.cancel()
        connection.close()
    return Sent(status, None if 200 <= status < 300 else f"HTTP {status}")


def _connect(scheme: str, host: str, port: int | None, timeout: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=timeout)


def _cut(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        connection.sock.close()
