"""Which small changes of a policy no scenario would notice.

Every mutant of a document is run against every case that the document governs, the likeliest to notice first. What is
left is proved equivalent cell by cell, or shown with a scenario that would notice it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from policy_service.contract.canonical import digest
from policy_service.contract.problems import ProblemError
from policy_service.contract.request import ParsedRequest
from policy_service.decision.rulebook import Rulebook
from policy_service.engine.errors import EngineFault, PolicyTooLarge
from policy_service.language.diagnostics import Diagnostic
from policy_service.language.document import Document
from policy_service.language.source import Source, read_yaml
from policy_service.scenarios.cells import never_together, same_everywhere
from policy_service.scenarios.expand import Case
from policy_service.scenarios.mutants import Mutant, mutants_of
from policy_service.scenarios.opening import bench_of
from policy_service.scenarios.places import shown
from policy_service.scenarios.plain import plain_json
from policy_service.scenarios.proof import indistinguishable
from policy_service.scenarios.reading import LoadedSuite, SuiteError
from policy_service.scenarios.runner import Bench, Outcome
from policy_service.scenarios.shop import Shop
from policy_service.scenarios.tracing import line_traces
from policy_service.scenarios.witness import Base, Pair, answers, scenario_of, search
from policy_service.service import Service

MOST_BASES = 8
MOST_SEARCHED, MOST_PROVED = 1_000, 5_000
"""Requests that are tried for one survivor: in looking for a witness, and in proving that there is none."""
MOST_TRIED = 8_000
"""For the survivors of one task. Counted and not timed, so that equal runs come to equal ends."""


class Status(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    EQUIVALENT = "equivalent"
    ACCEPTED = "accepted"
    SURVIVED = "survived"


@dataclass(frozen=True, slots=True)
class Result:
    """One mutant's fate: `by` is the case that noticed it, or why it is accepted; `scenario` one that would notice
    it, ready to paste; `tried` the requests tried in looking for it."""

    document: str
    mutant: str
    clause: str
    file: str
    line: int
    status: Status
    by: str = ""
    scenario: str = ""
    tried: int = 0

    @property
    def key(self) -> tuple[str, int, str]:
        """The same change of an included clause is one mutant, whichever policy includes it."""
        return self.file, self.line, self.mutant


class FailingSuite(Exception):
    """Cases that fail before anything is changed: mutation would say nothing."""

    def __init__(self, failures: Sequence[tuple[Bench, Outcome]]) -> None:
        self.failures = tuple(failures)
        first = self.failures[0][1]
        super().__init__(f"{len(self.failures)} cases fail as they are, the first `{first.case.label}`")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case that passes, with what it shows: the documents that governed it and the clauses that applied."""

    bench: Bench
    case: Case
    parsed: ParsedRequest
    request: dict[str, Any]
    now: datetime
    documents: frozenset[str]
    applied: frozenset[tuple[str, str]]
    actions: frozenset[str]

    @property
    def digest(self) -> str:
        """Changes whenever what is asked or expected does."""
        then = self.case.then
        expected = [[repr(each.path), plain_json(each.value)] for each in self.case.expect]
        second = (
            [plain_json(then.inspection), [[repr(e.path), plain_json(e.value)] for e in then.expect]] if then else None
        )
        return digest([self.request, expected, second])


@dataclass(frozen=True)
class Grounds:
    """The cases of some suites, and the documents that they ask."""

    prepared: tuple[Prepared, ...]

    def documents(self) -> dict[str, Document]:
        """Every document of the suites' shops, by path."""
        return {str(each.path): each for item in self._benches() for each in item.shop.documents}

    def _benches(self) -> Iterable[Bench]:
        return {id(each.bench): each.bench for each in self.prepared}.values()

    def concerning(self, path: str) -> list[Prepared]:
        """The cases that the document governs."""
        return [each for each in self.prepared if path in each.documents]

    def suites(self) -> Iterator[tuple[LoadedSuite, frozenset[str]]]:
        """Each suite, and the paths of the documents that it can ask."""
        for bench in self._benches():
            yield bench.loaded, frozenset(str(document.path) for document in bench.shop.documents)

    def accepted(self, path: str) -> dict[str, str]:
        """Accepted mutants of a document and why, from every suite that can ask it."""
        return {
            entry.mutant: entry.because
            for bench in self._benches()
            if any(str(document.path) == path for document in bench.shop.documents)
            for entry in bench.loaded.suite.accepted
        }


