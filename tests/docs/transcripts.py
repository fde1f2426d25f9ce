"""Read a page of the documentation as something to be tried: the files it shows, the commands and what they print.

A fenced block with `title="path"` is a file. A `console` block is a transcript: `$ command`, then its output; a line
`…` stands for any lines. A `sh` block holds commands without their output; they must do what they are for.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(
    r'^(?P<indent> *)```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^ *```$', re.MULTILINE | re.DOTALL
)
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class ShownFile:
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One command and the lines that the page says it prints."""

    command: tuple[str, ...]
    printed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line for the shell, of which the page does not say what it prints."""

    text: str


def read(page: Path) -> Iterator[ShownFile | Step | Line]:
    """What the page shows, in its order."""
    for block in FENCE.finditer(page.read_text(encoding="utf-8")):
        text = re.sub(rf"^{block['indent']}", "", block["text"], flags=re.MULTILINE)
        if block["title"]:
            yield ShownFile(block["title"], text)
        elif block["language"] == "console":
            yield from steps(text)
        elif block["language"] == "sh":
            yield from (Line(each) for each in text.replace("\\\n", " ").splitlines() if each)


def steps(transcript: str) -> Iterator[Step]:
    joined = transcript.replace("\\\n", " ")
    for part in re.split(r"^\$ ", joined, flags=re.MULTILINE)[1:]:
        command, *printed = part.rstrip("\n").split("\n")
        yield Step(tuple(shlex.split(command)), tuple(line.rstrip() for line in printed))


def matches(shown: tuple[str, ...], printed: str) -> bool:
    """Whether the output is what the page shows; spaces at the ends of lines and times taken do not count."""
    shown, printed = tuple(map(timeless, shown)), timeless(printed)
    pattern = "".join(r"(?:.*\n)*?" if line.strip() == ELLIPSIS else re.escape(line) + r"\n" for line in shown)
    lines = [line.rstrip() for line in printed.rstrip().split("\n")]
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in lines) if printed.strip() else "") is not None


def timeless(text: str) -> str:
    """Without how long it took, which no two runs share."""
    return re.sub(r"\bin \d+\.\d+ s\b", "in some time", text)
