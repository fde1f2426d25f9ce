"""Mutation reports the changes that no scenario notices, each with a scenario that would."""

from __future__ import annotations

import io
import itertools
import time
from pathlib import Path

import pytest
from rich.console import Console

from policy_service.scenarios import campaign, mutation_reports
from policy_service.scenarios.campaign import campaign_of
from policy_service.scenarios.mutation import FailingSuite, Result, Status, grounds_of
from tests.scenarios.corner_shop import POLICY, SUITE, open_shop, run

NOTICING = """\
  - name: exactly what is said
    table:
      columns: [order.lines.0.tags, lines.0.reason, order.lines.0.unit_price, expect.outcome]
      rows:
        - [[], quality, "20.00", approved]
        - [[], preference.disliked, "499.99", approved]
        - [[], preference.disliked, "500.01", review]
        - [[special-offer], size, "20.00", denied]
        - [[special-offer], logistics, "20.00", approved]
  - name: counted from delivery
    now: 2025-06-30T12:00:00+08:00
    with: {order.delivered_at: null}
    expect: {outcome: denied}
  - name: the first day of the policy
    now: 2024-01-03T12:00:00+08:00
    with: {order.placed_at: 2024-01-01T00:00:00+08:00, order.delivered_at: 2024-01-02T12:00:00+08:00}
    expect: {outcome: approved}
  - name: exchanges
    with: {lines.0.action: exchange, order.lines.0.tags: [special-offer]}
    expect: {outcome: denied}
"""


@pytest.fixture(autouse=True)
def _forget() -> None:
    grounds_of.cache_clear()
    campaign.mutants_at.cache_clear()


def mutated(folder: Path, **parts: str) -> dict[str, Result]:
    open_shop(folder, **parts)
    results = campaign.run(campaign_of([folder]), workers=1)
    return {each.mutant: each for each in results}


def survivors(results: dict[str, Result]) -> set[str]:
    return {name for name, each in results.items() if each.status is Status.SURVIVED}


def test_each_number_value_exception_and_clause_is_changed(tmp_path: Path) -> None:
    assert {
        "counting from_next_day -> from_same_day",
        "effective.from 2024-01-01 -> 2024-01-02",
        "thirty-days dropped",
        "thirty-days window.days 30 -> 31",
        "thirty-days window.days 30 -> 29",
        "thirty-days window.after delivery -> order",
        "final-sale dropped",
        "final-sale when negated",
        "final-sale when.tags special-offer -> special-offer-other",
        "final-sale unless dropped",
        "final-sale unless.liability without carrier",
        "look-twice when.line_paid.at_least 500.00 -> 500.01",
        "look-twice when.line_paid.at_least 500.00 -> 499.99",
        "look-twice when.line_paid.at_least -> over",
    } <= mutated(tmp_path).keys()


def test_a_poor_suite_lets_survive_what_it_never_asks(tmp_path: Path) -> None:
    results = mutated(tmp_path, suite=SUITE.split("  - name: the end")[0])
    assert survivors(results) >= {"thirty-days window.days 30 -> 31", "final-sale dropped", "look-twice dropped"}
    assert results["thirty-days dropped"].status is Status.KILLED
    assert results["thirty-days dropped"].by == "shop.yaml: in time"
    assert results["thirty-days window.days 30 -> 31"].line == 9


def test_the_scenario_shown_for_a_survivor_kills_it(tmp_path: Path) -> None:
    poor = SUITE.split("  - name: the end")[0]
    before = mutated(tmp_path, suite=poor)
    wanted = survivors(before)
    assert wanted
    pasted = poor + "".join(before[name].scenario for name in sorted(wanted))
    grounds_of.cache_clear()
    campaign.mutants_at.cache_clear()
    assert survivors(mutated(tmp_path, suite=pasted)) == set()


def test_a_change_that_no_request_can_show_is_proved_equivalent(tmp_path: Path) -> None:
    twice = POLICY.replace("when: {tags: special-offer}", "when: {tags: special-offer, any: [{tags: special-offer}]}")
    result = mutated(tmp_path, policy=twice)["final-sale when.tags dropped"]
    assert (result.status, result.by) == (Status.EQUIVALENT, "applies in the same cells")


def test_what_the_head_says_is_changed_too(tmp_path: Path) -> None:
    head = "reasons: {size: {liability: merchant}}\nfacts: {assembled: {about: line, type: boolean, default: false}}\n"
    clause = "  - id: assembled-stays\n    deny: {code: assembled}\n    when: {assembled: true}\n"
    results = mutated(tmp_path, policy=POLICY.replace("\nclauses:", f"{head}\nclauses:") + clause)
    assert results["reasons size liability merchant -> customer"].status is Status.SURVIVED
    assert "lines.0.reason: size" in results["reasons size liability merchant -> customer"].scenario
    assert results["facts assembled default false -> true"].status is Status.KILLED


