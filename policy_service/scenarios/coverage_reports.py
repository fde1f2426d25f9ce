"""Coverage as a person or a program reads it: terminal text, JSON, LCOV, and HTML with the policy's text coloured."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from html import escape
from pathlib import Path

from policy_service.scenarios.coverage import Coverage, Group, Point
from policy_service.scenarios.places import shown

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1d232a;background:#fff}
table{border-collapse:collapse;margin:1rem 0}
td,th{padding:.25rem .9rem;text-align:right;border-bottom:1px solid #dde3ea}
td:first-child,th:first-child{text-align:left}pre{margin:0;font:13px/1.6 ui-monospace,monospace;white-space:pre-wrap}
.line{display:flex;padding:0 .5rem}.line b{width:3.5rem;color:#6b7785;font-weight:400;flex:none;user-select:none}
.line em{margin-left:auto;padding-left:2rem;color:#8a1f11;font-style:normal;font-size:12px}
i{font-style:normal;padding:.1rem .5rem}
.all{background:#e3f5e6}.some{background:#fff3cd}.none{background:#fbdcd8}
"""

LEGEND = (
    '<i class="all">everything shown</i> <i class="some">some of it shown, the rest said beside</i> '
    '<i class="none">a clause that never applied, or a line of which nothing was shown</i>'
)


def as_text(coverage: Coverage) -> str:
    """A line per policy file and the lines that no scenario shows."""
    rows: list[tuple[str, ...]] = [("policy", "clauses", "left out", "decided", "comparisons", "windows", "all")]
    for file, part in sorted(by_file(coverage).items()):
        rows.append((shown(file), *_shares(part)))
    if len(rows) > 2:
        rows.append(("all", *_shares(coverage)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_columns(row, widths) for row in rows]
    unseen = [f"{shown(point.file)}:{point.line}  {point.clause}: {point.missing}" for point in coverage.unseen]
    return "\n".join([*lines, *(["", "not shown by any scenario:", *unseen] if unseen else [])]) + "\n"


def _columns(row: tuple[str, ...], widths: list[int]) -> str:
    cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
    return "  ".join([row[0].ljust(widths[0]), *cells])


def _shares(part: Coverage) -> tuple[str, ...]:
    counted = [
        part.share(Group.CLAUSE, "applied"),
        part.share(Group.CLAUSE, "left out"),
        part.share(Group.CLAUSE, "decided anything"),
        part.share(Group.COMPARISON),
        part.share(Group.WINDOW),
    ]
    # Rounded down: only what is complete may be called 100%.
    return (*(f"{seen}/{total}" for seen, total in counted), f"{int(part.percent)}%")


def by_file(coverage: Coverage) -> dict[str, Coverage]:
    """The same coverage, file by file."""
    files: dict[str, Coverage] = defaultdict(Coverage)
    for point in coverage.points:
        files[point.file].points.add(point)
        if point in coverage.seen:
            files[point.file].seen.add(point)
    return dict(files)


def as_json(coverage: Coverage) -> str:
    """The percentage and every point, by file and clause."""
    files = {}
    for file, part in sorted(by_file(coverage).items()):
        points = [
            {
                "line": each.line,
                "clause": each.clause,
                "about": str(each.group),
                "point": each.label,
                "seen": each in part.seen,
            }
            for each in sorted(part.points)
        ]
        files[shown(file)] = {"percent": round(part.percent, 2), "points": points}
    return json.dumps({"percent": round(coverage.percent, 2), "files": files}, indent=2, ensure_ascii=False) + "\n"


def as_lcov(coverage: Coverage) -> str:
    """LCOV: a clause is a function, a line counts as run when something of it was seen, each point is a branch."""
    return "".join(f"{line}\n" for file, part in sorted(by_file(coverage).items()) for line in _record(file, part))


def _record(file: str, part: Coverage) -> Iterator[str]:
    yield f"SF:{shown(file)}"
    applied = sorted(point for point in part.points if point.label == "applied")
    yield from (f"FN:{point.line},{point.clause}" for point in applied)
    yield from (f"FNDA:{int(point in part.seen)},{point.clause}" for point in applied)
    yield f"FNF:{len(applied)}"
    yield f"FNH:{len(set(applied) & part.seen)}"
    lines = _by_line(part)
    for line, points in sorted(lines.items()):
        yield from (f"BRDA:{line},0,{number},{int(point in part.seen)}" for number, point in enumerate(points))
    yield f"BRF:{len(part.points)}"
    yield f"BRH:{len(part.points & part.seen)}"
    yield from (f"DA:{line},{sum(point in part.seen for point in points)}" for line, points in sorted(lines.items()))
    yield f"LF:{len(lines)}"
    yield f"LH:{sum(any(point in part.seen for point in points) for points in lines.values())}"
    yield "end_of_record"


def _by_line(part: Coverage) -> dict[int, list[Point]]:
    lines: dict[int, list[Point]] = defaultdict(list)
    for point in sorted(part.points):
        lines[point.line].append(point)
    return dict(lines)


def as_html(coverage: Coverage) -> str:
    """One page: a table of files, then each policy's text, coloured by how much of each line was seen."""
    names = ("policy", "clauses", "left out", "decided", "comparisons", "windows", "all")
    head = f"<tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>"
    rows, texts = [], []
    for number, (file, part) in enumerate(sorted(by_file(coverage).items())):
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in _shares(part))
        rows.append(f'<tr><td><a href="#f{number}">{escape(shown(file))}</a></td>{cells}</tr>')
        texts.append(f'<h2 id="f{number}">{escape(shown(file))}</h2><pre>{"".join(_html_lines(file, part))}</pre>')
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>What the scenarios cover</title>'
        f"<style>{STYLE}</style><h1>What the scenarios cover</h1>"
        f"<table>{head}{''.join(rows)}</table><p>{LEGEND}</p>{''.join(texts)}</html>\n"
    )


def _html_lines(file: str, part: Coverage) -> Iterator[str]:
    lines = _by_line(part)
    for number, text in enumerate(Path(file).read_text(encoding="utf-8").splitlines(), start=1):
        points = lines.get(number, [])
        unseen = [point for point in points if point not in part.seen]
        kind = _colour(points, unseen)
        said = f"<em>{escape('; '.join(point.missing for point in unseen))}</em>" if unseen else ""
        yield f'<span class="line {kind}"><b>{number}</b>{escape(text) or " "}{said}</span>'


def _colour(points: list[Point], unseen: list[Point]) -> str:
    """Red also where a clause never applied: that it was left out shows nothing of what it does."""
    if not points:
        return ""
    if not unseen:
        return "all"
    dead = any(point.group is Group.CLAUSE and point.label == "applied" for point in unseen)
    return "none" if dead or len(unseen) == len(points) else "some"
