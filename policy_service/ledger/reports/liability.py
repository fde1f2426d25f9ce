"""Who is liable, and which pickers and packers make more mistakes than the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from policy_service.ledger.reports.counting import Span, share, sums
from policy_service.ledger.reports.outliers import Counted, judge
from policy_service.ledger.reports.report import Chart, Column, Report, Section, Words
from policy_service.ledger.reports.statistics import interval
from policy_service.ledger.tallying import MISTAKES

WHO: dict[str, Words] = {"picker": ("Pickers", "拣货员"), "packer": ("Packers", "包装员")}


def report(connection: Connection, span: Span) -> Report:
    """Three sections: `liability`, `pickers`, `packers`."""
    liable = sums(connection, span, "liability", 1, 2)
    total = sum(count for _, count, _ in liable)
    rows = [(who, count, units, share(count, total)) for who, count, units in liable]
    columns = (
        Column("liability", ("liable", "责任方")),
        Column("lines", ("lines", "行数"), "count"),
        Column("units", ("units", "件数"), "count"),
        Column("share", ("share", "占比"), "share"),
    )
    first = Section("liability", ("Who is liable", "责任划分"), columns, rows, chart=Chart("bar", "liability", "lines"))
    return Report("liability", ("Liability", "责任分析"), [first, *(_people(connection, span, role) for role in WHO)])


def _people(connection: Connection, span: Span, role: str) -> Section:
    counts = sums(connection, span, role, 1, 2)
    columns = (
        Column(role, (role, WHO[role][1])),
        Column("lines", ("lines returned", "退货行数"), "count"),
        Column("errors", ("errors", "差错数"), "count"),
        Column("rate", ("error rate", "差错率"), "rate"),
        Column("mean", ("mean of the others", "其他人平均"), "rate"),
        Column("low", ("interval from", "区间下限"), "rate"),
        Column("high", ("to", "区间上限"), "rate"),
        Column("p", ("p, corrected", "校正后 p 值"), "p"),
        Column("stands_out", ("stands out", "异常"), "text"),
    )
    note = (
        f"an error is {', '.join(f'`{each}`' for each in MISTAKES[role])}; exact binomial test against the others, "
        f"corrected for {len(counts)} tests",
        f"差错包括 {'、'.join(MISTAKES[role])}；与其他人比较的精确二项检验，已按 {len(counts)} 次检验校正",
    )
    rows = judged([(name, lines, errors) for name, lines, errors in counts])
    return Section(f"{role}s", WHO[role], columns, rows, note, Chart("bar", role, "rate"))


def judged(counts: Sequence[tuple[str, int, int]]) -> list[tuple[Any, ...]]:
    """Each with its rate, the rate of the others, an interval, a corrected p-value, and whether it stands out."""
    rows = []
    for found in judge([Counted(name, n, k) for name, n, k in counts]):
        name, n, k = found.counted.name, found.counted.trials, found.counted.hits
        verdict = {"more": "worse", "fewer": "better"}.get(found.verdict, "")
        rows.append((name, n, k, found.rate, found.rest, *interval(k, n), found.p, verdict))
    return sorted(rows, key=lambda row: (-row[3], row[0]))
