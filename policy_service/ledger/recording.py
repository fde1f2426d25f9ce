"""Recording a decision: the record itself, its place in the chain, and everything that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import select

from policy_service.contract.canonical import canonical
from policy_service.ledger import messages, reading, schema
from policy_service.ledger.chain import decision_digest
from policy_service.ledger.commit import Transaction
from policy_service.ledger.errors import Conflict, KeyReused, Unknown
from policy_service.ledger.instants import day_of, read_us
from policy_service.ledger.outbox import post
from policy_service.ledger.personal import take_from_request
from policy_service.ledger.postings import grounds, postings, take_back, take_back_grounds
from policy_service.ledger.records import Answer, Key, NewDecision, Stored
from policy_service.ledger.stock import move_goods

Row = dict[str, Any]


def known_answer(transaction: Transaction, key: Key | None) -> Answer | None:
    """The first answer to this key. Raises KeyReused when it was sent with something else."""
    row = transaction.answers.get((key.scope, key.key)) if key is not None else None
    if key is None or row is None:
        return None
    if row["fingerprint"] != key.fingerprint:
        raise KeyReused("this `Idempotency-Key` was used for another request", "send a new key with a new request")
    body = row["answer"]
    if body is None:
        body = transaction.execute(
            select(schema.decisions.c.decision).where(schema.decisions.c.id == row["decision"])
        ).scalar_one()
    return Answer(row["status"], bytes(body), first=False)


def remember(transaction: Transaction, key: Key | None, answer: Answer, now: int, decision: str | None = None) -> None:
    """Keeps the answer for whoever sends the key again; a decision's bytes are not kept twice."""
    if key is None:
        return
    row = {
        "scope": key.scope,
        "key": key.key,
        "fingerprint": key.fingerprint,
        "status": answer.status,
        "decision": decision,
        "answer": None if decision is not None else answer.body,
        "recorded_at": now,
    }
    transaction.add(schema.idempotency_keys, row)
    transaction.answers[key.scope, key.key] = row


def record(transaction: Transaction, new: NewDecision, key: Key | None, now: int, files: bytes | None) -> Answer:
    """Records a decision, unless its key has an answer already. `files`: the policy's documents, where they may be new.

    Raises KeyReused, Unknown, or Conflict when the decision that it supersedes has a successor.
    """
    answer = known_answer(transaction, key)
    if answer is not None:
        return answer
    before = None if new.supersedes is None else _superseded(transaction, new.supersedes)
    if files is not None:
        transaction.add(schema.policies, _policy_row(new, now, files))
    row = _add_decision(transaction, new, before, now)
    _count(transaction, row["seq"], new, before)
    case = {"merchant": row["merchant"], "case_id": row["case_id"]}
    for message in messages.of_decision(new.decision, before.decision if before else None):
        post(transaction, message, now, **case)
    for timer in messages.timers(new.decision):
        transaction.add(schema.timers, {**case, "name": timer.name, "due_at": timer.due_at, "fired_at": None})
    if new.decision["stage"] == "inspection":
        move_goods(transaction, new, before, now, **case)
    if before is not None:
        _time_stage(transaction, row, before, now)
    answer = Answer(200, new.body)
    remember(transaction, key, answer, now, str(new.decision["id"]))
    return answer


def _superseded(transaction: Transaction, id: str) -> Stored:
    before = reading.decision(transaction.execute, id)
    after = reading.successor(transaction.execute, id)
    if after is not None:
        raise Conflict(f"decision `{id}` was superseded by `{after}`", "decide on that one instead")
    return before


def _policy_row(new: NewDecision, now: int, files: bytes) -> Row:
    source = new.policy
    return {
        "digest": source.digest,
        "merchant": source.merchant,
        "version": source.version,
        "files": files,
        "recorded_at": now,
    }


def _add_decision(transaction: Transaction, new: NewDecision, before: Stored | None, now: int) -> Row:
    decision, request = new.decision, new.request
    merchant = str(decision["policy"]["merchant"])
    rest, pieces = take_from_request(request)
    case_id = before.case_id if before else request.get("case_id") or decision["id"]
    row: Row = {
        "seq": transaction.number(schema.decisions),
        "id": decision["id"],
        "merchant": merchant,
        "n": 0,
        "case_id": case_id,
        "order_id": request["order"]["id"],
        "stage": decision["stage"],
        "outcome": decision["outcome"],
        "reviewing": any(line["outcome"] == "review" for line in decision["lines"]),
        "decided_at": read_us(decision["decided_at"]),
        "recorded_at": now,
        "took_us": new.took_us,
        "policy_digest": new.policy.digest,
        "supersedes": new.supersedes,
        "act": orjson.dumps(dict(new.act)),
        "duties": orjson.dumps(new.duties.to_json()),
        "request": canonical(rest),
        "request_digest": decision["receipt"]["input"],
        "decision": new.body,
    }

    def digest(n: int) -> str:
        row["n"] = n
        return decision_digest(row)

    row["n"], row["digest"], row["link"] = transaction.chain(merchant, digest)
    transaction.add(schema.decisions, row)
    if pieces:
        transaction.add(
            schema.personal,
            {
                "record": row["id"],
                "merchant": merchant,
                "case_id": case_id,
                "customer": pieces.get("/customer/id"),
                "data": orjson.dumps(pieces),
            },
        )
    return row


def _count(transaction: Transaction, seq: int, new: NewDecision, before: Stored | None) -> None:
    for posting in postings(seq, new.decision, new.request, new.act):
        transaction.add(schema.postings, posting)
    for ground in grounds(seq, new.decision):
        transaction.add(schema.grounds, ground)
    if before is not None:
        for posting in postings(before.seq, before.decision, before.request, before.act):
            transaction.add(schema.postings, take_back(posting, seq, new.decision))
        for ground in take_back_grounds(grounds(before.seq, before.decision), seq, new.decision):
            transaction.add(schema.grounds, ground)


def _time_stage(transaction: Transaction, row: Mapping[str, Any], before: Stored, now: int) -> None:
    if before.reviewing:
        time_stage(transaction, row["id"], "review to decision", row["merchant"], before.recorded_at, now)
    elif row["stage"] == "inspection" and before.stage == "request":
        case = reading.cases(transaction.execute, [(row["merchant"], row["case_id"])])[0]
        if "received" in case.times:
            time_stage(transaction, row["id"], "receipt to inspection", row["merchant"], case.times["received"], now)


def time_stage(transaction: Transaction, record: str, stage: str, merchant: str, start: int, end: int) -> None:
    """Notes how long a step took; a clock that went back counts as no time."""
    transaction.add(
        schema.stages,
        {
            "seq": transaction.number(schema.stages),
            "record": record,
            "stage": stage,
            "merchant": merchant,
            "day": day_of(end),
            "seconds": max(0, (end - start) // 1_000_000),
        },
    )


def policy_files(transaction_or_connection: Any, digest: str) -> dict[str, str]:
    """The documents of a policy of the past: path below the rules folder to text. Raises Unknown."""
    query = select(schema.policies.c.files).where(schema.policies.c.digest == digest)
    files = transaction_or_connection.execute(query).scalar()
    if files is None:
        raise Unknown(f"the ledger has no policy of digest `{digest}`")
    found: dict[str, str] = orjson.loads(files)
    return found
