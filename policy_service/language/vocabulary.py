"""The facts that clauses may test, each declared once: compiler, schema, linter, docs and analysis derive from here.

`default` is what absence means: `unknown` for names, nothing for sets; None leaves the fact *unknown*, and so every
comparison with it. Source: language, "Conditions".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from policy_service.language.reasons import ReasonTree

UNKNOWN = "unknown"

FactValue = str | bool | int | Decimal | date | frozenset[str]
About = Literal["line", "order", "request", "customer"]


class FactType(StrEnum):
    """What a fact's values are, and so which tests it allows."""

    BOOLEAN = "boolean"
    ENUM = "enum"
    TREE = "tree"
    TEXT = "text"
    SET = "set"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"

    @property
    def ordered(self) -> bool:
        """Whether values can be more or less than others."""
        return self in (FactType.INTEGER, FactType.NUMBER, FactType.MONEY, FactType.DATE)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: `source` is the request field it is read from, `clock` whether the answer moves with time."""

    name: str
    type: FactType
    scope: About
    source: str
    doc: str
    doc_zh: str
    example: object
    default: FactValue | None = None
    values: tuple[str, ...] = ()
    unit: str | None = None
    clock: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class DeclaredFact:
    """A policy's own fact, sent in the `attributes` of what it is about. Money in the document's minor units."""

    name: str
    about: Literal["line", "order", "customer"]
    type: str
    default: FactValue | None = None
    doc: Mapping[str, str] = field(default_factory=dict)


def _line() -> Iterator[Fact]:
    kind = FactType
    yield Fact(
        "action",
        kind.ENUM,
        "line",
        "lines[].action",
        "What is asked for.",
        "申请的动作。",
        ["return", "exchange"],
        values=("return", "exchange", "repair", "refund_only", "reship"),
    )
    yield Fact(
        "reason",
        kind.TREE,
        "line",
        "lines[].reason",
        "Why; a node matches itself and everything below it.",
        "原因;节点匹配自身及其下级。",
        "quality",
    )
    yield Fact(
        "liability",
        kind.ENUM,
        "line",
        "lines[].reason",
        "Who is liable for the reason.",
        "原因的责任方。",
        "merchant",
        values=("customer", "merchant", "carrier"),
    )
    yield Fact(
        "condition",
        kind.ENUM,
        "line",
        "lines[].condition",
        "The state of the goods; `opened` is complete and resalable.",
        "商品状态;opened 表示完好可再售。",
        ["unopened", "opened"],
        default=UNKNOWN,
        values=("unopened", "opened", "used", "damaged", UNKNOWN),
        optional=True,
    )
    yield Fact(
        "human_damage",
        kind.BOOLEAN,
        "line",
        "lines[].human_damage",
        "Whether a person damaged the goods.",
        "是否人为损坏。",
        False,
        default=False,
        optional=True,
    )
    yield Fact(
        "category",
        kind.TREE,
        "line",
        "order.lines[].category",
        "The goods' category; a node matches everything below it.",
        "商品类目;节点匹配其下级。",
        "furniture",
        default=UNKNOWN,
        optional=True,
    )
    yield Fact("sku", kind.TEXT, "line", "order.lines[].sku", "The goods' sku.", "商品编码。", "SOFA-3")
    yield Fact(
        "tags",
        kind.SET,
        "line",
        "order.lines[].tags",
        "Labels of the goods.",
        "商品标签。",
        "special-offer",
        default=frozenset(),
        optional=True,
    )
    yield Fact(
        "quantity",
        kind.INTEGER,
        "line",
        "lines[].quantity",
        "Units in this request line.",
        "本行数量。",
        {"at_least": 2},
        unit="units",
    )
    yield Fact(
        "unit_paid",
        kind.MONEY,
        "line",
        "order.lines[]",
        "What one unit was paid, net of discounts.",
        "单件实付金额。",
        {"under": "20.00"},
        unit="minor units",
    )
    yield Fact(
        "line_paid",
        kind.MONEY,
        "line",
        "order.lines[]",
        "What was paid for the units of this request line.",
        "本行退换数量的实付金额。",
        {"at_least": "1000.00"},
        unit="minor units",
    )
    yield Fact(
        "price_difference",
        kind.MONEY,
        "line",
        "lines[].exchange_for",
        "What the new goods cost more; 0 outside exchanges.",
        "换货差价;非换货为 0。",
        {"over": "0.00"},
        unit="minor units",
    )
    yield Fact(
        "same_sku",
        kind.BOOLEAN,
        "line",
        "lines[].exchange_for",
        "Exchanged for the same sku.",
        "是否换同一 SKU。",
        True,
    )
    yield Fact(
        "same_product",
        kind.BOOLEAN,
        "line",
        "lines[].exchange_for",
        "Exchanged for a variant of the same product.",
        "是否换同款商品。",
        True,
    )
    yield Fact(
        "evidence",
        kind.SET,
        "line",
        "lines[].evidence",
        "Evidence that was supplied.",
        "已提供的凭证。",
        "photo",
        default=frozenset(),
        optional=True,
    )
    yield Fact(
        "missing_parts",
        kind.SET,
        "line",
        "lines[].missing_parts",
        "Parts that are missing.",
        "缺失的配件。",
        "charger",
        default=frozenset(),
        optional=True,
    )
    yield Fact(
        "repairs_done",
        kind.INTEGER,
        "line",
        "lines[].repairs_done",
        "Repairs of these goods before.",
        "已维修次数。",
        {"at_least": 2},
        default=0,
        unit="repairs",
        optional=True,
    )
    yield Fact(
        "has_gift",
        kind.BOOLEAN,
        "line",
        "order.gifts",
        "A gift came with the goods that was not settled before.",
        "是否附有未结清的赠品。",
        True,
    )
    yield Fact(
        "gifts_complete",
        kind.BOOLEAN,
        "line",
        "lines[].gifts_returned",
        "Every attached gift comes back.",
        "所附赠品是否全部退回。",
        True,
    )
    yield Fact(
        "fit",
        kind.ENUM,
        "line",
        "lines[].fit",
        "How the goods fitted.",
        "尺码是否合适。",
        "too_small",
        default=UNKNOWN,
        values=("too_small", "true_to_size", "too_large", UNKNOWN),
        optional=True,
    )
    yield Fact(
        "no_return_acknowledged",
        kind.BOOLEAN,
        "line",
        "order.lines[].no_return_acknowledged",
        "The customer confirmed at purchase that it cannot be returned without a reason.",
        "购买时已确认不适用无理由退货。",
        True,
        default=False,
        optional=True,
    )


def _order() -> Iterator[Fact]:
    kind = FactType
    yield Fact(
        "order_total",
        kind.MONEY,
        "order",
        "order.lines",
        "What all lines were paid, without shipping.",
        "订单实付总额(不含运费)。",
        {"at_least": "500.00"},
        unit="minor units",
    )
    yield Fact(
        "promotions",
        kind.SET,
        "order",
        "order.promotions",
        "Promotions that the order took part in.",
        "参与的促销活动。",
        "618",
        default=frozenset(),
        optional=True,
    )
    yield Fact(
        "country",
        kind.TEXT,
        "order",
        "order.country",
        "The country delivered to; absent: the merchant's.",
        "收货国家。",
        "CN",
        default=UNKNOWN,
        optional=True,
    )
    yield Fact("currency", kind.TEXT, "order", "order.currency", "The order's currency.", "订单币种。", "CNY")
    yield Fact(
        "cross_border",
        kind.BOOLEAN,
        "order",
        "order.country",
        "Delivered to another country than `ships_from`.",
        "是否跨境。",
        True,
        default=False,
        optional=True,
    )
    yield Fact(
        "paid_with",
        kind.TEXT,
        "order",
        "order.paid_with",
        "How it was paid.",
        "支付方式。",
        "store_card",
        default=UNKNOWN,
        optional=True,
    )
    yield Fact(
        "sold_via",
        kind.TEXT,
        "order",
        "order.sold_via",
        "Where it was sold.",
        "销售渠道。",
        "store",
        default=UNKNOWN,
        optional=True,
    )
    yield Fact(
        "shipping_status",
        kind.ENUM,
        "order",
        "order.shipped_at, order.delivered_at",
        "How far the goods have come.",
        "物流状态。",
        "delivered",
        values=("unshipped", "shipped", "delivered"),
    )
    for name, source, doc, doc_zh in (
        ("ordered_on", "order.placed_at", "The day of the order.", "下单日期。"),
        ("shipped_on", "shipped_at", "The day of shipment.", "发货日期。"),
        ("delivered_on", "delivered_at", "The day of delivery.", "签收日期。"),
    ):
        yield Fact(
            name,
            kind.DATE,
            "order",
            source,
            doc,
            doc_zh,
            {"at_least": "2025-06-01"},
            unit="local date",
            optional=name != "ordered_on",
        )
    for name, source, doc, doc_zh in (
        ("days_since_order", "order.placed_at", "Calendar days since the order.", "下单后天数。"),
        ("days_since_shipment", "shipped_at", "Calendar days since shipment.", "发货后天数。"),
        ("days_since_delivery", "delivered_at", "Calendar days since delivery.", "签收后天数。"),
    ):
        yield Fact(
            name,
            kind.INTEGER,
            "order",
            source,
            doc,
            doc_zh,
            {"over": 90},
            unit="days",
            clock=True,
            optional=name != "days_since_order",
        )


def _request() -> Iterator[Fact]:
    kind = FactType
    yield Fact(
        "channel",
        kind.TEXT,
        "request",
        "channel",
        "Where the customer asks.",
        "申请渠道。",
        "storefront",
        default=UNKNOWN,
        optional=True,
    )
    yield Fact(
        "return_method",
        kind.TEXT,
        "request",
        "return_method",
        "How the goods would travel.",
        "退货方式。",
        "pickup",
        default=UNKNOWN,
        optional=True,
    )
    yield Fact(
        "surface",
        kind.ENUM,
        "request",
        "surface",
        "Who speaks to the service.",
        "请求来源。",
        "staff",
        values=("customer", "staff", "store", "agent"),
    )
    yield Fact(
        "requested_on",
        kind.DATE,
        "request",
        "requested_at",
        "The day of the request.",
        "申请日期。",
        {"at_most": "2025-06-30"},
        unit="local date",
        clock=True,
    )
    yield Fact(
        "stage",
        kind.ENUM,
        "request",
        "",
        "Which of the two decisions this is.",
        "决定阶段。",
        "inspection",
        values=("request", "inspection"),
    )
    for name, doc, doc_zh in (
        ("tier", "Membership tier now.", "会员等级。"),
        ("tier_at_purchase", "Membership tier at purchase.", "购买时的会员等级。"),
    ):
        yield Fact(
            name, kind.TEXT, "customer", f"customer.{name}", doc, doc_zh, "diamond", default=UNKNOWN, optional=True
        )
    yield Fact(
        "customer_tags",
        kind.SET,
        "customer",
        "customer.tags",
        "Labels of the customer.",
        "客户标签。",
        "vip",
        default=frozenset(),
        optional=True,
    )
    yield Fact(
        "returns_90d",
        kind.INTEGER,
        "customer",
        "customer.returns_90d",
        "Returns in the last 90 days.",
        "近90天退货次数。",
        {"at_least": 10},
        default=0,
        unit="returns",
        optional=True,
    )


FACTS: Mapping[str, Fact] = MappingProxyType(
    {fact.name: fact for part in (_line(), _order(), _request()) for fact in part}
)
"""The built-in facts, in documented order."""

ANCHORS = ("delivery", "last_delivery", "shipment", "order")
"""What windows count from, besides declared dates."""

_ABSENT: Mapping[str, FactValue] = {"boolean": False, "text": UNKNOWN, "set": frozenset()}


@dataclass(frozen=True)
class Vocabulary:
    """The facts of one document: the built-in ones and its own."""

    facts: Mapping[str, Fact]
    reasons: ReasonTree
    currency: str

    @classmethod
    def of(cls, declared: Mapping[str, DeclaredFact], reasons: ReasonTree, currency: str) -> Vocabulary:
        """The vocabulary of a document that declares these facts; a declared date `x` also gives `days_since_x`."""
        facts = dict(FACTS)
        for name, own in declared.items():
            source = f"{own.about}.attributes.{name}"
            doc, doc_zh = own.doc.get("en", ""), own.doc.get("zh-CN", "")
            facts.setdefault(
                name,
                Fact(
                    name,
                    FactType(own.type),
                    own.about,
                    source,
                    doc,
                    doc_zh,
                    None,
                    default=absent_value(own),
                    optional=True,
                ),
            )
            if own.type == "date":
                since = f"days_since_{name}"
                facts.setdefault(
                    since,
                    Fact(
                        since,
                        FactType.INTEGER,
                        own.about,
                        source,
                        f"Calendar days since {name}.",
                        "",
                        None,
                        unit="days",
                        clock=True,
                        optional=True,
                    ),
                )
        return cls(MappingProxyType(facts), reasons, currency)


def absent_value(fact: DeclaredFact) -> FactValue | None:
    """What absence of a declared fact means: its default, else false, `unknown`, nothing; numbers and dates: None."""
    return fact.default if fact.default is not None else _ABSENT.get(fact.type)
