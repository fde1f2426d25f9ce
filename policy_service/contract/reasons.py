"""The published catalogue of reason codes: why a line was approved, denied or given to a person.

Policies add codes of their own in `deny` and `review` clauses; those have no entry and get a generic message.
The messages themselves are in `locales`, see `messages`.
"""

from dataclasses import dataclass
from typing import Final, Literal

Outcome = Literal["approved", "denied", "review"]


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """One code: the outcomes of a line that it explains, what it means, and the params that its message may name."""

    code: str
    outcomes: tuple[Outcome, ...]
    about: str
    about_zh: str
    params: tuple[str, ...] = ()


_ALL: Final[tuple[Outcome, ...]] = ("approved", "denied", "review")

_CATALOGUE: Final = (
    ReasonCode(
        "within_window",
        ("approved", "review"),
        "A permission is open: the request came before its window closed. `clause` is the one that closes last.",
        "在期限之内：申请提出时，允许退换的条款仍然有效。`clause` 为其中最晚截止的一条。",
        ("clause", "last_day", "closes_at"),
    ),
    ReasonCode(
        "statutory_right",
        ("approved", "review"),
        "The law protects this line: nothing in the merchant's policy can deny it. `clause` is the provision.",
        "法律保障这一行：商家的条款不能拒绝。`clause` 为所依据的法律条款。",
        ("clause",),
    ),
    ReasonCode(
        "overridden",
        ("approved",),
        "A member of staff approved what the policy denied or would have asked a person about.",
        "员工批准了按政策应拒绝或须人工审核的申请。",
        ("by", "note"),
    ),
    ReasonCode(
        "window_closed",
        ("denied",),
        "A permission exists for this action, but its window had closed before the request.",
        "有允许此操作的条款，但提出申请时期限已过。",
        ("clause", "last_day", "closes_at"),
    ),
    ReasonCode(
        "anchor_missing",
        ("denied",),
        "A window cannot start: the order does not say when it was delivered, shipped, or what else it starts with.",
        "期限无法起算：订单没有给出签收、发货等起算时间。",
        ("clause", "field"),
    ),
    ReasonCode(
        "no_permission",
        ("denied",),
        "No clause of the policy permits this action for this line.",
        "没有任何条款允许对这一行进行此操作。",
        ("action",),
    ),
    ReasonCode(
        "no_reason_excluded",
        ("denied",),
        "These goods cannot be returned without a reason.",
        "该商品不支持无理由退货。",
        ("clause",),
    ),
    ReasonCode(
        "not_received",
        ("denied",),
        "The inspection did not receive these units, or received another sku.",
        "验货时没有收到这些商品，或收到的是另一种商品。",
        ("quantity",),
    ),
    ReasonCode(
        "quantity_exceeds_returnable",
        ("denied",),
        "More units than are left of what was shipped, less what was cancelled and returned before.",
        "数量超过可退数量（已发货数量减去已取消和已退回的数量）。",
        ("quantity", "returnable"),
    ),
    ReasonCode(
        "final_sale",
        ("denied",),
        "The goods were sold as final. A policy's own code, in common use.",
        "商品售出后不退换。由政策自行规定的常用代码。",
        ("clause",),
    ),
    ReasonCode(
        "used_goods",
        ("denied",),
        "The goods were used. A policy's own code, in common use.",
        "商品已使用。由政策自行规定的常用代码。",
        ("clause",),
    ),
    ReasonCode(
        "gift_missing",
        ("denied", "review"),
        "A gift that came with the goods does not come back with them.",
        "随商品赠送的赠品没有一并退回。",
        ("clause", "sku"),
    ),
    ReasonCode(
        "evidence_required",
        ("review",),
        "The line would be approved, but evidence that a clause asks for was not supplied.",
        "本可批准，但缺少条款要求的凭证。",
        ("clause", "evidence"),
    ),
    ReasonCode(
        "fact_missing",
        ("review",),
        "A fact that was not sent would change the outcome, so a person must decide.",
        "缺少的信息会影响结果，须人工审核。",
        ("clause", "fact"),
    ),
    ReasonCode(
        "high_value",
        ("review",),
        "The sum is high enough that a person looks at it. A policy's own code, in common use.",
        "金额较高，须人工审核。由政策自行规定的常用代码。",
        ("clause",),
    ),
    ReasonCode(
        "evaluation_error",
        ("review",),
        "The evaluation failed, so a person must decide: never an approval, never a silent denial.",
        "系统判断出错，须人工审核：既不会自动批准，也不会自动拒绝。",
    ),
    ReasonCode(
        "resolved",
        _ALL,
        "A person settled a review.",
        "人工审核已作出决定。",
        ("by", "note"),
    ),
    ReasonCode(
        "settled_by_deadline",
        _ALL,
        "Nobody answered a review in time, so the policy's deadline settled it.",
        "人工审核逾期未处理，按政策规定的期限自动决定。",
        ("clause",),
    ),
)

REASON_CODES: Final[dict[str, ReasonCode]] = {entry.code: entry for entry in _CATALOGUE}
"""Every published code, by its name: approvals, then denials, then reviews, then what a person settled."""
