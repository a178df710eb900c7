"""How a candidate moves: one at a time, by a person who is not too near to them, with a reason, kept as an event.

Nothing else changes a stage.
"""

from __future__ import annotations

import secrets

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid
from maitred.desks.hiring.models import Candidate, Requisition, StageEvent
from maitred.desks.hiring.models.pipeline import ENDS, STAGES
from maitred.desks.hiring.pipeline import access
from maitred.kit.access.actor import Actor
from maitred.kit.audit import deeds

_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def person_of(actor: Actor) -> int:
    """The person who acts.

    Raises
    ------
    Invalid
        Nobody does: the command line and the worker decide nothing about people.
    """
    if actor.person is None:
        raise Invalid("a person decides about candidates, and you act as none", "sign in and do it there")
    return actor.person


def why_not(actor: Actor, candidate: Candidate) -> str:
    """Why an actor does not decide about a candidate; empty where they may."""
    if actor.person is None:
        return "a person decides about candidates, and you act as none"
    if any(one.person_id == actor.person for one in access.interests_of(candidate)):
        return "you are too near to this candidate to decide about them"
    if access.hired_person(candidate) == actor.person:
        return "nobody decides about themselves"
    return ""


def refuse_near(actor: Actor, candidate: Candidate) -> int:
    """The person who decides.

    Raises
    ------
    Denied
        They are too near to the candidate.
    """
    person = person_of(actor)
    reason = why_not(actor, candidate)
    if reason:
        raise Denied(reason, "let somebody else decide")
    return person


def enter(actor: Actor, requisition: Requisition, profile: int, stage: str, reason: str, **values: object) -> Candidate:
    """Take somebody into a requisition, with the event that says so."""
    person = person_of(actor)
    if requisition.state != Requisition.APPROVED:
        raise Conflict(f"{requisition.title} is not approved", "have somebody else approve it first")
    row = deeds.create(
        Candidate, requisition=requisition, profile=profile, code=_code(), stage=stage, **values
    )  # fmt: skip
    _event(row, "", stage, reason, "", person)
    return row


def step(actor: Actor, row: Candidate, version: int | None, after: str, reason: str, words: str = "") -> Candidate:
    """Move one candidate to a stage.

    Raises
    ------
    Conflict
        They are there already, or their way has ended and was not opened again.
    """
    person = refuse_near(actor, row)
    before = row.stage
    if before == after:
        raise Conflict(f"{row.code} is at this stage already", "nothing is left to do")
    if before in ENDS and after not in STAGES:
        raise Conflict(f"the way of {row.code} has ended ({before})", "open it again first")
    if before == "hired" and after in ("not_picked", "rejected"):
        raise Conflict(f"{row.code} is hired", "what comes after belongs to the roster")
    changed = deeds.change(row, version, stage=after)
    _event(changed, before, after, reason, words, person)
    return changed


def _event(row: Candidate, before: str, after: str, reason: str, words: str, person: int) -> None:
    deeds.create(
        StageEvent, candidate=row, before=before, after=after, reason=reason, words=words, by_id=person,
        at=clock.now(),
    )  # fmt: skip


def _code() -> str:
    while True:
        code = "".join(secrets.choice(_SIGNS) for _ in range(6))
        if not access.code_taken(code):
            return code
