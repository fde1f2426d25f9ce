"""`policy explain`: how a decision came about, for a person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from policy_service.cli._console import show
from policy_service.cli._rules import open_catalog, read_request, refuse, rules_option
from policy_service.cli._values import Instant, locale_option


@click.command("explain", short_help="Tell in words why a return is decided so.")
@click.argument("request", type=click.File("rb"), metavar="REQUEST.json", help="A return request; - is standard input.")
@rules_option
@click.option(
    "--now",
    type=Instant(),
    metavar="INSTANT",
    help="Explain as if it were asked then, such as 2025-07-02T00:00:00+08:00.",
)
@locale_option
def command(request: Any, rules: Path, now: datetime | None, locale: str) -> None:
    """Tell in words how the return request in REQUEST.json (- reads standard input) is decided.

    It names the clauses that applied with their places in the files, the dates and sums they led to, and for every
    other clause why it did not apply.

    \b
    Example:
      policy explain request.json --rules rules
    """
    from policy_service.cli._account import account
    from policy_service.contract.problems import ProblemError
    from policy_service.service import Service

    service = Service(open_catalog(rules))
    try:
        decided = service.decide(read_request(request, now), locale=locale)
    except ProblemError as error:
        refuse(error.problem)
    show(account(decided))
