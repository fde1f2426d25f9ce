"""`policy record`: a scenario from a decision that was made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from policy_service.cli._rules import open_catalog, refuse, rules_option


@click.command("record")
@click.argument("file", type=click.File("rb"), metavar="FILE.json")
@rules_option
@click.option(
    "--shrink", "make_small", is_flag=True, help="Leave out every fact that does not matter to what is expected."
)
@click.option("--name", metavar="NAME", help="The scenario's name; by default the case's or the order's.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="SUITE.yaml",
    help="Write the suite there.",
)
def command(file: Any, rules: Path, make_small: bool, name: str | None, output: Path | None) -> None:
    """Turn the decision in FILE.json into a scenario (- reads standard input).

    FILE.json holds a request, or `{"request": ..., "decision": ...}` as the ledger exports it. What was decided becomes
    what is expected, at the instant at which it was decided. Where the policies in DIR decide otherwise today, the
    differences are told and the exit status is 1.

    \b
    Example:
      policy record decision.json --shrink -o rules/dg-home/scenarios/rma-1001.yaml
    """
    from policy_service.contract.problems import ProblemError
    from policy_service.scenarios import recording
    from policy_service.service import Service

    service = Service(open_catalog(rules))
    try:
        data = json.load(file)
    except ValueError as error:
        raise click.UsageError(f"`{file.name}` is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise click.UsageError(f"`{file.name}` holds no request: expected an object")
    request, decision = recording.request_and_decision(data)
    try:
        made = recording.record(service, request, decision)
        made = recording.shrink(made, service) if make_small else made
    except ProblemError as error:
        refuse(error.problem)
    title = name or recording.title_of(request)
    text = made.suite(output.parent if output else Path.cwd(), f"Recorded: {title}", title)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    for each in made.differs:
        click.echo(f"decided otherwise today: {each}", err=True)
    raise SystemExit(1 if made.differs else 0)
