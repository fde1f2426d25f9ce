"""One version of a merchant's policy with the statutes it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from policy_service.contract.canonical import digest
from policy_service.decision import clock
from policy_service.language.document import Document
from policy_service.language.vocabulary import DeclaredFact

Statutes = Mapping[str, tuple[Document, ...]]
"""Every version of each statute that a policy names, by id, in the policy's order."""


@dataclass(frozen=True)
class Version:
    """A policy document, its statutes and the digest of all of them (`policy.digest` of decisions)."""

    document: Document
    statutes: Statutes
    digest: str = field(init=False)
    zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", digest_of(self.document, self.statutes))
        object.__setattr__(self, "zone", clock.zone(self.document.timezone))

    def day(self, instant: datetime) -> date:
        """The local date of an instant, by which effective dates count."""
        return instant.astimezone(self.zone).date()

    @property
    def begins(self) -> datetime:
        """The first instant of this version."""
        return clock.first_instant(self.document.effective_from, self.zone)

    def in_force(self, placed_at: datetime) -> bool:
        """Whether this version governs an order placed then."""
        return self.document.in_force(self.day(placed_at))

    def statute(self, placed_at: datetime, country: str | None) -> Document | None:
        """The statute for that country (absent: the merchant's own) that was in force when the order was placed."""
        where = country or self.document.ships_from
        day = self.day(placed_at)
        for editions in self.statutes.values():
            for statute in editions:
                if where in statute.countries and statute.in_force(day):
                    return statute
        return None

    @cached_property
    def declared(self) -> Mapping[str, DeclaredFact]:
        """The own facts of the policy and of all its statutes; of two with one name the policy's."""
        found: dict[str, DeclaredFact] = {}
        for document in self.documents:
            for name, fact in document.declared.items():
                found.setdefault(name, fact)
        return found

    @property
    def documents(self) -> Iterator[Document]:
        """The policy, then every statute of its list."""
        yield self.document
        for editions in self.statutes.values():
            yield from editions

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that the digest covers: the policy's, its includes', the statutes'."""
        return tuple(path for document in self.documents for path in (document.path, *document.included))


def digest_of(document: Document, statutes: Statutes) -> str:
    """The digest of a policy: of its file, its includes and every version of the statutes it names."""
    return digest(
        {
            "policy": document.digest,
            "statutes": [[name, [each.digest for each in editions]] for name, editions in statutes.items()],
        }
    )
