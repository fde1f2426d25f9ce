"""The outbox: messages as CloudEvents 1.0, kept with the record that gave rise to them, in the same commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import orjson
from sqlalchemy import select

from policy_service.ledger import reading, schema
from policy_service.ledger.commit import Transaction
from policy_service.ledger.instants import write_us
from policy_service.ledger.messages import Message
from policy_service.ledger.reading import Execute, Page

if TYPE_CHECKING:
    from policy_service.ledger.shapes.messages import CloudEvent, Envelope

PREFIX = "returns."
CONTENT_TYPE = "application/cloudevents+json"


def post(transaction: Transaction, message: Message, now: int, *, merchant: str, case_id: str) -> None:
    """Puts a message into the outbox."""
    transaction.add(
        schema.outbox,
        {
            "seq": transaction.number(schema.outbox),
            "id": transaction.new_id(),
            "type": PREFIX + message.type,
            "merchant": merchant,
            "case_id": case_id,
            "time": now,
            "data": orjson.dumps(message.data),
        },
    )


def cloud_event(row: Mapping[str, Any]) -> CloudEvent:
    """A message as a CloudEvent in structured mode; `sequence` is the extension of that name: it shows order."""
    envelope: Envelope = {
        "specversion": "1.0",
        "id": row["id"],
        "source": f"/merchants/{row['merchant']}",
        "subject": f"cases/{row['case_id']}",
        "time": write_us(row["time"]),
        "datacontenttype": "application/json",
        "sequence": f"{row['seq']:020d}",
    }
    return cast("CloudEvent", {**envelope, "type": row["type"], "data": orjson.loads(row["data"])})


def page(
    execute: Execute, *, merchant: str | None, case_id: str | None, type: str | None, cursor: str | None, limit: int
) -> Page[CloudEvent]:
    """Messages in the order of commits. The cursor of the last page is good for asking again later."""
    table = schema.outbox
    after = reading.read_cursor(cursor) or 0
    query = select(table).where(table.c.seq > after).order_by(table.c.seq).limit(limit)
    for column, value in ((table.c.merchant, merchant), (table.c.case_id, case_id), (table.c.type, type)):
        if value is not None:
            query = query.where(column == value)
    rows = execute(query).mappings().all()
    last = rows[-1]["seq"] if rows else after
    return Page([cloud_event(row) for row in rows], reading.write_cursor(last))
