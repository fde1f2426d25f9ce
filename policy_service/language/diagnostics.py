"""A mistake in a file: where it is, what was expected, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policy_service.contract.suggest import did_you_mean
from policy_service.contract.suggest import nearest as suggest
from policy_service.language.diagnostic_kinds import DIAGNOSTICS, DiagnosticKind, Severity

__all__ = [
    "DIAGNOSTICS",
    "Diagnostic",
    "DiagnosticKind",
    "Position",
    "Severity",
    "did_you_mean",
    "in_order",
    "one_of",
    "suggest",
]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A stretch of a file. Lines and columns count from 1, in characters; the end column is exclusive."""

    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake.

    `code` is a key of DIAGNOSTICS, `file` the path as the author gave it, `source` the text of the line
    at `position` (empty when there is none, as for a file that does not exist).
    """

    code: str
    message: str
    hint: str | None
    file: str
    position: Position = Position()
    source: str = ""
    severity: Severity = Severity.ERROR

    @property
    def kind(self) -> DiagnosticKind:
        """The entry of the catalogue, with the page that explains the mistake."""
        return DIAGNOSTICS[self.code]

    @property
    def is_error(self) -> bool:
        """Whether the document cannot be used."""
        return self.severity is Severity.ERROR

    @classmethod
    def of(
        cls, code: str, message: str, hint: str | None, file: str, position: Position | None = None, source: str = ""
    ) -> Diagnostic:
        """A diagnostic with the severity that the catalogue gives its code."""
        return cls(code, message, hint, file, position or Position(), source, DIAGNOSTICS[code].severity)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """By file, then place, each once."""
    unique = dict.fromkeys(diagnostics)
    return sorted(unique, key=lambda each: (each.file, each.position, each.code, each.message))


def one_of(names: Iterable[str], last: str = "or") -> str:
    """Names in back-ticks as a person says them: ``"`a`, `b` or `c`"``; a long list is cut at twelve."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) > 12:
        return ", ".join(quoted[:12]) + ", …"
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
