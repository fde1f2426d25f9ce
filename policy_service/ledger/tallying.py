"""Tallies: sums by week, so that a report over a million decisions reads a few thousand rows.

A tally is one grouped select. The worker adds up what has come since the last time; a report reads these sums and runs
the same select over the few records that came later. So reports are always up to date, and recording pays nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from policy_service.ledger.commit import Transaction, dialect_insert
from policy_service.ledger.reading import Execute
from policy_service.ledger.schema import KEYS, MEASURES, grounds, heads, postings, stages, tallies

WORTH_IT: Final = 1_000
AT_ONCE: Final = 5_000

p, g = postings.c, grounds.c

FAULT: Final = ("quality",)
MISTAKES: Final = {
    "picker": ("fulfilment",),
    "packer": ("fulfilment", "logistics.damaged_in_transit", "quality.missing_parts"),
}
"""The reasons that speak of whoever picked, or packed."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One kind of sums: records of `source` by `keys`, at most five, with `sums`, at most ten."""

    kind: str
    source: Table
    keys: Sequence[Any]
    sums: Sequence[Any]
    where: ColumnElement[bool] | None = None

    def select(self, after: int, upto: int | None = None) -> Select[Any]:
        """The sums of the records after a running number."""
        table = self.source
        number = table.c.seq if table is stages else table.c.decision
        week = table.c.week if table is postings else table.c.day - (table.c.day + 3) % 7
        keys = [table.c.merchant, week, *self.keys]
        empty: list[Any] = [literal("")] * (len(KEYS) - len(self.keys))
        zeros: list[Any] = [literal(0)] * (len(MEASURES) - len(self.sums))
        sums = [cast(each, BigInteger) for each in self.sums]
        columns = [literal(self.kind), *keys, *empty, *sums, *zeros]
        query = select(*(column.label(name.name) for column, name in zip(columns, tallies.c, strict=True)))
        query = query.where(number > after).group_by(*keys)
        if upto is not None:
            query = query.where(number <= upto)
        return query if self.where is None else query.where(self.where)


def below(column: Any, *paths: str) -> ColumnElement[bool]:
    """A reason at or below one of these paths."""
    return or_(*(condition for path in paths for condition in (column == path, column.like(f"{path}.%"))))


def signed(condition: ColumnElement[bool] | None = None) -> Any:
    """Lines that hold, those of a condition: what was superseded is taken back."""
    return func.sum(p.sign if condition is None else case((condition, p.sign), else_=0))


def _amount(name: str) -> Any:
    return func.sum(p.sign * p[name])


def _people(role: str) -> Tally:
    return Tally(role, postings, [p[role]], [signed(), signed(below(p.reason, *MISTAKES[role]))], p[role] != "")


# who sends no `fit` but returns for its size has said it, too
_SMALL = or_(p.fit == "too_small", and_(p.fit == "", p.reason == "size.too_small"))
_LARGE = or_(p.fit == "too_large", and_(p.fit == "", p.reason == "size.too_large"))
_RIGHT = p.fit == "true_to_size"

SUMS: Final = ("items", "fees", "deductions", "other", "freight", "refund", "due", "coupons", "points")

# Steps of a clock that reads well: minutes up to an hour, ten minutes up to a day, hours beyond.
_STEP = case((stages.c.seconds < 3_600, 60), (stages.c.seconds < 86_400, 600), else_=3_600)
_UPTO = (stages.c.seconds // _STEP + 1) * _STEP

TALLIES: Final[Mapping[str, Tally]] = {
    tally.kind: tally
    for tally in (
        Tally("reason", postings, [p.reason], [signed(), _amount("quantity")]),
        Tally("liability", postings, [p.liability], [signed(), _amount("quantity")]),
        Tally("product", postings, [p.product, p.top], [signed()]),
        Tally(
            "sku",
            postings,
            [p.category, p.product, p.sku],
            [signed(), signed(below(p.reason, *FAULT)), signed(_SMALL), signed(_RIGHT), signed(_LARGE)],
        ),
        _people("picker"),
        _people("packer"),
        Tally("money", postings, [p.currency], [signed(), *(_amount(name) for name in SUMS)]),
        Tally("freight", postings, [p.payer, p.currency], [signed(), _amount("freight")], p.payer != ""),
        Tally(
            "clause",
            grounds,
            [g.clause, g.role, g.code, g.outcome, g.currency],
            [func.sum(g.sign), func.sum(g.sign * g.amount)],
        ),
        Tally(
            "stage",
            stages,
            [stages.c.stage, func.substr(cast(_UPTO + 1_000_000_000, stages.c.stage.type), 2)],
            [func.count()],
        ),
    )
}

_NUMBERS: Final = {
    "postings": ("#decisions", "#tallied"),
    "grounds": ("#decisions", "#tallied"),
    "stages": ("#stages", "#tallied_stages"),
}


def _standing(execute: Execute) -> dict[str, int]:
    names = {name for pair in _NUMBERS.values() for name in pair}
    return dict.fromkeys(names, 0) | {row.name: row.n for row in execute(select(heads).where(heads.c.name.in_(names)))}


def is_behind(execute: Execute) -> bool:
    """Whether enough has come to be worth adding up."""
    at = _standing(execute)
    return any(at[last] - at[tallied] >= WORTH_IT for last, tallied in _NUMBERS.values())


def advance(transaction: Transaction, at_once: int = AT_ONCE) -> int:
    """Adds up some of what has come; returns how many records that were."""
    at = _standing(transaction.execute)
    upto = {tallied: min(at[last], at[tallied] + at_once) for last, tallied in _NUMBERS.values()}
    for tally in TALLIES.values():
        tallied = _NUMBERS[tally.source.name][1]
        if upto[tallied] > at[tallied]:
            transaction.execute(_added(transaction.connection, tally.select(at[tallied], upto[tallied])))
    for tallied, n in upto.items():
        transaction.set_number(tallied, n)
    return sum(n - at[tallied] for tallied, n in upto.items())


def _added(connection: Connection, sums: Select[Any]) -> Any:
    insert = dialect_insert(connection, tallies).from_select([column.name for column in tallies.c], sums)
    grown = {name: tallies.c[name] + insert.excluded[name] for name in MEASURES}
    return insert.on_conflict_do_update(index_elements=[column.name for column in tallies.primary_key], set_=grown)


def read(
    connection: Connection, kind: str, keys: int, sums: int, *conditions: Any, by_week: bool = False
) -> list[tuple[Any, ...]]:
    """The sums of a kind by its first `keys` keys (after the week, if `by_week`), in their order, without empty groups.

    `conditions` take the columns of `tallies`.
    """
    tally = TALLIES[kind]
    after = _standing(connection.execute)[_NUMBERS[tally.source.name][1]]
    kept = select(*tallies.c).where(tallies.c.kind == kind)
    every = union_all(kept, tally.select(after)).subquery()
    columns = [every.c[name] for name in (*(("week",) if by_week else ()), *KEYS[:keys])]
    totals = [cast(func.sum(every.c[name]), BigInteger) for name in MEASURES[:sums]]
    query = select(*columns, *totals).where(*(condition(every.c) for condition in conditions)).group_by(*columns)
    rows = (tuple(row) for row in connection.execute(query.order_by(*columns)))
    return [row for row in rows if any(row[len(columns) :])]
