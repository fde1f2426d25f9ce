"""A document compiled once: its program in the rules engine, and what is static about its clauses.

What depends on which clauses apply (their grouping by kind, the permissions left after `instead_of`, the denials that
block each of them) is prepared once per fired set and kept, so that a request pays for it only the first time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from policy_service.decision import clock
from policy_service.decision.facts import Presence, Reader, presence, reader
from policy_service.decision.windows import Calendar
from policy_service.engine.program import Fired, Program
from policy_service.language.clause import Clause
from policy_service.language.conditions import tests_of
from policy_service.language.document import Document
from policy_service.language.vocabulary import DeclaredFact

PERMISSIONS = ("window", "no_reason", "warranty")
KEPT_GROUPINGS = 4096


@dataclass(frozen=True, slots=True)
class Permit:
    """An applying permission and the applying denials that block it.

    `blockers` block where the customer is liable; `firm` are those of them that block whoever is. `frees` says that,
    open and evidenced, it frees the line of fees and return shipping.
    """

    clause: Clause
    blockers: tuple[Clause, ...]
    firm: tuple[Clause, ...]
    evidence: tuple[str, ...]
    frees: bool


@dataclass(frozen=True, slots=True)
class Applying:
    """The applying clauses of one document for one line, grouped; everything here is independent of time and money."""

    clauses: tuple[Clause, ...]
    permits: tuple[Permit, ...]
    denials: tuple[Clause, ...]
    groups: dict[str, tuple[Clause, ...]]
    sums_are_facts: bool = False  # a fee's amount is a fact, which may be absent
    asks: bool = False  # a clause asks for evidence, or for a person

    def all(self, kind: str) -> tuple[Clause, ...]:
        return self.groups.get(kind, ())

    def first(self, kind: str) -> Clause | None:
        found = self.groups.get(kind)
        return found[0] if found else None


NOTHING = Applying((), (), (), {})


class Rulebook:
    """One policy or statute, ready to decide. Safe to share between threads.

    Raises `engine.errors.PolicyTooLarge` for a document beyond the engine's limits.
    """

    def __init__(self, document: Document, *, memo: bool = True) -> None:
        self.document = document
        self.program = Program(
            document.clauses, document.vocabulary, name=f"{document.name} {document.version}", memo=memo
        )
        declared = document.declared
        self.readers: tuple[Reader, ...] = tuple(reader(name, declared) for name in self.program.tested)
        self.clock_facts = tuple(
            (position, name)
            for position, name in enumerate(self.program.tested)
            if document.vocabulary.facts[name].clock
        )
        self.gifts_wait = any(c.kind == "gift" and c.effect.due == "all_lines" for c in document.clauses)  # type: ignore[attr-defined]
        self.open_actions = frozenset(a for c in document.clauses if c.kind in PERMISSIONS for a in c.actions)
        self._calendars: dict[str, Calendar] = {}
        self._groupings: dict[tuple[int, ...], Applying] = {}
        self._evidence: dict[str, frozenset[str]] = {}
        self._assumable: dict[str, tuple[tuple[str, Presence, Reader], ...]] = {}

    def calendar(self, policy: Document) -> Calendar:
        """How this document counts days for a policy: zone and working-day country are always the policy's."""
        found = self._calendars.get(policy.digest)
        if found is None:
            mine = self.document
            found = Calendar(clock.zone(policy.timezone), policy.ships_from, mine.counting, mine.if_last_day_closed)
            if len(self._calendars) > KEPT_GROUPINGS:
                self._calendars.clear()
            self._calendars[policy.digest] = found
        return found

    def applying(self, indices: tuple[int, ...]) -> Applying:
        """The clauses of that fired set, grouped."""
        found = self._groupings.get(indices)
        if found is None:
            if len(self._groupings) > KEPT_GROUPINGS:
                self._groupings.clear()
            found = self._groupings[indices] = _group(tuple(self.document.clauses[index] for index in indices))
        return found

    def with_clause(self, fired: Fired, index: int) -> Applying:
        """The fired set with one clause of unknown applicability taken as applying."""
        return self.applying(tuple(sorted((*fired.applies, index))))

    def assumable(self, action: str) -> tuple[tuple[str, Presence, Reader], ...]:
        """Optional facts that a clause for this action tests, with how to see whether they were sent and read them."""
        found = self._assumable.get(action)
        if found is None:
            tested = {
                name
                for clause in self.document.clauses
                if action in clause.actions
                for name in self.program.facts_of(clause.index)
            }
            pairs = []
            for name in self.program.tested:
                seen = presence(name, self.document.declared) if name in tested else None
                if seen is not None:
                    pairs.append((name, seen, reader(name, self.document.declared)))
            found = self._assumable[action] = tuple(pairs)
        return found

    def evidence(self, action: str) -> frozenset[str]:
        """Every kind of evidence that a clause for this action tests or asks for."""
        found = self._evidence.get(action)
        if found is None:
            found = self._evidence[action] = frozenset(
                item for clause in self.document.clauses if action in clause.actions for item in _evidence_named(clause)
            )
        return found

    def close(self) -> None:
        """Frees the engine's memory; the rulebook cannot decide afterwards."""
        self.program.close()


