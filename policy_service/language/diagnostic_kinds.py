"""What can be wrong with a policy: one entry per stable code, with the text of its page in the docs.

The number never changes its meaning: PS0xx reading the file, PS1xx its form, PS2xx what it says,
PS3xx several versions beside each other, PS4xx what is allowed but looks unintended, PS5xx suites of scenarios.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from policy_service.language.mistakes import doubts, form, meaning, reading, suites, versions
from policy_service.language.mistakes.kind import DiagnosticKind, Severity

__all__ = ["DIAGNOSTICS", "DiagnosticKind", "Severity"]

DIAGNOSTICS: Mapping[str, DiagnosticKind] = MappingProxyType(
    {kind.code: kind for family in (reading, form, meaning, versions, doubts, suites) for kind in family.KINDS}
)
"""Every kind of mistake, by code."""
