"""`policy boundaries`: the scenarios that are missing around every boundary."""

from __future__ import annotations

import os
from pathlib import Path

import click

from policy_service.cli._endings import keep
from policy_service.cli._values import Place

COMMENT = """Written by `policy boundaries`. What is expected here is what the policy answers today, which proves
nothing yet: read each scenario, change what should be otherwise, and take away its comment when you
have confirmed it."""


@click.command("boundaries", short_help="Write the scenarios that suites lack at every limit.")
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=Place(), help="Policies, suites, or folders of them."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write a suite for each policy into DIR instead of printing them.",
)
def command(paths: tuple[Path, ...], output: Path | None) -> None:
    """Write the scenarios that the suites in PATH lack around every boundary of their policies.

    For each threshold the values one below, on it and one above; for each window the day before its last, the second
    before it closes, the closing and the day after; deliveries in the last second of a day, month ends, leap days and
    changes of the clocks where they matter. They start from requests of your own suites, and they expect what the
    policy answers today: confirming that this is what it should answer is up to you.

    The exit status is 0, or 2 when the scenarios fail as they are, or when a file that would be written is there
    already: it may hold what you have confirmed.
    """
    from rich.console import Console

    from policy_service.scenarios import campaign, mutation_reports
    from policy_service.scenarios.boundaries import Drafting
    from policy_service.scenarios.mutation import FailingSuite
    from policy_service.scenarios.reading import SuiteError
    from policy_service.scenarios.writing import suite_text

    console = Console(soft_wrap=True, stderr=True)
    try:
        chosen = campaign.campaign_of(paths)
    except SuiteError as error:
        mutation_reports.tell_refused(error, console)
        raise SystemExit(2) from error
    except FailingSuite as error:
        mutation_reports.tell_failing(error, console)
        raise SystemExit(2) from error
    documents = chosen.grounds.documents()
    written: dict[Path, tuple[str, int]] = {}
    for path in chosen.documents:
        cases = chosen.grounds.concerning(path)
        if not cases:
            continue
        document = documents[path]
        # One suite, one `given`: that of the first suite that asks the policy.
        bench = cases[0].bench
        drafting = Drafting(document, [each for each in cases if each.bench is bench])
        given = bench.plain_given
        scenarios = [draft.text(given) for draft in drafting.drafts()]
        if not scenarios:
            console.print(f"{document.name} {document.version}: nothing is missing", markup=False, highlight=False)
            continue
        folder = output or Path.cwd()
        policies = [os.path.relpath(file, folder) for file in _policies(bench)]
        title = f"Boundaries of {document.name} {document.version}, to be confirmed"
        text = suite_text(title, policies, given, scenarios, COMMENT)
        if output is None:
            click.echo(text)
        else:
            file = output / f"{document.name}-{document.version}-boundaries.yaml"
            keep(file, "name another folder, or rename what you have confirmed")
            written[file] = text, len(scenarios)
    for file, (text, count) in written.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        console.print(f"{file}: {count} scenarios to confirm", markup=False, highlight=False)


def _policies(bench: object) -> list[Path]:
    from policy_service.scenarios.runner import Bench

    assert isinstance(bench, Bench)
    return [(bench.loaded.suite.file.parent / entry).resolve() for entry in bench.loaded.suite.policies]
