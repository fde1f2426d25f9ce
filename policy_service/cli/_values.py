"""What arguments and options hold: places, instants, days and languages, each with what to write instead of a slip."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from policy_service.contract.suggest import did_you_mean

Command = TypeVar("Command", bound=Callable[..., Any])


class Place(click.Path):
    """A file or folder that is there."""

    def __init__(self, *, file_okay: bool = True, dir_okay: bool = True) -> None:
        super().__init__(exists=True, file_okay=file_okay, dir_okay=dir_okay, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        said = nowhere(Path(value))
        if said:
            self.fail(said, param, ctx)
        return super().convert(value, param, ctx)


def nowhere(path: Path) -> str:
    """What to say where a path leads nowhere: the name beside it that was meant, if one is near."""
    if path.exists():
        return ""
    beside = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    near = did_you_mean(path.name, beside)
    return f"there is no `{path}`{f'; {near}' if near else ''}"


class Instant(click.ParamType["datetime"]):
    """An RFC 3339 instant with its offset: `2025-06-20T10:00:00+08:00`."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"`{value}` is no instant; write it as 2025-06-20T10:00:00+08:00", param, ctx)
        if instant.tzinfo is None:
            whole = instant.isoformat()
            self.fail(f"`{value}` has no offset; write it as {whole}+08:00 or {whole}Z", param, ctx)
        return instant


class Day(click.ParamType["date"]):
    """A date: `2025-06-20`."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"`{value}` is no date; write it as 2025-06-20", param, ctx)


class Processes(click.ParamType["str"]):
    """A number of processes, or `auto`."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value != "auto" and not (value.isascii() and value.isdigit() and 0 < int(value) <= 256):
            self.fail(f"`{value}` is no number of processes; write one from 1 to 256, or `auto`", param, ctx)
        return str(value)


class Language(click.ParamType["str"]):
    """A language of messages: its tag, or another of the same language, such as `zh`."""

    name = "language"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from policy_service.contract.messages import LOCALES

        known = {_language(tag): tag for tag in LOCALES}
        found = known.get(_language(value))
        if found is None:
            self.fail(
                f"there are no messages in `{value}`; write {' or '.join(f'`{tag}`' for tag in LOCALES)}", param, ctx
            )
        return found


def _language(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()


def locale_option(command: Command) -> Command:
    """`--locale LANGUAGE`, by default English."""
    return click.option(
        "--locale",
        type=Language(),
        default="en",
        show_default=True,
        metavar="LANGUAGE",
        help="The language of messages: en or zh-CN.",
    )(command)
