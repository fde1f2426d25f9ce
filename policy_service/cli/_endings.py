"""How a command ends, whatever happens: a status and at most a few plain lines; a traceback only with `--debug`."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

USAGE = 2
FAULT = 70
"""EX_SOFTWARE of sysexits.h: the program itself failed, which is neither clean (0), problems (1) nor usage (2)."""
INTERRUPTED = 130
PIPE_CLOSED = 1
"""As click has it."""

DEBUG = "--debug"


class Unusable(click.ClickException):
    """What the command was given cannot be used, though it was called rightly: a file, a folder, a port."""

    exit_code = USAGE


def keep(file: Path, mend: str) -> None:
    """Refuse to write over a file: what a person made of it would be lost."""
    if file.is_file():
        raise Unusable(f"`{file}` is there already; {mend}")


def run(command: click.Command, arguments: list[str]) -> int:
    """Run a command to its end and return its exit status."""
    debug = DEBUG in arguments[: _first_plain(arguments)]
    if debug:
        arguments = [each for each in arguments if each != DEBUG]
    try:
        with _words():
            status = command.main(arguments, prog_name="policy", standalone_mode=False)
            _flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        _abandon_output()
        return PIPE_CLOSED
    except SystemExit as leaving:
        return _status(leaving.code)
    except Exception as error:
        if debug:
            traceback.print_exc()
        else:
            click.echo(f"policy: unexpected {_said(error)}", err=True)
            click.echo(f"run the same command with `{DEBUG}` to see where it arose", err=True)
        return FAULT
    return _status(status)


def _first_plain(arguments: list[str]) -> int:
    """Where `--` ends the options, or the end."""
    return arguments.index("--") if "--" in arguments else len(arguments)


@contextmanager
def _words() -> Iterator[None]:
    """Mistakes with files are the user's to mend, so they are told like usage errors, without a traceback."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is None:
            raise
        raise Unusable(f"`{os.fsdecode(error.filename)}`: {(error.strerror or str(error)).lower()}") from error


def _said(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _flush() -> None:
    """Notice here, not at the interpreter's end, that the reader of our output is gone."""
    sys.stdout.flush()


def _abandon_output() -> None:
    """Let the interpreter's last flush go nowhere instead of failing again."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


def _status(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code
    click.echo(str(code), err=True)
    return 1
