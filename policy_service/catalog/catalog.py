"""The policies of a folder: which of them governs a request, compiled when first needed, read again without a pause."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock

from policy_service.catalog.errors import CatalogError, NoVersionInForce, UnknownDigest, UnknownMerchant
from policy_service.catalog.shelf import Shelf
from policy_service.catalog.snapshot import Snapshot, read
from policy_service.catalog.version import Version
from policy_service.contract.suggest import did_you_mean
from policy_service.decision.rulebook import Governing
from policy_service.language.diagnostics import Diagnostic

log = logging.getLogger(__name__)

CAPACITY = 256
"""Compiled policies and statutes kept; one of 100 clauses takes about 1 MB."""

RETIRED = 256
"""Versions that were replaced by a reload and can still be found by digest."""


@dataclass(frozen=True, slots=True)
class Reloaded:
    """The last reading of the folder: when, and what was wrong (then the policies from before are still in use)."""

    at: datetime
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.diagnostics


class Catalog:
    """The policies below `root`. Safe between threads; a reload swaps all of them at once.

    Raises CatalogError with every mistake when the folder cannot be used as it stands.
    """

    def __init__(self, root: Path | str, *, capacity: int = CAPACITY, memo: bool = True) -> None:
        self.root = Path(root)
        self._shelf = Shelf(capacity, memo=memo)
        self._reloading = Lock()
        self._retired: OrderedDict[str, Version] = OrderedDict()
        self._snapshot = read(self.root)
        self._reloaded = Reloaded(datetime.now(UTC))

    @property
    def last_reload(self) -> Reloaded:
        """How the last reading of the folder went."""
        return self._reloaded

    @property
    def edition(self) -> int:
        """A number of 64 bits, never 0, that two processes share where they have the same policies."""
        digests = "\n".join(sorted(self._snapshot.by_digest))
        return int.from_bytes(sha256(digests.encode()).digest()[:8]) or 1

    def merchants(self) -> tuple[str, ...]:
        """Every merchant with a policy, in alphabetical order."""
        return tuple(self._snapshot.merchants)

    def versions(self, merchant: str) -> Sequence[Version]:
        """A merchant's versions, the latest first. Raises UnknownMerchant."""
        return self._versions(self._snapshot, merchant)

    def version(self, merchant: str, placed_at: datetime) -> Version:
        """The version in force on the local date of an instant. Raises UnknownMerchant or NoVersionInForce."""
        versions = self._versions(self._snapshot, merchant)
        for version in versions:
            if version.in_force(placed_at):
                return version
        names = tuple(_label(version) for version in reversed(versions))
        begins = tuple(version.begins for version in versions)
        raise NoVersionInForce(merchant, versions[0].day(placed_at), names, begins)

    def govern(self, merchant: str, placed_at: datetime, country: str | None) -> Governing:
        """What governs an order placed then by a customer in that country (None: the merchant's own).

        Raises UnknownMerchant or NoVersionInForce.
        """
        return self.governing(self.version(merchant, placed_at), placed_at, country)

    def governing(self, version: Version, placed_at: datetime, country: str | None) -> Governing:
        """The version and its statute for that order, compiled."""
        statute = version.statute(placed_at, country)
        policy = self._shelf.rulebook(version.document)
        rights = None if statute is None else self._shelf.rulebook(statute)
        return Governing(policy, rights, version.digest, version.declared)

    def by_digest(self, digest: str) -> Version:
        """The version with that digest, among those in use and those lately replaced. Raises UnknownDigest."""
        found = self._snapshot.by_digest.get(digest) or self._retired.get(digest)
        if found is None:
            raise UnknownDigest(digest)
        return found

    def reload(self) -> bool:
        """Read the folder again, all of it or nothing: on a mistake what was in use stays, and `last_reload` says why.

        Returns whether the folder could be used.
        """
        with self._reloading:
            before = self._snapshot
            try:
                snapshot = read(self.root, before)
            except CatalogError as error:
                self._reloaded = Reloaded(datetime.now(UTC), error.diagnostics)
                log.error("the policies stay as they were: %s", error)
                return False
            self._retire(before, snapshot)
            self._snapshot = snapshot
            self._reloaded = Reloaded(datetime.now(UTC))
            # Only now: a request that began with the old snapshot compiles what it needs again.
            self._shelf.keep_only(snapshot.documents)
        log.info("read %d policies of %d merchants", len(snapshot.by_digest), len(snapshot.merchants))
        return True

    def _retire(self, before: Snapshot, after: Snapshot) -> None:
        for digest, version in before.by_digest.items():
            if digest not in after.by_digest:
                self._retired[digest] = version
                self._retired.move_to_end(digest)
        while len(self._retired) > RETIRED:
            self._retired.popitem(last=False)

    def _versions(self, snapshot: Snapshot, merchant: str) -> tuple[Version, ...]:
        versions = snapshot.merchants.get(merchant)
        if versions is None:
            raise UnknownMerchant(merchant, did_you_mean(merchant, list(snapshot.merchants)))
        return versions


def _label(version: Version) -> str:
    document = version.document
    end = f" through {document.effective_through}" if document.effective_through else ""
    return f"{document.version} from {document.effective_from}{end}"
