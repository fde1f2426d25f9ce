"""A policy or statute as the rest of the service sees it: read, checked and typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from policy_service.language.clause import Clause
from policy_service.language.vocabulary import DeclaredFact, Vocabulary

__all__ = ["Document", "DocumentKind"]

DocumentKind = Literal["policy", "statute"]


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a policy or of a statute.

    `name` is the merchant or the statute's id; `effective_from` and `effective_through` are local dates, both
    inclusive, of `order.placed_at`. A statute has no `timezone` and no `ships_from` of its own (empty text and None):
    the policy's count. `statutes` are a policy's, `countries` a statute's. `clauses` are in file order, includes
    last; their `index` is their place here. `digest` covers the file and its includes, and `texts` is what stood in
    them when they were read, in the order of `path` and `included`.
    """

    kind: DocumentKind
    name: str
    version: str
    effective_from: date
    effective_through: date | None
    timezone: str
    currency: str
    ships_from: str | None
    counting: str
    if_last_day_closed: str
    statutes: tuple[str, ...]
    countries: tuple[str, ...]
    vocabulary: Vocabulary
    declared: Mapping[str, DeclaredFact]
    clauses: tuple[Clause, ...]
    path: Path
    digest: str
    names_sums: bool
    title: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    included: tuple[Path, ...] = ()
    texts: tuple[str, ...] = field(default=(), repr=False)

    def in_force(self, day: date) -> bool:
        """Whether this version governs orders placed on `day` (a local date)."""
        return self.effective_from <= day and (self.effective_through is None or day <= self.effective_through)

    def clause(self, clause_id: str) -> Clause | None:
        """The clause with this id."""
        return next((each for each in self.clauses if each.id == clause_id), None)
