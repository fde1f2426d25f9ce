"""Windows, to the instant: worked out by hand from the calendar."""

from __future__ import annotations

from typing import Any

import pytest

from policy_service.decision import horizon
from policy_service.decision.rulings import verdict_of
from tests.decision.desk import HEAD, ask, shop

DELIVERED = "2025-06-01T15:30:00+08:00"


def closing(window: str, head: str = HEAD, **changes: object) -> tuple[str | None, str | None]:
    governing = shop(f"  - {{id: w, window: {window}}}\n", head=head)
    found = ask(governing, order__delivered_at=DELIVERED, **changes)["lines"][0]["window"]
    return found["last_day"], found["closes_at"]


@pytest.mark.parametrize(
    ("counting", "last_day", "closes_at"),
    [
        ("from_next_day", "2025-06-08", "2025-06-09T00:00:00+08:00"),
        ("from_same_day", "2025-06-07", "2025-06-08T00:00:00+08:00"),
        ("hours", "2025-06-08", "2025-06-08T15:30:00+08:00"),
        # 2025-06-02 is the holiday of the Dragon Boat Festival, 06-07 and 06-08 a weekend
        ("business_days", "2025-06-11", "2025-06-12T00:00:00+08:00"),
    ],
)
def test_seven_days_by_each_way_of_counting(counting: str, last_day: str, closes_at: str) -> None:
    assert closing(f"{{days: 7, after: delivery, counting: {counting}}}") == (last_day, closes_at)


@pytest.mark.parametrize(
    ("window", "last_day"),
    [
        ("{months: 1, after: delivery}", "2025-07-01"),
        ("{months: 1, after: delivery, counting: hours}", "2025-07-01"),
        ("{until: 2025-07-15}", "2025-07-15"),
        ("{days: 90, after: delivery, not_after: {days: 20, after: order}}", "2025-06-19"),
        ("{days: 90, after: delivery, not_after: {months: 1, after: order}}", "2025-06-30"),
        ("{days: 0, after: delivery}", "2025-06-01"),
        ("{days: 6, after: delivery, if_last_day_closed: next_working_day}", "2025-06-09"),  # 06-07 is a Saturday
    ],
)
def test_the_last_day_of_a_window(window: str, last_day: str) -> None:
    assert closing(window)[0] == last_day


@pytest.mark.parametrize(
    ("placed", "months", "last_day"),
    [
        ("2024-02-29T10:00:00+08:00", 12, "2025-02-28"),
        ("2024-01-31T10:00:00+08:00", 1, "2024-02-29"),
        ("2023-08-31T10:00:00+08:00", 6, "2024-02-29"),
        ("2024-12-31T10:00:00+08:00", 12, "2025-12-31"),
    ],
)
def test_months_end_on_the_same_day_or_the_months_last(placed: str, months: int, last_day: str) -> None:
    governing = shop(f"  - {{id: w, window: {{months: {months}, after: order}}}}\n")
    found = ask(governing, order__placed_at=placed, order__shipped_at=None, order__delivered_at=None)
    assert found["lines"][0]["window"]["last_day"] == last_day


def test_an_unlimited_window_has_no_end() -> None:
    governing = shop("  - {id: w, window: {unlimited: true, after: delivery}}\n")
    decision = ask(governing, requested_at="2120-01-01T00:00:00Z")
    assert decision["outcome"] == "approved"
    window = decision["lines"][0]["window"]
    assert (window["last_day"], window["closes_at"], window["days_left"]) == (None, None, None)
    assert decision["stable_until"] is None


def test_a_request_before_its_anchor_counts_as_day_nought() -> None:
    governing = shop("  - {id: w, window: {days: 7, after: delivery}, when: {days_since_delivery: 0}}\n")
    assert ask(governing, requested_at="2025-05-31T00:00:00+08:00")["outcome"] == "approved"


def test_a_fallback_stands_in_for_an_absent_anchor() -> None:
    governing = shop("  - {id: w, window: {days: 7, after: delivery, fallback: {after: shipment, plus_days: 5}}}\n")
    decision = ask(governing, order__delivered_at=None, requested_at="2025-06-12T23:59:59+08:00")
    assert decision["lines"][0]["window"] == {
        "clause": "w", "anchor": "shipment", "last_day": "2025-06-12",
        "closes_at": "2025-06-13T00:00:00+08:00", "days_left": 0,
    }  # fmt: skip


def test_an_absent_anchor_opens_nothing_and_is_named() -> None:
    decision = ask(shop("  - {id: w, window: {days: 7, after: delivery}}\n"), order__delivered_at=None)
    assert decision["outcome"] == "denied"
    reason = decision["lines"][0]["reasons"][0]
    assert (reason["code"], reason["clause"], reason["field"]) == ("anchor_missing", "w", "delivered_at")


