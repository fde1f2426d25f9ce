"""Deciding one line: permissions, denials, evidence, reviews and gifts. Source: semantics, "Verdict" and "Statutes"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from policy_service.decision.applying import Applying, Permit
from policy_service.decision.case import Case, Conversion, LineState, Moment
from policy_service.decision.facts import number
from policy_service.decision.fees import absent_sums
from policy_service.decision.gifts import Gifts
from policy_service.decision.grounds import Grounds
from policy_service.decision.rulebook import Governing, Rulebook
from policy_service.decision.verdict import APPROVED, DENIED, REVIEW, Reason, Standing, Verdict, closed_last
from policy_service.decision.windows import AppliedExtension, Window, read_extension, window_of
from policy_service.engine.program import Fired
from policy_service.language.clause import Clause
from policy_service.language.kinds import Deny, Extend

Values = tuple[Any, ...]
Lacking = tuple[tuple[Clause, tuple[str, ...]], ...]


class Judge:
    """Decides lines of one case at one instant."""

    __slots__ = ("case", "gifts", "governing", "moment")

    def __init__(self, case: Case, governing: Governing, moment: Moment, gifts: Gifts) -> None:
        self.case = case
        self.governing = governing
        self.moment = moment
        self.gifts = gifts

    def verdict(self, state: LineState) -> Verdict:
        """The line's verdict: structure first, then what the clauses say."""
        refusal = structure(state)
        return self.by_clauses(state) if refusal is None else Verdict(DENIED, (refusal,), final=True)

    def by_clauses(self, state: LineState) -> Verdict:
        """The verdict on units that can be returned: what the applying clauses say, then what might apply."""
        grounds, fired, values = self._hear(state, state.action)
        verdict = self._outcome(state, grounds, fired, values)
        return self._doubt(state, verdict) if any(each.unknown for each in fired) else verdict

    def granted(self, state: LineState, action: str, *, keep: bool) -> Standing | None:
        """The permission by which the line would be approved if it asked for another action; None: it would not be.

        `keep` says that no fact read so far depends on the action.
        """
        if keep:
            grounds, fired, _ = self._hear(state, action)
            granting = [standing for standing in self._all_standings(state, grounds) if standing.grants]
            if not granting:
                return None
            owes_gift = grounds.gift is not None and state.attached
            if not (owes_gift or grounds.asks or any(each.unknown for each in fired)):
                governing = _governing(granting)
                if governing.evidenced:
                    return governing
        verdict = self.by_clauses(state.acting(action, keep=keep))
        return verdict.governing if verdict.outcome == APPROVED else None

    def _hear(self, state: LineState, action: str) -> tuple[Grounds, tuple[Fired, ...], tuple[Values, ...]]:
        """What applies to the line if it asks for that action; per document what fired, and the facts it was asked."""
        policy, statute = self.governing.policy, self.governing.statute
        values, fired = self._fire(policy, state, self.case.policy_sums, statutory=False, action=action)
        if statute is None:
            return policy.grounds(fired.applies, None, ()), (fired,), (values,)
        tested, rights = self._fire(statute, state, self.case.statute_sums, statutory=True, action=action)
        return policy.grounds(fired.applies, statute, rights.applies), (fired, rights), (values, tested)

    def _fire(
        self, book: Rulebook, state: LineState, convert: Conversion | None, *, statutory: bool, action: str
    ) -> tuple[Values, Fired]:
        """The facts that the book tests, read for the line now, and the clauses that apply to that action."""
        known, moment = state.read.get(statutory), self.moment
        if known is None or book.clock_facts:
            if known is None:
                values = tuple([read(state, moment) for read in book.readers])
            else:
                fresh = list(known[0])
                for position, _ in book.clock_facts:
                    fresh[position] = book.readers[position](state, moment)
                values = tuple(fresh)
            known = state.read[statutory] = values, book.program.locate(values, convert)
        values, cell = known
        return values, book.program.fire_in(cell, action, values)

    def _doubt(self, state: LineState, verdict: Verdict) -> Verdict:
        """`review` where a clause of unknown applicability would change the outcome if it applied."""
        reasons = []
        for position, book in enumerate(self.governing.books):
            known = dict(zip(book.program.tested, verdict.values[position], strict=True))
            for index in verdict.fired[position].unknown:
                if self._outcome(state, self._supposing(verdict.fired, position, index)).outcome != verdict.outcome:
                    absent = [name for name in book.program.facts_of(index) if known.get(name) is None]
                    clause = book.document.clauses[index]
                    reasons += [Reason("fact_missing", clause, {"fact": name}) for name in absent]
        return verdict.ruled(REVIEW, *reasons) if reasons else verdict

    def ends_in_doubt(self, state: LineState, verdict: Verdict) -> Iterator[datetime]:
        """Where windows end if any one clause of unknown applicability applies: the doubt itself ends there."""
        for position, fired in enumerate(verdict.fired):
            for index in fired.unknown:
                for standing in self._all_standings(state, self._supposing(verdict.fired, position, index)):
                    if standing.window.closes_at is not None:
                        yield standing.window.closes_at

    def _supposing(self, fired: Sequence[Fired], position: int, index: int) -> Grounds:
        """The grounds with one clause of unknown applicability, of that document, taken as applying."""
        applies = [each.applies for each in fired]
        applies[position] = tuple(sorted((*applies[position], index)))
        return self.governing.policy.grounds(applies[0], self.governing.statute, applies[1] if applies[1:] else ())

    def _outcome(
        self, state: LineState, grounds: Grounds, fired: tuple[Fired, ...] = (), values: tuple[Values, ...] = ()
    ) -> Verdict:
        """The verdict that the grounds lead to: steps 3 to 8."""
        standings = self._all_standings(state, grounds)
        granting = [standing for standing in standings if standing.grants]
        if not granting:
            return self._denied(state, grounds, tuple(standings), fired, values)
        governing = _governing(granting)
        window = governing.window
        dates = {"last_day": window.last_day, "closes_at": window.closes_at}
        outcome, reasons = APPROVED, [Reason("within_window", governing.clause, dates)]
        protected, free = False, None
        for standing in granting:
            if standing.evidenced:
                protected = protected or standing.statutory
                free = free or (standing.clause if standing.permit.frees else None)
        if governing.statutory and governing.evidenced:
            reasons.append(Reason("statutory_right", governing.clause))
        # What makes a person decide comes before what permits; the last found first.
        lacking: Lacking = ()
        if grounds.evidence or grounds.reviews or not governing.evidenced:
            lacking, asked = _asked(state, grounds, governing, protected=protected)
            if asked:
                outcome, reasons = REVIEW, [*asked, *reasons]
        if free is None and grounds.sums_are_facts:
            absent = absent_sums(grounds.fees, state, self.moment)
            if absent:
                missing = [Reason("fact_missing", clause, {"fact": fact}) for clause, fact in absent]
                outcome, reasons = REVIEW, [*missing, *reasons]
        verdict = Verdict(
            outcome,
            tuple(reasons),
            grounds,
            governing,
            governing,
            protected,
            free,
            lacking,
            tuple(standings),
            False,
            fired,
            values,
        )
        if state.attached and grounds.gift is not None:
            lack = self.gifts.outcome(state, grounds, protected=protected)
            if lack is not None:
                return verdict.ruled(*lack)
        return verdict

    def _denied(
        self,
        state: LineState,
        grounds: Grounds,
        standings: tuple[Standing, ...],
        fired: tuple[Fired, ...],
        values: tuple[Values, ...],
    ) -> Verdict:
        """No permission grants the line: every reason why, or a person, where an extension of unknown length might."""
        why = tuple(denials(state, standings, grounds.policy))
        last = closed_last(standings)
        verdict = Verdict(DENIED, why, grounds, window=last, permits=standings, fired=fired, values=values)
        unread = self._unread_extensions(state, grounds, standings)
        return verdict.ruled(REVIEW, *unread) if unread else verdict

    def _all_standings(self, state: LineState, grounds: Grounds) -> list[Standing]:
        """The applying permissions of both documents as they stand, the merchant's first."""
        standings = self._standings(state, self.governing.policy, grounds.policy, statutory=False)
        if self.governing.statute is not None and grounds.statute.permits:
            standings += self._standings(state, self.governing.statute, grounds.statute, statutory=True)
        return standings

    def _standings(self, state: LineState, book: Rulebook, applying: Applying, *, statutory: bool) -> list[Standing]:
        now = self.moment.now
        customer = state.liability == "customer"
        found = []
        for permit in applying.permits:
            window = self._window(state, book, permit, statutory=statutory)
            blockers = permit.blockers if customer else permit.firm
            is_open = window.is_open(now)
            evidenced = not permit.evidence or state.evidence.issuperset(permit.evidence)
            found.append(Standing(permit, window, is_open, evidenced, blockers, statutory, is_open and not blockers))
        return found

    def _window(self, state: LineState, book: Rulebook, permit: Permit, *, statutory: bool) -> Window:
        extensions = tuple(self._extensions(state, permit.extends)) if permit.extends else ()
        key = (statutory, permit.clause.index, extensions)
        window = state.anchors.windows.get(key)
        if window is None:
            window = window_of(permit.clause.effect, book.calendar(self.case.policy), state.anchor, extensions)
            state.anchors.windows[key] = window
        return window

    def _extensions(self, state: LineState, extends: tuple[Clause[Extend], ...]) -> Iterator[AppliedExtension]:
        for clause in extends:
            read = read_extension(clause.effect, lambda name: number(name, state, self.moment))
            if read is not None:
                yield read

    def _unread_extensions(self, state: LineState, grounds: Grounds, standings: tuple[Standing, ...]) -> list[Reason]:
        """Extensions of unknown length that could open a window which is closed."""
        reasons = []
        for applying in (grounds.policy, grounds.statute):
            for clause in applying.all(Extend):
                facts = [fact for fact in (clause.effect.days, clause.effect.months) if isinstance(fact, str)]
                absent = [fact for fact in facts if number(fact, state, self.moment) is None]
                if absent and any(
                    standing.window.missing is None and not standing.blockers and clause in standing.permit.extends
                    for standing in standings
                ):
                    reasons += [Reason("fact_missing", clause, {"fact": fact}) for fact in absent]
        return reasons


