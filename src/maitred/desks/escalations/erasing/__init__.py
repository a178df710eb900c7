"""What escalations does when a person or a customer is erased: names and words go; that there was a case stays.

Cases are the customers' and the team's, so they are kept with a stand-in whom nobody knows in the place of a person.
Promises belong to the list of commitments and are erased there.
"""

from __future__ import annotations

from typing import Any

from maitred.desks.escalations.erasing import access
from maitred.desks.escalations.models import Message, PostMortem, Step
from maitred.kit.audit import deeds


def erase(person: int, stand_in: int) -> dict[str, int]:
    """Take a person of ours out of escalations, inside a deed.

    Parameters
    ----------
    person
        Whom to erase.
    stand_in
        A person made for this erasure alone: without name, team, account and helpdesk user.
    """
    gone = [*access.shifts(person), *access.invites(person)]
    for row in gone:
        deeds.remove(row, None)
    cases = access.cases(person)
    for case in cases:
        roles = ("owner_id", "deputy_id", "raised_by_id")
        deeds.change(case, None, **{name: stand_in for name in roles if getattr(case, name) == person})
    done = access.by(person)
    for row in done:
        deeds.change(row, None, by_id=stand_in)
    return {"removed": len(gone), "anonymous": 0, "replaced": len(cases) + len(done)}


def erase_customer(source: str, requester: str) -> dict[str, int]:
    """Take a customer's name and all words about them out of their cases, inside a deed; the counts stay."""
    cases = access.of_customer(source, requester)
    silenced = 0
    for case in cases:
        for row in access.words_of(case):
            deeds.change(row, None, **_silent(row))
            silenced += 1
        more: dict[str, Any] = {"resolution": "erased"} if case.resolution else {}
        deeds.change(case, None, title="erased", customer="", what="", requester_id="", **more)
    return {"anonymous": len(cases), "silenced": silenced}


def _silent(row: Any) -> dict[str, str]:
    if isinstance(row, Step):
        return {"note": ""}
    if isinstance(row, PostMortem):
        return {"happened": "erased", "why": "erased", "learned": ""}
    return {"text": "erased" if isinstance(row, Message) else ""}
