"""Reports as CSV, as plain text, and as a page with charts that needs nothing from anywhere else."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Sequence
from html import escape
from typing import Any

from policy_service.ledger.errors import NotInstalled
from policy_service.ledger.reports.report import Chart, Column, Report, Section

CHINESE = "zh-CN"
SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)


def as_csv(report: Report) -> str:
    """Every section under its name, an empty line between them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for number, section in enumerate(report.sections):
        if number:
            writer.writerow([])
        writer.writerow([f"# {section.name}"])
        writer.writerow([column.name for column in section.columns])
        writer.writerows([[_safe(value) for value in row] for row in section.rows])
    return out.getvalue()


def _safe(value: Any) -> Any:
    """Spreadsheets run what begins like a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "@", "\t") else value


def cell(column: Column, value: Any) -> str:
    """A value as people read it."""
    match column.kind:
        case "share" | "rate":
            return f"{100 * value:.1f}%"
        case "mean":
            return f"{value:.2f}"
        case "count":
            return f"{value:,}"
        case "p":
            return "< 0.0001" if value < 0.0001 else f"{value:.4f}"
        case "seconds":
            return duration(value)
    return str(value)


def duration(seconds: int) -> str:
    """`3 d 4 h`, `2 h 5 min`, `40 s`."""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{rest} s"


def as_text(report: Report, locale: str = "en") -> str:
    """Plain tables for a terminal that is none, or a file."""
    said = 1 if locale == CHINESE else 0
    parts = [report.title[said], "=" * len(report.title[said])]
    for section in report.sections:
        parts += ["", section.title[said]]
        if section.note[said]:
            parts.append(f"({section.note[said]})")
        table = [[column.title[said] for column in section.columns]]
        table += [
            [cell(column, value) for column, value in zip(section.columns, row, strict=True)] for row in section.rows
        ]
        widths = [max(len(row[index]) for row in table) for index in range(len(section.columns))]
        parts += [
            "  ".join(
                _pad(text, width, column) for text, width, column in zip(row, widths, section.columns, strict=True)
            ).rstrip()
            for row in table
        ]
    return "\n".join(parts) + "\n"


def _pad(text: str, width: int, column: Column) -> str:
    return text.ljust(width) if column.kind in ("text", "date") else text.rjust(width)


STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem }
body { color: #1a1a1a; background: #fff }
h1 { font-size: 1.6rem } h2 { font-size: 1.15rem; margin-top: 2.5rem } p.note { color: #595959; font-size: .9rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .25rem .75rem; text-align: left }
th { border-bottom: 2px solid #767676 } td { border-bottom: 1px solid #e0e0e0 } .n { text-align: right }
tr.marked td { background: #fff1cc; font-weight: 600 } .table { overflow-x: auto } svg { max-width: 100%; height: auto }
"""


def as_html(report: Report, locale: str = "en", about: str = "") -> str:
    """A whole page: charts as SVG inside it, tables below them."""
    said = 1 if locale == CHINESE else 0
    parts = [
        f'<!doctype html><html lang="{locale}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(report.title[said])}</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(report.title[said])}</h1><p class='note'>{escape(about)}</p>",
    ]
    for section in report.sections:
        parts += _section(section, said)
    parts.append("</body></html>")
    return "\n".join(parts)


def _section(section: Section, said: int) -> list[str]:
    parts = [f"<h2>{escape(section.title[said])}</h2>"]
    if section.note[said]:
        parts.append(f"<p class='note'>{escape(section.note[said])}</p>")
    if section.chart is not None and section.rows:
        parts.append(_chart(section, section.chart))
    head = "".join(f"<th{_numeric(column)}>{escape(column.title[said])}</th>" for column in section.columns)
    parts.append(f"<div class='table'><table><thead><tr>{head}</tr></thead><tbody>")
    marks = [column.name for column in section.columns].index
    verdict = next(
        (marks(name) for name in ("stands_out", "verdict") if any(c.name == name for c in section.columns)), None
    )
    for row in section.rows:
        cells = "".join(
            f"<td{_numeric(column)}>{escape(cell(column, value))}</td>"
            for column, value in zip(section.columns, row, strict=True)
        )
        parts.append(f"<tr{' class=marked' if verdict is not None and row[verdict] else ''}>{cells}</tr>")
    parts.append("</tbody></table></div>")
    return parts


def _numeric(column: Column) -> str:
    return "" if column.kind in ("text", "date") else ' class="n"'


def _chart(section: Section, chart: Chart) -> str:
    pygal, style = _pygal()
    options: dict[str, Any] = {
        "style": style(font_family="system-ui, sans-serif"),
        "js": [],
        "disable_xml_declaration": True,
        "no_prefix": False,
        "width": 900,
        "height": 360,
        "x_label_rotation": 35,
        "truncate_label": 28,
    }
    records = section.records()
    if chart.kind == "bar":
        drawn = pygal.Bar(show_legend=False, **options)
        shown = records[: chart.most]
        drawn.x_labels = [str(record[chart.label]) for record in shown]
        drawn.add(chart.value, [float(record[chart.value]) for record in shown])
    else:
        drawn = pygal.Line(dots_size=2, **options)
        labels = list(dict.fromkeys(str(record[chart.label]) for record in records))
        drawn.x_labels = labels
        for name, values in _series(records, chart, labels):
            drawn.add(name, values)
    # the library leaves settings for a script of its own, which is not wanted here
    return SCRIPT.sub("", str(drawn.render(is_unicode=True)))


def _pygal() -> tuple[Any, Any]:
    """The chart library. Raises NotInstalled where it is not installed."""
    try:
        import pygal
        from pygal.style import CleanStyle
    except ImportError:
        mend = "install `policy-service[reports]`, or ask for JSON or CSV"
        raise NotInstalled("a page with charts", "pygal", mend) from None
    # it leaves a finder of plug-ins behind that is of an older kind than Python asks for
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]
    return pygal, CleanStyle


def _series(records: Sequence[dict[str, Any]], chart: Chart, labels: list[str]) -> list[tuple[str, list[float | None]]]:
    found: dict[str, dict[str, float]] = {}
    for record in records:
        name = str(record[chart.series]) if chart.series else chart.value
        found.setdefault(name, {})[str(record[chart.label])] = float(record[chart.value])
    return [(name, [values.get(label) for label in labels]) for name, values in sorted(found.items())]
