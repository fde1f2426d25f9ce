"""Only what is named is compared, and as what it is."""

from typing import Any

import pytest

from policy_service.language.source import read_yaml
from policy_service.scenarios.compare import mismatches
from policy_service.scenarios.paths import parse_path

DECISION: dict[str, Any] = {
    "outcome": "approved",
    "stable_until": "2025-07-02T00:00:00+08:00",
    "lines": [
        {
            "quantity": 1,
            "refund": "1799.10",
            "fees": [{"code": "restocking", "amount": "199.90"}],
            "deductions": [],
            "window": {"last_day": "2025-07-01", "days_left": 11},
        },
        {"quantity": 2, "refund": "0.00", "fees": [], "deductions": [], "window": None},
    ],
    "entitlements": ["free_pickup", "free_return_shipping"],
}


def differing(path: str, yaml: str) -> list[str]:
    expected = read_yaml(f"value: {yaml}").data["value"]
    return [each.path for each in mismatches(DECISION, parse_path(path), expected)]


@pytest.mark.parametrize(
    ("path", "yaml"),
    [
        ("outcome", "approved"),
        ("lines.0.refund", '"1799.10"'),
        ("lines.0.refund", "1799.10"),
        ("lines.0.quantity", "1"),
        ("lines.0.window.last_day", "2025-07-01"),
        ("lines.0.window", "{days_left: 11}"),
        ("lines.1.window", "null"),
        ("lines.1.window", "absent"),
        ("lines.0.window", "present"),
        ("lines.0.fees.cleaning", "absent"),
        ("lines.0.deductions", "[]"),
        ("lines.0.fees", "[{code: restocking}]"),
        ("stable_until", "2025-07-01T16:00:00Z"),
        ("entitlements", "[free_return_shipping, free_pickup]"),
    ],
)
def test_what_is_as_expected_says_nothing(path: str, yaml: str) -> None:
    assert differing(path, yaml) == []


@pytest.mark.parametrize(
    ("path", "yaml", "at"),
    [
        ("outcome", "denied", "outcome"),
        ("lines.0.refund", '"1799.1"', "lines.0.refund"),
        ("lines.0.quantity", '"1"', "lines.0.quantity"),
        ("lines.0.quantity", "true", "lines.0.quantity"),
        ("lines.0.window", "{days_left: 12, last_day: 2025-07-01}", "lines.0.window.days_left"),
        ("lines.1.window", "present", "lines.1.window"),
        ("lines.0.fees.restocking", "absent", "lines.0.fees.restocking"),
        ("lines.0.fees", "[]", "lines.0.fees"),
        ("lines.0.fees", '[{amount: "199.91"}]', "lines.0.fees.0.amount"),
        ("lines.5.refund", '"0.00"', "lines.5.refund"),
        ("stable_until", "2025-07-02T00:00:00Z", "stable_until"),
        ("entitlements", "[free_pickup]", "entitlements"),
        ("entitlements", "[free_pickup, free_return_shipping, instant_refund]", "entitlements"),
    ],
)
def test_what_is_otherwise_is_named(path: str, yaml: str, at: str) -> None:
    assert differing(path, yaml) == [at]
