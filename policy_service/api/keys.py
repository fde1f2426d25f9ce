"""API keys: a file of hashed keys, each with the scopes it has been given.

    keys:
      - name: storefront
        sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
        scopes: [decide]

The file holds no secret: a key is 256 random bits, so its plain SHA-256 cannot be turned back or guessed.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import yaml

log = logging.getLogger(__name__)


class Scope(StrEnum):
    """What a key may be used for; reading policies and the like needs any key, but no scope."""

    DECIDE = "decide"
    TIME_TRAVEL = "time-travel"
    OVERRIDE = "override"
    ADMIN = "admin"


EVERY_SCOPE: Final = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the name of the key and its scopes."""

    name: str
    scopes: frozenset[str]


ANYONE: Final = Caller("anyone", EVERY_SCOPE)
"""Where no keys are configured, which is served on loopback only, everyone may do everything."""


class KeysError(ValueError):
    """A file of keys that cannot be used; the message says where and why, and never a key."""


class KeyRing:
    """The known keys, by the SHA-256 of each."""

    def __init__(self, callers: Mapping[str, Caller]) -> None:
        self._callers = dict(callers)

    def caller(self, key: str) -> Caller | None:
        """Whose key that is. Looking up its hash takes no longer for a near miss."""
        return self._callers.get(fingerprint(key))

    def __len__(self) -> int:
        return len(self._callers)


def fingerprint(key: str) -> str:
    """What the file holds of a key: its SHA-256 in hexadecimal."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def fresh_key() -> str:
    """A new key: `pk_` and 256 random bits."""
    return f"pk_{secrets.token_urlsafe(32)}"


def load_keys(path: Path) -> KeyRing:
    """The keys in a YAML or JSON file. Raises KeysError, or OSError where it cannot be read."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise KeysError(f"`{path}` is neither YAML nor JSON") from error
    entries = data.get("keys") if isinstance(data, dict) else None
    if not isinstance(entries, list) or not entries:
        raise KeysError(f"`{path}` needs a list of `keys`, each with `name`, `sha256` and `scopes`")
    callers: dict[str, Caller] = {}
    for number, entry in enumerate(entries, 1):
        hashed, caller = _entry(entry, f"`{path}`, key {number}")
        if hashed in callers:
            raise KeysError(f"`{path}`, key {number}: the same key stands there twice")
        callers[hashed] = caller
    return KeyRing(callers)


class KeyFile(KeyRing):
    """The keys in a file, which is read again while they are in use: all of it, or, where it has a mistake, nothing.

    `current` tells whether they are those in the file. Raises KeysError or OSError where it cannot be used at first.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(load_keys(path)._callers)
        self.path = path
        self.current = True

    def reload(self) -> None:
        """Read it again; a mistake is logged, and the keys from before stay."""
        try:
            found = load_keys(self.path)._callers
        except (KeysError, OSError) as error:
            self.current = False
            log.error("the API keys stay as they were: %s", error)
            return
        if found != self._callers or not self.current:
            log.info("read %d API keys", len(found))
        self._callers, self.current = found, True


_KEYS: Final = {"name", "sha256", "scopes"}
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def _entry(entry: Any, where: str) -> tuple[str, Caller]:
    if not isinstance(entry, dict) or set(entry) != _KEYS:
        raise KeysError(f"{where}: it has `name`, `sha256` and `scopes`, no more and no less")
    name, hashed, scopes = entry["name"], entry["sha256"], entry["scopes"]
    if not isinstance(name, str) or not name:
        raise KeysError(f"{where}: `name` is text that says whose key it is")
    if not isinstance(hashed, str) or not _SHA256.fullmatch(hashed):
        raise KeysError(f"{where}: `sha256` is the hash in 64 hexadecimal digits, as `policy api-key` prints it")
    if not isinstance(scopes, list) or any(each not in list(EVERY_SCOPE) for each in scopes):
        raise KeysError(f"{where}: `scopes` is a list of {', '.join(f'`{each}`' for each in Scope)}")
    return hashed, Caller(name, frozenset(scopes))
