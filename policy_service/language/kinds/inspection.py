"""Inspection: what the warehouse does with returned goods, and when their number is an alarm."""

from __future__ import annotations

from typing import Any, ClassVar

from policy_service.language.kinds.base import Effect, Reading
from policy_service.language.shapes import Shape, choice, described, integer, mapping

DISPOSITIONS = ("sellable", "defective", "repair", "scrap", "return_to_customer")


class Disposition(Effect):
    """Where found units go."""

    kind = "disposition"
    role = "inspection"
    additive = False
    in_statute = False
    shows_in = ("disposition",)
    cited = True
    doc = "Where units that the warehouse found go: the first applying clause decides."
    doc_zh = "仓库验收后商品的去向；取最先适用的条款。"
    decides = (
        "At the inspection every approved unit that was found gets that of the first clause that applies, under "
        "`disposition` of its line, and none where none does; units whose line is denied go back to the customer. The "
        "warehouse's stock is counted by it."
    )
    see = ("stock_alert", "deny")
    example: ClassVar[Any] = "sellable"

    to: str

    @classmethod
    def shape(cls) -> Shape:
        return choice(DISPOSITIONS)

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        return {"to": reading.member(reading.data, DISPOSITIONS)}


class StockAlert(Effect):
    """Raises an alarm when so many units of a sku got one disposition."""

    kind = "stock_alert"
    role = "inspection"
    in_statute = False
    doc = "An alarm when so many units got one disposition."
    doc_zh = "某种去向的数量达到阈值时告警。"
    decides = (
        "Changes nothing in a decision. When the units of a sku with this disposition reach the number, a "
        "`stock_alert` message goes out, once until the count is cleared."
    )
    together = "All that apply are watched."
    see = ("disposition",)
    example: ClassVar[Any] = {"disposition": "defective", "reaches": 50, "per": "sku"}

    disposition: str
    reaches: int
    per: str = "sku"

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                "disposition": described(
                    choice(DISPOSITIONS), "Which disposition is counted.", "统计的去向。", "defective"
                ),
                "reaches": described(
                    integer(at_least=1, at_most=1_000_000_000), "The number that raises the alarm.", "阈值。", 50
                ),
                "per": described(choice(("sku",)), "What is counted by.", "统计维度。", "sku", default="sku"),
            },
            ["disposition", "reaches"],
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        reading.present("disposition", "reaches")
        return {
            "disposition": reading.optional_choice("disposition", DISPOSITIONS),
            "reaches": reading.whole("reaches", least=1, most=1_000_000_000),
            "per": reading.choice("per", ("sku",), "sku"),
        }
