"""One mistake that an author can make, and the page that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["DiagnosticKind", "Severity", "error", "warning"]


class Severity(StrEnum):
    """How grave a diagnostic is: an error stops the policy from being used, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class DiagnosticKind:
    """An entry of the catalogue; `wrong` and `right` are pieces of YAML that show the mistake and the mend."""

    code: str
    title: str
    about: str
    wrong: str
    right: str
    severity: Severity = Severity.ERROR

    @property
    def number(self) -> str:
        """The stable part of the code: `PS101`."""
        return self.code.partition("-")[0]


def error(code: str, title: str, about: str, wrong: str, right: str) -> DiagnosticKind:
    """A mistake that stops the document from being used."""
    return DiagnosticKind(code, title, about, wrong, right)


def warning(code: str, title: str, about: str, wrong: str, right: str) -> DiagnosticKind:
    """Something that is allowed but looks unintended."""
    return DiagnosticKind(code, title, about, wrong, right, Severity.WARNING)
