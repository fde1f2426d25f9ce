"""the ledger: decisions, case events, outbox, stock, and the guards that keep records from being changed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEPT = ("decisions", "case_events", "policies", "outbox", "postings", "grounds", "stock_moves")
"""Tables whose rows are never changed nor deleted; the databases themselves see to it."""


def upgrade() -> None:
    op.create_table(
        "case_events",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False, comment="place in the merchant's chain"),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="when it happened"),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=True, comment="of a feedback"),
        sa.Column("data", sa.LargeBinary(), nullable=False, comment="canonical JSON without personal data"),
        sa.Column("data_digest", sa.Text(), nullable=False, comment="of all its data"),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id", name=op.f("uq_case_events_id")),
        sa.UniqueConstraint("merchant", "n", name=op.f("uq_case_events_merchant_n")),
        comment="what happened to a case after its decision; never changed",
    )
    op.create_index(op.f("ix_case_events_case_id"), "case_events", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_case_events_merchant_case_id_n"), "case_events", ["merchant", "case_id", "n"], unique=False
    )
    op.create_index("ix_case_events_score", "case_events", ["type", "score", "merchant", "at"], unique=False)
    op.create_table(
        "endpoints",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False, comment="the last message queued for it"),
        sa.PrimaryKeyConstraint("name"),
        comment="how far each webhook has been served",
    )
    op.create_table(
        "heads",
        sa.Column(
            "name", sa.Text(), nullable=False, comment="`merchant:<name>` of a chain, or `#<table>` of a running number"
        ),
        sa.Column("n", sa.BigInteger(), nullable=False, comment="the last number handed out"),
        sa.Column("link", sa.Text(), nullable=False, comment="the last link of the chain, empty for a running number"),
        sa.PrimaryKeyConstraint("name"),
        comment="where each chain and each running number stands",
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.Text(), nullable=False, comment="the caller"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False, comment="of method, path and body"),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True, comment="the decision whose bytes are the answer"),
        sa.Column("answer", sa.LargeBinary(), nullable=True, comment="the answer where it is no decision"),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key"),
        comment="first answers, given again to the same key and body",
    )
    op.create_index(op.f("ix_idempotency_keys_recorded_at"), "idempotency_keys", ["recorded_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False, comment="messages of one case are delivered in order"),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False, comment="JSON"),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
        comment="what policies oblige, as messages",
    )
    op.create_index(op.f("ix_outbox_case_id"), "outbox", ["case_id"], unique=False)
    op.create_table(
        "personal",
        sa.Column("record", sa.Text(), nullable=False, comment="id of a decision or a case event"),
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True, comment="the customer's id, or its pseudonym"),
        sa.Column(
            "data", sa.LargeBinary(), nullable=False, comment="JSON: pointer to value, what was taken out of the record"
        ),
        sa.PrimaryKeyConstraint("record"),
        comment="personal data, held apart so that it can be erased without breaking a chain",
    )
    op.create_index(op.f("ix_personal_customer"), "personal", ["customer"], unique=False)
    op.create_index(op.f("ix_personal_merchant_case_id"), "personal", ["merchant", "case_id"], unique=False)
    op.create_table(
        "policies",
        sa.Column("digest", sa.Text(), nullable=False, comment="covers the file, its includes and the statutes"),
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False, comment="JSON: path below the rules folder to text"),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
        comment="the policies of the past, so that their decisions can be made again",
    )
    op.create_table(
        "repair_orders",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column(
            "goes_to", sa.Text(), nullable=False, comment="sellable, or return_to_customer for the customer's own goods"
        ),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False, comment="its inspection was superseded"),
        sa.PrimaryKeyConstraint("id"),
        comment="goods to be mended",
    )
    op.create_index(op.f("ix_repair_orders_merchant_case_id"), "repair_orders", ["merchant", "case_id"], unique=False)
    op.create_table(
        "stages",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record", sa.Text(), nullable=False, comment="the decision or event that ended the stage"),
        sa.Column("stage", sa.Text(), nullable=False, comment="such as `shipment to receipt`"),
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False, comment="days since 1970 of its end, in UTC"),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        comment="how long each step of a case took",
    )
    op.create_table(
        "stock_alerts",
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("reaches", sa.Integer(), nullable=False),
        sa.Column("armed", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("merchant", "sku", "disposition", "clause"),
        comment="which alerts have fired and are not armed again",
    )
    op.create_table(
        "stock_moves",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False, comment="units in, or out where negative"),
        sa.Column("cause", sa.Text(), nullable=False, comment="inspection, repair_done, returned or clear"),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        comment="where returned units went; counts are sums of it",
    )
    op.create_index(op.f("ix_stock_moves_case_id"), "stock_moves", ["case_id"], unique=False)
    op.create_index("ix_stock_moves_sku", "stock_moves", ["merchant", "sku", "disposition", "quantity"], unique=False)
    op.create_table(
        "tallies",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("week", sa.Integer(), autoincrement=False, nullable=False, comment="Monday, as days since 1970"),
        sa.Column("k1", sa.Text(), nullable=False),
        sa.Column("k2", sa.Text(), nullable=False),
        sa.Column("k3", sa.Text(), nullable=False),
        sa.Column("k4", sa.Text(), nullable=False),
        sa.Column("k5", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("m1", sa.BigInteger(), nullable=False),
        sa.Column("m2", sa.BigInteger(), nullable=False),
        sa.Column("m3", sa.BigInteger(), nullable=False),
        sa.Column("m4", sa.BigInteger(), nullable=False),
        sa.Column("m5", sa.BigInteger(), nullable=False),
        sa.Column("m6", sa.BigInteger(), nullable=False),
        sa.Column("m7", sa.BigInteger(), nullable=False),
        sa.Column("m8", sa.BigInteger(), nullable=False),
        sa.Column("m9", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "merchant", "week", "k1", "k2", "k3", "k4", "k5"),
        comment="sums of postings, grounds and stages by week, up to `#tallied` and `#tallied_stages`",
    )
    op.create_table(
        "timers",
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="`ship_back_by`, `respond_by`, … or `follow_up:<clause>`"),
        sa.Column("due_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fired_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("merchant", "case_id", "name", "due_at"),
        comment="what falls due by the clock, each once",
    )
    op.create_index(
        "ix_timers_pending",
        "timers",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("fired_at IS NULL"),
        postgresql_where=sa.text("fired_at IS NULL"),
    )
    op.create_table(
        "decisions",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False, comment="place in the merchant's chain"),
        sa.Column(
            "case_id", sa.Text(), nullable=False, comment="the request's, else the id of the case's first decision"
        ),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reviewing", sa.Boolean(), nullable=False, comment="a line waits for a person"),
        sa.Column("decided_at", sa.BigInteger(), nullable=False, comment="the instant that the answer is about"),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("took_us", sa.Integer(), nullable=False, comment="time to decide, microseconds"),
        sa.Column("policy_digest", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=True, comment="id of the decision whose place this one takes"),
        sa.Column(
            "act",
            sa.LargeBinary(),
            nullable=False,
            comment="JSON: what was done (decide, inspect, resolve) and with what",
        ),
        sa.Column(
            "duties",
            sa.LargeBinary(),
            nullable=False,
            comment="JSON: what the policy obliges beyond the decision itself",
        ),
        sa.Column("request", sa.LargeBinary(), nullable=False, comment="canonical JSON without personal data"),
        sa.Column("request_digest", sa.Text(), nullable=False, comment="of the whole request as evaluated"),
        sa.Column("decision", sa.LargeBinary(), nullable=False, comment="the answer, byte for byte"),
        sa.Column("digest", sa.Text(), nullable=False, comment="of everything above"),
        sa.Column("link", sa.Text(), nullable=False, comment="sha256 of the link before and this digest"),
        sa.ForeignKeyConstraint(
            ["policy_digest"],
            ["policies.digest"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id", name=op.f("uq_decisions_id")),
        sa.UniqueConstraint("merchant", "n", name=op.f("uq_decisions_merchant_n")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_decisions_supersedes")),
        comment="every answer, as given; never changed",
    )
    op.create_index(op.f("ix_decisions_case_id"), "decisions", ["case_id"], unique=False)
    op.create_index(op.f("ix_decisions_decided_at"), "decisions", ["decided_at"], unique=False)
    op.create_index(op.f("ix_decisions_merchant_case_id"), "decisions", ["merchant", "case_id"], unique=False)
    op.create_index(op.f("ix_decisions_merchant_seq"), "decisions", ["merchant", "seq"], unique=False)
    op.create_index(op.f("ix_decisions_order_id"), "decisions", ["order_id"], unique=False)
    op.create_index(
        "ix_decisions_waiting",
        "decisions",
        ["seq"],
        unique=False,
        sqlite_where=sa.text("reviewing"),
        postgresql_where=sa.text("reviewing"),
    )
    op.create_table(
        "deliveries",
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_key", sa.Text(), nullable=False, comment="merchant and case"),
        sa.Column("state", sa.Text(), nullable=False, comment="pending, delivered or dead"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message"],
            ["outbox.seq"],
        ),
        sa.PrimaryKeyConstraint("endpoint", "message"),
        comment="one message on its way to one webhook",
    )
    op.create_index(
        op.f("ix_deliveries_endpoint_case_key_state_message"),
        "deliveries",
        ["endpoint", "case_key", "state", "message"],
        unique=False,
    )
    op.create_index(
        "ix_deliveries_pending",
        "deliveries",
        ["endpoint", "next_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "grounds",
        sa.Column("decision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sign", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False, comment="reason, fee, deduction or benefit"),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False, comment="of the line"),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision"],
            ["decisions.seq"],
        ),
        sa.PrimaryKeyConstraint("decision", "position", "sign"),
        comment="which clause stands behind what",
    )
    op.create_index("ix_grounds_clause", "grounds", ["clause", "decision"], unique=False)
    op.create_table(
        "postings",
        sa.Column("decision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "sign",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="1, or -1 to take back a superseded one",
        ),
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False, comment="days since 1970 of the request, in UTC"),
        sa.Column("week", sa.Integer(), nullable=False, comment="Monday of that day, as days since 1970"),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("top", sa.Text(), nullable=False, comment="the reason's first part"),
        sa.Column("liability", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("fit", sa.Text(), nullable=False),
        sa.Column("picker", sa.Text(), nullable=False),
        sa.Column("packer", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("items", sa.BigInteger(), nullable=False),
        sa.Column("fees", sa.BigInteger(), nullable=False),
        sa.Column("deductions", sa.BigInteger(), nullable=False),
        sa.Column(
            "other",
            sa.BigInteger(),
            nullable=False,
            comment="exchange, tax, postage out and duties of the decision, on its line 0",
        ),
        sa.Column("freight", sa.BigInteger(), nullable=False, comment="charge of the return parcel, on line 0"),
        sa.Column(
            "payer", sa.Text(), nullable=False, comment="who pays the return parcel, on line 0; empty: no parcel"
        ),
        sa.Column("coupons", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("refund", sa.BigInteger(), nullable=False, comment="total of the decision, on line 0"),
        sa.Column("due", sa.BigInteger(), nullable=False, comment="what the customer owes, on line 0"),
        sa.ForeignKeyConstraint(
            ["decision"],
            ["decisions.seq"],
        ),
        sa.PrimaryKeyConstraint("decision", "line", "sign"),
        comment="the countable facts of each line; a superseded decision is taken back by rows of sign -1",
    )
    op.create_index(op.f("ix_postings_sku"), "postings", ["sku"], unique=False)
    _guard()


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in KEPT:
            for change in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in KEPT:
        if op.get_bind().dialect.name != "sqlite":
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.drop_table("postings")
    op.drop_table("grounds")
    op.drop_table("deliveries")
    op.drop_table("decisions")
    op.drop_table("timers")
    op.drop_table("tallies")
    op.drop_table("stock_moves")
    op.drop_table("stock_alerts")
    op.drop_table("stages")
    op.drop_table("repair_orders")
    op.drop_table("policies")
    op.drop_table("personal")
    op.drop_table("outbox")
    op.drop_table("idempotency_keys")
    op.drop_table("heads")
    op.drop_table("endpoints")
    op.drop_table("case_events")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change()")
