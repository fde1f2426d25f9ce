"""What every test shares: the random searches of `hypothesis` are repeatable and never time out on a busy machine, and
no test finds the clock as another left it."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from policy_service.scenarios.freezing import FREEZER

settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _with_the_clock_running_again() -> Iterator[None]:
    """Scenarios leave it frozen from one to the next, which whoever runs them ends."""
    yield
    FREEZER.release()
