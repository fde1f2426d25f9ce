"""Money: gifts, exchange differences, discounts taken back, duties and where refunds go."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

from policy_service.language.kinds.base import REFUNDS, Effect, Reading
from policy_service.language.shapes import (
    Shape,
    boolean,
    choice,
    described,
    either,
    listing,
    mapping,
    rate,
    text,
)

METHODS = ("original_payment", "store_credit", "gift_card")


class Gift(Effect):
    """What happens when a gift does not come back with its goods."""

    kind = "gift"
    actions = ("return",)
    role = "money"
    additive = False
    in_statute = False
    doc = "What happens when a gift does not come back with its goods."
    doc_zh = "赠品未随商品退回时的处理。"
    decides = (
        "A gift that came with the goods and is not in `gifts_returned` is deducted at its value, or its lines are "
        "denied or given to a person. It is deducted once, on the first approved line that it belongs to. On a line "
        "that a statute protects it is deducted rather than denied."
    )
    see = ("clawback", "fee", "allow")
    example: ClassVar[Any] = {"if_missing": "deduct"}

    if_missing: str
    due: str = "any_line"

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                "if_missing": described(
                    choice(("deduct", "deny", "review")),
                    "Its value is deducted, the return is refused, or a person decides.",
                    "扣款、拒绝或人工审核。",
                    "deduct",
                ),
                "due": described(
                    choice(("any_line", "all_lines")),
                    "Due when any of its lines comes back (default), or only when all do.",
                    "任一商品退回即须退（默认），或全部退回才须退。",
                    "any_line",
                    default="any_line",
                ),
            },
            ["if_missing"],
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        return {
            "if_missing": reading.choice("if_missing", ("deduct", "deny", "review")),
            "due": reading.choice("due", ("any_line", "all_lines"), "any_line"),
        }


class ExchangeDifference(Effect):
    """What happens to a price difference of an exchange."""

    kind = "exchange_difference"
    role = "money"
    additive = False
    doc = "What happens when the new goods cost more or less; default: charged and refunded."
    doc_zh = "换货差价的处理；默认多退少补。"
    decides = (
        "An exchange gives no money back for the goods; what the new ones cost more or less stands under `exchange`. "
        "For the same product at the same list price there is no difference."
    )
    see = ("refund_to", "window")
    example: ClassVar[Any] = {"costs_more": "charge", "costs_less": "refund"}

    costs_more: str | None = None
    costs_less: str | None = None

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                "costs_more": described(
                    choice(("charge", "waive")),
                    "New goods that cost more.",
                    "新商品更贵时。",
                    "charge",
                    default="charge",
                ),
                "costs_less": described(
                    choice(("refund", "credit", "keep")),
                    "New goods that cost less: refunded, store credit, or kept.",
                    "新商品更便宜时。",
                    "refund",
                    default="refund",
                ),
            },
            minProperties=1,
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        reading.at_least_one("costs_more", "costs_less")
        return {
            "costs_more": reading.optional_choice("costs_more", ("charge", "waive")),
            "costs_less": reading.optional_choice("costs_less", ("refund", "credit", "keep")),
        }


class Clawback(Effect):
    """Takes back discounts that what is kept no longer earns."""

    kind = "clawback"
    actions = REFUNDS
    role = "money"
    additive = False
    in_statute = False
    doc = "Takes back a discount that the kept goods no longer earn."
    doc_zh = "保留的商品不再满足条件时，扣回优惠。"
    decides = (
        "Without it an order discount comes off each line in proportion. With it the refund is what the kept goods "
        "were worth before less what they are worth now, and a discount whose `min_spend` or `min_quantity` they no "
        "longer meet is gone."
    )
    see = ("gift", "fee")
    example: ClassVar[Any] = {"discounts": "all"}

    discounts: tuple[str, ...] | str

    @classmethod
    def shape(cls) -> Shape:
        codes = either(choice(["all"]), listing(text("a discount's code")), title="a list of discount codes, or `all`")
        return mapping({"discounts": described(codes, "Which discounts.", "哪些优惠。", "all")}, ["discounts"])

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        reading.present("discounts")
        return {"discounts": reading.texts_or_all("discounts")}


class ImportDuties(Effect):
    """Whether import duties that the customer paid are given back."""

    kind = "import_duties"
    actions = REFUNDS
    role = "money"
    additive = False
    doc = "Whether import duties that the customer paid are given back; default: yes."
    doc_zh = "是否退还顾客支付的关税；默认退还。"
    decides = "The `duty_paid` of the units that come back is added under `duties`, unless this says `refund: false`."
    see = ("refund_delivery", "refund_to")
    example: ClassVar[Any] = {"refund": True}

    refund: bool

    @classmethod
    def shape(cls) -> Shape:
        return mapping({"refund": described(boolean(), "Given back or not.", "是否退还。", True)}, ["refund"])

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        reading.present("refund")
        return {"refund": reading.flag("refund", True)}


class RefundTo(Effect):
    """Where a refund goes."""

    kind = "refund_to"
    actions = REFUNDS
    role = "money"
    additive = False
    doc = "Where a refund goes, with a bonus on top if there is one."
    doc_zh = "退款去向，可另赠比例。"
    decides = (
        "Says under `refund.to` where the line's money goes; without it, back to the payments of the order in "
        "proportion. A bonus is a rate of the sum that goes there, and comes on top of `total`."
    )
    see = ("exchange_difference", "compensate")
    example: ClassVar[Any] = {"method": "store_credit", "bonus_rate": "5%"}

    method: str
    bonus_rate: Fraction | None = None

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                "method": described(choice(METHODS), "Where the money goes.", "退款方式。", "store_credit"),
                "bonus_rate": described(rate(), "Added on top.", "额外赠送比例。", "5%"),
            },
            ["method"],
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        return {"method": reading.choice("method", METHODS), "bonus_rate": reading.rate("bonus_rate")}
