"""Permissions: `window`, `no_reason`, `warranty`, `extend`."""

from datetime import date
from typing import Any

import pytest

from policy_service.language.kinds import KINDS, Extend, Fallback, NoReason, NotAfter, Warranty, Window
from policy_service.language.scalars import PlainDate, PlainFloat, PlainInt
from tests.language.words import POLICY, told

NEW_YEAR = date(2026, 1, 31)


def say(kind: str, data: Any) -> Any:
    effect, problems = KINDS[kind].parse(data, POLICY, ())
    assert problems == []
    return effect


def wrong(kind: str, data: Any) -> list[tuple[Any, ...]]:
    effect, problems = KINDS[kind].parse(data, POLICY, ())
    assert effect is None
    return [(*said, problem.hint) for said, problem in zip(told(problems), problems, strict=True)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"days": PlainInt(30)}, Window(days=30, after="delivery")),
        ({"days": 0, "after": "last_delivery"}, Window(days=0, after="last_delivery")),
        ({"months": 12, "after": "order"}, Window(months=12, after="order")),
        ({"until": PlainDate(2026, 1, 31)}, Window(until=NEW_YEAR)),
        ({"until": "2026-01-31"}, Window(until=NEW_YEAR)),
        ({"unlimited": True}, Window(unlimited=True)),
        ({"days": 14, "after": "installed_on"}, Window(days=14, after="installed_on")),
        (
            {"days": 7, "after": "delivery", "fallback": {"after": "shipment", "plus_days": 5}},
            Window(days=7, after="delivery", fallback=Fallback(after="shipment", plus_days=5)),
        ),
        (
            {"days": 7, "not_after": {"months": 3, "after": "order"}, "counting": "hours"},
            Window(days=7, after="delivery", not_after=NotAfter(after="order", months=3), counting="hours"),
        ),
        (
            {"days": 7, "if_last_day_closed": "next_working_day"},
            Window(days=7, after="delivery", if_last_day_closed="next_working_day"),
        ),
    ],
)
def test_a_window_is_open_for_a_time(data: Any, expected: Window) -> None:
    assert say("window", data) == expected


def test_no_reason_is_a_window_or_false() -> None:
    assert say("no_reason", {"days": 7, "after": "delivery"}) == NoReason(days=7, after="delivery")
    assert say("no_reason", False) == NoReason(refused=True)


def test_a_warranty_is_free_and_may_want_evidence() -> None:
    assert say("warranty", {"months": 12, "after": "order", "evidence": ["report"]}) == Warranty(
        months=12, after="order", evidence=("report",), free=True
    )
    assert say("warranty", {"unlimited": True, "evidence": [], "free": False}) == Warranty(unlimited=True, free=False)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"days": 15}, Extend(days=15)),
        ({"days": "repair_days"}, Extend(days="repair_days")),
        ({"months": 1, "windows": ["return-30"]}, Extend(months=1, windows=("return-30",))),
        ({"until": "2026-01-31"}, Extend(until=NEW_YEAR)),
    ],
)
def test_an_extension_is_a_number_a_fact_or_a_day(data: Any, expected: Extend) -> None:
    assert say("extend", data) == expected


