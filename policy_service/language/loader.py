"""From files to checked documents: read, validate, type, and check what names what.

Every step goes on after mistakes as far as it can, so that one run shows all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from policy_service.contract.canonical import digest
from policy_service.language.checks import (
    RawClause,
    day_of,
    head_problems,
    misplaced_powers,
    reference_problems,
    statute_problems,
)
from policy_service.language.clause import Clause, names_sum, parse_clause
from policy_service.language.diagnostics import Diagnostic, in_order
from policy_service.language.document import Document
from policy_service.language.files import (
    Inclusion,
    file_kind,
    included,
    not_a_mapping,
    raw_clauses,
    unknown_document,
)
from policy_service.language.kinds import KindContext
from policy_service.language.lint import (
    mistyped_names,
    never_applies,
    unintended_unless,
    unknown_fee_codes,
    unreachable,
)
from policy_service.language.own_names import nearly_one_name
from policy_service.language.pitfalls import Head, permits_nothing, pitfalls
from policy_service.language.problem import Problem
from policy_service.language.scalars import text_of
from policy_service.language.schema import FileKind
from policy_service.language.source import Source, State, read_yaml
from policy_service.language.structure import structural_problems
from policy_service.language.terms import Terms, read_terms
from policy_service.language.vocabulary import Vocabulary
from policy_service.language.voices import one_voice, without_echoes

UNREAD = ("PS102-missing-key", "PS103-wrong-type", "PS112-empty-list")
"""What may only seem so of a file's own keys where an item of it was set aside."""

LACKING = ("PS102-missing-key", "PS108-no-effect", "PS114-one-of")
"""What may only seem so of a mapping of which a key was refused while reading."""

NAMED = re.compile("`([^`]+)`")

