"""The history of the demo: each case from its request to its end, told through the public interface, day by day."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Protocol

from policy_service.cli._demo_shop import request

Json = dict[str, Any]
START = datetime(2025, 7, 7, 1, 0, tzinfo=UTC)
WEEKS = 26


class Client(Protocol):
    """Whoever speaks to the service."""

    def post(self, path: str, body: Json) -> tuple[int, Json]: ...


@dataclass
class Clock:
    """The clock of the history."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


Step = Callable[[], None]


@dataclass
class History:
    """Plays so many cases. `refused` counts what the service did not take, by status."""

    client: Client
    clock: Clock
    cases: int
    seed: int
    refused: Counter[int] = field(default_factory=Counter)
    _due: list[tuple[datetime, int, Step]] = field(default_factory=list)
    _steps: int = 0

    def play(self) -> Iterator[int]:
        """Yields how many cases have begun, after each day."""
        rng = Random(self.seed)
        instants = sorted(START + timedelta(seconds=rng.randrange(WEEKS * 7 * 86_400)) for _ in range(self.cases))
        for number, at in enumerate(instants, 1):
            self._at(at, self._beginning(number, at, Random(rng.randrange(2**62))))
        began, day = 0, START
        while self._due:
            at, _, step = heapq.heappop(self._due)
            self.clock.now = max(self.clock.now, at)
            step()
            if at - day >= timedelta(days=1):
                day = at
                began = sum(1 for instant in instants if instant <= at)
                yield began
        yield self.cases

    def _at(self, at: datetime, step: Step) -> None:
        self._steps += 1
        heapq.heappush(self._due, (at, self._steps, step))

    def _after(self, rng: Random, least: float, most: float, step: Step) -> None:
        """Some hours later."""
        self._at(self.clock.now + timedelta(hours=rng.uniform(least, most)), step)

    def _post(self, path: str, body: Json) -> Json | None:
        status, answer = self.client.post(path, body)
        if status >= 400:
            self.refused[status] += 1
            return None
        return answer

    def _beginning(self, number: int, at: datetime, rng: Random) -> Step:
        def begin() -> None:
            asked = request(number, at, rng)
            decision = self._post("/v1/decisions", asked)
            if decision is not None:
                _Course(self, rng, asked, decision).go_on()

        return begin


class _Course:
    """The rest of one case."""

    def __init__(self, history: History, rng: Random, asked: Json, decision: Json) -> None:
        self.history, self.rng, self.asked, self.decision = history, rng, asked, decision
        self.action = asked["lines"][0]["action"]

    def go_on(self) -> None:
        outcome = self.decision["outcome"]
        if outcome == "review":
            if self.rng.random() < 0.7:
                self._later(2, 40, self._settle)
            return  # the rest is left to the policy's deadline
        if outcome != "approved":
            self._later(24, 72, self._close)
            return
        if self.decision["return_shipping"] is None:
            self._later(2, 48, self._finish)
            return
        if self.rng.random() < 0.05:
            return  # never sent back: its deadline passes
        self._later(0.2, 4, self._send_back)

    def _later(self, least: float, most: float, step: Step) -> None:
        self.history._after(self.rng, least, most, step)

    def _event(self, type: str, **data: Any) -> Json | None:
        return self.history._post(
            f"/v1/cases/{self.asked['case_id']}/events?merchant={self.asked['merchant']}", {"type": type, **data}
        )

    def _settle(self) -> None:
        outcome = "approved" if self.rng.random() < 0.75 else "denied"
        body = {"outcome": outcome, "by": f"agent-{self.rng.randrange(1, 9)}", "note": "looked at the photos"}
        settled = self.history._post(f"/v1/decisions/{self.decision['id']}/resolution", body)
        if settled is not None:
            self.decision = settled
            self.go_on()

    def _send_back(self) -> None:
        carrier = self.rng.choice(("SF Express", "ZTO", "JD Logistics"))
        parcel = {"carrier": carrier, "tracking_number": f"{carrier[:2].upper()}{self.rng.randrange(10**11):011d}"}
        self._event("label_issued", **parcel)
        self._later(10, 120, lambda: self._travel(parcel))

    def _travel(self, parcel: Json) -> None:
        self._event("shipped", **parcel)
        self._later(30, 110, self._arrive)

    def _arrive(self) -> None:
        self._event("received")
        self._later(3, 60, self._inspect)

    def _inspect(self) -> None:
        asked = self.asked["lines"][0]
        condition = asked["condition"]
        if self.rng.random() < 0.08:
            condition = self.rng.choice(("used", "damaged"))
        found: Json = {
            "order_line": "1",
            "quantity": 1,
            "condition": condition,
            "received_at": self.history.clock.now.isoformat(),
        }
        decision = self.history._post(f"/v1/decisions/{self.decision['id']}/inspection", {"lines": [found]})
        if decision is None:
            return
        self.decision = decision
        if decision["outcome"] == "review":
            self._later(4, 40, self._settle_find)
        else:
            self._later(1, 60, self._finish)

    def _settle_find(self) -> None:
        body = {"outcome": "approved", "by": f"agent-{self.rng.randrange(1, 9)}"}
        settled = self.history._post(f"/v1/decisions/{self.decision['id']}/resolution", body)
        if settled is not None:
            self.decision = settled
            self._later(1, 30, self._finish)

    def _finish(self) -> None:
        if self.decision["outcome"] == "approved":
            if self.action == "repair":
                self._event("repair_started")
                self._later(24, 200, self._mended)
                return
            if self.action in ("exchange", "reship"):
                self._event("exchanged" if self.action == "exchange" else "reshipped")
            if float(self.decision["refund"]["total"]) > 0:
                self._event("refunded", method="original_payment")
        self._later(1, 48, self._close)

    def _mended(self) -> None:
        self._event("repair_done")
        self._event("reshipped", carrier="SF Express")
        self._later(24, 72, self._close)

    def _close(self) -> None:
        self._event("closed")
        if self.rng.random() < 0.4:
            happy = self.decision["outcome"] == "approved"
            score = self.rng.choices((1, 2, 3, 4, 5), (3, 5, 12, 35, 45) if happy else (35, 25, 20, 15, 5))[0]
            self._event("feedback", score=score)