@dataclass(frozen=True)
class Governing:
    """What governs a request: the merchant's policy version, the country's statute if any, and their digest.

    `declared` are the facts of the policy and of every statute that it names: a caller need not know which of them
    governs an order in order to send what one of them asks about.
    """

    policy: Rulebook
    statute: Rulebook | None
    digest: str
    declared: Mapping[str, DeclaredFact] = field(default_factory=dict)

    @cached_property
    def books(self) -> tuple[Rulebook, ...]:
        return (self.policy,) if self.statute is None else (self.policy, self.statute)

    @cached_property
    def open_actions(self) -> frozenset[str]:
        """The actions for which there is a permission at all."""
        return frozenset(action for book in self.books for action in book.open_actions)

    @cached_property
    def compares_prices(self) -> bool:
        """Whether a clause tests `price_difference`, the one fact that depends on the action."""
        return any("price_difference" in book.program.tested for book in self.books)


def _group(clauses: tuple[Clause, ...]) -> Applying:
    groups: dict[str, list[Clause]] = {}
    for clause in clauses:
        groups.setdefault(clause.kind, []).append(clause)
    permissions = [c for c in clauses if c.kind in PERMISSIONS and not _refuses(c)]
    denials = tuple(c for c in clauses if c.kind == "deny" or _refuses(c))
    permits = tuple(_permit(clause, denials) for clause in _standing(permissions))
    asks = "require" in groups or "review" in groups
    facts = any(isinstance(getattr(c.effect, "amount", None), str) for c in groups.get("fee", ()))
    return Applying(clauses, permits, denials, {kind: tuple(members) for kind, members in groups.items()}, facts, asks)


def _permit(clause: Clause, denials: tuple[Clause, ...]) -> Permit:
    blockers = tuple(denial for denial in denials if not _names(clause.overrides, denial.id))
    firm = tuple(denial for denial in blockers if denial.kind == "deny")
    effect: Any = clause.effect
    warranty = clause.kind == "warranty"
    return Permit(clause, blockers, firm, effect.evidence if warranty else (), warranty and effect.free)


def _refuses(clause: Clause) -> bool:
    """`no_reason: false` is a denial of returns for which the customer is liable."""
    effect: Any = clause.effect
    return clause.kind == "no_reason" and bool(effect.refused)


def _names(ids: Any, wanted: str) -> bool:
    return ids == "all" or (ids is not None and wanted in ids)


def _standing(permissions: list[Clause]) -> list[Clause]:
    """The permissions left after `instead_of`, in file order: one set aside sets none aside; warranties stay."""
    aside: set[str] = set()
    for clause in permissions:
        if clause.instead_of is not None and clause.id not in aside:
            aside.update(
                other.id
                for other in permissions
                if other is not clause and other.kind != "warranty" and _names(clause.instead_of, other.id)
            )
    return [clause for clause in permissions if clause.id not in aside]


def _evidence_named(clause: Clause) -> Iterator[str]:
    yield from getattr(clause.effect, "evidence", ())
    for condition in (clause.when, *clause.unless):
        if condition is not None:
            yield from (str(value) for test in tests_of(condition) if test.fact == "evidence" for value in test.values)
