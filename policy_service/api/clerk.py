"""Deciding again on what is recorded: inspections, settled reviews, replays."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from time import perf_counter
from typing import Any

from policy_service.api.board import Row
from policy_service.api.keeping import LedgerRecorder, refusals
from policy_service.api.recording import Made
from policy_service.api.sources import restored
from policy_service.catalog.catalog import Catalog
from policy_service.catalog.errors import UnknownDigest
from policy_service.catalog.version import Version
from policy_service.contract.problems import ProblemError
from policy_service.contract.request import ParsedRequest, parse_request
from policy_service.decision.case import Settled
from policy_service.decision.decide import Decided
from policy_service.decision.rulebook import Governing
from policy_service.ledger.cases import Case
from policy_service.ledger.errors import Conflict, Unknown
from policy_service.ledger.ledger import Ledger
from policy_service.ledger.records import Answer, Key, NewDecision, Stored
from policy_service.service import Service

log = logging.getLogger(__name__)

OUTCOMES = {"approve": "approved", "deny": "denied"}
BY_DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class Replay:
    """A decision made again: whether it is the same bit for bit, and what differs by the parts of the decision."""

    decision: str
    same: bool
    receipt: Mapping[str, str]
    now: Mapping[str, str]
    differs: tuple[str, ...]
    erased: bool


class Clerk:
    """Works on the records of a ledger with the policies that its decisions were made by.

    What it decides is counted on `row`.
    """

    def __init__(self, service: Service, catalog: Catalog, ledger: Ledger, row: Row | None = None) -> None:
        self.service = service
        self.ledger = ledger
        self.row = row
        self.catalog = catalog
        self.recorder = LedgerRecorder(ledger, catalog)
        self._restored = lru_cache(maxsize=64)(self._restore)

    def inspect(self, id: str, body: Mapping[str, Any], locale: str, supersede: str | None, key: Key | None) -> Answer:
        """The second stage of a decision. Raises ProblemError: 404, 409 where it was done before or cannot be, 422."""
        with refusals():
            if key is not None and (known := self.ledger.answered(key)) is not None:
                return known
            before = self.ledger.decision(id)
            replaced = self._replaced(before, supersede)
            began = perf_counter()
            decided = self.service.inspect(
                self._parsed(before), before.decision, body, locale=locale, governing=self._governing(before)
            )
            made = Made.of(self._parsed(before), decided, began)
            act = {"type": "inspect", "of": before.id, "inspection": dict(body)}
            new = self.recorder.new(
                made,
                act=act,
                supersedes=replaced,
                policy=self._files(before.policy_digest),
            )
            return self._recorded(new, key, "inspection")

    def _replaced(self, before: Stored, supersede: str | None) -> str:
        """The decision whose place an inspection of `before` takes. Raises Conflict."""
        if before.stage == "inspection":
            raise Conflict("this is the decision of an inspection", f"inspect `{before.act.get('of', '')}` instead")
        after = self.ledger.successor(before.id)
        if after is None:
            if supersede is not None:
                raise Conflict(f"there is no inspection `{supersede}` to supersede", "leave `supersede` out")
            if before.reviewing:
                raise Conflict("a person must decide first", f"settle it: POST /v1/decisions/{before.id}/resolution")
            return before.id
        last = self._last(after)
        if last.stage != "inspection":
            raise Conflict(f"the decision was settled by `{last.id}`", "inspect that one instead")
        if supersede != last.id:
            raise Conflict(f"it was inspected: `{last.id}`", f"send `?supersede={last.id}` if that was wrong")
        return last.id

    def _last(self, id: str) -> Stored:
        while (after := self.ledger.successor(id)) is not None:
            id = after
        return self.ledger.decision(id)

    def resolve(
        self, id: str, outcome: str, by: str, note: str | None, locale: str, key: Key | None, code: str = "resolved"
    ) -> Answer:
        """Settles a review as a new decision. Raises ProblemError: 404, or 409 where nothing is to be settled."""
        with refusals():
            if key is not None and (known := self.ledger.answered(key)) is not None:
                return known
            before = self.ledger.decision(id)
            after = self.ledger.successor(id)
            if after is not None:
                raise Conflict(_succeeded(self.ledger.decision(after)))
            if not before.reviewing:
                raise Conflict("no line of this decision waits for a person")
            began = perf_counter()
            act = {"type": "resolve", "outcome": outcome, "by": by, "note": note, "code": code}
            decided = self._settled(before, act, locale)
            if any(line["outcome"] == "review" for line in decided.decision["lines"]):
                raise Conflict("a line cannot be settled: its evaluation failed", "mend the policy and ask again")
            if before.stage == "inspection":
                act |= {"of": before.act["of"], "inspection": before.act["inspection"]}
            new = self.recorder.new(
                Made.of(self._parsed(before), decided, began),
                act=act | {"on": before.id},
                supersedes=before.id,
                policy=self._files(before.policy_digest),
            )
            return self._recorded(new, key, "resolution")

    def _recorded(self, new: NewDecision, key: Key | None, stage: str) -> Answer:
        answer = self.ledger.record(new, key)
        if self.row is not None and answer.first:
            self.row.decided(new.decision["outcome"], new.took_us, stage)
        return answer

    def settle_by_clock(self, review: Stored, otherwise: str) -> None:
        """Settles a review that nobody answered; somebody who was faster wins.

        One that cannot be settled stays, and is told of as a deadline that passed. Raises ProblemError 503.
        """
        try:
            self.resolve(review.id, OUTCOMES[otherwise], BY_DEADLINE, None, "en", None, "settled_by_deadline")
        except ProblemError as error:
            if error.problem.status >= 500:
                raise
            log.warning("review %s is not settled by its deadline: %s", review.id, error.problem.detail)

    def _settled(self, before: Stored, act: Mapping[str, Any], locale: str, id: str | None = None) -> Decided:
        """The decision that takes the place of one under review: its other lines stand."""
        said = Settled(act["outcome"], act["code"], act["by"], act["note"])
        lines = before.decision["lines"]
        settled = {index: said for index, line in enumerate(lines) if line["outcome"] == "review"}
        resolution = {name: act[name] for name in ("outcome", "by", "note") if act[name] is not None}
        parsed, governing = self._parsed(before), self._governing(before)
        if before.stage == "inspection":
            first = self.ledger.decision(before.act["of"])
            return self.service.inspect(
                parsed,
                first.decision,
                before.act["inspection"],
                locale=locale,
                governing=governing,
                id=id,
                settled=settled,
                follows=before.id,
                resolution=resolution,
            )
        now = datetime.fromisoformat(before.decision["decided_at"])
        return self.service.decide(
            parsed,
            locale=locale,
            now=now,
            settled=settled,
            previous=before.id,
            resolution=resolution,
            governing=governing,
            id=id,
        )

    def replay(self, id: str) -> Replay:
        """Makes a decision again from what is recorded and compares the receipts. Raises ProblemError 404."""
        with refusals():
            kept = self.ledger.decision(id)
            again = self._again(kept).decision
        before, now = dict(kept.decision["receipt"]), dict(again["receipt"])
        if kept.erased:  # the request's digest covered what has been erased since; the decision's does not
            now["input"] = before["input"]
        skipped = ("id", "receipt")
        differs = tuple(
            part
            for part in sorted({*kept.decision, *again})
            if part not in skipped and _told(kept.decision.get(part)) != _told(again.get(part))
        )
        same = all(before[name] == now[name] for name in ("input", "decision")) and not differs
        return Replay(id, same, before, now, differs, kept.erased)

    def _again(self, kept: Stored) -> Decided:
        act = kept.act
        if act["type"] == "resolve":
            return self._settled(self.ledger.decision(act["on"]), act, "en", kept.id)
        parsed, governing = self._parsed(kept), self._governing(kept)
        if act["type"] == "inspect":
            first = self.ledger.decision(act["of"])
            return self.service.inspect(parsed, first.decision, act["inspection"], governing=governing, id=kept.id)
        now = datetime.fromisoformat(kept.decision["decided_at"])
        return self.service.decide(parsed, governing=governing, now=now, id=kept.id)

    def deadlines_on_receipt(self, case: Case, received_at: datetime) -> dict[str, str | None]:
        """The deadlines that begin when the goods are here: those of a case whose goods would be found as announced."""
        found: dict[str, str | None] = {}
        for before in case.effective:
            if before.stage != "request" or before.reviewing or before.decision["return_shipping"] is None:
                continue
            lines = [
                {
                    "order_line": line["order_line"],
                    "quantity": line["quantity"],
                    "received_at": received_at.isoformat(),
                }
                for line in before.decision["lines"]
                if line["action"] in ("return", "exchange", "repair") and line["outcome"] == "approved"
            ]
            decided = self.service.inspect(
                self._parsed(before), before.decision, {"lines": lines}, governing=self._governing(before)
            )
            for name in ("inspect_by", "refund_by"):
                at = decided.decision["deadlines"].get(name)
                if at is not None and before.decision["deadlines"].get(name) is None:
                    found[name] = at if found.get(name) is None else min(str(found[name]), at)
        return found

    def _parsed(self, kept: Stored) -> ParsedRequest:
        return parse_request(kept.request)

    def _governing(self, kept: Stored) -> Governing:
        """What governed a decision: from the catalogue while it has it, else from the ledger's own copy."""
        order = kept.request["order"]
        placed_at = datetime.fromisoformat(order["placed_at"])
        catalog, version = self._version(kept.policy_digest)
        return catalog.governing(version, placed_at, order.get("country"))

    def _version(self, digest: str) -> tuple[Catalog, Version]:
        try:
            return self.catalog, self.catalog.by_digest(digest)
        except UnknownDigest:
            return self._restored(digest)

    def _restore(self, digest: str) -> tuple[Catalog, Version]:
        with restored(self.ledger.policy_files(digest), digest) as catalog:
            if catalog is None:
                raise Unknown(
                    "this release cannot read the policy of that decision", "replay it with the release that made it"
                )
            return catalog, catalog.by_digest(digest)

    def _files(self, digest: str) -> Mapping[str, str] | None:
        """The files of a policy that only the ledger has; None while the catalogue has it."""
        try:
            self.catalog.by_digest(digest)
        except UnknownDigest:
            return self.ledger.policy_files(digest)
        return None


def _succeeded(after: Stored) -> str:
    """What was done with a decision since, by the one that took its place."""
    if after.act["type"] == "resolve":
        return f"it was settled by `{after.id}`"
    return f"it was inspected: `{after.id}` took its place"


def _told(value: Any) -> Any:
    """A part of a decision without messages, which depend on the language asked for."""
    if isinstance(value, list):
        return [_told(each) for each in value]
    if isinstance(value, dict):
        return {key: _told(each) for key, each in value.items() if key != "message"}
    return value
