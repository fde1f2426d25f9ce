"""Paths into a request or a decision: `lines.0.fees.restocking.amount`.

Dots part the keys. Into a list a number is an index, and a name is the member whose `code`, `clause`, `sku`
or `order_line` that is; `sku=123` where the name itself is a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

NAMES: Final = ("code", "clause", "sku", "order_line")


class Absent(Enum):
    """What a path that leads nowhere gives; apart from null, which a decision may say."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


class PathError(ValueError):
    """A path that cannot be read, with the mend in `.hint`."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Member:
    """The list member whose `key` is `value`: `sku=123`."""

    key: str
    value: str

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


Segment = int | str | Member
Path = tuple[Segment, ...]


def parse_path(text: str) -> Path:
    """Read a path.

    >>> parse_path("lines.0.fees.restocking")
    ('lines', 0, 'fees', 'restocking')
    >>> parse_path("lines..fees")
    Traceback (most recent call last):
    ...
    policy_service.scenarios.paths.PathError: the path `lines..fees` has an empty part
    """
    if not text:
        raise PathError("an empty path leads nowhere", "write keys with dots between them, such as `refund.total`")
    return tuple(_segment(part, text) for part in text.split("."))


def _segment(part: str, path: str) -> Segment:
    if not part.strip():
        raise PathError(f"the path `{path}` has an empty part", "write one dot between two keys")
    if part.isascii() and part.isdigit():
        return int(part)
    key, equals, value = part.partition("=")
    if equals and key in NAMES:
        return Member(key, value)
    return part


def show_path(path: Sequence[Segment]) -> str:
    """A path as its author writes it.

    >>> show_path(("lines", 0, Member("sku", "123")))
    'lines.0.sku=123'
    """
    return ".".join(str(segment) for segment in path)


def find(data: object, path: Sequence[Segment]) -> Any:
    """What stands at the path, or ABSENT."""
    for segment in path:
        if isinstance(data, Mapping):
            data = data.get(str(segment), ABSENT)
        elif isinstance(data, list | tuple):
            place = place_of(data, segment)
            data = ABSENT if place is None or place >= len(data) else data[place]
        else:
            return ABSENT
        if data is ABSENT:
            return ABSENT
    return data


def place_of(members: Sequence[object], segment: Segment) -> int | None:
    """Where in a list the segment points; an index may point past the end. None for a name nobody has."""
    if isinstance(segment, int):
        return segment
    for place, member in enumerate(members):
        if isinstance(member, Mapping):
            keys = (segment.key,) if isinstance(segment, Member) else NAMES
            wanted = segment.value if isinstance(segment, Member) else segment
            if any(member.get(key) == wanted for key in keys):
                return place
        elif member == segment:
            # A list of plain names, such as the decision's `entitlements`.
            return place
    return None
