"""Process: deadlines, notices and asking afterwards."""

from __future__ import annotations

from typing import Any, ClassVar

from policy_service.language.kinds.base import Effect, Reading
from policy_service.language.shapes import Shape, choice, described, either, listing, mapping, text
from policy_service.language.sums import Duration

EVENTS = (
    *("approved", "denied", "review", "completed"),
    *("label_issued", "shipped", "received", "repair_started", "repair_done", "refunded", "exchanged", "reshipped"),
    *("closed", "cancelled"),
)
"""The events that decisions and cases make; a merchant may name others."""


def duration() -> Shape:
    """A length of time."""
    return text(
        "a duration such as `7 days`, `48 hours` or `3 business days`", "^[0-9]+ (days?|hours?|business days?)$"
    )


class Deadline(Effect):
    """By when things must happen; of several the earliest counts."""

    kind = "deadline"
    role = "process"
    shows_in = ("deadlines",)
    doc = "By when goods are sent back, inspected and refunded, and by when a review is answered."
    doc_zh = "寄回、验收、退款与审核的时限。"
    decides = (
        "Gives the instants under `deadlines`: `ship_back_by`, `inspect_by`, `refund_by`, `respond_by`; null while it "
        "is not known what they are counted from. Days end at the midnight that closes the last of them, hours are "
        "exact. When nobody answers a review in time, the case is settled as `otherwise` says."
    )
    together = "Of several for one thing the earliest counts."
    see = ("review", "notify", "follow_up")
    example: ClassVar[Any] = {"ship_back": "7 days"}

    ship_back: Duration | None = None
    inspect: Duration | None = None
    refund: Duration | None = None
    refund_after: str = "approved"
    respond: Duration | None = None
    otherwise: str | None = None

    @classmethod
    def shape(cls) -> Shape:
        refund = either(
            duration(),
            mapping(
                {
                    "within": described(duration(), "How long.", "时长。", "7 days"),
                    "after": described(
                        choice(("approved", "received")),
                        "From when; default: the approval.",
                        "起点；默认批准时。",
                        "received",
                        default="approved",
                    ),
                },
                ["within"],
            ),
            title="a duration, or `{within: 7 days, after: received}`",
        )
        return mapping(
            {
                "ship_back": described(
                    duration(), "For the customer to send the goods, from the approval.", "顾客寄回的时限。", "7 days"
                ),
                "inspect": described(duration(), "For the warehouse, from receipt.", "仓库验收的时限。", "2 days"),
                "refund": described(
                    refund, "For the money, from the approval unless said.", "退款的时限。", "48 hours"
                ),
                "respond": described(duration(), "For a person to answer a review.", "人工审核的时限。", "7 days"),
                "otherwise": described(
                    choice(("approve", "deny")),
                    "What becomes of a review that nobody answers.",
                    "逾期未审核的结果。",
                    "approve",
                ),
            },
            minProperties=1,
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        within, after = _refund(reading)
        if reading.has("otherwise"):
            reading.needs("otherwise", "respond")
        else:
            reading.at_least_one("ship_back", "inspect", "refund", "respond")
        return {
            "ship_back": reading.duration("ship_back"),
            "inspect": reading.duration("inspect"),
            "refund": within,
            "refund_after": after,
            "respond": reading.duration("respond"),
            "otherwise": reading.optional_choice("otherwise", ("approve", "deny")),
        }

    @property
    def counts_from_asking(self) -> bool:
        return True


def _refund(reading: Reading) -> tuple[Duration | None, str]:
    if not isinstance(reading.mapping.get("refund"), dict):
        return reading.duration("refund"), "approved"
    inner = reading.inner("refund")
    assert inner is not None
    inner.present("within")
    return inner.duration("within"), inner.choice("after", ("approved", "received"), "approved")


class Notify(Effect):
    """Which events the customer is told, and how."""

    kind = "notify"
    role = "process"
    shows_in = ("notifications",)
    cited = True
    doc = "Which events the customer is told, and through which channels."
    doc_zh = "向顾客发送哪些通知及渠道。"
    decides = (
        "Where the decision makes one of these events, `notifications` lists it with its channels: the outcome (a "
        "partial one is both `approved` and `denied`), and `completed` at the inspection. Of later events the ledger "
        "tells the merchant's systems."
    )
    together = "All that apply are listed."
    see = ("follow_up", "deadline")
    example: ClassVar[Any] = {"events": ["approved", "denied"], "via": ["sms", "inbox"]}

    events: tuple[str, ...]
    via: tuple[str, ...]

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                "events": described(
                    listing(text("an event", usual=EVENTS)),
                    "The events, such as `approved`, `denied`, `review`, `received`, `completed`.",
                    "事件。",
                    ["approved", "denied"],
                ),
                "via": described(listing(text("a channel")), "The channels.", "渠道。", ["sms", "inbox"]),
            },
            ["events", "via"],
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        reading.present("events", "via")
        return {"events": reading.texts("events", least=1), "via": reading.texts("via", least=1)}


class FollowUp(Effect):
    """Asks the customer something some time later."""

    kind = "follow_up"
    role = "process"
    in_statute = False
    shows_in = ("obligations",)
    doc = "The merchant asks the customer something some time after the decision."
    doc_zh = "决定后一段时间回访顾客。"
    decides = "Listed as an obligation of the merchant, with the instant at which it is due and what to ask."
    together = "All that apply are listed, each once."
    see = ("notify", "compensate")
    example: ClassVar[Any] = {"after": "3 days", "ask": ["satisfaction"]}

    after: Duration
    ask: tuple[str, ...]

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                "after": described(duration(), "How long after the decision.", "决定后多久。", "3 days"),
                "ask": described(listing(text("a question")), "What is asked.", "询问内容。", ["satisfaction"]),
            },
            ["after", "ask"],
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        reading.present("after", "ask")
        return {"after": reading.duration("after"), "ask": reading.texts("ask", least=1)}

    @property
    def counts_from_asking(self) -> bool:
        return True
