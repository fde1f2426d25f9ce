"""Group commit: whoever comes while a commit is under way shares the next one.

Each caller hands in its work and gets an answer only when it is on disk. One of the waiting callers leads: it takes
everybody's work, does it in one transaction and wakes the others; so a lone caller pays for one commit and sixty-four
callers pay for a few. There is no thread to start, stop or lose in a fork.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Connection, Executable, Table, select

from policy_service.ledger import schema
from policy_service.ledger.chain import link
from policy_service.ledger.database import UNAVAILABLE, Database
from policy_service.ledger.errors import LedgerError, LedgerUnavailable

T = TypeVar("T")
Row = dict[str, Any]

MOST_AT_ONCE: Final = 256
IN_ORDER: Final = schema.metadata.sorted_tables
ONCE: Final = frozenset({"timers", "policies", "endpoints"})
"""Tables whose rows may be there already."""


class Transaction:
    """What one work sees: rows are gathered and written together, so works read first and add afterwards."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.answers: dict[tuple[str, str], Row | None] = {}
        self._heads: dict[str, tuple[int, str]] = {}
        self._moved: set[str] = set()
        self._rows: dict[str, list[Row]] = {}

    def add(self, table: Table, row: Row) -> None:
        """A row to be inserted with the others of its table."""
        self._rows.setdefault(table.name, []).append(row)

    def execute(self, statement: Executable, parameters: Any = None) -> Any:
        """Runs a statement that sees everything added so far."""
        self.flush()
        return self.connection.execute(statement, parameters)

    def number(self, table: Table) -> int:
        """The next running number of a table."""
        name = f"#{table.name}"
        self._load([name])
        n = self._heads[name][0] + 1
        self._heads[name] = (n, "")
        self._moved.add(name)
        return n

    def set_number(self, name: str, n: int) -> None:
        """Moves a number that does not run by itself."""
        self._heads[name] = (n, "")
        self._moved.add(name)

    def chain(self, merchant: str, digest: Callable[[int], str]) -> tuple[int, str, str]:
        """The next place in a merchant's chain: number, digest of what stands there, link."""
        name = f"merchant:{merchant}"
        self._load([name])
        n, before = self._heads[name]
        mine = digest(n + 1)
        joined = link(before, mine)
        self._heads[name] = (n + 1, joined)
        self._moved.add(name)
        return n + 1, mine, joined

    def _load(self, names: Iterable[str]) -> None:
        missing = [name for name in names if name not in self._heads]
        if missing:
            heads = schema.heads
            for row in self.connection.execute(select(heads).where(heads.c.name.in_(missing))):
                self._heads[row.name] = (row.n, row.link)
            for name in missing:
                self._heads.setdefault(name, (0, ""))

    def prepare(self, merchants: Iterable[str], keys: Iterable[tuple[str, str]]) -> None:
        """Reads at once what the works of a batch will ask for: heads and answers under idempotency keys."""
        running = [f"#{table}" for table in ("decisions", "outbox", "case_events", "stock_moves")]
        self._load([*running, *(f"merchant:{merchant}" for merchant in merchants)])
        wanted = list(keys)
        if wanted:
            self.answers.update(dict.fromkeys(wanted))
            table = schema.idempotency_keys
            found = self.connection.execute(select(table).where(table.c.key.in_({key for _, key in wanted})))
            for row in found.mappings():
                if (row["scope"], row["key"]) in self.answers:
                    self.answers[row["scope"], row["key"]] = dict(row)

    def mark(self) -> tuple[Any, ...]:
        """Where the gathered rows stand, for `back_to`."""
        return (
            {name: len(rows) for name, rows in self._rows.items()},
            dict(self._heads),
            set(self._moved),
            dict(self.answers),
        )

    def back_to(self, mark: tuple[Any, ...]) -> None:
        """Forgets what a refused work had added; it must not have written anything else."""
        lengths, self._heads, self._moved, self.answers = mark
        for name, rows in self._rows.items():
            del rows[lengths.get(name, 0) :]

    def flush(self) -> None:
        """Writes what was gathered, in an order that foreign keys allow."""
        if self._rows or self._moved:
            with self._together():
                self._write()

    def _together(self) -> AbstractContextManager[Any]:
        """PostgreSQL is told everything at once, without waiting for each answer."""
        if self.connection.dialect.name == "sqlite":
            return nullcontext()
        driver: Any = self.connection.connection.driver_connection
        together: AbstractContextManager[Any] = driver.pipeline()
        return together

    def _write(self) -> None:
        for table in IN_ORDER if self._rows else ():
            rows = self._rows.pop(table.name, None)
            if rows:
                self.connection.execute(_insert(self.connection.dialect.name, table), rows)
        if self._moved:
            moved = [
                {"name": name, "n": self._heads[name][0], "link": self._heads[name][1]} for name in sorted(self._moved)
            ]
            self.connection.execute(_upsert_heads(self.connection.dialect.name), moved)
            self._moved.clear()


