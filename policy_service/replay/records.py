"""Recorded decisions, read one at a time: JSON lines, or a Parquet file with the same columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

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
    decision = data.get("decision")
    if decision is not None and not isinstance(decision, Mapping):
        raise BadRecord(place, "`decision` is not an object")
    act = data.get("act") or {}
    inspection = data.get("inspection") or act.get("inspection")
    settled = act.get("type") == "resolve" or bool((decision or {}).get("resolution"))
    supersedes = data.get("supersedes") or (decision or {}).get("previous")
    return Record(place, data["request"], decision, inspection, settled, supersedes and str(supersedes))


def _parquet(path: Path) -> Iterator[Record]:
    from pyarrow import parquet

    number = 0
    for batch in parquet.ParquetFile(path).iter_batches(batch_size=1000):
        for row in batch.to_pylist():
            number += 1
            parts = {
                name: json.loads(value) if isinstance(value, str) and value[:1] in "{[" else value
                for name, value in row.items()
            }
            yield record_of(parts, f"{path.name}, row {number}")
