"""Whether promises are kept: SLA attainment and breaches per target instance."""

from __future__ import annotations

from maitred.metrics.catalogue import dimensions
from maitred.metrics.catalogue.metric import Metric

_DECIDED_TEXT = (
    "target instances that are decided (met, breached or overdue) on tickets that are not deleted, merged or spam; "
    "running, cancelled and cannot-tell instances are counted as excluded"
)
_AT = "COALESCE(ended_at, as_of)"
_BASIS = "ended; overdue: as-of"


def _decided(verdict: str) -> str:
    return f"exclusion IS NULL AND {verdict} IN ('met', 'breached', 'overdue')"


def _attainment(verdict: str, clock: str, variant: str) -> Metric:
    return Metric(
        name="sla",
        variant=variant,
        title="SLA attainment",
        kind="share",
        unit="share",
        direction="higher",
        clock=clock,
        facts="current_sla_facts",
        at=_AT,
        basis=_BASIS,
        population=_decided(verdict),
        population_text=_DECIDED_TEXT,
        numerator=f"{verdict} = 'met'",
        dimensions=dimensions.TARGET,
        cluster=("ticket_key",),
        row=("metric", "instance"),
        meaning="Met / (met + breached + overdue), per target instance. A later, laxer target does not undo a "
        "breach, and "
        "a time equal to the target is met. Several targets of one ticket are not independent; the interval knows it.",
        default=variant == "attainment",
    )


def _breaches(verdict: str, clock: str, variant: str) -> Metric:
    return Metric(
        name="sla",
        variant=variant,
        title="SLA breaches",
        kind="count",
        unit="targets",
        direction="lower",
        clock=clock,
        facts="current_sla_facts",
        at=_AT,
        basis=_BASIS,
        population=f"exclusion IS NULL AND {verdict} IN ('breached', 'overdue')",
        population_text="target instances breached or overdue on tickets that are not deleted, merged or spam",
        dimensions=dimensions.TARGET,
        row=("metric", "instance"),
        meaning="Target instances that were missed: ended later than their target, or still running past it at as-of.",
        default=variant == "breaches",
    )


METRICS = (
    _attainment("verdict_all", "business_all", "attainment"),
    _attainment("verdict_last", "business_last", "attainment_business_last"),
    _breaches("verdict_all", "business_all", "breaches"),
    _breaches("verdict_last", "business_last", "breaches_business_last"),
)
