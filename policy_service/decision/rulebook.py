"""A document compiled once: its program in the rules engine, and what is static about its clauses.

What depends on which clauses apply is prepared once per fired set and kept, so that a request pays for it only the
first time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from policy_service.decision import clock
from policy_service.decision.applying import NOTHING, Applying, group
from policy_service.decision.facts import Presence, Reader, presence, reader
from policy_service.decision.grounds import Grounds, join
from policy_service.decision.windows import Calendar
from policy_service.engine.program import Program
from policy_service.language.clause import Clause
from policy_service.language.conditions import tests_of
from policy_service.language.document import Document
from policy_service.language.kinds import Gift, Permission
from policy_service.language.vocabulary import DeclaredFact

KEPT_GROUPINGS = 4096
_serials = count()


class Rulebook:
    """One policy or statute, ready to decide. Safe to share between threads.

    Raises `engine.errors.PolicyTooLarge` for a document beyond the engine's limits.
    """

    def __init__(self, document: Document, *, memo: bool = True) -> None:
        self.document = document
        # Tells rulebooks apart, of two editions of one document too, and outlives nothing: an object would be kept.
        self.serial = next(_serials)
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
        self.gifts_wait = any(isinstance(c.effect, Gift) and c.effect.due == "all_lines" for c in document.clauses)
        self.open_actions = frozenset(
            action for c in document.clauses if isinstance(c.effect, Permission) for action in c.actions
        )
        self.compares_prices = "price_difference" in self.program.tested
        self.names_sums = document.names_sums or any(
            # A default sum is one that the document names too.
            fact.type == "money" and fact.default is not None
            for fact in declared.values()
        )
        self._calendars: dict[str, Calendar] = {}
        self._groupings: dict[tuple[int, ...], Applying] = {}
        self._grounds: dict[tuple[object, ...], Grounds] = {}
        self._evidence: dict[str, frozenset[str]] = {}
        self._assumable: dict[str, tuple[tuple[int, str, Presence], ...]] = {}

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
            found = self._groupings[indices] = group(tuple(self.document.clauses[index] for index in indices))
        return found

    def grounds(self, indices: tuple[int, ...], statute: Rulebook | None, rights: tuple[int, ...]) -> Grounds:
        """What that fired set of this policy and the `rights` of a statute come to together."""
        key = (indices, None if statute is None else statute.serial, rights)
        found = self._grounds.get(key)
        if found is None:
            if len(self._grounds) > KEPT_GROUPINGS:
                self._grounds.clear()
            applying = NOTHING if statute is None else statute.applying(rights)
            found = self._grounds[key] = join(self.applying(indices), applying)
        return found

    def assumable(self, action: str) -> tuple[tuple[int, str, Presence], ...]:
        """Optional facts that a clause for this action tests: where in `readers`, their names, and what shows whether
        they were sent."""
        found = self._assumable.get(action)
        if found is None:
            tested = {
                name
                for clause in self.document.clauses
                if action in clause.actions
                for name in self.program.facts_of(clause.index)
            }
            optional = []
            for position, name in enumerate(self.program.tested):
                sent = presence(name, self.document.declared) if name in tested else None
                if sent is not None:
                    optional.append((position, name, sent))
            found = self._assumable[action] = tuple(optional)
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
        """Frees the engine's memory. A rulebook in use elsewhere goes on: its program takes it again when asked."""
        self.program.close()


@dataclass(slots=True)
class Governing:
    """What governs a request: the merchant's policy version, the country's statute if any, and their digest.

    `declared` are the facts of the policy and of every statute that it names: a caller need not know which of them
    governs an order in order to send what one of them asks about.
    """

    policy: Rulebook
    statute: Rulebook | None
    digest: str
    declared: Mapping[str, DeclaredFact] = field(default_factory=dict)
    books: tuple[Rulebook, ...] = field(init=False)
    open_actions: frozenset[str] = field(init=False)  # those for which there is a permission at all

    def __post_init__(self) -> None:
        if self.statute is None:
            self.books, self.open_actions = (self.policy,), self.policy.open_actions
        else:
            self.books = (self.policy, self.statute)
            self.open_actions = self.policy.open_actions | self.statute.open_actions

    @property
    def compares_prices(self) -> bool:
        """Whether a clause tests `price_difference`, the one fact that depends on the action."""
        return any(book.compares_prices for book in self.books)


def _evidence_named(clause: Clause) -> Iterator[str]:
    yield from getattr(clause.effect, "evidence", ())
    for condition in (clause.when, *clause.unless):
        if condition is not None:
            yield from (str(value) for test in tests_of(condition) if test.fact == "evidence" for value in test.values)
