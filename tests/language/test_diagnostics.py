"""Every file in `bad/` has its exact output beside it: what a person reads who makes these mistakes."""

import json
from pathlib import Path

import pytest

from policy_service.language import as_json, as_sarif, as_text, check
from policy_service.language.diagnostics import DIAGNOSTICS, Diagnostic, suggest

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad").glob("*.yaml"))


@pytest.fixture(autouse=True)
def _in_this_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_the_output_is_as_written_beside_the_file(path: Path) -> None:
    expected = path.with_suffix(".out")
    assert as_text(check([path.relative_to(HERE)])) == expected.read_text(encoding="utf-8")


def test_ten_mistakes_give_ten_positioned_errors_in_one_run() -> None:
    found = check(["bad/ten-mistakes.yaml"])
    assert [(each.position.line, each.position.column, each.code) for each in found] == [
        (4, 11, "PS204-unknown-time-zone"),
        (8, 3, "PS211-reserved-fact"),
        (12, 36, "PS010-cut-by-comma"),
        (13, 14, "PS101-unknown-key"),
        (17, 35, "PS106-percent-missing"),
        (22, 20, "PS011-impossible-date"),
        (25, 26, "PS107-wrong-digits"),
        (26, 23, "PS209-impossible-value"),
        (30, 17, "PS202-unknown-clause"),
        (31, 5, "PS006-duplicate-key"),
    ]


def test_json_has_one_object_for_each_mistake() -> None:
    found = json.loads(as_json(check(["bad/ten-mistakes.yaml"])))
    assert len(found) == 10
    assert found[3] == {
        "code": "PS101-unknown-key",
        "severity": "error",
        "message": "`dayz` is not known in `window`",
        "hint": "did you mean `days`?",
        "file": "bad/ten-mistakes.yaml",
        "line": 13,
        "column": 14,
        "end_line": 13,
        "end_column": 18,
        "source": "    window: {dayz: 30, after: delivery}",
    }


def test_sarif_names_rule_and_region_of_each_mistake() -> None:
    (run,) = json.loads(as_sarif(check(["bad/ten-mistakes.yaml"])))["runs"]
    result = run["results"][3]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "PS101-unknown-key"
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "bad/ten-mistakes.yaml"}
    assert location["region"]["startLine"] == 13
    assert location["region"]["startColumn"] == 14


def test_sarif_explains_a_rule_as_its_page_does() -> None:
    (run,) = json.loads(as_sarif(check(["bad/ten-mistakes.yaml"])))["runs"]
    (rule,) = [each for each in run["tool"]["driver"]["rules"] if each["id"] == "PS106-percent-missing"]
    kind = DIAGNOSTICS["PS106-percent-missing"]
    assert rule["shortDescription"]["text"] == kind.title
    assert rule["help"]["markdown"] == (
        f"{kind.about}\n\nWrong:\n\n```yaml\n{kind.wrong}\n```\n\nRight:\n\n```yaml\n{kind.right}\n```"
    )


def test_no_mistakes_say_nothing() -> None:
    assert as_text([]) == ""
    assert json.loads(as_json([])) == []


def test_a_terminal_is_never_steered_by_a_policy() -> None:
    found = Diagnostic.of("PS003-syntax", "no", None, "a.yaml", source="a: \x1b[31mred")
    assert "\x1b" not in as_text([found])


@pytest.mark.parametrize("code", DIAGNOSTICS)
def test_every_code_has_a_page(code: str) -> None:
    kind = DIAGNOSTICS[code]
    assert kind.title
    assert kind.about.endswith(".")
    assert kind.wrong
    assert kind.right
    assert sum(each.startswith(kind.number) for each in DIAGNOSTICS) == 1


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("dayz", ["days", "months"], "days"),
        ("Days", ["days", "months"], "days"),
        ("if-last-day-closed", ["if_last_day_closed"], "if_last_day_closed"),
        ("colour", ["days", "months"], None),
        ("x", ["id", "for"], None),
        ("", ["id"], None),
    ],
)
def test_a_near_name_is_suggested(word: str, known: list[str], meant: str | None) -> None:
    assert suggest(word, known) == meant
