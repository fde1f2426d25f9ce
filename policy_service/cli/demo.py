"""`policy demo`: a history to try things on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policy_service.cli._console import console, on_terminal
from policy_service.cli._endings import Unusable
from policy_service.cli._ledger import ledger_option, opened
from policy_service.cli._rules import open_catalog, rules_option

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@click.group("demo", short_help="A history to try things on.")
def command() -> None:
    """Fill a ledger with a plausible half year of a shop."""


@command.command("seed")
@rules_option
@ledger_option
@click.option("--cases", default=5000, show_default=True, type=click.IntRange(1, 1_000_000), help="How many.")
@click.option("--seed", default=1, show_default=True, help="Another number, another history.")
def seed(rules: Path, ledger: str, cases: int, seed: int) -> None:
    """Write a seeded history of so many cases into an empty ledger, through the service's own interface.

    An earphone with a bad batch, a careless packer and a shirt that runs small are in it: the reports find them.

    \b
    Example:
      policy demo seed --cases 5000 --ledger demo.db
      policy report products --ledger demo.db
    """
    from policy_service.api.app import create_app
    from policy_service.api.clerk import Clerk
    from policy_service.api.ledger import resources
    from policy_service.cli._demo_history import Clock, History
    from policy_service.ledger.reading import Filter
    from policy_service.ledger.worker import Worker
    from policy_service.service import Service

    catalog = open_catalog(rules)
    missing = {"dg-apparel", "dg-digital", "dg-home"} - set(catalog.merchants())
    if missing:
        raise Unusable(f"the demo needs the policies of {', '.join(f'`{name}`' for name in sorted(missing))}")
    clock = Clock()
    with opened(ledger) as found:
        if found.decisions(Filter(), None, 1).items:
            raise Unusable("the ledger is not empty; name a new one with `--ledger demo.db`")
        found.clock = clock
        service = Service(catalog, clock=clock)
        clerk = Clerk(service, catalog, found)
        app = create_app(service, catalog=catalog, ledger=clerk.recorder, resources=resources(found, clerk))
        worker = Worker(found, clerk.settle_by_clock)
        history = History(_Caller(app.test_client()), clock, cases, seed)
        shown = console(stderr=True) if on_terminal(stderr=True) else None
        for began in history.play():
            while worker.once():
                pass
            if shown is not None:
                shown.print(f"{clock.now.date()}  {began} of {cases} cases", end="\r")
        worker.stop()
        kept = sum(chain.records for chain in found.verify())
    refused = ", ".join(f"{count} answered {status}" for status, count in sorted(history.refused.items()))
    click.echo(f"{cases} cases, {kept} records" + (f"; {refused}" if refused else ""))


class _Caller:
    """Speaks to the app without a network."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        answer = self._client.post(path, json=body)
        return answer.status_code, answer.get_json()
