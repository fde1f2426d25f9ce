"""Scenarios as YAML, ready to paste into a suite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from policy_service.language.scalars import resolve_plain
from policy_service.scenarios.paths import NAMES, Member, Path, show_path

# What of a decision is never worth expecting: it names the decision itself, or is said for people.
UNEXPECTED = frozenset({"id", "receipt", "policy", "message", "case_id", "previous"})


class _Dumper(yaml.SafeDumper):
    """Blocks outside, flow inside; quotes where YAML 1.2 would not read text as text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = isinstance(resolve_plain(text), str) if text and not text[0].isdigit() else False
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Dumper.add_representer(str, _text)


def flow(value: Any) -> str:
    """A value on one line."""
    text = yaml.dump(value, Dumper=_Dumper, default_flow_style=True, width=10_000, allow_unicode=True, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...").strip()


def scenario_text(
    name: str,
    *,
    now: str | None,
    changes: Mapping[str, Any],
    expect: Mapping[str, Any],
    clock: Sequence[str] = (),
    then: tuple[Any, Mapping[str, Any]] | None = None,
    comment: str | None = None,
    indent: str = "  ",
) -> str:
    """One entry of a suite's `scenarios`, ending in a line break."""
    lines = [f"# {comment}"] if comment else []
    lines.append(f"- name: {flow(name)}")
    if now is not None:
        lines.append(f"  now: {now}")
    lines.extend(_block("with", changes))
    if clock:
        lines.append(f"  clock: [{', '.join(clock)}]")
    lines.extend(_block("expect", expect))
    if then is not None:
        lines.append("  then:")
        lines.append(f"    inspection: {flow(then[0])}")
        lines.extend("  " + line for line in _block("expect", then[1]))
    return "".join(f"{indent}{line}\n" for line in lines)


def _block(key: str, values: Mapping[str, Any]) -> Iterator[str]:
    if not values:
        return
    yield f"  {key}:"
    for path, value in values.items():
        yield f"    {path}: {flow(value)}"


def suite_text(
    title: str, policies: Sequence[str], given: Mapping[str, Any], scenarios: Iterable[str], comment: str
) -> str:
    """A whole suite of scenarios as `scenario_text` gives them."""
    body = yaml.dump(
        dict(given), Dumper=_Dumper, default_flow_style=None, width=110, allow_unicode=True, sort_keys=False
    )
    lines = [f"# {line}" if line else "#" for line in comment.splitlines()]
    lines += [f"suite: {flow(title)}", f"policies: {flow(list(policies))}", "given:"]
    lines += [f"  {line}" for line in body.splitlines()]
    return "\n".join([*lines, "", "scenarios:", "\n".join(scenarios)])


def changes_between(given: Any, request: Any) -> dict[str, Any]:
    """The `with` that makes `request` of `given`: paths to the values that differ, null for what goes.

    >>> changes_between({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}})
    {'a.b': 3, 'a.c': None}
    """
    return {show_path(path): value for path, value in _changes(given, request, ())}


def _changes(before: Any, after: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in before:
            if key not in after:
                yield (*path, str(key)), None
        for key, value in after.items():
            if key not in before:
                # Nothing in the place of nothing is no change.
                if value not in (None, [], {}):
                    yield (*path, str(key)), value
            else:
                yield from _changes(before[key], value, (*path, str(key)))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after) and _are_members(after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _changes(one, other, (*path, place))
    elif before != after:
        yield path, after


def _are_members(members: list[Any]) -> bool:
    return bool(members) and all(isinstance(member, Mapping) for member in members)


def differences(wanted: Any, other: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """What to expect of one decision to tell it from another: paths with the wanted values, `absent` for what only the
    other has."""
    if isinstance(wanted, Mapping) and isinstance(other, Mapping):
        for key, value in wanted.items():
            if key not in UNEXPECTED:
                yield from differences(value, other.get(key), (*path, str(key)))
    elif isinstance(wanted, list) and isinstance(other, list) and (_are_members(wanted) or _are_members(other)):
        yield from _member_differences(wanted, other, path)
    elif wanted != other:
        yield path, wanted if wanted != [] or not path else []


def _member_differences(wanted: list[Any], other: list[Any], path: Path) -> Iterator[tuple[Path, Any]]:
    ours, theirs = _by_name(wanted), _by_name(other)
    if ours is None or theirs is None or path[-1:] == ("lines",):
        for place, member in enumerate(wanted):
            yield from differences(member, other[place] if place < len(other) else None, (*path, place))
        if len(other) > len(wanted):
            yield (*path, len(wanted)), "absent"
        return
    for name, member in ours.items():
        if name in theirs:
            yield from differences(member, theirs[name], (*path, _segment(name, member)))
        else:
            yield (*path, _segment(name, member)), "present"
    for name in theirs:
        if name not in ours:
            yield (*path, _segment(name, theirs[name])), "absent"


def _by_name(members: list[Any]) -> dict[str, Any] | None:
    """Members by the name that paths call them, where every one has a name of its own."""
    named: dict[str, Any] = {}
    for member in members:
        known = member if isinstance(member, Mapping) else {}
        name = next((known[key] for key in NAMES if isinstance(known.get(key), str)), None)
        if name is None or name in named or "." in name or "=" in name:
            return None
        named[name] = member
    return named


def _segment(name: str, member: Mapping[str, Any]) -> str | Member:
    if not name.isdigit():
        return name
    return Member(next(key for key in NAMES if member.get(key) == name), name)
