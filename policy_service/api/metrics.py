"""`GET /metrics`: the counts of all workers, as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flask import Blueprint, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from policy_service import __version__
from policy_service.api.answers import HEADERS
from policy_service.api.board import OTHER, OUTCOMES, RELOADS, ROUTES, STAGES, STATUSES, Board
from policy_service.api.keys import Scope
from policy_service.api.shell import Shell
from policy_service.catalog.catalog import Catalog

PREFIX: Final = "policy_service"


class _Collector(Collector):
    """Reads the board when it is asked, so that counting knows nothing of Prometheus."""

    def __init__(self, board: Board, catalog: Catalog) -> None:
        self._board = board
        self._catalog = catalog

    def collect(self) -> Iterator[Metric]:
        total = self._board.total
        answers = CounterMetricFamily(f"{PREFIX}_answers", "HTTP answers", labels=["route", "status"])
        for route in ROUTES:
            for status in (*map(str, STATUSES), OTHER):
                answers.add_metric([route, status], total(f"answers/{route}/{status}"))
        yield answers
        outcomes = CounterMetricFamily(f"{PREFIX}_decisions", "Decisions made", labels=["stage", "outcome"])
        for stage in STAGES:
            for outcome in OUTCOMES:
                outcomes.add_metric([stage, outcome], total(f"outcomes/{stage}/{outcome}"))
        yield outcomes
        seconds = HistogramMetricFamily(f"{PREFIX}_decision_seconds", "Time to read, decide and write one request")
        seconds.add_metric([], list(self._board.buckets()), total("took/sum") / 1_000_000)
        yield seconds
        reloads = CounterMetricFamily(f"{PREFIX}_reloads", "Readings of the rules after the start", labels=["result"])
        for result in RELOADS:
            reloads.add_metric([result], total(f"reloads/{result}"))
        yield reloads
        yield from self._of_the_catalog()

    def _of_the_catalog(self) -> Iterator[Metric]:
        catalog = self._catalog
        versions = sum(len(catalog.versions(merchant)) for merchant in catalog.merchants())
        yield GaugeMetricFamily(f"{PREFIX}_policies", "Versions of policies in use", value=versions)
        yield GaugeMetricFamily(
            f"{PREFIX}_rules_current",
            "1 when the rules in use are those on disk, 0 after a failed reload",
            value=float(catalog.last_reload.ok),
        )
        info = GaugeMetricFamily(f"{PREFIX}_info", "The version of the service", labels=["version"])
        info.add_metric([__version__], 1)
        yield info


def blueprint(shell: Shell) -> Blueprint:
    """`/metrics`; with API keys it needs the scope `admin`."""
    registry = CollectorRegistry()
    registry.register(_Collector(shell.board, shell.catalog))
    metrics = Blueprint("metrics", __name__)

    @metrics.get("/metrics")
    def read() -> Response:
        shell.gate.enter(Scope.ADMIN)
        return Response(generate_latest(registry), headers=HEADERS, content_type=CONTENT_TYPE_PLAIN_0_0_4)

    return metrics
