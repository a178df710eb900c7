"""Interviews as their readers get them: one's own scorecard, and those of others only once all are in."""

from __future__ import annotations

from collections.abc import Sequence

from maitred.base import clock
from maitred.desks.hiring.interviewing import kits, shapes
from maitred.desks.hiring.models import Interview, Scorecard
from maitred.desks.hiring.pipeline import access
from maitred.kit.access.actor import Actor


def all_sent(cards: Sequence[Scorecard]) -> bool:
    """Whether everybody on the panel has sent theirs."""
    return bool(cards) and all(one.sent_at is not None for one in cards)


def listed(actor: Actor, row: Interview) -> shapes.InterviewListed:
    """An interview in a list."""
    cards = access.scorecards_of(row)
    waits = row.state == Interview.PLANNED and any(
        one.person_id == actor.person and one.sent_at is None for one in cards
    )
    return shapes.InterviewListed(
        row.pk, row.candidate_id, row.candidate.code, row.candidate.requisition.title, row.starts_at, row.state,
        sum(one.sent_at is not None for one in cards), len(cards), waits, waits and row.starts_at < clock.now(),
    )  # fmt: skip


def shown(actor: Actor, row: Interview) -> shapes.InterviewShown:
    """An interview with the reader's own scorecard."""
    cards = access.scorecards_of(row)
    mine = next((one for one in cards if one.person_id == actor.person), None)
    found = kits.read(row.kit)
    return shapes.InterviewShown(
        id=row.pk, candidate=row.candidate_id, code=row.candidate.code, requisition=row.candidate.requisition_id,
        title=row.candidate.requisition.title, role=found.role, starts_at=row.starts_at, minutes=row.minutes,
        state=row.state, competencies=found.competencies,
        panel=tuple(shapes.Seat(one.person_id, one.person.name, one.sent_at is not None) for one in cards),
        mine=scorecard(mine) if mine is not None else None, debrief=all_sent(cards), version=row.version,
    )  # fmt: skip


def scorecard(row: Scorecard) -> shapes.ScorecardShown:
    """A scorecard, in the order of the kit."""
    order = [one["id"] for one in row.interview.kit["competencies"]]
    scores = tuple(
        shapes.ScoreGiven(name, row.scores[name]["value"], row.scores[name]["evidence"])
        for name in order if name in row.scores
    )  # fmt: skip
    return shapes.ScorecardShown(
        row.pk, row.person_id, row.person.name, scores, row.recommendation, row.words, row.sent_at, row.version
    )


def debrief(actor: Actor, row: Interview) -> shapes.Debrief:
    """All scorecards beside each other; the caller has asked whether all are sent."""
    cards = access.scorecards_of(row)
    return shapes.Debrief(
        interview=shown(actor, row), scorecards=tuple(scorecard(one) for one in cards), here=agreement(cards),
        requisition=agreement(access.sent_scorecards(row.candidate.requisition)), summary=row.summary,
        debriefed_at=row.debriefed_at, debriefed_by=row.debriefed_by.name if row.debriefed_by else "",
    )  # fmt: skip


def agreement(cards: Sequence[Scorecard]) -> shapes.AgreementShown:
    """Alpha over interviews and competencies; a scale from 1 to 5 has an order, and steps of unknown width."""
    from maitred.insight.agreement import alpha

    judged = [
        (f"{one.interview_id}:{name}", str(one.person_id), str(score["value"]))
        for one in cards if one.sent_at is not None for name, score in sorted(one.scores.items())
    ]  # fmt: skip
    found = alpha(judged, "ordinal")
    return shapes.AgreementShown(found.alpha, found.low, found.high, found.units, found.values)
