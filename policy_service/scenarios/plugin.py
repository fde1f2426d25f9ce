"""The pytest plugin: every case of a suite is a test.

A YAML file whose top level has `suite:` is collected as a file of tests: one for each scenario, table row and clock
instant, named as its author named it. `-k`, `-x`, `--lf`, `-n` and `--junitxml` work because they are pytest's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from policy_service.scenarios.expand import Case
    from policy_service.scenarios.runner import Bench, Outcome

# Everything of ours is imported where it is used: the plugin is loaded into every pytest run of an environment
# that has the package, and must cost those without scenarios nothing.


class Unmet(Exception):
    """A case whose decision is not as expected; the text is the whole report."""


class SuiteFile(pytest.File):
    """A suite as pytest collects it."""

    def collect(self) -> Iterator[pytest.Item]:
        from policy_service.scenarios.opening import bench_of

        bench = bench_of(self.path, self._shown(), memo=not self.config.getoption("policy_no_memo"))
        observer = self.config.pluginmanager.get_plugin("policy-coverage")
        if observer is not None:
            observer.collected(bench)
        for case in bench.loaded.cases:
            # The id as text, in the way in which pytest reads it back for `--lf`.
            nodeid = f"{self.nodeid}::{case.label}"
            yield CaseItem.from_parent(self, name=case.label, nodeid=nodeid, bench=bench, case=case)

    def _shown(self) -> str:
        try:
            return str(self.path.relative_to(self.config.invocation_params.dir))
        except ValueError:
            return str(self.path)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from policy_service.language.renderings import as_text
        from policy_service.scenarios.reading import SuiteError

        if isinstance(excinfo.value, SuiteError):
            return as_text(excinfo.value.diagnostics)
        return super().repr_failure(excinfo)


class CaseItem(pytest.Item):
    """One case as pytest runs it."""

    def __init__(self, *, bench: Bench, case: Case, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bench = bench
        self.case = case
        self.outcome: Outcome | None = None

    def runtest(self) -> None:
        from policy_service.scenarios.report import failure

        self.outcome = self.bench.run(self.case)
        observer = self.config.pluginmanager.get_plugin("policy-coverage")
        if observer is not None:
            observer.observe(self.outcome)
        if not self.outcome.met:
            raise Unmet(failure(self.outcome, self.bench))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Unmet):
            return str(excinfo.value)
        return self._repr_failure_py(excinfo, style="short")

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.bench.loaded.line(self.case.at) - 1, self.case.label


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("policy", "scenarios of returns policies")
    group.addoption(
        "--policy-no-memo", action="store_true", help="decide every scenario afresh, without the memo of cells"
    )
    group.addoption(
        "--policy-coverage",
        action="append",
        metavar="FILE",
        help="write to FILE what the scenarios cover of their policies; may be given several times",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("policy_coverage"):
        from policy_service.scenarios.coverage_plugin import CoveragePlugin

        config.pluginmanager.register(CoveragePlugin(config), "policy-coverage")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix not in (".yaml", ".yml"):
        return None
    from policy_service.language.files import is_suite

    return SuiteFile.from_parent(parent, path=file_path) if is_suite(file_path) else None


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Let the clock run again as soon as something else than a scenario is due."""
    if isinstance(item, CaseItem) and not isinstance(nextitem, CaseItem):
        from policy_service.scenarios.freezing import FREEZER

        FREEZER.release()
