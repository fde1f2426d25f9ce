"""What becomes of one line: approved, denied or review, and why. Source: semantics, "Verdict" and "Statutes"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from policy_service.decision.case import Case, LineState, Moment
from policy_service.decision.facts import reader
from policy_service.decision.fees import absent_sums, standing_fees
from policy_service.decision.gifts import Gifts
from policy_service.decision.rulebook import NOTHING, Applying, Governing, Permit, Rulebook
from policy_service.decision.windows import AppliedExtension, Window, read_extension, window_of
from policy_service.engine.program import Fired
from policy_service.language.clause import Clause

APPROVED, DENIED, REVIEW = "approved", "denied", "review"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of the catalogue, the clause it comes from, and what its message names."""

    code: str
    clause: Clause | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """A permission as it stands for this line now."""

    clause: Clause
    window: Window
    is_open: bool
    evidenced: bool
    blockers: tuple[Clause, ...]
    statutory: bool

    @property
    def grants(self) -> bool:
        return self.is_open and not self.blockers


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a line with everything that money and explanation need.

    `window` is the governing permission's, or of a denied line the closed window that closed last. `evidence` are the
    clauses that ask for evidence which was not sent. `final` outcomes (structure, errors) no override may change.
    """

    outcome: str
    reasons: tuple[Reason, ...]
    policy: Applying = NOTHING
    statute: Applying = NOTHING
    governing: Standing | None = None
    window: Standing | None = None
    protected: bool = False
    free_warranty: Clause | None = None
    evidence: tuple[tuple[Clause, tuple[str, ...]], ...] = ()
    permits: tuple[Standing, ...] = ()
    final: bool = False
    fired: tuple[Fired, ...] = ()
    values: tuple[tuple[Any, ...], ...] = ()

    def ruled(self, outcome: str, *reasons: Reason) -> Verdict:
        return replace(self, outcome=outcome, reasons=(*reasons, *self.reasons))


@dataclass(slots=True)
class Ruling:
    """A line with its verdict, in its turn."""

    state: LineState
    verdict: Verdict

    @property
    def approved(self) -> bool:
        return self.verdict.outcome == APPROVED


class Judge:
    """Decides lines of one case at one instant."""

    __slots__ = ("case", "gifts", "governing", "moment")

    def __init__(self, case: Case, governing: Governing, moment: Moment, gifts: Gifts) -> None:
        self.case = case
        self.governing = governing
        self.moment = moment
        self.gifts = gifts

    def verdict(self, state: LineState) -> Verdict:
        """The line's verdict, structure first, unknown clauses last."""
        refusal = structure(state)
        if refusal is not None:
            return Verdict(DENIED, (refusal,), final=True)
        book, statute = self.governing.policy, self.governing.statute
        values, fired = self._fire(book, state, self.case.policy_sums)
        policy_applying = book.applying(fired.applies)
        if statute is None:
            verdict = self._outcome(state, policy_applying, NOTHING)
            verdict = replace(verdict, fired=(fired,), values=(values,))
            return verdict if not fired.unknown else self._doubt(state, verdict)
        statute_values, statute_fired = self._fire(statute, state, self.case.statute_sums)
        verdict = self._outcome(state, policy_applying, statute.applying(statute_fired.applies))
        verdict = replace(verdict, fired=(fired, statute_fired), values=(values, statute_values))
        return verdict if not fired.unknown and not statute_fired.unknown else self._doubt(state, verdict)

    def _fire(self, book: Rulebook, state: LineState, convert: Any) -> tuple[tuple[Any, ...], Fired]:
        moment = self.moment
        values = tuple([read(state, moment) for read in book.readers])
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
                if self._outcome(state, policy, statute).outcome != verdict.outcome:
                    facts = [name for name in book.program.facts_of(index) if known.get(name) is None and name in known]
                    clause = book.document.clauses[index]
                    reasons += [Reason("fact_missing", clause, {"fact": name}) for name in facts]
        return verdict.ruled(REVIEW, *reasons) if reasons else verdict

    def _outcome(self, state: LineState, policy: Applying, statute: Applying) -> Verdict:
        verdict = self._permitted(state, policy, statute)
        if verdict.outcome == DENIED:
            unread = self._unread_extensions(state, verdict)
            return verdict.ruled(REVIEW, *unread) if unread else verdict
        verdict = self._asked(state, verdict)
        if verdict.free_warranty is None:
            absent = absent_sums(standing_fees(policy, statute), state, self.moment)
            if absent:
                verdict = verdict.ruled(
                    REVIEW, *(Reason("fact_missing", clause, {"fact": fact}) for clause, fact in absent)
                )
        outcome, clause, params = self.gifts.outcome(state, verdict.policy, verdict.statute, verdict.protected)
        if outcome is not None:
            code = params.pop("code")
            verdict = verdict.ruled(outcome, Reason(code, clause, params))
        return verdict

    def _permitted(self, state: LineState, policy: Applying, statute: Applying) -> Verdict:
        """Steps 3 to 5: the permissions that apply, the denials that block them, and the one that governs."""
        standings = [*self._standings(state, self.governing.policy, policy, statutory=False)]
        if self.governing.statute is not None and statute is not NOTHING:
            standings += self._standings(state, self.governing.statute, statute, statutory=True)
        granting = [standing for standing in standings if standing.grants]
        if not granting:
            closed = [s for s in standings if not s.is_open and s.window.closes_at is not None]
            last = max(closed, key=_closes, default=None)
            return Verdict(
                DENIED,
                tuple(self._denials(state, standings, policy)),
                policy,
                statute,
                None,
                last,
                permits=tuple(standings),
            )
        governing = max(granting, key=lambda standing: (standing.evidenced, _closes(standing)))
        right = next((s for s in granting if s.statutory and s.evidenced), None)
        free = next(
            (s.clause for s in granting if s.clause.kind == "warranty" and s.evidenced and s.clause.effect.free), None
        )  # type: ignore[attr-defined]
        reasons = [Reason("within_window", governing.clause, _dates(governing.window))]
        if right is not None and (right is governing or _disarmed(standings)):
            reasons.append(Reason("statutory_right", right.clause))
        return Verdict(
            APPROVED,
            tuple(reasons),
            policy,
            statute,
            governing,
            governing,
            right is not None,
            free,
            permits=tuple(standings),
        )

    def _standings(
        self, state: LineState, book: Rulebook, applying: Applying, *, statutory: bool
    ) -> Iterator[Standing]:
        now = self.moment.now
        customer = state.liability == "customer"
        for permit in applying.permits:
            window = self._window(state, book, applying, permit, statutory)
            evidence = getattr(permit.clause.effect, "evidence", ())
            blockers = permit.blockers
            if blockers and not customer:
                blockers = tuple(clause for clause in blockers if clause.kind == "deny")
            yield Standing(
                permit.clause, window, window.is_open(now), state.evidence.issuperset(evidence), blockers, statutory
            )

    def _window(self, state: LineState, book: Rulebook, applying: Applying, permit: Permit, statutory: bool) -> Window:
        extends = applying.all("extend")
        key = (statutory, permit.clause.index, tuple(clause.index for clause in extends) if extends else ())
        window = state.windows.get(key)
        if window is None:
            extensions = list(self._extensions(state, extends, permit.clause)) if extends else []
            calendar = book.calendar(self.case.policy)
            window = state.windows[key] = window_of(permit.clause.effect, calendar, state.anchors, extensions)  # type: ignore[arg-type]
        return window

    def _extensions(
        self, state: LineState, extends: tuple[Clause, ...], permission: Clause
    ) -> Iterator[AppliedExtension]:
        for clause in extends:
            if _lengthens(clause, permission):
                read = read_extension(clause.effect, lambda name: self._number(state, name))  # type: ignore[arg-type]
                if read is not None:
                    yield read

    def _number(self, state: LineState, name: str) -> int | None:
        declared = {fact for document in self.case.documents for fact in document.declared}
        value = reader(name, declared)(state, self.moment)
        return value if isinstance(value, int) else None

    def _unread_extensions(self, state: LineState, verdict: Verdict) -> list[Reason]:
        """Extensions of unknown length that could open a window which is closed."""
        reasons = []
        for applying, statutory in ((verdict.policy, False), (verdict.statute, True)):
            shut = [
                s for s in verdict.permits if s.statutory == statutory and not s.blockers and s.window.missing is None
            ]
            for clause in applying.all("extend"):
                effect: Any = clause.effect
                absent = [
                    f for f in (effect.days, effect.months) if isinstance(f, str) and self._number(state, f) is None
                ]
                if absent and any(_lengthens(clause, standing.clause) for standing in shut):
                    reasons += [Reason("fact_missing", clause, {"fact": fact}) for fact in absent]
        return reasons

    def _denials(self, state: LineState, standings: list[Standing], policy: Applying) -> Iterator[Reason]:
        """Every reason for a denial: the codes that block, the windows that closed, the anchors that are missing."""
        customer = state.liability == "customer"
        blocking = {clause.index for s in standings if not s.statutory for clause in s.blockers}
        idle = not any(not s.statutory for s in standings)
        for clause in policy.denials:
            if clause.index in blocking or (idle and (customer or clause.kind == "deny")):
                yield _denial(clause)
        seen: set[int] = set()
        for standing in standings:
            if standing.statutory:
                for clause in standing.blockers:
                    if clause.index not in seen:
                        seen.add(clause.index)
                        yield _denial(clause)
        reasons = False
        for standing in standings:
            if standing.window.missing is not None:
                yield Reason("anchor_missing", standing.clause, {"field": _field(standing.window.missing)})
            elif not standing.is_open:
                yield Reason("window_closed", standing.clause, _dates(standing.window))
            reasons = True
        if not reasons and not (
            idle and policy.denials and (customer or any(c.kind == "deny" for c in policy.denials))
        ):
            yield Reason("no_permission", None, {"action": state.action})

    def _asked(self, state: LineState, verdict: Verdict) -> Verdict:
        """Steps 6 and 7: evidence that is required and absent, and clauses that ask a person."""
        wanted: list[tuple[Clause, tuple[str, ...]]] = []
        reasons: list[Reason] = []
        governing = verdict.governing
        if governing is not None and not governing.evidenced:
            wanted.append((governing.clause, _lacking(governing.clause, state)))
            reasons.append(Reason("evidence_required", governing.clause, {"evidence": wanted[-1][1]}))
        for applying, advisory in ((verdict.policy, verdict.protected), (verdict.statute, False)):
            for clause in applying.all("require"):
                lacking = _lacking(clause, state)
                if lacking:
                    wanted.append((clause, lacking))
                    if not advisory:
                        reasons.append(Reason("evidence_required", clause, {"evidence": lacking}))
        reasons += [Reason(clause.effect.code, clause) for clause in verdict.policy.all("review")]  # type: ignore[attr-defined]
        if not wanted and not reasons:
            return verdict
        asked = replace(verdict, evidence=tuple(wanted))
        return asked.ruled(REVIEW, *reasons) if reasons else asked


