"""Mistakes between the versions of one merchant."""

from __future__ import annotations

from policy_service.language.mistakes.kind import DiagnosticKind, error, warning

__all__ = ["KINDS"]

KINDS: tuple[DiagnosticKind, ...] = (
    error(
        "PS301-overlap",
        "Two versions in force on one day",
        "The version in force on the day of the order governs, so on each day there may be only one.",
        '# shop/2025-01.yaml\nversion: "2025-01"\neffective: {from: 2025-01-01, through: 2025-06-30}\n'
        '# shop/2025-06.yaml\nversion: "2025-06"\neffective: {from: 2025-06-01}',
        '# shop/2025-01.yaml\nversion: "2025-01"\neffective: {from: 2025-01-01, through: 2025-05-31}\n'
        '# shop/2025-06.yaml\nversion: "2025-06"\neffective: {from: 2025-06-01}',
    ),
    error(
        "PS302-same-version",
        "One version in two files",
        "A merchant and version name one file: decisions cite them.",
        '# shop/2025-01.yaml\nversion: "2025-01"\neffective: {from: 2025-01-01, through: 2025-05-31}\n'
        '# shop/2025-06.yaml\nversion: "2025-01"\neffective: {from: 2025-06-01}',
        '# shop/2025-01.yaml\nversion: "2025-01"\neffective: {from: 2025-01-01, through: 2025-05-31}\n'
        '# shop/2025-06.yaml\nversion: "2025-06"\neffective: {from: 2025-06-01}',
    ),
    warning(
        "PS303-gap",
        "Days on which no version is in force",
        "Orders placed on these days have no policy, and their returns are refused as bad input.",
        '# shop/2025-01.yaml\nversion: "2025-01"\neffective: {from: 2025-01-01, through: 2025-05-30}\n'
        '# shop/2025-06.yaml\nversion: "2025-06"\neffective: {from: 2025-06-01}',
        '# shop/2025-01.yaml\nversion: "2025-01"\neffective: {from: 2025-01-01, through: 2025-05-31}\n'
        '# shop/2025-06.yaml\nversion: "2025-06"\neffective: {from: 2025-06-01}',
    ),
    warning(
        "PS304-no-successor",
        "The last version ends and nothing follows",
        "Orders placed after this day will have no policy.",
        "effective: {from: 2025-01-01, through: 2025-12-31}",
        "effective: {from: 2025-01-01}",
    ),
    warning(
        "PS305-nearly-the-folder",
        "A merchant named nearly like the folder",
        "Requests name the merchant that stands in the policy; of one that is misspelt there, nobody hears before the "
        "first request is refused. The folder is for people, and may have another name altogether.",
        "# shop/2026-01.yaml\nmerchant: shpo",
        "# shop/2026-01.yaml\nmerchant: shop",
    ),
)
