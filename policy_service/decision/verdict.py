"""What became of a line: its outcome, its reasons, and the grounds that money and explanation are computed from.

Named tuples, because a decision makes dozens of them and they are the cheapest immutable record there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from policy_service.decision.applying import Applying, Permit
from policy_service.decision.case import LineState
from policy_service.decision.grounds import NO_GROUNDS, Grounds
from policy_service.decision.windows import Window
from policy_service.engine.program import Fired
from policy_service.language.clause import Clause

APPROVED, DENIED, REVIEW = "approved", "denied", "review"

PERMITTING = ("within_window", "statutory_right")
"""The codes of reasons that say why a line is permitted."""

NO_PARAMS: Mapping[str, Any] = MappingProxyType({})


class Reason(NamedTuple):
    """A code of the catalogue, the clause it comes from, and what its message names."""

    code: str
    clause: Clause | None = None
    params: Mapping[str, Any] = NO_PARAMS


class Standing(NamedTuple):
    """A permission as it stands for this line now: `grants` when it is open and nothing blocks it."""

    permit: Permit
    window: Window
    is_open: bool
    evidenced: bool
    blockers: tuple[Clause, ...]
    statutory: bool
    grants: bool

    @property
    def clause(self) -> Clause:
        return self.permit.clause

    @property
    def closes(self) -> float:
        """For ordering only: an unlimited window closes after everything."""
        return float("inf") if self.window.closes_at is None else self.window.closes_at.timestamp()


class Verdict(NamedTuple):
    """The outcome of a line with everything that money and explanation need.

    `window` is the governing permission's, or of a denied line the closed window that closed last. `evidence` are the
    clauses that ask for evidence which was not sent. `final` outcomes (structure, errors) no override may change.
    `fired` and `values` are the engine's answer and the facts it was asked with, per governing document.
    """

    outcome: str
    reasons: tuple[Reason, ...]
    grounds: Grounds = NO_GROUNDS
    governing: Standing | None = None
    window: Standing | None = None
    protected: bool = False
    free_warranty: Clause | None = None
    evidence: tuple[tuple[Clause, tuple[str, ...]], ...] = ()
    permits: tuple[Standing, ...] = ()
    final: bool = False
    fired: tuple[Fired, ...] = ()
    values: tuple[tuple[Any, ...], ...] = ()

    @property
    def policy(self) -> Applying:
        return self.grounds.policy

    @property
    def statute(self) -> Applying:
        return self.grounds.statute

    def ruled(self, outcome: str, *reasons: Reason) -> Verdict:
        """The same grounds with another outcome, and why; what is denied has no open window and no reason for it."""
        if outcome != DENIED:
            return self._replace(outcome=outcome, reasons=(*reasons, *self.reasons))
        others = tuple(reason for reason in self.reasons if reason.code not in PERMITTING)
        return self._replace(outcome=DENIED, reasons=(*reasons, *others), window=closed_last(self.permits))


def closed_last(standings: Sequence[Standing]) -> Standing | None:
    """Of the permissions whose windows have closed the one that closed last."""
    closed = [standing for standing in standings if not standing.is_open and standing.window.closes_at is not None]
    return max(closed, key=lambda standing: standing.closes, default=None)


class Ruling:
    """A line with its verdict, in its turn."""

    __slots__ = ("approved", "state", "verdict")

    def __init__(self, state: LineState, verdict: Verdict) -> None:
        self.state = state
        self.verdict = verdict
        self.approved = verdict.outcome == APPROVED
