"""`policy worker`: messages and deadlines of a ledger, apart from the service."""

from __future__ import annotations

import logging
import signal
from pathlib import Path

import click

from policy_service.cli._ledger import LOG_FORMAT, check_webhooks, ledger_options, opened
from policy_service.cli._rules import open_catalog, rules_option


@click.command("worker", short_help="Send messages and see to deadlines.")
@rules_option
@ledger_options
@click.option("--once", is_flag=True, help="Do what is due now and end.")
def command(rules: Path, ledger: str, pseudonym_key: Path | None, webhooks: Path | None, once: bool) -> None:
    """Send what policies oblige to the webhooks, and see to what falls due by the clock.

    `policy serve` does this itself unless it is told `--no-worker`. Several workers may run beside each other.

    \b
    Example:
      policy worker --ledger postgresql://policy@db/policy --webhooks webhooks.yaml
    """
    from policy_service.api.clerk import Clerk
    from policy_service.api.ledger import LedgerSettings, embedded_worker
    from policy_service.service import Service

    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    # How a new ledger is laid out is no news to who runs it.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    catalog = open_catalog(rules)
    check_webhooks(webhooks, catalog.merchants())
    with opened(ledger, pseudonym_key) as found:
        clerk = Clerk(Service(catalog), catalog, found)
        worker = embedded_worker(LedgerSettings(ledger, pseudonym_key, webhooks), clerk)
        if once:
            done = 0
            while (some := worker.once()) > 0:
                done += some
            worker.stop()
            click.echo(f"{done} done")
            return
        signal.signal(signal.SIGTERM, lambda *_: worker.end())
        signal.signal(signal.SIGINT, lambda *_: worker.end())
        click.echo(f"working on {found.database.url.render_as_string()}, Ctrl-C ends it", err=True)
        worker.run()
        worker.stop()
