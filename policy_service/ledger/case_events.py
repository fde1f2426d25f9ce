"""The events of a case as they are sent (`POST /v1/cases/{id}/events`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from policy_service.contract.fields import Instant, Note, Text, Wire
from policy_service.contract.refusals import BadRequest, FieldError, field_errors, read_object
from policy_service.ledger.cases import EventType
from policy_service.ledger.transitions import RULES


class CaseEvent(Wire):
    """What every event has."""

    type: EventType
    at: Instant | None = Field(None, description="when it happened; default: the service's clock")
    by: Text | None = Field(None, description="who says so")


class Parcel(CaseEvent):
    """A parcel: its carrier and number, and whether it crosses a border."""

    type: Literal["label_issued", "shipped", "exchanged", "reshipped"]
    carrier: Text | None = Field(None, description="who carries it", examples=["SF Express"])
    tracking_number: Text | None = Field(None, description="its number there", examples=["SF1234567890"])
    international: bool | None = Field(None, description="whether it crosses a border; default: false")


class Step(CaseEvent):
    """A step that needs no more than its name."""

    type: Literal["received", "repair_started", "repair_done", "closed", "cancelled"]
    text: Note | None = Field(None, description="anything to remember")


class Refunded(CaseEvent):
    """Money went back."""

    type: Literal["refunded"]
    amount: Text | None = Field(None, description="how much; default: all that is owed", examples=["1799.10"])
    method: Text | None = Field(None, description="which way", examples=["alipay"])


class Feedback(CaseEvent):
    """What the customer thought of it."""

    type: Literal["feedback"]
    score: Annotated[int, Field(ge=1, le=5)] = Field(description="from 1, bad, to 5, good", examples=[4])
    text: Note | None = Field(None, description="in their words")


class Remark(CaseEvent):
    """A note for whoever reads the case next."""

    type: Literal["note"]
    text: Note = Field(description="the note")


MODELS: Mapping[str, type[CaseEvent]] = {
    **dict.fromkeys(("label_issued", "shipped", "exchanged", "reshipped"), Parcel),
    **dict.fromkeys(("received", "repair_started", "repair_done", "closed", "cancelled"), Step),
    "refunded": Refunded,
    "feedback": Feedback,
    "note": Remark,
}
AnyEvent = Annotated[Parcel | Step | Refunded | Feedback | Remark, Field(discriminator="type")]
"""What a body may be, for the OpenAPI document: to read one, its own model is enough."""


def parse_event(source: bytes | Mapping[str, Any]) -> CaseEvent:
    """The event in a body. Raises NotJson, or BadRequest with every error."""
    raw = read_object(source)
    name = raw.get("type")
    model = MODELS.get(name) if isinstance(name, str) else None
    if model is None:
        known = ", ".join(f"`{known}`" for known in RULES)
        detail = "`type` is required" if name is None else f"`{name}` is not an event of a case"
        raise BadRequest([FieldError("/type", detail, f"one of {known}")])
    try:
        return model.model_validate(raw)
    except ValidationError as refusal:
        raise BadRequest(field_errors(refusal, model)) from None


def data_of(event: CaseEvent) -> dict[str, Any]:
    """What an event says besides its type and time, as JSON; what was not said is left out."""
    data = event.model_dump(exclude={"at", "type"}, exclude_none=True)
    return dict(data)
