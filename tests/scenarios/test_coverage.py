"""Coverage says which clauses and which sides of which comparisons no scenario shows."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copy

import pytest

from policy_service.language.statutes import statute_files
from policy_service.scenarios import coverage_reports as reports
from policy_service.scenarios.coverage import Coverage
from policy_service.scenarios.running import Options
from tests.scenarios.corner_shop import POLICY, SUITE, open_shop, run


def covered(folder: Path, suite: str = SUITE, *, workers: str | None = None) -> Coverage:
    open_shop(folder, suite=suite)
    file = folder / "coverage.json"
    status, said = run(str(folder), options=Options(coverage_file=file, workers=workers))
    assert status == 0, said
    return Coverage.from_json(json.loads(file.read_text(encoding="utf-8")))


def unseen(coverage: Coverage) -> list[str]:
    return [f"{point.line} {point.clause}: {point.missing}" for point in coverage.unseen]


def test_a_good_suite_shows_every_side(tmp_path: Path) -> None:
    assert unseen(covered(tmp_path)) == []


def test_a_poor_suite_is_told_what_it_does_not_show(tmp_path: Path) -> None:
    poor = SUITE.split("  - name: the end")[0]
    assert unseen(covered(tmp_path, poor)) == [
        "8 thirty-days: window: closed never seen",
        "8 thirty-days: window: its last day never seen",
        "12 final-sale: never applied",
        "12 final-sale: never decided anything",
        "14 final-sale: `tags` special-offer: true never seen",
        "15 final-sale: `liability` merchant | carrier: true never seen",
        "17 look-twice: never applied",
        "17 look-twice: never decided anything",
        "19 look-twice: `line_paid` >= 500.00: exactly never seen",
        "19 look-twice: `line_paid` >= 500.00: true never seen",
    ]


def test_both_sides_are_not_yet_the_boundary(tmp_path: Path) -> None:
    beside = SUITE.replace('["500.00", review]', '["500.01", review]')
    assert unseen(covered(tmp_path, beside)) == ["19 look-twice: `line_paid` >= 500.00: exactly never seen"]


def test_workers_count_together(tmp_path: Path) -> None:
    assert covered(tmp_path / "one").percent == covered(tmp_path / "two", workers="2").percent == 100.0


UNDER_LAW = POLICY.replace("currency: CNY\n", "currency: CNY\nstatute: [cn]\n")
ASKED_UNDER_LAW = (
    SUITE
    + """\
  - name: under the law
    with: {order.country: CN}
    expect: {outcome: approved}
"""
)


@pytest.mark.parametrize(
    ("named", "kept", "workers", "counted"),
    [
        ("rules/shop", None, None, ["policy.yaml"]),
        ("rules", None, None, ["policy.yaml"]),
        ("rules/shop", "rules/statutes", "1", ["policy.yaml"]),
        ("rules/shop/scenarios/shop.yaml::in time", "rules/statutes", None, ["policy.yaml"]),
        ("rules", "rules/statutes", None, ["cn.yaml", "policy.yaml"]),
    ],
    ids=["packaged", "packaged, all rules", "a neighbour's", "one scenario", "one's own"],
)
def test_a_statute_counts_only_at_or_below_a_path_that_is_tested(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    named: str,
    kept: str | None,
    workers: str | None,
    counted: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    open_shop(tmp_path / "rules" / "shop", policy=UNDER_LAW, suite=ASKED_UNDER_LAW)
    if kept is not None:
        (packaged,) = statute_files(tmp_path, "cn")
        Path(kept).mkdir()
        copy(packaged, kept)
    file = tmp_path / "coverage.json"
    status, said = run(named, options=Options(coverage_file=file, workers=workers))
    assert status == 0, said
    coverage = Coverage.from_json(json.loads(file.read_text(encoding="utf-8")))
    assert sorted(Path(each).name for each in reports.by_file(coverage)) == counted
    if counted == ["policy.yaml"] and "::" not in named:
        assert coverage.percent == 100.0


@pytest.fixture
def poor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Coverage:
    monkeypatch.chdir(tmp_path)
    return covered(tmp_path, SUITE.split("  - name: the end")[0])


def test_the_terminal_shows_counts_and_lines(poor: Coverage) -> None:
    assert reports.as_text(poor).splitlines()[:5] == [
        "policy       clauses  left out  decided  comparisons  windows  all",
        "policy.yaml      1/3       2/2      1/3          3/7      1/3  44%",
        "",
        "not shown by any scenario:",
        "policy.yaml:8  thirty-days: window: closed never seen",
    ]


def test_programs_read_json_and_lcov(poor: Coverage) -> None:
    points = json.loads(reports.as_json(poor))["files"]["policy.yaml"]["points"]
    assert {"line": 8, "clause": "thirty-days", "about": "window", "point": "window: open", "seen": True} in points
    lcov = reports.as_lcov(poor)
    assert "SF:policy.yaml\nFN:8,thirty-days\nFN:12,final-sale\nFN:17,look-twice\nFNDA:1,thirty-days\n" in lcov
    assert lcov.endswith("end_of_record\n")


def test_html_colours_the_policy_text(poor: Coverage) -> None:
    page = reports.as_html(poor)
    assert '<span class="line some"><b>8</b>  - id: thirty-days' in page
    assert '<span class="line none"><b>17</b>  - id: look-twice' in page, "a clause that never applied is red"
    assert '<i class="none">a clause that never applied' in page
    assert all(line.strip() in page.replace("&quot;", '"') for line in POLICY.splitlines())