@cache
def _insert(dialect: str, table: Table) -> Executable:
    """Made once: building a statement costs more than running it."""
    if table.name not in ONCE:
        return table.insert()
    insert: Executable = _insert_of(dialect, table).on_conflict_do_nothing()
    return insert


@cache
def _upsert_heads(dialect: str) -> Executable:
    insert = _insert_of(dialect, schema.heads)
    changed = {"n": insert.excluded.n, "link": insert.excluded.link}
    upsert: Executable = insert.on_conflict_do_update(index_elements=("name",), set_=changed)
    return upsert


def _insert_of(dialect: str, table: Table) -> Any:
    # Only the dialect in use, which is loaded already: the other one would take megabytes.
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)


def dialect_insert(connection: Connection, table: Table) -> Any:
    """An insert that knows `on_conflict_…`, which both databases have alike."""
    return _insert_of(connection.dialect.name, table)


Work = Callable[[Transaction], T]


@dataclass(frozen=True, slots=True)
class Job(Generic[T]):
    """A work, and what it will read: the chains of which merchants, the answers under which keys (scope, key)."""

    work: Work[T]
    merchants: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, eq=False)
class _Ticket(Generic[T]):
    work: Work[T]
    merchants: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]
    done: bool = False
    result: T | None = None
    error: BaseException | None = field(default=None)

    def settle(self, result: T | None, error: BaseException | None) -> None:
        self.result, self.error, self.done = result, error, True


class GroupCommit:
    """Does works one after another, many per transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mutex = threading.Lock()
        self._turn = threading.Lock()
        self._waiting: list[_Ticket[Any]] = []

    def submit(self, work: Work[T], *, merchants: Iterable[str] = (), keys: Iterable[tuple[str, str]] = ()) -> T:
        """The work's result, once on disk. Raises what the work raised, or LedgerUnavailable: nothing was kept."""
        ticket: _Ticket[T] = _Ticket(work, tuple(merchants), tuple(keys))
        self._settle([ticket])
        if ticket.error is not None:
            raise ticket.error
        return ticket.result  # type: ignore[return-value]

    def submit_each(self, jobs: Iterable[Job[T]]) -> list[T | BaseException]:
        """The results of many works, or what each raised, once all are on disk; they share commits."""
        tickets: list[_Ticket[T]] = [_Ticket(job.work, job.merchants, job.keys) for job in jobs]
        self._settle(tickets)
        return [ticket.result if ticket.error is None else ticket.error for ticket in tickets]  # type: ignore[misc]

    def _settle(self, tickets: Sequence[_Ticket[Any]]) -> None:
        with self._mutex:
            self._waiting.extend(tickets)
        for ticket in tickets:
            while not ticket.done:
                with self._turn:
                    if not ticket.done:
                        self._lead()

    def _lead(self) -> None:
        with self._mutex:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        try:
            self._commit(batch)
        except UNAVAILABLE as error:
            if _worth_another_try(error):
                self._again([batch])
            else:
                _fail(batch, error)
        except BaseException as error:
            if len(batch) == 1 or not isinstance(error, Exception):
                _settle_all(batch, error)
            else:  # one of them is at fault: each alone, so that it falls alone
                self._again([[ticket] for ticket in batch])

    def _again(self, batches: list[list[_Ticket[Any]]]) -> None:
        for batch in batches:
            try:
                self._commit(batch)
            except UNAVAILABLE as error:
                _fail(batch, error)
            except BaseException as error:
                _settle_all(batch, error)

    def _commit(self, batch: list[_Ticket[Any]]) -> None:
        results: list[tuple[_Ticket[Any], Any, LedgerError | None]] = []
        with self._database.writing() as connection:
            transaction = Transaction(connection)
            transaction.prepare(
                {name for ticket in batch for name in ticket.merchants},
                [key for ticket in batch for key in ticket.keys],
            )
            for ticket in batch:
                mark = transaction.mark()
                try:
                    results.append((ticket, ticket.work(transaction), None))
                except LedgerError as refusal:
                    transaction.back_to(mark)
                    results.append((ticket, None, refusal))
            transaction.flush()
        for ticket, result, refused in results:
            ticket.settle(result, refused)


def _worth_another_try(error: BaseException) -> bool:
    """The connection was found dead before anything was committed on it: a new one may do."""
    statement = getattr(error, "statement", None)
    return bool(getattr(error, "connection_invalidated", False)) and statement is not None


def _fail(batch: list[_Ticket[Any]], cause: BaseException) -> None:
    for ticket in batch:
        error = LedgerUnavailable("the ledger cannot record now", "try again with the same `Idempotency-Key`")
        error.__cause__ = cause
        ticket.settle(None, error)


def _settle_all(batch: list[_Ticket[Any]], error: BaseException) -> None:
    for ticket in batch:
        ticket.settle(None, error)
