"""A decision leaves nothing behind for the garbage collector: what it took is free again when it is answered."""

from __future__ import annotations

import gc

from tests.decision.desk import WINDOW, ask, shop


def test_a_decision_makes_no_cycles() -> None:
    governing = shop(WINDOW)
    ask(governing)  # what is kept for later decisions is made by the first
    gc.collect()
    gc.disable()
    try:
        ask(governing)
        assert gc.collect() == 0
    finally:
        gc.enable()
