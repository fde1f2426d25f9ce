"""Every JSON Schema that the service publishes, by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

Schema = Mapping[str, Any]

_SOURCES: Final[Mapping[str, str]] = {
    "policy": "policy_service.language.schema:policy_schema",
    "scenarios": "policy_service.scenarios.schema:scenarios_schema",
    "request": "policy_service.contract.schema:request_schema",
    "decision": "policy_service.contract.schema:decision_schema",
    "inspection": "policy_service.contract.schema:inspection_schema",
    "problem": "policy_service.contract.schema:problem_schema",
}
"""Where each is made; imported when it is asked for, so that a list of names costs nothing."""

NAMES: Final = tuple(_SOURCES)


def schema(name: str) -> Schema:
    """The schema of that name. Raises KeyError for one that there is not."""
    module, _, function = _SOURCES[name].partition(":")
    make: Callable[[], Schema] = getattr(import_module(module), function)
    return make()


def written(name: str) -> str:
    """The text of `schemas/<name>.schema.json`."""
    return json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"
