"""What hiring does when somebody is erased: words go, decisions stay under a code, so that fairness can be told later.

Of a candidate nothing is left that says who they were or what was said of them; of somebody of the house a stand-in
stays who decided.
"""

from __future__ import annotations

from typing import Any

from maitred.desks.hiring.erasing import access
from maitred.desks.hiring.models import Candidate, Offer
from maitred.kit.audit import deeds

_GONE = "(erased)"


def silence(candidate: Candidate) -> int:
    """Take all words out of what a candidate leaves, inside a deed; how many rows that was.

    Steps keep stage, reason, time and decider: they are the record of decisions. Letters and objections are removed.
    """
    rows = 0
    for step in access.steps(candidate):
        if step.words:
            deeds.change(step, None, words="")
            rows += 1
    for card in access.scorecards(candidate):
        kept = {name: {"value": one["value"], "evidence": ""} for name, one in card.scores.items()}
        deeds.change(card, None, scores=kept, words="")
        rows += 1
    for talk in access.interviews(candidate):
        if talk.summary:
            deeds.change(talk, None, summary=_GONE)
            rows += 1
    for offer in access.offers(candidate):
        deeds.change(offer, None, words="", outside_why=_GONE if offer.outside_why else "")
        rows += 1
    for gone in (*access.letters(candidate), *access.objections(candidate), *access.interests(candidate)):
        deeds.remove(gone, None)
        rows += 1
    if candidate.answers:
        deeds.change(candidate, None, answers={})
        rows += 1
    return rows


def erase(person: int, stand_in: int) -> dict[str, int]:
    """Take somebody of the house out of hiring, inside a deed; how many rows were removed, and how many replaced.

    Parameters
    ----------
    person
        Whom to erase.
    stand_in
        A person made for this erasure alone: without name, team, account and helpdesk user.
    """
    removed = replaced = 0
    for near in access.near(person):
        deeds.remove(near, None)
        removed += 1
    for card in access.sat(person):
        deeds.change(card, None, person_id=stand_in)
        replaced += 1
    for hire in access.hires(person):
        deeds.change(hire, None, person_id=stand_in)
        replaced += 1
    for row, column in access.done_by(person):
        values: dict[str, Any] = {f"{column}_id": stand_in}
        if isinstance(row, Offer) and stand_in in (row.author_id, row.approver_id):
            values = {"approver_id": None} if column == "approver" else values
        elif hasattr(row, f"{column}_name"):
            values[f"{column}_name"] = f"erased:{column}"
        deeds.change(row, None, **values)
        replaced += 1
    return {"removed": removed, "anonymous": 0, "replaced": replaced}
