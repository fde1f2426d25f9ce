"""`policy mutate`: what no scenario would notice."""

from __future__ import annotations

import os
from pathlib import Path

import click
from rich.console import Console

from policy_service.cli._values import Place


@click.command("mutate", short_help="Change policies a little; say which changes no test sees.")
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=Place(), help="Policies, suites, or folders of them."
)
@click.option(
    "-n", "workers", type=click.IntRange(1), metavar="N", help="Run in N processes; by default one for each core."
)
@click.option("--json", "as_json", is_flag=True, help="Write every mutant and its fate as JSON.")
@click.option(
    "--all", "show_all", is_flag=True, help="Also list the mutants that are noticed, with the scenario that does."
)
@click.option(
    "--cache",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(".policy-cache/mutants.json"),
    show_default=True,
    help="Where what is known is kept, so that the next run only does what has changed.",
)
@click.option("--no-cache", is_flag=True, help="Find everything out again.")
def command(
    paths: tuple[Path, ...], workers: int | None, as_json: bool, show_all: bool, cache: Path, no_cache: bool
) -> None:
    """Change the policies in PATH a little, again and again, and see whether a scenario notices.

    Each number is moved one up and one down, each comparison turned, each value swapped, each clause and exception left
    out. A change that no scenario notices is shown at its line, with a scenario to paste that would notice it. A change
    that cannot make a difference, whatever a request says, does not count.

    \b
    Where a survivor is right to survive, say so in the suite:
      accepted_mutants:
        - {mutant: "return-30 window.days 30 -> 31", because: "the law's 31 days cover it"}

    An entry there that a scenario notices anyway, or that names no change, is warned of.

    The exit status is 0 when nothing survives, 1 when something does, 2 when the scenarios fail as they are.
    """
    from policy_service.scenarios import campaign, mutation_reports
    from policy_service.scenarios.mutation import FailingSuite, Status
    from policy_service.scenarios.reading import SuiteError

    console, aside = Console(soft_wrap=True), Console(soft_wrap=True, stderr=True)
    try:
        chosen = campaign.campaign_of(paths)
    except SuiteError as error:
        mutation_reports.tell_refused(error, aside)
        raise SystemExit(2) from error
    except FailingSuite as error:
        mutation_reports.tell_failing(error, aside)
        raise SystemExit(2) from error
    if not chosen.documents:
        aside.print(f"no policy with scenarios in {', '.join(map(str, paths))}", markup=False, highlight=False)
        raise SystemExit(2)
    with mutation_reports.Meter(console, quiet=as_json) as meter:
        results = campaign.run(
            chosen, workers=workers or os.cpu_count() or 1, cache=None if no_cache else cache, progress=meter.show
        )
    mutation_reports.tell(results, console, as_json=as_json, show_all=show_all)
    mutation_reports.tell_stale(campaign.stale(chosen, results), aside)
    raise SystemExit(any(each.status is Status.SURVIVED for each in results))
