"""Money: postage, gifts, exchange differences, discounts taken back, duties and where refunds go."""

from __future__ import annotations

from collections.abc import Mapping
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
    money,
    rate,
    text,
)

PAYERS = ("customer", "merchant", "carrier", "insurer")
METHODS = ("original_payment", "store_credit", "gift_card")


class ReturnShipping(Effect):
    """Who pays the parcel back; a charge counts only where the customer pays."""

    kind = "return_shipping"
    role = "money"
    additive = False
    doc = "Who pays for the parcel back, and what the customer is charged for it."
    doc_zh = "退货运费由谁承担及收取金额。"
    example: ClassVar[Any] = {"payer": "customer", "charge": "12.00"}

    payer: str
    charge: int | None = None

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                "payer": described(choice(PAYERS), "Who pays.", "承担方。", "customer"),
                "charge": described(
                    money(),
                    "What the customer is charged; without it the customer pays the carrier.",
                    "向顾客收取的金额。",
                    "12.00",
                ),
            },
            ["payer"],
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        return {"payer": reading.choice("payer", PAYERS), "charge": reading.sum("charge")}

    @property
    def named_sums(self) -> bool:
        return self.charge is not None


class RefundDelivery(Effect):
    """Whether the outbound postage that the customer paid is given back."""

    kind = "refund_delivery"
    actions = REFUNDS
    role = "money"
    additive = False
    doc = "The outbound postage that the customer paid: given back with the whole order, always or never."
    doc_zh = "顾客支付的发货运费是否退还。"
    example: ClassVar[Any] = "whole_order"
    MODES: ClassVar[tuple[str, ...]] = ("whole_order", "always", "never")

    mode: str
    at_most: int | None = None

    @classmethod
    def shape(cls) -> Shape:
        mode = choice(cls.MODES)
        return either(
            mode,
            mapping(
                {
                    "mode": described(mode, "When.", "何时。", "whole_order"),
                    "at_most": described(money(), "Up to this.", "上限。", "5.00"),
                    **{
                        name: described(
                            choice([True], "`true`"), f"The same as `mode: {name}`.", f"等同于 `mode: {name}`。", True
                        )
                        for name in cls.MODES
                    },
                }
            ),
            title="`whole_order`, `always`, `never`, or a mapping with `at_most`",
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        if not isinstance(reading.data, Mapping):
            return {"mode": reading.member(reading.data, cls.MODES)}
        reading.exactly_one("mode", *cls.MODES)
        for name in cls.MODES:
            if reading.has(name) and not reading.flag(name, True):
                reading.wrong(
                    "PS104-unknown-value", name, f"`{name}` is `true` or left out", "name the mode that counts"
                )
        named = next((name for name in cls.MODES if reading.has(name)), None)
        mode = named or reading.optional_choice("mode", cls.MODES)
        return {"mode": mode, "at_most": reading.sum("at_most")}

    @property
    def named_sums(self) -> bool:
        return self.at_most is not None


class Gift(Effect):
    """What happens when a gift does not come back with its goods."""

    kind = "gift"
    actions = ("return",)
    role = "money"
    additive = False
    in_statute = False
    doc = "What happens when a gift does not come back with its goods."
    doc_zh = "赠品未随商品退回时的处理。"
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
    example: ClassVar[Any] = {"costs_more": "charge", "costs_less": "refund"}

    costs_more: str = "charge"
    costs_less: str = "refund"

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                "costs_more": described(
                    choice(("charge", "waive")), "New goods that cost more.", "新商品更贵时。", "charge"
                ),
                "costs_less": described(
                    choice(("refund", "credit", "keep")),
                    "New goods that cost less: refunded, store credit, or kept.",
                    "新商品更便宜时。",
                    "refund",
                ),
            },
            minProperties=1,
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        reading.at_least_one("costs_more", "costs_less")
        return {
            "costs_more": reading.choice("costs_more", ("charge", "waive"), "charge"),
            "costs_less": reading.choice("costs_less", ("refund", "credit", "keep"), "refund"),
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
