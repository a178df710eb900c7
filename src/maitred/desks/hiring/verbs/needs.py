"""Needs: that people are short, why, how many, by which day, and what else was weighed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid
from maitred.desks.hiring.models import Need
from maitred.desks.hiring.models.pipeline import STAGES
from maitred.desks.hiring.pipeline import access, showing
from maitred.desks.hiring.shapes import (
    Alternatives,
    Counts,
    Gap,
    Headcount,
    Line,
    NeedId,
    NeedReason,
    NeedShown,
    NeedState,
    OtherId,
    Reference,
    Sentence,
    StageCount,
    Title,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged

_EXAMPLE: dict[str, Any] = {
    "title": "Mornings in Billing", "headcount": 2, "by": "2030-03-01", "reason": "gap", "forecast": "run-41",
    "gap": 46.0, "gap_low": 31.0, "gap_high": 60.0, "gap_unit": "hours",
    "alternatives": [{"kind": "overtime", "weighed": "covers six hours a week, until spring"}],
}  # fmt: skip


@question(needs=Right.HIRING_COUNTS, example={})
def counts(actor: Actor) -> Counts:
    """Count how many stand where: needs, requisitions, candidates at each stage; nobody's name."""
    needs, standing = access.all_needs(actor), access.all_requisitions(actor)
    counted = access.counts(row.pk for row in standing).values()
    return Counts(
        needs=len(needs), people_needed=sum(row.headcount for row in needs), requisitions=len(standing),
        waiting=sum(row.state == "waiting" for row in standing),
        stages=tuple(StageCount(stage, sum(each[stage] for each in counted)) for stage in STAGES),
        hired_in_year=access.hires_since(actor, clock.now() - timedelta(days=365)),
    )  # fmt: skip


@question(needs=Right.HIRING_READ, example={})
def needs(actor: Actor, state: NeedState | None = None, cursor: Cursor = None, limit: Limit = 50) -> Page[NeedShown]:
    """List needs, the newest first: the gap with its interval, what was asked for it, who was found.

    Parameters
    ----------
    state
        Only those in this state.
    """
    rows = access.visible_needs(actor)
    rows = rows.filter(state=state) if state is not None else rows
    return paged(rows, actor, f"needs:{state}", cursor, limit, showing.need, newest=True)


@question(needs=Right.HIRING_READ, example={"need": 1})
def show_need(actor: Actor, need: NeedId) -> NeedShown:
    """Show a need: why, how many, by when, what else was weighed, and what is left of it."""
    return showing.need(access.access_need(actor, need))


@action(needs=Right.HIRING_WRITE, example=_EXAMPLE)
def open_need(
    actor: Actor, title: Title, headcount: Headcount, by: date, reason: NeedReason, why: Line = "",
    team: OtherId | None = None, forecast: Reference = "", gap: Gap | None = None, gap_low: Gap | None = None,
    gap_high: Gap | None = None, gap_unit: str = "", alternatives: Alternatives = (), finding: Reference = "",
) -> NeedShown:  # fmt: skip
    """Say that people are short; a requisition can then be written for it.

    Parameters
    ----------
    headcount, by
        How many people have to be up to speed, by which day.
    reason
        ``gap``: a forecast shows it, with its run and its interval; ``replacement``: somebody left; ``new_skill``;
        ``exception``: none of these, and ``why`` says in words.
    forecast
        The run of the staffing forecast.
    gap, gap_low, gap_high, gap_unit
        What is missing, with the ends of its 80 % interval, in ``hours`` a week or ``points`` of the SLA.
    alternatives
        What else was weighed, such as overtime, cross-training, deflection.
    finding
        The finding from which it comes.
    """
    _refuse(by, reason, why, forecast, gap, gap_low, gap_high, gap_unit, alternatives)
    row = deeds.create(
        Need, title=title, headcount=headcount, by=by, reason=reason, why=why, forecast=forecast, finding=finding,
        team=access.access_team(actor, team) if team is not None else None, gap=gap, gap_low=gap_low,
        gap_high=gap_high, gap_unit=gap_unit, author_id=actor.person, author_name=actor.name,
        alternatives=[{"kind": one.kind, "weighed": one.weighed} for one in alternatives],
    )  # fmt: skip
    return showing.need(row)


@action(needs=Right.HIRING_WRITE, example={"need": 1, "version": 1, "reason": "overtime covers it"})
def withdraw_need(actor: Actor, need: NeedId, version: Version, reason: Sentence) -> NeedShown:
    """Take a need back, and say why; its requisitions stay as they are."""
    row = access.access_need(actor, need)
    if row.state == Need.WITHDRAWN:
        raise Conflict(f"{row.title} was taken back already", "nothing is left to do")
    return showing.need(deeds.change(row, version, state=Need.WITHDRAWN, closed_why=reason))


@action(needs=Right.HIRING_WRITE, example={"need": 1, "version": 2})
def reopen_need(actor: Actor, need: NeedId, version: Version) -> NeedShown:
    """Undo that a need was taken back."""
    row = access.access_need(actor, need)
    if row.state == Need.OPEN:
        raise Conflict(f"{row.title} is open", "nothing is left to do")
    return showing.need(deeds.change(row, version, state=Need.OPEN, closed_why=""))


def _refuse(
    by: date, reason: str, why: str, forecast: str, gap: float | None, low: float | None, high: float | None,
    unit: str, alternatives: Alternatives,
) -> None:  # fmt: skip
    if by <= showing.today():
        raise misfit("by", "the day is not ahead: say by when people have to be up to speed")
    if reason == "exception" and not why:
        raise misfit("why", "an exception has its reason in words")
    numbers = (gap, low, high)
    if reason == "gap" and (not forecast or any(one is None for one in numbers)):
        raise misfit("gap", "a gap names the run of the forecast, what is missing and both ends of its 80 % interval")
    if any(one is not None for one in numbers):
        if gap is None or low is None or high is None or unit not in ("hours", "points"):
            raise misfit("gap_unit", "a gap has three numbers and a unit: hours or points")
        if not low <= gap <= high:
            raise misfit("gap", "the gap lies outside of its interval")
    elif unit:
        raise misfit("gap_unit", "there is no gap to which this unit belongs")
    if reason == "gap" and not alternatives:
        raise misfit("alternatives", "say what else was weighed: overtime, cross-training, deflection")


def misfit(field: str, message: str) -> Invalid:
    """A refusal about one field."""
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "misfit"},))
