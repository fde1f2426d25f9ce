"""The options of commands that use a ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from policy_service.cli._endings import Unusable
from policy_service.cli._values import Place
from policy_service.language.diagnostics import did_you_mean, one_of

if TYPE_CHECKING:
    from policy_service.api.ledger import LedgerSettings
    from policy_service.ledger.ledger import Ledger

F = TypeVar("F", bound=Callable[..., Any])

LOG_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
"""Several processes share one log, and some of what they say is word for word the same."""

NONE = "none"
FILE = Place(dir_okay=False)

ledger_option = click.option(
    "--ledger",
    default="sqlite:///policy-ledger.db",
    show_default=True,
    envvar="POLICY_LEDGER",
    metavar="URL",
    help="Where decisions are kept: a file for SQLite, or postgresql://user@host/database.",
)
pseudonym_option = click.option(
    "--pseudonym-key",
    type=FILE,
    envvar="POLICY_PSEUDONYM_KEY",
    metavar="FILE",
    help="Keep pseudonyms of customers instead of their ids; the file's bytes are the key.",
)
webhooks_option = click.option(
    "--webhooks", type=FILE, envvar="POLICY_WEBHOOKS", metavar="FILE", help="Where messages are sent, in YAML."
)


def ledger_options(command: F) -> F:
    """`--ledger`, `--pseudonym-key` and `--webhooks`."""
    return ledger_option(pseudonym_option(webhooks_option(command)))


def ledger_settings(
    url: str, pseudonym_key: Path | None, webhooks: Path | None, *, embedded_worker: bool
) -> LedgerSettings | None:
    """The settings, tried once so that a mistake shows before anything is served; None for `--ledger none`."""
    if url == NONE:
        return None
    from policy_service.api.ledger import LedgerSettings

    settings = LedgerSettings(url, pseudonym_key, webhooks, embedded_worker)
    _migrate_apart(url)
    with opened(url, pseudonym_key) as ledger, _told():
        ledger.database.check_place()
    return settings


def check_webhooks(webhooks: Path | None, merchants: Sequence[str]) -> None:
    """Refuse a file of webhooks with a mistake, and warn of those that wait for a merchant without a policy."""
    if webhooks is None:
        return
    from policy_service.ledger.receivers import WebhooksError, load_webhooks, strangers

    try:
        found = load_webhooks(webhooks)
    except WebhooksError as error:
        raise Unusable(str(error)) from None
    for said in strangers(found, merchants):
        click.echo(f"warning: {said}", err=True)


def _migrate_apart(url: str) -> None:
    """Bring the schema up to date in a process of its own: what that takes, once, stays out of what forks from here.

    What goes wrong is found again, and told, when the ledger is opened.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from policy_service.ledger.database import Database
    from policy_service.ledger.errors import LedgerError

    with suppress(LedgerError, OSError, ValueError, SQLAlchemyError):
        database = Database(url)
        try:
            current = database.is_current()
        finally:
            database.close()  # a connection must not be shared with the process that is started now
        if not current:
            process = get_context().Process(target=_migrate, args=(url,))
            process.start()
            process.join()


def _migrate(url: str) -> None:
    from sqlalchemy.exc import SQLAlchemyError

    from policy_service.ledger.database import Database
    from policy_service.ledger.errors import LedgerError

    with suppress(LedgerError, OSError, ValueError, SQLAlchemyError):
        database = Database(url)
        database.migrate()
        database.close()


@contextmanager
def opened(url: str, pseudonym_key: Path | None = None) -> Iterator[Ledger]:
    """The ledger, closed at the end. Raises Unusable where it cannot be opened."""
    from policy_service.api.ledger import LedgerSettings, open_ledger

    with _told():
        ledger = open_ledger(LedgerSettings(url, pseudonym_key))
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def _told() -> Iterator[None]:
    """What keeps a ledger from being opened, in words."""
    from sqlalchemy.exc import SQLAlchemyError

    from policy_service.ledger.errors import LedgerError

    try:
        yield
    except LedgerError as error:
        raise Unusable(
            f"the ledger cannot be opened: {error.message}" + (f"\n{error.hint}" if error.hint else "")
        ) from None
    except (OSError, ValueError, SQLAlchemyError) as error:
        raise Unusable(f"the ledger cannot be opened: {str(error).splitlines()[0]}") from None


@contextmanager
def existing(url: str, merchant: str | None = None, pseudonym_key: Path | None = None) -> Iterator[Ledger]:
    """A ledger to read from, closed at the end: none is made for the reader.

    Raises Unusable where there is none, or where it has no decisions of the merchant.
    """
    _find(url)
    with opened(url, pseudonym_key) as ledger:
        if merchant is not None and merchant not in (known := ledger.merchants()):
            near = did_you_mean(merchant, known) or (f"it has those of {one_of(known, 'and')}" if known else "")
            raise Unusable(f"the ledger has no decisions of `{merchant}`" + (f"\n{near}" if near else ""))
        yield ledger


def _find(url: str) -> None:
    """Refuse an address where no ledger is; one that does not answer is told when it is opened."""
    from sqlalchemy import inspect
    from sqlalchemy.exc import SQLAlchemyError

    from policy_service.ledger.database import Database
    from policy_service.ledger.errors import LedgerError

    with suppress(LedgerError, OSError, ValueError, SQLAlchemyError):
        database = Database(url)
        try:
            file = Path(str(database.url.database)) if database.sqlite else None
            if file is not None and not file.exists():
                near = did_you_mean(file.name, [each.name for each in file.parent.glob("*.db")])
                raise Unusable(f"there is no ledger `{file}`\n{near or 'name the one that `policy serve` writes to'}")
            with database.reading() as connection:
                is_one = inspect(connection).has_table("decisions")
        finally:
            database.close()
        if not is_one:
            raise Unusable(f"`{file or database.url.render_as_string()}` is no ledger: nothing was ever recorded in it")
