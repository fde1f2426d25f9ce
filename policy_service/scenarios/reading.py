"""From a file to the cases it holds, or to every mistake in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from policy_service.language.diagnostics import Diagnostic, in_order
from policy_service.language.files import is_suite, yaml_files
from policy_service.language.problem import Problem
from policy_service.language.source import Source, read_yaml
from policy_service.scenarios.expand import Case, cases_of
from policy_service.scenarios.judge import judge
from policy_service.scenarios.mistakes import At
from policy_service.scenarios.suite import Suite, suite_of


class SuiteError(Exception):
    """A suite that cannot be run, with every mistake in it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(in_order(diagnostics))
        super().__init__(f"{len(self.diagnostics)} mistakes in a suite")


@dataclass(frozen=True)
class LoadedSuite:
    """A suite, the cases that could be laid out, the file it came from, and the mistakes in its form."""

    suite: Suite
    cases: tuple[Case, ...]
    source: Source
    diagnostics: tuple[Diagnostic, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_askable(self) -> bool:
        """Whether policies and the request to start from are in order, so that single cases can be asked."""
        begun = ((), ("policies",), ("given",), ("now",))
        # A key of the suite's own that is misspelt may be one of these.
        return not any(problem.path[:1] in begun or len(problem.path) == 1 for problem in self.problems)

    def line(self, at: At) -> int:
        """The line of the file where that part of the suite stands."""
        return self.source.position(at).line

    def diagnostic(self, problem: Problem) -> Diagnostic:
        """A mistake found later, at its place in the file."""
        return _diagnostic(self.source, problem)


def suites_in(paths: Iterable[Path]) -> Iterator[Path]:
    """The suite files among the paths and below them, in order, each once."""
    seen: set[Path] = set()
    for file in yaml_files(paths):
        if file.resolve() not in seen and is_suite(file):
            seen.add(file.resolve())
            yield file


def read_suite(file: Path, name: str | None = None) -> LoadedSuite:
    """Read a suite with all its mistakes; raises SuiteError where there is nothing to read.

    `name` is what messages call the file; by default its path as given.
    """
    source = read_yaml(file, name)
    if source.data is None:
        raise SuiteError(source.diagnostics)
    suite, problems = suite_of(source.data, file, lambda at: source.position(at).line)
    problems.extend(judge(suite))
    cases, unlaid = cases_of(suite)
    # One voice per place: what the contract says of a path says more than where following it failed.
    judged = {problem.path for problem in problems}
    problems.extend(problem for problem in unlaid if problem.path not in judged)
    kept = tuple(dict.fromkeys(problems))
    found = [*source.diagnostics, *(_diagnostic(source, problem) for problem in kept)]
    return LoadedSuite(suite, tuple(cases), source, tuple(found), kept)


def _diagnostic(source: Source, problem: Problem) -> Diagnostic:
    return source.at(problem.code, problem.path, problem.message, problem.hint, key=problem.on_key)
