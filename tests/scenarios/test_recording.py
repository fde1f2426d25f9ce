"""A decision that was made becomes a scenario, without what does not matter to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policy_service.scenarios.mutation import grounds_of
from policy_service.scenarios.recording import expectations, parts_of, record, shrink, title_of
from policy_service.service import Service
from tests.scenarios.corner_shop import POLICY, open_shop, run

REQUEST: dict[str, Any] = {
    "merchant": "corner-shop",
    "requested_at": "2025-06-10T12:00:00+08:00",
    "case_id": "RMA-7",
    "channel": "storefront",
    "order": {
        "id": "SO-1",
        "currency": "CNY",
        "country": "CN",
        "placed_at": "2025-05-30T12:00:00+08:00",
        "delivered_at": "2025-06-01T12:00:00+08:00",
        "promotions": ["618"],
        "lines": [
            {
                "id": "1",
                "sku": "CUP",
                "category": "kitchen",
                "quantity": 1,
                "unit_price": "20.00",
                "tags": ["special-offer"],
            }
        ],
    },
    "customer": {"id": "C-7", "tier": "diamond"},
    "lines": [
        {"order_line": "1", "quantity": 1, "action": "return", "reason": "size.too_small", "condition": "opened"}
    ],
}


@pytest.fixture
def service(tmp_path: Path) -> Service:
    grounds_of.cache_clear()
    file = open_shop(tmp_path)
    return Service(grounds_of((str(file),)).prepared[0].bench.shop)


def test_what_was_decided_is_what_is_expected(service: Service) -> None:
    made = record(service, REQUEST)
    assert made.now == "2025-06-10T12:00:00+08:00"
    assert made.expect == {
        "outcome": "denied",
        "lines.0.reasons.final_sale.clause": "final-sale",
        "refund.total": "0.00",
        "entitlements": [],
        "obligations": [],
    }
    assert made.differs == ()


def test_shrinking_leaves_only_the_facts_that_matter(service: Service) -> None:
    assert shrink(record(service, REQUEST), service).request == {
        "merchant": "corner-shop",
        "order": {
            "id": "SO-1",
            "currency": "CNY",
            "placed_at": "2025-05-30T12:00:00+08:00",
            "lines": [{"id": "1", "sku": "CUP", "quantity": 1, "unit_price": "20.00", "tags": ["special-offer"]}],
        },
        "lines": [{"order_line": "1", "quantity": 1, "action": "return", "reason": "size.too_small"}],
    }


def test_a_recording_runs_as_a_suite(service: Service, tmp_path: Path) -> None:
    text = shrink(record(service, REQUEST), service).suite(tmp_path, "Recorded", "RMA-7")
    (tmp_path / "recorded.yaml").write_text(text, encoding="utf-8")
    status, said = run(str(tmp_path / "recorded.yaml"))
    assert (status, "1 passed" in said) == (0, True), said


def test_a_decision_made_otherwise_today_is_told_and_not_shrunk(service: Service) -> None:
    decision = service.decide(REQUEST).decision
    made = record(service, REQUEST, {**decision, "outcome": "approved"})
    assert made.differs == ("outcome: recorded 'approved', now 'denied'",)
    assert shrink(made, service) is made


THREE_ALIKE = [
    {"code": "window_closed", "clause": "return-30"},
    {"code": "window_closed", "clause": "warranty-365"},
    {"code": "window_closed", "clause": "warranty-365"},
    {"code": "final_sale", "clause": "final-sale"},
    {"code": "no_permission"},
    {"code": "exotic.code"},
]


def test_a_path_names_one_reason_by_its_code_its_clause_or_its_place(service: Service) -> None:
    decision = service.decide(REQUEST).decision
    line = {**decision["lines"][0], "reasons": THREE_ALIKE}
    named = {path: value for path, value in expectations({**decision, "lines": [line]}) if "reasons" in path}
    assert named == {
        "lines.0.reasons.clause=return-30.code": "window_closed",
        "lines.0.reasons.1.code": "window_closed",
        "lines.0.reasons.1.clause": "warranty-365",
        "lines.0.reasons.2.code": "window_closed",
        "lines.0.reasons.2.clause": "warranty-365",
        "lines.0.reasons.final_sale.clause": "final-sale",
        "lines.0.reasons.no_permission": "present",
        "lines.0.reasons.5.code": "exotic.code",
    }


TWO_WINDOWS = (
    POLICY
    + """
  - id: faulty-a-year
    window: {days: 90, after: delivery}
    for: [return]
    when: {reason: quality}
"""
)


def test_reasons_that_share_a_code_are_recorded_as_they_are(tmp_path: Path) -> None:
    grounds_of.cache_clear()
    file = open_shop(tmp_path, policy=TWO_WINDOWS)
    service = Service(grounds_of((str(file),)).prepared[0].bench.shop)
    lines = [{**REQUEST["lines"][0], "reason": "quality"}]
    made = record(service, {**REQUEST, "lines": lines, "requested_at": "2026-06-10T12:00:00+08:00"})
    assert made.differs == ()
    (tmp_path / "recorded.yaml").write_text(made.suite(tmp_path, "Recorded", "RMA-7"), encoding="utf-8")
    status, said = run(str(tmp_path / "recorded.yaml"))
    assert (status, "1 passed" in said) == (0, True), said


def test_a_second_stage_is_recorded_with_its_inspection(service: Service, tmp_path: Path) -> None:
    request = {**REQUEST, "lines": [{**REQUEST["lines"][0], "reason": "quality"}]}
    inspection = {"lines": [{"order_line": "1", "quantity": 1, "condition": "used"}]}
    decision = service.inspect(request, service.decide(request).decision, inspection).decision
    made = shrink(record(service, request, decision, inspection), service)
    assert "customer" not in made.request
    (tmp_path / "recorded.yaml").write_text(made.suite(tmp_path, "Recorded", "RMA-7"), encoding="utf-8")
    status, said = run(str(tmp_path / "recorded.yaml"))
    assert (status, "1 passed" in said) == (0, True), said


def test_a_file_holds_a_request_or_a_line_of_the_ledgers_export() -> None:
    assert parts_of(REQUEST) == (REQUEST, None, None)
    exported = {"request": REQUEST, "decision": {"id": "1"}, "act": {"type": "inspect", "inspection": {"lines": []}}}
    assert parts_of(exported) == (REQUEST, {"id": "1"}, {"lines": []})


def test_a_recording_is_called_by_its_case_or_its_order() -> None:
    assert title_of(REQUEST) == "RMA-7, as it was decided"
    assert title_of({"order": {"id": "SO-1"}}) == "order SO-1, as it was decided"
