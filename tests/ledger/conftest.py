"""A shop with a ledger, on each database that there is: SQLite always, PostgreSQL where one answers."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from policy_service.api.app import create_app
from policy_service.api.board import Board
from policy_service.api.clerk import Clerk
from policy_service.api.keeping import LedgerRecorder
from policy_service.api.ledger import resources
from policy_service.catalog.catalog import Catalog
from policy_service.ledger.ledger import Ledger
from policy_service.ledger.worker import Worker
from policy_service.service import Service
from tests.api.document import held

SERVER = os.environ.get("POLICY_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")

POLICY = """\
merchant: shop
version: "1"
effective: {from: 2025-01-01}
timezone: Asia/Shanghai
currency: CNY
clauses:
  - id: return-30
    window: {days: 30, after: delivery}
    for: [return, exchange, repair, refund_only]
  - id: restocking
    fee: {code: restocking, rate: 10%}
    when: {liability: customer}
    for: [return]
  - id: high-value
    review: {code: high_value}
    when: {line_paid: {at_least: "1000.00"}}
  - id: answer-soon
    deadline: {respond: 7 days, otherwise: approve}
    when: {channel: marketplace}
  - id: in-time
    deadline: {ship_back: 7 days, inspect: 2 days, refund: {within: 5 days, after: received}}
  - id: sorry
    compensate: {coupon: "20.00"}
    when: {liability: merchant}
  - id: gold-pickup
    grant: [free_pickup]
    when: {tier: gold}
  - id: tell
    notify: {events: [approved, denied, received, refunded, completed], via: [sms]}
  - id: ask-later
    follow_up: {after: 3 days, ask: [satisfied]}
    when: {tier: gold}
  - id: broken
    disposition: repair
    when: {condition: damaged}
  - id: used
    disposition: defective
    when: {condition: used}
  - id: fine
    disposition: sellable
  - id: many-defects
    stock_alert: {disposition: defective, reaches: 3, per: sku}
"""

NOW = datetime(2025, 6, 20, 2, 0, tzinfo=UTC)


class Clock:
    """A clock that tests move."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


class Shop:
    """The service with a ledger, and everything that tests hold on to."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url, self.clock = folder, url, Clock()
        self.rules = folder / "rules" / "shop"
        if not self.rules.exists():
            self.rules.mkdir(parents=True)
            (self.rules / "1.yaml").write_text(POLICY, encoding="utf-8")
        self.open()

    def open(self) -> None:
        """Starts it, as after a restart."""
        self.catalog = Catalog(self.folder / "rules")
        self.service = Service(self.catalog, clock=self.clock)
        self.ledger = Ledger.open(self.url, clock=self.clock)
        self.board = Board(processes=2)
        self.clerk = Clerk(self.service, self.catalog, self.ledger, self.board.row())
        recorder = LedgerRecorder(self.ledger, self.catalog)
        app = create_app(
            self.service,
            catalog=self.catalog,
            ledger=recorder,
            board=self.board,
            resources=resources(self.ledger, self.clerk),
        )
        app.wsgi_app = held(app.wsgi_app, ledger=True)  # type: ignore[method-assign]
        self.app = app
        self.client: FlaskClient = app.test_client()

    def worker(self, *webhooks: Any, **options: Any) -> Worker:
        return Worker(self.ledger, self.clerk.settle_by_clock, webhooks, **options)

    def post(self, path: str, body: Any, status: int = 200, **headers: str) -> dict[str, Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.post(path, json=body, headers=named)
        assert answer.status_code == status, answer.get_data(as_text=True)
        found: dict[str, Any] = answer.get_json()
        return found

    def get(self, path: str, status: int = 200, **query: Any) -> dict[str, Any]:
        answer = self.client.get(path, query_string={name.rstrip("_"): value for name, value in query.items()})
        assert answer.status_code == status, answer.get_data(as_text=True)
        found: dict[str, Any] = answer.get_json()
        return found

    def asked(self, **changes: Any) -> dict[str, Any]:
        return asked(**changes)

    def decide(self, **changes: Any) -> dict[str, Any]:
        return self.post("/v1/decisions", asked(**changes))

    def event(self, case: str, type: str, status: int = 201, **data: Any) -> dict[str, Any]:
        return self.post(f"/v1/cases/{case}/events", {"type": type, **data}, status)

    def messages(self, type: str | None = None) -> list[dict[str, Any]]:
        query = {"type": f"returns.{type}"} if type else {}
        return list(self.get("/v1/events", **query)["events"])


def asked(
    *,
    case: str | None = "RMA-1",
    price: str = "100.00",
    quantity: int = 1,
    tier: str = "normal",
    channel: str = "storefront",
    sku: str = "LAMP",
    customer: str | None = "C-1",
    line: dict[str, Any] | None = None,
    order_line: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A request of one line."""
    return {
        "merchant": "shop",
        "channel": channel,
        **({"case_id": case} if case else {}),
        "order": {
            "id": "SO-1",
            "currency": "CNY",
            "placed_at": "2025-06-10T10:00:00+08:00",
            "delivered_at": "2025-06-12T10:00:00+08:00",
            "lines": [{"id": "1", "sku": sku, "quantity": quantity, "unit_price": price, **(order_line or {})}],
        },
        "customer": {"tier": tier, **({"id": customer} if customer else {})},
        "lines": [
            {
                "order_line": "1",
                "quantity": quantity,
                "action": "return",
                "reason": "preference.changed_mind",
                "condition": "opened",
                **(line or {}),
            }
        ],
    }


def postgres_url() -> str | None:
    """The address of a fresh database, or None where no server answers."""
    try:
        with psycopg.connect(SERVER, autocommit=True, connect_timeout=2) as connection:
            name = f"ledger_{uuid.uuid4().hex[:12]}"
            connection.execute(f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError:
        return None
    return SERVER.rsplit("/", 1)[0] + f"/{name}"


def drop(url: str) -> None:
    """Drops a database made by `postgres_url`."""
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{url.rsplit("/", 1)[1]}" WITH (FORCE)')


HAS_POSTGRES = os.environ.get("POLICY_TEST_POSTGRES") is not None or (
    (found := postgres_url()) is not None and drop(found) is None
)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """One database on PostgreSQL for all tests of this process."""
    address = postgres_url()
    assert address is not None
    yield address
    drop(address)


def empty(address: str) -> None:
    """Empties every table; making a database takes much longer."""
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        tables = ", ".join(name for (name,) in found if name != "alembic_version")
        if tables:
            connection.execute("SET session_replication_role = replica")
            connection.execute(f"TRUNCATE {tables}")


@pytest.fixture(params=["sqlite", "postgresql"] if HAS_POSTGRES else ["sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    address: str = request.getfixturevalue("server")
    empty(address)
    return address


@pytest.fixture
def shop(url: str, tmp_path: Path) -> Iterator[Shop]:
    """A shop with a ledger in a fresh database."""
    made = Shop(tmp_path, url)
    yield made
    made.ledger.close()


@pytest.fixture
def any_shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop on SQLite, for what is the same on every database."""
    made = Shop(tmp_path / "any", f"sqlite:///{tmp_path / 'any.db'}")
    yield made
    made.ledger.close()
