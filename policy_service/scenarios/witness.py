"""Looking for the request that tells a policy from its mutant.

From the suite's own requests, the levers of the facts that the changed clause looks at are pulled, alone and together,
and the clock is moved around every window's closing, until the two decisions differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, product
from types import MappingProxyType
from typing import Any, get_args
from zoneinfo import ZoneInfo

from policy_service.contract.canonical import canonical
from policy_service.contract.claim import Liability
from policy_service.contract.problems import ProblemError
from policy_service.decision.clock import plus_days, plus_months
from policy_service.language.clause import Clause
from policy_service.language.document import Document
from policy_service.scenarios.cells import OTHER, during_tests, representatives, tests_by_fact
from policy_service.scenarios.levers import ANCHORS, Bench, Json, pull
from policy_service.scenarios.merge import merged
from policy_service.scenarios.paths import Path, show_path
from policy_service.scenarios.writing import changes_between, differences, scenario_text
from policy_service.service import Service

MOST_TOGETHER = 3

# Differences worth expecting only where there is no other.
WEAK = frozenset({"assumptions", "counterfactuals", "alternatives", "stable_until"})

Pull = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Base:
    """A request to start from, as made at its instant; `inspection` where the second stage follows.

    `given` is what the suite starts from, in whose terms a scenario is written.
    """

    request: Json
    given: Json
    inspection: Json | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A request that tells two policies apart, and what to expect of the first of them."""

    base: Base
    request: Json
    expect: tuple[tuple[Path, Any], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two ways to decide a base: by the policy as it is, and by its mutant."""

    before: Callable[[Json, Json | None], Json | None]
    after: Callable[[Json, Json | None], Json | None]


def search(
    bases: Sequence[Base],
    document: Document,
    clause: Clause,
    changed: Document,
    pair: Pair,
    most: int,
    levers: Mapping[str, Sequence[Any]] = MappingProxyType({}),
) -> tuple[Witness | None, int]:
    """A witness, or None, and how many requests were tried, `most` at most; `levers` are facts to begin with, and
    their values."""
    weak: Witness | None = None
    tried = 0
    seen: set[bytes] = set()
    for base, request in _candidates(bases, document, clause, changed, pair, levers):
        key = canonical([request, base.inspection])
        if key in seen:
            continue
        seen.add(key)
        tried += 1
        found = told_apart(base, request, pair)
        if found is not None:
            if not all(_is_weak(path) for path, _ in found.expect):
                return found, tried
            weak = weak or found
        if tried >= most:
            break
    return weak, tried


def told_apart(base: Base, request: Json, pair: Pair) -> Witness | None:
    """The request as a witness, if the pair decides it differently."""
    before = pair.before(request, base.inspection)
    if before is None:
        return None
    after = pair.after(request, base.inspection)
    if after is None:
        # The other refuses where this one decides: no version in force, say.
        return Witness(base, request, ((("outcome",), before["outcome"]),))
    expect = tuple(differences(before, after))
    return Witness(base, request, _best(expect)) if expect else None


def _is_weak(path: Path) -> bool:
    return any(segment in WEAK for segment in path)


def _best(expect: tuple[tuple[Path, Any], ...]) -> tuple[tuple[Path, Any], ...]:
    strong = [each for each in expect if not _is_weak(each[0])] or list(expect)
    ranked = sorted(strong, key=lambda each: (each[0][0] != "outcome", each[0][0] != "refund", len(each[0])))
    return tuple(ranked[:3])


def _candidates(
    bases: Sequence[Base],
    document: Document,
    clause: Clause,
    changed: Document,
    pair: Pair,
    levers: Mapping[str, Sequence[Any]],
) -> Iterator[tuple[Base, Json]]:
    """Requests, the simplest first: the suite's own, then with one lever pulled, then with several."""
    for base in bases:
        yield base, base.request
    other = changed.clause(clause.id)
    concerned = [clause, *([other] if other else []), *_related(document, clause)]
    pulls = {name: list(values) for name, values in levers.items()}
    pulls |= {name: values for name, values in _pulls(document, concerned).items() if name not in pulls}
    for count in range(1, MOST_TOGETHER + 1):
        for base in bases:
            for line in range(len(base.request["lines"])):
                for chosen in combinations(pulls, count):
                    for values in product(*(pulls[fact] for fact in chosen)):
                        request = _pulled(base.request, line, document, list(zip(chosen, values, strict=True)))
                        if request is None:
                            continue
                        yield base, request
                        if clause.effect.role == "permission":
                            yield from ((base, later) for later in moved(request, pair))
        if count == 1:
            for base in bases:
                yield from ((base, later) for later in moved(base.request, pair))
                for each in [clause, *([other] if other else [])]:
                    for late in _capped(base.request, document, each):
                        yield from ((base, later) for later in moved(late, pair))


def _pulled(request: Json, line: int, document: Document, pulls: Sequence[Pull]) -> Json | None:
    changed: Json | None = request
    for fact, value in pulls:
        if changed is None:
            return None
        changed = pull(changed, line, document, fact, value)
    return changed


def _related(document: Document, clause: Clause) -> list[Clause]:
    """Clauses that the changed one names or that name it, whose conditions decide whether it matters."""
    found = []
    for each in document.clauses:
        for names in (clause.overrides, clause.instead_of):
            if names is not None and (names == "all" or each.id in names):
                found.append(each)
        for names in (each.overrides, each.instead_of):
            if names is not None and (names == "all" or clause.id in names):
                found.append(each)
    return [each for each in dict.fromkeys(found) if each is not clause]


def _pulls(document: Document, clauses: Sequence[Clause]) -> dict[str, list[Any]]:
    """The levers that may matter, with the values worth trying; those the clauses look at come first."""
    facts = tests_by_fact(clauses)
    days = during_tests(clauses)
    vocabulary = document.vocabulary
    pulls: dict[str, list[Any]] = {"action": sorted({action for clause in clauses for action in clause.actions})}
    for name in vocabulary.facts:
        if name in facts or name in days:
            fact = vocabulary.facts[name]
            pulls[name] = representatives(fact, facts.get(name, []), days.get(name, []), vocabulary=vocabulary)
    for clause in clauses:
        for name, values in _effect_pulls(clause).items():
            pulls[name] = [*pulls.get(name, []), *values]
    pulls.setdefault("liability", list(get_args(Liability)))
    # Goods of no category that is named: where another clause for theirs decides, this one would not be seen.
    pulls.setdefault("category", [OTHER])
    return pulls


def _capped(request: Json, document: Document, clause: Clause) -> Iterator[Json]:
    """The request with its window begun so late that `not_after` begins to cut it short, and a day to either side."""
    effect: Any = clause.effect
    cap = getattr(effect, "not_after", None)
    if cap is None or effect.until is not None:
        return
    begins = "delivery" if effect.after == "last_delivery" else effect.after
    if begins not in ("delivery", "shipment") or cap.after not in ANCHORS or cap.after == begins:
        return
    for line in range(len(request["lines"])):
        start = Bench(request, line, document).anchor(cap.after)
        if start is None:
            continue
        day = start.astimezone(ZoneInfo(document.timezone)).date()
        last = plus_months(day, cap.months) if cap.months else plus_days(day, cap.days or 0)
        first = plus_months(last, -effect.months) if effect.months else plus_days(last, -(effect.days or 0))
        for step in (-1, 0, 1):
            begun = max(day, plus_days(first, step))
            pulls = [("shipped_on" if begins == "shipment" else "delivered_on", begun), ("requested_on", begun)]
            late = _pulled(request, line, document, pulls)
            if late is not None:
                yield late


def _effect_pulls(clause: Clause) -> dict[str, list[Any]]:
    """Where a clause's own numbers begin to count."""
    pulls: dict[str, list[Any]] = {}
    evidence = getattr(clause.effect, "evidence", ())
    if evidence:
        pulls["evidence"] = [frozenset(), frozenset(evidence), *(frozenset(evidence) - {each} for each in evidence)]
    pulls.update(clause.effect.turning_points())
    for fact in clause.effect.named_facts():
        pulls.setdefault(str(fact), []).extend([1, 2, None])
    return pulls


def moved(request: Json, pair: Pair) -> Iterator[Json]:
    """The request made just before and just at each closing that either decision names."""
    for ask in (pair.before, pair.after):
        decision = ask(request, None)
        for line in decision["lines"] if decision else ():
            window = line.get("window") or {}
            instants = [window.get("closes_at"), *(reason.get("closes_at") for reason in line["reasons"])]
            for closes_at in instants:
                if closes_at is not None:
                    for step in (-1, 0):
                        instant = datetime.fromisoformat(closes_at) + timedelta(seconds=step)
                        yield merged(request, [(("requested_at",), instant.isoformat())])


def answers(service: Service) -> Callable[[Json, Json | None], Json | None]:
    """How a policy answers a request, at its second stage where there is an inspection; None where it refuses."""

    def ask(request: Json, inspection: Json | None) -> Json | None:
        try:
            parsed = service.parse(request)
            decided = service.decide(parsed, id="")
            if inspection is None:
                return decided.decision
            return service.inspect(parsed, decided.decision, inspection, id="").decision
        except ProblemError:
            return None

    return ask


def scenario_of(witness: Witness, name: str) -> str:
    """The witness as a scenario of its suite."""
    request = dict(witness.request)
    now = request.pop("requested_at") if "requested_at" not in witness.base.given else None
    changes = changes_between(witness.base.given, request)
    expect = {show_path(path): value for path, value in witness.expect}
    if witness.base.inspection is None:
        return scenario_text(name, now=now, changes=changes, expect=expect)
    return scenario_text(name, now=now, changes=changes, expect={}, then=(witness.base.inspection, expect))
