"""The worker: sends what is due, fires what has fallen due. Any number may run beside each other."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

from policy_service.ledger.delivering import SENDERS, TIMEOUT, deliver
from policy_service.ledger.errors import LedgerError
from policy_service.ledger.falling_due import Settle
from policy_service.ledger.ledger import Ledger
from policy_service.ledger.webhooks import Webhook

log = logging.getLogger(__name__)

TIDY_EVERY = 3_600
KEYS_KEPT = 7 * 86_400 * 1_000_000
"""How long first answers are kept for their keys, microseconds."""


class Worker:
    """Works on one ledger. `settle` settles a review that nobody answered, as its policy says."""

    def __init__(
        self,
        ledger: Ledger,
        settle: Settle,
        webhooks: Sequence[Webhook] = (),
        *,
        timeout: float = TIMEOUT,
        pause: float = 1.0,
    ) -> None:
        self._ledger = ledger
        self._settle = settle
        self._webhooks = tuple(webhooks)
        self._timeout = timeout
        self._pause = pause
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._executor = ThreadPoolExecutor(SENDERS, thread_name_prefix="webhook")

    def once(self) -> int:
        """One round of everything; returns how much there was to do."""
        ledger = self._ledger
        # one instant for both: no review may fall due between being looked for and its timer's firing
        done, now = 0, ledger.now()
        for review in ledger.unanswered_reviews(now):
            if review.duties.otherwise is not None:
                self._settle(review, review.duties.otherwise)
                done += 1
        done += ledger.fire_timers(now)
        for webhook in self._webhooks:
            done += deliver(ledger.write, ledger.now, ledger.database.reading, webhook, self._executor, self._timeout)
        return done + ledger.tally()

    def tidy(self) -> None:
        """Forgets idempotency keys whose time is over."""
        self._ledger.forget_keys(self._ledger.now() - KEYS_KEPT)

    def run(self) -> None:
        """Works until it is told to stop; what fails now is tried again."""
        tidied = float("-inf")
        while not self._stop.is_set():
            try:
                done = self.once()
                if time.monotonic() - tidied > TIDY_EVERY:
                    self.tidy()
                    tidied = time.monotonic()
            except LedgerError as error:
                log.warning("the worker waits: %s", error.message)
                done = 0
            except Exception:
                log.exception("the worker failed and goes on")
                done = 0
            if not done:
                self._stop.wait(self._pause)

    def start(self) -> None:
        """Works in a thread of this process."""
        self._thread = threading.Thread(target=self.run, name="ledger-worker", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Tells `run` to return after the round under way."""
        self._stop.set()

    def stop(self) -> None:
        """Ends the round under way and stops."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=self._timeout * 2 + 5)
        self._executor.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Worker:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
