"""Running a case: freeze the clock, ask the service as a caller would, compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from policy_service.contract.problems import ProblemError
from policy_service.contract.request import ParsedRequest
from policy_service.decision.decide import Decided
from policy_service.language.coercion import coerce
from policy_service.language.diagnostics import Diagnostic
from policy_service.scenarios.compare import Mismatch, mismatches
from policy_service.scenarios.expand import Case, Expectation, SecondStage
from policy_service.scenarios.freezing import FREEZER, Freezer
from policy_service.scenarios.judge import contract, is_instant
from policy_service.scenarios.mistakes import At
from policy_service.scenarios.plain import plain_attributes, plain_json
from policy_service.scenarios.reading import LoadedSuite, SuiteError, read_suite
from policy_service.scenarios.shop import Shop, open_shop
from policy_service.service import Body, Service


@dataclass(frozen=True, slots=True)
class Unmet:
    """An expectation that a decision does not meet; `stage` is `request` or `inspection`."""

    stage: str
    mismatch: Mismatch
    at: At


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a case, `request` or `inspection`, and its decision."""

    name: str
    decided: Decided


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case. `refusal` says why no true decision was made, one line a reason."""

    case: Case
    stages: tuple[Stage, ...] = ()
    unmet: tuple[Unmet, ...] = ()
    refusal: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        return not self.unmet and not self.refusal


class Bench:
    """A suite's cases with the policies that they ask."""

    def __init__(self, loaded: LoadedSuite, shop: Shop, freezer: Freezer = FREEZER) -> None:
        self.loaded = loaded
        self.shop = shop
        self.service = Service(shop)
        self.freezer = freezer

    @classmethod
    def of(cls, loaded: LoadedSuite, *, memo: bool = True) -> Bench:
        """The bench of a suite; raises SuiteError where its policies cannot be read."""
        return cls(loaded, open_shop(loaded, memo=memo))

    def mistakes(self) -> list[Diagnostic]:
        """What only the policies can tell: requests that are refused, answers that depend on an unsaid now, and the
        absence of what nobody can name."""
        from policy_service.scenarios.policy_checks import unnameable, unsaid_now
        from policy_service.scenarios.refused import refused

        problems = dict.fromkeys([*refused(self), *unnameable(self), *unsaid_now(self)])
        return [self.loaded.diagnostic(problem) for problem in problems]

    def request_of(self, case: Case) -> dict[str, Any]:
        """The request as a caller would send it."""
        request = plain_attributes(
            coerce(case.request, contract().request.schema), self.shop.declared(case.request.get("merchant"))
        )
        return dict(request)

    @property
    def plain_given(self) -> dict[str, Any]:
        """What the suite's scenarios start from, as plain JSON."""
        given = coerce(self.loaded.suite.given, contract().request.schema)
        return dict(plain_attributes(given, self.shop.declared(self.loaded.suite.given.get("merchant"))))

    def run(self, case: Case) -> Outcome:
        """Decide the case at its instant, and its second stage where it has one."""
        request = self.request_of(case)
        with self.freezer.at(case.now or _any_instant(request)):
            return self.decide(case, request)

    def decide(self, case: Case, request: Body | ParsedRequest, now: datetime | None = None) -> Outcome:
        """The outcome of a request in the place of the case's own, at `now` or by the clock as it stands."""
        try:
            parsed = request if isinstance(request, ParsedRequest) else self.service.parse(request)
            decided = self.service.decide(parsed, now=now)
        except ProblemError as error:
            return Outcome(case, refusal=tuple(_refusal(error)))
        first = Stage("request", decided)
        failed = tuple(_failures(decided, case.expect))
        unmet = list(_unmet(first, case.expect))
        if case.then is None:
            return Outcome(case, (first,), tuple(unmet), failed)
        try:
            found = self.service.inspect(parsed, decided.decision, self.inspection_of(case.then))
        except ProblemError as error:
            return Outcome(case, (first,), tuple(unmet), tuple(_refusal(error)))
        second = Stage("inspection", found)
        failed = (*failed, *_failures(found, case.then.expect))
        return Outcome(case, (first, second), (*unmet, *_unmet(second, case.then.expect)), failed)

    def inspection_of(self, then: SecondStage) -> dict[str, Any]:
        """The inspection as a caller would send it."""
        return dict(plain_json(coerce(then.inspection, contract().inspection.schema)))


def _any_instant(request: dict[str, Any]) -> str | None:
    """Where nothing says when it is asked, the answer is the same at any instant: the host's own must not matter."""
    order = request.get("order")
    said = request.get("requested_at") or (order.get("placed_at") if isinstance(order, dict) else None)
    return said if isinstance(said, str) and is_instant(said) else None


def bench_of(file: Path, name: str | None = None, *, memo: bool = True) -> Bench:
    """The bench of a suite file; raises SuiteError with every mistake in it, and in its policies.

    `name` is what messages call the file; by default its path as given.
    """
    loaded = read_suite(file, name)
    found = list(loaded.diagnostics)
    bench: Bench | None = None
    if loaded.is_askable:
        try:
            bench = Bench.of(loaded, memo=memo)
            found.extend(bench.mistakes())
        except SuiteError as error:
            found.extend(error.diagnostics)
    if found or bench is None:
        raise SuiteError(found)
    return bench


def _unmet(stage: Stage, expected: tuple[Expectation, ...]) -> Iterator[Unmet]:
    decision: Mapping[str, Any] = stage.decided.decision
    for each in expected:
        for mismatch in mismatches(decision, each.path, each.value):
            yield Unmet(stage.name, mismatch, each.at)


def _failures(decided: Decided, expected: tuple[Expectation, ...]) -> Iterator[str]:
    """Errors inside evaluation, which give `review`: who expects just a review must not take them for one."""
    if any("evaluation_error" in each.path for each in expected):
        return
    for number, line in enumerate(decided.decision["lines"]):
        if any(reason["code"] == "evaluation_error" for reason in line["reasons"]):
            yield f"the evaluation of line {number} failed (`evaluation_error`)"


def _refusal(error: ProblemError) -> Iterator[str]:
    """Why the service refused, as a scenario's author reads it."""
    problem = error.problem
    yield f"{problem.status} {problem.detail or problem.title}"
    for each in problem.errors or ():
        hint = f" ({each.hint})" if each.hint else ""
        yield f"{each.pointer or '/'}: {each.detail}{hint}"
