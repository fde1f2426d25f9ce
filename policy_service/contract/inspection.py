"""What the warehouse found in a returned parcel. `parse_inspection` reads and checks it."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError

from policy_service.contract.checks import objects, unknown_line
from policy_service.contract.claim import Condition
from policy_service.contract.fields import (
    MAX_LINES,
    Attributes,
    Instant,
    Quantity,
    ReasonPath,
    Text,
    Texts,
    Wire,
)
from policy_service.contract.refusals import BadRequest, FieldError, field_errors, read_object
from policy_service.contract.request import ReturnRequest


class InspectionLine(Wire):
    """Units of an order line that were found in one condition; what is absent stays as it was claimed."""

    order_line: Text = Field(description="id of the order line, one that the request named", examples=["1"])
    quantity: Quantity = Field(description="units received so; units not named were not received", examples=[1])
    condition: Condition | None = Field(None, description="condition they were found in", examples=["used"])
    human_damage: bool | None = Field(None, description="damaged by a person", examples=[False])
    missing_parts: Texts | None = Field(None, description="parts that are missing", examples=[["charger"]])
    gifts_received: Texts | None = Field(None, description="skus of the gifts that came back", examples=[["PILLOW"]])
    reason: ReasonPath | None = Field(
        None,
        description="the reason as found (no fault, or another), in place of the claimed one",
        examples=["preference.changed_mind"],
    )
    received_at: Instant | None = Field(None, description="when they arrived", examples=["2025-06-25T11:00:00+08:00"])
    received_sku: Text | None = Field(None, description="what arrived, where it is another sku", examples=["SOFA-2"])
    attributes: Attributes | None = Field(
        None, description="the policy's own facts of a line, as found", examples=[{"assembled": True}]
    )


class Inspection(Wire):
    """The finding that leads to the second decision (`POST /v1/decisions/{id}/inspection`)."""

    lines: Annotated[tuple[InspectionLine, ...], Field(strict=False, max_length=MAX_LINES)] = Field(
        description="what was received; an order line may stand in several lines, an empty list: nothing came",
        examples=[[{"order_line": "1", "quantity": 1, "condition": "used"}]],
    )


def parse_inspection(source: bytes | str | Mapping[str, Any], request: ReturnRequest) -> Inspection:
    """The inspection in `source` of what `request` announced.

    Raises NotJson, or BadRequest with every error at once; a line that the request does not name is one.
    """
    raw = read_object(source)
    errors = [*_lines_not_announced(raw, request)]
    try:
        inspection = Inspection.model_validate(raw)
    except ValidationError as refusal:
        raise BadRequest(field_errors(refusal, Inspection) + errors) from None
    if errors:
        raise BadRequest(errors)
    return inspection


def _lines_not_announced(raw: dict[str, Any], request: ReturnRequest) -> Iterator[FieldError]:
    announced = {line.order_line: None for line in request.lines}
    for i, line in objects(raw.get("lines")):
        name = line.get("order_line")
        if isinstance(name, str) and name not in announced:
            yield unknown_line(f"/lines/{i}/order_line", name, announced, "request")
