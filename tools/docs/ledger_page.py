"""The ledger's tables and how they hang together, from the schema that the ledger itself uses."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from sqlalchemy import Column, Table
from tables import cell, code, table

from policy_service.ledger.schema import metadata

WIDTH, ROW, PAD, COLUMNS, GAP = 250, 18, 10, 3, 50
"""Of a box: its width, a line in it, its padding; boxes beside each other, and the room between them."""


def page() -> str:
    """Every table with its columns, below the diagram."""
    lines = [
        "# Ledger",
        "",
        "What is kept, in SQLite or PostgreSQL. `decisions` and `case_events` are never changed and form a hash chain "
        "for each merchant; what identifies a customer is held apart in `personal`, so that it can be erased without "
        "breaking the chain. Instants are microseconds since 1970 in UTC, sums are minor units.",
        "",
        "![The tables with their keys; an arrow leads from a foreign key to what it names](ledger.svg)",
        "",
    ]
    for each in sorted(metadata.tables.values(), key=lambda found: found.name):
        rows = ((code(column.name), kind(column), cell(says(column))) for column in each.columns)
        lines += [f"## {each.name}", "", sentence(each.comment or ""), ""]
        lines += [*table(("column", "is", "says"), rows), ""]
    return "\n".join(lines)


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def kind(column: Column[object]) -> str:
    name = {"TEXT": "text", "BLOB": "bytes", "BOOLEAN": "true or false"}.get(str(column.type), "whole number")
    return f"{name} or null" if column.nullable else name


def says(column: Column[object]) -> str:
    names = [f"`{key.column}`" for key in column.foreign_keys]
    parts = [
        "part of the key" if column.primary_key else "",
        f"names {names[0]}" if names else "",
        column.comment or "",
    ]
    return "; ".join(part for part in parts if part)


def diagram() -> str:
    """The entity diagram as SVG: boxes with keys, arrows for foreign keys."""
    placed = places(sorted(metadata.tables.values(), key=weight))
    height = max(top + box_height(each) for each, (_, top) in placed.items()) + PAD
    width = COLUMNS * (WIDTH + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"',
        'font-family="sans-serif" font-size="12">',
        '<defs><marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#c2410c"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *(part for each in placed for part in arrows(each, placed)),
        *(part for each in placed for part in box(each, *placed[each])),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def weight(each: Table) -> tuple[bool, str]:
    """Tables that are bound to others first."""
    return not bound(each), each.name


def bound(each: Table) -> bool:
    named = {key.column.table for other in metadata.tables.values() for key in other.foreign_keys}
    return bool(each.foreign_keys) or each in named


def shown(each: Table) -> list[Column[object]]:
    return [column for column in each.columns if column.primary_key or column.foreign_keys or column.name == "id"]


def box_height(each: Table) -> int:
    return (len(shown(each)) + 2) * ROW + PAD


def places(tables: list[Table]) -> dict[Table, tuple[int, int]]:
    """Left and top of each box: the shortest column takes the next."""
    tops = [PAD] * COLUMNS
    placed = {}
    for each in tables:
        column = tops.index(min(tops))
        placed[each] = (column * (WIDTH + GAP) + GAP // 2, tops[column])
        tops[column] += box_height(each) + 2 * PAD
    return placed


def box(each: Table, left: int, top: int) -> Iterator[str]:
    height = box_height(each)
    yield f'<rect x="{left}" y="{top}" width="{WIDTH}" height="{height}" rx="4" fill="#f8fafc" stroke="#64748b"/>'
    yield f'<rect x="{left}" y="{top}" width="{WIDTH}" height="{ROW + 6}" rx="4" fill="#1e3a5f"/>'
    yield f'<text x="{left + PAD}" y="{top + ROW - 2}" fill="#ffffff" font-weight="bold">{escape(each.name)}</text>'
    for number, column in enumerate(shown(each), start=1):
        mark = "key" if column.primary_key else "to" if column.foreign_keys else "unique"
        line = top + (number + 1) * ROW
        yield f'<text x="{left + PAD}" y="{line}">{escape(column.name)}</text>'
        yield f'<text x="{left + WIDTH - PAD}" y="{line}" text-anchor="end" fill="#64748b">{mark}</text>'
    more = len(each.columns) - len(shown(each))
    last = top + (len(shown(each)) + 2) * ROW
    yield f'<text x="{left + PAD}" y="{last}" fill="#64748b">and {more} more</text>' if more else ""


def arrows(each: Table, placed: dict[Table, tuple[int, int]]) -> Iterator[str]:
    for number, column in enumerate(shown(each), start=1):
        for key in column.foreign_keys:
            (left, top), (to_left, to_top) = placed[each], placed[key.column.table]
            start_y, end_y = top + (number + 1) * ROW - 4, to_top + ROW // 2 + 3
            if left == to_left:
                edge = left + WIDTH
                path = f"M{edge} {start_y} C{edge + GAP} {start_y} {edge + GAP} {end_y} {edge} {end_y}"
            else:
                start, end = (left, to_left + WIDTH) if left > to_left else (left + WIDTH, to_left)
                middle = (start + end) // 2
                path = f"M{start} {start_y} C{middle} {start_y} {middle} {end_y} {end} {end_y}"
            yield f'<path d="{path}" fill="none" stroke="#c2410c" stroke-width="1.5" marker-end="url(#to)"/>'
