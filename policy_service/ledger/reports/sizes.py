"""How sizes fit: products and skus that run small or large."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection

from policy_service.ledger.reports.counting import Span, share, sums
from policy_service.ledger.reports.report import Chart, Column, Report, Section, Words
from policy_service.ledger.reports.statistics import LEVEL, corrected, exact_p, interval

Answers = tuple[int, int, int]
"""How many found it too small, right, too large."""


def report(connection: Connection, span: Span) -> Report:
    """Two sections, `products` and `sizes` (by sku): of those who said how it fits, who found it too small or large."""
    by_sku: dict[str, Answers] = {}
    counts: dict[str, Counter[str]] = {}
    for _, product, sku, _, _, small, right, large in sums(connection, span, "sku", 3, 5):
        if small or right or large:
            by_sku[sku] = (small, right, large)
            counts.setdefault(product, Counter()).update(small=small, right=right, large=large)
    by_product = {name: (found["small"], found["right"], found["large"]) for name, found in counts.items()}
    products = _section("products", ("By product", "按商品"), ("product", ("product", "商品")), by_product.items())
    skus = _section("sizes", ("By sku", "按 SKU"), ("sku", ("sku", "SKU")), by_sku.items())
    return Report("sizes", ("Sizes", "尺码分析"), [products, skus])


def _section(name: str, title: Words, key: tuple[str, Words], found: Iterable[tuple[str, Answers]]) -> Section:
    answers = list(found)
    wrong = [(small, small + large) for _, (small, _, large) in answers]
    adjusted = corrected(exact_p(wrong, [0.5] * len(wrong)))
    rows = []
    for (who, (small, right, large)), (_, unfit), p_value in zip(answers, wrong, adjusted, strict=True):
        verdict = ("runs small" if small > large else "runs large") if p_value <= LEVEL else ""
        counted = (small + right + large, small, right, large, share(small, unfit))
        rows.append((who, *counted, *interval(small, unfit), round(p_value, 6), verdict))
    columns = (
        Column(*key),
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
    rows.sort(key=lambda row: (row[-2], row[0]))
    return Section(name, title, columns, rows, note, Chart("bar", key[0], "share_small"))
