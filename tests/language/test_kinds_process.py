"""Prohibition, doubt, benefits, process and inspection."""

from typing import Any

import pytest

from policy_service.language.kinds import (
    KINDS,
    Compensate,
    Deadline,
    Deny,
    Disposition,
    Duration,
    FollowUp,
    Grant,
    Notify,
    Require,
    Review,
    StockAlert,
)
from policy_service.language.scalars import PlainInt
from tests.language.words import POLICY, told

WEEK = Duration(7, "days")


def say(kind: str, data: Any) -> Any:
    effect, problems = KINDS[kind].parse(data, POLICY, ())
    assert problems == []
    return effect


def wrong(kind: str, data: Any) -> list[tuple[Any, ...]]:
    effect, problems = KINDS[kind].parse(data, POLICY, ())
    assert effect is None
    return [(*said, problem.hint) for said, problem in zip(told(problems), problems, strict=True)]


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("deny", {"code": "final_sale"}, Deny(code="final_sale")),
        ("review", {"code": "high_value"}, Review(code="high_value")),
        ("require", {"evidence": ["photo", "serial"]}, Require(evidence=("photo", "serial"))),
        ("require", {"steps": ["tracking_number"]}, Require(steps=("tracking_number",))),
        ("grant", ["free_pickup", "gold_thanks"], Grant(entitlements=("free_pickup", "gold_thanks"))),
        ("compensate", {"coupon": "20.00"}, Compensate(coupon=2000)),
        ("compensate", {"points": PlainInt(500, "500")}, Compensate(points=500)),
        ("deadline", {"ship_back": "7 days", "inspect": "2 days"}, Deadline(ship_back=WEEK, inspect=Duration(2,
         "days"))),
        ("deadline", {"refund": "48 hours"}, Deadline(refund=Duration(48, "hours"), refund_after="approved")),
        ("deadline", {"refund": {"within": "3 business days", "after": "received"}},
         Deadline(refund=Duration(3, "business days"), refund_after="received")),
        ("deadline", {"refund": {"within": "7 days"}}, Deadline(refund=WEEK, refund_after="approved")),
        ("deadline", {"respond": "1 day", "otherwise": "approve"},
         Deadline(respond=Duration(1, "days"), otherwise="approve")),
        ("notify", {"events": ["approved"], "via": ["sms", "inbox"]}, Notify(events=("approved",), via=("sms",
         "inbox"))),
        ("follow_up", {"after": "3 days", "ask": ["satisfaction"]},
         FollowUp(after=Duration(3, "days"), ask=("satisfaction",))),
        ("disposition", "return_to_customer", Disposition(to="return_to_customer")),
        ("stock_alert", {"disposition": "defective", "reaches": 50},
         StockAlert(disposition="defective", reaches=50, per="sku")),
    ],
)  # fmt: skip
def test_an_effect_is_read_to_its_type(kind: str, data: Any, expected: Any) -> None:
    assert say(kind, data) == expected


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("deny", "final_sale", [
            ("PS103-wrong-type", (), "expected a mapping, found `final_sale`", "such as `deny: {code: final_sale}`"),
        ]),
        ("deny", {"kode": "final_sale"}, [
            ("PS101-unknown-key", ("kode",), "`kode` is not known in this place", "did you mean `code`?"),
            ("PS102-missing-key", (), "`code` is missing", "add `code`"),
        ]),
        ("review", {"code": ""}, [
            ("PS105-wrong-form", ("code",), "`` is no code", "write small letters, digits and `_`"),
        ]),
        ("require", {}, [
            ("PS114-one-of", (), "one of `evidence` or `steps` is missing", "add `evidence` or `steps`"),
        ]),
        ("require", {"evidence": []}, [
            ("PS112-empty-list", ("evidence",), "this list is empty", "name at least one"),
        ]),
        ("grant", "free_pickup", [
            ("PS103-wrong-type", (), "expected a list of names, found `free_pickup`", "write `[free_pickup]`"),
        ]),
        ("compensate", {"points": 0}, [
            ("PS110-out-of-range", ("points",), "expected a whole number from 1 to 1000000000, found `0`", None),
        ]),
        ("deadline", {"otherwise": "aprove"}, [
            ("PS115-needs", ("otherwise",), "`otherwise` means nothing without `respond`",
             "add `respond`, or remove `otherwise`"),
            ("PS104-unknown-value", ("otherwise",), "expected `approve` or `deny`, found `aprove`",
             "did you mean `approve`?"),
        ]),
        ("deadline", {"ship_back": PlainInt(7), "refund": {"within": "2 weeks", "afer": "received"}}, [
            ("PS101-unknown-key", ("refund", "afer"), "`afer` is not known in `refund`", "did you mean `after`?"),
            ("PS105-wrong-form", ("refund", "within"), "`2 weeks` is not a duration",
             "write `7 days`, `48 hours` or `3 business days`"),
            ("PS105-wrong-form", ("ship_back",), "`7` is not a duration",
             "write `7 days`, `48 hours` or `3 business days`"),
        ]),
        ("notify", {"events": ["approved"]}, [("PS102-missing-key", (), "`via` is missing", "add `via`")]),
        ("follow_up", {"after": "soon", "ask": "how was it"}, [
            ("PS105-wrong-form", ("after",), "`soon` is not a duration",
             "write `7 days`, `48 hours` or `3 business days`"),
            ("PS103-wrong-type", ("ask",), "expected a list of names, found `how was it`", "write `[how was it]`"),
        ]),
        ("disposition", {"to": "sellable"}, [
            ("PS104-unknown-value", (),
             "expected `sellable`, `defective`, `repair`, `scrap` or `return_to_customer`, found a mapping",
             "possible here: `sellable`, `defective`, `repair`, `scrap` or `return_to_customer`"),
        ]),
        ("disposition", "resellable", [
            ("PS104-unknown-value", (),
             "expected `sellable`, `defective`, `repair`, `scrap` or `return_to_customer`, found `resellable`",
             "did you mean `sellable`?"),
        ]),
        ("stock_alert", {"disposition": "defective", "reaches": "fifty"}, [
            ("PS110-out-of-range", ("reaches",), "expected a whole number from 1 to 1000000000, found `fifty`", None),
        ]),
    ],
)  # fmt: skip
def test_every_mistake_is_told(kind: str, data: Any, expected: list[tuple[Any, ...]]) -> None:
    assert wrong(kind, data) == expected
