"""Money: fees and what waives them, postage, gifts, differences, clawback, duties, and where refunds go."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.language.kinds import (
    KINDS,
    Allow,
    Clawback,
    ExchangeDifference,
    Fee,
    Gift,
    ImportDuties,
    KindContext,
    RefundDelivery,
    RefundTo,
    ReturnShipping,
    Waive,
)
from policy_service.language.scalars import PlainFloat, PlainInt, resolve_plain
from tests.language.words import POLICY, STATUTE, told, vocabulary

TENTH = Fraction(1, 10)


def say(kind: str, data: Any) -> Any:
    effect, problems = KINDS[kind].parse(data, STATUTE if kind == "allow" else POLICY, ())
    assert problems == []
    return effect


def wrong(kind: str, data: Any, context: KindContext = POLICY) -> list[tuple[Any, ...]]:
    effect, problems = KINDS[kind].parse(data, context, ())
    assert effect is None
    return [(*said, problem.hint) for said, problem in zip(told(problems), problems, strict=True)]


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("fee", {"code": "restocking", "rate": "10%"}, Fee(code="restocking", rate=TENTH)),
        ("fee", {"code": "handling", "rate": "0.10%"}, Fee(code="handling", rate=Fraction(1, 1000))),
        ("fee", {"code": "late", "amount": "45.00", "per": "request"}, Fee(code="late", amount=4500, per="request")),
        # a bare number is its source text, and missing digits are filled up
        ("fee", {"code": "late", "amount": PlainFloat(4.5, "4.5")}, Fee(code="late", amount=450)),
        ("fee", {"code": "late", "amount": PlainInt(12, "12"),
         "per": "unit"}, Fee(code="late", amount=1200, per="unit")),
        # a fact that holds the sum
        ("fee", {"code": "parts", "amount": "parts_price"}, Fee(code="parts", amount="parts_price")),
        ("fee", {"code": "restocking", "rate": "15%", "base": "list", "min": "5.00", "max": "60.00"},
         Fee(code="restocking", rate=Fraction(15, 100), base="list", min=500, max=6000)),
        ("fee", {"code": "damage", "amount": "45.00", "base": "list", "max": "50%"},
         Fee(code="damage", amount=4500, base="list", max=Fraction(1, 2))),
        ("fee", {"code": "wear", "rate_per_day": "0.5%", "after_days": 15},
         Fee(code="wear", rate_per_day=Fraction(1, 200), after_days=15)),
        ("fee", {"code": "wear", "rate": "10%", "rate_per_day": "0.5%"},
         Fee(code="wear", rate=TENTH, rate_per_day=Fraction(1, 200))),
        ("waive", "all", Waive(codes="all")),
        ("waive", ["restocking", "late"], Waive(codes=("restocking", "late"))),
        ("return_shipping", {"payer": "merchant"}, ReturnShipping(payer="merchant")),
        ("return_shipping", {"payer": "customer", "charge": "12.00"}, ReturnShipping(payer="customer", charge=1200)),
        ("refund_delivery", "whole_order", RefundDelivery(mode="whole_order")),
        ("refund_delivery", {"mode": "always", "at_most": "5.00"}, RefundDelivery(mode="always", at_most=500)),
        ("refund_delivery", {"whole_order": True, "at_most": "5.00"}, RefundDelivery(mode="whole_order", at_most=500)),
        ("gift", {"if_missing": "deduct"}, Gift(if_missing="deduct", due="any_line")),
        ("gift", {"if_missing": "review", "due": "all_lines"}, Gift(if_missing="review", due="all_lines")),
        ("exchange_difference", {"costs_less": "credit"}, ExchangeDifference(costs_more=None, costs_less="credit")),
        ("exchange_difference", {"costs_more": "waive"}, ExchangeDifference(costs_more="waive", costs_less=None)),
        ("clawback", {"discounts": "all"}, Clawback(discounts="all")),
        ("clawback", {"discounts": [PlainInt(618, "0618")]}, Clawback(discounts=("0618",))),
        ("import_duties", {"refund": False}, ImportDuties(refund=False)),
        ("refund_to", {"method": "store_credit", "bonus_rate": "5%"},
         RefundTo(method="store_credit", bonus_rate=Fraction(1, 20))),
        ("allow", {"codes": ["return_shipping", "gift"]}, Allow(codes=("return_shipping", "gift"))),
        ("allow", {"codes": ["wear"], "at_most": "5%"}, Allow(codes=("wear",), at_most=Fraction(1, 20))),
        ("allow", {"codes": ["wear"], "at_most": "20.00"}, Allow(codes=("wear",), at_most=2000)),
    ],
)  # fmt: skip
def test_money_is_read_exactly(kind: str, data: Any, expected: Any) -> None:
    assert say(kind, data) == expected


@pytest.mark.parametrize(
    ("kind", "data", "names"),
    [
        ("fee", {"code": "a", "amount": "45.00"}, True),
        ("fee", {"code": "a", "rate": "10%"}, False),
        ("fee", {"code": "a", "rate": "10%", "max": "5.00"}, True),
        ("fee", {"code": "a", "rate": "10%", "max": "5%"}, False),
        ("fee", {"code": "a", "amount": "parts_price"}, False),
        ("return_shipping", {"payer": "customer", "charge": "0"}, True),
        ("return_shipping", {"payer": "customer"}, False),
        ("refund_delivery", "always", False),
        ("refund_delivery", {"mode": "always", "at_most": "5.00"}, True),
        ("allow", {"codes": ["a"], "at_most": "5%"}, False),
        ("allow", {"codes": ["a"], "at_most": "5.00"}, True),
        ("compensate", {"coupon": "20.00"}, True),
        ("compensate", {"points": 500}, False),
    ],
)
def test_an_effect_knows_whether_it_names_a_sum(kind: str, data: Any, names: bool) -> None:
    assert say(kind, data).named_sums is names


def test_a_fee_names_the_fact_that_holds_its_amount() -> None:
    assert say("fee", {"code": "a", "amount": "line_paid"}).named_facts() == ("line_paid",)
    assert say("fee", {"code": "a", "amount": "45.00"}).named_facts() == ()


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("fee", {"code": "Restocking Fee", "rate": PlainInt(10, "10"), "min": PlainFloat(5.001, "5.001"), "max": 3}, [
            ("PS107-wrong-digits", ("min",), "`5.001` has 3 digits after the point", "CNY has 2"),
            ("PS105-wrong-form", ("code",), "`Restocking Fee` is no code", "write small letters, digits and `_`"),
            ("PS106-percent-missing", ("rate",), "`10` is not a percentage", "write `10%`"),
        ]),
        ("fee", {"code": "a", "rate": "ten percent"}, [
            ("PS105-wrong-form", ("rate",), "`ten percent` is not a percentage", "write it such as `10%`"),
        ]),
        ("fee", {"code": "a", "rate": "-10%"}, [
            ("PS105-wrong-form", ("rate",), "`-10%` is not a percentage", "write it such as `10%`"),
        ]),
        ("fee", {"rate": "10%", "amount": "5.00"}, [
            ("PS114-one-of", ("rate",), "`rate` cannot stand beside `amount`", "keep one of `amount` or `rate`"),
            ("PS102-missing-key", (), "`code` is missing", "add `code`"),
        ]),
        ("fee", {"code": "a"}, [
            ("PS114-one-of", (), "one of `amount` or `rate` is missing", "add `amount` or `rate`"),
        ]),
        ("fee", {"code": "a", "amount": "5.00", "after_days": 3, "base": "list"}, [
            ("PS115-needs", ("after_days",), "`after_days` means nothing without `rate_per_day`",
             "add `rate_per_day`, or remove `after_days`"),
            ("PS115-needs", ("base",), "`base` means nothing without `rate` or `rate_per_day`",
             "add `rate` or `rate_per_day`, or remove `base`"),
        ]),
        ("fee", {"code": "a", "rate": "10%", "min": "60.00", "max": "5.00"}, [
            ("PS110-out-of-range", ("max",), "`max` is less than `min`", "exchange them"),
        ]),
        ("fee", {"code": "a", "amount": "unit_payd"}, [
            ("PS208-unknown-fact", ("amount",), "there is no fact `unit_payd` of type `money`",
             "did you mean `unit_paid`?"),
        ]),
        ("fee", {"code": "a", "amount": "¥5"}, [
            ("PS105-wrong-form", ("amount",), "`¥5` is not a sum", 'write it such as `"45.00"`'),
        ]),
        ("waive", "restocking", [
            ("PS103-wrong-type", (), "expected a list of names, found `restocking`", "write `[restocking]`"),
        ]),
        ("waive", [], [("PS112-empty-list", (), "this list is empty", "name at least one")]),
        ("return_shipping", {"payer": "buyer"}, [
            ("PS104-unknown-value", ("payer",),
             "expected `customer`, `merchant`, `carrier` or `insurer`, found `buyer`",
             "did you mean `customer`?"),
        ]),
        ("refund_delivery", "whole_oder", [
            ("PS104-unknown-value", (), "expected `whole_order`, `always` or `never`, found `whole_oder`",
             "did you mean `whole_order`?"),
        ]),
        ("refund_delivery", {"at_most": "5.00"}, [
            ("PS114-one-of", (), "one of `mode`, `whole_order`, `always` or `never` is missing",
             "add `mode`, `whole_order`, `always` or `never`"),
        ]),
        ("gift", {"if_missing": None}, [
            ("PS103-wrong-type", ("if_missing",), "`if_missing` has no value",
             "give it a value, or remove `if_missing`"),
        ]),
        ("clawback", {}, [("PS102-missing-key", (), "`discounts` is missing", "add `discounts`")]),
        ("import_duties", {"refund": "no"}, [
            ("PS103-wrong-type", ("refund",), "expected `true` or `false`, found `no`", None),
        ]),
        ("refund_to", {"method": "credit", "bonus_rate": PlainInt(5, "5")}, [
            ("PS104-unknown-value", ("method",),
             "expected `original_payment`, `store_credit` or `gift_card`, found `credit`",
             "did you mean `store_credit` or `gift_card`?"),
            ("PS106-percent-missing", ("bonus_rate",), "`5` is not a percentage", "write `5%`"),
        ]),
    ],
)  # fmt: skip
def test_every_mistake_about_money_is_told(kind: str, data: Any, expected: list[tuple[Any, ...]]) -> None:
    assert wrong(kind, data) == expected


def test_the_digits_of_a_sum_are_those_of_the_documents_currency() -> None:
    yen = KindContext(vocabulary("JPY"), "JPY")
    assert KINDS["compensate"].parse({"coupon": "1200"}, yen, ())[1] == []
    assert wrong("compensate", {"coupon": "12.00"}, yen) == [
        ("PS107-wrong-digits", ("coupon",), "`12.00` has 2 digits after the point", "JPY has 0")
    ]


@given(st.integers(0, 999_999), st.integers(0, 10**4 - 1))
def test_a_percentage_is_an_exact_fraction(whole: int, rest: int) -> None:
    fee = say("fee", {"code": "a", "rate": resolve_plain(f"{whole}.{rest:04}%")})
    assert fee.rate == Fraction(whole * 10**4 + rest, 10**6)
