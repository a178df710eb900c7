"""Break-glass: content opened for a stated reason, for an hour, read only, and reviewed by somebody else."""

from __future__ import annotations

from datetime import datetime, timedelta

from maitred.base import clock
from maitred.base.errors import Conflict, Denied
from maitred.kit.access.actor import Actor, Kind
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, LongText, Page, Version, action, question
from maitred.kit.verbs.results import paged
from maitred.people import access
from maitred.people.models import BreakGlass
from maitred.people.verbs import shapes
from maitred.people.verbs.shapes import GlassId, GlassShown

OPEN_FOR = timedelta(minutes=60)
REVIEW_DAYS = 3
_FRIDAY = 4


@action(needs=Right.BREAK_GLASS_OPEN, fresh=True, example={"reason": "customer 81 reports that a mail went astray"})
def open_content(actor: Actor, reason: LongText) -> GlassShown:
    """Open tickets and messages to oneself for 60 minutes, read only.

    Every holder of the privacy grant is told by mail, and a review falls due in three working days.
    """
    if actor.kind is not Kind.ACCOUNT:
        raise Denied("content is opened by somebody who is signed in", "sign in")
    if actor.break_glass is not None:
        raise Conflict("content is open to you already", "wait until it closes")
    now = clock.now()
    made = deeds.create(
        BreakGlass,
        account=access.own_account(actor),
        reason=reason[:400],
        opened_at=now,
        closes_at=now + OPEN_FOR,
        review_due_at=working_days_after(now, REVIEW_DAYS),
    )
    _tell(made)
    return shapes.glass(made)


@action(needs=Right.BREAK_GLASS_OPEN, example={"session": 1, "version": 1})
def close_content(actor: Actor, session: GlassId, version: Version) -> GlassShown:
    """Close opened content before its hour is over."""
    row = access.access_break_glass(actor, session)
    now = clock.now()
    if row.closes_at <= now:
        raise Conflict(f"session {row.pk} is closed already", "nothing is left to do")
    return shapes.glass(deeds.change(row, version, closes_at=now))


@question(needs=Right.BREAK_GLASS_REVIEW, example={})
def list_opened(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[GlassShown]:
    """List what was opened, for review."""
    return paged(access.visible_break_glass(actor), actor, "opened", cursor, limit, shapes.glass)


@action(needs=Right.BREAK_GLASS_REVIEW, example={"session": 1, "finding": "justified", "version": 1})
def review_opened(actor: Actor, session: GlassId, finding: LongText, version: Version) -> GlassShown:
    """Record what a review of opened content found; nobody reviews their own."""
    row = access.access_break_glass(actor, session)
    if row.account_id == actor.account:
        raise Denied("you cannot review what you opened yourself", "another holder of the privacy grant does that")
    if row.reviewed_at is not None:
        raise Conflict(f"session {row.pk} was reviewed already", "nothing is left to do")
    reviewer = access.own_account(actor)
    return shapes.glass(
        deeds.change(row, version, reviewed_by=reviewer, reviewed_at=clock.now(), finding=finding[:400])
    )


def working_days_after(moment: datetime, days: int) -> datetime:
    """The instant so many working days later (Saturday and Sunday do not count)."""
    while days:
        moment += timedelta(days=1)
        days -= moment.weekday() <= _FRIDAY
    return moment


def _tell(opened: BreakGlass) -> None:
    """Mail to everybody who holds the privacy grant, without a word of content."""
    from maitred.kit.outbox.posting import post_mail

    for address in access.privacy_addresses():
        post_mail(
            to=address,
            subject="Content was opened for a reason",
            text=f"Session {opened.pk} opened tickets and messages until {clock.iso(opened.closes_at)}.\n"
            f"Its review is due {clock.iso(opened.review_due_at)}.\n",
            key=f"break-glass:{opened.pk}:{address}",
        )
