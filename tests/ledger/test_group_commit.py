"""Many share one commit, and nobody waits longer than for their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from policy_service.ledger.commit import GroupCommit, Transaction
from policy_service.ledger.errors import LedgerUnavailable

PATIENCE = 20


class Step:
    """A work that says when it is under way and ends when it may."""

    def __init__(self, commits: GroupCommit, name: str) -> None:
        self.commits, self.name = commits, name
        self.under_way, self.may_end = threading.Event(), threading.Event()
        self.result: Any = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        self.result = self.commits.submit(self._work)

    def _work(self, transaction: Transaction) -> str:
        self.under_way.set()
        assert self.may_end.wait(PATIENCE)
        return self.name

    def queue(self, behind: int) -> None:
        """Hands it in while another leads, as number `behind` + 1 of those who wait."""
        self.thread.start()
        for _ in range(PATIENCE * 1000):
            if len(self.commits._waiting) > behind:
                return
            self.may_end.wait(0.001)
        raise AssertionError("nobody waits")

    def ends(self) -> bool:
        self.thread.join(PATIENCE)
        return not self.thread.is_alive() and bool(self.result == self.name)


@pytest.fixture
def steps(any_shop: Any) -> Iterator[Callable[[str], Step]]:
    made: list[Step] = []

    def step(name: str) -> Step:
        made.append(Step(any_shop.ledger._commits, name))
        return made[-1]

    yield step
    for each in made:
        each.may_end.set()


def test_who_is_done_does_not_wait_behind_the_next_commit(steps: Callable[[str], Step]) -> None:
    first, second, third, late = (steps(name) for name in ("first", "second", "third", "late"))
    first.thread.start()
    assert first.under_way.wait(PATIENCE)
    second.queue(0)
    third.queue(1)
    third.may_end.set()
    first.may_end.set()
    assert second.under_way.wait(PATIENCE)
    late.queue(0)
    second.may_end.set()
    assert late.under_way.wait(PATIENCE)
    assert [first.ends(), second.ends(), third.ends()] == [True, True, True], "while the late one is under way"
    late.may_end.set()
    assert late.ends()


def test_nothing_to_do_waits_for_nobody(steps: Callable[[str], Step]) -> None:
    first = steps("first")
    first.thread.start()
    assert first.under_way.wait(PATIENCE)
    assert first.commits.submit_each([]) == []


def test_who_has_nothing_to_do_does_not_lead(steps: Callable[[str], Step]) -> None:
    first = steps("first")
    assert first.commits.submit_each([]) == []
    first.may_end.set()
    first.thread.start()
    assert first.ends()


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, ValueError])
def test_whatever_ends_a_leader_the_next_one_leads(steps: Callable[[str], Step], end: type[BaseException]) -> None:
    leader, queued, late = (steps(name) for name in ("leader", "queued", "late"))
    ended: list[BaseException] = []

    def lead() -> None:
        def work(_: Transaction) -> None:
            leader.under_way.set()
            assert leader.may_end.wait(PATIENCE)
            raise end

        try:
            leader.commits.submit(work)
        except BaseException as error:
            ended.append(error)

    leader.thread = threading.Thread(target=lead, daemon=True)
    leader.thread.start()
    assert leader.under_way.wait(PATIENCE)
    queued.queue(0)
    for each in (leader, queued, late):
        each.may_end.set()
    leader.thread.join(PATIENCE)
    assert [type(each) for each in ended] == [end]
    assert queued.ends()
    late.thread.start()
    assert late.ends()


def test_who_was_not_at_fault_for_the_end_of_a_leader_is_told_to_try_again(
    steps: Callable[[str], Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, leader = steps("first"), steps("leader")
    first.thread.start()
    assert first.under_way.wait(PATIENCE)
    told: list[BaseException] = []

    def share() -> None:
        try:
            first.commits.submit(lambda _: "shared")
        except BaseException as error:
            told.append(error)

    def interrupted(_: Transaction) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(leader, "_work", interrupted)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    leader.queue(0)
    sharing = threading.Thread(target=share, daemon=True)
    sharing.start()
    while len(first.commits._waiting) < 2:
        first.may_end.wait(0.001)
    first.may_end.set()
    sharing.join(PATIENCE)
    assert [type(each) for each in told] == [LedgerUnavailable]


def test_a_leader_that_does_not_end_is_not_waited_for_for_ever(
    steps: Callable[[str], Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policy_service.ledger.commit.PATIENCE", 0.05)
    first, late = steps("first"), steps("late")
    first.thread.start()
    assert first.under_way.wait(PATIENCE)
    with pytest.raises(LedgerUnavailable):
        first.commits.submit(lambda _: "second")
    assert first.commits._waiting == [], "what was given up is not recorded later"
    first.may_end.set()
    assert first.ends()
    late.may_end.set()
    late.thread.start()
    assert late.ends()


def test_more_works_than_fit_one_commit_are_all_done(any_shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policy_service.ledger.commit.MOST_AT_ONCE", 4)
    decisions = {"requests": [any_shop.asked(case=f"RMA-{n}") for n in range(11)]}
    results = any_shop.post("/v1/decisions/batch", decisions)["results"]
    assert [each["status"] for each in results] == [200] * 11
    assert [chain.records for chain in any_shop.ledger.verify()] == [11]
