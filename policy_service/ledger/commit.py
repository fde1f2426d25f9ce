"""Group commit: whoever comes while a commit is under way shares the next one.

Each caller hands in its work and gets an answer only when it is on disk. One of the waiting callers leads: it takes
everybody's work, does it in one transaction and wakes the others; so a lone caller pays for one commit and sixty-four
callers pay for a few. There is no thread to start, stop or lose in a fork.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Connection, Executable, Table

from policy_service.host import fresh_id
from policy_service.ledger import schema
from policy_service.ledger.chain import link
from policy_service.ledger.database import UNAVAILABLE, Database
from policy_service.ledger.errors import LedgerError, LedgerUnavailable
from policy_service.ledger.outage import Outage
from policy_service.ledger.plain import plain

T = TypeVar("T")
Row = dict[str, Any]

MOST_AT_ONCE: Final = 256
PATIENCE: Final = 30.0
"""Seconds that a caller waits for the one who leads. The databases give up sooner: this is for what nobody foresaw."""
IN_ORDER: Final = schema.metadata.sorted_tables
HEAD: Final = ("name", "n", "link")


class Transaction:
    """What one work sees: rows are gathered and written together, so works read first and add afterwards."""

    def __init__(self, connection: Connection, new_id: Callable[[], str] = fresh_id) -> None:
        self.connection = connection
        self.new_id = new_id
        self._plain = plain(connection)
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
        self._load(name)
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
        self._load(name)
        n, before = self._heads[name]
        mine = digest(n + 1)
        joined = link(before, mine)
        self._heads[name] = (n + 1, joined)
        self._moved.add(name)
        return n + 1, mine, joined

    def _load(self, name: str) -> None:
        if name not in self._heads:
            self._take([name], self._plain.heads([name]))

    def _take(self, names: Iterable[str], found: Iterable[Any]) -> None:
        self._heads.update(dict.fromkeys(names, (0, "")))
        self._heads.update((name, (n, joined)) for name, n, joined in found)

    def open(self, merchants: Iterable[str], keys: Iterable[tuple[str, str]]) -> None:
        """Waits for its turn to write and reads at once what works will ask for: heads, answers under their keys."""
        running = [f"#{table}" for table in ("decisions", "outbox", "case_events", "stock_moves")]
        names = [*running, *(f"merchant:{merchant}" for merchant in merchants)]
        self.answers.update(dict.fromkeys(keys))
        found, kept = self._plain.open(names, sorted({key for _, key in self.answers}))
        self._take(names, found)
        for row in kept:
            if (row["scope"], row["key"]) in self.answers:
                self.answers[row["scope"], row["key"]] = row

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

    def flush(self, *, last: bool = False) -> None:
        """Writes what was gathered, in an order that foreign keys allow. Nothing is added after the `last`."""
        if self._rows or self._moved:
            rows = [(table, self._rows[table.name]) for table in IN_ORDER if self._rows.get(table.name)]
            moved = [dict(zip(HEAD, (name, *self._heads[name]), strict=True)) for name in sorted(self._moved)]
            self._plain.write(rows, moved, last=last)
            self._rows.clear()
            self._moved.clear()


def dialect_insert(connection: Connection, table: Table) -> Any:
    """An insert that knows `on_conflict_…`, which both databases have alike."""
    # Only the dialect in use, which is loaded already: the other one would take megabytes.
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)


Work = Callable[[Transaction], T]


@dataclass(frozen=True, slots=True)
class Job(Generic[T]):
    """A work, and what it will read: the chains of which merchants, the answers under which keys (scope, key)."""

    work: Work[T]
    merchants: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()


class _Caller:
    """Who waits for works: asleep until all are done, or until it is its turn to lead."""

    __slots__ = ("_asleep", "_until", "open")

    def __init__(self, works: int) -> None:
        self.open = works
        self._until = time.monotonic() + PATIENCE
        self._asleep = threading.Lock()
        self._asleep.acquire()

    def sleep(self) -> bool:
        """Whether it was woken in time."""
        return self._asleep.acquire(timeout=max(0.0, self._until - time.monotonic()))

    def wake(self) -> None:
        self._asleep.release()


@dataclass(slots=True, eq=False)
class _Ticket(Generic[T]):
    work: Work[T]
    merchants: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]
    caller: _Caller
    result: T | None = None
    error: BaseException | None = field(default=None)
    settled: bool = False

    def settle(self, result: T | None, error: BaseException | None) -> None:
        """Once: what was answered stays, whatever befalls the one who leads afterwards."""
        if not self.settled:
            self.result, self.error, self.settled = result, error, True
            self.caller.open -= 1


class GroupCommit:
    """Does works one after another, many per transaction.

    Whoever comes while nobody leads, leads; who has led names the next leader and wakes those whose works are done. So
    nobody who has an answer waits behind a commit that is not theirs. Who leaves, whatever for, leads no more: one who
    left without handing on would stop all writing in this process for good.
    """

    def __init__(self, database: Database, new_id: Callable[[], str] = fresh_id) -> None:
        self.outage = Outage("the ledger cannot record")
        self._database = database
        self._new_id = new_id
        self._mutex = threading.Lock()
        self._leader: _Caller | None = None
        self._waiting: list[_Ticket[Any]] = []

    def submit(self, work: Work[T], *, merchants: Iterable[str] = (), keys: Iterable[tuple[str, str]] = ()) -> T:
        """The work's result, once on disk.

        Raises what the work raised, or LedgerUnavailable: nothing was kept, or, where the database went away during the
        commit, nobody can tell; the same key asked again can.
        """
        [ticket] = self._settled([Job(work, tuple(merchants), tuple(keys))])
        if ticket.error is not None:
            raise ticket.error
        return ticket.result  # type: ignore[return-value]

    def submit_each(self, jobs: Sequence[Job[T]]) -> list[T | BaseException]:
        """The results of many works, or what each raised, once all are on disk; they share commits.

        Raises LedgerUnavailable where whoever leads does not end.
        """
        tickets = self._settled(jobs)
        return [ticket.result if ticket.error is None else ticket.error for ticket in tickets]  # type: ignore[misc]

    def _settled(self, jobs: Sequence[Job[T]]) -> list[_Ticket[T]]:
        if not jobs:  # who has nothing to do cannot lead: it would leave without handing on
            return []
        caller = _Caller(len(jobs))
        tickets: list[_Ticket[T]] = [_Ticket(job.work, job.merchants, job.keys, caller) for job in jobs]
        try:
            with self._mutex:
                self._waiting.extend(tickets)
                self._leader = self._leader or caller
            while caller.open:
                if self._leader is caller:
                    self._lead_and_pass_on(caller)
                elif not caller.sleep():
                    late = TimeoutError(f"whoever leads has not ended in {PATIENCE:.0f} s")
                    self.outage.failed(late)
                    raise _unavailable() from late
        finally:
            if caller.open or self._leader is caller:
                self._leave(caller)
        return tickets

    def _lead_and_pass_on(self, caller: _Caller) -> None:
        """Does what waits, and names who leads next: perhaps the same caller once more."""
        with self._mutex:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        try:
            self._lead(batch)
        except BaseException as error:  # this thread is to end: the works of others were not at fault
            _fail(batch, error)
            raise
        finally:
            # Whatever ends this leader, the others must not wait for it.
            self._pass_on(caller)
            for each in {ticket.caller for ticket in batch}:
                if not each.open and each is not caller:
                    each.wake()

    def _pass_on(self, caller: _Caller) -> None:
        with self._mutex:
            if self._leader is not caller:
                return
            following = self._leader = self._waiting[0].caller if self._waiting else None
        if following is not None and following is not caller:
            following.wake()

    def _leave(self, caller: _Caller) -> None:
        """Whatever drove it away, it waits for nothing and leads nobody."""
        with self._mutex:
            self._waiting = [ticket for ticket in self._waiting if ticket.caller is not caller]
        self._pass_on(caller)

    def _lead(self, batch: list[_Ticket[Any]]) -> None:
        try:
            self._commit(batch)
        except UNAVAILABLE as error:
            if _worth_another_try(error):
                self._again([batch])
            else:
                self._failed(batch, error)
        except Exception as error:
            if len(batch) == 1:
                _settle_all(batch, error)
            else:  # one of them is at fault: each alone, so that it falls alone
                self._again([[ticket] for ticket in batch])

    def _again(self, batches: list[list[_Ticket[Any]]]) -> None:
        for batch in batches:
            try:
                self._commit(batch)
            except UNAVAILABLE as error:
                self._failed(batch, error)
            except Exception as error:
                _settle_all(batch, error)

    def _failed(self, batch: list[_Ticket[Any]], error: BaseException) -> None:
        self.outage.failed(error)
        _fail(batch, error)

    def _commit(self, batch: list[_Ticket[Any]]) -> None:
        results: list[tuple[_Ticket[Any], Any, LedgerError | None]] = []
        with self._database.beginning() as connection:
            transaction = Transaction(connection, self._new_id)
            transaction.open(
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
            transaction.flush(last=self._database.alone is None)
        self.outage.succeeded()
        for ticket, result, refused in results:
            ticket.settle(result, refused)


def _worth_another_try(error: BaseException) -> bool:
    """The connection was found dead before anything was committed on it: a new one may do."""
    statement = getattr(error, "statement", None)
    return bool(getattr(error, "connection_invalidated", False)) and statement is not None


def _fail(batch: list[_Ticket[Any]], cause: BaseException) -> None:
    for ticket in batch:
        error = _unavailable()
        error.__cause__ = cause
        ticket.settle(None, error)


def _unavailable() -> LedgerUnavailable:
    return LedgerUnavailable("the ledger cannot record now", "try again with the same `Idempotency-Key`")


def _settle_all(batch: list[_Ticket[Any]], error: BaseException) -> None:
    for ticket in batch:
        ticket.settle(None, error)
