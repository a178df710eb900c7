"""What a metric's page says beside its numbers: the query that counts it, written out, and the tests that hold it."""

from __future__ import annotations

from datetime import date

from maitred.metrics import views
from maitred.metrics.asking import Asker
from maitred.metrics.catalogue import Metric
from maitred.metrics.composition import Question, counted, sources_of
from maitred.metrics.scope import Scope
from maitred.metrics.windows import window


def query(ask: Asker, metric: Metric) -> str:
    """The query of a metric over one month, for everything there is, as the engine gets it; values are parameters."""
    views.prepare(ask.engine, metric.facts)
    asked = Question(
        metric, window(date(2026, 1, 1), date(2026, 1, 31), "UTC"), sources_of(ask.engine), Scope.everything()
    )
    return counted(asked).rows.sql(dialect=ask.engine.dialect, pretty=True)


def tests(metric: Metric) -> tuple[str, ...]:
    """What is tested about it, in words."""
    found = [
        "equal to an independent computation in plain Python on generated logs",
        "the same figure on DuckDB and on a Spark Connect server",
        "the rows behind it are as many as its n",
    ]
    if metric.clock:
        found.append("each duration equals the sum of its ledger, to the second")
    return tuple(found)