@lru_cache(maxsize=4)
def grounds_of(suites: tuple[str, ...]) -> Grounds:
    """Load the suites and run their cases; raises SuiteError, or FailingSuite where a case fails."""
    prepared: list[Prepared] = []
    failures: list[tuple[Bench, Outcome]] = []
    mistakes: list[Diagnostic] = []
    for file in suites:
        try:
            bench = bench_of(Path(file), shown(file))
        except SuiteError as error:
            mistakes.extend(error.diagnostics)
            continue
        for case in bench.loaded.cases:
            known = _prepared(bench, case)
            if isinstance(known, Prepared):
                prepared.append(known)
            else:
                failures.append((bench, known))
    if mistakes:
        raise SuiteError(dict.fromkeys(mistakes))
    if failures:
        raise FailingSuite(failures)
    return Grounds(tuple(prepared))


def _prepared(bench: Bench, case: Case) -> Prepared | Outcome:
    """The case, or what came of it where that is not as expected."""
    request = bench.request_of(case)
    try:
        parsed = bench.service.parse(request)
    except ProblemError:
        return bench.decide(case, request)
    # Without a now the answer does not depend on it: any instant will do.
    now = (
        datetime.fromisoformat(case.now) if case.now else parsed.request.requested_at or parsed.request.order.placed_at
    )
    outcome = bench.decide(case, parsed, now)
    if not outcome.met:
        return outcome
    traces = [trace for stage in outcome.stages for trace in line_traces(stage.decided)]
    applied = {(str(clause.file), clause.id) for trace in traces for clause in trace.applying}
    governing = [book for stage in outcome.stages for book in stage.decided.trace.governing.books]
    return Prepared(
        bench,
        case,
        parsed,
        {**request, "requested_at": request.get("requested_at") or now.isoformat()},
        now,
        frozenset(str(book.document.path) for book in governing),
        frozenset(applied),
        frozenset(line.action for line in parsed.request.lines),
    )


@lru_cache(maxsize=64)
def mutants_at(suites: tuple[str, ...], path: str) -> tuple[Mutant, ...]:
    """The mutants of the document in a file."""
    document = grounds_of(suites).documents()[path]
    return tuple(mutants_of(document, sources_of(document)))


def sources_of(document: Document) -> dict[str, Source]:
    """The files of a document as read, by the names that its clauses have for them."""
    names = dict.fromkeys([str(document.path), *(clause.file for clause in document.clauses)])
    return {name: read_yaml(Path(name)) for name in names}


def examine(suites: tuple[str, ...], path: str, numbers: Sequence[int]) -> list[Result]:
    """The fates of some mutants of a document, by their numbers."""
    grounds = grounds_of(suites)
    document = grounds.documents()[path]
    mutants = mutants_at(suites, path)
    cases = grounds.concerning(path)
    accepted = grounds.accepted(path)
    patience = Patience(MOST_TRIED)
    return [_examined(mutants[number], document, path, cases, accepted, patience) for number in numbers]


class Patience:
    """How many requests may be tried for what tells survivors apart, all together.

    A policy that hardly any scenario asks has many, and a person will mend the first ones first.
    """

    def __init__(self, requests: int) -> None:
        self.left = requests

    def spend(self, requests: int) -> None:
        """Take off what was tried."""
        self.left = max(0, self.left - requests)


def _examined(
    mutant: Mutant, document: Document, path: str, cases: list[Prepared], accepted: dict[str, str], patience: Patience
) -> Result:
    result = Result(path, mutant.id, mutant.clause.id, mutant.file, mutant.line, Status.SURVIVED)
    killer = _killer(mutant, path, cases)
    if killer is not None:
        return replace(result, status=Status.KILLED, by=killer)
    if mutant.id in accepted:
        return replace(result, status=Status.ACCEPTED, by=accepted[mutant.id])
    if _equivalent(mutant, document):
        return replace(result, status=Status.EQUIVALENT, by="applies in the same cells")
    if not cases or not patience.left:
        return result
    searching = _Search(mutant, document, path, cases)
    scenario, tried = searching.witness(min(patience.left, MOST_SEARCHED))
    patience.spend(tried)
    if not scenario:
        alike, proved = searching.proof(min(patience.left, MOST_PROVED))
        patience.spend(proved)
        if alike:
            return replace(result, status=Status.EQUIVALENT, by="decides alike in every cell", tried=tried)
    return replace(result, scenario=scenario, tried=tried)


