"""How sizes fit: skus that run small or large."""

from __future__ import annotations

from sqlalchemy import Connection

from policy_service.ledger.reports.counting import Span, share, sums
from policy_service.ledger.reports.report import Chart, Column, Report, Section
from policy_service.ledger.reports.statistics import LEVEL, corrected, exact_p, interval


def report(connection: Connection, span: Span) -> Report:
    """One section, `sizes`: of those who said how it fits, how many found it too small, right, too large."""
    answers = [(row[1], row[2], *row[5:]) for row in sums(connection, span, "sku", 3, 5)]
    counts = [row for row in answers if any(row[2:])]
    wrong = [(few, few + many) for _, _, few, _, many in counts]
    adjusted = corrected(exact_p(wrong, [0.5] * len(wrong)))
    rows = []
    for (product, sku, too_small, fits, too_large), p_value in zip(counts, adjusted, strict=True):
        unfit = too_small + too_large
        verdict = ("runs small" if too_small > too_large else "runs large") if p_value <= LEVEL else ""
        low, high = interval(too_small, unfit)
        n = unfit + fits
        rows.append(
            (
                sku,
                product,
                n,
                too_small,
                fits,
                too_large,
                share(too_small, unfit),
                low,
                high,
                round(p_value, 6),
                verdict,
            )
        )
    columns = (
        Column("sku", ("sku", "SKU")),
        Column("product", ("product", "商品")),
        Column("answers", ("answers", "反馈数"), "count"),
        Column("too_small", ("too small", "偏小"), "count"),
        Column("true_to_size", ("right", "合适"), "count"),
        Column("too_large", ("too large", "偏大"), "count"),
        Column("share_small", ("too small of the wrong ones", "不合适中偏小占比"), "share"),
        Column("low", ("interval from", "区间下限"), "rate"),
        Column("high", ("to", "区间上限"), "rate"),
        Column("p", ("p, corrected", "校正后 p 值"), "p"),
        Column("verdict", ("verdict", "结论")),
    )
    note = (
        f"too small against too large by an exact binomial test, corrected for {len(rows)} tests; 95% intervals",
        f"偏小与偏大的精确二项检验，已按 {len(rows)} 次检验校正；95% 置信区间",
    )
    rows.sort(key=lambda row: (row[9], row[0]))
    return Report(
        "sizes",
        ("Sizes", "尺码分析"),
        [Section("sizes", ("By sku", "按 SKU"), columns, rows, note, Chart("bar", "sku", "share_small"))],
    )
