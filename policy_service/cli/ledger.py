"""`policy ledger`: verify, export, erase."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import click

from policy_service.cli._console import console
from policy_service.cli._endings import Unusable
from policy_service.cli._ledger import existing, ledger_option, pseudonym_option
from policy_service.cli._rules import open_catalog, rules_option
from policy_service.cli._values import Day


@click.group("ledger", short_help="Verify, export and erase what is kept.")
def command() -> None:
    """Look after the ledger: whether it holds, what is in it, and whom it must forget."""


@command.command("verify", short_help="Say whether anything recorded was changed.")
@ledger_option
@click.option("--merchant", metavar="NAME", help="Only this merchant's chain.")
@click.option(
    "--expect", multiple=True, metavar="MERCHANT=LINK", help="The last link seen before must be in the chain."
)
def verify(ledger: str, merchant: str | None, expect: tuple[str, ...]) -> None:
    """Say whether anything recorded was changed, left out or added since.

    Every record is held against its digest, and every link of its merchant's chain against the one before. Prints each
    chain's last link: kept elsewhere and given back as --expect it also shows a ledger that was rebuilt.
    The exit status is 0 when everything holds, 1 when something does not.
    """
    wanted = dict(each.partition("=")[::2] for each in expect)
    out = console()
    broken = 0
    with existing(ledger, merchant) as found:
        chains = found.verify(merchant)
        for name, link in wanted.items():
            if not found.has_link(name, link):
                broken += 1
                out.print(f"{name}: link {link} is not in the chain", style="bold red")
    for chain in chains:
        erased = f", {chain.erased} with personal data erased" if chain.erased else ""
        out.print(f"{chain.merchant}: {chain.records} records{erased}, last link {chain.link or 'none'}")
        for each in chain.breaks:
            broken += 1
            out.print(f"  {each.n} {each.record}: {each.what}", style="bold red")
    out.print("everything holds" if not broken else f"{broken} breaks", style="green" if not broken else "bold red")
    raise SystemExit(1 if broken else 0)


@command.command("export", short_help="Write recorded decisions to a file.")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path), help="A file `.jsonl` or `.parquet`.")
@ledger_option
@click.option("--merchant", metavar="NAME", help="Only this merchant's decisions.")
@click.option(
    "--from", "since", metavar="INSTANT", help="Only decided at or after this, such as 2025-07-02T00:00:00+08:00."
)
@click.option("--to", "until", metavar="INSTANT", help="Only decided before this.")
def export(target: Path, ledger: str, merchant: str | None, since: str | None, until: str | None) -> None:
    """Write recorded decisions with their requests to TARGET: `.jsonl`, or `.parquet` for analysis.

    A .jsonl file is what `policy replay` reads.
    """
    from policy_service.ledger.errors import NotInstalled
    from policy_service.ledger.exporting import write_jsonl, write_parquet
    from policy_service.ledger.instants import read_us
    from policy_service.ledger.reading import Filter

    try:
        wanted = Filter(
            merchant=merchant,
            since=None if since is None else read_us(since),
            until=None if until is None else read_us(until),
        )
    except ValueError:
        raise click.UsageError("an instant reads as in `2025-06-20T10:00:00Z`") from None
    writers = {".jsonl": write_jsonl, ".parquet": write_parquet}
    write = writers.get(target.suffix)
    if write is None:
        raise click.UsageError(f"`{target.name}` ends neither in .jsonl nor in .parquet")
    with existing(ledger, merchant) as found:
        try:
            count = write(found, wanted, target)
        except NotInstalled as error:
            raise Unusable(f"{error.message}\n{error.hint}") from None
    click.echo(f"{count} decisions written to {target}")


@command.command("erase", short_help="Forget a customer, or everybody of before a date.")
@ledger_option
@pseudonym_option
@click.option("--customer", metavar="ID", help="The customer's id, as the shop knows it.")
@click.option(
    "--before",
    type=Day(),
    metavar="DATE",
    help="Everybody, in records of before this date (UTC).",
)
@click.option("--merchant", metavar="NAME", help="Only in this merchant's records.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(
    ledger: str,
    pseudonym_key: Path | None,
    customer: str | None,
    before: date | None,
    merchant: str | None,
    yes: bool,
) -> None:
    """Erase what names a customer: ids, serial and tracking numbers, and texts of their cases. Chains still hold.

    Either one customer, on demand, or everybody of records older than a date, as retention asks. Where the service
    runs with a --pseudonym-key, give the same here: without it the customer is not found.
    """
    if (customer is None) == (before is None):
        raise click.UsageError("say whom: either `--customer ID` or `--before DATE`")
    if not yes:
        whom = f"`{customer}`" if customer is not None else f"everybody before {before:%Y-%m-%d}"
        click.confirm(f"erase {whom} for good?", abort=True)
    with existing(ledger, merchant, pseudonym_key) as found:
        if customer is not None:
            erased = found.erase(customer, merchant)
        else:
            assert before is not None
            erased = found.erase_before(datetime.combine(before, time.min, UTC), merchant)
        click.echo(f"erased in {erased} records")


@command.command("replay", short_help="Make every decision again and compare.")
@rules_option
@ledger_option
@click.option("--merchant", metavar="NAME", help="Only this merchant's decisions.")
def replay(rules: Path, ledger: str, merchant: str | None) -> None:
    """Make every recorded decision again, with the policy of then, and compare the receipts.

    Policies that are no longer among the rules are read from the ledger, which keeps them. The exit status is 0 when
    all are the same bit for bit, 1 when one is not. What other rules would have decided is what `policy replay` tells.
    """
    from policy_service.api.clerk import Clerk
    from policy_service.contract.problems import ProblemError
    from policy_service.ledger.exporting import each
    from policy_service.ledger.reading import Filter
    from policy_service.service import Service

    catalog = open_catalog(rules)
    same = different = 0
    with existing(ledger, merchant) as found:
        clerk = Clerk(Service(catalog), catalog, found)
        for item in each(found, Filter(merchant=merchant)):
            try:
                again = clerk.replay(item.id)
            except ProblemError as error:
                different += 1
                click.echo(f"{item.id}: {error.problem.detail}")
                continue
            if again.same:
                same += 1
            else:
                different += 1
                click.echo(f"{item.id}: differs in {', '.join(again.differs) or 'its receipt'}")
    click.echo(f"{same} the same bit for bit" + (f", {different} not" if different else ""))
    raise SystemExit(1 if different else 0)
