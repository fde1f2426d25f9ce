"""Pieces of YAML put into files that can be read, so that what a page shows is what the program was asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from textwrap import dedent, indent

HEAD = """\
merchant: shop
version: "2026-01"
effective: {from: 2026-01-01}
timezone: Europe/Berlin
currency: EUR
ships_from: DE
"""
"""Of a policy whose own head is not the point."""

STATUTE_HEAD = """\
version: "2026-01"
effective: {from: 2026-01-01}
countries: [DE]
"""


def parts(text: str) -> dict[str, str]:
    """A mapping's top-level keys with the text of each, the key included; what stands before the first is left out."""
    found: dict[str, str] = {}
    for part in re.split(r"^(?=[A-Za-z_<][\w<]*:)", text, flags=re.MULTILINE):
        if match := re.match(r"[\w<]+(?=:)", part):
            found[match.group()] = part
    return found


def under(key: str, text: str) -> str:
    """Text as the value of a key."""
    return f"{key}:\n{indent(text, '  ')}"


def value(part: str) -> str:
    """What stands below a part's key, as if it stood alone."""
    return dedent(part.partition("\n")[2])


def overlaid(head: str, own: Mapping[str, str]) -> str:
    """A head in which the parts given stand in for its own."""
    return "".join({**parts(head), **own}.values())
