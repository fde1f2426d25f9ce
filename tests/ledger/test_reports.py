"""Reports count what holds now, the same before and after sums were added up, on every database."""

from __future__ import annotations

import csv
import sys
from datetime import date
from typing import Any

import pytest

from policy_service.ledger.reports.catalogue import REPORTS, make
from policy_service.ledger.reports.counting import Span
from policy_service.ledger.reports.liability import judged
from policy_service.ledger.reports.rendering import as_csv, as_html, as_text, duration
from policy_service.ledger.reports.statistics import corrected, exact_p, interval
from policy_service.ledger.tallying import advance
from tests.ledger.conftest import asked


def fill(shop: Any) -> None:
    """Eight cases: two faults of LAMP, one of VASE, three sizes of SHIRT, one mistake of packer K-1, one review."""
    cases = (
        ("LAMP", {"reason": "quality.functional_failure"}),
        ("LAMP", {"reason": "quality.cosmetic_defect"}),
        ("LAMP", {}),
        ("VASE", {"reason": "quality.cosmetic_defect"}),
        ("SHIRT", {"reason": "size.too_small", "fit": "too_small"}),
        ("SHIRT", {"reason": "size.too_small"}),
        ("SHIRT", {"reason": "size.too_large", "fit": "too_large"}),
        ("VASE", {"reason": "fulfilment.wrong_item", "handled_by": {"picker": "P-1", "packer": "K-1"}}),
    )
    for number, (sku, line) in enumerate(cases):
        decision = shop.decide(case=f"RMA-{number}", sku=sku, line=line, order_line={"category": "goods"})
        if number == 2:
            shop.clock.forward(hours=6)
            shop.event("RMA-2", "shipped")
            shop.clock.forward(minutes=90)
            shop.event("RMA-2", "received")
            shop.post(f"/v1/decisions/{decision['id']}/inspection", {"lines": [{"order_line": "1", "quantity": 1}]})
            shop.event("RMA-2", "refunded")
            shop.event("RMA-2", "feedback", score=4)


def rows(shop: Any, name: str, section: str, *columns: str) -> list[tuple[Any, ...]]:
    found = make(shop.ledger, name, Span()).section(section).records()
    return [tuple(record[column] for column in columns) for record in found]


def add_up(shop: Any) -> None:
    """Adds everything up at once, however little there is."""
    shop.ledger.write(advance)


def test_reasons_count_what_lies_below_them(shop: Any) -> None:
    fill(shop)
    assert rows(shop, "reasons", "reasons", "reason", "lines", "share_of_parent") == [
        ("fulfilment", 1, 0.125),
        ("fulfilment.wrong_item", 1, 1.0),
        ("preference", 1, 0.125),
        ("preference.changed_mind", 1, 1.0),
        ("quality", 3, 0.375),
        ("quality.cosmetic_defect", 2, 0.6667),
        ("quality.functional_failure", 1, 0.3333),
        ("size", 3, 0.375),
        ("size.too_large", 1, 0.3333),
        ("size.too_small", 2, 0.6667),
    ]
    assert rows(shop, "reasons", "weeks", "week", "reason", "lines")[-1] == ("2025-06-16", "size", 3)


def test_an_inspection_counts_in_the_place_of_what_it_superseded(shop: Any) -> None:
    fill(shop)
    assert sum(row[0] for row in rows(shop, "liability", "liability", "lines")) == 8
    [(currency, refund, coupons)] = rows(shop, "money", "totals", "currency", "refund", "coupons")
    # four of 100.00 for which the shop is liable, four less a tenth
    assert (currency, refund, coupons) == ("CNY", "760.00", "80.00")
    assert rows(shop, "money", "charges", "role", "code", "lines", "amount") == [
        ("benefit", "coupon", 4, "80.00"),
        ("fee", "restocking", 4, "40.00"),
    ]


FAULT = {"reason": "quality.functional_failure"}
LOOK_AGAIN = """\
  - id: look-again
    review: {code: broken}
    when: {condition: damaged, stage: inspection}
  - id: points
    compensate: {points: 50}
    when: {liability: merchant}
"""


def compensation(shop: Any) -> tuple[Any, ...]:
    """Coupons and points by the totals, then by clause, and how often something was sent."""
    given = [
        tuple(row[1:])
        for row in rows(shop, "money", "charges", "role", "code", "lines", "amount")
        if row[0] == "benefit"
    ]
    [totals] = rows(shop, "money", "totals", "coupons", "points")
    return *totals, given, len(shop.messages("compensation"))


ONCE = ("20.00", 50, [("coupon", 1, "20.00"), ("points", 1, "50")], 2)


def beside(other: dict[str, Any], **first: Any) -> dict[str, Any]:
    """A request of a line for which the shop is liable, and of another one."""
    body = asked(**first)
    body["order"]["lines"].append({"id": "2", "sku": "VASE", "quantity": 1, "unit_price": other.pop("price", "50.00")})
    body["lines"].append({**body["lines"][0], "order_line": "2", **other})
    return body


