"""Builds plain data from the events of a YAML parser, remembering where each part stood.

What a reader of policies must refuse is refused here, event by event, before it can be built: tags, cycles,
aliases that multiply, deep nesting, a second document. Everything else that is wrong (a key that stands twice,
an alias to nothing) is noted, mended in the obvious way and read on, so that one run finds every mistake.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import yaml

from policy_service.language.scalars import ImpossibleDate, resolve_plain
from policy_service.language.slips import sum_with_commas

__all__ = ["Construction", "Fault", "Mark", "Node", "RefusedError", "build"]

DEEPEST = 64
MOST_NODES = 200_000
MOST_ALIASED_NODES = 10_000
MOST_FAULTS = 1000


class Mark(Protocol):
    """A place in the text, counted from 0; `index` is in characters from the start."""

    @property
    def index(self) -> int: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake found while building, between two marks."""

    code: str
    message: str
    hint: str | None
    start: Mark
    end: Mark


class RefusedError(Exception):
    """The text must not be built any further; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


@dataclass(slots=True)
class Node:
    """Where one value stood. `children` are nodes by key or index, `keys` the marks of a mapping's keys."""

    value: Any
    start: Mark
    end: Mark
    plain: bool = False
    damaged: bool = False
    lacks_keys: bool = False  # one that was refused might have given it more
    size: int = 1
    children: dict[str | int, Node] = field(default_factory=dict)
    keys: dict[str, tuple[Mark, Mark]] = field(default_factory=dict)


@dataclass(slots=True)
class _Open:
    """A list or mapping that has begun and not yet ended."""

    node: Node
    is_mapping: bool
    is_flow: bool
    anchor: str | None
    key: str | None = None
    key_start: Mark | None = None
    key_end: Mark | None = None
    skips: bool = False  # the value of a refused key is read but not kept
    last_key: str | None = None

    @property
    def awaits_key(self) -> bool:
        return self.is_mapping and self.key_start is None


@dataclass(slots=True)
class Construction:
    """What was built: the root (None for an empty text) and the faults that were mended on the way."""

    root: Node | None
    faults: list[Fault]


def build(text: str, events: Iterator[yaml.Event]) -> Construction:
    """Build the first document of `text` from its parser's `events`.

    Raises RefusedError for what must not be built, and lets the parser's own yaml.YAMLError pass.
    """
    builder = _Builder(text)
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent) and builder.root is not None:
            builder.second_document(event)
            break
        builder.take(event)
    return Construction(builder.root, builder.faults)


