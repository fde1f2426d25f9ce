"""What a policy obliges, as messages: which ones a decision or an event gives rise to, and what falls due when.

Pure: a decision, the one it supersedes and the case's events in, messages and timers out. What the superseded decision
already gave is not given again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from policy_service.ledger.cases import DEADLINES
from policy_service.ledger.instants import read_us
from policy_service.ledger.records import Duties

if TYPE_CHECKING:
    from policy_service.ledger.shapes.messages import MessageData, NotificationData

Json = Mapping[str, Any]

BENEFITS = ("coupon", "points")


@dataclass(frozen=True, slots=True)
class Message:
    """A CloudEvent to be: its type (without the common prefix) and its data."""

    type: str
    data: MessageData


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that falls due: `ship_back_by`, … or `follow_up:<clause>`; `due_at` in microseconds."""

    name: str
    due_at: int


def of_decision(decision: Json, before: Json | None) -> Iterator[Message]:
    """The messages of a decision that takes the place of `before`."""
    about = {"decision": decision["id"], "stage": decision["stage"], "outcome": decision["outcome"]}
    for told in decision["notifications"]:
        if before is None or told not in before["notifications"] or told["event"] == "completed":
            yield Message("notification", cast("NotificationData", {**about, **told}))
    given = _given(before) if before else set()
    for line in decision["lines"]:
        for item in line["entitlements"]:
            if _sign(line, item) not in given:
                kind = "compensation" if item["code"] in BENEFITS else "entitlement"
                currency = {"currency": decision["refund"]["currency"]} if "amount" in item else {}
                data = {**about, "order_line": line["order_line"], **item, **currency}
                yield Message(kind, cast("MessageData", data))


def _given(decision: Json) -> set[tuple[str, ...]]:
    return {_sign(line, item) for line in decision["lines"] for item in line["entitlements"]}


def _sign(line: Json, item: Json) -> tuple[str, ...]:
    """What makes a benefit the same one in two decisions: compensation is given once, the rest once per order line."""
    where = "" if item["code"] in BENEFITS else line["order_line"]
    return (where, item["code"], item["clause"])


def of_event(type: str, event: Json, duties: Mapping[str, Duties]) -> Iterator[Message]:
    """Who wanted to hear of a case's event: `duties` by the id of the decision that they come from."""
    told: set[tuple[str, tuple[str, ...]]] = set()
    for decision, duty in duties.items():
        for notify in duty.notify:
            mark = (notify["clause"], tuple(notify["channels"]))
            if type in notify["events"] and mark not in told:
                told.add(mark)
                notice: NotificationData = {
                    "decision": decision,
                    "event": type,
                    "channels": notify["channels"],
                    "clause": notify["clause"],
                    "at": event["at"],
                }
                yield Message("notification", notice)


def timers(decision: Json) -> Iterator[Timer]:
    """What falls due after a decision: its deadlines and its follow-ups."""
    for name in DEADLINES:
        at = decision["deadlines"].get(name)
        if at is not None:
            yield Timer(name, read_us(at))
    for _, item in follow_ups(decision):
        yield Timer(f"follow_up:{item['clause']}", read_us(item["due"]))


def follow_ups(decision: Json) -> Iterator[tuple[Json, Json]]:
    """Each follow-up that a decision promises, with its line."""
    for line in decision["lines"]:
        for item in line["obligations"]:
            if item["code"] == "follow_up":
                yield line, item
