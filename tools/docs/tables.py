"""Small pieces of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

MARKS = re.compile(r"[&<>|*_`\\\[\]]")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    names = list(head)
    return [f"| {' | '.join(names)} |", "|---" * len(names) + "|", *(f"| {' | '.join(row)} |" for row in rows)]


def code(text: str) -> str:
    """Text as code, safe inside a table.

    In back-ticks the site would show the backslash of an escaped bar, so text with a bar is written as HTML, in which
    Markdown's other marks have to be escaped too.
    """
    if "|" not in text:
        return f"`{text}`"
    return f"<code>{MARKS.sub(lambda mark: f'&#{ord(mark[0])};', text)}</code>"


def cell(text: str) -> str:
    """A vertical bar would end the cell."""
    return text.replace("|", "\\|")


def prose(text: str) -> str:
    """On one line."""
    return " ".join(text.split())
