"""What a YAML parser's complaint means to the author, and how to read on behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from policy_service.language.slips import misplaced_mark

__all__ = ["Complaint", "explain", "without_item"]

ITEM = re.compile(r"( *)- ")
VALUE = re.compile(r"[^'\"]*?[:-] +('[^']*'|\"[^\"]*\"|[*&]\S+) *$")
BEGINS = re.compile(r" *- ")
HAS_COLON = re.compile(r":(?:\s|$)")
UNMARKED_KEY = re.compile(r"\s*(?:- +)?(?P<key>[A-Za-z_][\w-]*)(?P<mark>[:：]| +(?=\S+$))(?P<value>[^\s#:].*)$")
"""`id foo` or `id:foo`, where `id: foo` is meant."""
ENDED_BY_APOSTROPHE = re.compile(r"[\[{,:] *'[^']*\w(?='\w)")
TOP = re.compile(r"[^\s#]")


@dataclass(frozen=True, slots=True)
class Complaint:
    """A syntax error in the author's words; `line` and `column` count from 0."""

    code: str
    message: str
    hint: str | None
    line: int
    column: int


def explain(error: yaml.YAMLError, lines: list[str]) -> Complaint:
    """Say what `error` means, and where the cause is rather than where the parser gave up."""
    complaint = _complaint(error, lines)
    line = lines[complaint.line] if complaint.line < len(lines) else ""
    mark = misplaced_mark(line) if complaint.code == "PS003-syntax" else None
    if mark is None:
        return complaint
    column, wide, plain = mark
    if plain == " ":
        message, hint = "the indentation holds a space that YAML does not know", "type the spaces again"
    else:
        message, hint = f"`{wide}` is not the `{plain}` that YAML reads", f"write a plain `{plain}`{_space(plain)}"
    return Complaint("PS003-syntax", message, hint, complaint.line, column)


def _space(mark: str) -> str:
    return " and a space" if mark in ":,;" else ""


def _complaint(error: yaml.YAMLError, lines: list[str]) -> Complaint:
    problem = str(getattr(error, "problem", None) or "this is not YAML")
    context = str(getattr(error, "context", None) or "")
    at = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    began = getattr(error, "context_mark", None) or at
    line, column = (at.line, at.column) if at is not None else (0, 0)
    start = (began.line, began.column) if began is not None else (line, column)
    text = lines[line] if line < len(lines) else ""

    if text[column : column + 1] == ":" and not text[:column].strip(" -{[,?"):
        return Complaint("PS014-key-not-text", "a key is missing before the colon", "write `key: value`", line, column)
    if ("flow mapping" in context or "flow sequence" in context) and not (
        line == start[0] and text[column : column + 1] == ":"
    ):
        apostrophe = ENDED_BY_APOSTROPHE.search(text)
        if apostrophe is not None:
            message, hint = "this apostrophe ends the quoted text", "put the whole text in double quotes"
            return Complaint("PS003-syntax", message, hint, line, apostrophe.end())
        mark, close = ("{", "}") if "mapping" in context else ("[", "]")
        return Complaint(
            "PS003-syntax",
            f"this `{mark}` is not closed, or a comma is missing in it",
            f"write commas between the items and `{close}` at the end; quote text that holds {_brackets()}",
            *start,
        )
    if "quoted scalar" in context and "unexpected end" in problem:
        return Complaint("PS003-syntax", "this quote is never closed", "end the text with the same quote", *start)
    if "quoted scalar" in context and "escape" in problem:
        return Complaint(
            "PS003-syntax",
            "a backslash in double quotes begins an escape that does not exist",
            "write the text in single quotes",
            line,
            column,
        )
    if "mapping values are not allowed" in problem or "flow" in context:
        return _no_colon_above(lines, line, column) or _stray_colon(text, line, column)
    if "did not find expected key" in problem and (complaint := _goes_on(text, line, column)) is not None:
        return complaint
    if "did not find expected key" in problem or "'-' indicator" in problem or "block end" in problem:
        return Complaint(
            "PS003-syntax",
            "this does not line up with what stands above it",
            f"the part it belongs to began on line {start[0] + 1} in column {start[1] + 1}",
            line,
            column,
        )
    if "could not find expected ':'" in problem:
        return _unmarked("".join(lines[start[0] : start[0] + 1]).rstrip(), start[0]) or Complaint(
            "PS003-syntax",
            "this line is neither `key: value` nor `- item`",
            "write a colon and a space after the key",
            *start,
        )
    if "block sequence entries" in problem:
        return Complaint("PS003-syntax", "a list cannot begin here", "begin it on a line of its own", line, column)
    if "unexpected ':'" in problem:
        return Complaint(
            "PS003-syntax", "a colon needs a space or a line end after it", "write `key: value`", line, column
        )
    if "tag" in context or "tag" in problem:
        return Complaint("PS009-custom-tag", "a tag is not allowed", "quote text that begins with `!`", line, column)
    if "alias" in context or "anchor" in context:
        return Complaint(
            "PS007-unknown-alias", "`*` and `&` at the start of text mark repeated parts", "quote the text", *start
        )
    if "cannot start any token" in problem:
        return Complaint(
            "PS003-syntax", f"text cannot begin with `{text[column : column + 1]}`", "quote the text", line, column
        )
    return Complaint("PS003-syntax", f"this is not YAML: {problem}", None, line, column)


