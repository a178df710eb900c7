"""What candidates ask for by their own link: that somebody looks again, or another way than the ranking."""

from __future__ import annotations

from typing import Literal

from maitred.base import clock
from maitred.base.errors import Conflict, Denied
from maitred.desks.hiring.models import Objection
from maitred.desks.hiring.outreaching import links
from maitred.desks.hiring.pipeline import access, showing, stepping
from maitred.desks.hiring.pipeline.shapes import OwnLink
from maitred.desks.hiring.shapes import CandidateId, ObjectionId, ObjectionShown, Sentence
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged


@question(needs=Right.HIRING_READ, example={})
def objections(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[ObjectionShown]:
    """List what candidates asked for, the newest first, with the day until which it is answered."""
    return paged(
        access.visible_objections(actor), actor, "objections", cursor, limit, showing.objection, newest=True
    )  # fmt: skip


@question(needs=Right.HIRING_READ, example={"candidate": 1})
def own_link(actor: Actor, candidate: CandidateId) -> OwnLink:
    """Show the address of a candidate's own page: what they may ask for, and what they may say of themselves."""
    row = access.access_candidate(actor, candidate)
    return OwnLink(row.pk, row.code, links.own(row.code) if row.profile is not None else "")


@action(
    needs=Right.HIRING_WRITE,
    example={"objection": 1, "version": 1, "outcome": "upheld", "answer": "we looked again: it stands, since ..."},
)
def settle_objection(
    actor: Actor, objection: ObjectionId, version: Version, outcome: Literal["upheld", "changed", "taken_back"],
    answer: Sentence,
) -> ObjectionShown:  # fmt: skip
    """Answer what a candidate asked for; not by whoever decided about them before.

    Parameters
    ----------
    outcome
        ``upheld``: what was decided stands; ``changed``: it is decided anew, as a step of its own; ``taken_back``: they
        asked for it no more.
    """
    row = access.access_objection(actor, objection)
    if row.state != Objection.OPEN:
        raise Conflict(f"this was answered ({row.state})", "nothing is left to do")
    person = stepping.refuse_near(actor, row.candidate)
    last = access.steps_of(row.candidate)[-1]
    if row.about == "decision" and last.by_id == person:
        raise Denied(
            "you decided about this candidate, so somebody else looks again", "ask another holder of the grant"
        )
    by = {"settled_by_id": person, "settled_at": clock.now()}
    return showing.objection(deeds.change(row, version, state=outcome, answer=answer, **by))
