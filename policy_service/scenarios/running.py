"""Running suites for people who do not know pytest: the same items, told plainly.

Whatever else the environment's pytest is set up for (ini files, conftests, other plugins) stays out of it.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from policy_service.language.diagnostics import did_you_mean
from policy_service.language.files import is_suite
from policy_service.scenarios.reading import SuiteError, read_suite

PASSED, FAILED, UNUSABLE = 0, 1, 2
"""Exit status: everything as expected; something is not; a suite or the command itself is wrong."""

PLUGIN = "policy_service.scenarios.plugin"


@dataclass(frozen=True, slots=True)
class Options:
    """How to run. `keyword` is pytest's `-k`, or just words of a name; `workers` a number or `auto`."""

    keyword: str | None = None
    stop_at_first: bool = False
    last_failed: bool = False
    workers: str | None = None
    junit: Path | None = None
    coverage_file: Path | None = None
    memo: bool = True


@dataclass
class Teller:
    """Tells a pytest session as a run of scenarios: failures as they come, then each suite and the sum."""

    console: Console
    failed: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    collected: int = 0
    started: float = field(default_factory=time.perf_counter)
    progress: Progress | None = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and report.nodeid not in self.refused:
            # Every worker of `-n` collects, and so refuses, for itself.
            self.refused.append(report.nodeid)
            self._say(report.longreprtext.rstrip() + "\n")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._start(len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        self._start(len(ids))

    def _start(self, count: int) -> None:
        self.collected = max(self.collected, count)
        if self.progress is None and self.console.is_terminal and count:
            columns = (TextColumn("scenarios"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
            self.progress = Progress(*columns, console=self.console, transient=True)
            self.progress.add_task("", total=count)
            self.progress.start()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        suite = report.location[0]
        if report.failed:
            self.failed[suite] += 1
            self._say(f"FAILED {report.longreprtext.rstrip()}\n")
        elif report.when == "call":
            self.passed[suite] += 1
        if self.progress is not None and report.when == "teardown":
            failed = self.failed.total()
            self.progress.update(self.progress.task_ids[0], advance=1, description=f"{failed} failed" if failed else "")

    def pytest_sessionfinish(self) -> None:
        if self.progress is not None:
            self.progress.stop()

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: object) -> None:
        self._say(str(excrepr))

    def _say(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def summary(self) -> None:
        """Each suite with its counts, then the sum."""
        suites = sorted({*self.passed, *self.failed})
        width = max(map(len, suites), default=0)
        for suite in suites:
            self._say(f"{suite:<{width}}  {_counts(self.passed[suite], self.failed[suite])}")
        seconds = time.perf_counter() - self.started
        if suites:
            done = _counts(self.passed.total(), self.failed.total())
            self._say(f"\n{_plural(self.passed.total() + self.failed.total(), 'scenario')}: {done}, in {seconds:.2f} s")
        if self.refused:
            self._say(f"{_plural(len(self.refused), 'suite')} cannot be run")


def _counts(passed: int, failed: int) -> str:
    return ", ".join(
        part for part in (f"{failed} failed" if failed else "", f"{passed} passed" if passed else "") if part
    )


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def run(paths: Sequence[str], options: Options, console: Console) -> int:
    """Run the suites at and below the paths (`FILE::NAME` for one scenario); gives the exit status."""
    wrong = [said for path in paths if (said := _unusable(path))]
    if options.keyword is not None and not _is_expression(as_expression(options.keyword)):
        wrong.append(f"`{options.keyword}` is not whole: `and`, `or` and `not` stand between words, and brackets close")
    for said in wrong:
        console.print(said, markup=False, highlight=False)
    if wrong:
        return UNUSABLE
    teller = Teller(console)
    with _undisturbed():
        status = pytest.main([*_arguments(options), *paths], plugins=[teller])
    teller.summary()
    if status == pytest.ExitCode.NO_TESTS_COLLECTED:
        chosen = " that match" if options.keyword or any("::" in path for path in paths) else ""
        console.print(f"no scenarios{chosen} in {', '.join(paths)}", markup=False, highlight=False)
        return UNUSABLE
    if teller.refused or status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return UNUSABLE
    return FAILED if status == pytest.ExitCode.TESTS_FAILED else PASSED


def _unusable(path: str) -> str | None:
    """What is wrong with an argument, if anything; mistakes inside a suite are told when it is run."""
    file, _, name = path.partition("::")
    if not Path(file).exists():
        return f"there is no `{file}`"
    if not Path(file).is_dir() and not is_suite(Path(file)):
        return f"no scenarios in {file}"
    if not name:
        return None
    try:
        labels = [case.label for case in read_suite(Path(file)).cases]
    except SuiteError:
        return None
    known = {*labels, *(label.partition("[")[0] for label in labels)}
    if name in known:
        return None
    near = did_you_mean(name, sorted(known))
    return f"no scenario `{name}` in {file}{f'; {near}' if near else ''}"


def _arguments(options: Options) -> Iterator[str]:
    # An empty configuration: nobody's ini file, conftest or markers change what a scenario means.
    yield from ("-c", os.devnull, f"--rootdir={Path.cwd()}", "--noconftest", "--override-ini=cache_dir=.pytest_cache")
    # Scenarios alone: whatever tests in Python stand beside them are pytest's business.
    yield "--override-ini=python_files=no-such-file"
    yield from ("-p", "no:terminal", "-p", "no:logging", "-p", "no:warnings", "--capture=no", "-p", PLUGIN)
    if options.workers:
        yield from ("-p", "xdist", "-n", options.workers)
    if options.keyword:
        yield from ("-k", as_expression(options.keyword))
    if options.stop_at_first:
        yield "-x"
    if options.last_failed:
        yield "--lf"
    if options.junit:
        yield from (f"--junitxml={options.junit}", "--override-ini=junit_suite_name=policy")
    if options.coverage_file:
        yield f"--policy-coverage={options.coverage_file}"
    if not options.memo:
        yield "--policy-no-memo"


def as_expression(keyword: str) -> str:
    """pytest's expression for what a person types: words of a name must all be there.

    >>> as_expression("thirtieth day"), as_expression("diamond or gold")
    ('thirtieth and day', 'diamond or gold')
    """
    words = keyword.split()
    if any(word in ("and", "or", "not") or word.startswith(("(", "not(")) for word in words):
        return keyword
    plain = [re.sub(r"[^\w.+:/\\=@\[\]-]", "", word) for word in words]
    return " and ".join(word for word in plain if word)


def _is_expression(text: str) -> bool:
    """Whether pytest understands it; asked here because its own answer is that of a tool that nobody called."""
    from _pytest.mark.expression import Expression

    try:
        Expression.compile(text)
    except SyntaxError:
        return False
    return True


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No other plugin of the environment is loaded meanwhile, by us or by workers."""
    name = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
    before = {key: os.environ.get(key) for key in (name, "PYTEST_ADDOPTS")}
    os.environ[name] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
