"""`policy demo`: a history to try things on."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import click

from policy_service.cli._console import console, on_terminal
from policy_service.cli._endings import Unusable
from policy_service.cli._ledger import ledger_option, opened
from policy_service.cli._rules import open_catalog, rules_option


@click.group("demo", short_help="A history to try things on.")
def command() -> None:
    """Fill a ledger with a plausible half year of a shop."""


@command.command("seed", short_help="Write a history into an empty ledger.")
@rules_option
@ledger_option
@click.option("--cases", default=5000, show_default=True, type=click.IntRange(1, 1_000_000), help="How many.")
@click.option("--seed", default=1, show_default=True, help="Another number, another history.")
def seed(rules: Path, ledger: str, cases: int, seed: int) -> None:
    """Write a seeded history of so many cases into an empty ledger, through the service's own interface.

    The same seed writes the same ledger, to the last link of its chains. An earphone with a bad batch, a careless
    packer and a shirt that runs small are in it: the reports find them.

    \b
    Example:
      policy demo seed --cases 5000 --ledger demo.db
      policy report products --ledger demo.db
    """
    from policy_service.cli._demo_stage import staged
    from policy_service.ledger.reading import Filter

    catalog = open_catalog(rules)
    missing = {"dg-apparel", "dg-digital", "dg-home"} - set(catalog.merchants())
    if missing:
        raise Unusable(f"the demo needs the policies of {', '.join(f'`{name}`' for name in sorted(missing))}")
    with opened(ledger) as found:
        if found.decisions(Filter(), None, 1).items:
            raise Unusable(f"the ledger is not empty; name a new one with `--ledger {_new_name(ledger)}`")
        shown = console(stderr=True) if on_terminal(stderr=True) else None
        history = staged(catalog, found, cases, seed)
        for day, began in history.days():
            if shown is not None:
                shown.print(f"{day}  {began} of {cases} cases", end="\r")
        kept = sum(chain.records for chain in found.verify())
    refused = ", ".join(f"{count} answered {status}" for status, count in sorted(history.refused.items()))
    click.echo(f"{cases} cases, {kept} records" + (f"; {refused}" if refused else ""))


def _new_name(ledger: str) -> str:
    """A name for a file beside that one which nobody has taken: `demo-2.db`."""
    stem, dot, suffix = ledger.rpartition(".")
    if "://" in ledger.removeprefix("sqlite:///") or not dot:
        stem, suffix = "demo", "db"
    names = (f"{stem}-{number}.{suffix}" for number in count(2))
    return next(name for name in names if not Path(name.removeprefix("sqlite:///")).exists())
