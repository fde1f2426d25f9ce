"""Running the `policy` command: here, as a function, or as its users do, in a process of its own."""

from __future__ import annotations

import os
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

from policy_service.cli import policy as commands
from policy_service.cli._endings import run

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def policy(*arguments: str | Path, folder: Path, given: str = "") -> Ran:
    """Run it in a folder to its end; `given` is its standard input. Neither end is a terminal."""
    out, err = StringIO(), StringIO()
    stdin = TextIOWrapper(BytesIO(given.encode()), encoding="utf-8")
    with chdir(folder), redirect_stdout(out), redirect_stderr(err), patch.object(sys, "stdin", stdin):
        status = run(commands, [str(each) for each in arguments])
    return Ran(status, out.getvalue(), err.getvalue())


def command_line(*arguments: str | Path) -> list[str]:
    """The same for `subprocess`."""
    return [sys.executable, "-m", "policy_service.cli", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    """What a process is run with: this checkout, and no colours from the machine's settings."""
    kept = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "NO_COLOR")}
    return {**kept, "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "utf-8", **more}