__all__ = ["Loaded", "include_diagnostics", "load", "load_source"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What reading a file gave: the document, or None when there are errors, and every diagnostic.

    `states` is how the file and then its includes stood when they were read.
    """

    document: Document | None
    diagnostics: tuple[Diagnostic, ...]
    states: tuple[State | None, ...] = ()


def load(path: Path | str) -> Loaded:
    """Read the policy or statute in a file, with the files it includes.

    Never raises for what the files hold. Warnings leave the document usable.
    """
    file = Path(path)
    return load_source(file, read_yaml(file))


def load_source(path: Path, source: Source) -> Loaded:
    """As `load`, of a file that was read before."""
    return _Loading(path, source).loaded()


def include_diagnostics(source: Source) -> list[Diagnostic]:
    """What is wrong with a file of clauses by itself; what its names mean is known only where it is included."""
    loading = _Loading(Path(source.name), source)
    for problem in without_echoes(problem for _, problem in loading.structure("include")):
        loading.note(source, problem)
    return in_order([*loading.found, *included(source).diagnostics])


class _Loading:
    """The reading of one document; diagnostics gather as the steps go by."""

    def __init__(self, path: Path, source: Source) -> None:
        self.path = path
        self.source = source
        self.data: Mapping[str, Any] = source.data if isinstance(source.data, dict) else {}
        self.kind = file_kind(self.data)
        self.found: list[Diagnostic] = list(source.diagnostics)
        self.sources: list[Source] = [source]
        self.terms: Terms | None = None

    def loaded(self) -> Loaded:
        document = self._document()
        diagnostics = tuple(in_order(self.found))
        usable = None if any(each.is_error for each in diagnostics) else document
        return Loaded(usable, diagnostics, tuple(source.state for source in self.sources))

    def _document(self) -> Document | None:
        if not self.data:
            if self.source.data is not None:
                self.note(self.source, not_a_mapping(self.source.data))
            return None
        if self.kind not in ("policy", "statute"):
            self.note(self.source, unknown_document(self.data, self.kind))
            return None
        inclusion = included(self.source)
        self.sources += inclusion.sources
        self.found += inclusion.diagnostics
        clauses = [clause for source in self.sources for clause in raw_clauses(source)]
        structure = self.structure(self.kind)
        self.terms = read_terms(self.data, self.kind)
        typed, problems = self._typed(clauses)
        problems += [(self.source, each) for each in self._head()]
        for source, problem in one_voice(structure, problems):
            self.note(source, problem)
        for source, problem in self._relations(clauses):
            self.note(source, problem)
        if len(typed) == len(clauses):
            self._lint(typed)
        if self.kind == "statute" and not self.terms.currency and names_sums(typed, self.terms.vocabulary):
            self.note(
                self.source,
                Problem(
                    "PS217-statute-currency",
                    (),
                    "this statute names sums, and no currency",
                    "add `currency:` to its head",
                ),
            )
        return self._built(typed, inclusion)

    def note(self, source: Source, problem: Problem) -> None:
        """Keep a problem, unless it stands in a place that was already reported while reading."""
        if source.is_damaged(problem.path):
            return
        if problem.code in LACKING and source.lacks_keys(problem.path):
            return
        if source.partial and len(problem.path) < 2 and problem.code in UNREAD:
            return
        self.found.append(source.at(problem.code, problem.path, problem.message, problem.hint, key=problem.on_key))

    def structure(self, kind: FileKind) -> list[tuple[Source, Problem]]:
        """What the schema says of each file."""
        return [
            (source, problem)
            for source in self.sources
            if isinstance(source.data, dict)
            for problem in structural_problems(source.data, kind if source is self.source else "include")
        ]

    def _head(self) -> Iterator[Problem]:
        yield from head_problems(self.data)
        if self.terms is not None:
            yield from self.terms.problems
        if self.kind == "policy":
            yield from statute_problems(self.data, self.path)

    def _typed(self, clauses: Sequence[RawClause]) -> tuple[list[Clause], list[tuple[Source, Problem]]]:
        typed: list[Clause] = []
        found: list[tuple[Source, Problem]] = []
        if self.terms is None:
            return typed, found
        context = KindContext(
            self.terms.vocabulary, self.terms.vocabulary.currency, "policy" if self.kind == "policy" else "statute"
        )
        for index, raw in enumerate(clauses):
            clause, problems = parse_clause(raw.data, context, index, raw.path)
            found += [(raw.source, problem) for problem in problems if not self._is_half_declared(problem)]
            if clause is not None:
                line = raw.source.position(raw.path).line
                typed.append(replace(clause, file=raw.source.name, line=line))
        return typed, found

    def _is_half_declared(self, problem: Problem) -> bool:
        """Whether it only misses a fact whose declaration has a mistake of its own."""
        declared = self.data.get("facts")
        named = NAMED.search(problem.message)
        if problem.code not in ("PS208-unknown-fact", "PS213-unknown-anchor") or named is None or self.terms is None:
            return False
        name = named[1].removeprefix("days_since_")
        return isinstance(declared, dict) and name in declared and name not in self.terms.declared

    def _relations(self, clauses: Sequence[RawClause]) -> Iterator[tuple[Source, Problem]]:
        yield from reference_problems(clauses)
        yield from misplaced_powers(clauses)
        yield from mistyped_names(clauses)
        if self.kind == "policy" and not any(source.partial for source in self.sources):
            yield from unknown_fee_codes(clauses)
        if self.terms is not None:
            for clause in clauses:
                yield from unintended_unless(clause, self.terms.vocabulary)

    def _lint(self, typed: Sequence[Clause]) -> None:
        if self.terms is None:
            return
        named = {source.name: source for source in self.sources}
        own = self.sources[0].name
        effective = self.data.get("effective")
        days = effective if isinstance(effective, dict) else {}
        for clause in typed:
            # An included file serves several versions: its clauses may wait for the days of another.
            first, last = (day_of(days.get(key)) if clause.file == own else None for key in ("from", "through"))
            never = never_applies(clause, self.terms.vocabulary, first, last)
            if never is not None:
                place = Problem(
                    "PS404-never-applies", (*clause.path, never[0]), f"`{clause.id}` can never apply", never[1], True
                )
                self.note(named[clause.file], place)
        for clause, hider in unreachable(typed, self.terms.vocabulary):
            if clause.id == hider.id:
                continue  # one clause twice, which is told
            where = f"line {hider.line}" + (f" of `{hider.file}`" if hider.file != clause.file else "")
            self.note(
                named[clause.file],
                Problem(
                    "PS401-unreachable",
                    (*clause.path, "id"),
                    f"`{clause.id}` can never take effect",
                    f"`{hider.id}` on {where} applies wherever it does and comes first: put the special before "
                    f"the general",
                ),
            )

        head = Head(own, day_of(days.get("from")), str(self.data.get("counting", "")))
        vocabulary = self.terms.vocabulary
        for clause, problem in [*pitfalls(typed, vocabulary, head), *nearly_one_name(typed, vocabulary)]:
            self.note(named[clause.file], problem)
        if self._has_no_floor() and permits_nothing(typed):
            nothing = Problem(
                "PS406-permits-nothing",
                ("clauses",),
                "nothing in this policy permits a return: each is denied",
                "add a permission, such as `window: {days: 30}`; if this is meant, say so by a `deny` without `when`",
                "clauses" in self.data,
            )
            self.note(self.source, nothing)

    def _has_no_floor(self) -> bool:
        """Whether the clauses at hand are all that can permit something: none unread, and no statute's."""
        return self.kind == "policy" and "statute" not in self.data and not any(each.is_error for each in self.found)

    def _built(self, clauses: list[Clause], inclusion: Inclusion) -> Document | None:
        terms, data = self.terms, self.data
        effective = data.get("effective")
        first = day_of(effective.get("from")) if isinstance(effective, dict) else None
        if terms is None or first is None or any(each.is_error for each in self.found):
            return None
        policy = self.kind == "policy"
        statutes = data.get("statute", ()) if policy else ()
        return Document(
            kind="policy" if policy else "statute",
            name=text_of(data["merchant" if policy else "statute"]),
            version=text_of(data["version"]),
            effective_from=first,
            effective_through=day_of(effective.get("through")) if isinstance(effective, dict) else None,
            timezone=text_of(data.get("timezone", "")),
            currency=terms.currency,
            ships_from=text_of(data["ships_from"]) if "ships_from" in data else None,
            counting=data.get("counting", "from_next_day"),
            if_last_day_closed=data.get("if_last_day_closed", "none"),
            statutes=(text_of(statutes),) if not isinstance(statutes, (list, tuple)) else tuple(map(text_of, statutes)),
            countries=tuple(map(text_of, data.get("countries", ()))),
            vocabulary=terms.vocabulary,
            declared=terms.declared,
            clauses=tuple(clauses),
            path=self.path,
            digest=digest({"files": [digest(source.text.encode()) for source in self.sources]}),
            texts=tuple(source.text for source in self.sources),
            names_sums=names_sums(clauses, terms.vocabulary),
            title=MappingProxyType({key: text_of(value) for key, value in data.get("title", {}).items()}),
            included=inclusion.paths,
        )


def names_sums(clauses: Sequence[Clause], vocabulary: Vocabulary) -> bool:
    """Whether any clause names a sum of money, in its effect or in a condition."""
    return any(names_sum(clause, vocabulary) for clause in clauses)
