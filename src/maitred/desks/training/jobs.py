"""The worker reminds: of a course that is due within a week. Once each; another day is another reminder."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from maitred.base import clock
from maitred.desks.training import access, giving
from maitred.desks.training.waves.jobs import waves
from maitred.kit.audit import deeds
from maitred.kit.jobs.registry import Round, job
from maitred.kit.jobs.running import Run

__all__ = ["remind", "waves"]
AHEAD = timedelta(days=7)


@job("training.remind", retries=2, round=Round("20 6 * * *"))
def remind(run: Run) -> None:
    """Remind people of courses that are due within a week or overdue."""
    now = clock.now()
    for row in access.to_remind((now + AHEAD).date()):
        with run.deed("training.remind"):
            deeds.change(row, None, reminded_at=now)
            text = f"A course of yours is due on {row.due_on.isoformat()}: {row.course.title}"
            giving.tell((row.person_id,), text, reverse("training_course", args=[row.course_id]))
