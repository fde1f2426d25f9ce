"""Paths lead where their author means."""

import pytest

from policy_service.scenarios.paths import ABSENT, Member, PathError, find, parse_path, show_path

DECISION = {
    "outcome": "approved",
    "lines": [
        {
            "fees": [{"code": "restocking", "clause": "depreciation-10", "amount": "199.90"}],
            "alternatives": [{"action": "exchange", "clause": "unopened-exchange"}],
            "obligations": [{"code": "return_gift", "sku": "123"}],
        },
    ],
    "entitlements": ["free_pickup"],
    "window": None,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("outcome", "approved"),
        ("lines.0.fees.0.amount", "199.90"),
        ("lines.0.fees.restocking.amount", "199.90"),
        ("lines.0.fees.depreciation-10.amount", "199.90"),
        ("lines.0.alternatives.unopened-exchange.action", "exchange"),
        ("lines.0.obligations.sku=123.code", "return_gift"),
        ("entitlements.free_pickup", "free_pickup"),
        ("window", None),
        ("window.clause", ABSENT),
        ("lines.1", ABSENT),
        ("lines.0.fees.cleaning", ABSENT),
        ("outcome.code", ABSENT),
    ],
)
def test_a_path_leads_to_a_key_an_index_or_a_named_member(path: str, value: object) -> None:
    assert find(DECISION, parse_path(path)) == value


def test_a_number_is_an_index_unless_it_says_what_it_names() -> None:
    assert parse_path("lines.0.sku=123.x=1") == ("lines", 0, Member("sku", "123"), "x=1")


def test_a_path_is_shown_as_it_was_written() -> None:
    assert show_path(parse_path("lines.0.sku=123.amount")) == "lines.0.sku=123.amount"


@pytest.mark.parametrize("text", ["", "lines..fees", ".lines", "lines."])
def test_a_path_with_an_empty_part_is_refused(text: str) -> None:
    with pytest.raises(PathError):
        parse_path(text)
