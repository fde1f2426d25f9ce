"""What the ledger refuses, and why."""

from __future__ import annotations


class LedgerError(Exception):
    """A refusal: `message` says what is wrong, `hint` how to mend it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class LedgerUnavailable(LedgerError):
    """Nothing was recorded: the disk is full or the database is lost. Try again after `retry_after` seconds."""

    retry_after = 5


class Unknown(LedgerError):
    """There is no such decision, case or report."""


class Conflict(LedgerError):
    """It cannot happen (any more): somebody was first, or the case is not at that point."""


class KeyReused(LedgerError):
    """An `Idempotency-Key` that was used for another request."""


class NotInstalled(LedgerError):
    """What was asked for needs a library that this installation lacks: `library` says which."""

    def __init__(self, what: str, library: str, hint: str) -> None:
        super().__init__(f"{what} needs {library}, which is not installed here", hint)
        self.library = library


class BadQuery(LedgerError):
    """A filter, a cursor or a parameter that does not read."""
