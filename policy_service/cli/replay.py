"""`policy replay`: recorded requests decided again."""

from __future__ import annotations

from pathlib import Path

import click

from policy_service.cli._rules import open_catalog, rules_option

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("replay")
@click.argument("decisions", metavar="DECISIONS.jsonl", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@rules_option
@click.option(
    "--against", type=FOLDER, metavar="OTHER_DIR", help="Compare with what these policies decide, not with the record."
)
@click.option("--json", "as_json", is_flag=True, help="Write the differences as JSON.")
def command(decisions: Path, rules: Path, against: Path | None, as_json: bool) -> None:
    """Decide recorded requests again and show every difference.

    DECISIONS.jsonl has a `{"request": ..., "decision": ...}` on each line, as the ledger exports it (or is a .parquet
    file with these columns). Each request is decided at the instant at which it was decided then. Differences are
    grouped by the clauses behind them, with counts, sums of money and examples. With --against they go from what DIR
    decides to what OTHER_DIR decides.

    The exit status is 0 when nothing differs, 1 when something does, 2 when the file cannot be read.

    \b
    Example:
      policy replay decisions.jsonl --rules rules
      policy replay decisions.jsonl --rules rules --against proposed
    """
    from policy_service.replay import telling
    from policy_service.replay.records import BadRecord, read_records
    from policy_service.replay.replaying import Replaying
    from policy_service.service import Service

    service = Service(open_catalog(rules))
    other = Service(open_catalog(against)) if against else None
    try:
        result = Replaying(service, other).run(read_records(decisions))
    except BadRecord as error:
        raise click.UsageError(str(error)) from error
    click.echo(telling.as_json(result) if as_json else telling.as_text(result), nl=False)
    raise SystemExit(1 if result.changed else 0)
