"""A replay as a person or a program reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from policy_service.replay.changes import Change, Group
from policy_service.replay.replaying import Replay
from policy_service.scenarios.report import show_value

MOST_PATHS = 6


def as_text(replay: Replay) -> str:
    """Each group of changes with examples, then the sums."""
    lines: list[str] = []
    for group in replay.ranked:
        lines += [*_group(group), ""]
    lines += [f"not compared: {count} {reason}" for reason, count in sorted(replay.left_out.items())]
    whole = replay.total
    if not replay.changed:
        return "\n".join([*lines, f"{replay.compared} decisions made again, all the same"]) + "\n"
    lines.append(f"{replay.compared} decisions made again, {replay.changed} differ")
    lines += [f"  {line}" for line in _sums(whole)]
    return "\n".join(lines) + "\n"


def _group(group: Group) -> Iterator[str]:
    yield f"{', '.join(group.clauses)}: {group.count} {'decision' if group.count == 1 else 'decisions'}"
    yield from (f"  {line}" for line in _sums(group))
    for change in group.examples:
        yield f"  for example {change.id}"
        yield from (f"    {line}" for line in _paths(change))


def _sums(group: Group) -> Iterator[str]:
    for (was, now), count in sorted(group.outcomes.items()):
        yield f"{count} x {was} -> {now}"
    if group.superseded:
        yield f"{group.superseded} of them superseded by a later decision: what customers get is counted without them"
    for currency, amount in group.sums.items():
        yield f"customers get {amount.removeprefix('-')} {currency} {'less' if amount.startswith('-') else 'more'}"
    for name, count in sorted(group.gained.items()):
        yield f"{count} x `{name}` granted"
    for name, count in sorted(group.lost.items()):
        yield f"{count} x `{name}` no longer granted"


def _paths(change: Change) -> Iterator[str]:
    for path, was, now in change.paths[:MOST_PATHS]:
        yield f"{path}: {show_value(was)} -> {show_value(now)}"
    if len(change.paths) > MOST_PATHS:
        yield f"and {len(change.paths) - MOST_PATHS} more"


def as_json(replay: Replay) -> str:
    """The same for a program."""
    groups = [{"clauses": list(group.clauses), **_group_json(group)} for group in replay.ranked]
    whole = {
        "compared": replay.compared,
        "changed": replay.changed,
        "not_compared": dict(sorted(replay.left_out.items())),
        "total": _group_json(replay.total),
        "groups": groups,
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _group_json(group: Group) -> dict[str, Any]:
    return {
        "count": group.count,
        "superseded": group.superseded,
        "outcomes": [{"from": was, "to": now, "count": count} for (was, now), count in sorted(group.outcomes.items())],
        "customers_get": group.sums,
        "entitlements_gained": dict(sorted(group.gained.items())),
        "entitlements_lost": dict(sorted(group.lost.items())),
        "examples": [
            {"id": change.id, "changes": [{"path": path, "from": was, "to": now} for path, was, now in change.paths]}
            for change in group.examples
        ],
    }
