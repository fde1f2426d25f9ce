"""JSON Schemas (draft 2020-12) of what goes over the wire, made from the models.

They say the form. What needs two fields to judge (`checks`) or the currency's digits is beyond a schema; the
descriptions tell it.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import CoreSchema

from policy_service.contract.decision import Decision
from policy_service.contract.inspection import Inspection
from policy_service.contract.problems import ProblemBody
from policy_service.contract.request import ReturnRequest

Schema = dict[str, Any]


class Generator(GenerateJsonSchema):
    """Leaves out titles, which repeat the key, and defaults of null, which only say that a key is optional."""

    def field_title_should_be_set(self, schema: CoreSchema) -> bool:
        return False

    def default_schema(self, schema: Any) -> Schema:
        written = super().default_schema(schema)
        if written.get("default", ...) is None:
            del written["default"]
        return written


def _schema(model: type[BaseModel], name: str, title: str) -> Schema:
    written = model.model_json_schema(schema_generator=Generator)
    # The models' docstrings are written for their readers in the code, on several lines.
    for definition in (written, *written.get("$defs", {}).values()):
        definition["description"] = " ".join(definition.get("description", title).split())
    written.pop("title", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:policy-service:schema:{name}",
        "title": title,
        **written,
    }


def request_schema() -> Schema:
    """The body of `POST /v1/decisions`."""
    schema = _schema(ReturnRequest, "request", "A return request")
    schema["$defs"]["OrderLine"]["anyOf"] = [{"required": ["unit_price"]}, {"required": ["unit_paid"]}]
    return schema


def decision_schema() -> Schema:
    """The answer to a request or an inspection."""
    return _schema(Decision, "decision", "A decision on a return request")


def inspection_schema() -> Schema:
    """The body of `POST /v1/decisions/{id}/inspection`."""
    return _schema(Inspection, "inspection", "An inspection of returned goods")


def problem_schema() -> Schema:
    """The body of every refusal (RFC 9457)."""
    return _schema(ProblemBody, "problem", "A problem")


SCHEMAS: Final[Mapping[str, Callable[[], Schema]]] = {
    "request": request_schema,
    "decision": decision_schema,
    "inspection": inspection_schema,
    "problem": problem_schema,
}
"""The schemas by name; `schemas/<name>.schema.json` holds what `written` makes of each."""


def written(schema: Schema) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
