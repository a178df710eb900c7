"""What quality does when a person is erased: their words and their name go, the scores of teams stay what they were.

Reviews that a score or the agreement of reviewers rests on are kept without a word in them, about a stand-in whom
nobody knows; everything else about the person is removed. The facts of the warehouse follow with the next round.
"""

from __future__ import annotations

from typing import Any

from maitred.desks.quality.erasing import access
from maitred.desks.quality.models import Contest, Review
from maitred.kit.audit import deeds

_NOBODY = "the reviewer was erased"


def erase(person: int, stand_in: int) -> dict[str, int]:
    """Take a person out of quality, inside a deed; how many rows were removed, and how many made nobody's.

    Parameters
    ----------
    person
        Whom to erase.
    stand_in
        A person made for this erasure alone: without name, team, account and helpdesk user.
    """
    removed = _remove([*access.told(person), *(one for one in access.contests(person) if _theirs(one, person))])
    kept = [one for one in access.about(person) if _counts(one)]
    for row in kept:
        _silence(row)
        both = {"about_id": stand_in, "reviewer_id": stand_in} if row.reviewer_id == person else {"about_id": stand_in}
        deeds.change(row, None, **both)
    removed += _remove(access.about(person))
    replaced = _replace(person, stand_in)
    return {"removed": removed, "anonymous": len(kept), "replaced": replaced}


def _theirs(row: Contest, person: int) -> bool:
    return row.review.about_id == person


def _counts(row: Review) -> bool:
    """Whether a score of others, or the agreement between reviewers, rests on a review."""
    return row.kind in ("random", "calibration") and row.state == "submitted"


def _silence(row: Review) -> None:
    """Take all words out of a review while its audit row is still sealed with the key of the person it is about."""
    values = {item: {"value": one.get("value"), "comment": "", "quotes": []} for item, one in row.answers.items()}
    deeds.change(row, None, answers=values, comment="", acknowledgement="", why="")


def _replace(person: int, stand_in: int) -> int:
    """Let the stand-in have reviewed, drawn, published and settled what the person did; how many rows that is."""
    reviews = access.by(person)
    for row in reviews:
        gone: dict[str, Any] = {"state": "skipped", "why": _NOBODY, "answers": {}} if row.state in Review.OPEN else {}
        deeds.change(row, None, reviewer_id=stand_in, **gone)
    settled, made, published = access.contests(person), access.made(person), access.published(person)
    for contest in settled:
        deeds.change(contest, None, settled_by_id=stand_in)
    for one in made:
        deeds.change(one, None, made_by_id=stand_in)
    for edition in published:
        deeds.change(edition, None, published_by_id=stand_in)
    return len(reviews) + len(settled) + len(made) + len(published)


def _remove(rows: list[Any]) -> int:
    for row in rows:
        deeds.remove(row, None)
    return len(rows)
