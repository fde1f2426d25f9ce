"""The table of built-in facts: the compiler, schema, linter, documentation and analysis all derive from it.

Source: language, "Conditions".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import get_args

from policy_service.contract.claim import Action, Condition, Fit, Liability, Surface
from policy_service.contract.countries import COUNTRIES
from policy_service.contract.money import currencies
from policy_service.language.fact import UNKNOWN, Fact, FactType, FactValue

__all__ = ["FACTS"]

BOOLEAN, ENUM, TREE, TEXT, SET = FactType.BOOLEAN, FactType.ENUM, FactType.TREE, FactType.TEXT, FactType.SET
INTEGER, MONEY, DATE = FactType.INTEGER, FactType.MONEY, FactType.DATE

ACTIONS, LIABLE, SURFACES = get_args(Action), get_args(Liability), get_args(Surface)
CONDITIONS = get_args(Condition)
FITS = (*get_args(Fit), UNKNOWN)
PROGRESS = ("unshipped", "shipped", "delivered")
NOTHING: FactValue = frozenset()

DESTINATIONS = COUNTRIES | {UNKNOWN}


def _or(default: FactValue | None, fact: Fact) -> Fact:
    """An optional fact; `default` is what absence means, None leaves it unknown."""
    return replace(fact, optional=True, default=default)


def _count(fact: Fact, unit: str, least: int = 0, *, clock: bool = False) -> Fact:
    return replace(fact, unit=unit, least=least, clock=clock)


def _sum(fact: Fact, least: int | None = 0) -> Fact:
    return replace(fact, unit="minor units", least=least)


# The rows of a table: what, whose and where it is read; then English, Chinese and an example.
# fmt: off
def _line() -> Iterator[Fact]:
    yield Fact("action", ENUM, "line", "lines[].action", "What is asked for.", "申请的动作。", "return", values=ACTIONS)
    yield Fact(
        "reason", TREE, "line", "lines[].reason",
        "Why it comes back; a reason holds for everything below it too.",
        "退货原因；父节点包含其全部下级。", "quality", separator=".",
    )
    yield Fact(
        "liability", ENUM, "line", "lines[].reason",
        "Who is liable for the reason.", "原因的责任方。", "merchant", values=LIABLE,
    )
    yield _or(UNKNOWN, Fact(
        "condition", ENUM, "line", "lines[].condition",
        "The state of the goods; `opened` is complete and resalable.",
        "商品状态；opened 表示配件齐全、可再次销售。", "opened",
        values=CONDITIONS,
    ))
    yield _or(False, Fact(
        "human_damage", BOOLEAN, "line", "lines[].human_damage",
        "Whether a person damaged the goods.", "是否人为损坏。", False,
    ))
    yield _or(UNKNOWN, Fact(
        "category", TREE, "line", "order.lines[].category",
        "The goods' category; a category holds for everything below it too.",
        "商品类目；父类目包含其全部下级。", "furniture/sofa", separator="/",
    ))
    yield Fact("sku", TEXT, "line", "order.lines[].sku", "The goods' sku.", "商品编码。", "SOFA-3")
    yield _or(NOTHING, Fact(
        "tags", SET, "line", "order.lines[].tags", "Labels of the goods.", "商品标签。", "special-offer",
    ))
    yield _count(Fact(
        "quantity", INTEGER, "line", "lines[].quantity", "Units in this request line.",
        "本行申请的数量。", {"at_least": 2},
    ), "units", 1)
    yield _sum(Fact(
        "unit_paid", MONEY, "line", "order.lines[]",
        "What one unit was paid, net of every discount.",
        "单件实付金额（已扣除全部优惠）。", {"under": "20.00"},
    ))
    yield _sum(Fact(
        "line_paid", MONEY, "line", "order.lines[]",
        "What was paid for the units of this request line.", "本行申请数量的实付金额。", {"at_least": "1000.00"},
    ))
    yield _sum(Fact(
        "price_difference", MONEY, "line", "lines[].exchange_for",
        "What the new goods of an exchange cost more (negative: less); 0 outside exchanges.",
        "换货差价，新商品更便宜时为负；非换货为 0。", {"over": "0.00"},
    ), least=None)
    yield Fact(
        "same_sku", BOOLEAN, "line", "lines[].exchange_for",
        "Whether the exchange is for the same sku.", "是否换同一商品编码。", True,
    )
    yield Fact(
        "same_product", BOOLEAN, "line", "lines[].exchange_for",
        "Whether the exchange is for a variant of the same product.", "是否换同款商品（颜色、尺码可不同）。", True,
    )
    yield _or(NOTHING, Fact(
        "evidence", SET, "line", "lines[].evidence", "The evidence that was supplied.", "已提供的凭证。", "photo",
    ))
    yield _or(NOTHING, Fact(
        "missing_parts", SET, "line", "lines[].missing_parts", "The parts that are missing.", "缺失的配件。", "charger",
    ))
    yield _or(0, _count(Fact(
        "repairs_done", INTEGER, "line", "lines[].repairs_done",
        "How often these goods were repaired before.", "此前的维修次数。", {"at_least": 2},
    ), "repairs"))
    yield Fact(
        "has_gift", BOOLEAN, "line", "order.gifts",
        "Whether a gift came with the goods that is not settled yet.", "是否附有尚未结清的赠品。", True,
    )
    yield Fact(
        "gifts_complete", BOOLEAN, "line", "lines[].gifts_returned",
        "Whether every gift that came with the goods comes back.", "所附赠品是否全部退回。", True,
    )
    yield _or(
        UNKNOWN, Fact("fit", ENUM, "line", "lines[].fit", "How it fits.", "尺码是否合适。", "too_small", values=FITS)
    )
    yield _or(False, Fact(
        "no_return_acknowledged", BOOLEAN, "line", "order.lines[].no_return_acknowledged",
        "Whether the customer confirmed at purchase that it cannot be returned without a reason.",
        "顾客购买时是否确认不适用无理由退货。", True,
    ))


def _order() -> Iterator[Fact]:
    yield _sum(Fact(
        "order_total", MONEY, "order", "order.lines",
        "What all lines were paid, without shipping.", "订单实付总额（不含运费）。", {"at_least": "500.00"},
    ))
    yield _or(NOTHING, Fact(
        "promotions", SET, "order", "order.promotions",
        "Promotions that the order took part in.", "参与的促销活动。", "618",
    ))
    yield _or(UNKNOWN, Fact(
        "country", TEXT, "order", "order.country",
        "The country of delivery, as ISO 3166 has it; absent: `ships_from`.", "收货国家代码；缺省为 ships_from。", "CN",
        known=DESTINATIONS,
    ))
    yield Fact(
        "currency", TEXT, "order", "order.currency", "The order's currency.", "订单币种。", "CNY",
        known=frozenset(currencies()),
    )
    yield _or(False, Fact(
        "cross_border", BOOLEAN, "order", "order.country",
        "Whether it was delivered to another country than `ships_from`.", "收货国家是否与 ships_from 不同。", True,
    ))
    yield _or(
        UNKNOWN, Fact("paid_with", TEXT, "order", "order.paid_with", "How it was paid.", "支付方式。", "store_card")
    )
    yield _or(UNKNOWN, Fact("sold_via", TEXT, "order", "order.sold_via", "Where it was sold.", "销售渠道。", "store"))
    yield Fact(
        "shipping_status", ENUM, "order", "shipped_at, delivered_at",
        "How far the goods have come.", "物流状态。", "delivered", values=PROGRESS,
    )
    for name, source, doc, doc_zh in (
        ("ordered_on", "order.placed_at", "The day of the order.", "下单日期。"),
        ("shipped_on", "shipped_at", "The day of shipment.", "发货日期。"),
        ("delivered_on", "delivered_at", "The day of delivery.", "签收日期。"),
    ):
        day = Fact(name, DATE, "order", source, doc, doc_zh, {"at_least": "2025-06-01"}, unit="local date")
        yield day if name == "ordered_on" else _or(None, day)
    for name, source, doc, doc_zh in (
        ("days_since_order", "order.placed_at", "Calendar days since the order.", "下单后的自然日天数。"),
        ("days_since_shipment", "shipped_at", "Calendar days since shipment.", "发货后的自然日天数。"),
        ("days_since_delivery", "delivered_at", "Calendar days since delivery.", "签收后的自然日天数。"),
    ):
        days = _count(Fact(name, INTEGER, "order", source, doc, doc_zh, {"over": 90}), "days", clock=True)
        yield days if name == "days_since_order" else _or(None, days)


def _request() -> Iterator[Fact]:
    yield _or(UNKNOWN, Fact("channel", TEXT, "request", "channel", "Where it is asked.", "申请渠道。", "storefront"))
    yield _or(UNKNOWN, Fact(
        "return_method", TEXT, "request", "return_method", "How the goods would travel back.", "退回方式。", "pickup",
    ))
    yield Fact(
        "surface", ENUM, "request", "surface", "Who speaks to the service.", "请求由谁发起。", "staff", values=SURFACES,
    )
    yield Fact(
        "requested_on", DATE, "request", "requested_at", "The day of the request.", "申请日期。",
        {"at_most": "2025-06-30"}, unit="local date", clock=True,
    )
    yield Fact(
        "stage", ENUM, "request", "",
        "Which decision this is: on what is claimed, or on what was found.", "决定阶段：申请时或验收时。", "inspection",
        values=("request", "inspection"),
    )


def _customer() -> Iterator[Fact]:
    for name, doc, doc_zh in (
        ("tier", "The membership tier now.", "当前会员等级。"),
        ("tier_at_purchase", "The membership tier at purchase.", "购买时的会员等级。"),
    ):
        yield _or(UNKNOWN, Fact(name, TEXT, "customer", f"customer.{name}", doc, doc_zh, "diamond"))
    yield _or(NOTHING, Fact(
        "customer_tags", SET, "customer", "customer.tags", "Labels of the customer.", "顾客标签。", "vip",
    ))
    yield _or(0, _count(Fact(
        "returns_90d", INTEGER, "customer", "customer.returns_90d",
        "How often the customer returned something in 90 days.", "近 90 天的退货次数。", {"at_least": 10},
    ), "returns"))


# fmt: on
_PARTS = (_line, _order, _request, _customer)

FACTS: Mapping[str, Fact] = MappingProxyType({fact.name: fact for part in _PARTS for fact in part()})
"""The built-in facts by name, in documented order."""
