"""Prohibition and doubt: clauses that refuse, that ask a person, and that ask for something."""

from __future__ import annotations

from typing import Any, ClassVar

from policy_service.language.kinds.base import Effect, Reading
from policy_service.language.shapes import EVIDENCE, Shape, code, described, listing, mapping, text


class Deny(Effect):
    """Blocks every permission of its document that does not override it."""

    kind = "deny"
    actions = ("return", "exchange", "refund_only")
    role = "prohibition"
    denies = True
    shows_in = ("outcome", "reasons")
    cited = True
    doc = "Refuses, with a code; it blocks every permission of this document that does not override it."
    doc_zh = "拒绝，并给出代码；除非许可条款声明 overrides。"
    decides = (
        "Blocks every permission of this document, except those that name it in `overrides`. With no permission left "
        "the line is denied, and the code is among its reasons. It does not touch a statute's permissions, nor does a "
        "statute's touch the policy's."
    )
    together = "Each that applies blocks, and each gives its code."
    see = ("review", "no_reason", "window", "require")
    example: ClassVar[Any] = {"code": "final_sale"}

    code: str

    @classmethod
    def shape(cls) -> Shape:
        return mapping({"code": described(code(), "What decisions carry.", "决定中的代码。", "final_sale")}, ["code"])

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        return {"code": reading.code("code")}


class Review(Effect):
    """A person decides what would otherwise be approved."""

    kind = "review"
    role = "prohibition"
    in_statute = False
    shows_in = ("outcome", "reasons")
    cited = True
    doc = "A person decides what would otherwise be approved."
    doc_zh = "本可通过的申请转人工审核。"
    decides = (
        "An approved line becomes `review` with this code, and moves no money yet: `if_approved` says what it would. "
        "A denied line stays denied, since there is nothing to decide."
    )
    together = "Each that applies gives its code."
    see = ("require", "deny", "deadline")
    example: ClassVar[Any] = {"code": "high_value"}

    code: str

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {"code": described(code(), "Why a person decides.", "转人工的原因代码。", "high_value")}, ["code"]
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        return {"code": reading.code("code")}


class Require(Effect):
    """Asks for evidence, without which a person decides, or lists steps as obligations."""

    kind = "require"
    role = "prohibition"
    shows_in = ("obligations", "outcome", "reasons")
    doc = "Asks for evidence (all of it), without which a person decides; or lists steps that become obligations."
    doc_zh = "要求凭证（缺少则转人工），或列出顾客须完成的步骤。"
    decides = (
        "Evidence that is absent turns an approved line into `review` with `evidence_required`, and is listed among "
        "its obligations; on a line that a statute protects it is listed only. Steps are always listed, and change no "
        "outcome."
    )
    together = "All the evidence and all the steps of all that apply are asked for."
    see = ("review", "warranty", "deny")
    example: ClassVar[Any] = {"evidence": ["photo"]}

    evidence: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                "evidence": described(
                    listing(text("a name", usual=EVIDENCE)),
                    "Evidence that must be supplied.",
                    "须提供的凭证。",
                    ["photo"],
                ),
                "steps": described(
                    listing(text("a name")),
                    "Steps for the customer, listed as obligations.",
                    "顾客须完成的步骤。",
                    ["tracking_number"],
                ),
            },
            title="a mapping with `evidence` or `steps`",
            minProperties=1,
        )

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        reading.at_least_one("evidence", "steps")
        return {"evidence": reading.texts("evidence", least=1), "steps": reading.texts("steps", least=1)}
