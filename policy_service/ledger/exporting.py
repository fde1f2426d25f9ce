"""Exports: decisions with their requests, as JSON lines or as Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from policy_service.ledger.errors import NotInstalled
from policy_service.ledger.ledger import Ledger
from policy_service.ledger.reading import Filter
from policy_service.ledger.records import Stored

BATCH = 500


def each(ledger: Ledger, wanted: Filter) -> Iterator[Stored]:
    """The decisions, the latest recorded first."""
    cursor = None
    while True:
        page = ledger.decisions(wanted, cursor, BATCH)
        yield from page.items
        if page.next is None:
            return
        cursor = page.next


def write_jsonl(ledger: Ledger, wanted: Filter, target: Path) -> int:
    """One line per decision: what was done, the request as evaluated, the decision. Returns how many."""
    count = 0
    with target.open("wb") as file:
        for item in each(ledger, wanted):
            line = {
                "id": item.id,
                "case_id": item.case_id,
                "recorded_at": item.recorded,
                "supersedes": item.supersedes,
                "act": item.act,
                "request": item.request,
                "decision": orjson.Fragment(item.body),
            }
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
            count += 1
    return count


def write_parquet(ledger: Ledger, wanted: Filter, target: Path) -> int:
    """One row per decision: columns to filter by, and request and decision as JSON text. Returns how many.

    Raises NotInstalled.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        mend = "install `policy-service[analytics]`, or write `.jsonl`"
        raise NotInstalled("Parquet", "pyarrow", mend) from None

    columns = ("id", "merchant", "case_id", "order_id", "stage", "outcome", "currency", "refund", "amount_due")
    texts = ("policy_version", "policy_digest", "supersedes", "act", "request", "decision")
    schema = pa.schema(
        [
            *((name, pa.string()) for name in (*columns, *texts)),
            ("decided_at", pa.timestamp("us", tz="UTC")),
            ("recorded_at", pa.timestamp("us", tz="UTC")),
        ]
    )
    count = 0
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        rows: list[dict[str, Any]] = []
        for item in each(ledger, wanted):
            rows.append(_row(item))
            count += 1
            if len(rows) == BATCH:
                writer.write_table(pa.Table.from_pylist(rows, schema))
                rows = []
        if rows:
            writer.write_table(pa.Table.from_pylist(rows, schema))
    return count


def _row(item: Stored) -> dict[str, Any]:
    from datetime import datetime

    refund = item.decision["refund"]
    return {
        "id": item.id,
        "merchant": item.merchant,
        "case_id": item.case_id,
        "order_id": item.request["order"]["id"],
        "stage": item.stage,
        "outcome": item.outcome,
        "currency": refund["currency"],
        "refund": refund["total"],
        "amount_due": refund["amount_due"],
        "policy_version": item.decision["policy"]["version"],
        "policy_digest": item.policy_digest,
        "supersedes": item.supersedes,
        "act": orjson.dumps(item.act).decode(),
        "request": orjson.dumps(item.request).decode(),
        "decision": item.body.decode(),
        "decided_at": datetime.fromisoformat(item.decision["decided_at"]),
        "recorded_at": item.recorded_at,
    }
