"""`policy decide`: one decision, as the service would answer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from policy_service.cli._console import show_json
from policy_service.cli._rules import open_catalog, read_request, refuse, rules_option
from policy_service.cli._values import Instant, locale_option


@click.command("decide", short_help="Decide one return request.")
@click.argument("request", type=click.File("rb"), metavar="REQUEST.json", help="A return request; - is standard input.")
@rules_option
@click.option(
    "--now",
    type=Instant(),
    metavar="INSTANT",
    help="Decide as if it were asked then, such as 2025-07-02T00:00:00+08:00.",
)
@click.option(
    "--inspection",
    type=click.File("rb"),
    metavar="FOUND.json",
    help="Decide the second stage too, on what the warehouse found, and print that.",
)
@locale_option
@click.option("--no-memo", is_flag=True, help="Ask the rules engine every time, without remembered answers.")
def command(request: Any, rules: Path, now: datetime | None, inspection: Any, locale: str, no_memo: bool) -> None:
    """Decide the return request in REQUEST.json (- reads standard input) and print the decision as JSON.

    The exit status is 0 whatever the outcome, and 1 when the request cannot be decided: every error in it is told.

    \b
    Example:
      policy decide request.json --rules rules
      policy decide request.json --now 2025-07-02T00:00:00+08:00
    """
    import orjson

    from policy_service.contract.problems import ProblemError
    from policy_service.service import Service

    service = Service(open_catalog(rules, memo=not no_memo))
    asked = read_request(request, now)
    try:
        decided = service.decide(asked, locale=locale)
    except ProblemError as error:
        refuse(error.problem)
    if inspection is not None:
        try:
            decided = service.inspect(asked, decided.decision, inspection.read(), locale=locale)
        except ProblemError as error:
            refuse(error.problem, "inspection")
    show_json(orjson.dumps(decided.decision, option=orjson.OPT_INDENT_2))
