"""What customers thought of it: scores of feedback, and their trend."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, func, select

from policy_service.ledger.instants import DAY, date_of, monday_of
from policy_service.ledger.reports.counting import EPOCH, Span, share
from policy_service.ledger.reports.report import Chart, Column, Report, Section
from policy_service.ledger.schema import case_events as e


def report(connection: Connection, span: Span) -> Report:
    """Two sections: `scores` and `weeks`."""
    conditions = [e.c.type == "feedback"]
    if span.merchant is not None:
        conditions.append(e.c.merchant == span.merchant)
    if span.since is not None:
        conditions.append(e.c.at >= (span.since - EPOCH).days * DAY)
    if span.until is not None:
        conditions.append(e.c.at < (span.until - EPOCH).days * DAY)
    day = e.c.at.op("/")(DAY)
    query = select(day, e.c.score, func.count()).where(*conditions).group_by(day, e.c.score)
    counts = [(int(at), int(score), int(count)) for at, score, count in connection.execute(query)]
    scores: Counter[int] = Counter()
    weeks: dict[int, Counter[int]] = {}
    for at, score, count in counts:
        scores[score] += count
        weeks.setdefault(monday_of(at), Counter())[score] += count
    first = Section(
        "scores",
        ("Scores", "评分"),
        (
            Column("score", ("score", "评分"), "count"),
            Column("answers", ("answers", "人数"), "count"),
            Column("share", ("share", "占比"), "share"),
        ),
        [(score, scores[score], share(scores[score], scores.total())) for score in range(1, 6)],
        chart=Chart("bar", "score", "answers"),
    )
    trend = Section(
        "weeks",
        ("By week", "按周"),
        (
            Column("week", ("week of", "周（起始日）"), "date"),
            Column("answers", ("answers", "人数"), "count"),
            Column("mean", ("mean score", "平均分"), "mean"),
        ),
        [
            (str(date_of(week)), found.total(), round(sum(score * n for score, n in found.items()) / found.total(), 2))
            for week, found in sorted(weeks.items())
        ],
        chart=Chart("line", "week", "mean"),
    )
    return Report("satisfaction", ("Satisfaction", "客户满意度"), [first, trend])
