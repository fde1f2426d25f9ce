"""Deciding one line: permissions, denials, evidence, reviews and gifts. Source: semantics, "Verdict" and "Statutes"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policy_service.decision.case import Case, Conversion, LineState, Moment
from policy_service.decision.facts import number
from policy_service.decision.fees import absent_sums, standing_fees
from policy_service.decision.gifts import Gifts
from policy_service.decision.rulebook import NOTHING, Applying, Governing, Permit, Rulebook
from policy_service.decision.verdict import APPROVED, DENIED, REVIEW, Reason, Standing, Verdict
from policy_service.decision.windows import AppliedExtension, Window, read_extension, window_of
from policy_service.engine.program import Fired
from policy_service.language.clause import Clause


class Judge:
    """Decides lines of one case at one instant."""

    __slots__ = ("case", "gifts", "governing", "moment")

    def __init__(self, case: Case, governing: Governing, moment: Moment, gifts: Gifts) -> None:
        self.case = case
        self.governing = governing
        self.moment = moment
        self.gifts = gifts

    def verdict(self, state: LineState) -> Verdict:
        """The line's verdict: structure first, then what the applying clauses say, then what might apply."""
        refusal = structure(state)
        if refusal is not None:
            return Verdict(DENIED, (refusal,), final=True)
        book, statute = self.governing.policy, self.governing.statute
        values, fired = self._fire(book, state, self.case.policy_sums)
        if statute is None:
            grounds = Verdict(
                DENIED, (), book.applying(fired.applies), fired=(fired,), values=(values,)
            )  # fmt: skip
            verdict = self._outcome(state, grounds)
            return self._doubt(state, verdict) if fired.unknown else verdict
        rights, rights_fired = self._fire(statute, state, self.case.statute_sums)
        verdict = self._outcome(
            state,
            Verdict(
                DENIED,
                (),
                book.applying(fired.applies),
                statute.applying(rights_fired.applies),
                fired=(fired, rights_fired),
                values=(values, rights),
            ),
        )
        return self._doubt(state, verdict) if fired.unknown or rights_fired.unknown else verdict

    def _fire(self, book: Rulebook, state: LineState, convert: Conversion | None) -> tuple[tuple[Any, ...], Fired]:
        moment = self.moment
        statutory = book is not self.governing.policy
        values = state.read.get(statutory)
        if values is None:
            values = state.read[statutory] = tuple([read(state, moment) for read in book.readers])
        elif book.clock_facts:
            fresh = list(values)
            for position, _ in book.clock_facts:
                fresh[position] = book.readers[position](state, moment)
            values = tuple(fresh)
        return values, book.program.fire(values, state.action, convert)

    def _doubt(self, state: LineState, verdict: Verdict) -> Verdict:
        """`review` where a clause of unknown applicability would change the outcome if it applied."""
        reasons = []
        for position, book in enumerate(self.governing.books):
            fired, values = verdict.fired[position], verdict.values[position]
            known = dict(zip(book.program.tested, values, strict=True))
            for index in fired.unknown:
                supposed = book.with_clause(fired, index)
                policy, statute = (supposed, verdict.statute) if position == 0 else (verdict.policy, supposed)
                if self._outcome(state, Verdict(DENIED, (), policy, statute)).outcome != verdict.outcome:
                    absent = [name for name in book.program.facts_of(index) if known.get(name) is None]
                    clause = book.document.clauses[index]
                    reasons += [Reason("fact_missing", clause, {"fact": name}) for name in absent]
        return verdict.ruled(REVIEW, *reasons) if reasons else verdict

    def _outcome(self, state: LineState, grounds: Verdict) -> Verdict:
        """The grounds with the outcome that they lead to."""
        verdict = self._permitted(state, grounds)
        if verdict.outcome == DENIED:
            unread = self._unread_extensions(state, verdict)
            return verdict.ruled(REVIEW, *unread) if unread else verdict
        if verdict.policy.asks or verdict.statute.asks or not verdict.governing or not verdict.governing.evidenced:
            verdict = _asked(state, verdict)
        if verdict.free_warranty is None and verdict.policy.sums_are_facts:
            absent = absent_sums(standing_fees(verdict.policy, verdict.statute), state, self.moment)
            if absent:
                verdict = verdict.ruled(
                    REVIEW, *(Reason("fact_missing", clause, {"fact": fact}) for clause, fact in absent)
                )
        if state.attached:
            outcome, reason = self.gifts.outcome(state, verdict)
            if outcome is not None and reason is not None:
                verdict = verdict.ruled(outcome, reason)
        return verdict

    def _permitted(self, state: LineState, grounds: Verdict) -> Verdict:
        """Steps 3 to 5: the permissions that apply, the denials that block them, and the one that governs."""
        standings = self._standings(state, self.governing.policy, grounds.policy, statutory=False)
        if self.governing.statute is not None and grounds.statute is not NOTHING:
            standings += self._standings(state, self.governing.statute, grounds.statute, statutory=True)
        granting = [standing for standing in standings if standing.grants]
        permits = tuple(standings)
        if not granting:
            closed = [s for s in standings if not s.is_open and s.window.closes_at is not None]
            last = max(closed, key=lambda s: s.closes, default=None)
            why = tuple(denials(state, permits, grounds.policy))
            return Verdict(
                DENIED, why, grounds.policy, grounds.statute, None, last, permits=permits, fired=grounds.fired,
                values=grounds.values,
            )  # fmt: skip
        governing = granting[0] if len(granting) == 1 else max(granting, key=lambda s: (s.evidenced, s.closes))
        window = governing.window
        dates = {"last_day": window.last_day, "closes_at": window.closes_at}
        reasons: tuple[Reason, ...] = (Reason("within_window", governing.clause, dates),)
        right = free = None
        for standing in granting:
            if standing.evidenced:
                right = right or (standing if standing.statutory else None)
                free = free or (standing.clause if standing.frees else None)
        if right is not None and (right is governing or all(s.statutory for s in granting)):
            reasons = (*reasons, Reason("statutory_right", right.clause))
        return Verdict(
            APPROVED, reasons, grounds.policy, grounds.statute, governing, governing, right is not None, free,
            permits=permits, fired=grounds.fired, values=grounds.values,
        )  # fmt: skip

    def _standings(self, state: LineState, book: Rulebook, applying: Applying, *, statutory: bool) -> list[Standing]:
        now = self.moment.now
        customer = state.liability == "customer"
        found = []
        for permit in applying.permits:
            window = self._window(state, book, applying, permit, statutory)
            blockers = permit.blockers if customer else permit.firm
            is_open = window.is_open(now)
            evidenced = not permit.evidence or state.evidence.issuperset(permit.evidence)
            grants = is_open and not blockers
            found.append(
                Standing(permit.clause, window, is_open, evidenced, blockers, statutory, permit.frees, grants)
            )  # fmt: skip
        return found

    def _window(self, state: LineState, book: Rulebook, applying: Applying, permit: Permit, statutory: bool) -> Window:
        extends = applying.all("extend")
        key = (statutory, permit.clause.index, tuple(clause.index for clause in extends) if extends else None)
        window = state.windows.get(key)
        if window is None:
            extensions = list(self._extensions(state, extends, permit.clause)) if extends else []
            effect: Any = permit.clause.effect
            window = window_of(effect, book.calendar(self.case.policy), state.anchors, extensions)
            state.windows[key] = window
        return window

    def _extensions(
        self, state: LineState, extends: tuple[Clause, ...], permission: Clause
    ) -> Iterator[AppliedExtension]:
        for clause in extends:
            if _lengthens(clause, permission):
                effect: Any = clause.effect
                read = read_extension(effect, lambda name: number(name, state, self.moment))
                if read is not None:
                    yield read

    def _unread_extensions(self, state: LineState, verdict: Verdict) -> list[Reason]:
        """Extensions of unknown length that could open a window which is closed."""
        reasons = []
        for applying, statutory in ((verdict.policy, False), (verdict.statute, True)):
            for clause in applying.all("extend"):
                effect: Any = clause.effect
                absent = [
                    fact
                    for fact in (effect.days, effect.months)
                    if isinstance(fact, str) and number(fact, state, self.moment) is None
                ]
                shut = (s for s in verdict.permits if s.statutory == statutory and not s.blockers)
                if absent and any(s.window.missing is None and _lengthens(clause, s.clause) for s in shut):
                    reasons += [Reason("fact_missing", clause, {"fact": fact}) for fact in absent]
        return reasons


