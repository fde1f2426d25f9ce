"""Changing a request by paths, without touching the one that was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from policy_service.scenarios.paths import Path, PathError, Segment, place_of, show_path


def merged(request: Any, changes: Sequence[tuple[Path, object]]) -> Any:
    """The request with every change made, in order; shared parts are not copied, none is altered.

    A mapping merges into what stands there, a list or a value replaces it, null removes it, and an index equal
    to a list's length appends. Raises PathError for an index beyond that, or a member that is not there.

    >>> merged({"lines": [{"id": "1"}]}, [(("lines", 0, "condition"), "opened"), (("lines", 1), {"id": "2"})])
    {'lines': [{'id': '1', 'condition': 'opened'}, {'id': '2'}]}
    """
    for path, value in changes:
        request = _set(request, path, value, path)
    return request


def _set(data: Any, rest: Path, value: object, whole: Path) -> Any:
    if not rest:
        return _blend(data, value)
    segment, rest = rest[0], rest[1:]
    if isinstance(data, list):
        return _set_member(data, segment, rest, value, whole)
    if data is not None and not isinstance(data, Mapping):
        raise PathError(
            f"`{show_path(whole)}` leads into `{data}`, which has no parts",
            f"replace the whole of it, above `{segment}`",
        )
    known: dict[str, Any] = dict(data or {})
    key = str(segment)
    if value is None and not rest:
        known.pop(key, None)
        return known
    if value is None and key not in known:
        return known
    known[key] = _set(known.get(key, [] if _starts_list(rest) else None), rest, value, whole)
    return known


def _starts_list(rest: Path) -> bool:
    """`order.gifts.0` begins the list where the request has none."""
    return bool(rest) and rest[0] == 0


def _set_member(members: list[Any], segment: Segment, rest: Path, value: object, whole: Path) -> list[Any]:
    place = place_of(members, segment)
    if place is None:
        raise PathError(
            f"`{show_path(whole)}` names a member `{segment}` that is not in the list",
            f"name one that is there, or append with the index {len(members)}",
        )
    if place > len(members):
        raise PathError(
            f"`{show_path(whole)}` skips past the end of a list of {len(members)}",
            f"append with the index {len(members)}",
        )
    if value is None and not rest:
        return members[:place] + members[place + 1 :]
    before = members[place] if place < len(members) else None
    return [*members[:place], _set(before, rest, value, whole), *members[place + 1 :]]


def _blend(before: Any, value: object) -> Any:
    if not isinstance(value, Mapping):
        return value
    result: dict[str, Any] = dict(before) if isinstance(before, Mapping) else {}
    for key, part in value.items():
        if part is None:
            result.pop(str(key), None)
        else:
            result[str(key)] = _blend(result.get(str(key)), part)
    return result
