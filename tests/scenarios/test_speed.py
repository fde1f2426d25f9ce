"""A thousand scenarios take seconds."""

import time
from pathlib import Path

import pytest

from tests.scenarios.corner_shop import SUITE, open_shop, run


@pytest.mark.slow
def test_a_thousand_scenarios_take_less_than_ten_seconds_of_work(tmp_path: Path) -> None:
    head = SUITE.partition("scenarios:\n")[0]
    many = "".join(
        f"  - name: case {number}\n    now: 2025-06-{number % 28 + 1:02}T12:00:00+08:00\n"
        f"    with: {{customer.tier: tier-{number}}}\n    expect: {{outcome: approved}}\n"
        for number in range(1000)
    )
    open_shop(tmp_path, suite=f"{head}scenarios:\n{many}")
    before = time.process_time()
    status, said = run(str(tmp_path))
    assert (status, "1000 passed" in said) == (0, True)
    # Work, not the clock on the wall: other tests may be running beside this one.
    assert time.process_time() - before < 10