def _governing(granting: Sequence[Standing]) -> Standing:
    """Of the permissions that grant the line the one that closes last; one without its evidence only if all lack it."""
    if len(granting) == 1:
        return granting[0]
    return max(granting, key=lambda standing: (standing.evidenced, standing.closes))


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
            if isinstance(clause.effect, Deny) or state.liability == "customer":
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
    return Reason(clause.effect.code if isinstance(clause.effect, Deny) else "no_reason_excluded", clause)


def _asked(state: LineState, grounds: Grounds, governing: Standing, *, protected: bool) -> tuple[Lacking, list[Reason]]:
    """Steps 6 and 7: evidence that is required and absent, and why a person is asked; no reason: nobody is."""
    wanted: list[tuple[Clause, tuple[str, ...]]] = []
    reasons: list[Reason] = []
    if not governing.evidenced:
        lacking = _lacking(governing.permit.evidence, state)
        wanted.append((governing.clause, lacking))
        reasons.append(Reason("evidence_required", governing.clause, {"evidence": lacking}))
    for clause, merchants in grounds.evidence:
        lacking = _lacking(clause.effect.evidence, state)
        if lacking:
            wanted.append((clause, lacking))
            if not (merchants and protected):
                reasons.append(Reason("evidence_required", clause, {"evidence": lacking}))
    reasons += [Reason(review.effect.code, review) for review in grounds.reviews]
    return tuple(wanted), reasons


def _lacking(evidence: Sequence[str], state: LineState) -> tuple[str, ...]:
    return tuple(item for item in evidence if item not in state.evidence)


def field_of(anchor: str) -> str:
    """The request's field that an anchor is read from."""
    fields = {"delivery": "delivered_at", "last_delivery": "delivered_at", "shipment": "shipped_at"}
    return fields.get(anchor, f"attributes.{anchor}")
