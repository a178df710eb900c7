"""Interviews: the same questions to everybody, each interviewer scores alone, and then the panel talks."""

from __future__ import annotations

from typing import Any

from maitred.base import clock
from maitred.base.errors import Conflict, Denied
from maitred.desks.hiring.interviewing import kits, showing
from maitred.desks.hiring.interviewing.shapes import (
    Debrief,
    InterviewListed,
    InterviewShown,
    InterviewState,
    KitShown,
    Minutes,
    Panel,
    Recommendation,
    ScoreGiven,
    Scores,
    When,
)
from maitred.desks.hiring.models import Candidate, Interview, Scorecard
from maitred.desks.hiring.pipeline import access, stepping
from maitred.desks.hiring.shapes import CandidateId, InterviewId, OtherId, Prose, RoleName, Sentence
from maitred.desks.hiring.verbs.needs import misfit
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.notices.telling import notify
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged

_SCORES: list[dict[str, Any]] = [{"competency": "numbers", "value": 4, "evidence": "asked for n before anything"}]


@question(needs=Right.HIRING_PANEL, example={"role": "support.manager"})
def interview_kit(actor: Actor, role: RoleName) -> KitShown:
    """Show what everybody is asked for a role: competencies, questions, and what a 1, a 3 and a 5 look like.

    Parameters
    ----------
    role
        The id of the role.
    """
    found = kits.kit(role)
    return KitShown(found.role, found.family, found.competencies)


