"""The ledger: everything that is kept, behind one door.

    ledger = Ledger.open("sqlite:///policy-ledger.db")
    answer = ledger.record(new_decision, key)

Writes return when they are on disk. They raise LedgerUnavailable when nothing could be kept, and the refusals of
`policy_service.ledger.errors`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, select

from policy_service.host import fresh_id, system_clock
from policy_service.ledger import (
    delivering,
    erasing,
    falling_due,
    outbox,
    reading,
    recording,
    schema,
    stock,
    tallying,
    trial,
    verifying,
)
from policy_service.ledger.case_events import CaseEvent
from policy_service.ledger.cases import Case
from policy_service.ledger.commit import GroupCommit, Job, Transaction, Work
from policy_service.ledger.database import DEFAULT_URL, Database
from policy_service.ledger.errors import KeyReused, LedgerUnavailable
from policy_service.ledger.happening import happen
from policy_service.ledger.instants import to_us
from policy_service.ledger.personal import Pseudonyms
from policy_service.ledger.reading import Filter, Page
from policy_service.ledger.records import Answer, BatchKey, Key, NewDecision, Stored

if TYPE_CHECKING:
    from policy_service.ledger.shapes.messages import CloudEvent, Delivery
    from policy_service.ledger.shapes.stock import StockCount

Clock = Callable[[], datetime]


class Ledger:
    """The ledger of one database. Safe between threads; several processes may share the database."""

    def __init__(
        self, database: Database, *, clock: Clock = system_clock, pseudonyms: Pseudonyms | None = None
    ) -> None:
        self.database = database
        self.clock = clock
        self.new_id: Callable[[], str] = fresh_id
        self.pseudonyms = pseudonyms
        self._commits = GroupCommit(database, lambda: self.new_id())
        self._trying = Lock()
        # Digests that are on disk. What an earlier answer was given for stored none, and neither did what failed.
        self._policies: set[str] = set()

    @classmethod
    def open(
        cls, url: str = DEFAULT_URL, *, clock: Clock = system_clock, pseudonyms: Pseudonyms | None = None
    ) -> Ledger:
        """The ledger at that address, its schema brought up to date. Raises LedgerUnavailable."""
        database = Database(url)
        database.migrate()
        return cls(database, clock=clock, pseudonyms=pseudonyms)

    def close(self) -> None:
        """Gives back every connection."""
        self.database.close()

    def now(self) -> int:
        """The clock, in microseconds."""
        return to_us(self.clock())

    def write(self, work: Work[Any], merchants: Sequence[str] = (), key: Key | None = None) -> Any:
        """Does a piece of work with others of its time in one commit."""
        keys = [(key.scope, key.key)] if key is not None else []
        return self._commits.submit(work, merchants=merchants, keys=keys)

    def record(self, new: NewDecision, key: Key | None = None) -> Answer:
        """Records a decision and what follows from it, and gives the answer: an earlier one where the key has one.

        Raises KeyReused, Unknown, Conflict (the decision to supersede has a successor) or LedgerUnavailable.
        """
        files = self._files(new)
        now = self.now()
        answer: Answer = self.write(lambda t: recording.record(t, new, key, now, files), [new.policy.merchant], key)
        if answer.first:
            self._policies.add(new.policy.digest)
        return answer

    def record_each(self, all: Sequence[tuple[NewDecision, BatchKey | None]]) -> list[Answer | BaseException]:
        """Records many decisions in as few commits as it takes: the answer to each, or what `record` would raise."""
        now = self.now()
        files = {digest: self._files(new) for digest, new in {new.policy.digest: new for new, _ in all}.items()}
        results = self._commits.submit_each([self._job(new, key, now, files[new.policy.digest]) for new, key in all])
        for (new, _), result in zip(all, results, strict=True):
            if isinstance(result, Answer) and result.first:
                self._policies.add(new.policy.digest)
        return results

    def _job(self, new: NewDecision, key: BatchKey | None, now: int, files: bytes | None) -> Job[Answer]:
        def work(transaction: Transaction) -> Answer:
            if key is not None and recording.known_answer(transaction, key.whole) is None:
                recording.remember(transaction, key.whole, Answer(200, b""), now)
            return recording.record(transaction, new, None if key is None else key.own, now, files)

        keys = () if key is None else tuple((each.scope, each.key) for each in (key.whole, key.own))
        return Job(work, (new.policy.merchant,), keys)

    def _files(self, new: NewDecision) -> bytes | None:
        known = new.policy.digest in self._policies
        return None if known else orjson.dumps(dict(new.policy.files()))

    def answered(self, key: Key) -> Answer | None:
        """The first answer to a key, if there is one: a look before the work of deciding. Raises KeyReused."""
        with self.database.reading() as connection:
            table = schema.idempotency_keys
            row = (
                connection.execute(select(table).where(table.c.scope == key.scope, table.c.key == key.key))
                .mappings()
                .first()
            )
            if row is None:
                return None
            transaction = Transaction(connection)
            transaction.answers[key.scope, key.key] = dict(row)
            return recording.known_answer(transaction, key)

    def event(
        self,
        merchant: str,
        case_id: str,
        event: CaseEvent,
        deadlines: Mapping[str, str | None] | None = None,
        key: Key | None = None,
    ) -> Answer:
        """Records what happened to a case. Raises Conflict when it cannot, KeyReused or LedgerUnavailable."""
        now = self.now()
        answer: Answer = self.write(
            lambda t: happen(t, merchant, case_id, event.type, event, deadlines or {}, key, now), [merchant], key
        )
        return answer

    def owner(self, case_id: str, merchant: str | None = None) -> str:
        """Whose case it is. Raises Unknown, or Conflict where merchants share its name and none was said."""
        with self.database.reading() as connection:
            return reading.owner(connection.execute, case_id, merchant)

    def decision(self, id: str) -> Stored:
        """A decision. Raises Unknown."""
        with self.database.reading() as connection:
            return reading.decision(connection.execute, id)

    def successor(self, id: str) -> str | None:
        """The decision that took its place, if one did."""
        with self.database.reading() as connection:
            return reading.successor(connection.execute, id)

    def decisions(self, wanted: Filter, cursor: str | None = None, limit: int = 50) -> Page[Stored]:
        """Decisions, the latest recorded first. Raises BadQuery for a cursor that is none."""
        with self.database.reading() as connection:
            return reading.page(connection.execute, wanted, cursor, limit)

    def reviews(self, merchant: str | None = None, cursor: str | None = None, limit: int = 50) -> Page[Stored]:
        """What waits for a person, the oldest first."""
        with self.database.reading() as connection:
            return reading.waiting(connection.execute, merchant, cursor, limit)

    def case(self, id: str, merchant: str | None = None) -> Case:
        """A case. Raises Unknown, or Conflict where merchants share its name."""
        with self.database.reading() as connection:
            return reading.case(connection.execute, id, merchant)

    def cases(
        self,
        keep: Callable[[Case], bool],
        merchant: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Case]:
        """Cases for which `keep` holds, the latest first; a page may be short, its cursor goes on where it stopped."""
        found: list[Case] = []
        with self.database.reading() as connection:
            for _ in range(20):
                keys = reading.case_keys(connection.execute, merchant, cursor, 250)
                cases = reading.cases(connection.execute, [(name, id) for _, name, id in keys]) if keys else []
                for (number, _, _), case in zip(keys, cases, strict=True):
                    if keep(case):
                        found.append(case)
                    cursor = reading.write_cursor(number)
                    if len(found) == limit:
                        return Page(found, cursor)
                if len(keys) < 250:
                    return Page(found, None)
        return Page(found, cursor)

    def messages(
        self,
        merchant: str | None = None,
        case_id: str | None = None,
        type: str | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> Page[CloudEvent]:
        """Messages of the outbox as CloudEvents, the oldest first."""
        with self.database.reading() as connection:
            return outbox.page(
                connection.execute, merchant=merchant, case_id=case_id, type=type, cursor=cursor, limit=limit
            )

    def deliveries(
        self, endpoint: str | None = None, state: str | None = None, cursor: str | None = None, limit: int = 100
    ) -> Page[Delivery]:
        """Messages on their way to webhooks, in the order of messages. Raises BadQuery."""
        with self.database.reading() as connection:
            return delivering.page(connection.execute, endpoint=endpoint, state=state, cursor=cursor, limit=limit)

    def redeliver(self, endpoint: str | None = None, id: str | None = None) -> int:
        """Queues dead messages again, or one message by its id; returns how many. Raises Unknown."""
        now = self.now()
        return int(self.write(lambda transaction: delivering.again(transaction, endpoint, id, now)))

    def ping(self) -> None:
        """Raises LedgerUnavailable while the database does not answer, or where the last commit failed and one that is
        tried now fails too."""
        with self.database.reading() as connection:
            connection.execute(select(1))
        since = self._commits.outage.since
        if since is None:
            return
        # One at a time: a try may take as long as a locked database makes it wait.
        if self._trying.acquire(blocking=False):
            try:
                self.write(trial.write)
                return
            except LedgerUnavailable:
                pass
            finally:
                self._trying.release()
        raise LedgerUnavailable(f"the ledger cannot record since {since:%Y-%m-%dT%H:%M:%SZ}", "the log names the cause")

    def stock(
        self, merchant: str | None = None, sku: str | None = None, cursor: str | None = None, limit: int = 100
    ) -> Page[StockCount]:
        """Units of returned goods by sku and disposition."""
        after = reading.read_pair(cursor, str, str)
        with self.database.reading() as connection:
            items = stock.counts(connection.execute, merchant, sku, limit + 1, after)
        more = len(items) > limit
        kept = items[:limit]
        return Page(kept, reading.write_cursor(kept[-1]["merchant"], kept[-1]["sku"]) if more else None)

    def clear_stock(self, sku: str, merchant: str | None, disposition: str | None, key: Key | None = None) -> Answer:
        """Takes units out of the count and arms alerts again. Raises Unknown, Conflict or KeyReused."""
        now = self.now()

        def work(transaction: Transaction) -> Answer:
            known = recording.known_answer(transaction, key)
            if known is None:
                known = Answer(200, orjson.dumps(stock.clear(transaction, merchant, sku, disposition, now)))
                recording.remember(transaction, key, known, now)
            return known

        answer: Answer = self.write(work, (), key)
        return answer

    def policy_files(self, digest: str) -> dict[str, str]:
        """The documents of a policy of the past. Raises Unknown."""
        with self.database.reading() as connection:
            return recording.policy_files(connection, digest)

    def unanswered_reviews(self, now: int) -> list[Stored]:
        """Reviews whose time has passed and whose policy says what then."""
        with self.database.reading() as connection:
            return falling_due.unanswered(connection.execute, now)

    def fire_timers(self, now: int) -> int:
        """Fires what has fallen due; returns how many timers. What `unanswered_reviews` gave must be settled before."""
        with self.database.reading() as connection:
            if not falling_due.is_due(connection.execute, now):
                return 0
        return int(self.write(lambda transaction: falling_due.fire(transaction, now)))

    def tally(self) -> int:
        """Adds to the sums that reports read, where enough has come since; returns how many records were added."""
        with self.database.reading() as connection:
            if not tallying.is_behind(connection.execute):
                return 0
        return int(self.write(tallying.advance))

    def verify(self, merchant: str | None = None) -> list[verifying.Chain]:
        """Every chain with its breaks."""
        with self.database.reading() as connection:
            return verifying.verify(connection, merchant)

    def merchants(self) -> list[str]:
        """Whose decisions it holds."""
        with self.database.reading() as connection:
            return sorted(connection.execute(select(schema.decisions.c.merchant).distinct()).scalars())

    def has_link(self, merchant: str, link: str) -> bool:
        """Whether a link that was seen once is still in a merchant's chain."""
        with self.database.reading() as connection:
            tables = (schema.decisions, schema.case_events)
            queries = (select(table.c.n).where(table.c.merchant == merchant, table.c.link == link) for table in tables)
            return any(connection.execute(query).first() is not None for query in queries)

    def erase(self, customer: str, merchant: str | None = None) -> int:
        """Erases what names a customer, in decisions and in their cases; returns from how many records."""
        names = {customer}

        def work(transaction: Transaction) -> int:
            if self.pseudonyms is not None:
                owners = transaction.execute(select(schema.personal.c.merchant).distinct())
                names.update(self.pseudonyms.of(row[0], customer) for row in owners)
            return erasing.erase(transaction, names, merchant)

        return int(self.write(work))

    def erase_before(self, before: datetime, merchant: str | None = None) -> int:
        """Erases what names anybody in records of before an instant; returns from how many."""
        return int(self.write(lambda transaction: erasing.erase_before(transaction, to_us(before), merchant)))

    def forget_keys(self, older_than_us: int) -> int:
        """Forgets idempotency keys of before an instant; returns how many."""
        table = schema.idempotency_keys
        return int(self.write(lambda t: t.execute(delete(table).where(table.c.recorded_at < older_than_us)).rowcount))


__all__ = ["KeyReused", "Ledger"]
