"""The schemas of answers and bodies, by the names under which the OpenAPI document refers to them.

They are made of the types that the code is checked against, so a document cannot say what the code does not do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any, Final, Literal

from pydantic import TypeAdapter
from pydantic_core import core_schema

from policy_service.api.references import AT, refer
from policy_service.contract.parts import PART
from policy_service.contract.schema import Generator

Json = dict[str, Any]
Mode = Literal["validation", "serialization"]

_ANSWERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("BatchResults", "DecisionPage", "Replayed"), "policy_service.api.shapes.decisions"),
    **dict.fromkeys(("Policies", "PolicyInFull"), "policy_service.api.shapes.policies"),
    **dict.fromkeys(
        ("Alive", "Ready", "ReasonCodes", "SchemaNames", "Vocabulary"), "policy_service.api.shapes.reference"
    ),
    **dict.fromkeys(
        (
            "CasePage",
            "DeliveryPage",
            "EventPage",
            "Redelivery",
            "ReportNames",
            "ReviewPage",
            "StockOfSku",
            "StockPage",
        ),
        "policy_service.api.shapes.ledger",
    ),
    **dict.fromkeys(("Case", "RecordedEvent"), "policy_service.ledger.shapes.cases"),
    "ClearedStock": "policy_service.ledger.shapes.stock",
    "Report": "policy_service.ledger.shapes.reports",
}
_BODIES: Final[Mapping[str, str]] = {
    "CaseEvent": "policy_service.ledger.case_events:AnyEvent",
    "Clearing": "policy_service.api.stock",
    "Resolution": "policy_service.api.reviews",
}
"""The module of each, and its name there if it has another; imported when the document is asked for, so that a worker
that never is does not keep it."""


def components(names: Iterable[str]) -> Json:
    """The schemas of these names and whatever they refer to, by name. Raises KeyError for one that there is not."""
    modes: dict[str, Mode] = {name: "validation" if name in _BODIES else "serialization" for name in names}
    inputs = [(name, mode, TypeAdapter[Any](_type(name))) for name, mode in modes.items()]
    made, definitions = TypeAdapter.json_schemas(inputs, ref_template=f"{AT}{{model}}", schema_generator=_Generator)
    found: Json = {**definitions.get("$defs", {})}
    for name, mode in modes.items():
        # A schema of several alternatives has no name of its own until it is given one here.
        if made[name, mode] != refer(name):
            found[name] = made[name, mode]
    return {name: _told(found[name]) for name in sorted(found)}


def _type(name: str) -> Any:
    module, _, type = {**_ANSWERS, **_BODIES}[name].partition(":")
    return getattr(import_module(module), type or name)


class _Generator(Generator):
    """An answer has the keys that its type names and no others: the code that makes it knows them all."""

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> Json:
        written = super().typed_dict_schema(schema)
        written.setdefault("additionalProperties", False)
        return written


def _told(value: Any, *, named: bool = True) -> Any:
    """A schema as the document shows it: without a title that repeats its name, parts of others by reference."""
    if isinstance(value, list):
        return [_told(each, named=False) for each in value]
    if not isinstance(value, dict):
        return value
    told = {key: _told(each, named=False) for key, each in value.items() if not (named and key == "title")}
    if PART in told:
        told |= refer(told.pop(PART))
    if named and "description" in told:
        # Docstrings are written for their readers in the code, on several lines.
        told["description"] = " ".join(told["description"].split())
    return told
