"""`policy serve`: the HTTP service on granian."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from policy_service.cli._endings import Unusable
from policy_service.cli._ledger import LOG_FORMAT, check_webhooks, ledger_options, ledger_settings
from policy_service.cli._rules import open_catalog, rules_option
from policy_service.cli._values import Place

if TYPE_CHECKING:
    from policy_service.api.serving import Settings, Worker
    from policy_service.catalog.catalog import Catalog

STOPPING: Final = 30
"""Seconds that requests under way have to end after the signal to stop."""


@click.command("serve", short_help="Answer requests over HTTP.")
@rules_option
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 256), help="Processes that answer.")
@click.option("--watch", is_flag=True, help="Read the rules again whenever a file changes.")
@click.option(
    "--api-keys",
    type=Place(dir_okay=False),
    envvar="POLICY_API_KEYS",
    metavar="FILE",
    help="Who may ask; `policy api-key` makes the entries. Without it only this machine may.",
)
@click.option("--rate-limit", metavar="RATE", help="How often one caller may ask, such as 600/minute.")
@ledger_options
@click.option("--no-worker", is_flag=True, help="Leave messages and deadlines to `policy worker`.")
@click.option(
    "--threads", type=click.IntRange(1, 256), metavar="N", help="Threads of each worker [1; 16 with a ledger]."
)
def command(
    rules: Path,
    host: str,
    port: int,
    workers: int,
    watch: bool,
    api_keys: Path | None,
    rate_limit: str | None,
    ledger: str,
    pseudonym_key: Path | None,
    webhooks: Path | None,
    no_worker: bool,
    threads: int | None,
) -> None:
    """Answer requests over HTTP, by the policies in --rules.

    SIGHUP makes it read the rules and the API keys again: all of them, or none where there is a mistake (then /readyz
    and the log say so, and those from before stay in use). Ctrl-C or SIGTERM ends it after the requests under way, or
    30 seconds later.

    \b
    Example:
      policy serve --rules rules
      curl -H "Content-Type: application/json" -d @request.json http://127.0.0.1:8080/v1/decisions
    """
    from policy_service.api.serving import Settings

    if api_keys is None and not _is_loopback(host):
        raise click.UsageError(
            f"without `--api-keys` everyone may do everything, so `{host}` is not served, only this machine\n"
            "`policy api-key --help` shows how to make keys"
        )
    _try(Settings(rules, api_keys, rate_limit, workers))
    _claim(host, port)
    catalog = open_catalog(rules)
    check_webhooks(webhooks, catalog.merchants())
    kept = ledger_settings(ledger, pseudonym_key, webhooks, embedded_worker=not no_worker)
    settings = Settings(rules, api_keys, rate_limit, workers, kept)
    click.echo(
        f"serving {len(catalog.merchants())} merchants from {rules} on http://{_shown(host)}:{port}, Ctrl-C ends it",
        err=True,
    )
    # While one request waits for the disk others are decided, and they share the next commit.
    _serve(settings, catalog, host, port, threads or (16 if kept else 1), watch=watch)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _claim(host: str, port: int) -> None:
    """Refuse a port that another process listens on: workers share theirs, so the system would not."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        raise Unusable(
            f"`{_shown(host)}:{port}` cannot be listened on: {(error.strerror or str(error)).lower()}"
        ) from None


def _try(settings: Settings) -> None:
    """Find mistakes in keys and rate here, once, and not in every worker."""
    from policy_service.api.serving import gate

    try:
        gate(settings)
    except ValueError as error:
        raise Unusable(str(error)) from None


def _serve(settings: Settings, catalog: Catalog, host: str, port: int, threads: int, *, watch: bool) -> None:
    import logging

    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from policy_service.api.memory import settle, warm_up
    from policy_service.api.serving import Worker
    from policy_service.cli._watching import watch_folder

    log = logging.getLogger(__name__)
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    # With a ledger most threads wait for the commit that they share, so many are meant; granian advises against it.
    logging.getLogger("_granian").addFilter(lambda record: "Python threads" not in record.getMessage())

    worker: Worker = Worker(settings, catalog)

    class Workers(Server):  # type: ignore[misc, valid-type]
        """Tells its workers to read the rules again, where granian would replace them; and lets them end in peace."""

        def _stop_workers(self) -> None:
            # While granian's own thread still reaps a worker that has ended, the system calls it alive, and granian
            # would say that it refused to stop and kill it.
            log.info("stopping: requests under way have %d s to end", self.workers_kill_timeout)
            for each in self.wrks:
                each.terminate()
            until = time.monotonic() + self.workers_kill_timeout
            while time.monotonic() < until and any(each.is_alive() for each in self.wrks):
                time.sleep(0.01)
            super()._stop_workers()

        def _reload(self, *_: Any) -> None:
            self.reload_signal = False
            self.main_loop_interrupt.clear()
            if self.interrupt_children:
                self.main_loop_interrupt.set()
            # Here first: a worker that is started anew while the rules have mistakes has what was read here.
            worker.read_again()
            for each in self.wrks:
                with suppress(ProcessLookupError):  # it has just died: the one in its place reads by itself
                    os.kill(each.inner.pid, signal.SIGHUP)

    address = "127.0.0.1" if host == "localhost" else host
    server = Workers(
        "policy_service",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=threads,
        runtime_threads=1,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOPPING,
        log_level=LogLevels.warning,
    )
    if watch:
        watch_folder(catalog, lambda: os.kill(os.getpid(), signal.SIGHUP))
    # What is ready and at rest before the fork is there once, not once for each worker.
    warm_up()
    settle()
    server.serve(target_loader=worker, wrap_loader=False)
