"""`policy boundaries` writes the scenarios that are missing around each boundary."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_service.language.source import read_yaml
from policy_service.scenarios.boundaries import Draft, Drafting
from policy_service.scenarios.mutation import grounds_of
from policy_service.scenarios.writing import suite_text
from tests.scenarios.corner_shop import POLICY, SUITE, open_shop, run

POOR = SUITE.split("  - name: the end")[0]


def drafts(folder: Path, *, policy: str = POLICY, suite: str = POOR) -> list[Draft]:
    grounds_of.cache_clear()
    file = open_shop(folder, policy=policy, suite=suite)
    grounds = grounds_of((str(file),))
    (document,) = grounds.documents().values()
    return list(Drafting(document, grounds.prepared).drafts())


def test_a_threshold_is_asked_below_on_and_above(tmp_path: Path) -> None:
    found = [(each.name, each.expect["outcome"]) for each in drafts(tmp_path) if each.clause.id == "look-twice"]
    assert found == [
        ("look-twice: `line_paid` >= 500.00, at 499.99", "approved"),
        ("look-twice: `line_paid` >= 500.00, at 500.00", "review"),
        ("look-twice: `line_paid` >= 500.00, at 500.01", "review"),
    ]


def test_a_window_is_asked_around_its_closing(tmp_path: Path) -> None:
    closing = next(each for each in drafts(tmp_path) if each.name == "thirty-days: around its closing")
    assert closing.instants == (
        "2025-06-30T23:59:59+08:00",
        "2025-07-01T23:59:59+08:00",
        "2025-07-02T00:00:00+08:00",
        "2025-07-03T00:00:00+08:00",
    )
    assert closing.expect == {"outcome": ["approved", "approved", "denied", "denied"]}


def test_what_the_suite_already_asks_is_left_out(tmp_path: Path) -> None:
    names = [each.name for each in drafts(tmp_path, suite=SUITE)]
    assert "thirty-days: around its closing" not in names
    assert [name for name in names if name.startswith("look-twice")] == ["look-twice: `line_paid` >= 500.00, at 500.01"]


@pytest.mark.parametrize(
    ("policy", "name", "instant"),
    [
        (
            POLICY.replace("days: 30", "months: 1"),
            "thirty-days: from a month's end",
            "2024-02-29T23:59:59+08:00",
        ),
        (
            POLICY.replace("days: 30", "months: 12"),
            "thirty-days: from 29 February",
            "2025-02-28T23:59:59+08:00",
        ),
        (
            POLICY.replace("Asia/Shanghai", "America/New_York"),
            "thirty-days: across a change of the clocks",
            "2024-04-08T23:59:59-04:00",
        ),
        (POLICY, "thirty-days: from the last second of a day", "2025-07-01T23:59:59+08:00"),
    ],
    ids=["month end", "leap day", "daylight saving", "midnight"],
)
def test_awkward_days_are_asked_where_they_matter(tmp_path: Path, policy: str, name: str, instant: str) -> None:
    found = {each.name: each for each in drafts(tmp_path, policy=policy)}
    assert found[name].instants[1] == instant
    assert found[name].expect["outcome"] == ["approved", "approved", "denied", "denied"]


def test_what_is_written_runs_as_a_suite(tmp_path: Path) -> None:
    found = drafts(tmp_path)
    grounds = grounds_of((str(tmp_path / "scenarios" / "shop.yaml"),))
    given = grounds.prepared[0].bench.plain_given
    text = suite_text("Boundaries", ["../policy.yaml"], given, [each.text(given) for each in found], "to be confirmed")
    assert read_yaml(text).diagnostics == ()
    (tmp_path / "scenarios" / "boundaries.yaml").write_text(text, encoding="utf-8")
    status, said = run(str(tmp_path / "scenarios" / "boundaries.yaml"))
    assert status == 0, said


LONGER = "  - id: ninety-days\n    window: {days: 90, after: delivery}\n    for: [return]\n"


def test_a_window_that_another_covers_is_told_to_notice_nothing(tmp_path: Path) -> None:
    closing = {each.clause.id: each for each in drafts(tmp_path, policy=POLICY + LONGER) if "its closing" in each.name}
    assert {name: each.idle for name, each in closing.items()} == {"thirty-days": True, "ninety-days": False}
    assert "another clause governs here, so it would not notice a change of this one" in closing["thirty-days"].text({})


def test_a_window_is_asked_with_goods_for_which_it_governs(tmp_path: Path) -> None:
    cups = f"{LONGER}    when: {{category: cups}}\n"
    suite = POOR.replace("sku: CUP,", "sku: CUP, category: cups,")
    found = {each.name: each for each in drafts(tmp_path, policy=POLICY + cups, suite=suite)}
    closing = found["thirty-days: around its closing"]
    assert (closing.idle, closing.request["order"]["lines"][0]["category"]) == (False, "something-else")
    assert closing.expect == {"outcome": ["approved", "approved", "denied", "denied"]}