def _goes_on(text: str, line: int, column: int) -> Complaint | None:
    """Text behind what already was a whole value: a quoted one, or the name of a repeated part."""
    value = VALUE.match(text[:column])
    if value is None:
        return None
    begins = value.start(1)
    if text[begins] in "*&":
        message, hint = "`*` and `&` at the start of text mark repeated parts", "quote the text"
        return Complaint("PS007-unknown-alias", message, hint, line, begins)
    other = "double" if text[begins] == "'" else "single"
    message, hint = "the text goes on behind its closing quote", f"put the whole text in {other} quotes"
    return Complaint("PS003-syntax", message, hint, line, column)


def _no_colon_above(lines: list[str], line: int, column: int) -> Complaint | None:
    """A key above that has no colon, or no space after it: the parser takes it for text that goes on to this line."""
    if line >= len(lines) or HAS_COLON.search(lines[line][:column]):
        return None
    first = line - 1
    while first > 0 and not BEGINS.match(lines[first]) and not HAS_COLON.search(lines[first - 1]):
        first -= 1
    return _unmarked(lines[first].rstrip(), first) if first >= 0 and not HAS_COLON.search(lines[first]) else None


def _unmarked(text: str, line: int) -> Complaint | None:
    """A key without a colon, or without a space after it."""
    found = UNMARKED_KEY.match(text)
    if found is None:
        return None
    glued = found["mark"] in ":："
    message = "a colon needs a space after it" if glued else f"the colon after `{found['key']}` is missing"
    hint = f"write `{found['key']}: {found['value']}`"
    return Complaint("PS003-syntax", message, hint, line, found.start("mark"))


def _brackets() -> str:
    return "`{`, `}`, `[`, `]` or `,`"


def _stray_colon(text: str, line: int, column: int) -> Complaint:
    before = text[:column]
    if re.search(r":(\s|$)", before):
        return Complaint(
            "PS003-syntax", "a colon inside unquoted text", "quote the whole text after the first colon", line, column
        )
    first = len(before) - len(before.lstrip(" -"))
    return Complaint(
        "PS003-syntax",
        "this key is indented as if it were part of the value above it",
        "line it up with the key above",
        line,
        first,
    )


def without_item(lines: list[str], line: int) -> list[str] | None:
    """The lines with the list item or top-level key around `line` blanked, or None when that removes nothing.

    Line numbers stay as they were, so the rest of the file keeps its positions.
    """
    line = min(line, len(lines) - 1)
    while line > 0 and not lines[line].strip():
        line -= 1
    section = next((at for at in range(line, -1, -1) if TOP.match(lines[at]) and not lines[at].startswith("- ")), 0)
    dashes = [len(found.group(1)) for each in lines[section + 1 : line + 1] if (found := ITEM.match(each))]
    indent = min(dashes, default=-1)

    def begins(at: int) -> bool:
        found = ITEM.match(lines[at])
        return bool(TOP.match(lines[at])) or (found is not None and len(found.group(1)) == indent)

    first = next((at for at in range(line, -1, -1) if begins(at)), 0)
    last = next((at for at in range(first + 1, len(lines)) if begins(at)), len(lines))
    if not any(each.strip() for each in lines[first:last]):
        return None
    return [*lines[:first], *([""] * (last - first)), *lines[last:]]
