"""Values as a person writes them in a policy, on one line: for hints, titles and documentation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from policy_service.language.scalars import text_of

__all__ = ["flow", "said"]

LONGEST = 60
# Text that would be read as something else, or cut, without quotes.
PLAIN = re.compile(
    r"(?![0-9.+-])(?!(?:true|false|[Nn]ull|NULL|~)\Z)"
    r"[^\s\"'#&*!|>%@`{}\[\],:?]+(?:[ :][^\s\"'#{}\[\],:]+)*\Z"
)
PERCENTAGE_OR_SPAN = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:%| [a-z ]+)\Z")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def flow(value: Any) -> str:
    """A value in the flow form of YAML.

    >>> flow({"code": "restocking", "rate": "10%", "max": "60.00", "per": ["unit", True]})
    '{code: restocking, rate: 10%, max: "60.00", per: [unit, true]}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    text = text_of(value)
    if not isinstance(value, str) or any(form.match(text) for form in (PLAIN, PERCENTAGE_OR_SPAN, DAY)):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def said(value: Any) -> str:
    """What stands in a place, as messages name it: ``nothing``, ``a mapping``, ``a list``, or text in back-ticks."""
    if value is None:
        return "nothing"
    if isinstance(value, (Mapping, list)):
        return "a mapping" if isinstance(value, Mapping) else "a list"
    text = text_of(value)
    return f"`{text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'}`"
