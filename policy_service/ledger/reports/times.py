"""How long each stage of a case takes, with percentiles."""

from __future__ import annotations

from sqlalchemy import Connection

from policy_service.ledger.reports.counting import Span, sums
from policy_service.ledger.reports.report import Chart, Column, Report, Section

PERCENTILES = (50, 75, 90, 95, 99)


def report(connection: Connection, span: Span) -> Report:
    """One section, `stages`: how many cases went through it, and within which time how many of a hundred did."""
    times: dict[str, list[tuple[int, int]]] = {}
    for stage, upto, count in sums(connection, span, "stage", 2, 1):
        times.setdefault(stage, []).append((int(upto), count))
    rows = []
    for stage, counts in times.items():
        total = sum(count for _, count in counts)
        rows.append((stage, total, *(_within(counts, total * percent) for percent in PERCENTILES)))
    columns = (
        Column("stage", ("stage", "阶段")),
        Column("cases", ("cases", "案件数"), "count"),
        *(Column(f"p{percent}", (f"{percent}% within", f"{percent}% 以内"), "seconds") for percent in PERCENTILES),
    )
    note = (
        "to the minute below an hour, to ten minutes below a day, to the hour beyond",
        "一小时以内精确到分钟，一天以内精确到十分钟，其余精确到小时",
    )
    section = Section("stages", ("Stages", "阶段"), columns, rows, note, Chart("bar", "stage", "p50"))
    return Report("times", ("Time between stages", "各阶段用时"), [section])


def _within(counts: list[tuple[int, int]], hundredths: int) -> int:
    """The first time at which so many (in hundredths of a case) have come through."""
    reached = 0
    for upto, count in counts:
        reached += 100 * count
        if reached >= hundredths:
            return upto
    return counts[-1][0]
