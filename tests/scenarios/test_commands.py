"""The commands end with 0, 1 or 2, and say why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from policy_service.cli import policy
from policy_service.scenarios import campaign
from policy_service.scenarios.mutation import grounds_of
from policy_service.service import Service
from tests.scenarios.corner_shop import POLICY, SUITE, open_shop

POOR = SUITE.split("  - name: dear")[0]
ANOTHER = SUITE.replace("corner-shop", "another-shop")


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    grounds_of.cache_clear()
    campaign.mutants_at.cache_clear()
    monkeypatch.chdir(tmp_path)
    open_shop(tmp_path / "rules" / "corner-shop")
    return tmp_path / "rules" / "corner-shop"


def policy_(*arguments: str) -> Result:
    return CliRunner().invoke(policy, list(arguments))


def decided(request: dict[str, object]) -> dict[str, object]:
    file = Path("rules/corner-shop/scenarios/shop.yaml").resolve()
    bench = grounds_of((str(file),)).prepared[0].bench
    return Service(bench.shop).decide(request).decision


def request() -> dict[str, object]:
    file = Path("rules/corner-shop/scenarios/shop.yaml").resolve()
    return grounds_of((str(file),)).prepared[0].request


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        ([], 0, "8 scenarios: 8 passed"),
        (["--coverage"], 0, "100%"),
        (["--coverage=html"], 0, "written to policy-coverage.html"),
        (["--fail-under", "100"], 0, "100%"),
        (["-k", "in time", "--fail-under", "100"], 1, "below 100%"),
        (["-k", "zeppelin"], 2, "no scenarios that match"),
        (["-k", "thirtieth and"], 2, "`thirtieth and` is not whole: `and`, `or` and `not` stand between words"),
        (["--shuffle"], 0, "every decision is the same"),
        (["--junit", "j.xml", "--no-memo"], 0, "8 passed"),
    ],
    ids=["all", "coverage", "html", "enough", "too little", "nobody", "half a choice", "shuffled", "junit"],
)
def test_each_option_of_policy_test_has_its_exit_status_and_its_word(
    options: list[str], status: int, said: str
) -> None:
    ran = policy_("test", "rules", *options)
    assert (ran.exit_code, said in ran.output) == (status, True), ran.output


@pytest.mark.parametrize("forms", [["html", "json"], ["lcov", "html", "json"], ["text", "lcov"], ["json", "json"]])
def test_every_form_of_coverage_that_is_asked_for_is_written(forms: list[str]) -> None:
    ran = policy_("test", "rules", *(part for form in forms for part in ("--coverage", form)))
    written = {f"policy-coverage.{form}" for form in forms if form != "text"}
    assert {file.name for file in Path.cwd().glob("policy-coverage.*")} == written
    assert ran.output.count("written to") == len(written), ran.output


def test_a_path_behind_coverage_is_not_a_form() -> None:
    ran = policy_("test", "--coverage", "rules")
    assert ran.exit_code == 2
    assert "put `--coverage` behind the paths" in ran.output


def test_policy_mutate_shows_survivors_with_what_would_kill_them(shop: Path) -> None:
    (shop / "scenarios" / "shop.yaml").write_text(POOR, encoding="utf-8")
    ran = policy_("mutate", "rules", "-n", "1")
    assert ran.exit_code == 1
    assert "SURVIVED rules/corner-shop/policy.yaml:17  look-twice dropped" in ran.output
    assert "  - name: tells apart look-twice dropped\n    now: 2025-06-10T12:00:00+08:00\n" in ran.output


def test_policy_mutate_of_one_policy_as_json() -> None:
    ran = policy_("mutate", "rules/corner-shop/policy.yaml", "-n", "1", "--no-cache", "--json")
    rows = json.loads(ran.output)
    assert {row["status"] for row in rows} <= {"killed", "equivalent", "survived"}
    assert {row["file"] for row in rows} == {"rules/corner-shop/policy.yaml"}


@pytest.mark.parametrize("command", ["mutate", "boundaries"])
def test_scenarios_that_fail_are_all_told_before_a_policy_is_changed(shop: Path, command: str) -> None:
    (shop / "policy.yaml").write_text(POLICY.replace("days: 30", "days: 3"), encoding="utf-8")
    ran = policy_(command, "rules")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert [line for line in ran.stderr.splitlines() if line.startswith("FAILED")] == [
        "FAILED in time",
        "FAILED the end of the thirtieth day[@2025-07-01T23:59:59+08:00]",
        "FAILED special offers[reason=quality]",
        "FAILED special offers[reason=logistics.lost]",
        "FAILED dear goods[unit_price=499.99]",
        "FAILED dear goods[unit_price=500.00]",
    ]
    assert ran.stderr.endswith("these 6 scenarios fail as the policy stands; mend them first\n")


STALE = """\
accepted_mutants:
  - {mutant: look-twice dropped, because: it was not tested once}
  - {mutant: look-twise when dropped, because: it had another name}
