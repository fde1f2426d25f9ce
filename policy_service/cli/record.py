"""`policy record`: a scenario from a decision that was made."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from policy_service.cli._endings import keep
from policy_service.cli._ledger import ledger_option
from policy_service.cli._rules import open_catalog, refuse, rules_option

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@click.command("record", short_help="Turn a decision into a scenario.")
@click.argument(
    "source", metavar="FILE_OR_ID", help="A request or a record in a file (- is standard input), or a decision's id."
)
@rules_option
@ledger_option
@click.option("--shrink", "make_small", is_flag=True, help="Leave out every fact that does not matter.")
@click.option("--name", metavar="NAME", help="The scenario's name; by default the case's or the order's.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="SUITE.yaml",
    help="Write the suite there; a file that is there already is kept.",
)
def command(source: str, rules: Path, ledger: str, make_small: bool, name: str | None, output: Path | None) -> None:
    """Turn a decision into a scenario: one in a file (- reads standard input), or one of the ledger by its id.

    A file holds a request, or `{"request": ..., "decision": ...}` as `policy ledger export` writes it. What was decided
    becomes what is expected, at the instant at which it was decided. Where the policies in DIR decide otherwise today,
    the differences are told and the exit status is 1. Where SUITE.yaml is there already, nothing is
    written and it is 2.

    \b
    Example:
      policy record decision.json --shrink -o rules/dg-home/scenarios/rma-1001.yaml
      policy record 0197a3c0-5f6c-7cc1-9a8e-0d3c6d1f2a44 --shrink
    """
    from policy_service.contract.problems import ProblemError
    from policy_service.scenarios import recording
    from policy_service.service import Service

    if output is not None:
        keep(output, "name another file, or move that one away")
    request, decision, inspection = recording.parts_of(_read(source, ledger))
    service = Service(open_catalog(rules))
    try:
        made = recording.record(service, request, decision, inspection)
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
        click.echo(f"written to {output}")
    for each in made.differs:
        click.echo(f"decided otherwise today: {each}", err=True)
    raise SystemExit(1 if made.differs else 0)


def _read(source: str, ledger: str) -> Mapping[str, Any]:
    if source != "-" and not Path(source).is_file():
        return _stored(source, ledger)
    text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    try:
        data = json.loads(text)
    except ValueError as error:
        raise click.UsageError(f"`{source}` is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise click.UsageError(f"`{source}` holds no request: expected an object")
    return data


def _stored(id: str, ledger: str) -> Mapping[str, Any]:
    if not UUID.fullmatch(id):
        raise click.UsageError(f"there is no file `{id}`, and it is no id of a decision")
    from policy_service.cli._ledger import existing
    from policy_service.ledger.errors import Unknown

    with existing(ledger) as found:
        try:
            stored = found.decision(id)
        except Unknown as error:
            raise click.UsageError(f"{error.message} in {ledger}") from error
    return {"request": stored.request, "decision": stored.decision, "act": stored.act}
