"""Deliveries: which message goes to which webhook when, tried again with growing pauses, given up visibly.

Messages of one case go to one webhook in order: a later one waits until those before it were delivered or given up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, select, update

from policy_service.ledger import reading, schema
from policy_service.ledger.commit import Transaction
from policy_service.ledger.errors import BadQuery, Unknown
from policy_service.ledger.instants import write_us
from policy_service.ledger.reading import Execute, Page
from policy_service.ledger.webhooks import Sent, Webhook, send

if TYPE_CHECKING:
    from policy_service.ledger.shapes.messages import Delivery

PAUSES: Final = (1, 5, 30, 120, 600, 3_600, 10_800, 36_000)
"""Seconds before each further attempt; after the last the message is dead."""
TIMEOUT: Final = 10.0
SENDERS: Final = 16
"""How many messages are sent side by side. No more are taken at once: one that waited would outlast its lease."""
QUEUED_AT_ONCE: Final = 1_000
STATES: Final = ("pending", "delivered", "dead")
SECOND: Final = 1_000_000

Job = tuple[Webhook, Mapping[str, Any]]


def queue(transaction: Transaction, webhook: Webhook, now: int) -> int:
    """Queues the messages that came since the last time for one webhook; returns how many were looked at."""
    table = schema.endpoints
    cursor = transaction.execute(select(table.c.cursor).where(table.c.name == webhook.name)).scalar()
    if cursor is None:
        transaction.add(table, {"name": webhook.name, "cursor": 0})
        cursor = 0
    outbox = schema.outbox
    fresh = select(outbox).where(outbox.c.seq > cursor).order_by(outbox.c.seq).limit(QUEUED_AT_ONCE)
    rows = transaction.execute(fresh).mappings().all()
    for row in rows:
        if webhook.wants(row):
            transaction.add(
                schema.deliveries,
                {
                    "endpoint": webhook.name,
                    "message": row["seq"],
                    "case_key": f"{row['merchant']}\n{row['case_id']}",
                    "state": "pending",
                    "attempts": 0,
                    "next_at": now,
                    "leased_until": 0,
                    "last_status": None,
                    "last_error": None,
                    "settled_at": None,
                },
            )
    if rows:
        transaction.execute(update(table).where(table.c.name == webhook.name).values(cursor=rows[-1]["seq"]))
    return len(rows)


def take(transaction: Transaction, webhook: Webhook, now: int, timeout: float) -> list[Mapping[str, Any]]:
    """Takes messages that are due, at most one per case, so that no other worker sends them meanwhile."""
    mine, earlier = schema.deliveries, schema.deliveries.alias()
    before = (
        select(earlier.c.message)
        .where(
            earlier.c.endpoint == mine.c.endpoint,
            earlier.c.case_key == mine.c.case_key,
            earlier.c.state == "pending",
            earlier.c.message < mine.c.message,
        )
        .exists()
    )
    due = (
        mine.c.endpoint == webhook.name,
        mine.c.state == "pending",
        mine.c.next_at <= now,
        mine.c.leased_until <= now,
    )
    query = (
        select(schema.outbox, mine.c.attempts)
        .join(schema.outbox, schema.outbox.c.seq == mine.c.message)
        .where(*due, ~before)
        .order_by(mine.c.message)
        .limit(SENDERS)
    )
    rows = transaction.execute(query).mappings().all()
    if rows:
        taken = mine.c.message.in_([row["seq"] for row in rows])
        until = now + int((2 * timeout + 5) * SECOND)
        transaction.execute(update(mine).where(mine.c.endpoint == webhook.name, taken).values(leased_until=until))
    return list(rows)


def settle(
    transaction: Transaction, webhook: Webhook, results: Sequence[tuple[Mapping[str, Any], Sent]], now: int
) -> None:
    """Writes down how deliveries went."""
    table = schema.deliveries
    for row, sent in results:
        attempts = row["attempts"] + 1
        values: dict[str, Any] = {
            "attempts": attempts,
            "leased_until": 0,
            "last_status": sent.status,
            "last_error": sent.error,
        }
        if sent.ok:
            values |= {"state": "delivered", "settled_at": now}
        elif attempts > len(PAUSES):
            values |= {"state": "dead", "settled_at": now}
        else:
            values["next_at"] = now + pause(attempts, row["id"])
        one = (table.c.endpoint == webhook.name, table.c.message == row["seq"], table.c.state == "pending")
        transaction.execute(update(table).where(*one).values(**values))


def pause(attempts: int, id: str) -> int:
    """Microseconds until the next attempt: up to a fifth longer, so that not all come back at once."""
    seconds = PAUSES[attempts - 1]
    return seconds * SECOND + seconds * SECOND // 5 * int(id[-2:], 16) // 255


def deliver(
    write: Callable[[Callable[[Transaction], Any]], Any],
    clock: Callable[[], int],
    reader: Callable[[], AbstractContextManager[Connection]],
    webhook: Webhook,
    executor: Executor,
    timeout: float = TIMEOUT,
) -> int:
    """One round for one webhook: queues, takes, sends side by side, writes down. Returns how many were sent."""
    with reader() as connection:
        if not _anything(connection.execute, webhook, clock()):
            return 0
    write(lambda transaction: queue(transaction, webhook, clock()))
    rows: list[Mapping[str, Any]] = write(lambda transaction: take(transaction, webhook, clock(), timeout))
    if not rows:
        return 0
    timestamp = clock() // SECOND
    sent = list(executor.map(lambda row: send(webhook, row, timestamp, timeout), rows))
    write(lambda transaction: settle(transaction, webhook, list(zip(rows, sent, strict=True)), clock()))
    return len(rows)


def _anything(execute: Execute, webhook: Webhook, now: int) -> bool:
    """Whether there is something to queue or to send: a look that takes no lock."""
    outbox, mine = schema.outbox.c, schema.deliveries.c
    cursor = execute(select(schema.endpoints.c.cursor).where(schema.endpoints.c.name == webhook.name)).scalar() or 0
    if execute(select(outbox.seq).where(outbox.seq > cursor).limit(1)).first() is not None:
        return True
    due = (mine.endpoint == webhook.name, mine.state == "pending", mine.next_at <= now, mine.leased_until <= now)
    return execute(select(mine.message).where(*due).limit(1)).first() is not None


def page(
    execute: Execute, *, endpoint: str | None, state: str | None, cursor: str | None, limit: int
) -> Page[Delivery]:
    """Deliveries in the order of messages. Raises BadQuery."""
    if state is not None and state not in STATES:
        raise BadQuery(f"`{state}` is not a state of a delivery", f"one of {', '.join(STATES)}")
    table = schema.deliveries
    query = (
        select(table, schema.outbox.c.id, schema.outbox.c.type, schema.outbox.c.merchant, schema.outbox.c.case_id)
        .join(schema.outbox, schema.outbox.c.seq == table.c.message)
        .order_by(table.c.message, table.c.endpoint)
        .limit(limit + 1)
    )
    if endpoint is not None:
        query = query.where(table.c.endpoint == endpoint)
    if state is not None:
        query = query.where(table.c.state == state)
    after = reading.read_pair(cursor, int, str)
    if after is not None:
        number, name = after
        query = query.where((table.c.message > number) | ((table.c.message == number) & (table.c.endpoint > name)))
    rows = list(execute(query).mappings())
    kept = rows[:limit]
    last = reading.write_cursor(kept[-1]["message"], kept[-1]["endpoint"]) if len(rows) > limit else None
    return Page([_delivery(row) for row in kept], last)


def _delivery(row: Mapping[str, Any]) -> Delivery:
    pending = row["state"] == "pending"
    return {
        "endpoint": row["endpoint"],
        "id": row["id"],
        "type": row["type"],
        "merchant": row["merchant"],
        "case_id": row["case_id"],
        "state": row["state"],
        "attempts": row["attempts"],
        "next_at": write_us(row["next_at"]) if pending else None,
        "last_status": row["last_status"],
        "last_error": row["last_error"],
    }


def again(transaction: Transaction, endpoint: str | None, id: str | None, now: int) -> int:
    """Queues dead messages again, or one message whatever became of it. Raises Unknown."""
    table = schema.deliveries
    wanted = [] if endpoint is None else [table.c.endpoint == endpoint]
    if id is None:
        wanted.append(table.c.state == "dead")
    else:
        number = transaction.execute(select(schema.outbox.c.seq).where(schema.outbox.c.id == id)).scalar()
        if number is None:
            raise Unknown(f"there is no message `{id}`")
        wanted.append(table.c.message == number)
    values = {"state": "pending", "attempts": 0, "next_at": now, "leased_until": 0, "settled_at": None}
    return int(transaction.execute(update(table).where(*wanted).values(**values)).rowcount)
