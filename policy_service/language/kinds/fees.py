"""Fees, what waives them, and what a statute lets a merchant charge."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

from policy_service.language.kinds.base import REFUNDS, Effect, Reading
from policy_service.language.shapes import (
    Shape,
    choice,
    code,
    described,
    either,
    exactly_one,
    integer,
    listing,
    mapping,
    money,
    rate,
    text,
)


class Fee(Effect):
    """A fee on an approved line: a rate of what was paid (or of the list price), a sum, or a rate per day.

    `min` and `max` are sums, or rates of the same base: what a person assesses, up to half the price.
    """

    kind = "fee"
    actions = REFUNDS
    role = "money"
    in_statute = False
    shows_in = ("fees", "refund")
    cited = True
    doc = "A fee: a rate of what was paid, a sum, or a rate for each day beyond a number of days."
    doc_zh = "费用：按实付比例、固定金额或按日计。"
    decides = (
        "Taken off the refund of an approved line, and listed under `fees` with its code. A rate is rounded once, "
        "half up, and `min` and `max` come after it. On `return` and `refund_only`, fees and then deductions are cut "
        "at what the goods give back; on other actions nothing is cut, and the customer owes the fee."
    )
    together = "All that apply are charged, in the order of the file; of two with one code only the first."
    see = ("waive", "return_shipping", "warranty", "allow")
    example: ClassVar[Any] = {"code": "restocking", "rate": "10%"}

    code: str
    rate: Fraction | None = None
    amount: int | str | None = None
    per: str = "line"
    base: str = "paid"
    min: int | Fraction | None = None
    max: int | Fraction | None = None
    rate_per_day: Fraction | None = None
    after_days: int = 0

    @classmethod
    def shape(cls) -> Shape:
        amount = text('a sum such as `"45.00"`, or a money fact', "^((0|[1-9][0-9]*)(\\.[0-9]+)?|[a-z][a-z0-9_]*)$")
        return mapping(
            {
                "code": described(
                    code(),
                    "What decisions carry; two fees with one code count once, the first.",
                    "费用代码；同代码只计第一个。",
                    "restocking",
                ),
                "rate": described(rate(), "Of the base.", "按基数的比例。", "10%"),
                "amount": described(
                    amount, "A sum, or the money fact that holds it.", "金额，或保存金额的事实。", "45.00"
                ),
                "per": described(
                    choice(("unit", "line", "request")),
                    "What a sum is for; default: the line.",
                    "按件、按行或按次；默认按行。",
                    "line",
                    default="line",
                ),
                "base": described(
                    choice(("paid", "list")),
                    "What a rate is of; default: what was paid.",
                    "比例的基数；默认实付。",
                    "paid",
                    default="paid",
                ),
                "min": described(_limit(), "At least this.", "最低。", "5.00"),
                "max": described(
                    _limit(), "At most this; a percentage is of the base.", "最高；百分比按基数计。", "60.00"
                ),
                "rate_per_day": described(
                    rate(), "For each day since delivery beyond `after_days`.", "超过 after_days 后每日的比例。", "0.5%"
                ),
                "after_days": described(
                    integer(), "Days without the daily rate; default 0.", "免收的天数；默认 0。", 15, default=0
                ),
            },
            ["code"],
            "a mapping such as `{code: restocking, rate: 10%}`",
            oneOf=[*exactly_one("amount"), {"anyOf": exactly_one("rate", "rate_per_day")}],
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        # A daily rate may come on top of a rate, never of a sum.
        reading.exactly_one("amount", "rate_per_day" if reading.has("rate_per_day") else "rate")
        if reading.has("amount") and reading.has("rate") and reading.has("rate_per_day"):
            reading.wrong("PS114-one-of", "rate", "`rate` cannot stand beside `amount`", "keep one of the two")
        reading.needs("after_days", "rate_per_day")
        limits = [reading.text(key) or "" for key in ("min", "max")]
        if not any(limit.endswith("%") for limit in limits):
            reading.needs("base", "rate", "rate_per_day")
        least, most = _sum_or_rate(reading, "min"), _sum_or_rate(reading, "max")
        if type(least) is type(most) and least is not None and most is not None and least > most:
            reading.wrong("PS110-out-of-range", "max", "`max` is less than `min`", "exchange them")
        return {
            "code": reading.code("code"),
            "rate": reading.rate("rate"),
            "amount": reading.sum_or_fact("amount"),
            "per": reading.choice("per", ("unit", "line", "request"), "line"),
            "base": reading.choice("base", ("paid", "list"), "paid"),
            "min": least,
            "max": most,
            "rate_per_day": reading.rate("rate_per_day"),
            "after_days": reading.whole("after_days") or 0,
        }

    @property
    def named_sums(self) -> bool:
        return any(isinstance(named, int) for named in (self.amount, self.min, self.max))

    def named_facts(self) -> tuple[str, ...]:
        return (self.amount,) if isinstance(self.amount, str) else ()

    @property
    def counts_from_asking(self) -> bool:
        return bool(self.rate_per_day)

    def turning_points(self) -> dict[str, list[Any]]:
        points: dict[str, list[Any]] = {"quantity": [2]}
        if self.rate:
            limits = [limit for limit in (self.min, self.max) if isinstance(limit, int)]
            around = [int(limit / self.rate) + step for limit in limits for step in (-100, 100)]
            points["line_paid"] = [*around, 99_999, 100_050]
        if self.rate_per_day:
            points["days_since_delivery"] = [self.after_days + step for step in (0, 1, 2)]
        return points


class Waive(Effect):
    """Lifts fees."""

    kind = "waive"
    role = "money"
    shows_in = ("fees", "refund")
    doc = "Lifts fees by their codes, or all of them; not return shipping."
    doc_zh = "免除指定费用或全部费用（不含退货运费）。"
    decides = (
        "The fees of these codes are not charged on the lines to which it applies. What the parcel costs is no fee: "
        "`grant: [free_return_shipping]` lifts that."
    )
    together = "All that apply lift their fees."
    see = ("fee", "grant", "return_shipping")
    example: ClassVar[Any] = ["restocking"]

    codes: tuple[str, ...] | str

    @classmethod
    def shape(cls) -> Shape:
        return either(choice(["all"]), listing(code()), title="a list of fee codes, or `all`")

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        return {"codes": reading.codes_or_all()}


class Allow(Effect):
    """What a merchant may still charge on a line that the statute protects."""

    kind = "allow"
    role = "statute"
    in_policy = False
    doc = "What a merchant may still charge on a line that the statute protects."
    doc_zh = "受法规保护的商品行上，商家仍可收取的项目。"
    decides = (
        "On a line that the statute protects no fee, no deduction and no return shipping stands, except the codes "
        "that an applying `allow` names, each up to `at_most`. On a line that is not protected it says nothing."
    )
    together = "All that apply count: a code is allowed where any of them names it."
    see = ("fee", "gift", "return_shipping")
    example: ClassVar[Any] = {"codes": ["return_shipping"]}

    codes: tuple[str, ...]
    at_most: int | Fraction | None = None

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                "codes": described(
                    listing(code()),
                    "Fee codes, `gift` or `return_shipping`.",
                    "费用代码、gift 或 return_shipping。",
                    ["return_shipping"],
                ),
                "at_most": described(
                    either(money(), rate(), title="a sum, or a percentage of what was paid"),
                    "Up to this.",
                    "上限。",
                    "20.00",
                ),
            },
            ["codes"],
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        return {"codes": reading.needed_codes("codes"), "at_most": _sum_or_rate(reading, "at_most")}

    @property
    def named_sums(self) -> bool:
        return isinstance(self.at_most, int)


def _limit() -> Shape:
    return either(money(), rate(), title="a sum, or a percentage")


def _sum_or_rate(reading: Reading, key: str) -> int | Fraction | None:
    """A sum in minor units, or where it ends with `%` an exact rate."""
    written = reading.text(key)
    return reading.rate(key) if written is not None and written.endswith("%") else reading.sum(key)
