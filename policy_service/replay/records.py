"""Recorded decisions, read one at a time: JSON lines, or a Parquet file with the same columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from policy_service.contract.money import UnknownCurrency, scale_of

Json = Mapping[str, Any]


class BadRecord(ValueError):
    """A line that is no record; `place` says which."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place


@dataclass(frozen=True, slots=True)
class Record:
    """A request as evaluated and, where it was recorded, the decision on it.

    `inspection` is what a second stage was decided on; `settled` says that a person or a deadline fixed the outcome, so
    that deciding again proves nothing; `supersedes` is the id of the decision whose place it takes. `place` is where it
    was read.
    """

    place: str
    request: Json
    decision: Json | None
    inspection: Json | None = None
    settled: bool = False
    supersedes: str | None = None

    @property
    def id(self) -> str:
        """The decision's id, else where the record was read."""
        return str((self.decision or {}).get("id") or self.place)


def read_records(path: Path) -> Iterator[Record]:
    """Every record of a `.parquet` file, or of JSON lines; raises BadRecord, or OSError."""
    if path.suffix == ".parquet":
        yield from _parquet(path)
        return
    with path.open("rb") as file:
        yield from read_lines(file, path.name)


def read_lines(file: BinaryIO, name: str) -> Iterator[Record]:
    """Every record of JSON lines; empty lines do not count."""
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            data = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise BadRecord(place, f"this is not JSON: {error}") from error
        yield record_of(data, place)


def record_of(data: Any, place: str) -> Record:
    """A record: `{"request", "decision", "act"}` as the ledger exports it, or a plain request."""
    if not isinstance(data, Mapping):
        raise BadRecord(place, "expected an object with `request` and `decision`")
    if not isinstance(data.get("request"), Mapping):
        if "order" in data and "lines" in data:
            return Record(place, data, None)
        raise BadRecord(place, "there is no `request` in it")
    decision, act = _object(data, "decision", place), _object(data, "act", place) or {}
    if decision is not None and not _is_comparable(decision):
        raise BadRecord(place, "`decision` is none: it lacks `outcome`, `entitlements` or the sums of `refund`")
    inspection = _object(data, "inspection", place) or _object(act, "inspection", place)
    settled = act.get("type") == "resolve" or bool((decision or {}).get("resolution"))
    supersedes = data.get("supersedes") or (decision or {}).get("previous")
    return Record(place, data["request"], decision, inspection, settled, supersedes and str(supersedes))


def _object(data: Json, name: str, place: str) -> Json | None:
    """A part of a record that is an object where it is there. Raises BadRecord."""
    part = data.get(name)
    if part is not None and not isinstance(part, Mapping):
        raise BadRecord(place, f"`{name}` is not an object")
    return part


def _is_comparable(decision: Json) -> bool:
    """Whether it says what changes are told by."""
    outcome, names, refund = (decision.get(name) for name in ("outcome", "entitlements", "refund"))
    if not isinstance(outcome, str) or not isinstance(names, list) or not isinstance(refund, Mapping):
        return False
    sums = [refund.get(name) for name in ("total", "amount_due")]
    if not all(isinstance(text, str) for text in (refund.get("currency"), *sums, *names)):
        return False
    try:
        scale = scale_of(refund["currency"])
    except UnknownCurrency:
        return False
    return all(scale.read(text) is not None for text in sums)


def _parquet(path: Path) -> Iterator[Record]:
    from pyarrow import ArrowInvalid, parquet

    number = 0
    try:
        for batch in parquet.ParquetFile(path).iter_batches(batch_size=1000):
            for row in batch.to_pylist():
                number += 1
                place = f"{path.name}, row {number}"
                yield record_of({name: _said(value, place) for name, value in row.items()}, place)
    except ArrowInvalid as error:
        raise BadRecord(path.name, f"this is not Parquet: {error}") from error


def _said(value: Any, place: str) -> Any:
    """What a column holds: objects and lists are JSON text."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise BadRecord(place, f"this is not JSON: {error}") from error
