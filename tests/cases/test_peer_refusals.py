"""What peers refuse before any policy is asked: here it is bad input, with a pointer to each thing that is wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from policy_service.contract.request import BadRequest, parse_request

Json = dict[str, Any]


def request_of_two_mugs() -> Json:
    return {
        "merchant": "prorated",
        "requested_at": "2025-06-20T12:00:00+00:00",
        "order": {
            "id": "R2",
            "currency": "USD",
            "placed_at": "2025-06-10T12:00:00+00:00",
            "delivered_at": "2025-06-12T12:00:00+00:00",
            "lines": [{"id": "1", "sku": "MUG", "quantity": 2, "unit_price": "10.00"}],
        },
        "lines": [{"order_line": "1", "quantity": 1, "action": "return", "reason": "preference.changed_mind"}],
    }


def dated_before_the_sale(body: Json) -> None:
    body["requested_at"] = "2025-06-10T11:59:59+00:00"


def of_a_unit_not_in_the_order(body: Json) -> None:
    body["lines"][0]["order_line"] = "7"


def of_both(body: Json) -> None:
    dated_before_the_sale(body)
    of_a_unit_not_in_the_order(body)


@pytest.mark.parametrize(
    ("spoil", "pointers"),
    [
        pytest.param(dated_before_the_sale, ["/requested_at"], id="ERPNext: a return dated before the sale"),
        pytest.param(of_a_unit_not_in_the_order, ["/lines/0/order_line"], id="ERPNext: a unit not in the order"),
        pytest.param(of_both, ["/lines/0/order_line", "/requested_at"], id="ERPNext: both, each said"),
    ],
)
def test_it_is_refused_saying_which(spoil: Callable[[Json], None], pointers: list[str]) -> None:
    body = request_of_two_mugs()
    spoil(body)
    with pytest.raises(BadRequest) as refused:
        parse_request(body)
    assert sorted(error.pointer for error in refused.value.errors) == pointers
    assert all(error.hint for error in refused.value.errors)


def test_a_return_at_the_very_instant_of_the_sale_is_no_bad_input() -> None:
    body = request_of_two_mugs()
    body["requested_at"] = body["order"]["placed_at"]
    assert parse_request(body).request.requested_at is not None
