"""The decision: a parsed request and what governs it in, the contract's JSON and a trace of how it came about out.

Pure: `now`, the documents and the id are arguments, and equal arguments give equal bytes.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policy_service import __version__
from policy_service.contract.canonical import canonical, digest
from policy_service.contract.request import ParsedRequest, ReturnRequest
from policy_service.decision import clock
from policy_service.decision.case import Case, Claim, Moment, Settled
from policy_service.decision.disposition import dispositions
from policy_service.decision.gifts import Gifts
from policy_service.decision.grounds import Item
from policy_service.decision.horizon import stable_until
from policy_service.decision.judge import Judge
from policy_service.decision.process import benefits, deadlines, notifications
from policy_service.decision.prospects import alternatives, counterfactuals
from policy_service.decision.render import Json, Writer, codes, common_outcome, plain, policy_json, tell
from policy_service.decision.rulebook import Governing
from policy_service.decision.rulings import FAILED, line_state, rule
from policy_service.decision.settlement import Settlement, settle
from policy_service.decision.verdict import Ruling
from policy_service.engine.version import engine_version

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trace:
    """How a decision came about: the ruling of each line, in the order of the decision's lines."""

    governing: Governing
    moment: Moment
    lines: tuple[Ruling, ...]
    settlement: Settlement

    def facts(self, index: int) -> dict[str, Any]:
        """The facts that the governing documents test, as read for that line."""
        known: dict[str, Any] = {"action": self.lines[index].state.action}
        for book, values in zip(self.governing.books, self.lines[index].verdict.values, strict=False):
            known.update(zip(book.program.tested, values, strict=True))
        return known


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, ready to be written as JSON, and its trace."""

    decision: Json
    trace: Trace


def decide(
    parsed: ParsedRequest,
    governing: Governing,
    *,
    now: datetime,
    id: str,
    locale: str = "en",
    settled: Mapping[int, Settled] | None = None,
    previous: str | None = None,
    resolution: Json | None = None,
) -> Decided:
    """The decision on a request at its own `requested_at`, else at `now`.

    `settled` gives outcomes that a person (or a deadline) fixed, by request line; then `previous` is the decision that
    was under review and `resolution` says who settled it. The request must have been admitted (`admission.admit`). An
    error inside evaluation gives `review` with `evaluation_error`.
    """
    claims = claims_of(parsed.request, settled or {})
    return conclude(parsed, governing, claims, now=now, id=id, locale=locale, previous=previous, resolution=resolution)


def claims_of(request: ReturnRequest, settled: Mapping[int, Settled]) -> tuple[Claim, ...]:
    """The request's lines as they are claimed."""
    return tuple(
        [
            Claim(index, line, line.quantity, settled=settled.get(index), gifts_returned=line.gifts_returned or ())
            for index, line in enumerate(request.lines)
        ]
    )


def conclude(
    parsed: ParsedRequest,
    governing: Governing,
    claims: tuple[Claim, ...],
    *,
    now: datetime,
    id: str,
    locale: str,
    stage: str = "request",
    previous: str | None = None,
    resolution: Json | None = None,
) -> Decided:
    """The decision on these claims: rulings, then money, then everything that follows from both."""
    request = parsed.request
    case = Case(parsed, governing.policy.document, governing.statute.document if governing.statute else None, claims)
    moment = case.moment(request.requested_at or now)
    try:
        rulings, gifts = rule(case, governing, moment)
        body, settlement = _body(case, governing, moment, rulings, gifts, stage)
    except Exception:
        log.exception("evaluation of a request of %s failed", request.merchant)
        rulings, gifts = _failed(case), Gifts(case, {})
        body, settlement = _body(case, governing, moment, rulings, gifts, stage)
    head: Json = {"stage": stage}
    if previous is not None:
        head["previous"] = previous
    if resolution is not None:
        head["resolution"] = resolution
    decision = _signed(id, {**head, **body}, parsed)
    writer = Writer(case, moment)
    for line, ruling in zip(decision["lines"], rulings, strict=True):
        tell(line, ruling.verdict.reasons, locale, writer)
    return Decided(decision, Trace(governing, moment, tuple(rulings), settlement))


