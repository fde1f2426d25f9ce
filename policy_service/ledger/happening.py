"""Recording what happens to a case: one event, its place in the chain, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import orjson

from policy_service.contract.canonical import canonical, digest
from policy_service.contract.money import to_text
from policy_service.ledger import messages, reading, schema, transitions
from policy_service.ledger.case_events import CaseEvent, data_of
from policy_service.ledger.cases import Case, EventType, Happening
from policy_service.ledger.chain import event_digest
from policy_service.ledger.commit import Transaction
from policy_service.ledger.errors import Conflict
from policy_service.ledger.instants import read_us, to_us, write_us
from policy_service.ledger.outbox import post
from policy_service.ledger.personal import take_from_event
from policy_service.ledger.recording import known_answer, remember, time_stage
from policy_service.ledger.records import Answer, Key
from policy_service.ledger.stock import close_repairs

if TYPE_CHECKING:
    from policy_service.ledger.shapes.cases import EventData, RecordedEvent

AHEAD = 300_000_000
"""How far an event's time may be ahead of our clock, microseconds."""

ENDS = {
    "shipped": (("decision to shipment", None),),
    "received": (("shipment to receipt", "shipped"),),
    "repair_done": (("repair", "repair_started"),),
    "refunded": (("receipt to refund", "received"), ("decision to refund", None)),
    "exchanged": (("receipt to exchange", "received"),),
    "closed": (("decision to close", None),),
}
"""Which stages an event ends, and the event that each began with (None: the case's first decision)."""


def happen(
    transaction: Transaction,
    merchant: str,
    case_id: str,
    type: EventType,
    event: CaseEvent,
    deadlines: Mapping[str, str | None],
    key: Key | None,
    now: int,
) -> Answer:
    """Records an event. `deadlines` are those that begin with it, where it is a receipt of goods.

    Raises Conflict when it cannot happen to the case as it stands, and KeyReused.
    """
    known = known_answer(transaction, key)
    if known is not None:
        return known
    case = reading.cases(transaction.execute, [(merchant, case_id)])[0]
    at = now if event.at is None else to_us(event.at)
    if at > now + AHEAD:
        raise Conflict(f"`{write_us(at)}` is yet to come", "an event is recorded when it has happened")
    data = data_of(event)
    transitions.admit(case, type, data)
    if type == "refunded":
        data["amount"] = to_text(transitions.amount(case, data), case.currency)
    if deadlines:
        data["deadlines"] = dict(deadlines)
    row = _add(transaction, case, type, at, data, now)
    _follow(transaction, case, row, data, now)
    after = Case(merchant, case_id, case.decisions, [*case.events, Happening(row["id"], row["n"], type, at, now, data)])
    said: RecordedEvent = {
        "id": row["id"],
        "case_id": case_id,
        "merchant": merchant,
        "type": type,
        "at": write_us(at),
        "data": cast("EventData", data),
        "state": after.state,
    }
    answer = Answer(201, orjson.dumps(said))
    remember(transaction, key, answer, now)
    return answer


def _add(transaction: Transaction, case: Case, type: str, at: int, data: dict[str, Any], now: int) -> dict[str, Any]:
    rest, pieces = take_from_event(data)
    row: dict[str, Any] = {
        "seq": transaction.number(schema.case_events),
        "id": transaction.new_id(),
        "merchant": case.merchant,
        "n": 0,
        "case_id": case.id,
        "type": type,
        "at": at,
        "recorded_at": now,
        "score": data.get("score"),
        "data": canonical(rest),
        "data_digest": digest(data),
    }

    def bind(n: int) -> str:
        row["n"] = n
        return event_digest(row)

    row["n"], row["digest"], row["link"] = transaction.chain(case.merchant, bind)
    transaction.add(schema.case_events, row)
    if pieces:
        kept = {"record": row["id"], "merchant": case.merchant, "case_id": case.id, "customer": None}
        transaction.add(schema.personal, {**kept, "data": orjson.dumps(pieces)})
    return row


def _follow(transaction: Transaction, case: Case, row: Mapping[str, Any], data: Mapping[str, Any], now: int) -> None:
    place = {"merchant": case.merchant, "case_id": case.id}
    duties = {decision.id: decision.duties for decision in case.effective}
    for message in messages.of_event(row["type"], {"at": write_us(row["at"])}, duties):
        post(transaction, message, now, **place)
    for name, at in (data.get("deadlines") or {}).items():
        if at is not None:
            transaction.add(schema.timers, {**place, "name": name, "due_at": read_us(at), "fired_at": None})
    first = read_us(case.decisions[0].decision["decided_at"])
    for stage, since in ENDS.get(row["type"], ()):
        start = first if since is None else case.times.get(since)
        if start is not None and row["type"] not in case.times:
            time_stage(transaction, row["id"], stage, case.merchant, start, row["at"])
    if (row["type"] == "repair_done" and case.repairs == 1) or row["type"] == "closed":
        close_repairs(transaction, now, **place)
