"""Requisitions: who is to be hired for a need, at which pay, from which day on; approved by somebody else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid
from maitred.desks.hiring.models import Requisition, ToldBefore
from maitred.desks.hiring.pipeline import access, showing, stepping
from maitred.desks.hiring.shapes import (
    Currency,
    Headcount,
    Line,
    Money,
    NoticeShown,
    OtherId,
    PayUnit,
    Prose,
    RequisitionId,
    RequisitionShown,
    RequisitionState,
    RoleName,
    Screening,
    Sentence,
    Site,
    Title,
)
from maitred.desks.hiring.verbs.needs import misfit
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged

NOTICE_DAYS = 10
"""Working days between a notice and the first use of a ranking."""
Weeks = Annotated[int, Field(ge=0, le=104)]
Days = Annotated[int, Field(ge=0, le=365)]
_EXAMPLE: dict[str, Any] = {
    "need": 1, "title": "Customer Support Manager", "role": "support.manager", "headcount": 1, "pay_min": 60000,
    "pay_max": 82000, "currency": "USD", "site": "Austin, TX",
}  # fmt: skip
_SCREENING: list[dict[str, str]] = [{"key": "nights", "text": "Which evenings could you work?"}]


@question(needs=Right.HIRING_READ, example={})
def requisitions(
    actor: Actor, state: RequisitionState | None = None, need: OtherId | None = None, cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RequisitionShown]:  # fmt: skip
    """List requisitions, the newest first: their need, pay, stages, who approved.

    Parameters
    ----------
    state
        Only those in this state.
    need
        Only those of this need.
    """
    rows = access.visible_requisitions(actor)
    rows = rows.filter(state=state) if state is not None else rows
    rows = rows.filter(need=access.access_need(actor, need)) if need is not None else rows
    return paged(
        rows, actor, f"requisitions:{state}:{need}", cursor, limit, lambda row: _shown(actor, row), newest=True
    )


@question(needs=Right.HIRING_READ, example={"requisition": 1})
def show_requisition(actor: Actor, requisition: RequisitionId) -> RequisitionShown:
    """Show a requisition: its need, pay, the day on which the search has to begin, how many stand at each stage."""
    return _shown(actor, access.access_requisition(actor, requisition))


@action(needs=Right.HIRING_WRITE, example=_EXAMPLE)
def open_requisition(
    actor: Actor, need: OtherId, title: Title, role: RoleName, headcount: Headcount, pay_min: Money, pay_max: Money,
    currency: Currency, pay_unit: PayUnit = "year", site: Site = "", remote_areas: Line = "", ramp_weeks: Weeks = 8,
    days_to_hire: Days = 45, screening: Screening = (), notice_needed: bool | None = None,
    author: OtherId | None = None,
) -> RequisitionShown:  # fmt: skip
    """Ask for people for a need; it waits until somebody else approves it.

    Parameters
    ----------
    need
        The need that it is for; an exception is a need of its own, with its reason and a name.
    role
        The id of the role, such as ``support.manager``.
    site, remote_areas
        Where the work is done: a place, areas for remote work, or both.
    ramp_weeks, days_to_hire
        How long somebody new takes to be up to speed, and how long hiring takes; the search begins that much before
        the need's day.
    screening
        Questions to everybody who applies; people read the answers.
    notice_needed
        Whether candidates have to be told before a ranking is used; by the place unless given (New York City).
    author
        For whom the command line writes it; a person who is signed in writes their own.
    """
    found = access.access_need(actor, need)
    if found.state != "open":
        raise Conflict(f"{found.title} was taken back", "open it again, or write another need")
    if pay_max < pay_min:
        raise misfit("pay_max", "the upper end is below the lower end")
    if not site and not remote_areas:
        raise misfit("site", "say where the work is done: a place, areas for remote work, or both")
    if author is not None and actor.person is not None:
        raise misfit("author", "you write as yourself: leave this out")
    by = access.access_colleague(actor, author) if author is not None else None
    row = deeds.create(
        Requisition, need=found, title=title, role=role, headcount=headcount, pay_min=pay_min, pay_max=pay_max,
        currency=currency, pay_unit=pay_unit, site=site, remote_areas=remote_areas, ramp_weeks=ramp_weeks,
        days_to_hire=days_to_hire, begin_by=_begin_by(found.by, ramp_weeks, days_to_hire),
        screening=_questions(screening),
        notice_needed=_by_place(site, remote_areas) if notice_needed is None else notice_needed,
        author_id=by.pk if by else actor.person, author_name=f"person:{by.pk}" if by else actor.name,
    )  # fmt: skip
    return _shown(actor, row)


@action(needs=Right.HIRING_WRITE, example={"requisition": 1, "version": 1, "screening": _SCREENING})
def change_requisition(
    actor: Actor, requisition: RequisitionId, version: Version, title: Title | None = None,
    headcount: Headcount | None = None, pay_min: Money | None = None, pay_max: Money | None = None,
    site: Site | None = None, remote_areas: Line | None = None, ramp_weeks: Weeks | None = None,
    days_to_hire: Days | None = None, screening: Screening | None = None, notice_needed: bool | None = None,
) -> RequisitionShown:  # fmt: skip
    """Change a requisition; whatever was approved or sent back waits for approval again. What is left out stays."""
    row = access.access_requisition(actor, requisition)
    if row.state == Requisition.WITHDRAWN:
        raise Conflict(f"{row.title} was taken back", "open it again first")
    given: dict[str, Any] = {
        "title": title, "headcount": headcount, "pay_min": pay_min, "pay_max": pay_max, "site": site,
        "remote_areas": remote_areas, "ramp_weeks": ramp_weeks, "days_to_hire": days_to_hire,
        "notice_needed": notice_needed, "screening": None if screening is None else _questions(screening),
    }  # fmt: skip
    values = {name: one for name, one in given.items() if one is not None}
    if values.get("pay_max", row.pay_max) < values.get("pay_min", row.pay_min):
        raise misfit("pay_max", "the upper end is below the lower end")
    values["begin_by"] = _begin_by(
        row.need.by, values.get("ramp_weeks", row.ramp_weeks), values.get("days_to_hire", row.days_to_hire)
    )
    again = {"state": Requisition.WAITING, "approver_id": None, "approver_name": "", "approved_at": None}
    by = {"author_id": actor.person, "author_name": actor.name} if actor.person is not None else {}
    return _shown(actor, deeds.change(row, version, **values, **again, **by))


@action(needs=Right.HIRING_WRITE, example={"requisition": 1, "version": 1})
def approve_requisition(actor: Actor, requisition: RequisitionId, version: Version) -> RequisitionShown:
    """Approve what somebody else wrote; candidates can be taken in from now on."""
    row = _others(actor, requisition)
    by = {"approver_id": actor.person, "approver_name": actor.name, "approved_at": clock.now()}
    return _shown(actor, deeds.change(row, version, state=Requisition.APPROVED, **by))


@action(needs=Right.HIRING_WRITE, example={"requisition": 1, "version": 1, "reason": "the range is too wide"})
def send_back_requisition(
    actor: Actor, requisition: RequisitionId, version: Version, reason: Sentence
) -> RequisitionShown:
    """Send a requisition back to whoever wrote it, and say why."""
    row = _others(actor, requisition)
    return _shown(actor, deeds.change(row, version, state=Requisition.SENT_BACK, closed_why=reason))


@action(needs=Right.HIRING_WRITE, example={"requisition": 1, "version": 2, "reason": "the team was merged"})
def withdraw_requisition(
    actor: Actor, requisition: RequisitionId, version: Version, reason: Sentence
) -> RequisitionShown:
    """Take a requisition back, and say why; its candidates stay where they are until somebody tells each of them."""
    row = access.access_requisition(actor, requisition)
    if row.state == Requisition.WITHDRAWN:
        raise Conflict(f"{row.title} was taken back already", "nothing is left to do")
    return _shown(actor, deeds.change(row, version, state=Requisition.WITHDRAWN, closed_why=reason))


@action(needs=Right.HIRING_WRITE, example={"requisition": 1, "version": 3})
def reopen_requisition(actor: Actor, requisition: RequisitionId, version: Version) -> RequisitionShown:
    """Open a requisition again that was taken back; it waits for approval."""
    row = access.access_requisition(actor, requisition)
    if row.state != Requisition.WITHDRAWN:
        raise Conflict(f"{row.title} was not taken back", "nothing is left to do")
    again = {"approver_id": None, "approver_name": "", "approved_at": None, "closed_why": ""}
    return _shown(actor, deeds.change(row, version, state=Requisition.WAITING, **again))


@question(needs=Right.HIRING_READ, example={"requisition": 1})
def notices(actor: Actor, requisition: RequisitionId) -> Page[NoticeShown]:
    """List what candidates of a requisition were told before a ranking is used, and from which day on it may be."""
    rows = access.notices_of(access.access_requisition(actor, requisition))
    return Page(tuple(showing.notice(row) for row in rows))


@action(
    needs=Right.HIRING_WRITE,
    example={
        "requisition": 1,
        "told_on": "2026-01-05",
        "where": "in the posting",
        "qualities": "years, tools, skills",
        "other_way": "write to jobs@example.org and a person reads your letter instead",
    },
)
def tell_before(
    actor: Actor, requisition: RequisitionId, told_on: date, where: Sentence, qualities: Prose, other_way: Prose
) -> NoticeShown:
    """Record that candidates are told of the ranking: ten working days later it may be used where that is asked for.

    Parameters
    ----------
    where
        Where they read it: the posting, a letter.
    qualities
        What the ranking looks at.
    other_way
        How to ask for another way than the ranking.
    """
    row = access.access_requisition(actor, requisition)
    if told_on > showing.today():
        raise misfit("told_on", "this day is ahead: record the notice once it is out")
    if not qualities or not other_way:
        raise misfit("qualities", "say what the ranking looks at, and how to ask for another way")
    usable = showing.working_days_after(told_on, NOTICE_DAYS)
    made = deeds.create(
        ToldBefore, requisition=row, told_on=told_on, usable_from=usable, where=where, qualities=qualities,
        other_way=other_way, by_id=stepping.person_of(actor),
    )  # fmt: skip
    return showing.notice(made)


def _others(actor: Actor, requisition: int) -> Requisition:
    row = access.access_requisition(actor, requisition)
    if row.state != Requisition.WAITING:
        raise Conflict(f"{row.title} does not wait for approval ({row.state})", "nothing is left to do")
    if showing.wrote(actor, row):
        raise Denied(f"you wrote {row.title}, so somebody else approves it", "ask another holder of the grant")
    return row


def _shown(actor: Actor, row: Requisition) -> RequisitionShown:
    return showing.requisitions(actor, [row])[0]


def _begin_by(by: date, ramp_weeks: int, days_to_hire: int) -> date:
    return by - timedelta(weeks=ramp_weeks, days=days_to_hire)


def _questions(screening: Screening) -> list[dict[str, str]]:
    if len({one.key for one in screening}) < len(screening):
        raise Invalid("two questions have the same key", "give each a key of its own")
    return [{"key": one.key, "text": one.text} for one in screening]


def _by_place(site: str, remote_areas: str) -> bool:
    """Whether New York City is named, where a notice is asked for before a ranking is used."""
    words = f"{site} {remote_areas}".casefold()
    return any(one in words for one in ("new york", "nyc", "brooklyn", "manhattan", "queens", "bronx", "staten island"))
