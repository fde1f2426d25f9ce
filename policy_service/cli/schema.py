"""`policy schema`: the JSON Schemas that editors and other programs use."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from policy_service.api import schemas
from policy_service.cli._values import Place


@click.command("schema", short_help="Print the JSON Schemas for editors.")
@click.argument(
    "name",
    required=False,
    type=click.Choice(schemas.NAMES),
    metavar="[NAME]",
    help="Which one; without it their names are listed.",
)
@click.option(
    "--write", "target", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write them all."
)
@click.option(
    "--check",
    "current",
    type=Place(file_okay=False),
    metavar="DIR",
    help="Say which files in DIR are not as they would be written.",
)
def command(name: str | None, target: Path | None, current: Path | None) -> None:
    """Print the JSON Schema called NAME: policy, scenarios, request, decision, inspection or problem.

    An editor that knows the schema of policies completes and explains them while you type. Without NAME the names are
    listed. With --check the exit status is 1 when a file is missing or old.

    \b
    Example:
      policy schema policy > policy.schema.json
      policy schema --write schemas
    """
    if target is not None:
        _write(target)
    elif current is not None:
        sys.exit(_tell_old(current))
    elif name is not None:
        click.echo(schemas.written(name), nl=False)
    else:
        click.echo("\n".join(schemas.NAMES))


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.schema.json"


def _write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in schemas.NAMES:
        _file(folder, name).write_text(schemas.written(name), encoding="utf-8")
        click.echo(_file(folder, name))


def _tell_old(folder: Path) -> int:
    old = [name for name in schemas.NAMES if not _is_current(_file(folder, name), name)]
    for name in old:
        click.echo(
            f"{_file(folder, name)} is not as the code says: `policy schema --write {folder}` mends it", err=True
        )
    return 1 if old else 0


def _is_current(file: Path, name: str) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8") == schemas.written(name)
