"""What clauses do: how often each stands behind an approval, a denial, a review, a fee or a benefit."""

from __future__ import annotations

from sqlalchemy import Connection

from policy_service.contract.money import to_text
from policy_service.ledger.reports.counting import Span, sums
from policy_service.ledger.reports.report import Chart, Column, Report, Section


def report(connection: Connection, span: Span) -> Report:
    """One section, `clauses`."""
    rows = [
        (clause, role, code, outcome, count, _sum(role, code, amount, currency))
        for clause, role, code, outcome, currency, count, amount in sums(connection, span, "clause", 5, 2)
    ]
    columns = (
        Column("clause", ("clause", "条款")),
        Column("role", ("stands behind", "作用")),
        Column("code", ("code", "代码")),
        Column("outcome", ("outcome", "结果")),
        Column("lines", ("lines", "行数"), "count"),
        Column("amount", ("sum", "金额"), "money"),
    )
    note = ("an empty clause: no clause, such as a line that nothing permits", "条款为空表示没有条款，例如没有任何许可")
    chart = Chart("bar", "clause", "lines")
    section = Section("clauses", ("Clauses", "条款"), columns, rows, note, chart)
    return Report("clauses", ("Outcomes by clause", "按条款的结果"), [section])


def _sum(role: str, code: str, total: int, currency: str) -> str:
    if role in ("reason", "grant"):
        return ""
    return str(total) if code == "points" else f"{to_text(total, currency)} {currency}"
