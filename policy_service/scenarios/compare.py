"""Comparing what a scenario expects with what a decision says.

Only what is named is compared. A list of plain values is compared as a set, instants as instants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policy_service.language.scalars import text_of
from policy_service.scenarios.paths import ABSENT, Absent, Path, find, show_path

INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})\Z")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One path where a decision is not as expected."""

    path: str
    expected: object
    got: object


def mismatches(decision: Mapping[str, Any], path: Path, expected: object) -> Iterator[Mismatch]:
    """Every difference between what is expected at a path and what the decision says there."""
    yield from _differences(path, expected, find(decision, path))


def _differences(path: Path, expected: object, got: object) -> Iterator[Mismatch]:
    if expected == "absent":
        # A decision says null where there is nothing to say: no window, no deadline.
        if got is not ABSENT and got is not None:
            yield Mismatch(show_path(path), expected, got)
    elif expected == "present":
        if got is ABSENT or got is None:
            yield Mismatch(show_path(path), expected, got)
    elif isinstance(expected, Mapping):
        yield from _mapping(path, expected, got)
    elif isinstance(expected, Sequence) and not isinstance(expected, str):
        yield from _list(path, expected, got)
    elif not same_value(expected, got):
        yield Mismatch(show_path(path), expected, got)


def _mapping(path: Path, expected: Mapping[Any, object], got: object) -> Iterator[Mismatch]:
    if not isinstance(got, Mapping | list):
        yield Mismatch(show_path(path), expected, got)
        return
    for key, part in expected.items():
        segment = key if isinstance(key, str) else int(key)
        yield from _differences((*path, segment), part, find(got, (segment,)))


def _list(path: Path, expected: Sequence[object], got: object) -> Iterator[Mismatch]:
    if not isinstance(got, list | tuple):
        yield Mismatch(show_path(path), expected, got)
    elif any(isinstance(part, Mapping | list) for part in (*expected, *got)):
        if len(expected) != len(got):
            yield Mismatch(show_path(path), expected, got)
            return
        for index, part in enumerate(expected):
            yield from _differences((*path, index), part, got[index])
    elif not _same_set(expected, got):
        yield Mismatch(show_path(path), expected, got)


def _same_set(expected: Sequence[object], got: Sequence[object]) -> bool:
    return all(any(same_value(one, other) for other in got) for one in expected) and all(
        any(same_value(one, other) for one in expected) for other in got
    )


def same_value(expected: object, got: object) -> bool:
    """Whether two scalars say the same, a plain YAML scalar counting as its text where text was got.

    >>> same_value("2025-07-01T16:00:00Z", "2025-07-02T00:00:00+08:00")
    True
    >>> same_value("1", 1)
    False
    """
    if isinstance(got, Absent):
        return False
    if isinstance(got, str):
        if expected is None or isinstance(expected, bool):
            return False
        text = text_of(expected)
        return text == got or _same_instant(text, got)
    if isinstance(got, bool) or isinstance(expected, bool):
        return got is expected
    if got is None or expected is None:
        return got is expected
    return not isinstance(expected, str) and expected == got


def _same_instant(one: str, other: str) -> bool:
    if not (INSTANT.match(one) and INSTANT.match(other)):
        return False
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except ValueError:
        return False
