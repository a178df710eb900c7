"""Rows of the pipeline as their readers get them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from maitred.base import clock
from maitred.desks.hiring import shapes
from maitred.desks.hiring.models import Candidate, Need, Objection, Requisition, ToldBefore
from maitred.desks.hiring.models.pipeline import ENDS, STAGES
from maitred.desks.hiring.pipeline import access, stepping
from maitred.kit.access.actor import Actor

_NONE: Counter[str] = Counter()


def today() -> date:
    """The day of now."""
    return clock.now().date()


def need(row: Need) -> shapes.NeedShown:
    """A need with what was asked and found for it."""
    asked = access.standing(row)
    hired = sum(each["hired"] for each in access.counts(one.pk for one in asked).values())
    standing = sum(one.headcount for one in asked if one.state in (Requisition.WAITING, Requisition.APPROVED))
    return shapes.NeedShown(
        id=row.pk, title=row.title, team=row.team_id, team_name=row.team.name if row.team else "", reason=row.reason,
        why=row.why, forecast=row.forecast, finding=row.finding, gap=row.gap, gap_low=row.gap_low,
        gap_high=row.gap_high, gap_unit=row.gap_unit, headcount=row.headcount, by=row.by,
        alternatives=tuple(shapes.Alternative(**one) for one in row.alternatives), state=row.state,
        author=author(row), closed_why=row.closed_why, asked=standing, hired=hired,
        short=max(0, row.headcount - hired), requisitions=tuple(one.pk for one in asked), version=row.version,
    )  # fmt: skip


def author(row: Need | Requisition) -> str:
    """Who wrote it."""
    return row.author.name if row.author else row.author_name


def requisitions(actor: Actor, rows: Iterable[Requisition]) -> tuple[shapes.RequisitionShown, ...]:
    """Requisitions with their stages."""
    there = list(rows)
    counted = access.counts(row.pk for row in there)
    return tuple(_requisition(actor, row, counted.get(row.pk, _NONE)) for row in there)


def _requisition(actor: Actor, row: Requisition, counted: Counter[str]) -> shapes.RequisitionShown:
    hired = counted["hired"]
    filled = row.state == Requisition.APPROVED and hired >= row.headcount
    notices = access.notices_of(row)
    return shapes.RequisitionShown(
        id=row.pk, need=row.need_id, need_title=row.need.title, need_by=row.need.by, title=row.title, role=row.role,
        site=row.site, remote_areas=row.remote_areas, headcount=row.headcount, pay_min=row.pay_min,
        pay_max=row.pay_max, currency=row.currency, pay_unit=row.pay_unit, ramp_weeks=row.ramp_weeks,
        days_to_hire=row.days_to_hire, begin_by=row.begin_by,
        late=row.state == Requisition.WAITING and row.begin_by < today(),
        screening=tuple(shapes.ScreeningQuestion(**one) for one in row.screening), notice_needed=row.notice_needed,
        notice_from=notices[0].usable_from if notices else None, state="filled" if filled else row.state,
        author=author(row), mine=wrote(actor, row), approver=row.approver.name if row.approver else row.approver_name,
        approved_at=row.approved_at, closed_why=row.closed_why,
        stages=tuple(shapes.StageCount(one, counted[one]) for one in (*STAGES, *ENDS)), hired=hired,
        version=row.version,
    )  # fmt: skip


def wrote(actor: Actor, row: Requisition) -> bool:
    """Whether an actor wrote a requisition, so that it is not theirs to approve."""
    if actor.person is not None and row.author_id is not None:
        return actor.person == row.author_id
    return actor.name == row.author_name


def candidates(rows: Iterable[Candidate]) -> tuple[shapes.CandidateListed, ...]:
    """Candidates by code, with the time at their stage."""
    there = list(rows)
    since = access.since(row.pk for row in there)
    return tuple(
        shapes.CandidateListed(
            id=row.pk, code=row.code, requisition=row.requisition_id, title=row.requisition.title, stage=row.stage,
            since=since.get(row.pk, row.created_at), days=(clock.now() - since.get(row.pk, row.created_at)).days,
            basis=row.basis, source=row.source, place=row.place, score=row.score, version=row.version,
        )
        for row in there
    )  # fmt: skip


def candidate(actor: Actor, row: Candidate) -> shapes.CandidateShown:
    """A candidate with every step."""
    steps = tuple(
        shapes.Step(one.at, one.before, one.after, one.reason, one.words, one.by.name) for one in access.steps_of(row)
    )
    reason = stepping.why_not(actor, row)
    return shapes.CandidateShown(
        candidate=candidates([row])[0], profile=row.profile, search=row.search, steps=steps,
        questions=tuple(shapes.ScreeningQuestion(**one) for one in row.requisition.screening), answers=row.answers,
        interests=tuple(
            shapes.InterestShown(one.person_id, one.person.name, one.words) for one in access.interests_of(row)
        ),
        objections=tuple(objection(one) for one in access.visible_objections(actor).filter(candidate=row)),
        interviews=tuple(access.visible_interviews(actor).filter(candidate=row).values_list("pk", flat=True)),
        offers=tuple(access.visible_offers(actor).filter(candidate=row).values_list("pk", flat=True)),
        letters=tuple(row.letters.order_by("pk").values_list("pk", flat=True)),
        decides=not reason, why_not=reason,
    )  # fmt: skip


def objection(row: Objection) -> shapes.ObjectionShown:
    """What a candidate asked for."""
    return shapes.ObjectionShown(
        row.pk, row.candidate_id, row.candidate.code, row.about, row.words, row.due_on, row.state, row.answer,
        row.version,
    )  # fmt: skip


def notice(row: ToldBefore) -> shapes.NoticeShown:
    """A notice."""
    return shapes.NoticeShown(
        row.pk, row.requisition_id, row.told_on, row.usable_from, row.where, row.qualities, row.other_way, row.by.name
    )


def working_days_after(first: date, days: int) -> date:
    """The day that lies so many working days (Monday to Friday) after another.

    >>> working_days_after(date(2026, 1, 5), 10)
    datetime.date(2026, 1, 19)
    """
    found, left = first, days
    while left:
        found += timedelta(days=1)
        left -= found.weekday() < 5
    return found