def test_a_survivor_may_be_explained_in_the_suite(tmp_path: Path) -> None:
    mutant = "look-twice when.line_paid.at_least 500.00 -> 499.99"
    accepted = f"accepted_mutants: [{{mutant: {mutant}, because: it is only a look}}]\n"
    explained = SUITE.replace("scenarios:\n", f"{accepted}scenarios:\n").replace('["499.99", approved], ', "")
    result = mutated(tmp_path, suite=explained)[mutant]
    assert (result.status, result.by) == (Status.ACCEPTED, "it is only a look")


def test_the_next_run_takes_over_what_has_not_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_shop(tmp_path)
    cache = tmp_path / "mutants.json"
    first = campaign.run(campaign_of([tmp_path]), workers=1, cache=cache)
    monkeypatch.setattr(campaign, "examine", lambda *_: pytest.fail("it was found out again"))
    assert campaign.run(campaign_of([tmp_path]), workers=1, cache=cache) == first


def test_a_changed_scenario_is_asked_again(tmp_path: Path) -> None:
    open_shop(tmp_path, suite=SUITE.split("  - name: dear")[0])
    cache = tmp_path / "mutants.json"
    campaign.run(campaign_of([tmp_path]), workers=1, cache=cache)
    grounds_of.cache_clear()
    campaign.mutants_at.cache_clear()
    open_shop(tmp_path)
    results = {each.mutant: each for each in campaign.run(campaign_of([tmp_path]), workers=1, cache=cache)}
    assert results["look-twice dropped"].status is Status.KILLED


def test_many_processes_find_the_same(tmp_path: Path) -> None:
    open_shop(tmp_path)
    chosen = campaign_of([tmp_path])
    alone, together = campaign.run(chosen, workers=1), campaign.run(chosen, workers=2)
    assert [(each.mutant, each.status) for each in alone] == [(each.mutant, each.status) for each in together]


def test_a_suite_that_fails_is_mended_first(tmp_path: Path) -> None:
    open_shop(tmp_path, policy=POLICY.replace("days: 30", "days: 3"))
    with pytest.raises(FailingSuite):
        campaign_of([tmp_path])


def test_the_report_counts_by_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    results = list(mutated(tmp_path, suite=SUITE + NOTICING).values())
    said = mutation_reports.summary(results)
    assert said.startswith("policy.yaml  ")
    assert f"{len(results)} mutants: " in said


def test_a_suite_that_asks_everything_lets_nothing_survive(tmp_path: Path) -> None:
    assert survivors(mutated(tmp_path, suite=SUITE + NOTICING)) == set()
    assert run(str(tmp_path))[0] == 0


CAPPED = POLICY.replace(
    "{days: 30, after: delivery}", "{days: 30, after: delivery, not_after: {days: 60, after: order}}"
)


def test_a_cap_is_searched_with_deliveries_so_late_that_it_begins_to_count(tmp_path: Path) -> None:
    results = mutated(tmp_path, policy=CAPPED)
    capping = {name for name in survivors(results) if "not_after" in name}
    assert capping >= {"thirty-days window.not_after.days 60 -> 61", "thirty-days window.not_after.days 60 -> 59"}
    assert [name for name in capping if not results[name].scenario] == []


def test_goods_that_another_clause_governs_are_tried_as_goods_of_no_named_category(tmp_path: Path) -> None:
    cups = "  - id: cups\n    window: {days: 90, after: delivery}\n    for: [return]\n    when: {category: cups}\n"
    named = SUITE.replace("sku: CUP,", "sku: CUP, category: cups,").split("  - name: the end")[0]
    result = mutated(tmp_path, policy=POLICY + cups, suite=named)["thirty-days window.days 30 -> 31"]
    assert "order.lines.0.category: something-else" in result.scenario


def test_a_slow_machine_finds_what_a_fast_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    poor = SUITE.split("  - name: the end")[0]
    fast = mutated(tmp_path, suite=poor)
    hours = itertools.count(0, 3600)
    monkeypatch.setattr(time, "monotonic", lambda: float(next(hours)))
    grounds_of.cache_clear()
    campaign.mutants_at.cache_clear()
    assert mutated(tmp_path, suite=poor) == fast


def test_a_survivor_without_a_witness_is_told_what_was_not_tried() -> None:
    said = io.StringIO()
    survivor = Result("p.yaml", "a dropped", "a", "p.yaml", 3, Status.SURVIVED, tried=412)
    mutation_reports.tell([survivor], Console(file=said, soft_wrap=True))
    assert "nor would any of the 412 requests that were tried" in said.getvalue()
    assert "not tried: other inspections" in said.getvalue()
    assert "`accepted_mutants` in the suite is for what no request can tell apart" in said.getvalue()


def test_a_scenario_that_notices_two_survivors_is_offered_once() -> None:
    said = io.StringIO()
    scenario = "  - name: tells apart {}\n    expect: {{outcome: denied}}\n"
    both = [
        Result("p.yaml", name, "a", "p.yaml", 3, Status.SURVIVED, scenario=scenario.format(name))
        for name in ("a dropped", "a when dropped")
    ]
    mutation_reports.tell(both, Console(file=said, soft_wrap=True))
    assert said.getvalue().count("outcome: denied") == 1
    assert "  no scenario notices; the one above, for `a dropped`, would notice this too\n" in said.getvalue()
