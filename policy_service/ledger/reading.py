"""Reading records back whole: decisions with their requests, cases, lists with cursors."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson
from sqlalchemy import ColumnElement, Select, and_, bindparam, select

from policy_service.ledger import personal
from policy_service.ledger.cases import Case, Happening
from policy_service.ledger.errors import BadQuery, Conflict, Unknown
from policy_service.ledger.records import Stored
from policy_service.ledger.schema import case_events, decisions, grounds
from policy_service.ledger.schema import personal as personal_table

Part = TypeVar("Part", int, str)
Other = TypeVar("Other", int, str)

Execute = Callable[..., Any]
"""Runs a select, with parameters: a connection's `execute`, or a transaction's, which sees what it has added."""

MOST_PER_PAGE = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, and the cursor with which the next ones are asked for; None at the end."""

    items: Sequence[T]
    next: str | None


def _select_decisions() -> Select[Any]:
    joined = decisions.outerjoin(personal_table, personal_table.c.record == decisions.c.id)
    return select(decisions, personal_table.c.data.label("pieces")).select_from(joined)


def _select_events() -> Select[Any]:
    joined = case_events.outerjoin(personal_table, personal_table.c.record == case_events.c.id)
    return select(case_events, personal_table.c.data.label("pieces")).select_from(joined)


# What every step of a case asks: made once, for building a statement costs more than running it.
_BY_ID = _select_decisions().where(decisions.c.id == bindparam("id"))
_SUCCESSOR = select(decisions.c.id).where(decisions.c.supersedes == bindparam("id"))
_OWNERS = select(decisions.c.merchant).where(decisions.c.case_id == bindparam("name")).distinct()
_NAMES: Any = bindparam("names", expanding=True)
_OF_CASES = _select_decisions().where(decisions.c.case_id.in_(_NAMES)).order_by(decisions.c.seq)
_EVENTS = _select_events().where(case_events.c.case_id.in_(_NAMES)).order_by(case_events.c.seq)


def stored(row: Mapping[str, Any]) -> Stored:
    """A decision's row, its personal data joined, as a record."""
    request = personal.read(row["request"], row["pieces"])
    return Stored.of(row, request, erased=row["pieces"] is None and _lacks(row))


def _lacks(row: Mapping[str, Any]) -> bool:
    """Whether something was taken out of the request: its digest then differs from that of what is left."""
    # imported here, for reading many rows should not pay for it
    from policy_service.contract.canonical import digest

    return bool(digest(bytes(row["request"])) != row["request_digest"])


def decision(execute: Execute, id: str) -> Stored:
    """The decision of that id. Raises Unknown."""
    row = execute(_BY_ID, {"id": id}).mappings().first()
    if row is None:
        raise Unknown(f"there is no decision `{id}`")
    return stored(row)


def successor(execute: Execute, id: str) -> str | None:
    """The decision that took another's place, if one did."""
    found: str | None = execute(_SUCCESSOR, {"id": id}).scalar()
    return found


@dataclass(frozen=True, slots=True)
class Filter:
    """Which decisions: every part that is not None must hold; `since` and `until` in microseconds of `decided_at`."""

    merchant: str | None = None
    case_id: str | None = None
    order_id: str | None = None
    outcome: str | None = None
    clause: str | None = None
    since: int | None = None
    until: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        table = decisions.c
        found: list[ColumnElement[bool]] = []
        for column, value in (
            (table.merchant, self.merchant),
            (table.case_id, self.case_id),
            (table.order_id, self.order_id),
            (table.outcome, self.outcome),
        ):
            if value is not None:
                found.append(column == value)
        if self.since is not None:
            found.append(table.decided_at >= self.since)
        if self.until is not None:
            found.append(table.decided_at < self.until)
        if self.clause is not None:
            cited = select(grounds.c.decision).where(and_(grounds.c.clause == self.clause, grounds.c.sign == 1))
            found.append(table.seq.in_(cited))
        return found


def page(execute: Execute, wanted: Filter, cursor: str | None, limit: int) -> Page[Stored]:
    """Decisions, the latest recorded first."""
    query = _select_decisions().where(*wanted.conditions()).order_by(decisions.c.seq.desc()).limit(limit + 1)
    before = read_cursor(cursor)
    if before is not None:
        query = query.where(decisions.c.seq < before)
    return cut([stored(row) for row in execute(query).mappings()], limit, lambda item: item.seq)


def waiting(execute: Execute, merchant: str | None, cursor: str | None, limit: int) -> Page[Stored]:
    """Decisions that wait for a person, the oldest first."""
    after = decisions.alias()
    settled = select(after.c.seq).where(after.c.supersedes == decisions.c.id).exists()
    query = _select_decisions().where(decisions.c.reviewing, ~settled).order_by(decisions.c.seq).limit(limit + 1)
    if merchant is not None:
        query = query.where(decisions.c.merchant == merchant)
    position = read_cursor(cursor)
    if position is not None:
        query = query.where(decisions.c.seq > position)
    return cut([stored(row) for row in execute(query).mappings()], limit, lambda item: item.seq)


