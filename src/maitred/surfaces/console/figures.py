"""The server's own figures in Prometheus' text form: requests by route and status, durations, and the state of things.

Several processes write their counters to files of one folder (``PROMETHEUS_MULTIPROC_DIR``, set by ``serve``); whoever
is asked adds them up.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_ANSWERED = Counter("maitred_requests", "Requests answered, by route and status.", ["route", "method", "status"])
_TOOK = Histogram(
    "maitred_request_seconds",
    "How long an answer took, by route.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10),
)


def answered(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answer; the route is a pattern, so that labels stay few and hold no id."""
    _ANSWERED.labels(route, method if method in METHODS else "other", str(status)).inc()
    _TOOK.labels(route).observe(seconds)


def exposed(states: dict[str, tuple[str, dict[str, float]]]) -> bytes:
    """Everything as text.

    Parameters
    ----------
    states
        Gauges of this moment: name → (meaning, {label: value}); an empty label stands alone.
    """
    counted = generate_latest(_registry())
    now = CollectorRegistry(auto_describe=False)
    now.register(_States(states))
    return counted + generate_latest(now)


class _States(Collector):
    def __init__(self, states: dict[str, tuple[str, dict[str, float]]]) -> None:
        self.states = states

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for name, (meaning, values) in sorted(self.states.items()):
            labelled = set(values) != {""}
            family = GaugeMetricFamily(name, meaning, labels=["state"] if labelled else [])
            for label, value in sorted(values.items()):
                family.add_metric([label] if labelled else [], value)
            yield family


def _registry() -> CollectorRegistry:
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    shared = CollectorRegistry()
    multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared
