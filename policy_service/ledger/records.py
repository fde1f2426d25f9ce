"""What goes into the ledger and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

import orjson

from policy_service.ledger.instants import from_us

Json = dict[str, Any]
Stage = Literal["request", "inspection"]
Otherwise = Literal["approve", "deny"]
Outcome = Literal["approved", "denied", "review", "partial"]


@dataclass(frozen=True, slots=True)
class PolicySource:
    """The documents behind a digest; `files` (path to text) is asked only when the digest is new."""

    digest: str
    merchant: str
    version: str
    files: Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Duties:
    """What the governing policy obliges beyond what the decision says.

    `otherwise`: the outcome of a review that nobody answers (`approve`, `deny`), with `deadline: {respond, otherwise}`;
    `notify`: `{"clause", "events", "channels"}` of each applying clause; `alerts`: `{"sku", "disposition", "reaches",
    "clause"}` of each `stock_alert` that applies to goods found.
    """

    otherwise: str | None = None
    notify: tuple[Json, ...] = ()
    alerts: tuple[Json, ...] = ()

    def to_json(self) -> Json:
        return {"otherwise": self.otherwise, "notify": list(self.notify), "alerts": list(self.alerts)}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Duties:
        return cls(data["otherwise"], tuple(data["notify"]), tuple(data["alerts"]))


NO_DUTIES = Duties()


@dataclass(frozen=True, slots=True)
class NewDecision:
    """A decision to be recorded.

    `body` is the answer byte for byte; `request` the request as evaluated; `act` what was done:
    `{"type": "decide"}`, `{"type": "inspect", "inspection": {…}}` or `{"type": "resolve", "outcome", "by", "note"}`;
    `supersedes` the id of the decision whose place it takes.
    """

    decision: Mapping[str, Any]
    body: bytes
    request: Mapping[str, Any]
    policy: PolicySource
    act: Mapping[str, Any] = field(default_factory=lambda: {"type": "decide"})
    duties: Duties = NO_DUTIES
    took_us: int = 0
    supersedes: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """An `Idempotency-Key`, whose it is, and what it was sent with."""

    scope: str
    key: str
    fingerprint: str

    @classmethod
    def of(cls, scope: str, key: str, method: str, path: str, body: bytes) -> Key:
        return cls(scope, key, sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest())


@dataclass(frozen=True, slots=True)
class BatchKey:
    """The key of one decision of a batch: `whole` is that of the batch, which must have been the same."""

    whole: Key
    own: Key

    @classmethod
    def of(cls, whole: Key, index: int) -> BatchKey:
        # No caller can send a line break in a header, so no key of a caller reads like this.
        return cls(whole, Key(whole.scope, f"{whole.key}\n{index}", whole.fingerprint))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets: the first answer to its key; `first` tells whether this call made it."""

    status: int
    body: bytes
    first: bool = True


@dataclass(frozen=True, slots=True)
class Stored:
    """A decision as the ledger has it. `request` is whole, unless its personal data was erased (`erased`)."""

    seq: int
    id: str
    merchant: str
    n: int
    case_id: str
    stage: Stage
    outcome: Outcome
    recorded_at: int
    policy_digest: str
    supersedes: str | None
    body: bytes
    decision: Json
    request: Json
    act: Json
    duties: Duties
    erased: bool

    @classmethod
    def of(cls, row: Mapping[str, Any], request: Json, *, erased: bool) -> Stored:
        return cls(
            seq=row["seq"],
            id=row["id"],
            merchant=row["merchant"],
            n=row["n"],
            case_id=row["case_id"],
            stage=row["stage"],
            outcome=row["outcome"],
            recorded_at=row["recorded_at"],
            policy_digest=row["policy_digest"],
            supersedes=row["supersedes"],
            body=row["decision"],
            decision=orjson.loads(row["decision"]),
            request=request,
            act=orjson.loads(row["act"]),
            duties=Duties.of(orjson.loads(row["duties"])),
            erased=erased,
        )

    @property
    def reviewing(self) -> bool:
        return any(line["outcome"] == "review" for line in self.decision["lines"])

    @property
    def recorded(self) -> str:
        return from_us(self.recorded_at).isoformat()
