"""A decision that was made, as a scenario that would notice if it were made differently."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File
from typing import Any

from policy_service.contract.problems import ProblemError
from policy_service.decision.decide import Decided
from policy_service.scenarios.compare import mismatches
from policy_service.scenarios.merge import merged
from policy_service.scenarios.paths import Member, Path, Segment, parse_path, place_of
from policy_service.scenarios.writing import scenario_text, suite_text
from policy_service.service import Service

Json = dict[str, Any]

COMMENT = "Recorded by `policy record` from a decision that was made."
PLAIN_NAME = re.compile(r"[A-Za-z_][\w-]*\Z")


@dataclass(frozen=True, slots=True)
class Recording:
    """A request at its instant and what is expected of it, at its second stage where there is an `inspection`.

    `differs` are the expectations that today's policy does not meet.
    """

    request: Json
    now: str
    expect: dict[str, Any]
    differs: tuple[str, ...]
    policy: File
    inspection: Json | None = None

    def suite(self, folder: File, title: str, name: str) -> str:
        """The recording as a suite that stands in `folder`."""
        first, then = (self.expect, None) if self.inspection is None else ({}, (self.inspection, self.expect))
        scenario = scenario_text(name, now=self.now, changes={}, expect=first, then=then)
        return suite_text(title, [os.path.relpath(self.policy, folder)], self.request, [scenario], COMMENT)


def record(
    service: Service,
    request: Mapping[str, Any],
    decision: Mapping[str, Any] | None = None,
    inspection: Mapping[str, Any] | None = None,
) -> Recording:
    """The recording of a request and the decision that was made on it, or that is made now where none is given.

    Raises ProblemError for a request that cannot be decided.
    """
    asked = dict(request)
    if decision is not None:
        asked["requested_at"] = decision["decided_at"]
    decided = _decide(service, asked, inspection)
    expect = dict(expectations(decision or decided.decision))
    now = asked.pop("requested_at", None) or decided.decision["decided_at"]
    document = decided.trace.governing.policy.document
    differs = tuple(_unmet(decided.decision, expect))
    return Recording(asked, str(now), expect, differs, document.path, dict(inspection) if inspection else None)


def _decide(service: Service, request: Json, inspection: Mapping[str, Any] | None) -> Decided:
    parsed = service.parse(request)
    decided = service.decide(parsed)
    return decided if inspection is None else service.inspect(parsed, decided.decision, inspection)


def expectations(decision: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What of a decision matters to a customer: outcomes with their reasons, money, benefits and duties."""
    yield "outcome", decision["outcome"]
    lines = decision["lines"]
    for number, line in enumerate(lines):
        if len(lines) > 1:
            yield f"lines.{number}.outcome", line["outcome"]
        for place, reason in enumerate(line["reasons"]):
            yield from _reason(f"lines.{number}.reasons", line["reasons"], place, reason)
        for kind in ("fees", "deductions"):
            for place, charge in enumerate(line[kind]):
                yield f"lines.{number}.{kind}.{_segment(line[kind], place)}.amount", charge["amount"]
        for disposition in range(len(line["disposition"])):
            yield f"lines.{number}.disposition.{disposition}.to", line["disposition"][disposition]["to"]
    yield "refund.total", decision["refund"]["total"]
    if decision["refund"]["amount_due"].strip("0."):
        yield "refund.amount_due", decision["refund"]["amount_due"]
    if decision.get("return_shipping"):
        yield "return_shipping.payer", decision["return_shipping"]["payer"]
    yield "entitlements", list(decision["entitlements"])
    yield "obligations", list(decision["obligations"])


def _reason(path: str, reasons: Sequence[Mapping[str, Any]], place: int, reason: Mapping[str, Any]) -> Iterator[Any]:
    segment = _segment(reasons, place)
    clause = reason.get("clause")
    if segment != reason["code"]:
        yield f"{path}.{segment}.code", reason["code"]
    elif not clause:
        yield f"{path}.{segment}", "present"
    if clause and segment in (reason["code"], place):
        yield f"{path}.{segment}.clause", clause


def _segment(members: Sequence[Mapping[str, Any]], place: int) -> Segment:
    """How a path calls that member and no other: by its code, else by its clause, else by its place."""
    member = members[place]
    for key, segment in (("code", member["code"]), ("clause", Member("clause", str(member.get("clause"))))):
        if PLAIN_NAME.match(str(member.get(key))) and _points_to(members, segment) == [place]:
            return segment
    return place


def _points_to(members: Sequence[Mapping[str, Any]], segment: Segment) -> list[int]:
    """Every place that a path with that segment may mean."""
    return [place for place, member in enumerate(members) if place_of([member], segment) == 0]


def _unmet(decision: Mapping[str, Any], expect: Mapping[str, Any]) -> Iterator[str]:
    for path, value in expect.items():
        for each in mismatches(decision, parse_path(path), value):
            yield f"{each.path}: recorded {each.expected!r}, now {each.got!r}"


def shrink(recording: Recording, service: Service) -> Recording:
    """The same recording without every fact that does not matter to what is expected.

    A part is left out where the decision without it still meets every expectation it met; what the contract requires
    stays. A recording that today's policy does not meet is left as it is: nothing can be tried against it.
    """
    if recording.differs:
        return recording
    request = recording.request
    smaller = True
    while smaller:
        smaller = False
        for path in _parts(request, ()):
            without = merged(request, [(path, None)])
            if _still_met(without, recording, service):
                request, smaller = without, True
                break
    return replace(recording, request=request)


def _parts(value: Any, path: Path) -> Iterator[Path]:
    """Every part that could be left out, the largest first."""
    if isinstance(value, Mapping):
        yield from ((*path, key) for key in value)
        for key, part in value.items():
            yield from _parts(part, (*path, key))
    elif isinstance(value, list):
        yield from ((*path, place) for place in reversed(range(len(value))))
        for place, part in enumerate(value):
            yield from _parts(part, (*path, place))


def _still_met(request: Json, recording: Recording, service: Service) -> bool:
    try:
        decided = _decide(service, {**request, "requested_at": recording.now}, recording.inspection)
    except ProblemError:
        return False
    if decided.trace.governing.policy.document.path != recording.policy:
        return False
    return not any(_unmet(decided.decision, recording.expect))


def parts_of(data: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """The request, decision and inspection that a file holds: a plain request, or a line of the ledger's export."""
    if not isinstance(data.get("request"), Mapping):
        return data, None, None
    decision = data.get("decision")
    act = data.get("act") or {}
    inspection = data.get("inspection") or act.get("inspection")
    return data["request"], decision if isinstance(decision, Mapping) else None, inspection


def title_of(request: Mapping[str, Any], names: Sequence[str] = ("case_id",)) -> str:
    """What to call the recording of a request."""
    for name in names:
        if request.get(name):
            return f"{request[name]}, as it was decided"
    return f"order {request['order']['id']}, as it was decided"