def test_the_longest_extension_counts_and_the_cap_comes_after_it() -> None:
    clauses = (
        "  - {id: w, window: {days: 7, after: delivery, not_after: {days: 25, after: order}}}\n"
        "  - {id: short, extend: {days: 3}}\n"
        "  - {id: long, extend: {days: 40, windows: [w]}}\n"
    )
    assert ask(shop(clauses))["lines"][0]["window"]["last_day"] == "2025-06-24"
    without_cap = clauses.replace(", not_after: {days: 25, after: order}", "")
    assert ask(shop(without_cap))["lines"][0]["window"]["last_day"] == "2025-07-18"


def test_an_extension_may_be_a_fact_and_its_absence_asks_a_person() -> None:
    head = HEAD + "facts: {days_in_repair: {about: line, type: integer}}\n"
    governing = shop(
        "  - {id: w, window: {days: 7, after: delivery}}\n  - {id: e, extend: {days: days_in_repair}}\n", head=head
    )
    known = ask(governing, lines__0__attributes={"days_in_repair": 12})
    assert (known["outcome"], known["lines"][0]["window"]["last_day"]) == ("approved", "2025-06-20")
    unknown = ask(governing)
    assert unknown["outcome"] == "review"
    assert unknown["lines"][0]["reasons"][0]["fact"] == "days_in_repair"


@pytest.mark.parametrize(
    ("zone", "placed", "closes_at"),
    [
        # the clock springs forward at midnight on 2018-11-04: that day begins at 01:00
        ("America/Sao_Paulo", "2018-11-02T12:00:00-03:00", "2018-11-04T01:00:00-02:00"),
        # the clock falls back on 2025-11-02 at 02:00: days stay calendar days
        ("America/New_York", "2025-11-01T12:00:00-04:00", "2025-11-03T00:00:00-05:00"),
    ],
)
def test_days_across_a_change_of_the_clock_are_calendar_days(zone: str, placed: str, closes_at: str) -> None:
    head = HEAD.replace("Asia/Shanghai", zone).replace("2020-01-01", "2015-01-01")
    governing = shop("  - {id: w, window: {days: 1, after: order}}\n", head=head)
    decision = ask(governing, order__placed_at=placed, requested_at=placed)
    assert decision["lines"][0]["window"]["closes_at"] == closes_at


def test_last_delivery_waits_for_every_parcel() -> None:
    governing = shop("  - {id: w, window: {days: 7, after: last_delivery}}\n")
    second = {
        "id": "2",
        "sku": "LEG",
        "quantity": 1,
        "unit_price": "10.00",
        "delivered_at": "2025-06-15T09:00:00+08:00",
    }
    assert ask(governing, order__lines__1=second)["lines"][0]["window"]["last_day"] == "2025-06-22"
    unknown = {**second}
    del unknown["delivered_at"]
    decision = ask(
        governing, order__lines__1=unknown, order__delivered_at=None,
        order__lines__0={"id": "1", "sku": "A", "quantity": 1, "unit_price": "1.00", "delivered_at": DELIVERED},
    )  # fmt: skip
    assert "anchor_missing" in [reason["code"] for reason in decision["lines"][0]["reasons"]]


def test_deadlines_in_days_end_at_midnight_and_hours_are_exact() -> None:
    governing = shop(
        "  - {id: w, window: {days: 30, after: delivery}}\n"
        "  - {id: d, deadline: {ship_back: 7 days, refund: 48 hours, inspect: 2 days}}\n"
        "  - {id: sooner, deadline: {ship_back: 3 business days}}\n"
    )
    assert ask(governing)["deadlines"] == {
        "ship_back_by": "2025-06-26T00:00:00+08:00",  # Friday 06-20 + 3 working days = Wednesday 06-25
        "refund_by": "2025-06-22T10:00:00+08:00",
        "inspect_by": None,
    }


