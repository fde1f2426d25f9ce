"""The file of webhooks, read with the line of every mistake.

webhooks:
  - name: shop
    url: https://shop.example/returns
    secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
    types: [returns.notification, returns.compensation]   # default: all
    merchants: [dg-home]                                  # default: all
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from policy_service.language.diagnostics import did_you_mean, one_of
from policy_service.language.scalars import text_of
from policy_service.language.source import DataPath, Source, read_yaml
from policy_service.ledger.webhooks import Webhook

PREFIX: Final = "whsec_"
NEEDED: Final = ("name", "url", "secret")
FIELDS: Final = (*NEEDED, "types", "merchants")
TYPES: Final = (
    "returns.notification",
    "returns.entitlement",
    "returns.compensation",
    "returns.follow_up",
    "returns.deadline_passed",
    "returns.repair_opened",
    "returns.repair_closed",
    "returns.stock_alert",
)
"""Every type that a message has; a test holds them to the messages' forms."""


class WebhooksError(ValueError):
    """A file of webhooks that cannot be used; the message says where and why, its second line the mend, if any is
    known. It never tells a secret."""


def load_webhooks(path: Path) -> tuple[Webhook, ...]:
    """The webhooks in a YAML or JSON file. Raises WebhooksError, or OSError where it cannot be read."""
    path.open("rb").close()
    reading = _Reading(read_yaml(path))
    found = tuple(reading.webhooks())
    names = [webhook.name for webhook in found]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise reading.error(("webhooks", number, "name"), f"two webhooks are named `{name}`")
    return found


def strangers(webhooks: Iterable[Webhook], merchants: Collection[str]) -> Iterator[str]:
    """What to say of each merchant that a webhook waits for and that has no policy."""
    for webhook in webhooks:
        for name in sorted((webhook.merchants or frozenset()) - set(merchants)):
            near = did_you_mean(name, merchants)
            yield f"the webhook `{webhook.name}` is for `{name}`, which has no policy{f'; {near}' if near else ''}"


@dataclass(frozen=True, slots=True)
class _Reading:
    source: Source

    def error(self, at: DataPath, said: str, mend: str | None = None, *, key: bool = False) -> WebhooksError:
        line = self.source.position(at, key).line
        return WebhooksError(f"`{self.source.name}`, line {line}: {said}" + (f"\n{mend}" if mend else ""))

    def webhooks(self) -> Iterator[Webhook]:
        source = self.source
        if source.data is None:
            raise WebhooksError(f"`{source.name}` is neither YAML nor JSON")
        if source.diagnostics:
            first = source.diagnostics[0]
            raise WebhooksError(f"`{source.name}`, line {first.position.line}: {first.message}")
        entries = source.data.get("webhooks") if isinstance(source.data, dict) else None
        if not isinstance(entries, list):
            raise WebhooksError(f"`{source.name}` needs a list of `webhooks`, each with {one_of(NEEDED, 'and')}")
        for number, entry in enumerate(entries):
            yield self._webhook(entry, ("webhooks", number))

    def _webhook(self, entry: Any, at: tuple[str | int, ...]) -> Webhook:
        if not isinstance(entry, dict):
            raise self.error(at, f"a webhook has {one_of(NEEDED, 'and')}")
        for key in entry:
            if key not in FIELDS:
                mend = did_you_mean(str(key), FIELDS) or f"it has {one_of(NEEDED, 'and')}, and may have more"
                raise self.error((*at, key), f"a webhook has no `{key}`", mend, key=True)
        for key in NEEDED:
            if entry.get(key) is None:
                raise self.error(at, f"the webhook has no `{key}`", f"it needs {one_of(NEEDED, 'and')}")
        url = text_of(entry["url"])
        if not _leads_somewhere(url):
            raise self.error((*at, "url"), "`url` begins with `https://` or `http://` and names a host")
        secret = read_secret(entry["secret"])
        if secret is None:
            raise self.error((*at, "secret"), f"`secret` is `{PREFIX}` and 24 to 64 random bytes in base64")
        types, merchants = self._names(entry, "types", at), self._names(entry, "merchants", at)
        for place, name in enumerate(types or ()):
            if name not in TYPES:
                mend = did_you_mean(name, TYPES) or f"there are {one_of(TYPES, 'and')}"
                raise self.error((*at, "types", place), f"no message has the type `{name}`", mend)
        return Webhook(text_of(entry["name"]), url, secret, _set(types), _set(merchants))

    def _names(self, entry: dict[str, Any], key: str, at: tuple[str | int, ...]) -> list[str] | None:
        names = entry.get(key)
        if names is None:
            return None
        if not isinstance(names, list) or any(isinstance(name, dict | list) or name is None for name in names):
            raise self.error((*at, key), f"`{key}` is a list of names")
        return [text_of(name) for name in names]


def _set(names: list[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _leads_somewhere(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def read_secret(text: Any) -> bytes | None:
    """The key in `whsec_<base64>`, of 24 to 64 bytes; None where there is none."""
    try:
        key = base64.b64decode(str(text).removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return None
    return key if str(text).startswith(PREFIX) and 24 <= len(key) <= 64 else None
