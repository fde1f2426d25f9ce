"""Money: refunds, fees, compensation, and who pays the return freight, per currency."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection

from policy_service.contract.money import to_text
from policy_service.ledger.instants import date_of
from policy_service.ledger.reports.counting import Span, sums
from policy_service.ledger.reports.report import Chart, Column, Report, Section
from policy_service.ledger.tallying import SUMS

CURRENCY = Column("currency", ("currency", "币种"))


def report(connection: Connection, span: Span) -> Report:
    """Four sections: `totals`, `weeks`, `charges` (fees and deductions by clause), `freight` (parcels by payer)."""
    totals = sums(connection, span, "money", 1, 1 + len(SUMS))
    weeks = sums(connection, span, "money", 1, 1 + len(SUMS), by_week=True)
    charges = sums(connection, span, "clause", 5, 2)
    freight = sums(connection, span, "freight", 2, 2)
    return Report(
        "money", ("Money", "金额分析"), [_totals(totals), _weeks(weeks), _charges(charges), _freight(freight)]
    )


def _money(name: str, english: str, chinese: str) -> Column:
    return Column(name, (english, chinese), "money")


def _totals(found: list[tuple[Any, ...]]) -> Section:
    columns = (
        CURRENCY,
        _money("items", "goods", "商品"),
        _money("fees", "fees", "费用"),
        _money("deductions", "deductions", "扣减"),
        _money("other", "exchange, tax, postage, duties", "换货差价、税、邮费、关税"),
        _money("freight", "return freight charged", "向客户收取的退货运费"),
        _money("refund", "refunded in all", "退款合计"),
        _money("due", "owed by customers", "客户应付"),
        _money("coupons", "coupons", "优惠券"),
        Column("points", ("points", "积分"), "count"),
    )
    rows = [(row[0], *(to_text(each, row[0]) for each in row[2:-1]), row[-1]) for row in found]
    note = (
        "what holds now: a superseded decision no longer counts, but compensation stays given after an inspection",
        "以现行决定为准，被取代的决定不计；验货之后，已给的补偿仍计",
    )
    return Section("totals", ("Totals", "合计"), columns, rows, note)


def _weeks(found: list[tuple[Any, ...]]) -> Section:
    columns = (
        Column("week", ("week of", "周（起始日）"), "date"),
        CURRENCY,
        _money("refund", "refunded", "退款"),
        _money("fees", "fees", "费用"),
    )
    refund, fees = SUMS.index("refund"), SUMS.index("fees")
    rows = [
        (str(date_of(week)), code, to_text(totals[refund], code), to_text(totals[fees], code))
        for week, code, _, *totals in found
    ]
    return Section("weeks", ("By week", "按周"), columns, rows, chart=Chart("line", "week", "refund", "currency"))


def _charges(found: list[tuple[Any, ...]]) -> Section:
    counts: Counter[tuple[str, ...]] = Counter()
    amounts: Counter[tuple[str, ...]] = Counter()
    for clause, role, code, _, currency, count, amount in found:
        if role in ("fee", "deduction", "benefit"):
            counts[role, code, clause, currency] += count
            amounts[role, code, clause, currency] += amount
    rows = [
        (*key, count, str(amounts[key]) if key[1] == "points" else to_text(amounts[key], key[3]))
        for key, count in sorted(counts.items())
    ]
    columns = (
        Column("role", ("kind", "类别")),
        Column("code", ("code", "代码")),
        Column("clause", ("clause", "条款")),
        CURRENCY,
        Column("lines", ("lines", "行数"), "count"),
        _money("amount", "sum", "金额"),
    )
    return Section(
        "charges", ("Fees, deductions and compensation by clause", "按条款的费用、扣减与补偿"), columns, rows
    )


def _freight(found: list[tuple[Any, ...]]) -> Section:
    columns = (
        Column("payer", ("paid by", "承担方")),
        CURRENCY,
        Column("parcels", ("parcels", "包裹数"), "count"),
        _money("charged", "charged to customers", "向客户收取"),
    )
    rows = [(payer, code, parcels, to_text(charged, code)) for payer, code, parcels, charged in found]
    return Section(
        "freight", ("Return freight by payer", "退货运费承担方"), columns, rows, chart=Chart("bar", "payer", "parcels")
    )
