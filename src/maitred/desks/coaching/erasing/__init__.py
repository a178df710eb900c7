"""What coaching does when a person is erased: words and names go; how many talks were held and what helped stays.

Talks that were held and plans with a verdict are kept without a word, with a stand-in whom nobody knows; the rest goes.
The commitments behind agreed steps belong to the list of commitments, and are erased there.
"""

from __future__ import annotations

from typing import Any

from maitred.desks.coaching.erasing import access
from maitred.desks.coaching.models import OneToOne, Plan
from maitred.kit.audit import deeds


def erase(person: int, stand_in: int) -> dict[str, int]:
    """Take a person out of coaching, inside a deed; how many rows were removed, and how many made nobody's.

    Parameters
    ----------
    person
        Whom to erase.
    stand_in
        A person made for this erasure alone: without name, team, account and helpdesk user.
    """
    removed = _remove(access.written(person))
    put = access.put(person)
    both: list[Plan | OneToOne] = [*access.plans(person), *access.talks(person)]
    for item in put:
        deeds.change(item, None, by_id=stand_in)
    kept = [one for one in both if _stays(one, person)]
    removed += _remove([one for one in both if not _stays(one, person)])
    for row in kept:
        _anonymous(row, person, stand_in)
    return {"removed": removed, "anonymous": len(kept), "replaced": len(put)}


def _stays(row: Plan | OneToOne, person: int) -> bool:
    """What somebody led is the other one's as well; of their own what counts among others."""
    if row.person_id != person:
        return True
    return row.state == (Plan.CONCLUDED if isinstance(row, Plan) else OneToOne.HELD)


def _anonymous(row: Plan | OneToOne, person: int, stand_in: int) -> None:
    """Take words and figures of the person out while the audit row is sealed with their key, then the person."""
    if row.lead_id == person:
        deeds.change(row, None, lead_id=stand_in)
        return
    words: dict[str, Any] = {"why": ""}
    if isinstance(row, Plan):
        words |= {"goal": "", "result": {}, "foreseen": {}, "intervention_id": None}
    deeds.change(row, None, **words)
    deeds.change(row, None, person_id=stand_in)


def _remove(rows: list[Any]) -> int:
    for row in rows:
        deeds.remove(row, None)
    return len(rows)