@pytest.fixture
def generous(shop: Any) -> Any:
    """A shop that compensates with a coupon and with points, and asks a person where damaged goods arrive."""
    policy = shop.rules / "1.yaml"
    policy.write_text(policy.read_text(encoding="utf-8") + LOOK_AGAIN, encoding="utf-8")
    assert shop.catalog.reload()
    return shop


def inspected(shop: Any, id: str, query: str = "", **found: Any) -> str:
    body = {"lines": [{"order_line": "1", "quantity": 1, **found}]}
    return str(shop.post(f"/v1/decisions/{id}/inspection{query}", body)["id"])


def settled(shop: Any, id: str, outcome: str = "approved") -> str:
    return str(shop.post(f"/v1/decisions/{id}/resolution", {"outcome": outcome, "by": "agent-1"})["id"])


def test_compensation_stays_given_whatever_is_found(generous: Any) -> None:
    first = generous.decide(line=FAULT)["id"]
    assert compensation(generous) == ONCE
    found = inspected(generous, first)
    assert compensation(generous) == ONCE
    again = inspected(generous, first, f"?supersede={found}", reason="preference.changed_mind")
    assert compensation(generous) == ONCE
    inspected(generous, first, f"?supersede={again}")
    assert compensation(generous) == ONCE


def test_compensation_of_what_a_person_settled_counts_from_then_on(generous: Any) -> None:
    review = generous.decide(line=FAULT, price="2000.00")["id"]
    assert compensation(generous) == ("0.00", 0, [], 0)
    approved = settled(generous, review)
    assert compensation(generous) == ONCE
    inspected(generous, approved)
    assert compensation(generous) == ONCE


def test_what_is_denied_in_the_end_compensates_nothing(generous: Any) -> None:
    settled(generous, generous.decide(line=FAULT, price="2000.00")["id"], "denied")
    assert compensation(generous) == ("0.00", 0, [], 0)


@pytest.mark.parametrize("outcome", ["approved", "denied"])
def test_compensation_beside_a_review_counts_once_when_it_is_settled(generous: Any, outcome: str) -> None:
    review = generous.post("/v1/decisions", beside({"price": "2000.00"}, line=FAULT))["id"]
    assert compensation(generous) == ONCE
    inspected(generous, settled(generous, review, outcome))
    assert compensation(generous) == ONCE


def test_compensation_of_a_line_that_stands_beside_an_inspected_one_counts_once(generous: Any) -> None:
    first = generous.post("/v1/decisions", beside({"action": "refund_only", **FAULT}))["id"]
    inspected(generous, first)
    assert compensation(generous) == ONCE


def test_a_review_of_what_was_found_leaves_compensation_alone(generous: Any) -> None:
    first = generous.decide(line=FAULT)["id"]
    found = inspected(generous, first, condition="damaged")
    assert compensation(generous) == ONCE
    last = settled(generous, found, "denied")
    assert compensation(generous) == ONCE
    inspected(generous, first, f"?supersede={last}")
    assert compensation(generous) == ONCE


def test_sizes_faults_and_people_are_counted(shop: Any) -> None:
    fill(shop)
    assert rows(shop, "sizes", "sizes", "sku", "too_small", "true_to_size", "too_large") == [("SHIRT", 2, 0, 1)]
    faults = {row[0]: row[1:] for row in rows(shop, "products", "unusual", "sku", "lines", "faults")}
    assert faults == {"LAMP": (3, 2), "VASE": (2, 1), "SHIRT": (3, 0)}
    assert rows(shop, "liability", "packers", "packer", "lines", "errors") == [("K-1", 1, 1)]


def test_stages_are_timed(shop: Any) -> None:
    fill(shop)
    times = {row[0]: row[1:] for row in rows(shop, "times", "stages", "stage", "cases", "p50")}
    # six hours and an hour and a half, each within the next ten minutes
    assert times["decision to shipment"] == (1, 22_200)
    assert times["shipment to receipt"] == (1, 6_000)
    assert set(times) == {
        "decision to shipment",
        "shipment to receipt",
        "receipt to inspection",
        "receipt to refund",
        "decision to refund",
    }


def test_satisfaction_is_shown_by_score(shop: Any) -> None:
    fill(shop)
    assert rows(shop, "satisfaction", "scores", "score", "answers")[3] == (4, 1)
    assert rows(shop, "satisfaction", "weeks", "answers", "mean") == [(1, 4.0)]


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_the_same_before_between_and_after_adding_up(shop: Any, name: str) -> None:
    fill(shop)
    before = make(shop.ledger, name, Span())
    add_up(shop)
    assert make(shop.ledger, name, Span()) == before
    shop.decide(case="RMA-9", sku="LAMP", line={"reason": "quality.functional_failure"})
    between = make(shop.ledger, name, Span())
    add_up(shop)
    assert make(shop.ledger, name, Span()) == between
    add_up(shop)
    assert make(shop.ledger, name, Span()) == between


