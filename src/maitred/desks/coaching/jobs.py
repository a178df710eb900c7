"""The worker reminds: of a one-to-one on the day before, of a plan whose follow-up is due. Once each."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from maitred.base import clock
from maitred.desks.coaching import access
from maitred.kit.audit import deeds
from maitred.kit.jobs.registry import Round, job
from maitred.kit.jobs.running import Run
from maitred.kit.notices.telling import notify

AHEAD = timedelta(hours=26)


@job("coaching.remind", retries=2, round=Round("0 * * * *"))
def remind(run: Run) -> None:
    """Remind both of a one-to-one within the next day, and the lead of a follow-up that is due."""
    now = clock.now()
    for talk in access.to_remind(now + AHEAD):
        with run.deed("coaching.remind"):
            deeds.change(talk, None, reminded_at=now)
            link = reverse("coaching_talk", args=[talk.pk])
            _told(talk.person_id, "A one-to-one with you is near: add what you want to talk about", link)
            _told(talk.lead_id, "A one-to-one is near: its agenda is prepared", link)
    for plan in access.plans_due(now.date()):
        with run.deed("coaching.remind"):
            deeds.change(plan, None, reminded_at=now)
            _told(plan.lead_id, "The follow-up of a coaching plan is due", reverse("coaching_plan", args=[plan.pk]))


def _told(person: int, text: str, link: str) -> None:
    account = access.account_of(person)
    if account is not None:
        notify(account, "due", text, link)
