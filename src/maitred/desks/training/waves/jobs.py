"""The worker gives each wave its course on its first day, and says when a verdict can be had."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse

from maitred.base import clock
from maitred.desks.training import access as training
from maitred.desks.training import giving
from maitred.desks.training.models import Wave
from maitred.desks.training.shapes import WouldBe
from maitred.desks.training.waves import access, measuring, showing
from maitred.kit.audit import deeds
from maitred.kit.jobs.registry import Round, job
from maitred.kit.jobs.running import Run


@job("training.waves", retries=2, round=Round("40 4 * * *"))
def waves(run: Run) -> None:
    """Give the course to waves that begin, and tell whoever planned them when they can be judged. Once each."""
    today = clock.now().date()
    for wave in access.to_assign(today):
        with run.deed("training.waves"):
            _assign(run, wave)
    for plan in access.running_plans():
        if measuring.of_plan(plan).judged_from <= today:
            with run.deed("training.waves"):
                deeds.change(plan, None, reminded_at=clock.now())
                link = reverse("training_waves", args=[plan.course_id, plan.pk])
                giving.tell((plan.by_id,), f"Whether {plan.course.title} changed anything can be judged now", link)


def _assign(run: Run, wave: Wave) -> None:
    plan = wave.plan
    edition = training.published_editions((plan.course_id,)).get(plan.course_id)
    if edition is None:
        return
    people = access.people_of_wave(wave)
    there = training.open_assignments(plan.course, [one.pk for one in people])
    fresh = tuple((one, WouldBe(one.pk, one.name, "assign", None, None)) for one in people if one.pk not in there)
    due = showing.due_on(measuring.of_plan(plan), wave.start)
    given = giving.Given(plan.course, edition, due, fresh)
    batch, _ = giving.give(replace(run.actor, person=plan.by_id), given)
    deeds.change(wave, None, batch=batch)