scenarios:
"""


def test_policy_mutate_warns_of_accepted_mutants_that_are_none(shop: Path) -> None:
    (shop / "scenarios" / "shop.yaml").write_text(SUITE.replace("scenarios:\n", STALE), encoding="utf-8")
    ran = policy_("mutate", "rules", "-n", "1", "--json")
    assert json.loads(ran.stdout)
    assert ran.stderr.splitlines() == [
        "rules/corner-shop/scenarios/shop.yaml:14: warning: `look-twice dropped` is accepted, but a scenario notices "
        "it: shop.yaml: dear goods[unit_price=500.00]",
        "    take it out of `accepted_mutants`",
        "",
        "rules/corner-shop/scenarios/shop.yaml:15: warning: `look-twise when dropped` is accepted, but no change of "
        "these policies is called so",
        "    did you mean `look-twice when dropped`?",
        "",
    ]


def test_policy_boundaries_writes_suites_that_run() -> None:
    assert policy_("boundaries", "rules", "-o", "written").exit_code == 0
    ran = policy_("test", "written")
    assert ran.exit_code == 0, ran.output


def test_policy_record_writes_a_suite_that_runs() -> None:
    asked = request()
    Path("one.json").write_text(json.dumps({"request": asked, "decision": decided(asked)}), encoding="utf-8")
    ran = policy_("record", "one.json", "--shrink", "-o", "rules/corner-shop/scenarios/one.yaml")
    assert (ran.exit_code, ran.output) == (0, "written to rules/corner-shop/scenarios/one.yaml\n")
    ran = policy_("test", "rules/corner-shop/scenarios/one.yaml")
    assert ran.exit_code == 0, ran.output


def test_policy_record_writes_over_no_file(shop: Path) -> None:
    Path("one.json").write_text(json.dumps(request()), encoding="utf-8")
    suite = shop / "scenarios" / "shop.yaml"
    ran = policy_("record", "one.json", "-o", str(suite))
    assert ran.exit_code == 2
    assert f"`{suite}` is there already; name another file, or move that one away" in ran.output
    assert suite.read_text(encoding="utf-8") == SUITE


def test_policy_boundaries_writes_over_no_file_and_then_nothing_at_all(shop: Path) -> None:
    open_shop(shop.parent / "another-shop", policy=POLICY.replace("corner-shop", "another-shop"), suite=ANOTHER)
    confirmed = Path("written/corner-shop-1-boundaries.yaml")
    confirmed.parent.mkdir()
    confirmed.write_text("confirmed", encoding="utf-8")
    ran = policy_("boundaries", "rules", "-o", "written")
    assert ran.exit_code == 2
    assert f"`{confirmed}` is there already; name another folder, or rename what you have confirmed" in ran.output
    assert [(each, each.read_text(encoding="utf-8")) for each in confirmed.parent.iterdir()] == [
        (confirmed, "confirmed")
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "is not JSON"), ("[]", "holds no request")],
)
def test_policy_record_refuses_what_is_no_decision(text: str, said: str) -> None:
    Path("one.json").write_text(text, encoding="utf-8")
    ran = policy_("record", "one.json")
    assert (ran.exit_code, said in ran.output) == (2, True)


def test_policy_record_takes_no_slip_for_an_id() -> None:
    ran = policy_("record", "oen.json")
    assert ran.exit_code == 2
    assert "there is no file `oen.json`" in ran.output
    assert not Path("policy-ledger.db").exists()


def test_policy_replay_says_whether_anything_differs(shop: Path) -> None:
    asked = request()
    Path("d.jsonl").write_text(json.dumps({"request": asked, "decision": decided(asked)}) + "\n", encoding="utf-8")
    assert policy_("replay", "d.jsonl").exit_code == 0
    (shop / "policy.yaml").write_text(POLICY.replace("days: 30", "days: 3"), encoding="utf-8")
    ran = policy_("replay", "d.jsonl")
    assert (ran.exit_code, "1 x approved -> denied" in ran.output) == (1, True), ran.output
    Path("d.jsonl").write_text("{\n", encoding="utf-8")
    assert policy_("replay", "d.jsonl").exit_code == 2


@pytest.mark.parametrize(("command", "status"), [("test", 2), ("check", 1), ("mutate", 2), ("boundaries", 2)])
def test_a_suite_whose_first_word_is_misspelt_does_not_vanish(shop: Path, command: str, status: int) -> None:
    (shop / "scenarios" / "shop.yaml").write_text(SUITE.replace("suite:", "siute:", 1), encoding="utf-8")
    ran = policy_(command, "rules")
    assert ran.exit_code == status
    assert "PS502-unknown-suite-key: a suite has no key `siute`" in ran.output
    assert "did you mean `suite`?" in ran.output
