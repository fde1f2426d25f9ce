"""Permission: clauses that open actions for a line, and those that lengthen them."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from policy_service.language.kinds.base import Effect, Reading
from policy_service.language.kinds.spans import (
    ENDS,
    MOST_DAYS,
    MOST_MONTHS,
    Fallback,
    NotAfter,
    Permission,
    span_shapes,
)
from policy_service.language.shapes import (
    EVIDENCE,
    Shape,
    boolean,
    choice,
    day,
    described,
    either,
    exactly_one,
    integer,
    listing,
    mapping,
    text,
)

__all__ = ["Extend", "Fallback", "NoReason", "NotAfter", "Permission", "Warranty", "Window"]


class Window(Permission):
    """Opens actions for a time after an anchor."""

    kind = "window"
    actions = ("return",)
    doc = "Goods may come back for a time after an anchor."
    doc_zh = "自起算日起的一段时间内允许退换。"
    decides = (
        "Open and not denied, it approves, with the reason `within_window`; where several do, the one that closes "
        "last governs and is the line's `window`. Closed, it gives `window_closed` and the day on which it closed. "
        "Without its anchor and a `fallback` it opens nothing, and `anchor_missing` names the field."
    )
    together = (
        "Any that is open will do. Where a special window shall replace the general one, rather than stand beside it, "
        "name the general one in `instead_of`."
    )
    see = ("no_reason", "warranty", "extend", "deny")
    example: ClassVar[Any] = {"days": 30, "after": "delivery"}


class NoReason(Permission):
    """A window whatever the reason; refused, it denies returns for which the customer is liable."""

    kind = "no_reason"
    actions = ("return",)
    denies = True
    doc = (
        "Goods may come back whatever the reason; `no_reason: false` refuses returns for which the customer is liable."
    )
    doc_zh = "无理由退货的期限；`no_reason: false` 表示不支持无理由退货。"
    decides = (
        "As `window`. `no_reason: false` opens nothing: it denies, with the code `no_reason_excluded`, every line for "
        "which the customer is liable, and leaves faults and wrong deliveries to the other permissions."
    )
    together = "As `window`: any that is open will do. One applying `no_reason: false` is enough to deny."
    see = ("window", "deny", "extend")
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
    opens = False
    shows_in = ("fees", "window", "outcome", "reasons")
    doc = "Faulty goods are replaced or repaired; while open and evidenced, free of every fee and of return shipping."
    doc_zh = "质保：期限内且凭证齐全时免费换新或维修。"
    decides = (
        "As `window`, for exchange and repair unless `for` says more. While it is open, not denied and evidenced, the "
        "line is free of fees and of return shipping, even where another permission governs; `free: false` takes that "
        "away. Without its evidence it governs only where nothing else is open, and a person decides."
    )
    together = "As `window`: any that is open will do. No `instead_of` sets a warranty aside."
    see = ("window", "require", "fee", "return_shipping")
    example: ClassVar[Any] = {"months": 12, "after": "delivery", "evidence": ["inspection_report"]}

    evidence: tuple[str, ...] = ()
    free: bool = True

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                **span_shapes(),
                "evidence": described(
                    listing(text("a name", usual=EVIDENCE), 0),
                    "Evidence without which a person decides.",
                    "所需凭证；缺少时转人工。",
                    ["inspection_report"],
                ),
                "free": described(
                    boolean(),
                    "Free of fees and return shipping; the default.",
                    "是否免费；默认是。",
                    True,
                    default=True,
                ),
            },
            title="a mapping such as `{months: 12, after: delivery}`",
            minProperties=1,
            oneOf=exactly_one(*ENDS),
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        return {**super().read(reading), "evidence": reading.texts("evidence"), "free": reading.flag("free", True)}


class Extend(Effect):
    """Lengthens windows of its own document; of several the longest counts. Numbers may be integer facts."""

    kind = "extend"
    role = "permission"
    shows_in = ("window", "outcome", "reasons")
    doc = "Lengthens this document's windows (or those named); the longest extension counts."
    doc_zh = "延长本文件的退换期限（或指定的条款）；取最长者。"
    decides = (
        "The last day of each window that it lengthens moves on, counted on in the window's own `counting`; "
        "`not_after` of the window still caps it. A statute's extensions touch the statute's windows, a policy's the "
        "policy's."
    )
    together = "The longest extension that applies counts; they do not add up."
    see = ("window", "no_reason")
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
            oneOf=exactly_one("days", "months", "until"),
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
