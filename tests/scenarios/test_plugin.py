"""Suites are pytest's own tests, in any project that has the package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenarios.corner_shop import POLICY, open_shop

REPOSITORY = Path(__file__).parents[2]


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """pytest as a project of its own would run it, with nothing loaded but the plugin."""
    command = [sys.executable, "-m", "pytest", "-p", "policy_service.scenarios.plugin", *arguments]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_every_case_is_an_item_with_a_readable_id(tmp_path: Path) -> None:
    open_shop(tmp_path)
    ran = pytest_in(tmp_path, "--collect-only", "-q")
    assert ran.stdout.splitlines()[:8] == [
        "scenarios/shop.yaml::in time",
        "scenarios/shop.yaml::the end of the thirtieth day[@2025-07-01T23:59:59+08:00]",
        "scenarios/shop.yaml::the end of the thirtieth day[@2025-07-02T00:00:00+08:00]",
        "scenarios/shop.yaml::special offers[reason=preference.disliked]",
        "scenarios/shop.yaml::special offers[reason=quality]",
        "scenarios/shop.yaml::special offers[reason=logistics.lost]",
        "scenarios/shop.yaml::dear goods[unit_price=499.99]",
        "scenarios/shop.yaml::dear goods[unit_price=500.00]",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-q"], "1 failed, 7 passed"),
        (["-q", "-k", "thirtieth and 23"], "1 passed, 7 deselected"),
        (["-q", "-x"], "1 failed, 2 passed"),
        (["-q", "-p", "xdist", "-n", "2"], "1 failed, 7 passed"),
        (["-q", "--policy-no-memo"], "1 failed, 7 passed"),
        (["-q", "scenarios/shop.yaml::special offers"], "3 passed"),
    ],
    ids=["all", "-k", "-x", "-n", "no memo", "by id"],
)
def test_scenarios_are_chosen_stopped_at_and_spread_by_the_options_of_pytest(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    open_shop(tmp_path, policy=POLICY.replace("days: 30", "days: 31"))
    ran = pytest_in(tmp_path, *arguments)
    assert said in ran.stdout, ran.stdout


@pytest.mark.parametrize("workers", [[], ["-p", "xdist", "-n", "2"]], ids=["one", "two"])
def test_coverage_is_written_to_every_file_that_is_named(tmp_path: Path, workers: list[str]) -> None:
    open_shop(tmp_path)
    pytest_in(tmp_path, "-q", "--policy-coverage=a.json", "--policy-coverage=b.json", *workers)
    first, second = ((tmp_path / name).read_text(encoding="utf-8") for name in ("a.json", "b.json"))
    assert first == second
    assert '"thirty-days"' in first


def test_what_failed_last_can_run_alone(tmp_path: Path) -> None:
    open_shop(tmp_path, policy=POLICY.replace("days: 30", "days: 31"))
    pytest_in(tmp_path, "-q")
    ran = pytest_in(tmp_path, "-q", "--lf")
    assert "1 failed in" in ran.stdout, ran.stdout


def test_plain_yaml_and_policies_are_left_alone(tmp_path: Path) -> None:
    open_shop(tmp_path)
    (tmp_path / "compose.yaml").write_text("services: {}\n# suite: not one\n", encoding="utf-8")
    ran = pytest_in(tmp_path, "--collect-only", "-q", "compose.yaml", "policy.yaml")
    assert "no tests collected" in ran.stdout or "not found" in ran.stderr + ran.stdout


def test_the_clock_runs_again_for_other_tests(tmp_path: Path) -> None:
    open_shop(tmp_path)
    (tmp_path / "test_after.py").write_text(
        "import datetime\ndef test_now():\n    assert datetime.datetime.now().year != 2025\n", encoding="utf-8"
    )
    ran = pytest_in(tmp_path, "-q", "scenarios", "test_after.py")
    assert "9 passed" in ran.stdout, ran.stdout


def test_a_suite_with_mistakes_is_an_error_of_collection(tmp_path: Path) -> None:
    file = open_shop(tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace("expect.outcome", "expect.outcom"), encoding="utf-8")
    ran = pytest_in(tmp_path, "-q")
    assert ran.returncode == 2
    assert "did you mean `outcome`?" in ran.stdout


def test_a_suite_whose_first_word_is_misspelt_is_one_too(tmp_path: Path) -> None:
    file = open_shop(tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace("suite:", "siute:", 1), encoding="utf-8")
    ran = pytest_in(tmp_path, "-q")
    assert ran.returncode == 2
    assert "did you mean `suite`?" in ran.stdout
