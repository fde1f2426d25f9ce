"""The group of commands. A module `cli/<name>.py` with a `command` is a command; nothing else need be told.

`api_key.py` is `policy api-key`; modules that begin with `_` are helpers. A module is imported when its command is run
or listed, so it should import what is heavy inside its functions.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

import click

from policy_service import __version__
from policy_service.contract.suggest import did_you_mean

COMMANDS = Path(__file__).parent


def _module(name: str) -> str:
    return name.replace("-", "_")


class Commands(click.Group):
    """Finds commands by the names of modules in this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        modules = pkgutil.iter_modules([str(COMMANDS)])
        return sorted(module.name.replace("_", "-") for module in modules if not module.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"{__package__}.{_module(cmd_name)}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            hint = did_you_mean(name, self.list_commands(ctx)) or "`policy --help` lists the commands"
            raise click.UsageError(f"there is no command `{name}`\n{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group("policy", cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="policy-service %(version)s")
def policy() -> None:
    """Returns policies as plain files: check them, test them, ask them, serve them.

    \b
    First steps:
      policy check rules                     every mistake, with its place and its mend
      policy decide request.json             what the policy says to one return
      policy explain request.json            the same, in words
      policy serve                           the same, for other programs

    Every command explains itself: `policy check --help`. After an unexpected error, the same command with `--debug`
    shows where it arose.
    """