def test_a_span_is_whole_weeks(shop: Any) -> None:
    fill(shop)
    inside = Span("shop", date(2025, 6, 18), date(2025, 6, 20))
    outside = Span("shop", date(2025, 6, 23), None)
    other = Span("other")
    lines = [
        sum(record["lines"] for record in make(shop.ledger, "liability", span).section("liability").records())
        for span in (inside, outside, other)
    ]
    assert lines == [8, 0, 0]


def test_reports_are_served_as_json_csv_and_pages(shop: Any) -> None:
    fill(shop)
    assert shop.get("/v1/reports")["reports"] == list(REPORTS)
    assert shop.get("/v1/reports/reasons")["sections"]["reasons"][0]["reason"] == "fulfilment"
    table = shop.client.get("/v1/reports/reasons?format=csv")
    lines = table.get_data(as_text=True).splitlines()
    assert next(csv.reader(lines[1:2]))[:3] == ["reason", "depth", "lines"]
    page = shop.client.get("/v1/reports/reasons", headers={"Accept": "text/html", "Accept-Language": "zh"})
    assert page.content_type == "text/html; charset=utf-8"
    assert "退货原因" in page.get_data(as_text=True)
    assert [each.headers.get("Content-Language") for each in (table, page)] == [None, "zh-CN"]
    assert [each.headers["Vary"] for each in (table, page)] == ["Accept", "Accept, Accept-Language"]
    assert {each.headers["Cache-Control"] for each in (table, page)} == {"no-store"}
    shop.get("/v1/reports/none", 404)
    shop.get("/v1/reports/reasons", 400, from_="June")


@pytest.mark.parametrize(
    ("missing", "path", "said"),
    [
        (
            "scipy",
            "products",
            "this report needs SciPy, which is not installed here: install `policy-service[reports]`",
        ),
        (
            "pygal",
            "reasons?format=html",
            "a page with charts needs pygal, which is not installed here: install `policy-service[reports]`, or ask "
            "for JSON or CSV",
        ),
    ],
)
def test_what_is_not_installed_is_no_fault_of_who_asks(
    any_shop: Any, monkeypatch: pytest.MonkeyPatch, missing: str, path: str, said: str
) -> None:
    fill(any_shop)
    monkeypatch.setitem(sys.modules, missing, None)
    answer = any_shop.client.get(f"/v1/reports/{path}")
    assert (answer.status_code, answer.get_json(force=True)["detail"]) == (501, said)


def test_reports_that_cannot_be_made_here_are_named(any_shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert any_shop.get("/v1/reports")["not_installed"] == []
    monkeypatch.setattr("policy_service.ledger.reports.statistics.find_spec", lambda _: None)
    assert any_shop.get("/v1/reports")["not_installed"] == ["liability", "products", "sizes"]


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_needs_nothing_from_anywhere_else(any_shop: Any, name: str) -> None:
    fill(any_shop)
    page = as_html(make(any_shop.ledger, name, Span()), "en", "all")
    assert "<svg" in page
    assert "<script" not in page
    assert not [
        part for part in page.split('"') if part.startswith("http") and "www.w3.org" not in part and "pygal" not in part
    ]
    assert as_text(make(any_shop.ledger, name, Span())).count("\n") > 3


def test_what_looks_like_a_formula_stays_text_in_csv(any_shop: Any) -> None:
    any_shop.decide(sku="=1+1")
    assert "'=1+1" in as_csv(make(any_shop.ledger, "products", Span()))


def test_exact_tests_agree_with_published_values() -> None:
    # 7 of 10 at 1/2: P(X >= 7) = 176/1024, twice that
    assert exact_p([(7, 10)], [0.5])[0] == pytest.approx(2 * 176 / 1024)
    assert exact_p([(0, 0)], [0.5]) == [1.0]
    # Clopper and Pearson's own 10 of 20, to four digits
    assert interval(10, 20) == (0.272, 0.728)
    assert interval(0, 10) == (0.0, 0.3085)
    # Benjamini and Hochberg by hand: 0.01 * 4/1, 0.02 * 4/2, 0.03 * 4/3, 0.5
    assert corrected([0.01, 0.5, 0.03, 0.02]) == [pytest.approx(0.04), 0.5, pytest.approx(0.04), pytest.approx(0.04)]


def test_one_that_makes_more_mistakes_stands_out_and_the_others_do_not() -> None:
    counts = [(f"K-{n}", 200, 12 + n % 3) for n in range(9)] + [("K-9", 200, 60)]
    assert [(row[0], row[-1]) for row in judged(counts) if row[-1]] == [("K-9", "worse")]


@pytest.mark.parametrize(
    ("seconds", "text"), [(40, "40 s"), (150, "2 min"), (7_500, "2 h 5 min"), (273_600, "3 d 4 h")]
)
def test_durations_read_well(seconds: int, text: str) -> None:
    assert duration(seconds) == text
