"""`with` changes what it names and nothing else."""

from copy import deepcopy
from typing import Any

import pytest

from policy_service.scenarios.merge import merged
from policy_service.scenarios.paths import PathError, parse_path

GIVEN: dict[str, Any] = {
    "merchant": "dg-home",
    "order": {"id": "SO-1", "gifts": [], "lines": [{"id": "1", "sku": "SOFA-3", "quantity": 1, "tags": ["oversize"]}]},
    "customer": {"id": "C-7", "tier": "normal"},
    "lines": [{"order_line": "1", "condition": "opened"}],
}


def after(path: str, value: object) -> Any:
    return merged(GIVEN, [(parse_path(path), value)])


def test_a_value_replaces() -> None:
    assert after("lines.0.condition", "used")["lines"] == [{"order_line": "1", "condition": "used"}]


def test_a_mapping_merges_deeply() -> None:
    assert after("customer", {"tier": "diamond"})["customer"] == {"id": "C-7", "tier": "diamond"}


def test_a_list_replaces() -> None:
    assert after("order.lines.0.tags", ["special-offer"])["order"]["lines"][0]["tags"] == ["special-offer"]


def test_null_removes_a_key_and_a_member() -> None:
    assert "customer" not in after("customer", None)
    assert after("lines.0", None)["lines"] == []
    assert after("customer", {"tier": None})["customer"] == {"id": "C-7"}


def test_removing_what_is_not_there_changes_nothing() -> None:
    assert after("order.delivered_at", None) == GIVEN
    assert after("order.shipping.cost", None) == GIVEN


def test_an_index_equal_to_the_length_appends() -> None:
    assert after("lines.1", {"order_line": "2"})["lines"][1] == {"order_line": "2"}
    assert after("order.gifts.0.sku", "PILLOW")["order"]["gifts"] == [{"sku": "PILLOW"}]


def test_a_list_may_begin_with_its_first_member() -> None:
    assert after("order.discounts.0", {"code": "TEN"})["order"]["discounts"] == [{"code": "TEN"}]


def test_a_member_may_be_named() -> None:
    assert after("order.lines.SOFA-3.quantity", 2)["order"]["lines"][0]["quantity"] == 2


def test_the_given_request_is_never_altered() -> None:
    before = deepcopy(GIVEN)
    merged(GIVEN, [(parse_path("lines.0.condition"), "used"), (parse_path("order.lines.1"), {"id": "2"})])
    assert before == GIVEN


@pytest.mark.parametrize("path", ["lines.2.condition", "order.lines.CHAIR.quantity", "order.id.number"])
def test_a_path_past_what_is_there_is_refused(path: str) -> None:
    with pytest.raises(PathError):
        after(path, "used")
