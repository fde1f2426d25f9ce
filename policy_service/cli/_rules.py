"""What commands that ask policies share: the folder and its mistakes, a request read from a file, its problems."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, TypeVar

import click

from policy_service.cli._console import show_diagnostics
from policy_service.cli._values import Place

if TYPE_CHECKING:
    from datetime import datetime

    from policy_service.catalog.catalog import Catalog
    from policy_service.contract.problems import Problem

Command = TypeVar("Command", bound=Callable[..., Any])


def rules_option(command: Command) -> Command:
    """`--rules DIR`, by default the folder `rules` where the command is run."""
    return click.option(
        "--rules",
        type=Place(file_okay=False),
        default="rules",
        show_default=True,
        envvar="POLICY_RULES",
        metavar="DIR",
        help="The folder with the policies.",
    )(command)


def open_catalog(rules: Path, *, memo: bool = True) -> Catalog:
    """The policies of a folder; where it has mistakes they are told, and the command ends with status 1."""
    from policy_service.catalog.catalog import Catalog
    from policy_service.catalog.errors import CatalogError

    try:
        return Catalog(rules, memo=memo)
    except CatalogError as error:
        show_diagnostics(error.diagnostics, stderr=True)
        sys.exit(1)


def read_request(source: BinaryIO, now: datetime | None) -> dict[str, Any]:
    """The JSON object in a file; with `now`, as if it were asked then."""
    from policy_service.contract import problems
    from policy_service.contract.refusals import BadRequest, NotJson, read_object

    try:
        request = read_object(source.read())
    except NotJson as error:
        refuse(problems.not_json(str(error)))
    except BadRequest as error:
        refuse(problems.unfit(error.errors))
    return request if now is None else {**request, "requested_at": now.isoformat()}


def refuse(problem: Problem, what: str = "request") -> NoReturn:
    """Tell a problem with a file, every error on its own line, and end with status 1.

    What a caller over HTTP sends as a body is here a file with a request, or an inspection.
    """
    title = problem.title.replace("the body", f"the {what}").replace(" fit the contract", " fit")
    click.echo(f"{title}: {problem.detail}", err=True)
    for error in problem.errors:
        said = [] if error.detail == problem.detail else [error.detail]
        hint = [f"({error.hint})" if said else error.hint] if error.hint else []
        click.echo(f"  {error.pointer or '/'}: {' '.join([*said, *hint])}", err=True)
    sys.exit(1)
