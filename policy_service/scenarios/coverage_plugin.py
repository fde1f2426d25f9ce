"""Coverage gathered while pytest runs, in one process or in many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policy_service.scenarios.coverage import Coverage, is_under_test

if TYPE_CHECKING:
    from policy_service.scenarios.runner import Bench, Outcome

CARRIED = "policy_coverage"


class CoveragePlugin:
    """Watches every case; writes the whole to each file when the session ends."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        folder = config.invocation_params.dir
        paths = [folder / argument.partition("::")[0] for argument in config.args]
        self.coverage = Coverage(under_test=lambda document: is_under_test(document, paths))

    def collected(self, bench: Bench) -> None:
        """Count a suite's policies, asked or not."""
        self.coverage.add_documents(bench.shop.documents)

    def observe(self, outcome: Outcome) -> None:
        """Count what a case shows."""
        for stage in outcome.stages:
            self.coverage.observe(stage.decided)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        worker: dict[str, Any] | None = getattr(self.config, "workeroutput", None)
        if worker is not None:
            worker[CARRIED] = self.coverage.to_json()
            return
        for target in self.config.getoption("policy_coverage"):
            Path(target).write_text(json.dumps(self.coverage.to_json()), encoding="utf-8")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """A worker of `-n` has ended: take over what it saw."""
        carried = getattr(node, "workeroutput", {}).get(CARRIED)
        if carried is not None:
            self.coverage.merge(Coverage.from_json(carried))
