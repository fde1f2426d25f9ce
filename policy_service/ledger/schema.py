"""The tables of the ledger. Instants are microseconds since 1970, UTC, sums minor units: both databases count alike.

`decisions` and `case_events` are append-only and form one hash chain per merchant; `personal` holds what can be erased;
`postings` and `grounds` are what reports count. The rest is work in hand: messages, timers, deliveries, keys.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

metadata: Final = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}
)

Serial = BigInteger().with_variant(Integer, "sqlite")
"""A number that the ledger itself hands out, in the order of commits."""

heads = Table(
    "heads",
    metadata,
    Column("name", Text, primary_key=True, comment="`merchant:<name>` of a chain, or `#<table>` of a running number"),
    Column("n", BigInteger, nullable=False, comment="the last number handed out"),
    Column("link", Text, nullable=False, comment="the last link of the chain, empty for a running number"),
    comment="where each chain and each running number stands",
)

policies = Table(
    "policies",
    metadata,
    Column("digest", Text, primary_key=True, comment="covers the file, its includes and the statutes"),
    Column("merchant", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("files", LargeBinary, nullable=False, comment="JSON: path below the rules folder to text"),
    Column("recorded_at", BigInteger, nullable=False),
    comment="the policies of the past, so that their decisions can be made again",
)

decisions = Table(
    "decisions",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("merchant", Text, nullable=False),
    Column("n", BigInteger, nullable=False, comment="place in the merchant's chain"),
    Column("case_id", Text, nullable=False, comment="the request's, else the id of the case's first decision"),
    Column("order_id", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reviewing", Boolean, nullable=False, comment="a line waits for a person"),
    Column("decided_at", BigInteger, nullable=False, comment="the instant that the answer is about"),
    Column("recorded_at", BigInteger, nullable=False),
    Column("took_us", Integer, nullable=False, comment="time to decide, microseconds"),
    Column("policy_digest", Text, ForeignKey("policies.digest"), nullable=False),
    Column("supersedes", Text, unique=True, comment="id of the decision whose place this one takes"),
    Column("act", LargeBinary, nullable=False, comment="JSON: what was done (decide, inspect, resolve) and with what"),
    Column("duties", LargeBinary, nullable=False, comment="JSON: what the policy obliges beyond the decision itself"),
    Column("request", LargeBinary, nullable=False, comment="canonical JSON without personal data"),
    Column("request_digest", Text, nullable=False, comment="of the whole request as evaluated"),
    Column("decision", LargeBinary, nullable=False, comment="the answer, byte for byte"),
    Column("digest", Text, nullable=False, comment="of everything above"),
    Column("link", Text, nullable=False, comment="sha256 of the link before and this digest"),
    UniqueConstraint("merchant", "n"),
    Index(None, "merchant", "seq"),
    Index(None, "merchant", "case_id"),
    Index(None, "case_id"),
    Index(None, "order_id"),
    Index(None, "decided_at"),
    comment="every answer, as given; never changed",
)
# Partial, as others below: which rows they hold only the migration says, for an option of a dialect's own has
# SQLAlchemy load that dialect, and a ledger uses one of the two.
Index("ix_decisions_waiting", decisions.c.seq)

case_events = Table(
    "case_events",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("merchant", Text, nullable=False),
    Column("n", BigInteger, nullable=False, comment="place in the merchant's chain"),
    Column("case_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("at", BigInteger, nullable=False, comment="when it happened"),
    Column("recorded_at", BigInteger, nullable=False),
    Column("score", SmallInteger, comment="of a feedback"),
    Column("data", LargeBinary, nullable=False, comment="canonical JSON without personal data"),
    Column("data_digest", Text, nullable=False, comment="of all its data"),
    Column("digest", Text, nullable=False),
    Column("link", Text, nullable=False),
    UniqueConstraint("merchant", "n"),
    Index(None, "merchant", "case_id", "n"),
    Index(None, "case_id"),
    Index("ix_case_events_score", "type", "score", "merchant", "at"),
    comment="what happened to a case after its decision; never changed",
)

stages = Table(
    "stages",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=False),
    Column("record", Text, nullable=False, comment="the decision or event that ended the stage"),
    Column("stage", Text, nullable=False, comment="such as `shipment to receipt`"),
    Column("merchant", Text, nullable=False),
    Column("day", Integer, nullable=False, comment="days since 1970 of its end, in UTC"),
    Column("seconds", BigInteger, nullable=False),
    comment="how long each step of a case took",
)

personal = Table(
    "personal",
    metadata,
    Column("record", Text, primary_key=True, comment="id of a decision or a case event"),
    Column("merchant", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("customer", Text, comment="the customer's id, or its pseudonym"),
    Column("data", LargeBinary, nullable=False, comment="JSON: pointer to value, what was taken out of the record"),
    Index(None, "customer"),
    Index(None, "merchant", "case_id"),
    comment="personal data, held apart so that it can be erased without breaking a chain",
)

postings = Table(
    "postings",
    metadata,
    Column("decision", BigInteger, ForeignKey("decisions.seq"), primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column(
        "sign", SmallInteger, primary_key=True, autoincrement=False, comment="1, or -1 to take back a superseded one"
    ),
    Column("merchant", Text, nullable=False),
    Column("day", Integer, nullable=False, comment="days since 1970 of the request, in UTC"),
    Column("week", Integer, nullable=False, comment="Monday of that day, as days since 1970"),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("top", Text, nullable=False, comment="the reason's first part"),
    Column("liability", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("sku", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("fit", Text, nullable=False),
    Column("picker", Text, nullable=False),
    Column("packer", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("items", BigInteger, nullable=False),
    Column("fees", BigInteger, nullable=False),
    Column("deductions", BigInteger, nullable=False),
    Column(
        "other",
        BigInteger,
        nullable=False,
        comment="exchange, tax, postage out and duties of the decision, on its line 0",
    ),
    Column("freight", BigInteger, nullable=False, comment="charge of the return parcel, on line 0"),
    Column("payer", Text, nullable=False, comment="who pays the return parcel, on line 0; empty: no parcel"),
    Column("coupons", BigInteger, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("refund", BigInteger, nullable=False, comment="total of the decision, on line 0"),
    Column("due", BigInteger, nullable=False, comment="what the customer owes, on line 0"),
    Index(None, "sku"),
    comment="the countable facts of each line; a superseded decision is taken back by rows of sign -1",
)

grounds = Table(
    "grounds",
    metadata,
    Column("decision", BigInteger, ForeignKey("decisions.seq"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("sign", SmallInteger, primary_key=True, autoincrement=False),
    Column("merchant", Text, nullable=False),
    Column("day", Integer, nullable=False),
    Column("clause", Text, nullable=False),
    Column("role", Text, nullable=False, comment="reason, fee, deduction or benefit"),
    Column("code", Text, nullable=False),
    Column("outcome", Text, nullable=False, comment="of the line"),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Index("ix_grounds_clause", "clause", "decision"),
    comment="which clause stands behind what",
)

KEYS = ("k1", "k2", "k3", "k4", "k5")
MEASURES = ("n", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9")

tallies = Table(
    "tallies",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("merchant", Text, primary_key=True),
    Column("week", Integer, primary_key=True, autoincrement=False, comment="Monday, as days since 1970"),
    *(Column(name, Text, primary_key=True) for name in KEYS),
    *(Column(name, BigInteger, nullable=False) for name in MEASURES),
    comment="sums of postings, grounds and stages by week, up to `#tallied` and `#tallied_stages`",
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("scope", Text, primary_key=True, comment="the caller"),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False, comment="of method, path and body"),
    Column("status", Integer, nullable=False),
    Column("decision", Text, comment="the decision whose bytes are the answer"),
    Column("answer", LargeBinary, comment="the answer where it is no decision"),
    Column("recorded_at", BigInteger, nullable=False),
    Index(None, "recorded_at"),
    comment="first answers, given again to the same key and body",
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("merchant", Text, nullable=False),
    Column("case_id", Text, nullable=False, comment="messages of one case are delivered in order"),
    Column("time", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False, comment="JSON"),
    Index(None, "case_id"),
    comment="what policies oblige, as messages",
)

timers = Table(
    "timers",
    metadata,
    Column("merchant", Text, primary_key=True),
    Column("case_id", Text, primary_key=True),
    Column("name", Text, primary_key=True, comment="`ship_back_by`, `respond_by`, … or `follow_up:<clause>`"),
    Column("due_at", BigInteger, primary_key=True, autoincrement=False),
    Column("fired_at", BigInteger),
    comment="what falls due by the clock, each once",
)
Index("ix_timers_pending", timers.c.due_at)

endpoints = Table(
    "endpoints",
    metadata,
    Column("name", Text, primary_key=True),
    Column("cursor", BigInteger, nullable=False, comment="the last message queued for it"),
    comment="how far each webhook has been served",
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("endpoint", Text, primary_key=True),
    Column("message", BigInteger, ForeignKey("outbox.seq"), primary_key=True, autoincrement=False),
    Column("case_key", Text, nullable=False, comment="merchant and case"),
    Column("state", Text, nullable=False, comment="pending, delivered or dead"),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    Column("last_status", Integer),
    Column("last_error", Text),
    Column("settled_at", BigInteger),
    Index(None, "endpoint", "case_key", "state", "message"),
    comment="one message on its way to one webhook",
)
Index("ix_deliveries_pending", deliveries.c.endpoint, deliveries.c.next_at)

stock_moves = Table(
    "stock_moves",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=False),
    Column("merchant", Text, nullable=False),
    Column("sku", Text, nullable=False),
    Column("disposition", Text, nullable=False),
    Column("quantity", Integer, nullable=False, comment="units in, or out where negative"),
    Column("cause", Text, nullable=False, comment="inspection, repair_done, returned or clear"),
    Column("case_id", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_stock_moves_sku", "merchant", "sku", "disposition", "quantity"),
    Index(None, "case_id"),
    comment="where returned units went; counts are sums of it",
)

stock_alerts = Table(
    "stock_alerts",
    metadata,
    Column("merchant", Text, primary_key=True),
    Column("sku", Text, primary_key=True),
    Column("disposition", Text, primary_key=True),
    Column("clause", Text, primary_key=True),
    Column("reaches", Integer, nullable=False),
    Column("armed", Boolean, nullable=False),
    Column("since", BigInteger, nullable=False),
    comment="which alerts have fired and are not armed again",
)

repair_orders = Table(
    "repair_orders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("merchant", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("sku", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("goes_to", Text, nullable=False, comment="sellable, or return_to_customer for the customer's own goods"),
    Column("opened_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("withdrawn", Boolean, nullable=False, comment="its inspection was superseded"),
    Index(None, "merchant", "case_id"),
    comment="goods to be mended",
)