def _disarmed(standings: list[Standing]) -> bool:
    """Whether the merchant alone would have refused: no permission of its own grants."""
    return not any(standing.grants and not standing.statutory for standing in standings)


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


def _denial(clause: Clause) -> Reason:
    effect: Any = clause.effect
    return Reason(effect.code if clause.kind == "deny" else "no_reason_excluded", clause)


def _lacking(clause: Clause, state: LineState) -> tuple[str, ...]:
    effect: Any = clause.effect
    return tuple(item for item in effect.evidence if item not in state.evidence)


def _lengthens(extend: Clause, permission: Clause) -> bool:
    effect: Any = extend.effect
    return permission.kind in ("window", "no_reason") if effect.windows is None else permission.id in effect.windows


def _closes(standing: Standing) -> float:
    """For ordering: an unlimited window closes after everything."""
    closes_at: datetime | None = standing.window.closes_at
    return float("inf") if closes_at is None else closes_at.timestamp()


def _dates(window: Window) -> dict[str, Any]:
    return {"last_day": window.last_day, "closes_at": window.closes_at}


def _field(anchor: str) -> str:
    """The request's field that an anchor is read from."""
    fields = {
        "delivery": "delivered_at",
        "last_delivery": "delivered_at",
        "shipment": "shipped_at",
        "order": "order.placed_at",
    }
    return fields.get(anchor, f"attributes.{anchor}")
