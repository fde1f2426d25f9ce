"""`policy check`: every mistake in policies, statutes and suites."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policy_service.cli._console import on_terminal, show_diagnostics
from policy_service.cli._values import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policy_service.language.diagnostics import Diagnostic


@click.command("check", short_help="Find every mistake in policies and scenarios.")
@click.argument(
    "paths", nargs=-1, default=["rules"], type=Place(), metavar="[PATH...]", help="Files, or folders of them."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="json and sarif are for programs; code hosts show SARIF beside the lines.",
)
@click.option("--strict", is_flag=True, help="Let warnings fail too.")
def command(paths: tuple[Path, ...], form: str, strict: bool) -> None:
    """Find every mistake in PATH: files, or folders of policies, statutes and scenarios; by default `rules`.

    Each mistake is shown with its file, line and column, and with what would mend it.
    The exit status is 0 when there is none, 1 when there are errors; warnings alone are no error.

    \b
    Example:
      policy check rules
      policy check rules/my-shop/2026-01.yaml --strict
    """
    from policy_service.language.diagnostics import in_order
    from policy_service.language.files import yaml_files

    if not yaml_files(paths):
        where = " or ".join(f"`{path}`" for path in paths)
        raise click.UsageError(f"there is nothing to check in {where}: policies and scenarios are files `….yaml`")
    found = in_order(_mistakes(paths))
    if form == "text":
        show_diagnostics(found)
        if not found and on_terminal():
            click.secho("no problems", fg="green")
    else:
        click.echo(_rendered(found, form), nl=False)
    sys.exit(any(each.is_error or strict for each in found))


def _mistakes(paths: tuple[Path, ...]) -> Iterator[Diagnostic]:
    from policy_service.catalog.size import beyond_engine
    from policy_service.language.checking import check
    from policy_service.scenarios.reading import suites_in

    yield from check(paths, beyond_engine)
    for suite in suites_in(paths):
        yield from _of_suite(suite)


def _of_suite(suite: Path) -> Iterator[Diagnostic]:
    # Imported here: to judge a suite takes the whole service, and many checks are of policies alone.
    from policy_service.scenarios.opening import bench_of
    from policy_service.scenarios.reading import SuiteError

    try:
        bench_of(suite)
    except SuiteError as error:
        # Mistakes of its policies are another file's, and told when that is checked.
        yield from (each for each in error.diagnostics if each.file == str(suite))


def _rendered(found: list[Diagnostic], form: str) -> str:
    from policy_service import __version__
    from policy_service.language.renderings import as_json, as_sarif

    return as_sarif(found, __version__) if form == "sarif" else as_json(found)
