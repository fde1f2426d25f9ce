"""Mistakes of a suite that only its policies can tell: an unsaid now, and the absence of what nobody can name."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from policy_service.contract.problems import ProblemError
from policy_service.decision.decide import Decided
from policy_service.language.clause import Clause
from policy_service.language.problem import Problem
from policy_service.language.scalars import text_of
from policy_service.scenarios import mistakes
from policy_service.scenarios.expand import Case
from policy_service.scenarios.paths import NAMES, Member, Path, find, show_path
from policy_service.scenarios.runner import Bench
from policy_service.scenarios.tracing import clause_place, line_traces
from policy_service.scenarios.truth import comparisons

# What of a decision moves with the clock even while the answer stays the same.
MOVING = ("decided_at", "stable_until", "deadlines", "alternatives", "days_left", "closes_at", "last_day", "due")


def unsaid_now(bench: Bench) -> Iterator[Problem]:
    """A mistake where a scenario's answer depends on time while nothing says when it is asked.

    What the suite leaves unsaid is left unsaid once, however many scenarios wait for it.
    """
    found: dict[str, tuple[Case, str]] = {}
    for case in bench.loaded.cases:
        if case.now is None and not case.request.get("requested_at") and case.scenario not in found:
            looked = who_looked(bench, case)
            if looked is not None:
                found[case.scenario] = case, looked
    for case, looked in itertools.islice(found.values(), 1):
        yield mistakes.no_now(case.at, case.scenario, looked, len(found) - 1)


def who_looked(bench: Bench, case: Case) -> str | None:
    """Which clause looks at the clock, if the case's answer moves with it; None where it never does.

    The request is decided at the first instant it can be made; from there the service knows until when the answer
    stays as it is.
    """
    request = bench.request_of(case)
    try:
        decided = bench.service.decide({**request, "requested_at": request["order"]["placed_at"]})
    except (ProblemError, KeyError, TypeError):
        return None
    named = {str(segment) for expected in case.expect for segment in expected.path}
    if decided.decision["stable_until"] is None and not named & set(MOVING):
        return None
    return _looker(decided)


def _looker(decided: Decided) -> str:
    until = decided.decision["stable_until"]
    for trace in line_traces(decided):
        for standing in trace.permissions:
            closes_at = standing.window.closes_at
            if closes_at is not None and (until is None or closes_at == datetime.fromisoformat(until)):
                return f"{_named(standing.clause)} closes"
        for each in trace.documents:
            for clause in each.document.clauses:
                facts = [test.fact for test in comparisons(clause) if each.document.vocabulary.facts[test.fact].clock]
                if facts and each.facts.values["action"] in clause.actions:
                    return f"{_named(clause)} looks at `{facts[0]}`"
    for trace in line_traces(decided):
        for clause in trace.applying:
            if clause.effect.counts_from_asking:
                return f"{_named(clause)} counts from the moment of asking"
    return "the instant itself is expected"


def _named(clause: Clause) -> str:
    file, line = clause_place(clause)
    return f"the clause `{clause.id}` ({file.rsplit('/', 1)[-1]}:{line})"


def unnameable(bench: Bench) -> Iterator[Problem]:
    """A mistake for each expected absence of a name that neither the policies nor the request know."""
    known: set[str] | None = None
    for case in bench.loaded.cases:
        then = case.then.expect if case.then else ()
        for expected in (*case.expect, *then):
            place = _missing_name(expected.path) if expected.value == "absent" else None
            if place is None:
                continue
            within, name = place
            if within == "lines":
                here = set(_order_lines(case.request))
            else:
                known = known if known is not None else _names(bench)
                here = known | set(_request_names(case.request))
            if name not in here:
                yield mistakes.unknown_name(expected.at, show_path(expected.path), name, sorted(here))


LISTS = ("reasons", "fees", "deductions", "entitlements", "obligations", "alternatives", "disposition", "notifications")


def _missing_name(path: Path) -> tuple[str, str] | None:
    """The last list of which the path names a member, and the name."""
    for before, segment in reversed(tuple(itertools.pairwise(path))):
        if before in (*LISTS, "lines") and not isinstance(segment, int):
            return str(before), segment.value if isinstance(segment, Member) else segment
    return None


def _order_lines(request: Mapping[str, Any]) -> Iterator[str]:
    for path, key in ((("order", "lines"), "id"), (("lines",), "order_line")):
        members = find(request, path)
        yield from (text_of(member[key]) for member in members or () if isinstance(member, Mapping) and key in member)


def _names(bench: Bench) -> set[str]:
    """Every name that a decision of these policies could carry."""
    from policy_service.contract.reasons import REASON_CODES

    names = set(REASON_CODES)
    for document in bench.shop.documents:
        for clause in document.clauses:
            names.add(clause.id)
            names.update(_words(clause.effect.model_dump()))
    names.update({"return_gift", "supply_evidence", "coupon", "points", "follow_up", "gift", "missing_gift"})
    return names


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _words(part)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from _words(part)


def _request_names(request: Mapping[str, Any]) -> Iterator[str]:
    for path in (("order", "lines"), ("order", "gifts"), ("order", "discounts"), ("lines",)):
        members = find(request, path)
        for member in members if isinstance(members, list) else ():
            yield from (str(value) for key, value in member.items() if key in NAMES or key == "id")
