"""The worker watches: every ten minutes who was asked and did not answer, every hour what is due, every night who may
be escalated next."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from maitred.base import clock
from maitred.desks.escalations import access, watching
from maitred.insight.calibration import NotEnoughData
from maitred.kit.jobs.registry import Round, job
from maitred.kit.jobs.running import Run
from maitred.metrics.refresh import open_workspace


@job("escalations.pass_on", retries=2, round=Round("*/10 * * * *"))
def pass_on(run: Run) -> None:
    """Ask the next one where nobody answered in time; wake snoozed alerts."""
    now = clock.now()
    with run.deed("escalations.pass_on"):
        watching.pass_on(now)
        watching.wake(now)


@job("escalations.remind", retries=2, round=Round("5 * * * *"))
def remind(run: Run) -> None:
    """Remind of promises and words that are due, and mark tickets that vanished from the helpdesk."""
    now = clock.now()
    with run.deed("escalations.remind"):
        watching.remind(now)
        if _there():
            watching.vanished(now)


@job("escalations.watch", retries=1, backoff=60.0, round=Round("40 5 * * *"))
def watch(run: Run) -> None:
    """Find customers whom nobody looked at, learn from the team's own escalations, and foresee the next ones."""
    from maitred.insight.evidence.opening import evidence_of_workspace

    workspace = open_workspace(Path(settings.MAITRED_HOME))
    try:
        publication = workspace.publication()
        if publication is None:
            return
        for place, source in enumerate(sorted(publication.sources)):
            run.check()
            run.progress(place, len(publication.sources), source)
            evidence = evidence_of_workspace(workspace, publication, source)
            found = watching.learn(evidence)
            with run.deed("escalations.watch"):
                policy = access.policy() or watching.new_policy()
                watching.raise_forgotten(run.actor, evidence, policy)
                watching.tell_reopened(evidence, policy)
                watching.keep(found, policy)
                if not isinstance(found, NotEnoughData):
                    watching.foresee(evidence, found, policy)
    finally:
        workspace.close()


def _there() -> bool:
    workspace = open_workspace(Path(settings.MAITRED_HOME))
    try:
        return workspace.publication() is not None
    finally:
        workspace.close()
