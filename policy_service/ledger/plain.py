"""What every commit reads and writes, straight to the driver.

The toolkit looks after each statement and each value anew, which costs several times what the database does for a
decision. These few statements never change: their SQL is written once, and rows go to the driver as they are. On
PostgreSQL it is waiting that costs: it is asked everything at once, told everything at once, and given the rows of a
table as one value, which one prepared statement takes apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from typing import Any, Final, Protocol

import orjson
from sqlalchemy import Connection, LargeBinary, Table, exc

from policy_service.ledger.schema import heads, idempotency_keys

Row = dict[str, Any]
Rows = Iterable[tuple[Table, Sequence[Row]]]
"""Rows to be inserted, table after table in an order that foreign keys allow."""

ONCE: Final = frozenset({"timers", "policies", "endpoints"})
"""Tables whose rows may be there already."""
WRITERS_LOCK: Final = 0x706F6C696379  # one number per database, "policy" in ASCII
LOCK: Final = f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})"

_HEADS: Final = "SELECT name, n, link FROM heads WHERE name"
_KEY_COLUMNS: Final = tuple(column.name for column in idempotency_keys.columns)
_KEYS: Final = f"SELECT {', '.join(_KEY_COLUMNS)} FROM idempotency_keys WHERE key"


class Plain(Protocol):
    """The driver of a connection that is in a transaction."""

    def open(self, names: Sequence[str], keys: Sequence[str]) -> tuple[list[Any], list[Row]]:
        """Waits for its turn to write; then these heads (name, number, link) and what is kept under these keys."""

    def heads(self, names: Sequence[str]) -> list[Any]:
        """Those of these heads that there are."""

    def write(self, rows: Rows, moved: Sequence[Row], *, last: bool) -> None:
        """Inserts rows and moves heads. After the `last` rows the transaction may be committed already."""


def plain(connection: Connection) -> Plain:
    """The way that fits the connection's database."""
    return _Sqlite(connection) if connection.dialect.name == "sqlite" else _Postgres(connection)


@contextmanager
def driver_errors(connection: Connection, statement: str | None) -> Iterator[Any]:
    """The connection's driver; what it raises comes out as the toolkit would have raised it.

    `statement` is None where a commit may have been under way: nobody can tell then whether it took place.
    """
    dialect: Any = connection.dialect
    driver: Any = connection.connection.driver_connection
    base = dialect.loaded_dbapi.Error
    try:
        yield driver
    except base as error:
        lost = dialect.is_disconnect(error, driver, None) or _is_stuck(driver)
        if lost:
            connection.invalidate(error)
        said = exc.DBAPIError.instance(statement, None, error, base, connection_invalidated=lost, dialect=dialect)
        raise said from error


def _is_stuck(driver: Any) -> bool:
    """Whether PostgreSQL went away in the middle of a pipeline: no rollback gets through what is left of it."""
    connection = getattr(driver, "pgconn", None)
    return connection is not None and bool(connection.pipeline_status)


class _Sqlite:
    """SQLite answers at once, a row at a time is as fast as any."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, names: Sequence[str], keys: Sequence[str]) -> tuple[list[Any], list[Row]]:
        with driver_errors(self._connection, _KEYS) as driver:
            found = driver.execute(_among(_KEYS, len(keys)), keys).fetchall() if keys else []
        return self.heads(names), _kept(found)

    def heads(self, names: Sequence[str]) -> list[Any]:
        with driver_errors(self._connection, _HEADS) as driver:
            found: list[Any] = driver.execute(_among(_HEADS, len(names)), names).fetchall()
            return found

    def write(self, rows: Rows, moved: Sequence[Row], *, last: bool) -> None:
        with driver_errors(self._connection, "INSERT") as driver:
            for table, added in [*rows, (heads, moved)]:
                text, values = _insert(table)
                driver.executemany(text, map(values, added)).close()


class _Postgres:
    """PostgreSQL does not answer before it is asked to, at the end of a pipeline."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, names: Sequence[str], keys: Sequence[str]) -> tuple[list[Any], list[Row]]:
        with driver_errors(self._connection, LOCK) as driver:
            with driver.pipeline():
                driver.execute(LOCK)
                standing = driver.execute(f"{_HEADS} = ANY(%s)", (list(names),))
                kept = driver.execute(f"{_KEYS} = ANY(%s)", (list(keys),)) if keys else None
            return standing.fetchall(), _kept(kept.fetchall() if kept else [])

    def heads(self, names: Sequence[str]) -> list[Any]:
        with driver_errors(self._connection, _HEADS) as driver:
            found: list[Any] = driver.execute(f"{_HEADS} = ANY(%s)", (list(names),)).fetchall()
            return found

    def write(self, rows: Rows, moved: Sequence[Row], *, last: bool) -> None:
        with driver_errors(self._connection, None if last else "INSERT") as driver, driver.pipeline():
            for table, added in [*rows, (heads, moved)]:
                if added:
                    driver.execute(_insert_all(table), (orjson.dumps(added, default=bytes.decode).decode(),))
            if last:
                driver.execute("COMMIT")


def _kept(rows: Iterable[Sequence[Any]]) -> list[Row]:
    return [dict(zip(_KEY_COLUMNS, row, strict=True)) for row in rows]


def _among(text: str, count: int) -> str:
    return f"{text} IN ({_marks(count)})"


def _marks(count: int) -> str:
    return ", ".join("?" * count)


@cache
def _insert(table: Table) -> tuple[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
    """The statement that inserts one row, and what takes its values out of one."""
    names = [column.name for column in table.columns]
    return f"{_into(table)} VALUES ({_marks(len(names))}) {_where_there(table)}", itemgetter(*names)


@cache
def _insert_all(table: Table) -> str:
    """The statement that inserts rows given as one JSON array. Bytes, which are JSON all of them, come as text."""
    from sqlalchemy.dialects import postgresql

    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    values, types = [], []
    for column in table.columns:
        binary = isinstance(column.type, LargeBinary)
        values.append(f"convert_to(\"{column.name}\", 'UTF8')" if binary else f'"{column.name}"')
        types.append(f'"{column.name}" {"text" if binary else column.type.compile(dialect)}')
    source = f"json_to_recordset(%s::json) AS row({', '.join(types)})"
    return f"{_into(table)} SELECT {', '.join(values)} FROM {source} {_where_there(table)}"


def _into(table: Table) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f"INSERT INTO {table.name} ({names})"


def _where_there(table: Table) -> str:
    if table is heads:
        return "ON CONFLICT (name) DO UPDATE SET n = excluded.n, link = excluded.link"
    return "ON CONFLICT DO NOTHING" if table.name in ONCE else ""
