"""What the worker does for quality: closes what is over, voids reviews of tickets gone, lets the checks answer.

And it gives what was reviewed to the warehouse, so that figures of every other kind can be read beside it.
"""

from __future__ import annotations

from contextlib import closing as closed
from pathlib import Path

from django.conf import settings

from maitred.base.errors import LeaseHeld, NotFound
from maitred.desks.quality import checking, closing, facts, telling
from maitred.kit.jobs.registry import Round, job
from maitred.kit.jobs.running import Run
from maitred.kit.reading import published
from maitred.metrics.refresh import open_workspace


@job("quality.close", retries=1, round=Round("*/15 * * * *"))
def close(run: Run) -> None:
    """Close calibrations whose time is over, and reviews whose ticket was deleted or merged."""
    with run.deed("quality.close"):
        closing.close_late()
    try:
        with published(None) as ask:
            rows = closing.gone(ask)
    except NotFound:
        return
    if rows:
        with run.deed("quality.close"):
            closing.void(rows)


@job("quality.tell", retries=1, round=Round("*/5 * * * *"))
def tell(run: Run) -> None:
    """Tell those whose work was reviewed that there is something to read."""
    with run.deed("quality.tell"):
        telling.sent()


@job("quality.check", retries=1, round=Round("40 * * * *"))
def check(run: Run) -> None:
    """Let the automatic checks answer the tickets that people judge beside each other."""
    try:
        with published(None) as ask:
            found = checking.answered(ask)
    except NotFound:
        return
    if found:
        with run.deed("quality.check"):
            checking.keep(found)


@job("quality.publish", retries=1, round=Round("*/5 * * * *"))
def publish(run: Run) -> None:
    """Give the finished reviews to the warehouse, where something about them changed; a round later if it is busy."""
    home = Path(settings.MAITRED_HOME)
    with closed(open_workspace(home)) as workspace:
        try:
            facts.publish(workspace)
        except LeaseHeld:
            return
