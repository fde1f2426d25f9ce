"""A fault seeded into any policy of `rules/` fails its scenarios, and the report names the clause."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from policy_service.scenarios.opening import bench_of
from policy_service.scenarios.report import failure

RULES = Path(__file__).parents[2] / "rules"
POLICIES = sorted(RULES.glob("dg-*/*.yaml"))

DAY = re.compile(r"\bdays: (\d+)\b")
AT_LEAST = re.compile(r"\bat_least:")
UNLESS = re.compile(r"\n    unless: \{[^\n]*\}")


def faults(policy: Path) -> Iterator[tuple[str, str, str]]:
    """What is done, to which clause, and the policy's text with it done."""
    text = policy.read_text(encoding="utf-8")
    for says, pattern, put in (
        ("a day more", DAY, lambda found: f"days: {int(found[1]) + 1}"),
        ("at_least turned into over", AT_LEAST, lambda _: "over:"),
        ("an exception dropped", UNLESS, lambda _: ""),
    ):
        for found in pattern.finditer(text):
            clause = re.findall(r"^  - id: (\S+)", text[: found.start()], re.MULTILINE)[-1]
            yield says, clause, text[: found.start()] + put(found) + text[found.end() :]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy.parent.name} {policy.stem}")
def test_a_seeded_fault_is_found_and_its_clause_named(policy: Path, tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    target = tmp_path / policy.relative_to(RULES.parent)
    suites = sorted((target.parent / "scenarios").glob("*.yaml"))
    unnamed = []
    for number, (says, clause, text) in enumerate(faults(policy)):
        # A file of its own for each fault, so that none is taken from what was read before.
        folder = tmp_path / f"{number}" / policy.parent.name
        shutil.copytree(target.parent, folder)
        shutil.copytree(RULES / "shared", folder.parent / "shared")
        shutil.copytree(RULES / "statutes", folder.parent / "statutes")
        (folder / policy.name).write_text(text, encoding="utf-8")
        benches = [bench_of(folder / "scenarios" / suite.name) for suite in suites]
        reports = [
            failure(outcome, bench)
            for bench in benches
            for outcome in map(bench.run, bench.loaded.cases)
            if not outcome.met
        ]
        if not any(re.search(rf"\b{re.escape(clause)}\b", report) for report in reports):
            unnamed.append((says, clause))
    assert unnamed == []
