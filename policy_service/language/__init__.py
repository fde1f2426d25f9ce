"""The policy language: reading, checking and typing policies and statutes.

>>> loaded = load("rules/dg-home/2025-06.yaml")  # doctest: +SKIP
>>> loaded.document.clauses[0].id  # doctest: +SKIP
'return-30'
"""

from policy_service.language.checking import check
from policy_service.language.diagnostics import DIAGNOSTICS, Diagnostic, Position, Severity
from policy_service.language.document import Document
from policy_service.language.loader import Loaded, load
from policy_service.language.renderings import as_json, as_sarif, as_text
from policy_service.language.schema import policy_schema
from policy_service.language.source import Source, read_yaml

__all__ = [
    "DIAGNOSTICS",
    "Diagnostic",
    "Document",
    "Loaded",
    "Position",
    "Severity",
    "Source",
    "as_json",
    "as_sarif",
    "as_text",
    "check",
    "load",
    "policy_schema",
    "read_yaml",
]
