"""Fairness of stages, pooled over the requisitions of a role; and every decision under pseudonyms."""

from __future__ import annotations

from maitred.base import clock
from maitred.base.errors import NotFound
from maitred.desks.hiring.auditing import access, gathering
from maitred.desks.hiring.auditing.shapes import AuditShown, DecisionShown, GroupFigure, StageShown
from maitred.desks.hiring.models import StageEvent
from maitred.desks.hiring.shapes import OtherId, Reference, RoleName
from maitred.insight.ranking.impact import StageFigures, impact
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.secrets.installation import pseudonym
from maitred.kit.verbs import Cursor, Limit, Page, question
from maitred.kit.verbs.results import paged

_SAYS = {
    "flag": "a group was let through less often than four fifths of another, and that is not chance: find out why",
    "no_sign": "no sign that groups were let through differently",
    "too_few": "too few to say",
    "not_measurable": "not measurable: nobody said anything of themselves, and nothing is guessed",
}


@question(needs=Right.HIRING_AUDIT, example={"role": "support.manager"})
def audit(
    actor: Actor, requisition: OtherId | None = None, role: RoleName | None = None, search: Reference | None = None
) -> AuditShown:
    """Show how each stage let groups through: n, rate, ratio with interval, exact p, power, who said nothing.

    Parameters
    ----------
    requisition
        Only this one.
    role
        Pooled over the requisitions of this role; over all of them unless given.
    search
        The requisition in other words: its number, or the id of a search that was made for it.
    """
    rows = access.visible_requisitions(actor)
    if search is not None:
        requisition = access.requisition_of(search)
    if requisition is not None:
        rows = rows.filter(pk=access.access_requisition(actor, requisition).pk)
    if role is not None:
        rows = rows.filter(role=role)
    numbers = tuple(sorted(rows.values_list("pk", flat=True)))
    if not numbers:
        raise NotFound(f"there is no requisition of the role {role}" if role else "there is no requisition yet",
                       "`maitred hiring requisition list` lists them")  # fmt: skip
    moves = list(access.moves(numbers))
    told = access.told_by(one.profile for one in moves if one.profile is not None)
    stages = impact(gathering.cases(moves, told), gathering.DIMENSIONS)
    order = {stage: place for place, stage in enumerate(gathering.LADDER)}
    shown = tuple(_stage(one) for one in sorted(stages, key=lambda one: order[one.stage]))
    verdict = next((one for one in ("flag", "no_sign", "too_few") if any(s.verdict == one for s in shown)), "")
    people = {one.candidate: one.profile for one in moves}
    return AuditShown(
        role=role or "", requisitions=numbers, candidates=len(people),
        told=sum(profile in told for profile in people.values()), stages=shown, verdict=verdict or "not_measurable",
        says=_SAYS[verdict or "not_measurable"], at=clock.now(),
    )  # fmt: skip


@question(needs=Right.HIRING_AUDIT, example={})
def decision_log(
    actor: Actor, requisition: OtherId | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[DecisionShown]:
    """List every step of every candidate under pseudonyms: from where to where, why, when, by whom.

    Parameters
    ----------
    requisition
        Only the steps of this one.
    """
    rows = access.visible_events(actor)
    if requisition is not None:
        rows = rows.filter(candidate__requisition=access.access_requisition(actor, requisition))
    return paged(rows, actor, f"decisions:{requisition}", cursor, limit, _decision)


def _decision(row: StageEvent) -> DecisionShown:
    by = pseudonym(f"decider:{row.by_id}")[:8]
    return DecisionShown(
        row.pk, row.at, row.candidate.requisition_id, row.candidate.code, row.before, row.after, row.reason, by
    )


def _stage(one: StageFigures) -> StageShown:
    groups = tuple(
        GroupFigure(each.group, each.n, each.passed, each.rate, each.ratio, each.low, each.high, each.p,
                    each.adjusted, each.power, each.verdict)
        for each in one.figures
    )  # fmt: skip
    return StageShown(
        one.stage, one.dimension, one.n, one.unknown, one.searches, one.reference, groups, one.verdict
    )  # fmt: skip
