"""Unusual products: skus whose share of faults departs from that of their category, and the batches behind it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from policy_service.ledger.reports.counting import Span, share, sums
from policy_service.ledger.reports.outliers import Counted, judge
from policy_service.ledger.reports.report import Chart, Column, Report, Section
from policy_service.ledger.reports.statistics import interval
from policy_service.ledger.schema import postings as p
from policy_service.ledger.tallying import FAULT, below, signed

NAME = (Column("sku", ("sku", "SKU")), Column("category", ("category", "品类")))
COUNTS = (
    Column("lines", ("lines returned", "退货行数"), "count"),
    Column("faults", ("of them faults", "其中质量问题"), "count"),
    Column("rate", ("fault rate", "质量问题占比"), "rate"),
)


def report(connection: Connection, span: Span) -> Report:
    """Two sections: `unusual` (every sku, those that stand out first) and `batches` of those that stand out."""
    rows = _judged([(category, sku, n, k) for category, _, sku, n, k in sums(connection, span, "sku", 3, 2)])
    batches = _batches(connection, span, [row[0] for row in rows if row[-1]])
    columns = (
        *NAME,
        *COUNTS,
        Column("category_rate", ("rest of the category", "同品类其他"), "rate"),
        Column("low", ("interval from", "区间下限"), "rate"),
        Column("high", ("to", "区间上限"), "rate"),
        Column("p", ("p, corrected", "校正后 p 值"), "p"),
        Column("stands_out", ("stands out", "异常")),
    )
    note = (
        f"a fault is a reason under `{FAULT[0]}`; its share of returned lines against the rest of the category by an "
        f"exact binomial test, corrected for {len(rows)} tests",
        f"质量问题指 `{FAULT[0]}` 下的原因；与同品类其他商品比较的精确二项检验，已按 {len(rows)} 次检验校正",
    )
    unusual = Section(
        "unusual", ("Skus against their category", "与同品类比较"), columns, rows, note, Chart("bar", "sku", "rate")
    )
    by_batch = Section(
        "batches",
        ("Batches of those that stand out", "异常商品的批次"),
        (NAME[0], Column("batch", ("batch", "批次")), *COUNTS),
        [(sku, batch, n, k, share(k, n)) for sku, batch, n, k in batches],
    )
    return Report("products", ("Unusual products", "异常商品"), [unusual, by_batch])


def _judged(counts: list[tuple[str, str, int, int]]) -> list[tuple[Any, ...]]:
    categories = {sku: category for category, sku, _, _ in counts}
    everybody = [Counted(sku, n, k, _groups(category)) for category, sku, n, k in counts]
    rows = []
    for found in judge(everybody):
        sku, n, k = found.counted.name, found.counted.trials, found.counted.hits
        verdict = f"{found.verdict} faults" if found.verdict else ""
        rows.append((sku, categories[sku], n, k, found.rate, found.rest, *interval(k, n), found.p, verdict))
    return sorted(rows, key=lambda row: (row[-2], -row[4], row[0]))


def _groups(category: str) -> tuple[str, ...]:
    """The category, those above it, and everything."""
    parts = category.split("/") if category else []
    return (*("/".join(parts[:depth]) for depth in range(len(parts), 0, -1)), "")


def _batches(connection: Connection, span: Span, skus: list[str]) -> list[tuple[str, str, int, int]]:
    """Counts by batch of these skus, from the postings themselves."""
    if not skus:
        return []
    keys = (p.c.sku, p.c.batch)
    conditions = (condition(p.c) for condition in span.conditions())
    query = select(*keys, signed(), signed(below(p.c.reason, *FAULT))).where(
        p.c.sku.in_(skus), p.c.batch != "", *conditions
    )
    found = connection.execute(query.group_by(*keys).order_by(*keys))
    return [(sku, batch, int(n), int(k)) for sku, batch, n, k in found if n]