class _Builder:
    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Node | None = None
        self.faults: list[Fault] = []
        self.open: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.nodes = 0
        self.aliased = 0

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._begin(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._end(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)

    def second_document(self, event: Any) -> None:
        self._fault(
            "PS005-two-documents",
            "a second document begins here",
            "remove the line `---`, or move what follows to a file of its own",
            event.start_mark,
            event.end_mark,
        )

    def _fault(self, code: str, message: str, hint: str | None, start: Mark, end: Mark) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(code, message, hint, start, end))

    def _count(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise RefusedError(
                Fault(
                    "PS002-too-large",
                    f"the file holds more than {MOST_NODES:,} values",
                    "split it by `include`",
                    event.start_mark,
                    event.end_mark,
                )
            )

    def _refuses_tag(self, event: Any) -> bool:
        if event.tag is None or (event.tag == "!" and isinstance(event, yaml.ScalarEvent)):
            return False
        self._fault(
            "PS009-custom-tag",
            f"the tag `{_short(event.tag.replace('tag:yaml.org,2002:', '!!'))}` is not allowed",
            "remove it; quotes make text, and everything else is read as it stands",
            event.start_mark,
            event.end_mark,
        )
        return True

    def _scalar(self, event: Any) -> None:
        self._count(event)
        frame = self.open[-1] if self.open else None
        tagged = self._refuses_tag(event)
        if frame is not None and frame.awaits_key:
            self._key(frame, event.value, event)
            return
        plain = bool(event.implicit[0]) and event.tag is None
        if plain and event.value == "" and frame is not None and frame.is_flow and self._cut_by_comma(frame):
            return
        node = Node(event.value, event.start_mark, event.end_mark, plain=plain, damaged=tagged)
        if plain:
            try:
                node.value = resolve_plain(event.value)
            except ImpossibleDate:
                node.damaged = True
                self._fault(
                    "PS011-impossible-date",
                    f"there is no such day as `{event.value}`",
                    _last_day_hint(event.value),
                    event.start_mark,
                    event.end_mark,
                )
        self._remember(event.anchor, node)
        self._place(node)

    def _key(self, frame: _Open, key: str, event: Any) -> None:
        frame.key, frame.key_start, frame.key_end = key, event.start_mark, event.end_mark
        frame.skips = False
        if key == "" and event.implicit[0]:
            frame.skips = True
            self._fault(
                "PS014-key-not-text",
                "a key is missing before the colon",
                "write `key: value`",
                event.start_mark,
                event.end_mark,
            )
        elif key == "<<" and event.implicit[0]:
            frame.skips = frame.node.lacks_keys = True
            self._fault(
                "PS015-merge-key",
                "the merge key `<<` is not supported",
                "write the keys out, or share whole clauses by `include`",
                event.start_mark,
                event.end_mark,
            )
        elif key in frame.node.keys:
            frame.skips = True
            first = frame.node.keys[key][0].line + 1
            self._fault(
                "PS006-duplicate-key",
                f"the key `{_short(key)}` stands here a second time",
                f"it stands first on line {first}; keep one of the two",
                event.start_mark,
                event.end_mark,
            )

    def _cut_by_comma(self, frame: _Open) -> bool:
        """Whether the key just read is the tail of an unquoted sentence; if so it is joined to its head again."""
        if frame.key_start is None or frame.key_end is None or frame.last_key is None:
            return False
        head = frame.node.children.get(frame.last_key)
        if head is None or not head.plain or not isinstance(head.value, (str, int, float)):
            return False
        if ":" in self.text[frame.key_end.index : frame.key_end.index + 1]:
            return False
        whole = self.text[head.start.index : frame.key_end.index]
        number = sum_with_commas(whole)
        hint = f'quote this text: `"{_short(whole)}"`'
        if number is not None:
            hint = f'write a sum without separators: `"{number}"`'
        self.faults = [
            each
            for each in self.faults
            if not (each.code == "PS010-cut-by-comma" and each.start.index == head.start.index)
        ]
        self._fault("PS010-cut-by-comma", "a comma cut this text in two", hint, head.start, frame.key_end)
        head.value, head.end, head.damaged = whole, frame.key_end, True
        frame.node.value[frame.last_key] = whole
        frame.key = frame.key_start = frame.key_end = None
        return True

    def _begin(self, event: Any) -> None:
        self._count(event)
        if len(self.open) >= DEEPEST:
            raise RefusedError(
                Fault(
                    "PS013-too-deep", f"nested more than {DEEPEST} levels deep", None, event.start_mark, event.end_mark
                )
            )
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        node = Node({} if is_mapping else [], event.start_mark, event.end_mark)
        node.damaged = self._refuses_tag(event)
        self.open.append(_Open(node, is_mapping, bool(event.flow_style), event.anchor))

    def _end(self, event: Any) -> None:
        frame = self.open.pop()
        if frame.is_flow:
            frame.node.end = event.end_mark
        self._remember(frame.anchor, frame.node)
        self._place(frame.node)

    def _alias(self, event: Any) -> None:
        self._count(event)
        name = str(event.anchor)
        node = self.anchors.get(name)
        if any(frame.anchor == name for frame in self.open):
            node = None
            self._fault(
                "PS008-alias-bomb",
                f"`*{name}` stands inside the part that it repeats",
                "write the part out",
                event.start_mark,
                event.end_mark,
            )
        elif node is None:
            self._fault(
                "PS007-unknown-alias",
                f"`*{name}` repeats nothing: no part of the file is marked `&{name}`",
                "text that begins with `*` must be quoted",
                event.start_mark,
                event.end_mark,
            )
        else:
            self.aliased += node.size
            if self.aliased > MOST_ALIASED_NODES:
                raise RefusedError(
                    Fault(
                        "PS008-alias-bomb",
                        f"aliases repeat more than {MOST_ALIASED_NODES:,} values",
                        "share clauses by `include` instead",
                        event.start_mark,
                        event.end_mark,
                    )
                )
        self._place(node or Node(None, event.start_mark, event.end_mark, damaged=True), event)

    def _remember(self, anchor: str | None, node: Node) -> None:
        if anchor is not None:
            self.anchors[anchor] = node

    def _place(self, node: Node, alias: Any = None) -> None:
        """Put a finished value where it belongs."""
        if not self.open:
            self.root = node
            return
        frame = self.open[-1]
        parent = frame.node
        if frame.awaits_key:
            start, end = (alias.start_mark, alias.end_mark) if alias else (node.start, node.end)
            self._fault("PS014-key-not-text", "a key must be plain text", "write `key: value`", start, end)
            frame.key, frame.key_start, frame.key_end, frame.skips = "", start, end, True
            return
        parent.size += node.size
        if not frame.is_mapping:
            parent.children[len(parent.value)] = node
            parent.value.append(node.value)
        else:
            if not frame.skips and frame.key is not None and frame.key_start and frame.key_end:
                parent.children[frame.key] = node
                parent.keys[frame.key] = (frame.key_start, frame.key_end)
                parent.value[frame.key] = node.value
            frame.last_key = None if frame.skips else frame.key
            frame.key = frame.key_start = frame.key_end = None
        if not frame.is_flow and alias is None:
            parent.end = node.end


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}…"


def _last_day_hint(text: str) -> str:
    year, month, _ = (int(part) for part in text.split("-"))
    if not 1 <= month <= 12 or year == 0:
        return "dates are written year-month-day, such as `2025-06-30`"
    return f"the last day of that month is `{year:04}-{month:02}-{monthrange(year, month)[1]}`"
