"""A suite gives the same result in any time zone of the host, at any hour, on any day."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import freezegun
import pytest

from policy_service.scenarios.freezing import Freezer
from policy_service.scenarios.opening import bench_of
from policy_service.scenarios.runner import Bench
from tests.scenarios.corner_shop import SUITE, open_shop, run

SUITES = sorted((Path(__file__).parents[1] / "cases" / "shared-examples").glob("*/[fw]*.yaml"))
HOST_ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"]
HOST_INSTANTS = ["2028-02-29T23:59:59Z", "2025-03-09T07:00:00Z", "1999-12-31T23:59:59Z", "2038-01-19T03:14:08Z"]


@pytest.fixture
def host_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="module")
def benches() -> list[Bench]:
    return [bench_of(file) for file in SUITES]


@pytest.mark.parametrize("instant", HOST_INSTANTS)
@pytest.mark.parametrize("host_zone", HOST_ZONES, indirect=True)
@pytest.mark.usefixtures("host_zone")
def test_a_suite_says_the_same_wherever_and_whenever_it_runs(instant: str, benches: list[Bench]) -> None:
    freezer = Freezer()
    with freezegun.freeze_time(instant):
        for bench in benches:
            bench.freezer = freezer
            failed = [case.label for case in bench.loaded.cases if not bench.run(case).met]
            assert failed == []
        freezer.release()


def test_now_is_what_the_process_sees() -> None:
    freezer = Freezer()
    with freezer.at("2025-06-20T10:00:00+08:00"):
        assert datetime.now().astimezone() == datetime.fromisoformat("2025-06-20T02:00:00Z")
    with freezer.at("2025-07-01T23:59:59+08:00"):
        assert datetime.now().astimezone() == datetime.fromisoformat("2025-07-01T15:59:59Z")
    freezer.release()
    assert datetime.now(UTC).year >= 2026


def test_without_a_now_the_clock_runs() -> None:
    freezer = Freezer()
    with freezer.at("2025-06-20T10:00:00+08:00"):
        pass
    with freezer.at(None):
        assert datetime.now(UTC).year >= 2026


def test_where_no_time_matters_the_hosts_own_does_not_either(tmp_path: Path) -> None:
    timeless = SUITE.replace("now: 2025-06-10T12:00:00+08:00\n", "").partition("  - name: in time")[0]
    timeless += "  - name: ordered tomorrow\n    with:\n      order.placed_at: 2099-01-01T12:00:00+08:00\n"
    timeless += (
        "      order.delivered_at: null\n      order.lines.0.tags: [special-offer]\n    expect: {outcome: denied}\n"
    )
    open_shop(tmp_path, suite=timeless)
    status, said = run(str(tmp_path))
    assert status == 0, said