def _equivalent(mutant: Mutant, document: Document) -> bool:
    if mutant.levers is not None:
        return False
    if mutant.swapped_with is not None:
        return never_together(document, mutant.clause, mutant.swapped_with)
    return same_everywhere(document, mutant.clause, mutant.document)


def _killer(mutant: Mutant, path: str, cases: list[Prepared]) -> str | None:
    """The first case that notices; a policy that can no longer be compiled or asked is noticed too."""
    shops = _Shops(path, mutant.document)
    for each in _ranked(mutant, cases):
        try:
            bench = Bench(each.bench.loaded, shops.mutated(each.bench.shop))
            if not bench.decide(each.case, each.parsed, each.now).met:
                return f"{each.case.file.name}: {each.case.label}"
        except (PolicyTooLarge, EngineFault):
            return "it cannot be compiled"
    return None


def _ranked(mutant: Mutant, cases: list[Prepared]) -> list[Prepared]:
    """The cases, those first in which the clause applied, then those for its actions."""
    clause = mutant.clause
    applied = (clause.file, clause.id)
    return sorted(cases, key=lambda each: (applied not in each.applied, not each.actions & clause.actions))


class _Shops:
    """The shops of the cases with the mutant in the document's place, each made once; the mutant is compiled once."""

    def __init__(self, path: str, changed: Document) -> None:
        self._path = path
        self._changed = changed
        self._book: Rulebook | None = None
        self._made: dict[int, Shop] = {}

    def mutated(self, shop: Shop) -> Shop:
        made = self._made.get(id(shop))
        if made is None:
            old = next(each for each in shop.documents if str(each.path) == self._path)
            made = self._made[id(shop)] = shop.replaced(old, self._changed)
            self._book = made.share(self._changed, self._book)
        return made


class _Search:
    """Looking for what tells a surviving mutant apart, from the suite that comes nearest to it."""

    def __init__(self, mutant: Mutant, document: Document, path: str, cases: list[Prepared]) -> None:
        ranked = _ranked(mutant, cases)
        self.mutant = mutant
        self.document = document
        self.first = ranked[0]
        shop = self.first.bench.shop
        same_shop = [each for each in ranked if each.bench.shop is shop]
        self.pair = Pair(answers(Service(shop)), answers(Service(_Shops(path, mutant.document).mutated(shop))))
        self.bases = list(_bases(same_shop, inspected=mutant.clause.effect.role == "inspection"))[:MOST_BASES]

    def witness(self, most: int) -> tuple[str, int]:
        """A scenario that would notice, or nothing, and how many requests were tried."""
        mutant = self.mutant
        found, tried = search(
            self.bases,
            self.document,
            mutant.clause,
            mutant.document,
            self.pair,
            most,
            mutant.levers or {},
        )
        return (scenario_of(found, f"tells apart {mutant.id}") if found else ""), tried

    def proof(self, most: int) -> tuple[bool, int]:
        """Whether every cell was tried and none tells the two apart, and the requests tried; never for a number or a
        change of the head."""
        if self.mutant.levers is not None:
            return False, 0
        changed = self.mutant.document.clause(self.mutant.clause.id)
        if changed is not None and changed.effect != self.mutant.clause.effect:
            return False, 0
        governing = self.first.bench.service.govern(self.first.parsed)
        documents = [book.document for book in governing.books]
        concerned = [each for each in (self.mutant.clause, changed, self.mutant.swapped_with) if each is not None]
        return indistinguishable(self.bases[0], documents, concerned, self.pair, most)


def _bases(cases: Iterable[Prepared], *, inspected: bool) -> Iterator[Base]:
    """The cases' requests, each once; what only inspections decide begins with one that finds everything as claimed."""
    seen: set[str] = set()
    for each in cases:
        key = digest(each.request)
        if key in seen:
            continue
        seen.add(key)
        given = each.bench.plain_given
        inspection = each.bench.inspection_of(each.case.then) if each.case.then else None
        if inspection is None and inspected:
            found = [{"order_line": line["order_line"], "quantity": line["quantity"]} for line in each.request["lines"]]
            inspection = {"lines": found}
        yield Base(each.request, given, inspection)
