"""`policy report`: what the recorded decisions say."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policy_service.cli._console import console, on_terminal
from policy_service.cli._ledger import existing, ledger_option
from policy_service.cli._values import Day

if TYPE_CHECKING:
    from policy_service.ledger.reports.report import Report

NAMES = ("reasons", "liability", "products", "sizes", "money", "times", "clauses", "satisfaction")


@click.command("report", short_help="What the recorded decisions say.")
@click.argument("name", type=click.Choice(NAMES), metavar="REPORT", help="One of those above.")
@ledger_option
@click.option("--merchant", metavar="NAME", help="Only this merchant.")
@click.option("--from", "since", type=Day(), metavar="DATE", help="From the week of this date.")
@click.option("--to", "until", type=Day(), metavar="DATE", help="To the week of this date.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "html"]),
    default="text",
    show_default=True,
    help="As a table, for programs, for a spreadsheet, or as a page with charts.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it there instead of showing it.",
)
@click.option(
    "--language", type=click.Choice(["en", "zh-CN"]), default="en", show_default=True, help="The language of titles."
)
def command(
    name: str,
    ledger: str,
    merchant: str | None,
    since: date | None,
    until: date | None,
    form: str,
    output: Path | None,
    language: str,
) -> None:
    """Show a report on what the ledger holds.

    \b
    reasons       why goods come back: shares, trend by week, by product
    liability     who is liable; pickers and packers who stand out
    products      skus with more faults than their category, and their batches
    sizes         skus that run small or large
    money         refunds, fees, compensation, freight by payer
    times         how long each stage takes
    clauses       what each clause does
    satisfaction  scores of feedback
    """
    from policy_service.ledger.errors import LedgerError
    from policy_service.ledger.reports.catalogue import make
    from policy_service.ledger.reports.counting import Span

    span = Span(merchant, since, until)
    with existing(ledger, merchant) as found:
        try:
            report = make(found, name, span)
            text = _written(report, form, language, span.in_words())
        except LedgerError as error:
            raise click.UsageError(error.message + (f"\n{error.hint}" if error.hint else "")) from None
    if output is not None:
        output.write_text(text, encoding="utf-8")
        click.echo(f"written to {output}")
    elif form == "text" and on_terminal():
        _show(report, language)
    else:
        click.echo(text, nl=False)


def _written(report: Report, form: str, language: str, about: str) -> str:
    import json

    from policy_service.ledger.reports.rendering import as_csv, as_html, as_text

    match form:
        case "json":
            return json.dumps(report.to_json(), ensure_ascii=False, indent=2) + "\n"
        case "csv":
            return as_csv(report)
        case "html":
            return as_html(report, language, about) + "\n"
    return as_text(report, language)


def _show(report: Report, language: str) -> None:
    from rich.table import Table

    from policy_service.ledger.reports.rendering import cell

    said = 1 if language == "zh-CN" else 0
    out = console()
    out.print(report.title[said], style="bold")
    for section in report.sections:
        table = Table(title=section.title[said], caption=section.note[said] or None, title_justify="left")
        for column in section.columns:
            table.add_column(column.title[said], justify="left" if column.kind in ("text", "date") else "right")
        for row in section.rows:
            marked = any(
                column.name in ("stands_out", "verdict") and value
                for column, value in zip(section.columns, row, strict=True)
            )
            cells = [cell(column, value) for column, value in zip(section.columns, row, strict=True)]
            table.add_row(*cells, style="bold yellow" if marked else None)
        out.print(table)
