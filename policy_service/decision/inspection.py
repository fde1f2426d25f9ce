"""The second stage: the same policy version decides on what the warehouse found. Source: semantics, "Two stages"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from policy_service.contract.inspection import Inspection, InspectionLine
from policy_service.contract.request import BadRequest, FieldError, ParsedRequest, RequestLine
from policy_service.decision.admission import check_attributes, reason_error
from policy_service.decision.case import Claim, Find, Settled
from policy_service.decision.decide import Decided, conclude
from policy_service.decision.freight import PARCEL_ACTIONS
from policy_service.decision.rulebook import Governing

SETTLED_CODES = ("resolved", "settled_by_deadline")


def inspect(
    parsed: ParsedRequest,
    governing: Governing,
    previous: Mapping[str, Any],
    inspection: Inspection,
    *,
    now: datetime,
    id: str,
    locale: str = "en",
    settled: Mapping[int, Settled] | None = None,
    follows: str | None = None,
    resolution: Mapping[str, Any] | None = None,
) -> Decided:
    """The decision of the inspection, frozen at the request's instant; `previous` is the request stage's decision.

    `settled` gives outcomes that a person fixed when a first decision of this inspection was in review, by its lines;
    then `follows` is that decision and `resolution` says who settled it. Raises `BadRequest` for units that were never
    asked for, unknown reasons and attributes.
    """
    plan = _Plan(parsed, previous, inspection)
    errors = [*plan.errors, *_unfit(parsed, governing, inspection)]
    if errors:
        raise BadRequest(errors)
    found = [claim for index in range(len(parsed.request.lines)) for claim in plan.claims(index)]
    for position, outcome in (settled or {}).items():
        found[position] = replace(found[position], settled=outcome)
    return conclude(
        parsed,
        governing,
        tuple(found),
        now=now,
        id=id,
        locale=locale,
        stage="inspection",
        previous=follows or str(previous["id"]),
        resolution=None if resolution is None else dict(resolution),
    )


def settled_lines(previous: Mapping[str, Any]) -> dict[int, Settled]:
    """The lines of a decision that a person or a deadline settled, with the outcome they were given."""
    found = {}
    for index, line in enumerate(previous["lines"]):
        code = next((reason["code"] for reason in line["reasons"] if reason["code"] in SETTLED_CODES), None)
        if code is not None:
            said = previous.get("resolution") or {}
            found[index] = Settled(line["outcome"], code, said.get("by"), said.get("note"))
    return found


@dataclass(slots=True)
class _Found:
    """Units of one inspection line that no request line has taken yet."""

    line: InspectionLine
    left: int


class _Plan:
    """Which found units belong to which request line: those not denied first, each in request order."""

    def __init__(self, parsed: ParsedRequest, previous: Mapping[str, Any], inspection: Inspection) -> None:
        self.lines = parsed.request.lines
        self.skus = {line.id: line.sku for line in parsed.request.order.lines}
        self.previous: Sequence[Mapping[str, Any]] = previous["lines"]
        self.settled = settled_lines(previous)
        self.found = [_Found(line, line.quantity) for line in inspection.lines]
        self.taken: dict[int, list[tuple[InspectionLine, int]]] = {index: [] for index in range(len(self.lines))}
        turns = sorted(range(len(self.lines)), key=lambda index: (self.previous[index]["outcome"] == "denied", index))
        for index in turns:
            if self._travels(index):
                self._take(index)
        self.errors = [
            FieldError(f"/lines/{position}/quantity", *self._excess(found))
            for position, found in enumerate(self.found)
            if found.left
        ]

    def _excess(self, found: _Found) -> tuple[str, str]:
        if all(line.order_line != found.line.order_line for line in self.lines):
            return (
                f"no units of order line `{found.line.order_line}` were asked for",
                "name an order line of the request",
            )
        return (
            f"order line `{found.line.order_line}`: {found.left} more than were to come back",
            "count only the units of this request; ask for the others in a request of their own",
        )

    def _travels(self, index: int) -> bool:
        kept = any(item["code"] == "keep_item" for item in self.previous[index]["entitlements"])
        return self.lines[index].action in PARCEL_ACTIONS and not kept

    def _take(self, index: int) -> None:
        wanted = self.lines[index].quantity
        for found in self.found:
            if found.line.order_line == self.lines[index].order_line and found.left and wanted:
                units = min(found.left, wanted)
                found.left -= units
                wanted -= units
                self.taken[index].append((found.line, units))

    def claims(self, index: int) -> list[Claim]:
        """The claims that a request line becomes: itself where it stands, else one per find and one for the rest."""
        line, taken = self.lines[index], self.taken[index]
        before = self.previous[index]
        overridden = any(reason["code"] == "overridden" for reason in before["reasons"])
        if overridden or index in self.settled:
            return [replace(self._standing(index), stands=before["outcome"] != "denied")]
        if not self._travels(index):
            return [self._standing(index)]
        if not taken and before["outcome"] != "approved":
            return [replace(self._standing(index), absent=True, gifts_returned=())]
        claims = [self._piece(index, found, units) for found, units in taken]
        missing = line.quantity - sum(units for _, units in taken)
        if missing:
            claims.append(Claim(index, line, missing, stage="inspection", refusal="not_received"))
        return claims

    def _standing(self, index: int) -> Claim:
        """The line as it was decided; what came of it the warehouse still puts somewhere."""
        line, taken = self.lines[index], self.taken[index]
        received = [each.received_at for each, _ in taken if each.received_at is not None]
        return Claim(
            index,
            line,
            line.quantity,
            settled=self.settled.get(index),
            received_at=min(received, default=None),
            gifts_returned=line.gifts_returned or (),
            finds=tuple(self._find(index, found, units) for found, units in taken),
        )

    def _piece(self, index: int, found: InspectionLine, units: int) -> Claim:
        line = self.lines[index]
        find = self._find(index, found, units)
        gifts = line.gifts_returned if found.gifts_received is None else found.gifts_received
        return Claim(
            index,
            find.line,
            units,
            stage="inspection",
            received_at=found.received_at,
            refusal=None if find.as_ordered else "not_received",
            gifts_returned=gifts or (),
            finds=(find,),
        )

    def _find(self, index: int, found: InspectionLine, units: int) -> Find:
        line = self.lines[index]
        return Find(_as_found(line, found), units, found.received_sku in (None, self.skus[line.order_line]))


def _as_found(line: RequestLine, found: InspectionLine) -> RequestLine:
    """The claim with what the warehouse found in its place; what it does not say keeps the claim."""
    changes: dict[str, Any] = {
        name: value
        for name in ("condition", "human_damage", "missing_parts", "reason")
        if (value := getattr(found, name)) is not None
    }
    if found.attributes:
        changes["attributes"] = {**(line.attributes or {}), **found.attributes}
    return line.model_copy(update=changes)


def _unfit(parsed: ParsedRequest, governing: Governing, inspection: Inspection) -> list[FieldError]:
    errors = []
    tree = governing.policy.document.vocabulary.reasons
    for index, line in enumerate(inspection.lines):
        if line.reason is not None and not tree.knows(line.reason):
            errors.append(reason_error(f"/lines/{index}/reason", line.reason, governing))
        currency = parsed.request.order.currency
        errors += check_attributes(f"/lines/{index}/attributes", line.attributes, "line", currency, governing)
    return errors
