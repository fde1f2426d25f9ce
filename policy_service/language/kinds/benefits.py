"""Benefits: what a customer is granted, and what makes up for trouble."""

from __future__ import annotations

from typing import Any, ClassVar

from policy_service.language.kinds.base import Effect, Reading
from policy_service.language.shapes import Shape, code, described, integer, listing, mapping, money

ENTITLEMENTS = ("free_pickup", "free_return_shipping", "instant_refund", "keep_item", "advance_exchange")
"""The standard entitlements; a merchant may name its own."""


class Grant(Effect):
    """Entitlements of an approved line."""

    kind = "grant"
    role = "benefit"
    shows_in = ("entitlements", "return_shipping")
    cited = True
    doc = (
        "Entitlements: `free_pickup`, `free_return_shipping`, `instant_refund`, `keep_item`, `advance_exchange`, "
        "or the merchant's own."
    )
    doc_zh = "权益：免费上门取件、免退货运费、极速退款、无需退回、先行换货，或自定义。"
    decides = (
        "Listed as `entitlements` of the approved line and of the decision. Two of them do more: "
        "`free_return_shipping` makes the parcel free, and `keep_item` gives the money back without one: no parcel, "
        "no deadline to send, no gift due, no inspection. What the others mean is for the caller to carry out."
    )
    together = "The entitlements of all that apply are put together."
    see = ("compensate", "return_shipping", "waive")
    example: ClassVar[Any] = ["free_pickup", "free_return_shipping"]

    entitlements: tuple[str, ...]

    @classmethod
    def shape(cls) -> Shape:
        return {**listing(code(usual=ENTITLEMENTS)), "title": "a list of entitlements"}

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        return {"entitlements": reading.codes()}


class Compensate(Effect):
    """Something for the trouble, once per decision."""

    kind = "compensate"
    role = "benefit"
    in_statute = False
    shows_in = ("entitlements",)
    cited = True
    doc = "Something for the trouble: a coupon or points, once per decision."
    doc_zh = "补偿：优惠券或积分，每次决定一次。"
    decides = (
        "Listed among the entitlements of the first approved line to which it applies, as `coupon` with its amount or "
        "`points`. It is no part of the refund, and the inspection does not repeat it."
    )
    together = "All that apply are given, each once."
    see = ("grant", "refund_to")
    example: ClassVar[Any] = {"coupon": "20.00"}

    coupon: int | None = None
    points: int | None = None

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                "coupon": described(money(), "A coupon worth this.", "优惠券金额。", "20.00"),
                "points": described(integer(at_least=1, at_most=1_000_000_000), "So many points.", "积分。", 500),
            },
            title="a mapping with `coupon` or `points`",
            minProperties=1,
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        reading.at_least_one("coupon", "points")
        return {"coupon": reading.sum("coupon"), "points": reading.whole("points", least=1, most=1_000_000_000)}

    @property
    def named_sums(self) -> bool:
        return self.coupon is not None
