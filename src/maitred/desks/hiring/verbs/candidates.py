"""Candidates: who stands for a requisition, how far each came, and every step by a person with a reason.

One at a time: there is no verb that ends the way of several, and none that ends it by itself.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maitred.base.errors import Conflict, Denied
from maitred.desks.hiring.models import Candidate, Interest, Requisition
from maitred.desks.hiring.models.pipeline import ENDS
from maitred.desks.hiring.pipeline import access, naming, showing, stepping
from maitred.desks.hiring.shapes import (
    Basis,
    CandidateId,
    CandidateListed,
    CandidateNamed,
    CandidateShown,
    Line,
    OtherId,
    PassReason,
    PickReason,
    ProfileKey,
    Reference,
    RejectReason,
    RequisitionId,
    Sentence,
    Stage,
    WithdrawReason,
)
from maitred.desks.hiring.verbs.needs import misfit
from maitred.kit.access.actor import Actor
from maitred.kit.access.fields import shown
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged

Place = Annotated[int, Field(ge=1, le=1_000_000)]
Score = Annotated[int, Field(ge=0, le=10_000_000)]
Answers = Annotated[dict[str, Line], Field(max_length=12)]


@question(needs=Right.HIRING_READ, example={"requisition": 1})
def candidates(
    actor: Actor, requisition: RequisitionId, stage: Stage | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[CandidateListed]:
    """List the candidates of a requisition by code, in the order in which they came.

    Parameters
    ----------
    stage
        Only those at this stage.
    """
    rows = access.visible_candidates(actor).filter(requisition=access.access_requisition(actor, requisition))
    rows = rows.filter(stage=stage) if stage is not None else rows
    found = paged(rows, actor, f"candidates:{requisition}:{stage}", cursor, limit, lambda row: row)
    return Page(showing.candidates(found.items), found.next)


@question(needs=Right.HIRING_READ, example={"candidate": 1})
def show_candidate(actor: Actor, candidate: CandidateId) -> CandidateShown:
    """Show a candidate by code: every step with its person and reason, answers, interviews, offers, letters."""
    return showing.candidate(actor, access.access_candidate(actor, candidate))


@action(needs=Right.HIRING_READ, example={"candidate": 1})
def name_candidate(actor: Actor, candidate: CandidateId) -> CandidateNamed:
    """Read the name and contact of a candidate; that somebody looked is kept."""
    row = access.access_candidate(actor, candidate)
    deeds.note("read", Candidate.NOUN, row.pk, what="name and contact")
    found = naming.named([row.profile]) if row.profile is not None else {}
    one = found.get(row.profile or 0, naming.Named("", ""))
    return CandidateNamed(
        row.pk, row.code, shown(actor, "candidate.name", one.name), shown(actor, "candidate.contact", one.email)
    )


@action(needs=Right.HIRING_WRITE, example={"requisition": 1, "profile": 7001, "basis": "applicant"})
def add_candidate(
    actor: Actor, requisition: RequisitionId, profile: ProfileKey, basis: Basis, source: Reference = ""
) -> CandidateShown:
    """Take somebody in who applied or was found.

    Parameters
    ----------
    profile
        The key of their profile.
    basis
        On which ground the profile is there; ``applicant`` stands as applied, everybody else as found.
    source
        From where they came, for the yield of sources.
    """
    row = _new(actor, requisition, profile)
    stage = "applied" if basis == "applicant" else "found"
    made = stepping.enter(actor, row, profile, stage, "came_in", basis=basis, source=source)
    return showing.candidate(actor, made)


@action(
    needs=Right.HIRING_WRITE,
    example={
        "requisition": 1,
        "profile": 7002,
        "basis": "talent_pool",
        "reason": "evidence",
        "words": "led ten people",
        "search": "s_01",
        "place": 3,
        "score": 81250,
    },
)
def pick(
    actor: Actor, requisition: RequisitionId, profile: ProfileKey, basis: Basis, reason: PickReason, words: Sentence,
    source: Reference = "", search: Reference = "", place: Place | None = None, score: Score | None = None,
) -> CandidateShown:  # fmt: skip
    """Put somebody on the shortlist, and say why; by the search and the place from which they were picked.

    Parameters
    ----------
    reason, words
        Why, by kind and in words of one's own.
    search, place, score
        The ranked list, their place in it and their points, where they were picked from one.
    """
    row = access.access_requisition(actor, requisition)
    if search:
        refuse_before_notice(row)
    ranked = {"search": search, "place": place, "score": score}
    there = access.candidate_of(row, profile)
    if there is None:
        stage = "applied" if basis == "applicant" else "found"
        there = stepping.enter(actor, row, profile, stage, "came_in", basis=basis, source=source, **ranked)
    elif search and not there.search:
        there = deeds.change(there, None, **ranked)
    return showing.candidate(actor, stepping.step(actor, there, None, "shortlisted", reason, words))


@action(needs=Right.HIRING_WRITE, example={"candidate": 1, "version": 1, "reason": "evidence", "words": "ran shifts"})
def shortlist(
    actor: Actor, candidate: CandidateId, version: Version, reason: PickReason, words: Sentence
) -> CandidateShown:
    """Put a candidate on the shortlist, and say why."""
    row = _at(actor, candidate, ("found", "applied", "interview"))
    return showing.candidate(actor, stepping.step(actor, row, version, "shortlisted", reason, words))


@action(
    needs=Right.HIRING_WRITE,
    example={"candidate": 1, "version": 1, "reason": "must_missing", "words": "no evidence of leading a team"},
)
def pass_over(
    actor: Actor, candidate: CandidateId, version: Version, reason: PassReason, words: Sentence
) -> CandidateShown:
    """Decide that one candidate is not picked for the shortlist, and say why."""
    row = _at(actor, candidate, ("found", "applied"))
    return showing.candidate(actor, stepping.step(actor, row, version, "not_picked", reason, words))


@action(
    needs=Right.HIRING_WRITE,
    example={"candidate": 1, "version": 2, "reason": "chose_others", "words": "another had led a larger team"},
)
def reject_candidate(
    actor: Actor, candidate: CandidateId, version: Version, reason: RejectReason, words: Sentence
) -> CandidateShown:
    """Decide that one candidate is not hired, and say why."""
    row = _at(actor, candidate, ("found", "applied", "shortlisted", "interview", "offer"))
    if any(one.state in ("approved", "made", "accepted") for one in access.visible_offers(actor).filter(candidate=row)):
        raise Conflict(f"{row.code} has an offer that stands", "take the offer back first")
    return showing.candidate(actor, stepping.step(actor, row, version, "rejected", reason, words))


@action(needs=Right.HIRING_WRITE, example={"candidate": 1, "version": 2, "reason": "other_offer", "words": ""})
def withdraw_candidate(
    actor: Actor, candidate: CandidateId, version: Version, reason: WithdrawReason, words: Line = ""
) -> CandidateShown:
    """Record that a candidate does not want to go on."""
    row = _at(actor, candidate, ("found", "applied", "shortlisted", "interview", "offer"))
    return showing.candidate(actor, stepping.step(actor, row, version, "withdrawn", reason, words))


@action(needs=Right.HIRING_WRITE, example={"candidate": 1, "version": 3, "words": "the other one said no"})
def reopen_candidate(actor: Actor, candidate: CandidateId, version: Version, words: Sentence) -> CandidateShown:
    """Open the way of a candidate again, where it stood before it ended."""
    row = access.access_candidate(actor, candidate)
    if row.stage not in ENDS:
        raise Conflict(f"the way of {row.code} has not ended", "nothing is left to do")
    before = next((one.before for one in reversed(access.steps_of(row)) if one.after == row.stage), "applied")
    return showing.candidate(actor, stepping.step(actor, row, version, before, "reopened", words))


@action(needs=Right.HIRING_WRITE, example={"candidate": 1, "version": 1, "answers": {"nights": "Mondays"}})
def record_answers(actor: Actor, candidate: CandidateId, version: Version, answers: Answers) -> CandidateShown:
    """Record what a candidate answered to the questions of the requisition; nothing follows from it by itself."""
    row = access.access_candidate(actor, candidate)
    unknown = {*answers} - {one["key"] for one in row.requisition.screening}
    if unknown:
        raise misfit("answers", f"there is no question {min(unknown)} in this requisition")
    return showing.candidate(actor, deeds.change(row, version, answers={**row.answers, **answers}))


@action(needs=Right.HIRING_WRITE, example={"candidate": 1, "person": 7, "words": "worked together for years"})
def declare_interest(actor: Actor, candidate: CandidateId, person: OtherId, words: Sentence) -> CandidateShown:
    """Say that somebody, oneself or another, is too near to a candidate to decide about them."""
    row = access.access_candidate(actor, candidate)
    near = access.access_colleague(actor, person)
    if any(one.person_id == near.pk for one in access.interests_of(row)):
        raise Conflict(f"{near.name} does not decide about {row.code} already", "nothing is left to do")
    deeds.create(Interest, candidate=row, person=near, words=words)
    return showing.candidate(actor, row)


@action(needs=Right.HIRING_WRITE, example={"candidate": 1, "person": 7, "reason": "it was somebody else"})
def release_interest(actor: Actor, candidate: CandidateId, person: OtherId, reason: Sentence) -> CandidateShown:
    """Take back that somebody is too near to a candidate; never for oneself."""
    row = access.access_candidate(actor, candidate)
    if actor.person == person:
        raise Denied("nobody takes back their own nearness", "let somebody else judge it")
    found = next((one for one in access.interests_of(row) if one.person_id == person), None)
    if found is None:
        raise Conflict("nothing of the kind was said", "nothing is left to do")
    deeds.remove(found, None)
    return showing.candidate(actor, row)


def refuse_before_notice(row: Requisition) -> None:
    """Refuse the use of a ranking where candidates have to be told before and were not, or not long enough ago.

    Raises
    ------
    Conflict
        Names the first day on which it may be used.
    """
    if not row.notice_needed:
        return
    told = access.notices_of(row)
    if not told or told[0].usable_from > showing.today():
        when = f"it may be used from {told[0].usable_from.isoformat()} on" if told else "nobody was told yet"
        raise Conflict(
            f"at this place candidates are told ten working days before a ranking is used: {when}",
            "record the notice, and pick from the list by date meanwhile",
        )


def _new(actor: Actor, requisition: int, profile: int) -> Requisition:
    row = access.access_requisition(actor, requisition)
    there = access.candidate_of(row, profile)
    if there is not None:
        raise Conflict(f"this profile stands for {row.title} already, as {there.code}", "see that candidate")
    return row


def _at(actor: Actor, candidate: int, stages: tuple[str, ...]) -> Candidate:
    row = access.access_candidate(actor, candidate)
    if row.stage not in stages:
        raise Conflict(f"{row.code} is at another stage ({row.stage})", "read them again and decide")
    return row
