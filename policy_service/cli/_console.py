"""Output: colours and tables where a person looks at a terminal, plain lines where a program reads."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from policy_service.language.diagnostics import Diagnostic


def console(*, stderr: bool = False) -> Console:
    """Where to print. Without a terminal at its end it writes neither colours nor broken lines."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, soft_wrap=True, emoji=False)


def on_terminal(*, stderr: bool = False) -> bool:
    """Whether a person sees what is printed."""
    return (sys.stderr if stderr else sys.stdout).isatty()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an account, indented by two spaces a level; `style` is rich's."""

    text: str
    level: int = 0
    style: str = ""


def show(lines: Iterable[Line]) -> None:
    """Print lines, styled on a terminal."""
    if not on_terminal():
        for line in lines:
            click.echo(f"{'  ' * line.level}{line.text}".rstrip())
        return
    out = console()
    for line in lines:
        out.print("  " * line.level + line.text, style=line.style or None)


def show_json(written: bytes) -> None:
    """Print indented JSON, coloured on a terminal."""
    text = written.decode()
    if not on_terminal():
        click.echo(text)
        return
    from rich.syntax import Syntax

    console().print(Syntax(text, "json", background_color="default", word_wrap=True))


def show_diagnostics(diagnostics: Sequence[Diagnostic], *, stderr: bool = False) -> None:
    """Print mistakes with their lines and carets, then how many there are."""
    from policy_service.language.renderings import as_text, excerpt, summary

    if not on_terminal(stderr=stderr):
        click.echo(as_text(diagnostics), nl=False, err=stderr)
        return
    from rich.text import Text

    out = console(stderr=stderr)
    for each in diagnostics:
        place, style = each.position, "bold red" if each.is_error else "bold yellow"
        out.print(
            Text.assemble(
                (f"{each.file}:{place.line}:{place.column}", "bold"),
                ": ",
                (f"{each.severity} {each.code}", style),
                f": {each.message}",
            )
        )
        for number, line in enumerate(excerpt(each)):
            out.print(line, style=style if number else "dim")
        if each.hint:
            out.print(f"    {each.hint}", style="green")
        out.print()
    if diagnostics:
        out.print(summary(diagnostics), style="bold")
