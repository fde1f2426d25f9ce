"""The worked examples of the kinds of clause: a policy and what it decides, as scenarios that are run.

`tests/docs/kinds/<kind>.yaml` holds the clauses, in a statute's case those of the statute too, and scenarios of a
request that all examples share. The expected values were worked out by hand; an example that decides anything else
fails the build and a test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from parts import STATUTE_HEAD, parts, under, value

from policy_service.language.checking import check
from policy_service.language.renderings import as_text
from policy_service.language.source import read_yaml
from policy_service.scenarios.freezing import FREEZER
from policy_service.scenarios.opening import bench_of
from policy_service.scenarios.report import failure

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "docs" / "kinds"
SHARED = "shop"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT")
"""How an instant begins."""


@dataclass(frozen=True, slots=True)
class Worked:
    """The example of a kind: clauses as they stand in the file, and the scenarios as data."""

    kind: str
    clauses: str
    statute: str
    scenarios: tuple[dict[str, Any], ...]


@cache
def shared() -> dict[str, str]:
    """The head and the request that all examples start from, as text."""
    return {key: value(part) for key, part in parts(text_of(SHARED)).items()}


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def kinds() -> set[str]:
    """The kinds that have an example."""
    return {path.stem for path in FOLDER.glob("*.yaml")} - {SHARED}


def worked(kind: str) -> Worked:
    text = text_of(kind)
    found = parts(text)
    data: Any = read_yaml(FOLDER / f"{kind}.yaml").data
    scenarios = data["scenarios"]
    return Worked(kind, value(found["clauses"]), value(found.get("statute", "")), tuple(scenarios))


def laid_out(kind: str, folder: Path) -> Path:
    """The example as the files of a merchant; the suite's path."""
    found = parts(text_of(kind))
    head = shared()["policy"]
    (folder / "statutes").mkdir()
    if "statute" in found:
        head += "statute: [shown]\n"
        statute = f"statute: shown\n{STATUTE_HEAD}currency: EUR\n{under('clauses', value(found['statute']))}"
        (folder / "statutes" / "shown.yaml").write_text(statute, encoding="utf-8")
    (folder / "kettles").mkdir()
    (folder / "kettles" / "2026-01.yaml").write_text(head + found["clauses"], encoding="utf-8")
    suite = folder / "kettles" / "suite.yaml"
    given = under("given", shared()["given"])
    suite.write_text(f"suite: {kind}\npolicies: [2026-01.yaml]\n{given}{found['scenarios']}", encoding="utf-8")
    return suite


def faults(kind: str) -> Iterator[str]:
    """What the example claims and the service does not do."""
    with TemporaryDirectory() as folder:
        suite = laid_out(kind, Path(folder))
        if mistakes := check([folder]):
            yield as_text(mistakes)
            return
        try:
            bench = bench_of(suite, f"{kind}.yaml")
            outcomes = [bench.run(case) for case in bench.loaded.cases]
        finally:
            FREEZER.release()
        yield from (failure(outcome, bench) for outcome in outcomes if not outcome.met)