@pytest.mark.parametrize("lines", [1, 2])
def test_an_answer_ends_where_a_window_closes_and_a_daily_fee_begins_at_one_midnight(lines: int) -> None:
    governing = shop(
        "  - {id: short, window: {days: 30, after: delivery}, when: {tags: sale}}\n"
        "  - {id: long, window: {days: 60, after: delivery}}\n"
        "  - {id: storage, fee: {code: storage, rate_per_day: 1%, after_days: 30}}\n"
    )
    goods = [
        {"id": "1", "sku": "A", "quantity": 1, "unit_price": "100.00", "tags": ["sale"]},
        {"id": "2", "sku": "B", "quantity": 1, "unit_price": "100.00"},
    ]
    asked = [
        {"order_line": f"{n + 1}", "quantity": 1, "action": "return", "reason": "preference"} for n in range(lines)
    ]
    changes = {"order__delivered_at": DELIVERED, "order__lines": goods, "lines": asked}
    midnight = "2025-07-02T00:00:00+08:00"  # the 31st day after delivery: 1.00 of 100.00 for each line
    before, then = ask(governing, **changes), ask(governing, **changes, requested_at=midnight)
    assert (before["stable_until"], before["refund"]["fees"]) == (midnight, "0.00")
    assert then["refund"]["fees"] == f"{lines}.00"


UNLIMITED = "  - {id: w, window: {unlimited: true, after: delivery}}\n"
FREE_AT_FIRST = "  - {id: first, fee: {code: storage, rate: 0%}, when: {days_since_delivery: {at_most: 20}}}\n"
DAILY = "  - {id: daily, fee: {code: storage, rate_per_day: 1%}}\n"


@pytest.mark.parametrize(
    ("clauses", "asked", "until"),
    [
        # 50 days after delivery the fee is half of the items, and the next midnight it is more
        (UNLIMITED + DAILY, "2025-07-21", "2025-07-22"),
        # from the 100th day on nothing is left to take
        (UNLIMITED + DAILY, "2025-09-08", "2025-09-09"),
        (UNLIMITED + DAILY, "2025-09-09", None),
        # an earlier fee takes it all
        ("  - {id: all, fee: {code: wear, rate: 100%}}\n" + UNLIMITED + DAILY, "2025-06-20", None),
        # the fee begins ten years from now
        (UNLIMITED + DAILY.replace("1%", "1%, after_days: 3650"), "2025-06-20", "2035-05-31"),
        # after 20 days another fee of that code takes the place of one of nothing, and rises after 30
        (UNLIMITED + FREE_AT_FIRST + DAILY.replace("1%", "1%, after_days: 30"), "2025-06-20", "2025-07-02"),
    ],
)
def test_an_answer_with_a_daily_fee_ends_where_less_is_given_back(clauses: str, asked: str, until: str | None) -> None:
    decision = ask(shop(clauses), requested_at=f"{asked}T10:00:00+08:00")
    assert decision["stable_until"] == (until and f"{until}T00:00:00+08:00")


def test_a_daily_fee_that_a_statute_caps_changes_nothing_above_the_cap() -> None:
    law = "  - {id: n, no_reason: {days: 200, after: delivery}}\n  - {id: a, allow: {codes: [storage], at_most: 10%}}\n"
    governing = shop(UNLIMITED + DAILY, law=law)
    below, above = (ask(governing, requested_at=f"2025-06-{day}T10:00:00+08:00") for day in ("10", "12"))
    assert (below["refund"]["fees"], below["stable_until"]) == ("179.91", "2025-06-11T00:00:00+08:00")
    # 200 days after 1 June the right closes, and the merchant's own 1% a day takes everything
    assert (above["refund"]["fees"], above["stable_until"]) == ("199.90", "2025-12-19T00:00:00+08:00")


def test_lines_whose_windows_close_one_after_another_are_looked_at_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []

    def counting(judge: Any, state: Any) -> Any:
        judged.append(state.order_line.id)
        return verdict_of(judge, state)

    monkeypatch.setattr(horizon, "verdict_of", counting)
    goods = [
        {"id": f"{n}", "sku": "A", "quantity": 1, "unit_price": "1.00", "delivered_at": f"2025-06-01T15:30:{n:02d}Z"}
        for n in range(60)
    ]
    asked = [{"order_line": f"{n}", "quantity": 1, "action": "return", "reason": "preference"} for n in range(60)]
    governing = shop(
        "  - {id: short, window: {days: 30, after: delivery, counting: hours}}\n"
        "  - {id: long, window: {days: 60, after: delivery, counting: hours}}\n"
        "  - {id: old, review: {code: old}, when: {days_since_order: {over: 1000}}}\n"
    )
    decision = ask(governing, order__lines=goods, lines=asked)
    assert decision["stable_until"] == "2025-07-31T23:30:00+08:00"
    assert sorted(judged[:-1]) == sorted(line["id"] for line in goods)


