"""Verifying the ledger: every record against its digest, every link against the one before, every chain to its head."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Any

from sqlalchemy import Connection, Table, select

from policy_service.contract.canonical import digest
from policy_service.ledger import chain, personal, schema

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold: the merchant, the place in the chain, the record and what is wrong with it."""

    merchant: str
    n: int
    record: str
    what: str


@dataclass(slots=True)
class Chain:
    """One merchant's chain: how many records, how many with personal data erased, its last link, and its breaks."""

    merchant: str
    records: int
    erased: int
    link: str
    breaks: list[Break]


def verify(connection: Connection, merchant: str | None = None) -> list[Chain]:
    """Every chain, or one merchant's."""
    heads = {
        row.name.partition(":")[2]: row
        for row in connection.execute(select(schema.heads).where(schema.heads.c.name.like("merchant:%")))
    }
    found = set(heads) | {row[0] for row in connection.execute(select(schema.decisions.c.merchant).distinct())}
    return [_verify_one(connection, name, heads.get(name)) for name in sorted(found) if merchant in (None, name)]


def _verify_one(connection: Connection, merchant: str, head: Any) -> Chain:
    made = Chain(merchant, 0, 0, "", [])
    rows = merge(
        _rows(connection, schema.decisions, merchant),
        _rows(connection, schema.case_events, merchant),
        key=lambda row: row["n"],
    )
    for row in rows:
        _verify_row(made, row)
    if head is None or head.n != made.records or head.link != made.link:
        said = "no head" if head is None else f"a head at {head.n}"
        made.breaks.append(Break(merchant, made.records, "", f"the chain has {made.records} records and {said}"))
    return made


def _verify_row(made: Chain, row: Any) -> None:
    expected = made.records + 1

    def wrong(what: str) -> None:
        made.breaks.append(Break(made.merchant, row["n"], row["id"], what))

    if row["n"] != expected:
        wrong(f"place {expected} of the chain is missing" if row["n"] > expected else "the place is taken twice")
    is_decision = "decision" in row
    mine = chain.decision_digest(row) if is_decision else chain.event_digest(row)
    if mine != row["digest"]:
        wrong("the record was changed")
    if chain.link(made.link, mine) != row["link"]:
        wrong("the link does not fit the one before")
    whole = personal.read(row["request"] if is_decision else row["data"], row["pieces"])
    if digest(whole) != row["request_digest" if is_decision else "data_digest"]:
        if row["pieces"] is None:
            made.erased += 1
        else:
            wrong("its personal data was changed")
    made.records, made.link = row["n"], row["link"]


def _rows(connection: Connection, table: Table, merchant: str) -> Iterator[Any]:
    joined = table.outerjoin(schema.personal, schema.personal.c.record == table.c.id)
    query = select(table, schema.personal.c.data.label("pieces")).select_from(joined)
    after = 0
    while True:
        some = query.where(table.c.merchant == merchant, table.c.n > after).order_by(table.c.n).limit(BATCH)
        rows = connection.execute(some).mappings().all()
        yield from rows
        if len(rows) < BATCH:
            return
        after = rows[-1]["n"]
