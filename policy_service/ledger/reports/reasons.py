"""Why goods come back: shares of reasons and sub-reasons, their trend by week, by product."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection

from policy_service.ledger.instants import date_of
from policy_service.ledger.reports.counting import Span, share, sums
from policy_service.ledger.reports.report import Chart, Column, Report, Section

MOST_PRODUCTS = 20


def report(connection: Connection, span: Span) -> Report:
    """Three sections: `reasons`, `weeks`, `products`."""
    leaves = sums(connection, span, "reason", 1, 2)
    weeks = sums(connection, span, "reason", 1, 1, by_week=True)
    products = sums(connection, span, "product", 2, 1)
    return Report("reasons", ("Why goods come back", "退货原因"), [_shares(leaves), _weeks(weeks), _products(products)])


def _shares(leaves: list[tuple[str, int, int]]) -> Section:
    lines: Counter[str] = Counter()
    units: Counter[str] = Counter()
    for reason, count, quantity in leaves:
        parts = reason.split(".")
        for depth in range(1, len(parts) + 1):
            path = ".".join(parts[:depth])
            lines[path] += count
            units[path] += quantity
    total = sum(count for _, count, _ in leaves)
    rows = [
        (
            path,
            path.count("."),
            lines[path],
            units[path],
            share(lines[path], total),
            share(lines[path], _above(path, lines, total)),
        )
        for path in sorted(lines)
    ]
    columns = (
        Column("reason", ("reason", "原因")),
        Column("depth", ("depth", "层级"), "count"),
        Column("lines", ("lines", "行数"), "count"),
        Column("units", ("units", "件数"), "count"),
        Column("share", ("share of all", "占比"), "share"),
        Column("share_of_parent", ("share of parent", "占上级"), "share"),
    )
    note = ("a reason counts what lies below it, too", "各原因包含其下级原因")
    return Section(
        "reasons", ("Reasons and sub-reasons", "原因及子原因"), columns, rows, note, Chart("bar", "reason", "lines")
    )


def _above(path: str, lines: Counter[str], total: int) -> int:
    parent, dot, _ = path.rpartition(".")
    return lines[parent] if dot else total


def _weeks(found: list[tuple[int, str, int]]) -> Section:
    counts: Counter[tuple[int, str]] = Counter()
    totals: Counter[int] = Counter()
    for week, reason, count in found:
        counts[week, reason.partition(".")[0]] += count
        totals[week] += count
    rows = [
        (str(date_of(week)), top, count, share(count, totals[week])) for (week, top), count in sorted(counts.items())
    ]
    columns = (
        Column("week", ("week of", "周（起始日）"), "date"),
        Column("reason", ("reason", "原因")),
        Column("lines", ("lines", "行数"), "count"),
        Column("share", ("share of the week", "当周占比"), "share"),
    )
    return Section(
        "weeks", ("Trend by week", "每周趋势"), columns, rows, chart=Chart("line", "week", "lines", "reason")
    )


def _products(found: list[tuple[str, str, int]]) -> Section:
    counts: Counter[tuple[str, str]] = Counter()
    totals: Counter[str] = Counter()
    for product, reason, count in found:
        counts[product, reason.partition(".")[0]] += count
        totals[product] += count
    first = [product for product, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:MOST_PRODUCTS]]
    rows = [
        (product, top, count, share(count, totals[product]))
        for product in first
        for (name, top), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if name == product
    ]
    columns = (
        Column("product", ("product", "商品")),
        Column("reason", ("reason", "原因")),
        Column("lines", ("lines", "行数"), "count"),
        Column("share", ("share of the product", "占该商品"), "share"),
    )
    note = (f"the {MOST_PRODUCTS} products with the most returns", f"退货最多的 {MOST_PRODUCTS} 个商品")
    return Section("products", ("By product", "按商品"), columns, rows, note)
