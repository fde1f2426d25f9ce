"""Changes above the clauses: how days count, when a version is in force, who is liable, what absence means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

from policy_service.contract.claim import Liability
from policy_service.language.document import Document
from policy_service.language.reasons import ReasonTree
from policy_service.language.scalars import text_of

DataPath = tuple[str | int, ...]
SIBLINGS_SHOWN = 2
LIABLE = get_args(Liability)

HeadEdit = tuple[DataPath, str, Document, Mapping[str, tuple[Any, ...]]]
"""Where in the file it stands, what it says, the changed document, and facts with the values with which it may show."""


def head_edits(document: Document) -> Iterator[HeadEdit]:
    """Every change above the clauses."""
    yield from _counting(document)
    yield from _in_force(document)
    yield from _liabilities(document)
    yield from _defaults(document)


def _counting(document: Document) -> Iterator[HeadEdit]:
    calendar = ("from_next_day", "from_same_day")
    if document.counting in calendar:
        other = calendar[1 - calendar.index(document.counting)]
        yield ("counting",), f"counting {document.counting} -> {other}", replace(document, counting=other), {}
    if document.if_last_day_closed != "none":
        says = f"if_last_day_closed {document.if_last_day_closed} -> none"
        yield ("if_last_day_closed",), says, replace(document, if_last_day_closed="none"), {}


def _in_force(document: Document) -> Iterator[HeadEdit]:
    """In force a day less: a day more is seen only where another version stands beside, and then by that one's days."""
    if document.kind != "policy":
        return
    day = timedelta(days=1)
    start, end = document.effective_from, document.effective_through
    later = replace(document, effective_from=start + day)
    yield ("effective", "from"), f"effective.from {start} -> {start + day}", later, {"ordered_on": (start,)}
    if end is not None:
        says = f"effective.through {end} -> {end - day}"
        yield ("effective", "through"), says, replace(document, effective_through=end - day), {"ordered_on": (end,)}


def _liabilities(document: Document) -> Iterator[HeadEdit]:
    tree = document.vocabulary.reasons
    for path, branch in tree.branches.items():
        if branch.liability is None:
            continue
        for other in [each for each in LIABLE if each != branch.liability][:SIBLINGS_SHOWN]:
            reasons = ReasonTree({**tree.branches, path: replace(branch, liability=other)})
            changed = replace(document, vocabulary=replace(document.vocabulary, reasons=reasons))
            yield (
                ("reasons", path),
                f"reasons {path} liability {branch.liability} -> {other}",
                changed,
                {"reason": (path,)},
            )


def _defaults(document: Document) -> Iterator[HeadEdit]:
    for name, fact in document.declared.items():
        if not isinstance(fact.default, bool):
            continue
        declared = {**document.declared, name: replace(fact, default=not fact.default)}
        says = f"facts {name} default {text_of(fact.default)} -> {text_of(not fact.default)}"
        yield ("facts", name), says, replace(document, declared=declared), {name: (None,)}
