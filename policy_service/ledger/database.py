"""Opening the ledger's database: SQLite in WAL mode without any set-up, or PostgreSQL by its URL.

Reads and writes have engines of their own. Writers take turns: `BEGIN IMMEDIATE` on SQLite, one advisory lock on
PostgreSQL; so running numbers and chains grow in the order of commits, whatever the number of processes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, exc, inspect, make_url, text

from policy_service.ledger.errors import BadQuery, LedgerUnavailable
from policy_service.ledger.outage import Outage, cause_of
from policy_service.ledger.plain import LOCK, driver_errors

DEFAULT_URL: Final = "sqlite:///policy-ledger.db"
LATEST: Final = "0001"
"""The newest migration; a test holds it to the folder's head."""

BUSY_MS: Final = 10_000
CACHE_KIB: Final = {"BEGIN": 256, "BEGIN IMMEDIATE": 1_024}
"""Pages that a connection to SQLite keeps, by how its transactions begin: a writer keeps those that a commit changes.
The system keeps the rest, once for all of them."""


class _OneLine(logging.Filter):
    """A connection that cannot be given back is one line of the log: the pool makes a new one, nobody need trace it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and (error := record.exc_info[1]) is not None:
            record.msg, record.args = f"{record.getMessage()}: {cause_of(error)}", ()
            record.exc_info = record.exc_text = None
        return True


logging.getLogger("sqlalchemy.pool.impl.QueuePool").addFilter(_OneLine())


class Database:
    """A place for the ledger. `reads` serves any number of threads, `writes` one at a time."""

    def __init__(self, url: str = DEFAULT_URL) -> None:
        self.url = make_url(_with_driver(url))
        backend = self.url.get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            raise BadQuery(
                f"a ledger is kept in SQLite or PostgreSQL, not in `{backend}`",
                "such as `sqlite:///policy-ledger.db` or `postgresql://user@host/database`",
            )
        self.sqlite = backend == "sqlite"
        self.alone: Connection | None = None
        self.outage = Outage("the ledger's database does not answer")
        if self.sqlite:
            self.reads, self.writes = self._sqlite_engines()
        else:
            self.reads, self.writes = self._server_engines()

    def _sqlite_engines(self) -> tuple[Engine, Engine]:
        if self.url.database in (None, "", ":memory:"):
            raise BadQuery("the ledger needs a file", "such as `sqlite:///policy-ledger.db`")
        options: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": BUSY_MS / 1000}}
        reads = create_engine(self.url, pool_size=4, max_overflow=60, **options)
        writes = create_engine(self.url, pool_size=1, max_overflow=0, **options)
        for engine, begin in ((reads, "BEGIN"), (writes, "BEGIN IMMEDIATE")):
            event.listen(engine, "connect", _preparer(CACHE_KIB[begin]))
            event.listen(engine, "begin", _beginner(begin))
        return reads, writes

    def _server_engines(self) -> tuple[Engine, Engine]:
        options: dict[str, Any] = {
            "connect_args": {
                "connect_timeout": 5,
                # A server that is gone without a word: whoever leads a commit must not wait for it for ever.
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "tcp_user_timeout": 20_000,
                "options": "-c statement_timeout=60000 -c lock_timeout=15000 -c timezone=UTC",
            }
        }
        try:
            reads = create_engine(self.url, pool_size=4, max_overflow=28, pool_pre_ping=True, **options)
        except ModuleNotFoundError as error:
            raise BadQuery(
                f"PostgreSQL needs `{error.name}`, which is not installed",
                "install the `postgres` extra: `pip install policy-service[postgres]`",
            ) from None
        writes = create_engine(self.url, pool_size=1, max_overflow=0, **options)
        return reads, writes

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view. Raises LedgerUnavailable where the database does not answer."""
        if self.alone is not None:
            yield self.alone
            return
        try:
            with self.reads.connect() as connection, connection.begin():
                if not self.sqlite:
                    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                yield connection
            self.outage.succeeded()
        except UNAVAILABLE as error:
            self.outage.failed(error)
            raise LedgerUnavailable("the ledger's database does not answer", "try again later") from error

    @contextmanager
    def beginning(self) -> Iterator[Connection]:
        """A transaction for one who will wait for the writers' turn; it commits at the end of the block."""
        if self.alone is not None:
            yield self.alone
            return
        with self.writes.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer shares; it commits at the end of the block."""
        with self.beginning() as connection:
            if not self.sqlite:
                connection.exec_driver_sql(LOCK)
            yield connection

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """All reads and writes of the block in one transaction: for a lone thread that fills a ledger."""
        with self.writing() as connection:
            self.alone = connection
            try:
                yield
            finally:
                self.alone = None

    def is_current(self) -> bool:
        """Whether the schema is up to date. Raises LedgerUnavailable."""
        if self.sqlite and not Path(str(self.url.database)).exists():
            return False
        with self.reading() as connection:
            return _revision(connection) == LATEST

    def migrate(self) -> None:
        """Brings the schema up to date; does nothing where it is. Raises LedgerUnavailable."""
        if self.sqlite:
            _refuse_a_wrong_place(Path(str(self.url.database)))
        try:
            with self.writing() as connection:
                if _revision(connection) != LATEST:
                    _upgrade(connection)
        except UNAVAILABLE as error:
            if self.sqlite:
                self.check_place()
                raise LedgerUnavailable(
                    f"cannot write `{self.url.database}`: {cause_of(error)}", "is it a ledger, and the disk not full?"
                ) from error
            raise LedgerUnavailable(
                f"the ledger's database does not answer: {cause_of(error)}", "check its address and that it runs"
            ) from error

    def check_place(self) -> None:
        """Raises LedgerUnavailable where SQLite may not write: it would open the file to read and say nothing."""
        if self.sqlite and (hindrance := _hindrance(Path(str(self.url.database)))) is not None:
            raise hindrance

    def close(self) -> None:
        self.reads.dispose()
        self.writes.dispose()


UNAVAILABLE: Final = (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.TimeoutError, OSError)
"""What a lost database, a full disk or an exhausted pool raise."""


def _refuse_a_wrong_place(file: Path) -> None:
    """A folder that is not there is more often a slip, or a volume that is not mounted, than one to be made."""
    if not str(file).startswith("file:") and not file.parent.is_dir():
        raise LedgerUnavailable(f"cannot write `{file}`: there is no folder `{file.parent}`", "make it first")
    if file.is_dir():
        raise LedgerUnavailable(f"cannot write `{file}`: is a directory", "name a file in it")


def _hindrance(file: Path) -> LedgerUnavailable | None:
    try:
        if file.exists():
            with file.open("r+b"):
                pass
        with TemporaryFile(dir=file.parent):  # its log and its index stand beside it
            pass
    except OSError as error:
        place = file if error.filename == str(file) else file.parent
        said = f"cannot write `{place}`: {(error.strerror or str(error)).lower()}"
        return LedgerUnavailable(said, "SQLite writes the file and others beside it")
    return None


def _with_driver(url: str) -> str:
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url[len(plain) :]
    return url if "://" in url else f"sqlite:///{url}"


def _preparer(cache_kib: int) -> Any:
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"cache_size=-{cache_kib}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return prepare


def _beginner(statement: str) -> Any:
    def begin(connection: Connection) -> None:
        with driver_errors(connection, statement) as driver:
            driver.execute(statement)

    return begin


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    # imported here: a ledger that is up to date starts without it
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
