"""A decision that was made, as a scenario that would notice if it were made differently."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from policy_service.contract.problems import ProblemError
from policy_service.scenarios.compare import mismatches
from policy_service.scenarios.merge import merged
from policy_service.scenarios.paths import Path, parse_path
from policy_service.scenarios.writing import scenario_text, suite_text
from policy_service.service import Service

Json = dict[str, Any]

COMMENT = "Recorded by `policy record` from a decision that was made."
PLAIN_NAME = re.compile(r"[A-Za-z_][\w-]*\Z")


@dataclass(frozen=True, slots=True)
class Recording:
    """A request at its instant and what is expected of it; `differs` are the expectations that today's policy does not
    meet."""

    request: Json
    now: str
    expect: dict[str, Any]
    differs: tuple[str, ...]
    policy: File

    def suite(self, folder: File, title: str, name: str) -> str:
        """The recording as a suite that stands in `folder`."""
        scenario = scenario_text(name, now=self.now, changes={}, expect=self.expect)
        return suite_text(title, [os.path.relpath(self.policy, folder)], self.request, [scenario], COMMENT)


def record(service: Service, request: Mapping[str, Any], decision: Mapping[str, Any] | None = None) -> Recording:
    """The recording of a request and the decision that was made on it, or that is made now where none is given.

    Raises ProblemError for a request that cannot be decided.
    """
    asked = dict(request)
    if decision is not None:
        asked["requested_at"] = decision["decided_at"]
    decided = service.decide(asked)
    was = decision or decided.decision
    expect = dict(expectations(was))
    now = asked.pop("requested_at", None) or decided.decision["decided_at"]
    document = decided.trace.governing.policy.document
    return Recording(asked, str(now), expect, tuple(_unmet(decided.decision, expect)), document.path)


def expectations(decision: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What of a decision matters to a customer: outcomes with their reasons, money, benefits and duties."""
    yield "outcome", decision["outcome"]
    lines = decision["lines"]
    for number, line in enumerate(lines):
        if len(lines) > 1:
            yield f"lines.{number}.outcome", line["outcome"]
        for reason in line["reasons"]:
            if PLAIN_NAME.match(reason["code"]):
                clause = reason.get("clause")
                yield (
                    (f"lines.{number}.reasons.{reason['code']}.clause", clause)
                    if clause
                    else (f"lines.{number}.reasons.{reason['code']}", "present")
                )
        for charge in (*line["fees"], *line["deductions"]):
            kind = "fees" if charge in line["fees"] else "deductions"
            if PLAIN_NAME.match(charge["code"]):
                yield f"lines.{number}.{kind}.{charge['code']}.amount", charge["amount"]
        for disposition in range(len(line["disposition"])):
            yield f"lines.{number}.disposition.{disposition}.to", line["disposition"][disposition]["to"]
    yield "refund.total", decision["refund"]["total"]
    if decision["refund"]["amount_due"].strip("0."):
        yield "refund.amount_due", decision["refund"]["amount_due"]
    if decision.get("return_shipping"):
        yield "return_shipping.payer", decision["return_shipping"]["payer"]
    yield "entitlements", list(decision["entitlements"])
    yield "obligations", list(decision["obligations"])


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
    return Recording(request, recording.now, recording.expect, (), recording.policy)


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
        decided = service.decide({**request, "requested_at": recording.now})
    except ProblemError:
        return False
    if decided.trace.governing.policy.document.path != recording.policy:
        return False
    return not any(_unmet(decided.decision, recording.expect))


def request_and_decision(data: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    """What a file holds: a plain request, or one with its decision under `request` and `decision`."""
    if isinstance(data.get("request"), Mapping):
        decision = data.get("decision")
        return data["request"], decision if isinstance(decision, Mapping) else None
    return data, None


def title_of(request: Mapping[str, Any], names: Sequence[str] = ("case_id",)) -> str:
    """What to call the recording of a request."""
    for name in names:
        if request.get(name):
            return f"{request[name]}, as it was decided"
    return f"order {request['order']['id']}, as it was decided"
