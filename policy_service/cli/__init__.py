"""The `policy` command: one file per subcommand, found by its name and loaded only when it is run."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from policy_service.cli._commands import policy
from policy_service.cli._endings import run

__all__ = ["main", "policy"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 clean, 1 problems found, 2 wrong usage, 70 a fault of this program."""
    sys.exit(run(policy, list(sys.argv[1:] if arguments is None else arguments)))
