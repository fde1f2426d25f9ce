"""Freight: who pays the parcel back, and whether the outbound postage is given back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from policy_service.language.kinds.base import REFUNDS, Effect, Reading
from policy_service.language.shapes import Shape, choice, described, either, mapping, money

PAYERS = ("customer", "merchant", "carrier", "insurer")


class ReturnShipping(Effect):
    """Who pays the parcel back; a charge counts only where the customer pays."""

    kind = "return_shipping"
    role = "money"
    additive = False
    shows_in = ("return_shipping", "refund")
    cited = True
    doc = "Who pays for the parcel back, and what the customer is charged for it."
    doc_zh = "退货运费由谁承担及收取金额。"
    decides = (
        "There is one parcel in a decision. It is free where `free_return_shipping` is granted, under a free "
        "warranty, or where merchant or carrier is liable for any line in it; else the first approved line that has "
        "such a clause decides, and without any the customer sends the goods at their own cost. A charge is taken off "
        "the refund."
    )
    see = ("grant", "refund_delivery", "warranty", "allow")
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
    shows_in = ("refund",)
    doc = "The outbound postage that the customer paid: given back with the whole order, always or never."
    doc_zh = "顾客支付的发货运费是否退还。"
    decides = (
        "Adds to the refund what the customer paid for the way out and has not got back: `whole_order` once every "
        "unit of the order is back, now or before, `always` with any approved line, `never` not at all, which is the "
        "default. It gives at most `at_most`."
    )
    together = "Of the first approved line that has one."
    see = ("return_shipping", "import_duties")
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
