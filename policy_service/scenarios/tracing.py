"""Which clauses applied to each line of a decision, and the facts they looked at, read from its trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from policy_service.decision.decide import Decided
from policy_service.decision.verdict import Ruling, Standing
from policy_service.language.clause import Clause
from policy_service.language.document import Document
from policy_service.scenarios.truth import Facts


@dataclass(frozen=True, slots=True)
class DocumentTrace:
    """One document's clauses for one line: those that apply, and those that a missing fact leaves open."""

    document: Document
    applies: frozenset[int]
    unknown: frozenset[int]
    facts: Facts


@dataclass(frozen=True, slots=True)
class LineTrace:
    """One line under its policy and, where there is one, its statute. `line` is its index in the decision; a line
    refused for its structure (more than was bought) has no documents: nobody asked them."""

    line: int
    today: date
    ruling: Ruling
    documents: tuple[DocumentTrace, ...]

    @property
    def applying(self) -> list[Clause]:
        """The clauses that apply, the policy's first."""
        return [each.document.clauses[index] for each in self.documents for index in sorted(each.applies)]

    @property
    def others(self) -> Iterator[tuple[Clause, Facts]]:
        """The clauses that do not apply, or nobody can tell, with the facts as their document compares them."""
        for each in self.documents:
            for clause in each.document.clauses:
                if clause.index not in each.applies:
                    yield clause, each.facts

    @property
    def permissions(self) -> tuple[Standing, ...]:
        """The applying permissions with their windows."""
        return self.ruling.verdict.permits


def line_traces(decided: Decided) -> list[LineTrace]:
    """The trace of every line, in the order of the decision."""
    trace = decided.trace
    return [
        LineTrace(number, trace.moment.today, ruling, tuple(_documents(decided, ruling)))
        for number, ruling in enumerate(trace.lines)
    ]


def _documents(decided: Decided, ruling: Ruling) -> Iterator[DocumentTrace]:
    verdict, case = ruling.verdict, ruling.state.case
    sums = (case.policy_sums, case.statute_sums)
    for place, book in enumerate(decided.trace.governing.books[: len(verdict.fired)]):
        values = dict(zip(book.program.tested, verdict.values[place], strict=True))
        facts = Facts(
            {"action": ruling.state.action, **values}, book.document.vocabulary, case.order.currency, sums[place]
        )
        fired = verdict.fired[place]
        yield DocumentTrace(book.document, frozenset(fired.applies), frozenset(fired.unknown), facts)


def clause_place(clause: Clause) -> tuple[str, int]:
    """The file and line where a clause stands."""
    return str(clause.file), clause.line
