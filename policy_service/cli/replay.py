"""`policy replay`: recorded requests decided again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from policy_service.cli._ledger import existing
from policy_service.cli._rules import open_catalog, rules_option
from policy_service.cli._values import Place

FOLDER = Place(file_okay=False)


class Recorded(Place):
    """A file of records that exists, or the URL of a ledger."""

    name = "file"

    def __init__(self) -> None:
        super().__init__(dir_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if "://" in str(value) else super().convert(value, param, ctx)


@click.command("replay")
@click.argument("decisions", metavar="DECISIONS.jsonl", type=Recorded(), help="A file of records, or a ledger's URL.")
@rules_option
@click.option(
    "--against", type=FOLDER, metavar="OTHER_DIR", help="Compare with what these policies decide, not with the record."
)
@click.option("--json", "as_json", is_flag=True, help="Write the differences as JSON.")
def command(decisions: Path | str, rules: Path, against: Path | None, as_json: bool) -> None:
    """Decide recorded requests again and show every difference.

    DECISIONS.jsonl has a `{"request": ..., "decision": ...}` on each line, as the ledger exports it (or is a
    .parquet file with these columns); the URL of a ledger stands for all that it holds. Each request is decided at
    the instant at which it was decided then. Differences are grouped by the clauses behind them, with counts, sums
    of money and examples. With --against they go from what DIR decides to what OTHER_DIR decides.

    The exit status is 0 when nothing differs, 1 when something does, 2 when the file cannot be read.

    \b
    Example:
      policy replay decisions.jsonl --rules rules
      policy replay decisions.jsonl --rules rules --against proposed
      policy replay sqlite:///policy-ledger.db --rules rules
    """
    from policy_service.replay import telling
    from policy_service.replay.records import BadRecord, read_records
    from policy_service.replay.replaying import Replaying
    from policy_service.service import Service

    service = Service(open_catalog(rules))
    other = Service(open_catalog(against)) if against else None
    try:
        with _file(decisions) as file:
            result = Replaying(service, other).run(read_records(file))
    except BadRecord as error:
        raise click.UsageError(str(error)) from error
    click.echo(telling.as_json(result) if as_json else telling.as_text(result), nl=False)
    raise SystemExit(1 if result.changed else 0)


@contextmanager
def _file(decisions: Path | str) -> Iterator[Path]:
    """The file of records; what a ledger holds is exported first."""
    if isinstance(decisions, Path):
        yield decisions
        return
    from policy_service.ledger.exporting import write_jsonl
    from policy_service.ledger.reading import Filter

    with TemporaryDirectory() as folder, existing(decisions) as ledger:
        file = Path(folder, "ledger.jsonl")
        write_jsonl(ledger, Filter(), file)
        yield file
