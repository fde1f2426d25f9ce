"""What can go wrong when a policy is looked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from policy_service.language.diagnostics import Diagnostic, in_order


class CatalogError(Exception):
    """A folder of policies that cannot be used, with every mistake in it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(in_order(diagnostics))
        first = self.diagnostics[0] if self.diagnostics else None
        place = f"; the first: {_place(first)}: {first.message}" if first else ""
        number = len(self.diagnostics)
        super().__init__(f"{number} mistake{'' if number == 1 else 's'} in the policies{place}")


def _place(diagnostic: Diagnostic) -> str:
    """Where it is: a file that is not there, or a folder, has no lines."""
    return f"{diagnostic.file}:{diagnostic.position.line}" if diagnostic.source else diagnostic.file


class UnknownMerchant(LookupError):
    """No policy of that merchant; `hint` names a near one, if any."""

    def __init__(self, merchant: str, hint: str | None = None) -> None:
        super().__init__(f"there is no policy of `{merchant}`")
        self.merchant = merchant
        self.hint = hint


class NoVersionInForce(LookupError):
    """The merchant has policies, but none was in force on `day` (a local date), the day the order was placed.

    `begins` has the first instant of each version.
    """

    def __init__(self, merchant: str, day: date, versions: tuple[str, ...], begins: tuple[datetime, ...] = ()) -> None:
        super().__init__(f"`{merchant}` had no policy in force on {day}")
        self.merchant = merchant
        self.day = day
        self.versions = versions
        self.begins = begins


class UnknownDigest(LookupError):
    """No policy with that digest, neither in force nor of late."""