def _failed(case: Case) -> list[Ruling]:
    before = {line.id: line.returned_quantity or 0 for line in case.order.lines}
    return [Ruling(line_state(case, claim, before[claim.line.order_line]), FAILED) for claim in case.claims]


def _body(
    case: Case, governing: Governing, moment: Moment, rulings: list[Ruling], gifts: Gifts, stage: str
) -> tuple[Json, Settlement]:
    settlement = settle(case, rulings, gifts, moment)
    given = benefits(case, rulings, gifts, moment, stage)
    writer = Writer(case, moment)
    judge = Judge(case, governing, moment, gifts)
    found = dispositions(judge, rulings)
    lines = [
        writer.line(
            ruling,
            money,
            writer.items(entitlements),
            writer.items(obligations),
            alternatives(judge, ruling),
            counterfactuals(judge, ruling),
            _assumptions(governing, ruling, moment),
            disposition,
        )
        for ruling, money, entitlements, obligations, disposition in zip(
            rulings, settlement.lines, given.entitlements, given.obligations, found, strict=True
        )
    ]

    def fingerprint(at: Moment, again: list[Ruling]) -> object:
        return _fingerprint(case, again, gifts, at, stage)

    if any(ruling.verdict is FAILED for ruling in rulings):
        until: datetime | None = moment.now  # a fault may be gone the next moment: nobody should keep this answer
    else:
        until = stable_until(case, governing, moment, rulings, gifts, fingerprint)
    body: Json = {
        "outcome": common_outcome(lines),
        "decided_at": writer.instant(moment.now),
        "stable_until": writer.instant(until),
        "policy": policy_json(governing),
        "case_id": case.request.case_id,
        "lines": lines,
        "refund": writer.refund(settlement),
        "return_shipping": writer.parcel(settlement),
        "entitlements": codes(given.entitlements),
        "obligations": codes(given.obligations),
        "deadlines": {name: writer.instant(at) for name, at in deadlines(case, rulings, moment).items()},
        "notifications": [
            {"event": event, "channels": list(clause.effect.via), "clause": clause.id}
            for event, clause in notifications(rulings, stage)
        ],
    }
    return body, settlement


def _fingerprint(case: Case, rulings: Sequence[Ruling], gifts: Gifts, moment: Moment, stage: str) -> object:
    """Everything of a decision that a caller may cache: outcomes, amounts, entitlements and obligations."""
    settlement = settle(case, rulings, gifts, moment)
    given = benefits(case, rulings, gifts, moment, stage)
    lines = [
        (line.items, [(charge.code, charge.amount) for charge in (*line.fees, *line.deductions)])
        for line in settlement.lines
    ]
    parcel = settlement.parcel
    return (
        lines,
        settlement.sums,
        (parcel.payer, parcel.charge) if parcel else None,
        [(payout.method, payout.amount, payout.bonus) for payout in settlement.to],
        [_lasting(items) for items in (*given.entitlements, *given.obligations)],
    )


def _lasting(items: Sequence[Item]) -> list[tuple[str, object]]:
    return [
        (item.code, sorted((key, str(value)) for key, value in item.extra.items() if key != "due")) for item in items
    ]


def _assumptions(governing: Governing, ruling: Ruling, moment: Moment) -> list[Json]:
    state = ruling.state
    found: dict[str, Any] = {}
    for book in governing.books:
        for position, name, sent in book.assumable(state.action):
            if not sent(state) and name not in found:
                found[name] = plain(book.readers[position](state, moment))
    return [{"fact": name, "value": value} for name, value in found.items()]


def _signed(id: str, covered: Json, parsed: ParsedRequest) -> Json:
    """The decision with its receipt: digests of the request as evaluated, and of itself without id and messages."""
    asked = parsed.canonical
    if parsed.request.requested_at is None:
        asked = canonical({**parsed.raw, "requested_at": covered["decided_at"]})
    receipt = {
        "input": digest(asked),
        "decision": digest(covered),
        "service": __version__,
        "engine": engine_version(),
        "data": clock.data_versions(),
    }
    return {"id": id, **covered, "receipt": receipt}
