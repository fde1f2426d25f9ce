"""Small pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    names = list(head)
    return [f"| {' | '.join(names)} |", "|---" * len(names) + "|", *(f"| {' | '.join(row)} |" for row in rows)]


def code(text: str) -> str:
    """Text in back-ticks, safe inside a table."""
    return f"`{cell(text)}`"


def cell(text: str) -> str:
    """A vertical bar would end the cell."""
    return text.replace("|", "\\|")


def prose(text: str) -> str:
    """On one line."""
    return " ".join(text.split())
