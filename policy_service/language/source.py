"""A YAML file read with every position kept.

Reading never raises for what an author wrote: mistakes come back as diagnostics beside the data.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from policy_service.language.construction import Construction, Fault, Node, RefusedError, build
from policy_service.language.diagnostics import Diagnostic, Position, in_order
from policy_service.language.syntax import Complaint, explain, without_item

__all__ = ["LARGEST_FILE", "DataPath", "Source", "State", "read_yaml", "state_of"]

LARGEST_FILE = 1 << 20
MOST_REPAIRS = 20

DataPath = Sequence[str | int]
"""The way from the root of the data to a value: `("clauses", 0, "window", "days")`."""

State = tuple[int, int, int]
"""What shows that a file has not changed: its time of change in nanoseconds, size and inode."""

LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
LEADING_TAB = re.compile(r" *\t[ \t]*")
FOREIGN_INDENT = re.compile(r" *([\u00a0\u3000][ \u00a0\u3000]*)(?:- |[A-Za-z_][\w-]*:(?:\s|$))")
UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_Parser: type[Any] = yaml.CSafeLoader if getattr(yaml, "__with_libyaml__", False) else yaml.SafeLoader


@dataclass(frozen=True)
class Source:
    """A file's data, its mistakes so far, and where each part of it stands.

    `data` is plain Python (dict, list, str, bool, None and the Plain* scalars); None when nothing could be
    read. `partial` says that some item was set aside, so what seems missing may only be unread. `state` is how
    the file stood when it was opened; None of a text, or of a file that cannot be opened.
    """

    name: str
    text: str
    data: Any = None
    diagnostics: tuple[Diagnostic, ...] = ()
    partial: bool = False
    root: Node | None = field(default=None, repr=False)
    path: Path | None = None
    # columns gained by turning a line's tabs into spaces
    shifts: dict[int, int] = field(default_factory=dict, repr=False)
    state: State | None = None

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, without their breaks."""
        return LINE_BREAK.split(self.text)

    def line(self, number: int) -> str:
        """The line with this number (from 1), or nothing beyond the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def position(self, path: DataPath, key: bool = False) -> Position:
        """Where the value at `path` stands, or with `key` the key that holds it.

        A path that leads nowhere gives the nearest value that holds it.
        """
        parent, node = None, self.root
        last: str | int = ""
        if node is None:
            return Position()
        for step in path:
            child = node.children.get(step)
            if child is None:
                return self._between(node.start, node.end)
            parent, node, last = node, child, step
        if key and parent is not None and isinstance(last, str):
            return self._between(*parent.keys[last])
        return self._between(node.start, node.end)

    def is_damaged(self, path: DataPath) -> bool:
        """Whether the value at `path`, or one that holds it, was already reported and only stands in for another."""
        node = self.root
        for step in path:
            if node is None or node.damaged:
                return node is not None
            node = node.children.get(step)
        return node is not None and node.damaged

    def lacks_keys(self, path: DataPath) -> bool:
        """Whether the mapping at `path` has keys that are not in the data, since they were refused."""
        node = self.root
        for step in path:
            node = node.children.get(step) if node is not None else None
        return node is not None and node.lacks_keys

    def at(self, code: str, path: DataPath, message: str, hint: str | None = None, *, key: bool = False) -> Diagnostic:
        """A diagnostic about the value (or key) at `path`."""
        return self.report(code, message, hint, self.position(path, key))

    def report(self, code: str, message: str, hint: str | None, position: Position) -> Diagnostic:
        """A diagnostic about a place in this file."""
        return Diagnostic.of(code, message, hint, self.name, position, self.line(position.line))

    def _between(self, start: Any, end: Any) -> Position:
        return _position(start.line, start.column, end.line, end.column, self.shifts)


def read_yaml(origin: Path | str | bytes, name: str | None = None) -> Source:
    """Read a file (a Path) or a text (str or bytes).

    `name` is what diagnostics call it; by default the path as given, or `<text>`.
    """
    path = origin if isinstance(origin, Path) else None
    name = name or (str(path) if path else "<text>")
    state: State | None = None
    if isinstance(origin, str):
        raw = origin.encode("utf-8", "replace")
    elif isinstance(origin, bytes):
        raw = origin
    else:
        try:
            state, raw = _opened(origin)
        except OSError as error:
            reason = (error.strerror or "it cannot be opened").lower()
            return _unread(name, path, f"the file cannot be read: {reason}")
        except ValueError:
            return _unread(name, path, "this cannot be the name of a file")
    content = _content(raw, name)
    if isinstance(content, Diagnostic):
        return Source(name, "", None, (content,), path=path, state=state)
    return _Reading(Source(name, content, path=path, state=state)).source()


def state_of(file: os.stat_result) -> State:
    """What is compared to tell whether a file has changed."""
    return file.st_mtime_ns, file.st_size, file.st_ino


def _opened(path: Path) -> tuple[State, bytes]:
    """How a file stands, and then what is in it: a change after the look shows as one."""
    with path.open("rb") as file:
        return state_of(os.fstat(file.fileno())), file.read(LARGEST_FILE + 1)


def _unread(name: str, path: Path | None, message: str) -> Source:
    return Source(name, "", None, (Diagnostic.of("PS001-unreadable", message, None, name),), path=path)


def _content(raw: bytes, name: str) -> str | Diagnostic:
    if len(raw) > LARGEST_FILE:
        return _too_large(name)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        return Diagnostic.of(
            "PS001-unreadable",
            "the file is not UTF-8 text",
            "save it with the encoding UTF-8",
            name,
            Position(line, column, line, column + 1),
        )


def _too_large(name: str) -> Diagnostic:
    return Diagnostic.of(
        "PS002-too-large",
        "the file is larger than 1 MiB",
        "split it: a file per merchant and version, shared clauses by `include`",
        name,
    )


class _Reading:
    """One reading of a text, repaired and read again until the rest of it makes sense."""

    def __init__(self, blank: Source) -> None:
        self.blank = blank
        self.found: list[Diagnostic] = []
        self.shifts: dict[int, int] = {}
        self.partial = False

    def source(self) -> Source:
        lines = self._with_plain_spaces(self._printable(list(self.blank.lines)))
        built: Construction | None = None
        for _ in range(MOST_REPAIRS):
            try:
                text = "\n".join(lines)
                built = build(text, _events(text))
                break
            except RefusedError as refusal:
                self.found.append(self._from_fault(refusal.fault))
                break
            except yaml.YAMLError as error:
                repaired = self._repaired(explain(error, lines), lines)
                if repaired is None:
                    break
                lines = repaired
        return self._finished(built)

    def _finished(self, built: Construction | None) -> Source:
        faults = [self._from_fault(fault) for fault in built.faults] if built else []
        root = built.root if built else None
        if not self.found and not faults and (root is None or root.value is None):
            hint = "begin a policy with `merchant:`, or remove the file"
            self.found.append(self.blank.report("PS012-empty", "there is nothing in this file", hint, Position()))
        return replace(
            self.blank,
            data=root.value if root else None,
            diagnostics=tuple(in_order([*self.found, *faults])),
            partial=self.partial or built is None,
            root=root,
            shifts=self.shifts,
        )

    def _from_fault(self, fault: Fault) -> Diagnostic:
        position = _position(fault.start.line, fault.start.column, fault.end.line, fault.end.column, self.shifts)
        return self.blank.report(fault.code, fault.message, fault.hint, position)

    def _printable(self, lines: list[str]) -> list[str]:
        for number, line in enumerate(lines):
            for found in UNPRINTABLE.finditer(line):
                column = found.start() + 1
                self.found.append(
                    self.blank.report(
                        "PS003-syntax",
                        f"a character that cannot be printed (U+{ord(found.group()):04X})",
                        "delete it",
                        Position(number + 1, column, number + 1, column + 1),
                    )
                )
                if len(self.found) >= MOST_REPAIRS:
                    break
            lines[number] = UNPRINTABLE.sub("\ufffd", line)
        return lines

    def _with_plain_spaces(self, lines: list[str]) -> list[str]:
        """The lines with spaces that YAML takes for letters made plain where they indent a key or an item."""
        for at, line in enumerate(lines):
            found = FOREIGN_INDENT.match(line)
            if found is None:
                continue
            column = found.start(1) + 1
            self.found.append(
                self.blank.report(
                    "PS003-syntax",
                    "the indentation holds a space that YAML does not know",
                    "type the spaces again",
                    Position(at + 1, column, at + 1, found.end(1) + 1),
                )
            )
            lines[at] = " " * found.end(1) + line[found.end(1) :]
        return lines

    def _repaired(self, complaint: Complaint, lines: list[str]) -> list[str] | None:
        tabs = [at for at, line in enumerate(lines) if LEADING_TAB.match(line) and line.strip()]
        if tabs and not self.shifts:
            return self._without_tabs(lines, tabs)
        if complaint.line + 1 not in self.shifts:
            position = _position(complaint.line, complaint.column, complaint.line, complaint.column + 1, self.shifts)
            self.found.append(self.blank.report(complaint.code, complaint.message, complaint.hint, position))
        self.partial = True
        return without_item(lines, complaint.line)

    def _without_tabs(self, lines: list[str], tabs: list[int]) -> list[str]:
        for at in tabs:
            found = LEADING_TAB.match(lines[at])
            indent = found.group() if found else ""
            self.shifts[at + 1] = indent.count("\t")
            column = indent.index("\t") + 1
            self.found.append(
                self.blank.report(
                    "PS004-tab",
                    "a tab in the indentation",
                    "indent with spaces",
                    Position(at + 1, column, at + 1, len(indent) + 1),
                )
            )
            lines[at] = indent.replace("\t", "  ") + lines[at][len(indent) :]
        return lines


def _events(text: str) -> Iterator[yaml.Event]:
    parser = _Parser(text)
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()


def _position(line: int, column: int, end_line: int, end_column: int, shifts: dict[int, int]) -> Position:
    line, end_line = line + 1, end_line + 1
    column = max(1, column + 1 - shifts.get(line, 0))
    end_column = max(1, end_column + 1 - shifts.get(end_line, 0))
    return Position(line, column, end_line, end_column)
