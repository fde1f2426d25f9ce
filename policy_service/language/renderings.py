"""Diagnostics as text for a person, as JSON for a program, and as SARIF 2.1.0 for code-review tools."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from policy_service.language.diagnostics import DIAGNOSTICS, Diagnostic

__all__ = ["as_json", "as_sarif", "as_text", "excerpt", "summary", "to_dict"]

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
WIDEST_LINE = 160
INDENT = "    "


def as_text(diagnostics: Sequence[Diagnostic]) -> str:
    """Each mistake with its line and a caret under it, then a count; nothing at all when there are none."""
    if not diagnostics:
        return ""
    return "\n\n".join([*(_paragraph(each) for each in diagnostics), summary(diagnostics)]) + "\n"


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """``2 errors and 1 warning in 3 files``, or ``no problems``."""
    errors = sum(each.is_error for each in diagnostics)
    parts = [_count(errors, "error"), _count(len(diagnostics) - errors, "warning")]
    said = " and ".join(part for part in parts if part)
    files = _count(len({each.file for each in diagnostics}), "file")
    return f"{said} in {files}" if said else "no problems"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def _paragraph(diagnostic: Diagnostic) -> str:
    place = diagnostic.position
    head = (
        f"{diagnostic.file}:{place.line}:{place.column}: {diagnostic.severity} {diagnostic.code}: {diagnostic.message}"
    )
    hint = [f"{INDENT}{diagnostic.hint}"] if diagnostic.hint else []
    return "\n".join([head, *excerpt(diagnostic), *hint])


def excerpt(diagnostic: Diagnostic) -> list[str]:
    """The offending line and a line of carets under the offending part; wide characters count as two."""
    place, line = diagnostic.position, diagnostic.source
    if not line.strip():
        return []
    begin = min(place.column - 1, len(line))
    end = place.end_column - 1 if place.end_line == place.line else len(line.rstrip())
    end = max(begin + 1, min(end, len(line)))
    cut = max(0, begin - WIDEST_LINE // 2)
    shown = line[cut : cut + WIDEST_LINE].rstrip()
    carets = "^" * max(1, min(_width(line[begin:end]), _width(shown) - _width(line[cut:begin])))
    return [_plain(f"{INDENT}{shown}"), f"{INDENT}{' ' * _width(line[cut:begin])}{carets}"]


def _plain(text: str) -> str:
    """Text that cannot steer a terminal."""
    return "".join(" " if each == "\t" else each if each.isprintable() else "\ufffd" for each in text)


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )


def to_dict(diagnostic: Diagnostic) -> dict[str, Any]:
    """One diagnostic as plain JSON data."""
    place = diagnostic.position
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "file": diagnostic.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "source": diagnostic.source,
    }


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """A JSON array of diagnostics, in the order given."""
    return json.dumps([to_dict(each) for each in diagnostics], ensure_ascii=False, indent=2) + "\n"


def as_sarif(diagnostics: Sequence[Diagnostic], version: str = "") -> str:
    """A SARIF 2.1.0 log with one run; `version` is that of the service."""
    codes = sorted({each.code for each in diagnostics})
    driver: dict[str, Any] = {"name": "policy-service", "rules": [_rule(code) for code in codes]}
    if version:
        driver["version"] = version
    results = [_result(each, codes.index(each.code)) for each in diagnostics]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    kind = DIAGNOSTICS[code]
    return {
        "id": code,
        "shortDescription": {"text": kind.title},
        "fullDescription": {"text": kind.about},
        "help": {
            "text": f"{kind.about}\n\nwrong:\n{kind.wrong}\n\nright:\n{kind.right}",
            "markdown": f"{kind.about}\n\nWrong:\n\n{_fenced(kind.wrong)}\n\nRight:\n\n{_fenced(kind.right)}",
        },
        "defaultConfiguration": {"level": kind.severity.value},
    }


def _fenced(text: str) -> str:
    return f"```yaml\n{text}\n```"


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    place = diagnostic.position
    message = diagnostic.message if diagnostic.hint is None else f"{diagnostic.message}: {diagnostic.hint}"
    region: dict[str, Any] = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    if diagnostic.source:
        region["snippet"] = {"text": diagnostic.source}
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity.value,
        "message": {"text": message},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(diagnostic.file)}, "region": region}}],
    }


def _uri(file: str) -> str:
    return quote(file.replace("\\", "/"), safe="/.-_~<>:")
