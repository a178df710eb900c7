"""What compliance does when somebody is erased: their words and names go, the record that there was a complaint stays.

Of a complainant's complaint remain its reference, its stages with their times, its root cause and its decision, which
rules ask to be kept; nothing of it says any more who complained or what they wrote.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from maitred.desks.compliance.erasing import access
from maitred.kit.audit import deeds

ERASED = "(erased)"
_WORDS: dict[str, Any] = {
    "description": ERASED, "complainant_name": "", "complainant_contact": "", "vulnerability": "", "remedy": ERASED,
    "immediate_action": "", "status_line": "", "acknowledged_text": "", "impact": "", "facts_found": "",
    "evidence": [], "reasons": "", "redress": "", "alternatives": "", "decision_text": "", "end_note": "",
}  # fmt: skip


def erase_complainant(
    identifiers: Collection[str], tickets: Collection[tuple[str, str]] = ()
) -> dict[str, int]:  # fmt: skip
    """Take somebody outside out of the register, inside a deed; how many cases were silenced, and proposals removed.

    Parameters
    ----------
    identifiers
        Names, addresses and numbers by which they are known.
    tickets
        Their tickets, each by source and number.
    """
    rows, requests = access.by_complainant(identifiers, tickets), access.requests_of(identifiers)
    for case in (*(row.case_id for row in rows), *(one.case_id for one in requests)):
        for note in access.notes_of(case):
            deeds.change(note, None, note="")
    for row in rows:
        deeds.change(row, None, **_WORDS)
    for request in requests:
        deeds.change(request, None, subject_name="", subject_contact="", wants="", answer="")
    proposals = access.proposals_of(tickets)
    for proposal in proposals:
        deeds.remove(proposal, None)
    return {"anonymous": len(rows) + len(requests), "removed": len(proposals)}


def erase(person: int, stand_in: int) -> dict[str, int]:
    """Take a person of the house out of compliance, inside a deed; how many rows now name the stand-in.

    Parameters
    ----------
    person
        Whom to erase.
    stand_in
        A person made for this erasure alone: without name, team, account and helpdesk user.
    """
    cases, investigated, events, reviews = access.of_person(person)
    for case in cases:
        names: dict[str, Any] = {"owner_id": None} if case.owner_id == person else {}
        if case.subject_person_id == person:
            names["subject_person_id"] = stand_in
        deeds.change(case, None, **names)
    for row in investigated:
        deeds.change(row, None, investigator_id=stand_in)
    for event in events:
        deeds.change(event, None, by_id=stand_in)
    for review in reviews:
        deeds.change(review, None, by_id=stand_in)
    return {"replaced": len(cases) + len(investigated) + len(events) + len(reviews)}
