"""A folder of rules that tests write: small policies, statutes, includes."""

from __future__ import annotations

from pathlib import Path

WINDOW = "  - {id: return, window: {days: 7, after: delivery}}\n"


def policy(
    merchant: str = "corner-shop",
    version: str = "1",
    effective: str = "{from: 2025-01-01}",
    *,
    zone: str = "Asia/Shanghai",
    head: str = "",
    clauses: str = WINDOW,
) -> str:
    """A policy's text."""
    return (
        f'merchant: {merchant}\nversion: "{version}"\neffective: {effective}\ntimezone: {zone}\ncurrency: CNY\n'
        f"ships_from: CN\n{head}clauses:\n{clauses}"
    )


def statute(name: str = "cn", countries: str = "[CN]", effective: str = "{from: 2014-03-15}", days: int = 7) -> str:
    """A statute's text."""
    return (
        f'statute: {name}\nversion: "{effective[7:11]}"\neffective: {effective}\ncountries: {countries}\n'
        f"clauses:\n  - {{id: right, no_reason: {{days: {days}, after: delivery}}}}\n"
    )


def write(root: Path, files: dict[str, str]) -> Path:
    """The folder with these files in it."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