@question(needs=Right.HIRING_PANEL, example={})
def interviews(
    actor: Actor, state: InterviewState | None = None, candidate: OtherId | None = None, cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[InterviewListed]:  # fmt: skip
    """List interviews, the newest first: those that one was given, and all for those who hold the grant.

    Parameters
    ----------
    state
        Only those in this state.
    candidate
        Only those of this candidate.
    """
    rows = access.visible_interviews(actor)
    rows = rows.filter(state=state) if state is not None else rows
    rows = rows.filter(candidate=candidate) if candidate is not None else rows
    return paged(
        rows, actor, f"interviews:{state}:{candidate}", cursor, limit, lambda row: showing.listed(actor, row),
        newest=True,
    )  # fmt: skip


@question(needs=Right.HIRING_PANEL, example={"interview": 1})
def show_interview(actor: Actor, interview: InterviewId) -> InterviewShown:
    """Show an interview: its questions, the panel, and one's own scorecard; nobody else's."""
    return showing.shown(actor, access.access_interview(actor, interview))


@action(
    needs=Right.HIRING_WRITE,
    example={"candidate": 1, "starts_at": "2030-01-10T14:00:00Z", "panel": [7, 9], "minutes": 60},
)
def plan_interview(
    actor: Actor, candidate: CandidateId, starts_at: When, panel: Panel, minutes: Minutes = 60,
    role: RoleName | None = None,
) -> InterviewShown:  # fmt: skip
    """Plan an interview with a panel, each with a scorecard of their own; the candidate moves to this stage.

    Parameters
    ----------
    panel
        The people who interview; nobody who is too near to the candidate.
    role
        Whose kit is asked; that of the requisition unless given.
    """
    row = access.access_candidate(actor, candidate)
    person = stepping.refuse_near(actor, row)
    if row.stage not in ("shortlisted", "interview"):
        raise Conflict(f"{row.code} is not on the shortlist ({row.stage})", "pick them first, and say why")
    seats = _seats(actor, row, panel)
    kit = kits.kept(kits.kit(role or row.requisition.role))
    made = deeds.create(Interview, candidate=row, kit=kit, starts_at=starts_at, minutes=minutes, by_id=person)
    for seat in seats:
        deeds.create(Scorecard, interview=made, person_id=seat)
    if row.stage == "shortlisted":
        stepping.step(actor, row, None, "interview", "planned")
    told = access.accounts_of(seats)
    if told:
        notify(told, "due", "You were given an interview: see what is asked", _page(made))
    return showing.shown(actor, made)


@action(needs=Right.HIRING_WRITE, example={"interview": 1, "version": 1, "reason": "the candidate is ill"})
def cancel_interview(actor: Actor, interview: InterviewId, version: Version, reason: Sentence) -> InterviewShown:
    """Call an interview off, and say why; scorecards that were sent stay, and nobody reads them."""
    row = _led(actor, interview)
    if row.state != Interview.PLANNED:
        raise Conflict(f"this interview is {row.state}", "nothing is left to do")
    return showing.shown(actor, deeds.change(row, version, state=Interview.CANCELLED))


@action(needs=Right.HIRING_WRITE, example={"interview": 1, "version": 2})
def restore_interview(actor: Actor, interview: InterviewId, version: Version) -> InterviewShown:
    """Undo that an interview was called off."""
    row = _led(actor, interview)
    if row.state != Interview.CANCELLED:
        raise Conflict("this interview was not called off", "nothing is left to do")
    return showing.shown(actor, deeds.change(row, version, state=Interview.PLANNED))


@action(needs=Right.HIRING_PANEL, example={"interview": 1, "version": 1, "scores": _SCORES, "words": ""})
def save_scorecard(
    actor: Actor, interview: InterviewId, version: Version, scores: Scores,
    recommendation: Recommendation | None = None, words: Prose = "",
) -> InterviewShown:  # fmt: skip
    """Keep one's own scorecard as a draft; ``version`` is that of the scorecard."""
    row, card = _own(actor, interview)
    deeds.change(card, version, scores=_kept(row, scores), recommendation=recommendation or "", words=words)
    return showing.shown(actor, row)


@action(
    needs=Right.HIRING_PANEL,
    example={"interview": 1, "version": 2, "scores": _SCORES, "recommendation": "yes", "words": "calm and exact"},
)
def send_scorecard(
    actor: Actor, interview: InterviewId, version: Version, scores: Scores, recommendation: Recommendation,
    words: Prose = "",
) -> InterviewShown:  # fmt: skip
    """Send one's own scorecard; it stands from now on. Those of others can be read once all are in."""
    row, card = _own(actor, interview)
    kept = _kept(row, scores)
    missing = [one["label"] for one in row.kit["competencies"] if one["id"] not in kept]
    if missing:
        raise misfit("scores", f"there is no score for {missing[0]}")
    bare = [one["label"] for one in row.kit["competencies"] if not kept[one["id"]]["evidence"]]
    if bare:
        raise misfit("scores", f"say what was said that shows the score for {bare[0]}")
    deeds.change(card, version, scores=kept, recommendation=recommendation, words=words, sent_at=clock.now())
    return showing.shown(actor, row)


@question(needs=Right.HIRING_PANEL, example={"interview": 1})
def debrief(actor: Actor, interview: InterviewId) -> Debrief:
    """Show all scorecards of an interview beside each other, once everybody on the panel has sent theirs."""
    row = access.access_interview(actor, interview)
    _refuse_early(row)
    return showing.debrief(actor, row)


@action(needs=Right.HIRING_WRITE, example={"interview": 1, "version": 1, "summary": "go on: strong with numbers"})
def conclude_debrief(actor: Actor, interview: InterviewId, version: Version, summary: Prose) -> Debrief:
    """Write down what the panel came to; what happens with the candidate is a step of its own."""
    row = _led(actor, interview)
    if row.state != Interview.PLANNED:
        raise Conflict(f"this interview is {row.state}", "nothing is left to do")
    _refuse_early(row)
    if not summary:
        raise misfit("summary", "say what the panel came to")
    by = {"debriefed_at": clock.now(), "debriefed_by_id": stepping.refuse_near(actor, row.candidate)}
    return showing.debrief(actor, deeds.change(row, version, state=Interview.DEBRIEFED, summary=summary, **by))


def _page(row: Interview) -> str:
    return f"/hiring/interviews/{row.pk}/"


def _seats(actor: Actor, row: Candidate, panel: list[int]) -> list[int]:
    near = {one.person_id for one in access.interests_of(row)} | {access.hired_person(row)}
    found = []
    for person in sorted(set(panel)):
        one = access.access_colleague(actor, person)
        if not access.interviewers(actor).filter(pk=one.pk).exists():
            raise misfit("panel", f"{one.name} has no account that can open a scorecard: a lead's or a manager's")
        if one.pk in near:
            raise misfit("panel", f"{one.name} is too near to this candidate: choose somebody else")
        found.append(one.pk)
    return found


def _led(actor: Actor, interview: int) -> Interview:
    return access.access_interview(actor, interview)


def _own(actor: Actor, interview: int) -> tuple[Interview, Scorecard]:
    row = access.access_interview(actor, interview)
    card = access.access_scorecard(actor, row)
    if row.state != Interview.PLANNED:
        raise Conflict(f"this interview is {row.state}", "nothing is left to do")
    if card.sent_at is not None:
        raise Conflict("your scorecard is sent and stands", "add what you learned later in the debrief")
    if any(one.person_id == actor.person for one in access.interests_of(row.candidate)):
        raise Denied("you are too near to this candidate to score them", "tell whoever planned the interview")
    return row, card


def _kept(row: Interview, scores: tuple[ScoreGiven, ...]) -> dict[str, dict[str, Any]]:
    known = {one["id"] for one in row.kit["competencies"]}
    unknown = [one.competency for one in scores if one.competency not in known]
    if unknown:
        raise misfit("scores", f"{unknown[0]} is not asked in this interview")
    return {one.competency: {"value": one.value, "evidence": one.evidence} for one in scores}


def _refuse_early(row: Interview) -> None:
    cards = access.scorecards_of(row)
    left = [one.person.name for one in cards if one.sent_at is None]
    if left:
        raise Conflict(
            f"the debrief opens once all have sent their scorecard; {', '.join(left)} still has to",
            "wait for them, so that nobody is led by another",
        )