@pytest.mark.parametrize("counting", ["from_next_day", "from_same_day", "hours", "business_days"])
@pytest.mark.parametrize(
    ("unit", "sent", "last_day"),
    [("days", -(10**9), "own"), ("months", -(10**15), "own"), ("days", 10**15, None), ("months", 10**15, None)],
)
def test_a_number_of_the_callers_never_shortens_a_window_nor_leaves_the_calendar(
    counting: str, unit: str, sent: int, last_day: str | None
) -> None:
    head = f"{HEAD}counting: {counting}\nfacts: {{n: {{about: line, type: integer}}}}\n"
    window = "  - {id: w, window: {days: 30, after: delivery}}\n"
    own = ask(shop(window, head=head))["lines"][0]["window"]["last_day"]
    lengthened = shop(f"{window}  - {{id: e, extend: {{{unit}: n}}}}\n", head=head)
    line = ask(lengthened, lines__0__attributes={"n": sent})["lines"][0]
    assert line["outcome"] == "approved"
    if last_day == "own":
        assert line["window"]["last_day"] == own
    else:
        assert line["window"]["last_day"] > "2120"


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "UTC"])
@pytest.mark.parametrize("clause", ["window: {until: 9999-12-31}", "window: {days: 1, after: bought}"])
def test_what_ends_past_the_calendar_never_ends(clause: str, zone: str) -> None:
    head = HEAD.replace("Asia/Shanghai", zone) + "facts: {bought: {about: line, type: date}}\n"
    governing = shop(f"  - {{id: w, {clause}}}\n", head=head)
    decision = ask(governing, lines__0__attributes={"bought": "9999-12-31"})
    assert decision["lines"][0]["outcome"] == "approved"
    assert (decision["lines"][0]["window"]["closes_at"], decision["stable_until"]) == (None, None)
    if "bought" in clause:
        closed = ask(governing, lines__0__attributes={"bought": "0001-01-01"})["lines"][0]
        assert (closed["outcome"], closed["reasons"][0]["code"]) == ("denied", "window_closed")


def test_an_unlimited_window_that_names_its_anchor_opens_with_it() -> None:
    since_shipment = shop("  - {id: w, window: {unlimited: true, after: shipment}}\n")
    assert ask(since_shipment)["outcome"] == "approved"
    line = ask(since_shipment, order__shipped_at=None)["lines"][0]
    assert (line["outcome"], line["reasons"][0]["code"]) == ("denied", "anchor_missing")
    assert line["reasons"][0]["field"] == "shipped_at"
    assert ask(shop("  - {id: w, window: {unlimited: true}}\n"))["lines"][0]["window"]["anchor"] is None


IN_DOUBT = "when: {bought: {at_most: 2025-12-31}}"  # unknown: no `bought` is sent


@pytest.mark.parametrize(
    ("clauses", "asked", "outcome", "until", "then"),
    [
        # it might take the place of `long`, and then closes first
        (
            "  - {id: long, window: {days: 30, after: delivery}}\n"
            f"  - {{id: short, window: {{days: 10, after: delivery}}, instead_of: [long], {IN_DOUBT}}}\n",
            "2025-06-05", "approved", "2025-06-12", "review",
        ),
        (
            f"  - {{id: w, window: {{days: 10, after: delivery}}, {IN_DOUBT}}}\n",
            "2025-06-10", "review", "2025-06-12", "denied",
        ),
        (
            "  - {id: w, window: {days: 3, after: delivery}}\n"
            f"  - {{id: longer, extend: {{days: 10}}, {IN_DOUBT}}}\n",
            "2025-06-10", "review", "2025-06-15", "denied",
        ),
    ],
)  # fmt: skip
def test_an_answer_ends_where_a_window_in_doubt_closes(
    clauses: str, asked: str, outcome: str, until: str, then: str
) -> None:
    governing = shop(clauses, head=f"{HEAD}facts: {{bought: {{about: order, type: date}}}}\n")
    now = ask(governing, requested_at=f"{asked}T10:00:00+08:00")
    later = ask(governing, requested_at=f"{until}T00:00:00+08:00")
    assert (now["outcome"], now["stable_until"], later["outcome"]) == (outcome, f"{until}T00:00:00+08:00", then)


def test_what_a_line_under_review_does_not_show_does_not_end_its_answer() -> None:
    governing = shop(
        "  - {id: w, window: {days: 30, after: delivery}, for: [exchange]}\n  - {id: v, review: {code: high_value}}\n"
        "  - {id: e, exchange_difference: {costs_more: waive}, during: {from: 2025-06-25, by: request}}\n"
    )
    dearer = {"sku": "B", "unit_price": "2500.00"}
    decision = ask(governing, lines__0__action="exchange", lines__0__exchange_for=dearer)
    assert (decision["outcome"], decision["stable_until"]) == ("review", "2025-07-02T00:00:00+08:00")
