"""Bodies in, decisions or problems out."""

from __future__ import annotations

from typing import Any

import pytest

from policy_service.catalog.errors import UnknownMerchant
from policy_service.contract.problems import ProblemError
from policy_service.decision.rulebook import Governing
from policy_service.service import Service
from tests.decision.desk import HEAD, WINDOW, request, shop


class OneShop:
    def __init__(self, governing: Governing) -> None:
        self.governing = governing

    def govern(self, merchant: str, *_: object) -> Governing:
        if merchant != "shop":
            raise UnknownMerchant(merchant)
        return self.governing


def pointers(body: Any) -> list[str]:
    head = HEAD + "facts: {assembled: {about: line, type: boolean}}\n"
    with pytest.raises(ProblemError) as caught:
        Service(OneShop(shop(WINDOW, head=head))).decide(body)
    return [error.pointer for error in caught.value.problem.errors]


def test_errors_of_form_and_of_policy_come_at_once() -> None:
    body = request(
        order__lines__0__unit_price="1.5",
        order__lines__0__attributes={"assembeld": True},
        lines__0__reason="quality.nonsense",
        lines__0__attributes={"assembled": "yes"},
    )
    assert pointers(body) == [
        "/order/lines/0/unit_price",
        "/lines/0/reason",
        "/order/lines/0/attributes/assembeld",
        "/lines/0/attributes/assembled",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"order": 7}, {"order": {"placed_at": 3}}, {"lines": "x"}, {"merchant": ["shop"]},
        {"lines": [1, {"reason": 2}]},
        {"order": {"placed_at": "2025-01-01T00:00:00Z", "lines": {"a": 1}, "attributes": [1], "country": 5}},
    ],
)  # fmt: skip
def test_a_body_that_is_wrong_all_over_is_refused_all_the_same(wrong: dict[str, Any]) -> None:
    assert pointers({**request(), **wrong})


def test_an_order_from_the_future_of_the_clock_is_refused() -> None:
    assert pointers(request(requested_at=None, order__placed_at="2199-01-01T00:00:00Z")) == ["/order/placed_at"]


def test_an_unknown_merchant_is_not_found() -> None:
    with pytest.raises(ProblemError) as caught:
        Service(OneShop(shop(WINDOW))).decide(request(merchant="nobody"))
    assert caught.value.problem.status == 404
