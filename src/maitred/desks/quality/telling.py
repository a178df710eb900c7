"""Who is told what: reviews to make, a review to read, a contest to settle or settled. Never a word about a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maitred.base import clock
from maitred.desks.quality import access
from maitred.desks.quality.models import Contest, Review, Told
from maitred.kit.audit import deeds
from maitred.kit.notices.telling import notify


def given(counts: Mapping[int, int]) -> None:
    """Tell reviewers how many reviews they were given; inside the deed that gives them."""
    accounts = access.accounts_of(counts)
    for person, count in counts.items():
        if person in accounts and count:
            text = ngettext("A review was given to you", "%(n)s reviews were given to you", count) % {"n": count}
            notify(accounts[person], "due", text, reverse("quality"))


def sent() -> int:
    """Tell those whose work was reviewed that there is something to read, each review once; how many were told."""
    rows = access.untold(clock.now())
    accounts = access.accounts_of({one.about_id for one in rows})
    for row in rows:
        deeds.create(Told, review=row)
        if row.about_id in accounts:
            text = _("There is a review of your work to read")
            notify(accounts[row.about_id], "feedback", text, reverse("quality_result", args=[row.pk]))
    return len(rows)


def contested(row: Contest) -> None:
    """Tell those who may settle a contest that there is one."""
    judges: Collection[int] = access.leads_of(row.review.about_id) - {row.review.reviewer_id, row.review.about_id}
    told = access.accounts_of(judges)
    if told:
        notify(told.values(), "due", _("An item of a review is contested"), _place(row))


def settled(row: Contest) -> None:
    """Tell the one reviewed that their contest is settled."""
    told = access.accounts_of({row.review.about_id})
    if told:
        link = reverse("quality_result", args=[row.review_id])
        notify(told.values(), "feedback", _("Your contest of a review is settled"), link)


def waiting(review: Review) -> None:
    """Tell a colleague that their review of a ticket is wished for."""
    if review.reviewer_id != review.about_id:
        given({review.reviewer_id: 1})


def _place(row: Contest) -> str:
    return reverse("quality_contest", args=[row.pk])