def merchants_of_case(execute: Execute, case_id: str) -> list[str]:
    """Whose case it is; several merchants may use the same name."""
    return sorted(row[0] for row in execute(_OWNERS, {"name": case_id}))


def case(execute: Execute, case_id: str, merchant: str | None) -> Case:
    """The case of that name. Raises Unknown, or Conflict where merchants share the name and none was said."""
    return cases(execute, [(owner(execute, case_id, merchant), case_id)])[0]


def owner(execute: Execute, case_id: str, merchant: str | None) -> str:
    """Whose case it is. Raises Unknown, or Conflict where merchants share the name and none was said."""
    merchants = merchants_of_case(execute, case_id)
    if merchant is None and len(merchants) > 1:
        raise Conflict(f"several merchants have a case `{case_id}`", f"say which: `merchant={merchants[0]}`")
    found = [name for name in merchants if merchant in (None, name)]
    if not found:
        raise Unknown(f"there is no case `{case_id}`")
    return found[0]


def cases(execute: Execute, keys: Sequence[tuple[str, str]]) -> list[Case]:
    """Cases by merchant and name, in the order asked for."""
    names = {"names": list(dict.fromkeys(name for _, name in keys))}
    made: dict[tuple[str, str], list[Stored]] = {key: [] for key in keys}
    for row in execute(_OF_CASES, names).mappings():
        if (row["merchant"], row["case_id"]) in made:
            made[row["merchant"], row["case_id"]].append(stored(row))
    happened: dict[tuple[str, str], list[Happening]] = {key: [] for key in keys}
    for row in execute(_EVENTS, names).mappings():
        if (row["merchant"], row["case_id"]) in happened:
            happened[row["merchant"], row["case_id"]].append(_happening(row))
    return [Case(merchant, name, made[merchant, name], happened[merchant, name]) for merchant, name in keys]


def _happening(row: Mapping[str, Any]) -> Happening:
    data = personal.read(row["data"], row["pieces"])
    return Happening(row["id"], row["n"], row["type"], row["at"], row["recorded_at"], data)


def case_keys(execute: Execute, merchant: str | None, cursor: str | None, limit: int) -> list[tuple[int, str, str]]:
    """The next cases by their first decision, the latest first: its number, merchant and name."""
    first = decisions.alias()
    earlier = select(first.c.seq).where(
        first.c.merchant == decisions.c.merchant,
        first.c.case_id == decisions.c.case_id,
        first.c.seq < decisions.c.seq,
    )
    query = (
        select(decisions.c.seq, decisions.c.merchant, decisions.c.case_id)
        .where(~earlier.exists())
        .order_by(decisions.c.seq.desc())
        .limit(limit)
    )
    if merchant is not None:
        query = query.where(decisions.c.merchant == merchant)
    position = read_cursor(cursor)
    if position is not None:
        query = query.where(decisions.c.seq < position)
    return [(row[0], row[1], row[2]) for row in execute(query)]


def cut(items: list[T], limit: int, number: Callable[[T], int]) -> Page[T]:
    """A page of `limit` out of `limit + 1` items fetched."""
    more = len(items) > limit
    kept = items[:limit]
    return Page(kept, write_cursor(number(kept[-1])) if more else None)


def write_cursor(*position: int | str) -> str:
    """A cursor, opaque to callers, over one number or two parts."""
    said = position[0] if len(position) == 1 else position
    return base64.urlsafe_b64encode(orjson.dumps(said)).decode().rstrip("=")


def read_cursor(cursor: str | None) -> int | None:
    """The number in a cursor. Raises BadQuery."""
    return None if cursor is None else int(_position(cursor, int)[0])


def read_pair(cursor: str | None, first: type[Part], second: type[Other]) -> tuple[Part, Other] | None:
    """The two parts of a cursor. Raises BadQuery."""
    if cursor is None:
        return None
    one, other = _position(cursor, first, second)
    return one, other


def _position(cursor: str, *kinds: type) -> list[Any]:
    """What a cursor says, if it is of these kinds: callers can write one themselves, so nothing else gets through."""
    try:
        said = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        said = None
    position = said if isinstance(said, list) else [said]
    if [type(part) for part in position] != list(kinds) or not all(_can_be_asked_for(part) for part in position):
        raise BadQuery(f"`{cursor}` is not a cursor of this list", "send `next` of the page before")
    return position


def _can_be_asked_for(part: int | str) -> bool:
    """Whether both databases take it in a comparison."""
    return 0 <= part < 2**63 if isinstance(part, int) else "\0" not in part
