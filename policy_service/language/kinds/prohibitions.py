"""Prohibition and doubt: clauses that refuse, that ask a person, and that ask for something."""

from __future__ import annotations

from typing import Any, ClassVar

from policy_service.language.kinds.base import Effect, Reading
from policy_service.language.shapes import Shape, code, described, listing, mapping, text


class Deny(Effect):
    """Blocks every permission of its document that does not override it."""

    kind = "deny"
    actions = ("return", "exchange", "refund_only")
    role = "prohibition"
    doc = "Refuses, with a code; it blocks every permission of this document that does not override it."
    doc_zh = "拒绝，并给出代码；除非许可条款声明 overrides。"
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
    doc = "A person decides what would otherwise be approved."
    doc_zh = "本可通过的申请转人工审核。"
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
    doc = "Asks for evidence (all of it), without which a person decides; or lists steps that become obligations."
    doc_zh = "要求凭证（缺少则转人工），或列出顾客须完成的步骤。"
    example: ClassVar[Any] = {"evidence": ["photo"]}

    evidence: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()

    @classmethod
    def shape(cls) -> Shape:
        return mapping(
            {
                "evidence": described(
                    listing(text("a name")), "Evidence that must be supplied.", "须提供的凭证。", ["photo"]
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
