"""Permission: clauses that open actions for a line, and those that lengthen them."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from policy_service.language.kinds.base import Effect, Reading, Role
from policy_service.language.shapes import (
    Shape,
    boolean,
    choice,
    day,
    described,
    either,
    integer,
    listing,
    mapping,
    text,
)

COUNTING = ("from_next_day", "from_same_day", "hours", "business_days")
CLOSED_DAYS = ("none", "next_working_day")

# Longer than any promise, and short enough that every last day is a day of the calendar.
MOST_DAYS = 100_000
MOST_MONTHS = 1_200


class Fallback(BaseModel):
    """Another anchor that stands in for an absent one, `plus_days` later."""

    model_config = ConfigDict(frozen=True)

    after: str
    plus_days: int = 0


class NotAfter(BaseModel):
    """The end beyond which no extension reaches, counted from its own anchor."""

    model_config = ConfigDict(frozen=True)

    after: str
    days: int | None = None
    months: int | None = None


class Permission(Effect):
    """A permission: open for a number of days or months after an anchor, until a date, or without limit."""

    role: ClassVar[Role] = "permission"

    days: int | None = None
    months: int | None = None
    until: date | None = None
    unlimited: bool = False
    after: str | None = None
    fallback: Fallback | None = None
    not_after: NotAfter | None = None
    counting: str | None = None
    if_last_day_closed: str | None = None

    @classmethod
    def shape(cls) -> Shape:
        return mapping(_span_shapes(), title="a mapping such as `{days: 30, after: delivery}`", minProperties=1)

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        reading.exactly_one("days", "months", "until", "unlimited")
        if reading.mapping.get("unlimited") is False:
            hint = "give `days` or `months` instead"
            reading.wrong("PS104-unknown-value", "unlimited", "`unlimited` is `true` or left out", hint)
        reading.needs("fallback", "days", "months")
        reading.needs("not_after", "days", "months", "until")
        counted = reading.has("days") or reading.has("months")
        return {
            "days": reading.whole("days", most=MOST_DAYS),
            "months": reading.whole("months", most=MOST_MONTHS),
            "until": reading.day("until"),
            "unlimited": reading.flag("unlimited", False),
            "after": reading.anchor("after", "delivery" if counted else None),
            "fallback": _fallback(reading),
            "not_after": _not_after(reading),
            "counting": reading.optional_choice("counting", COUNTING),
            "if_last_day_closed": reading.optional_choice("if_last_day_closed", CLOSED_DAYS),
        }

    def named_facts(self) -> tuple[str, ...]:
        anchors = (self.after, self.fallback and self.fallback.after, self.not_after and self.not_after.after)
        return tuple(anchor for anchor in anchors if anchor)


class Window(Permission):
    """Opens actions for a time after an anchor."""

    kind = "window"
    actions = ("return",)
    doc = "Goods may come back for a time after an anchor."
    doc_zh = "自起算日起的一段时间内允许退换。"
    example: ClassVar[Any] = {"days": 30, "after": "delivery"}


class NoReason(Permission):
    """A window whatever the reason; refused, it denies returns for which the customer is liable."""

    kind = "no_reason"
    actions = ("return",)
    doc = (
        "Goods may come back whatever the reason; `no_reason: false` refuses returns for which the customer is liable."
    )
    doc_zh = "无理由退货的期限；`no_reason: false` 表示不支持无理由退货。"
    example: ClassVar[Any] = {"days": 7, "after": "delivery"}

    refused: bool = False

    @classmethod
    def shape(cls) -> Shape:
        return either(
            super().shape(),
            choice([False], "`false`"),
            title="a mapping such as `{days: 7, after: delivery}`, or `false`",
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        return {"refused": True} if reading.data is False else super().read(reading)


class Warranty(Permission):
    """Opens exchange and repair for faults; open and evidenced it frees the line of fees and return shipping."""

    kind = "warranty"
    actions = ("exchange", "repair")
    doc = "Faulty goods are replaced or repaired; while open and evidenced, free of every fee and of return shipping."
    doc_zh = "质保：期限内且凭证齐全时免费换新或维修。"
    example: ClassVar[Any] = {"months": 12, "after": "delivery", "evidence": ["inspection_report"]}

    evidence: tuple[str, ...] = ()
    free: bool = True

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                **_span_shapes(),
                "evidence": described(
                    listing(text("a name"), 0),
                    "Evidence without which a person decides.",
                    "所需凭证；缺少时转人工。",
                    ["inspection_report"],
                ),
                "free": described(
                    boolean(), "Free of fees and return shipping; the default.", "是否免费；默认是。", True
                ),
            },
            title="a mapping such as `{months: 12, after: delivery}`",
            minProperties=1,
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        return {**super().read(reading), "evidence": reading.texts("evidence"), "free": reading.flag("free", True)}


class Extend(Effect):
    """Lengthens windows of its own document; of several the longest counts. Numbers may be integer facts."""

    kind = "extend"
    role = "permission"
    doc = "Lengthens this document's windows (or those named); the longest extension counts."
    doc_zh = "延长本文件的退换期限（或指定的条款）；取最长者。"
    example: ClassVar[Any] = {"days": 15, "windows": ["return-30"]}

    days: int | str | None = None
    months: int | str | None = None
    until: date | None = None
    windows: tuple[str, ...] | None = None

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                "days": described(
                    _number(MOST_DAYS),
                    "So many days more; or the fact that holds them.",
                    "延长的天数，或保存天数的事实。",
                    15,
                ),
                "months": described(_number(MOST_MONTHS), "So many months more.", "延长的月数。", 1),
                "until": described(day(), "At least until this day.", "至少延长到该日。", "2026-01-31"),
                "windows": described(
                    listing(text("an id")),
                    "The ids of the permissions to lengthen; default: every `window` and `no_reason`.",
                    "要延长的条款；默认全部 window 与 no_reason。",
                    ["return-30"],
                ),
            },
            title="a mapping such as `{days: 15}`",
            minProperties=1,
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        reading.exactly_one("days", "months", "until")
        return {
            "days": reading.whole_or_fact("days", most=MOST_DAYS),
            "months": reading.whole_or_fact("months", most=MOST_MONTHS),
            "until": reading.day("until"),
            "windows": reading.texts("windows", least=1) if reading.has("windows") else None,
        }

    def named_facts(self) -> tuple[str, ...]:
        return tuple(value for value in (self.days, self.months) if isinstance(value, str))


def _number(at_most: int) -> Shape:
    fact = text("an integer fact", "^[a-z][a-z0-9_]*$")
    return either(integer(at_least=1, at_most=at_most), fact, title="a whole number, or an integer fact that holds it")


def _fallback(reading: Reading) -> Fallback | None:
    inner = reading.inner("fallback")
    if inner is None:
        return None
    inner.present("after")
    return Fallback(after=inner.anchor("after") or "", plus_days=inner.whole("plus_days", most=MOST_DAYS) or 0)


def _not_after(reading: Reading) -> NotAfter | None:
    inner = reading.inner("not_after")
    if inner is None:
        return None
    inner.exactly_one("days", "months")
    inner.present("after")
    return NotAfter(
        after=inner.anchor("after") or "",
        days=inner.whole("days", most=MOST_DAYS),
        months=inner.whole("months", most=MOST_MONTHS),
    )


def _span_shapes() -> dict[str, Shape]:
    anchor = text("`delivery`, `last_delivery`, `shipment`, `order` or a declared date fact")
    after = described(
        anchor, "What is counted from; default `delivery`.", "起算日；默认签收日（delivery）。", "delivery"
    )
    return {
        "days": described(integer(at_most=MOST_DAYS), "For so many days.", "天数。", 30),
        "months": described(
            integer(at_most=MOST_MONTHS), "For so many months, to the same day of the month.", "月数。", 12
        ),
        "until": described(day(), "Until this day, included.", "截止日期（含当天）。", "2026-01-31"),
        "unlimited": described(choice([True], "`true`"), "Without limit.", "不限期。", True),
        "after": after,
        "fallback": described(
            mapping(
                {
                    "after": after,
                    "plus_days": described(integer(at_most=MOST_DAYS), "Added to that day.", "加上的天数。", 5),
                },
                ["after"],
            ),
            "What stands in for an absent anchor.",
            "起算日缺失时改用的起算日。",
            {"after": "shipment", "plus_days": 5},
        ),
        "not_after": described(
            mapping(
                {
                    "after": after,
                    "days": described(integer(at_most=MOST_DAYS), "So many days.", "天数。", 90),
                    "months": described(integer(at_most=MOST_MONTHS), "So many months.", "月数。", 3),
                },
                ["after"],
            ),
            "The end beyond which nothing reaches.",
            "最晚不超过。",
            {"days": 90, "after": "order"},
        ),
        "counting": described(
            choice(COUNTING), "How days are counted; default: the document's.", "天数计算方式；默认同文件。", "hours"
        ),
        "if_last_day_closed": described(
            choice(CLOSED_DAYS),
            "Where a last day that is no working day moves; default: the document's.",
            "末日非工作日时的处理；默认同文件。",
            "next_working_day",
        ),
    }
