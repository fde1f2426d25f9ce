"""Spans of time: how long a permission is open, counted from what, and where it ends at the latest."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from policy_service.language.head import CLOSED_DAYS, COUNTING
from policy_service.language.kinds.base import Effect, Reading, Role
from policy_service.language.shapes import Shape, choice, day, described, exactly_one, integer, mapping, text
from policy_service.language.sums import LONGEST_DAYS

__all__ = ["ENDS", "MOST_DAYS", "MOST_MONTHS", "Fallback", "NotAfter", "Permission", "span_shapes"]

ENDS = ("days", "months", "until", "unlimited")

# Longer than any promise, and short enough that every last day is a day of the calendar.
MOST_DAYS = LONGEST_DAYS
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
    opens: ClassVar[bool] = True
    shows_in: ClassVar[tuple[str, ...]] = ("window", "outcome", "reasons")
    cited: ClassVar[bool] = True

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
        title = "a mapping such as `{days: 30, after: delivery}`"
        return mapping(span_shapes(), title=title, minProperties=1, oneOf=exactly_one(*ENDS))

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        reading.exactly_one(*ENDS)
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


def span_shapes() -> dict[str, Shape]:
    """The keys that say how long a permission is open."""
    anchor = text("`delivery`, `last_delivery`, `shipment`, `order` or a declared date fact")
    after = described(
        anchor,
        "What is counted from; default `delivery`.",
        "起算日；默认签收日（delivery）。",
        "delivery",
        default="delivery",
    )
    other = described(anchor, "What is counted from.", "起算日。", "order")
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
                    "after": other,
                    "plus_days": described(
                        integer(at_most=MOST_DAYS), "Added to that day.", "加上的天数。", 5, default=0
                    ),
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
                    "after": other,
                    "days": described(integer(at_most=MOST_DAYS), "So many days.", "天数。", 90),
                    "months": described(integer(at_most=MOST_MONTHS), "So many months.", "月数。", 3),
                },
                ["after"],
                oneOf=exactly_one("days", "months"),
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