def structure(state: LineState) -> Reason | None:
    """Why the units cannot be returned at all: not received, or more than are left."""
    if state.claim.refusal is not None:
        return Reason(state.claim.refusal, None, {"quantity": state.quantity})
    line = state.order_line
    shipped = line.quantity if line.shipped_quantity is None else line.shipped_quantity
    left = max(0, min(shipped, line.quantity - (line.cancelled_quantity or 0)) - state.before)
    if state.quantity <= left:
        return None
    return Reason("quantity_exceeds_returnable", None, {"quantity": state.quantity, "returnable": left})


def denials(state: LineState, standings: tuple[Standing, ...], policy: Applying) -> Iterator[Reason]:
    """Every reason for a denial: the codes that block, the windows that closed, the anchors that are missing.

    Where the merchant has no permission for the action at all, its applying denials are named all the same.
    """
    named: dict[int, Reason] = {}
    for standing in standings:
        for clause in standing.blockers:
            named.setdefault(id(clause), _denial(clause))
    if all(standing.statutory for standing in standings):
        for clause in policy.denials:
            if clause.kind == "deny" or state.liability == "customer":
                named.setdefault(id(clause), _denial(clause))
    yield from named.values()
    for standing in standings:
        window = standing.window
        if window.missing is not None:
            yield Reason(
                "anchor_missing", standing.clause, {"anchor": window.missing, "field": field_of(window.missing)}
            )
        elif not standing.is_open:
            dates = {"last_day": window.last_day, "closes_at": window.closes_at}
            yield Reason("window_closed", standing.clause, dates)
    if not standings and not named:
        yield Reason("no_permission", None, {"action": state.action})


