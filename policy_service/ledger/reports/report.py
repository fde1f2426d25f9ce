"""A report: tables with typed columns, each with an optional chart, in words of two languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policy_service.ledger.shapes.reports import Report as ReportJson

Words = tuple[str, str]
"""English and Chinese."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `kind` is text, count, share, rate, mean, money (text already), seconds, p or date."""

    name: str
    title: Words
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Chart:
    """How a section is drawn: `bar` of `value` by `label`, or `line` of `value` by `label`, one line per `series`."""

    kind: str
    label: str
    value: str
    series: str | None = None
    most: int = 20


@dataclass(frozen=True, slots=True)
class Section:
    """One table. `note` says how its numbers come about, for who reads it the first time."""

    name: str
    title: Words
    columns: Sequence[Column]
    rows: Sequence[tuple[Any, ...]]
    note: Words = ("", "")
    chart: Chart | None = None

    def records(self) -> list[dict[str, Any]]:
        """The rows by column name."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Report:
    """All sections of one report."""

    name: str
    title: Words
    sections: Sequence[Section] = field(default_factory=tuple)

    def to_json(self) -> ReportJson:
        """By section name; for programs."""
        return {
            "report": self.name,
            "title": {"en": self.title[0], "zh-CN": self.title[1]},
            "sections": {section.name: section.records() for section in self.sections},
        }

    def section(self, name: str) -> Section:
        return next(section for section in self.sections if section.name == name)
