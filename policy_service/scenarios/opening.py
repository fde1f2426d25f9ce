"""From a suite's file to cases that can be asked, or every mistake in it."""

from __future__ import annotations

from pathlib import Path

from policy_service.language.diagnostics import Diagnostic
from policy_service.scenarios.policy_checks import unnameable, unsaid_now
from policy_service.scenarios.reading import SuiteError, read_suite
from policy_service.scenarios.refused import refused
from policy_service.scenarios.runner import Bench


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
            found.extend(_mistakes(bench))
        except SuiteError as error:
            found.extend(error.diagnostics)
    if found or bench is None:
        raise SuiteError(found)
    return bench


def _mistakes(bench: Bench) -> list[Diagnostic]:
    """What only the policies can tell: requests that are refused, answers that depend on an unsaid now, and the absence
    of what nobody can name."""
    problems = dict.fromkeys([*refused(bench), *unnameable(bench), *unsaid_now(bench)])
    return [bench.loaded.diagnostic(problem) for problem in problems]