def _denial(clause: Clause) -> Reason:
    effect: Any = clause.effect
    return Reason(effect.code if clause.kind == "deny" else "no_reason_excluded", clause)


def _asked(state: LineState, verdict: Verdict) -> Verdict:
    """Steps 6 and 7: evidence that is required and absent, and clauses that ask a person."""
    wanted: list[tuple[Clause, tuple[str, ...]]] = []
    reasons: list[Reason] = []
    governing = verdict.governing
    if governing is not None and not governing.evidenced:
        lacking = _lacking(governing.clause, state)
        wanted.append((governing.clause, lacking))
        reasons.append(Reason("evidence_required", governing.clause, {"evidence": lacking}))
    for applying, advisory in ((verdict.policy, verdict.protected), (verdict.statute, False)):
        for clause in applying.all("require"):
            lacking = _lacking(clause, state)
            if lacking:
                wanted.append((clause, lacking))
                if not advisory:
                    reasons.append(Reason("evidence_required", clause, {"evidence": lacking}))
    for clause in verdict.policy.all("review"):
        effect: Any = clause.effect
        reasons.append(Reason(effect.code, clause))
    if not wanted and not reasons:
        return verdict
    asked = verdict._replace(evidence=tuple(wanted))
    return asked.ruled(REVIEW, *reasons) if reasons else asked


def _lacking(clause: Clause, state: LineState) -> tuple[str, ...]:
    effect: Any = clause.effect
    return tuple(item for item in effect.evidence if item not in state.evidence)


def _lengthens(extend: Clause, permission: Clause) -> bool:
    effect: Any = extend.effect
    return permission.kind in ("window", "no_reason") if effect.windows is None else permission.id in effect.windows


def field_of(anchor: str) -> str:
    """The request's field that an anchor is read from."""
    fields = {"delivery": "delivered_at", "last_delivery": "delivered_at", "shipment": "shipped_at"}
    return fields.get(anchor, f"attributes.{anchor}")
