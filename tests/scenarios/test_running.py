"""`policy test` runs suites and says plainly what came of them."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from policy_service.scenarios.reading import suites_in
from policy_service.scenarios.running import Options, as_expression
from tests.scenarios.corner_shop import POLICY, SUITE, open_shop, run

EXAMPLES = Path(__file__).parents[1] / "cases" / "shared-examples"

FAILURE = """\
FAILED the end of the thirtieth day[@2025-07-02T00:00:00+08:00]
  scenarios/shop.yaml:16, now 2025-07-02T00:00:00+08:00

  outcome  (scenarios/shop.yaml:18)
    expected  denied
    got       approved

  reasons:
    within_window: `thirty-days` permits it through 2025-07-02 (closes at 2025-07-03T00:00:00+08:00) \
[thirty-days, last day 2025-07-02]

  applied:
    thirty-days  window  policy.yaml:8
  nearest that did not apply:
    final-sale  deny  policy.yaml:12
      `tags` is empty, not `special-offer`
    look-twice  review  policy.yaml:17
      `line_paid` is `20.00`, not >= 500.00

  run just this: policy test 'scenarios/shop.yaml::the end of the thirtieth day[@2025-07-02T00:00:00+08:00]'
"""


def without_time(said: str) -> str:
    return re.sub(r"in \d+\.\d\d s", "in 0.00 s", said)


def test_the_shared_examples_pass_unchanged() -> None:
    status, said = run(str(EXAMPLES))
    assert (status, "30 scenarios: 30 passed" in said) == (0, True), said


def test_a_green_run_counts_each_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_shop(tmp_path)
    monkeypatch.chdir(tmp_path)
    status, said = run("scenarios")
    assert status == 0
    assert without_time(said) == "scenarios/shop.yaml  8 passed\n\n8 scenarios: 8 passed, in 0.00 s\n"


def test_a_failure_shows_what_differs_which_clauses_applied_and_how_to_run_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop(tmp_path, policy=POLICY.replace("days: 30", "days: 31"))
    monkeypatch.chdir(tmp_path)
    status, said = run("scenarios")
    assert status == 1
    assert said.startswith(FAILURE)
    assert "8 scenarios: 1 failed, 7 passed" in said


def test_the_command_in_a_report_runs_just_that_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_shop(tmp_path)
    monkeypatch.chdir(tmp_path)
    _, said = run("scenarios/shop.yaml::the end of the thirtieth day[@2025-07-02T00:00:00+08:00]")
    assert "1 scenario: 1 passed" in said
    _, said = run("scenarios/shop.yaml::special offers")
    assert "3 scenarios: 3 passed" in said


@pytest.mark.parametrize(
    ("fault", "clause"),
    [
        (("days: 30", "days: 31"), "thirty-days"),
        (("at_least", "over"), "look-twice"),
        (("    unless: {liability: [merchant, carrier]}\n", ""), "final-sale"),
    ],
    ids=["a day more", "a comparison turned", "an exception dropped"],
)
def test_a_seeded_fault_fails_and_the_report_names_the_clause(
    tmp_path: Path, fault: tuple[str, str], clause: str
) -> None:
    open_shop(tmp_path, policy=POLICY.replace(*fault))
    status, said = run(str(tmp_path))
    assert status == 1
    assert re.search(rf"^    {clause}  ", said, re.MULTILINE), said


def test_a_row_that_is_refused_fails_with_every_pointer(tmp_path: Path) -> None:
    open_shop(tmp_path, suite=SUITE.replace('"500.00", review', '"500.005", review'))
    status, said = run(str(tmp_path), options=Options(keyword="dear goods"))
    assert (status, "1 failed, 1 passed" in said) == (1, True), said
    assert "no decision on the request:" in said
    assert "/order/lines/0/unit_price" in said


def test_a_request_that_is_refused_in_every_case_is_a_mistake_of_the_suite(tmp_path: Path) -> None:
    open_shop(tmp_path, suite=SUITE.replace("merchant: corner-shop", "merchant: corner-shp"))
    status, said = run(str(tmp_path))
    assert status == 2
    assert "shop.yaml:5:13: error PS519-refused-request" in said
    assert "1 error in 1 file" in said


def test_a_sum_with_other_digits_is_told_as_the_same_sum(tmp_path: Path) -> None:
    open_shop(tmp_path, suite=SUITE.replace('refund.total: "20.00"', 'refund.total: "20.0"'))
    _, said = run(str(tmp_path))
    assert 'got       20.00  (the same sum: it is written with 2 decimal digits, expect `"20.00"`)' in said
    open_shop(tmp_path, suite=SUITE.replace('refund.total: "20.00"', 'refund.total: "20.01"'))
    _, said = run(str(tmp_path))
    assert "the same sum" not in said


def test_a_report_says_why_the_line_has_another_outcome(tmp_path: Path) -> None:
    open_shop(tmp_path, suite=SUITE.replace("outcome: [approved, denied]", "outcome: approved"))
    _, said = run(str(tmp_path))
    assert (
        "  reasons:\n    window_closed: the window of `thirty-days` is closed: its last day was 2025-07-01 "
        "[thirty-days, last day 2025-07-01]\n" in said
    )


@pytest.mark.parametrize(
    ("options", "counted"),
    [
        (Options(keyword="thirtieth day"), "2 scenarios: 2 passed"),
        (Options(keyword="special or dear"), "5 scenarios: 5 passed"),
        (Options(workers="2"), "8 scenarios: 8 passed"),
        (Options(memo=False), "8 scenarios: 8 passed"),
    ],
    ids=["words", "an expression", "workers", "no memo"],
)
def test_options_choose_what_runs_and_how(tmp_path: Path, options: Options, counted: str) -> None:
    open_shop(tmp_path)
    status, said = run(str(tmp_path), options=options)
    assert (status, counted in said) == (0, True), said


def test_the_first_failure_can_stop_the_run(tmp_path: Path) -> None:
    open_shop(tmp_path, policy=POLICY.replace("days: 30", "days: 1"))
    status, said = run(str(tmp_path), options=Options(stop_at_first=True))
    assert (status, "1 scenario: 1 failed" in said) == (1, True), said


def test_only_what_failed_can_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_shop(tmp_path, policy=POLICY.replace("days: 30", "days: 31"))
    monkeypatch.chdir(tmp_path)
    run("scenarios")
    status, said = run("scenarios", options=Options(last_failed=True))
    assert (status, "1 scenario: 1 failed" in said) == (1, True), said


def test_results_are_written_as_junit_xml(tmp_path: Path) -> None:
    open_shop(tmp_path)
    report = tmp_path / "report.xml"
    run(str(tmp_path), options=Options(junit=report))
    suite = ElementTree.parse(report).getroot()[0]
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("policy", "8", "0")
    assert suite[1].get("name") == "the end of the thirtieth day[@2025-07-01T23:59:59+08:00]"


@pytest.mark.parametrize(
    ("paths", "options", "said"),
    [
        (("nowhere",), Options(), "there is no `nowhere`"),
        ((".",), Options(keyword="nobody"), "no scenarios that match in ."),
        (("policy.yaml",), Options(), "no scenarios in policy.yaml"),
        (("scenarios/shop.yaml::in tme",), Options(), "did you mean `in time`?"),
    ],
    ids=["no such path", "no such words", "no suite", "no such name"],
)
def test_nothing_to_run_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: tuple[str, ...], options: Options, said: str
) -> None:
    open_shop(tmp_path)
    monkeypatch.chdir(tmp_path)
    status, told = run(*paths, options=options)
    assert (status, said in told) == (2, True), told


def test_a_suite_with_mistakes_is_not_run(tmp_path: Path) -> None:
    open_shop(tmp_path, suite=SUITE.replace("lines.0.reason,", "lines.0.raeson,"))
    status, said = run(str(tmp_path))
    assert status == 2
    assert "did you mean `reason`?" in said


def test_a_policy_with_mistakes_is_told_at_its_own_place(tmp_path: Path) -> None:
    open_shop(tmp_path, policy=POLICY.replace("days: 30", "dayz: 30"))
    status, said = run(str(tmp_path))
    assert status == 2
    assert "policy.yaml:9" in said
    assert "did you mean `days`?" in said


def test_an_error_inside_evaluation_is_never_an_expected_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("policy_service.decision.decide.rule", fail)
    open_shop(tmp_path, suite=SUITE.replace('{outcome: approved, refund.total: "20.00"}', "{outcome: review}"))
    status, said = run(str(tmp_path), options=Options(keyword="in time"))
    assert (status, "`evaluation_error`" in said) == (1, True), said


def test_tests_in_python_beside_the_suites_are_not_run(tmp_path: Path) -> None:
    open_shop(tmp_path)
    (tmp_path / "test_other.py").write_text("def test_other():\n    raise AssertionError\n", encoding="utf-8")
    status, said = run(str(tmp_path))
    assert (status, "8 scenarios: 8 passed" in said) == (0, True), said


def test_words_of_a_name_are_an_expression() -> None:
    assert as_expression("the thirtieth day") == "the and thirtieth and day"
    assert as_expression("diamond or gold") == "diamond or gold"


@pytest.mark.parametrize(
    ("expectation", "instead"),
    [
        (
            "lines.0.reasons.within_windw.clause: thirty-days",
            "absent  (`lines.0.reasons` has 1 entry: `within_window`)",
        ),
        ("lines.4.outcome: approved", "absent  (`lines` has 1 entry: `1`)"),
        ("lines.0.fees.restocking.amount: '1.00'", "absent  (`lines.0.fees` is empty)"),
        ("entitlements: absent", "[]  (a list that is there, and empty: expect `[]`)"),
    ],
)
def test_a_path_that_leads_nowhere_is_told_with_what_there_is(tmp_path: Path, expectation: str, instead: str) -> None:
    suite = SUITE.replace("outcome: approved, refund.total", f"{expectation}, refund.total")
    status, said = run(str(open_shop(tmp_path, suite=suite)))
    assert (status, f"    got       {instead}\n" in said) == (1, True), said


def test_the_clause_on_whose_threshold_a_fact_stands_is_the_nearest(tmp_path: Path) -> None:
    another = "  - id: unheard-of\n    review: {code: unheard_of}\n    when: {tier: diamond}\n\n  - id: look-twice"
    policy = POLICY.replace("  - id: look-twice", another).replace("at_least", "over")
    status, said = run(str(open_shop(tmp_path, policy=policy)))
    nearest = said.partition("nearest that did not apply:\n")[2].splitlines()
    assert (status, nearest[0].split()[0], nearest[1].strip()) == (
        1,
        "look-twice",
        "`line_paid` is `500.00`, not > 500.00",
    ), said


def test_the_clauses_that_applied_stand_in_columns_whatever_their_kinds(tmp_path: Path) -> None:
    swap = "\n  - id: swap\n    exchange_difference: {costs_more: waive}\n"
    policy = POLICY.replace("for: [return]", "for: [return, exchange]") + swap
    wanted = "{lines.0.action: exchange, lines.0.exchange_for: {sku: MUG, unit_price: '30.00'}}"
    wrong = SUITE.split("scenarios:")[0] + (
        f"scenarios:\n  - name: swapped\n    with: {wanted}\n    expect: {{outcome: denied}}\n"
    )
    status, said = run(str(open_shop(tmp_path, policy=policy, suite=wrong)))
    applied = said.partition("applied:\n")[2].splitlines()[:2]
    assert status == 1
    assert len({line.index(str(tmp_path)) for line in applied}) == 1, said


def test_suites_in_hidden_folders_are_left_alone_as_policies_there_are(tmp_path: Path) -> None:
    file = open_shop(tmp_path)
    hidden = tmp_path / ".cache" / "shop.yaml"
    hidden.parent.mkdir()
    hidden.write_text(SUITE)
    assert list(suites_in([tmp_path])) == [file]


def test_a_policy_with_mistakes_is_named_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_shop(tmp_path, policy=POLICY.replace("days: 30", "dayz: 30"))
    monkeypatch.chdir(tmp_path)
    status, said = run("scenarios")
    assert (status, said.startswith("policy.yaml:9:14: error PS101")) == (2, True), said
