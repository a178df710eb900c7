"""Ask what changed, since when, what it is made of, and how long things take."""

from __future__ import annotations

from typing import Literal

from maitred.desks.service_levels import changes, flows, trending
from maitred.desks.service_levels.changes import WhatChanged
from maitred.desks.service_levels.flows import Distribution, SurvivalCurve
from maitred.desks.service_levels.trending import Trend
from maitred.desks.service_levels.verbs.figures import Day, Filters, Publication, Text, Zone, pairs
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.reading import published
from maitred.kit.verbs import question
from maitred.people.reach import figures_scope


@question(needs=Right.METRICS_READ, example={"metric": "frt.business_all"})
def trend(
    actor: Actor,
    metric: Text,
    statistic: Literal["median", "p90", "p95", "mean"] | None = None,
    start: Day | None = None,
    end: Day | None = None,
    where: Filters = [],  # noqa: B006  (validation hands in a copy)
    zone: Zone = "UTC",
    bucket: Literal["day", "week"] | None = None,
    publication: Publication | None = None,
) -> Trend:
    """Show whether a metric moved, and since when: figures by day or week with control limits from the time before.

    Limits are learned from the 56 days (by week: 40 weeks) before the period; where data begins too late, from the
    whole series. Four rules say which points stand out: beyond a limit, nine on one side, six rising or falling, two
    of three beyond two thirds of the way. Even where nothing happens they give a false signal now and then;
    ``false_signal_every`` says how often.

    Parameters
    ----------
    metric
        Id or a shorter form of it.
    statistic
        Of durations: the median unless given.
    start, end
        First and last local day; the four weeks up to as-of unless given.
    where
        ``DIMENSION=VALUE`` to keep; several values of one dimension: any of them.
    zone
        Time zone of days and weeks.
    bucket
        ``day`` or ``week``; by its length unless given: days up to 60 of them.
    publication
        An older publication: as reported then.
    """
    scope, kept = figures_scope(actor), pairs(where)
    key = ("trend", scope, metric, statistic, start, end, tuple(where), zone, bucket)
    with published(publication) as ask:
        return ask.remembered(
            key, lambda: trending.trend(ask, scope, metric, statistic, start, end, kept, zone, bucket)
        )


@question(
    needs=Right.METRICS_READ,
    example={"metric": "sla.attainment", "start": "2026-11-01", "end": "2026-11-14", "by": "group"},
)
def what_changed(
    actor: Actor,
    metric: Text,
    start: Day,
    end: Day,
    compare: Text = "previous",
    by: Text = "group",
    where: Filters = [],  # noqa: B006
    zone: Zone = "UTC",
    publication: Publication | None = None,
) -> WhatChanged:
    """Split the difference between two periods by a dimension: what the mix did, and what each part did itself.

    The parts add up to ``measured_difference`` exactly. Shares and means are split as they are. Of durations the share
    of tickets slower than the earlier period's median is split (``measure`` is ``share_slower``), since medians have
    no parts; the medians and the interval of their difference stand beside it. Parts are candidates for an
    explanation, not causes.

    Parameters
    ----------
    metric
        Id or a shorter form of it; no snapshot.
    start, end
        First and last local day of the later period.
    compare
        ``previous``, ``year`` or ``A..B``: the earlier period.
    by
        The dimension to split by; not by person.
    where
        ``DIMENSION=VALUE`` to keep.
    zone
        Time zone of days.
    publication
        An older publication: as reported then.
    """
    scope, kept = figures_scope(actor), pairs(where)
    key = ("what_changed", scope, metric, start, end, compare, by, tuple(where), zone)
    with published(publication) as ask:
        return ask.remembered(
            key, lambda: changes.what_changed(ask, scope, metric, start, end, compare, by, kept, zone)
        )


@question(needs=Right.METRICS_READ, example={"metric": "full_resolution"})
def survival(
    actor: Actor,
    metric: Text,
    start: Day | None = None,
    end: Day | None = None,
    where: Filters = [],  # noqa: B006
    zone: Zone = "UTC",
    publication: Publication | None = None,
) -> SurvivalCurve:
    """Show how long it takes until it is done, open tickets included: the share still running after each time.

    A Kaplan-Meier curve with its pointwise 95 % band, how many were at risk, and the median with its limits; null
    where the curve does not reach it. Not for readers of counts only.

    Parameters
    ----------
    metric
        A duration, such as ``frt`` or ``full_resolution``.
    start, end, where, zone, publication
        As in ``metrics.show``.
    """
    scope, kept = figures_scope(actor), pairs(where)
    key = ("survival", scope, metric, start, end, tuple(where), zone)
    with published(publication) as ask:
        return ask.remembered(key, lambda: flows.survival_curve(ask, scope, metric, start, end, kept, zone))


@question(needs=Right.METRICS_READ, example={"metric": "frt.business_all"})
def distribution(
    actor: Actor,
    metric: Text,
    start: Day | None = None,
    end: Day | None = None,
    where: Filters = [],  # noqa: B006
    zone: Zone = "UTC",
    publication: Publication | None = None,
) -> Distribution:
    """Show how a metric is spread: at most 40 bins, where the median and the 90th percentile lie, and n.

    Bins of durations have edges of clock and calendar, each about one and a half times the one before (``scale`` is
    ``log``). Tickets still running are counted apart. Not for readers of counts only.

    Parameters
    ----------
    metric
        A duration or a count per ticket.
    start, end, where, zone, publication
        As in ``metrics.show``.
    """
    scope, kept = figures_scope(actor), pairs(where)
    key = ("distribution", scope, metric, start, end, tuple(where), zone)
    with published(publication) as ask:
        return ask.remembered(key, lambda: flows.distribution(ask, scope, metric, start, end, kept, zone))
