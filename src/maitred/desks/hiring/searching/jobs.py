"""The worker tells owners of kept searches of new people, once a day, and joins the segments of the index."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from maitred.base import clock
from maitred.desks.hiring.searching import access, alerting, engines
from maitred.kit.audit import deeds
from maitred.kit.jobs.registry import Round, job
from maitred.kit.jobs.running import Run
from maitred.kit.notices.telling import notify

MOST_SEEN = 1_000


@job("hiring.alert", retries=2, round=Round("30 5 * * *"))
def alert(run: Run) -> None:
    """Tell owners of kept searches how many new people stand in them. The same people are told of once."""
    for row in access.with_alert():
        now, new = alerting.fresh(row)
        if not new:
            continue
        with run.deed("hiring.alert"):
            seen = list(dict.fromkeys([*now, *row.seen]))[:MOST_SEEN]
            deeds.change(row, None, seen=seen, looked_at=clock.now())
            notify(row.owner_id, "changed", f"{new} new in your search: {row.name}", _link())


@job("hiring.compact", retries=1, round=Round("15 3 * * *"))
def compact(_run: Run) -> None:
    """Join the small segments of the index."""
    engines.index().compact(2)


def _link() -> str:
    try:
        return reverse("hiring_search")
    except NoReverseMatch:
        return ""