def test_the_anchors_and_facts_that_a_permission_reads_are_named() -> None:
    window = say("window", {"days": 7, "after": "installed_on", "fallback": {"after": "shipment"}})
    assert window.named_facts() == ("installed_on", "shipment")
    assert say("extend", {"days": "repair_days"}).named_facts() == ("repair_days",)


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("window", {"dayz": 30, "after": "delivry"}, [
            ("PS101-unknown-key", ("dayz",), "`dayz` is not known in this place", "did you mean `days`?"),
            ("PS114-one-of", (), "one of `days`, `months`, `until` or `unlimited` is missing",
             "add `days`, `months`, `until` or `unlimited`"),
            ("PS213-unknown-anchor", ("after",), "`delivry` is no day to count from", "did you mean `delivery`?"),
        ]),
        ("window", {"days": 30, "after": "delivered_on"}, [
            ("PS213-unknown-anchor", ("after",), "`delivered_on` is no day to count from", "did you mean `delivery`?"),
        ]),
        ("window", {"days": 30, "after": "repair_days"}, [
            ("PS213-unknown-anchor", ("after",), "`repair_days` is no day to count from",
             "possible here: `delivery`, `last_delivery`, `shipment`, `order` or `installed_on`"),
        ]),
        ("window", {"days": 30, "months": 1}, [
            ("PS114-one-of", ("months",), "`months` cannot stand beside `days`", "keep one of `days` or `months`"),
        ]),
        ("window", {"days": PlainFloat(1.5, "1.5")}, [
            ("PS110-out-of-range", ("days",), "expected a whole number from 0 to 100000, found `1.5`", None),
        ]),
        ("window", {"days": "7 days"}, [
            ("PS110-out-of-range", ("days",), "expected a whole number from 0 to 100000, found `7 days`", None),
        ]),
        ("window", {"unlimited": False}, [
            ("PS104-unknown-value", ("unlimited",), "`unlimited` is `true` or left out",
             "give `days` or `months` instead"),
        ]),
        ("window", {"until": "31.01.2026"}, [
            ("PS105-wrong-form", ("until",), "`31.01.2026` is not a date", "write it such as `2025-06-30`"),
        ]),
        ("window", {"unlimited": True, "fallback": {"after": "order"}, "not_after": {"days": 3, "after": "order"}}, [
            ("PS115-needs", ("fallback",), "`fallback` means nothing without `days` or `months`",
             "add `days` or `months`, or remove `fallback`"),
            ("PS115-needs", ("not_after",), "`not_after` means nothing without `days`, `months` or `until`",
             "add `days`, `months` or `until`, or remove `not_after`"),
        ]),
        ("window", {"days": 7, "fallback": "shipment", "not_after": {"days": 9}}, [
            ("PS103-wrong-type", ("fallback",), "expected a mapping, found `shipment`", None),
            ("PS102-missing-key", ("not_after",), "`after` is missing", "add `after`"),
        ]),
        ("window", {"days": 7, "counting": "from_nxt_day"}, [
            ("PS104-unknown-value", ("counting",),
             "expected `from_next_day`, `from_same_day`, `hours` or `business_days`, found `from_nxt_day`",
             "did you mean `from_next_day`?"),
        ]),
        ("window", 30, [
            ("PS103-wrong-type", (), "expected a mapping, found `30`",
             "such as `window: {days: 30, after: delivery}`"),
        ]),
        ("no_reason", True, [
            ("PS103-wrong-type", (), "expected a mapping, found `true`",
             "such as `no_reason: {days: 7, after: delivery}`"),
        ]),
        ("warranty", {"months": 12, "evidence": "report", "free": "yes"}, [
            ("PS103-wrong-type", ("evidence",), "expected a list of names, found `report`", "write `[report]`"),
            ("PS103-wrong-type", ("free",), "expected `true` or `false`, found `yes`", None),
        ]),
        ("extend", {"days": "repair_dayz"}, [
            ("PS208-unknown-fact", ("days",), "there is no fact `repair_dayz` of type `integer`",
             "did you mean `repair_days`?"),
        ]),
        ("extend", {"days": "7"}, [
            ("PS103-wrong-type", ("days",), "expected a number, found the text `7`", "remove the quotes"),
        ]),
        ("extend", {"days": 7, "windows": []}, [
            ("PS112-empty-list", ("windows",), "this list is empty", "name at least one"),
        ]),
    ],
)  # fmt: skip
def test_every_mistake_of_a_permission_is_told(kind: str, data: Any, expected: list[tuple[Any, ...]]) -> None:
    assert wrong(kind, data) == expected


def test_a_fact_of_another_type_is_told_so() -> None:
    (problem,) = wrong("extend", {"days": "volume"})
    assert problem[2] == "`volume` is of type `number`, and this wants `integer`"


def test_what_grows_every_day_lengthens_nothing() -> None:
    (problem,) = wrong("extend", {"days": "days_since_delivery"})
    assert problem[0] == "PS208-unknown-fact"
    assert problem[2] == "`days_since_delivery` grows every day, so what it lengthens would move on as time goes by"
    assert problem[3] == "name a fact that is sent, such as the days in repair"
