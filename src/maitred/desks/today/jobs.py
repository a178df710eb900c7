"""The worker looks after each publication, sends the letters of the morning, and tells those who asked to be told."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from maitred.desks.today import access, looks, sending
from maitred.kit.jobs.registry import Round, job
from maitred.kit.jobs.running import Run
from maitred.kit.reading import reading
from maitred.metrics.refresh import open_workspace


@job("today.look", retries=2, backoff=60.0, round=Round("*/5 * * * *"))
def look(run: Run, again: bool = False) -> None:
    """Look at the newest publication, unless that was done already; then tell those who asked to be told."""
    workspace = open_workspace(Path(settings.MAITRED_HOME))
    try:
        publication = workspace.publication()
        if publication is None or (not again and access.look_at(publication.number) is not None):
            return
        run.progress(0, 1, "looking")
        day = looks.take(workspace, publication)
    finally:
        workspace.close()
    if day is None:
        return
    with reading(publication.number) as found:
        looks.compared(run.actor, publication.number, day, found.zone.key)
    with run.deed("today.look"):
        looks.keep(publication.number, day)
    run.progress(1, 1, "looked")
    sending.alerts(run)


@job("today.send", retries=1, round=Round("*/10 * * * *"))
def send(run: Run) -> None:
    """Send what is due: alerts that had to wait, and each daily letter in its hour."""
    sending.alerts(run)
    sending.digests(run)
