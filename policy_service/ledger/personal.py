"""Personal data: taken out of records before they are kept, put back when they are read, erased on demand.

A record keeps what is left; what was taken out lies in `personal` by its JSON pointer. The chain binds the digest of
the whole, so taking a person out later breaks nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

Json = dict[str, Any]
Pieces = dict[str, Any]

EVENT_FIELDS = ("tracking_number", "text")


def take_from_request(request: Mapping[str, Any]) -> tuple[Json, Pieces]:
    """A request without customer id and serial numbers, and these by pointer."""
    pieces: Pieces = {}
    rest = dict(request)
    customer = rest.get("customer")
    if isinstance(customer, Mapping) and "id" in customer:
        pieces["/customer/id"] = customer["id"]
        rest["customer"] = {key: value for key, value in customer.items() if key != "id"}
    lines = rest["lines"]
    for index, line in enumerate(lines):
        if "serial" in line:
            if lines is rest["lines"]:
                lines = list(lines)
            pieces[f"/lines/{index}/serial"] = line["serial"]
            lines[index] = {key: value for key, value in line.items() if key != "serial"}
    rest["lines"] = lines
    return rest, pieces


def take_from_event(data: Mapping[str, Any]) -> tuple[Json, Pieces]:
    """An event's data without what may name a person, and that by pointer."""
    pieces = {f"/{name}": data[name] for name in EVENT_FIELDS if name in data}
    return {key: value for key, value in data.items() if key not in EVENT_FIELDS}, pieces


def put_back(rest: Json, pieces: Mapping[str, Any]) -> Json:
    """The whole again; `rest` is changed."""
    for pointer, value in pieces.items():
        *way, last = pointer.split("/")[1:]
        place: Any = rest
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[last] = value
    return rest


def read(blob: bytes, pieces: bytes | None) -> Json:
    """A kept record with what belongs into it, as far as it was not erased."""
    rest: Json = orjson.loads(blob)
    return rest if pieces is None else put_back(rest, orjson.loads(pieces))


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Customer ids as keyed digests: one per person and merchant, and only who has the key can tell whose."""

    key: bytes

    def of(self, merchant: str, customer: str) -> str:
        mac = hmac.new(self.key, f"{merchant}\0{customer}".encode(), sha256)
        return f"p-{mac.hexdigest()[:32]}"

    def apply(self, request: Json) -> Json:
        """The request with the pseudonym in the customer id's place, before anything is decided on it."""
        customer = request.get("customer")
        if not isinstance(customer, dict) or not isinstance(customer.get("id"), str):
            return request
        return {**request, "customer": {**customer, "id": self.of(str(request.get("merchant")), customer["id"])}}
