"""The whole error contract of requests: what is changed in a good one, and every error that comes back."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from policy_service.contract.request import BadRequest, parse_request

Change = Callable[..., dict[str, Any]]
LINE = {"id": "2", "sku": "LAMP", "quantity": 1, "unit_price": "50.00"}
ASK = {"order_line": "1", "quantity": 1, "action": "return", "reason": "quality"}
LINE_1 = "order.lines.0"
MOST = "999999999999999.99"
VAST = {"id": "1", "sku": "LAMP", "quantity": 10, "unit_price": MOST}
PRINTABLE = "this text has control characters"
EMPTY = "leave the field out if there is nothing to say"
FACT_FORM = "send true or false, a number, text or a list of texts"
INSTANT_FORM = 'write it as in "2025-06-20T10:00:00+08:00"'
COUNTRY_FORM = "two capital letters of ISO 3166, such as `CN`"
CURRENCY_FORM = "use the ISO 4217 code of the currency that was paid in, such as `CNY`"
CATEGORY_FORM = "names with `/` between them, such as `furniture/sofa`"
REASON_FORM = "names with `.` between them, such as `preference.changed_mind`"

# (changes, [(pointer, detail, hint), …]); `...` takes a key out
FORM: list[tuple[dict[str, Any], list[tuple[str, str, str | None]]]] = [
    # what is required
    ({"merchant": ...}, [("/merchant", "`merchant` is required", None)]),
    ({"order": ...}, [("/order", "`order` is required", None)]),
    ({"lines": ...}, [("/lines", "`lines` is required", None)]),
    ({"order.id": ...}, [("/order/id", "`id` is required", None)]),
    ({"order.currency": ...}, [("/order/currency", "`currency` is required", None)]),
    ({"order.placed_at": ...}, [("/order/placed_at", "`placed_at` is required", None)]),
    ({"order.lines": ...}, [("/order/lines", "`lines` is required", None)]),
    ({f"{LINE_1}.sku": ...}, [("/order/lines/0/sku", "`sku` is required", None)]),
    ({f"{LINE_1}.quantity": ...}, [("/order/lines/0/quantity", "`quantity` is required", None)]),
    ({"lines.0.order_line": ...}, [("/lines/0/order_line", "`order_line` is required", None)]),
    ({"lines.0.quantity": ...}, [("/lines/0/quantity", "`quantity` is required", None)]),
    ({"lines.0.action": ...}, [("/lines/0/action", "`action` is required", None)]),
    ({"lines.0.reason": ...}, [("/lines/0/reason", "`reason` is required", None)]),
    ({"order.gifts.0.sku": ...}, [("/order/gifts/0/sku", "`sku` is required", None)]),
    ({"order.gifts.0.with": ...}, [("/order/gifts/0/with", "`with` is required", None)]),
    ({"merchant": None}, [("/merchant", "expected text, got null", None)]),
    # fields that there are not
    ({"order.lins": []}, [("/order/lins", "`lins` is not a field here", "did you mean `lines`?")]),
    ({"lines.0.resaon": "x"}, [("/lines/0/resaon", "`resaon` is not a field here", "did you mean `reason`?")]),
    ({"order.gifts.0.with_": []}, [("/order/gifts/0/with_", "`with_` is not a field here", "did you mean `with`?")]),
    ({"customer.a/b~c": 1}, [("/customer/a~1b~0c", "`a/b~c` is not a field here", None)]),
    ({"zzz": 1}, [("/zzz", "`zzz` is not a field here", None)]),
    # kinds of values
    ({"merchant": 618}, [("/merchant", "expected text, got a number", 'put it in quotes: "618"')]),
    ({"order": []}, [("/order", "expected an object, got a list", None)]),
    ({"order.lines": {}}, [("/order/lines", "expected a list, got an object", None)]),
    ({"order.lines": "1"}, [("/order/lines", "expected a list, got text", None)]),
    ({"lines.0.quantity": "1"}, [("/lines/0/quantity", "expected a whole number, got text", "without quotes: 1")]),
    ({"lines.0.quantity": 1.0}, [("/lines/0/quantity", "expected a whole number, got a number", "without a point: 1")]),
    ({"lines.0.quantity": 1.5}, [("/lines/0/quantity", "expected a whole number, got a number", None)]),
    ({"lines.0.quantity": True}, [("/lines/0/quantity", "expected a whole number, got true or false", None)]),
    ({"lines.0.human_damage": "no"}, [("/lines/0/human_damage", "expected true or false, got text", None)]),
    (
        {"lines.0.human_damage": "true"},
        [("/lines/0/human_damage", "expected true or false, got text", "without quotes: true")],
    ),
    ({"lines.0.evidence": "photo"}, [("/lines/0/evidence", "expected a list, got text", None)]),
    ({"lines.0.evidence": [7]}, [("/lines/0/evidence/0", "expected text, got a number", 'put it in quotes: "7"')]),
    # limits
    ({"lines.0.quantity": 0}, [("/lines/0/quantity", "`0` is under 1", "at least 1")]),
    ({"lines.0.quantity": -3}, [("/lines/0/quantity", "`-3` is under 1", "at least 1")]),
    ({"lines.0.quantity": 10**9 + 1}, [("/lines/0/quantity", "`1000000001` is too large", "at most 1000000000")]),
    ({f"{LINE_1}.returned_quantity": -1}, [("/order/lines/0/returned_quantity", "`-1` is under 0", "at least 0")]),
    ({"customer.returns_90d": -1}, [("/customer/returns_90d", "`-1` is under 0", "at least 0")]),
    ({"merchant": ""}, [("/merchant", "this text is empty", "`merchant` is required: fill it in")]),
    ({"lines.0.reason": ""}, [("/lines/0/reason", "this text is empty", "`reason` is required: fill it in")]),
    ({f"{LINE_1}.sku": ""}, [("/order/lines/0/sku", "this text is empty", "`sku` is required: fill it in")]),
    ({"case_id": ""}, [("/case_id", "this text is empty", EMPTY)]),
    ({f"{LINE_1}.category": ""}, [("/order/lines/0/category", "this text is empty", EMPTY)]),
    ({"lines.0.evidence": [""]}, [("/lines/0/evidence/0", "this text is empty", EMPTY)]),
    ({"lines.0.quantity": 1e30}, [("/lines/0/quantity", "this number is too large", "at most 1000000000")]),
    ({"lines.0.quantity": -1e30}, [("/lines/0/quantity", "expected a whole number, got a number", None)]),
    ({"merchant": 1e30}, [("/merchant", "expected text, got a number", "put it in quotes")]),
    ({"merchant": 1.5}, [("/merchant", "expected text, got a number", "put it in quotes")]),
    ({"merchant": "m" * 201}, [("/merchant", "this text is too long", "at most 200 characters")]),
    ({"merchant": "a\x00b"}, [("/merchant", PRINTABLE, "leave them out")]),
    ({"lines": []}, [("/lines", "this list is empty", "at least 1")]),
    ({"order.gifts.0.with": []}, [("/order/gifts/0/with", "this list is empty", "at least 1")]),
    ({"lines": [ASK] * 1001}, [("/lines", "there are too many of these", "at most 1000")]),
    ({"order.promotions": ["p"] * 101}, [("/order/promotions", "there are too many of these", "at most 100")]),
    # words
    (
        {"lines.0.action": "retrun"},
        [("/lines/0/action", "`retrun` is not known here", "did you mean `return`?")],
    ),
    (
        {"lines.0.condition": "mint"},
        [
            (
                "/lines/0/condition",
                "`mint` is not known here",
                "one of `unopened`, `opened`, `used`, `damaged`, `unknown`",
            )
        ],
    ),
    ({"order.country": "UK"}, [("/order/country", "`UK` is not an ISO 3166 country", "did you mean `GB`?")]),
    (
        {"order.country": "ZZ"},
        [("/order/country", "`ZZ` is not an ISO 3166 country", "use an assigned code, such as `CN`")],
    ),
    ({"surface": 1}, [("/surface", "expected text, got a number", "one of `customer`, `staff`, `store`, `agent`")]),
    (
        {"lines.0.reason": "preference..x"},
        [
            (
                "/lines/0/reason",
                "`preference..x` is not a reason",
                REASON_FORM,
            )
        ],
    ),
    (
        {f"{LINE_1}.category": "/sofa"},
        [
            (
                "/order/lines/0/category",
                "`/sofa` is not a category",
                CATEGORY_FORM,
            )
        ],
    ),
    (
        {"order.country": "cn"},
        [("/order/country", "`cn` is not a country", COUNTRY_FORM)],
    ),
    # money
    (
        {f"{LINE_1}.unit_price": 1999},
        [("/order/lines/0/unit_price", "a sum is a decimal string", 'put it in quotes: "1999.00"')],
    ),
    (
        {f"{LINE_1}.unit_price": 0.1},
        [("/order/lines/0/unit_price", "a sum is a decimal string", 'put it in quotes: "0.10"')],
    ),
    (
        {f"{LINE_1}.unit_price": 0.125},
        [("/order/lines/0/unit_price", "a sum is a decimal string", 'write a decimal string, such as "199.90"')],
    ),
    (
        {f"{LINE_1}.unit_price": "1999.0"},
        [
            (
                "/order/lines/0/unit_price",
                "`1999.0` does not have the 2 decimal digits of CNY",
                'write it as in "199.90"',
            )
        ],
    ),
    (
        {f"{LINE_1}.unit_price": "-1.00"},
        [("/order/lines/0/unit_price", "`-1.00` is below zero", "sums are at least 0")],
    ),
    (
        {"order.shipping_paid": "9" * 16 + ".00"},
        [
            (
                "/order/shipping_paid",
                "`9999999999999999.00` is too large",
                "a sum has at most 15 digits before the point",
            )
        ],
    ),
    (
        {"order.currency": "RNB", f"{LINE_1}.unit_price": "1"},
        [("/order/currency", "`RNB` is not an ISO 4217 currency", "did you mean `RUB`?")],
    ),
    (
        {"order.currency": "XAU"},
        [("/order/currency", "`XAU` has no minor units: nothing is paid in it", CURRENCY_FORM)],
    ),
    ({"order.currency": "XYZ"}, [("/order/currency", "`XYZ` is not an ISO 4217 currency", CURRENCY_FORM)]),
    ({"order.currency": "rmb"}, [("/order/currency", "`rmb` is not an ISO 4217 currency", "did you mean `CNY`?")]),
    ({"order.currency": "cny"}, [("/order/currency", "`cny` is not an ISO 4217 currency", "did you mean `CNY`?")]),
    (
        {"order.fx_rate": 7.18},
        [("/order/fx_rate", "an exchange rate is a decimal string", 'put it in quotes, such as "7.1853"')],
    ),
    ({"order.fx_rate": "0.00"}, [("/order/fx_rate", "an exchange rate is above 0", None)]),
    (
        {"order.fx_rate": "1e3"},
        [
            (
                "/order/fx_rate",
                "`1e3` is not an exchange rate",
                'write digits and a point only, at most 12 on either side, such as "7.1853"',
            )
        ],
    ),
    # instants
    (
        {"order.placed_at": "2025-05-30"},
        [("/order/placed_at", "`2025-05-30` is not an RFC 3339 instant", INSTANT_FORM)],
    ),
    (
        {"order.placed_at": "2025-05-30T20:15:00"},
        [
            (
                "/order/placed_at",
                "`2025-05-30T20:15:00` has no offset",
                'add the offset, such as "2025-05-30T20:15:00+08:00" or "2025-05-30T20:15:00Z"',
            )
        ],
    ),
    (
        {"order.placed_at": "2025-02-30T20:15:00Z"},
        [
            (
                "/order/placed_at",
                "`2025-02-30T20:15:00Z` is not on the calendar or the clock",
                "check month, day, hour and offset",
            )
        ],
    ),
    (
        {"order.delivered_at": "9999-12-31T23:59:59Z"},
        [("/order/delivered_at", "the year of `9999-12-31T23:59:59Z` is out of range", "years go from 1970 to 2200")],
    ),
    (
        {"order.delivered_at": "1969-12-31T23:59:59Z"},
        [("/order/delivered_at", "the year of `1969-12-31T23:59:59Z` is out of range", "years go from 1970 to 2200")],
    ),
    (
        {"order.shipped_at": 1748600000},
        [("/order/shipped_at", "an instant is text", INSTANT_FORM)],
    ),
    # own facts
    (
        {"order.attributes": {"state": {"deep": 1}}},
        [
            (
                "/order/attributes/state",
                "this is not the value of a fact",
                FACT_FORM,
            )
        ],
    ),
    (
        {"lines.0.attributes": {"parts": [1]}},
        [
            (
                "/lines/0/attributes/parts",
                "this is not the value of a fact",
                FACT_FORM,
            )
        ],
    ),
    (
        {"customer.attributes": {"": 1}},
        [("/customer/attributes/", "this text is empty", EMPTY)],
    ),
    (
        {"customer.attributes": {"x": "\x07"}},
        [("/customer/attributes/x", PRINTABLE, "leave them out")],
    ),
    (
        {"customer.attributes": {"x": "y" * 201}},
        [("/customer/attributes/x", "this text is too long", "at most 200 characters")],
    ),
    ({"customer.attributes": [1]}, [("/customer/attributes", "expected an object, got a list", None)]),
]

SENSE: list[tuple[dict[str, Any], list[tuple[str, str, str | None]]]] = [
    (
        {"lines.0.order_line": "9"},
        [("/lines/0/order_line", "`9` is no line of the order", "the order has `1`")],
    ),
    (
        {f"{LINE_1}.id": "line-1", "order.gifts": [], "lines.0.order_line": "line1"},
        [("/lines/0/order_line", "`line1` is no line of the order", "did you mean `line-1`?")],
    ),
    (
        {"order.lines.1": {**LINE, "id": "1"}},
        [("/order/lines/1/id", "`1` is the id of an earlier line", "give each line its own")],
    ),
    (
        {f"{LINE_1}.unit_price": ...},
        [("/order/lines/0/unit_price", "`unit_price` or `unit_paid` is required", None)],
    ),
    (
        {f"{LINE_1}.unit_paid": "1.00"},
        [
            (
                "/order/lines/0/unit_paid",
                "`unit_paid` and `unit_price` exclude each other",
                "`unit_paid` is net of every discount: send it alone",
            )
        ],
    ),
    (
        {f"{LINE_1}.unit_paid": "1.00", f"{LINE_1}.unit_price": ..., f"{LINE_1}.discount": "0.00"},
        [
            (
                "/order/lines/0/unit_paid",
                "`unit_paid` and `discount` exclude each other",
                "`unit_paid` is net of every discount: send it alone",
            )
        ],
    ),
    (
        {"requested_at": "2025-05-30T20:14:59+08:00"},
        [
            (
                "/requested_at",
                "`2025-05-30T20:14:59+08:00` is before the order was placed",
                "placed at `2025-05-30T20:15:00+08:00`",
            )
        ],
    ),
    (
        {"override": {"by": "a", "note": "b"}},
        [("/override", "only staff can override a decision", "send `surface` as `staff`")],
    ),
    (
        {"override": {"by": "a", "note": "b"}, "surface": "store"},
        [("/override", "only staff can override a decision", "send `surface` as `staff`")],
    ),
    (
        {"order.gifts.0.with": ["1", "2"]},
        [("/order/gifts/0/with/1", "`2` is no line of the order", "the order has `1`")],
    ),
    ({"order.gifts.0.with": ["1", "1"]}, [("/order/gifts/0/with/1", "`1` is named twice", None)]),
    (
        {"order.discounts": [{"code": "d", "amount": "1.00", "lines": ["x"]}]},
        [("/order/discounts/0/lines/0", "`x` is no line of the order", "the order has `1`")],
    ),
    (
        {f"{LINE_1}.cancelled_quantity": 3},
        [("/order/lines/0/cancelled_quantity", "`3` is over the line's quantity", "at most 2")],
    ),
    (
        {f"{LINE_1}.shipped_quantity": 3},
        [("/order/lines/0/shipped_quantity", "`3` is over the line's quantity", "at most 2")],
    ),
    ({f"{LINE_1}.discount": "3998.01"}, [("/order/lines/0/discount", "`3998.01` is over what the line costs", None)]),
    (
        {"order.discounts": [{"code": "d", "amount": "3998.01"}]},
        [("/order/discounts/0/amount", "`3998.01` is over what its lines cost", None)],
    ),
    (
        {"order.lines.1": LINE, "order.discounts": [{"code": "d", "amount": "50.01", "lines": ["2"]}]},
        [("/order/discounts/0/amount", "`50.01` is over what its lines cost", None)],
    ),
    (
        {"order.discounts": [{"code": "a", "amount": "3000.00"}, {"code": "b", "amount": "998.01"}]},
        [("/order/discounts/1/amount", "with the discounts before it, this is over what its lines cost", None)],
    ),
    (
        {f"{LINE_1}.unit_price": "999999999999999.00", f"{LINE_1}.quantity": 1000},
        [("/order/lines/0/quantity", "the lines up to here cost more than a sum can hold", None)],
    ),
    (
        {"lines.0.quantity": 10**9, "lines.0.exchange_for": {"sku": "X", "unit_price": "999999999999999.00"}},
        [("/lines/0/quantity", "the new goods up to here cost more than a sum can hold", None)],
    ),
    # ten times the largest sum of a field leave 0.09 of the largest sum there is
    (
        {LINE_1: VAST | {"tax": "0.10"}},
        [("/order/lines/0/tax", "the lines up to here cost more than a sum can hold", None)],
    ),
    (
        {LINE_1: VAST | {"tax": "0.05", "duty_paid": "0.05"}},
        [("/order/lines/0/duty_paid", "the lines up to here cost more than a sum can hold", None)],
    ),
    (
        {LINE_1: VAST | {"tax": "0.09"}, "order.shipping_paid": "0.01"},
        [("/order/shipping_paid", "the order with its postage costs more than a sum can hold", None)],
    ),
    (
        {"lines": [{**ASK, "quantity": 6, "exchange_for": {"sku": "X", "unit_price": MOST}}] * 2},
        [("/lines/1/quantity", "the new goods up to here cost more than a sum can hold", None)],
    ),
]

TOGETHER: list[tuple[dict[str, Any], list[tuple[str, str, str | None]]]] = [
    (
        {"merchant": ..., "lines.0.order_line": "9", "order.fx_rate": "x", "requested_at": "2020-01-01T00:00:00Z"},
        [
            ("/merchant", "`merchant` is required", None),
            (
                "/order/fx_rate",
                "`x` is not an exchange rate",
                'write digits and a point only, at most 12 on either side, such as "7.1853"',
            ),
            (
                "/requested_at",
                "`2020-01-01T00:00:00Z` is before the order was placed",
                "placed at `2025-05-30T20:15:00+08:00`",
            ),
            ("/lines/0/order_line", "`9` is no line of the order", "the order has `1`"),
        ],
    ),
    # a sum that cannot be read is one error, not also a discount that is too large
    (
        {f"{LINE_1}.unit_price": "1999", "order.discounts": [{"code": "d", "amount": "9999.00"}]},
        [("/order/lines/0/unit_price", "`1999` does not have the 2 decimal digits of CNY", 'write it as in "199.90"')],
    ),
    (
        {"override": {}},
        [
            ("/override/by", "`by` is required", None),
            ("/override/note", "`note` is required", None),
            ("/override", "only staff can override a decision", "send `surface` as `staff`"),
        ],
    ),
]


@pytest.mark.parametrize(("changes", "expected"), [*FORM, *SENSE, *TOGETHER])
def test_every_error_is_said_with_its_place_and_its_mend(
    changed: Change, changes: dict[str, Any], expected: list[tuple[str, str, str | None]]
) -> None:
    body = changed(changes)
    for source in (body, json.dumps(body).encode()):
        with pytest.raises(BadRequest) as refused:
            parse_request(source)
        assert [(error.pointer, error.detail, error.hint) for error in refused.value.errors] == expected
