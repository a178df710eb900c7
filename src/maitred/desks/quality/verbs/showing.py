"""How reviews are shown, and to whom which part of them: hidden names, others' unfinished answers, what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from maitred.base import clock
from maitred.desks.quality import access
from maitred.desks.quality.models import Contest, Review
from maitred.desks.quality.verbs.scorecards import given_items
from maitred.desks.quality.verbs.shapes import (
    AnswerGiven,
    ContestShown,
    ItemScore,
    Quote,
    ReviewListed,
    ReviewShown,
)
from maitred.insight import scoring
from maitred.kit.access.actor import Actor

UNDO = timedelta(minutes=10)
"""How long a reviewer may take a submitted review back; the one it is about sees it afterwards."""


def veiled(actor: Actor, row: Review) -> bool:
    """Whether the actor is not told whom the review is about."""
    return row.blind and row.reviewer_id == actor.person and row.state in Review.OPEN


def mine(actor: Actor, row: Review) -> bool:
    """Whether the actor makes the review."""
    return actor.person is not None and row.reviewer_id == actor.person


def opened(actor: Actor, row: Review) -> bool:
    """Whether the actor sees the answers: their own, others' once they are submitted."""
    return mine(actor, row) or row.submitted_at is not None


def answer_of(item: str, kept: Mapping[str, Any]) -> AnswerGiven:
    """An answer from its JSON form."""
    quotes = tuple(Quote(one["message"], one["text"]) for one in kept.get("quotes", ()))
    return AnswerGiven(item, kept.get("value"), kept.get("comment", ""), quotes)


def kept(given: AnswerGiven) -> dict[str, Any]:
    """An answer as the database keeps it."""
    quotes = [{"message": one.message, "text": one.text} for one in given.quotes]
    return {"value": given.value, "comment": given.comment, "quotes": quotes}


def values(row: Review) -> dict[str, scoring.Value]:
    """The values of a review's answers by item."""
    return {item: one["value"] for item, one in row.answers.items() if one.get("value") is not None}


def lacking(items: Sequence[scoring.Item], answers: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Items that need a quote and are answered without one; what does not apply needs none."""
    return tuple(
        one.key for one in items
        if one.needs_evidence and not answers.get(one.key, {}).get("quotes")
        and answers.get(one.key, {}).get("value") not in (None, scoring.NA)
    )  # fmt: skip


def missing(items: Sequence[scoring.Item], answers: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Items that people answer and nobody has answered."""
    return tuple(one.key for one in items if one.source == "human" and answers.get(one.key, {}).get("value") is None)


def listed(actor: Actor, row: Review, contested: bool) -> ReviewListed:
    """A review as lists show it."""
    hidden, seen = veiled(actor, row), opened(actor, row)
    return ReviewListed(
        row.pk, row.kind, row.state, row.source_id, row.ticket_id, None if hidden else row.about_id,
        "" if hidden else row.about.name, not hidden and row.about.kind == "bot", row.reviewer_id, row.reviewer.name,
        row.edition.scorecard.name, row.edition.number, row.draw_id, row.session_id, row.score if seen else None,
        row.due_at, row.submitted_at, row.sent_at, row.acknowledged_at, contested, row.why, row.version,
    )  # fmt: skip


def all_listed(actor: Actor, rows: Sequence[Review]) -> tuple[ReviewListed, ...]:
    """Reviews as lists show them."""
    contested = {one.review_id for one in access.contests_of([row.pk for row in rows]) if one.state == "open"}
    return tuple(listed(actor, row, row.pk in contested) for row in rows)


def shown(actor: Actor, row: Review, gone: str = "") -> ReviewShown:
    """A review with its items and answers, as far as the actor may see them."""
    items, hidden, seen = scoring.items_of(row.edition.items), veiled(actor, row), opened(actor, row)
    answers: Mapping[str, Any] = row.answers if seen else {}
    scored = scoring.score(items, values(row) if seen else {})
    contests = tuple(contest_shown(one) for one in access.contests_of([row.pk]))
    place, of, following = _place(actor, row)
    until = row.submitted_at + UNDO if row.submitted_at and row.state == "submitted" else None
    return ReviewShown(
        id=row.pk, kind=row.kind, state=row.state, source=row.source_id, ticket=row.ticket_id,
        about=None if hidden else row.about_id, about_name="" if hidden else row.about.name,
        bot=not hidden and row.about.kind == "bot", reviewer=row.reviewer_id, reviewer_name=row.reviewer.name,
        blind=row.blind, scorecard=row.edition.scorecard_id, scorecard_name=row.edition.scorecard.name,
        number=row.edition.number, items=given_items(row.edition),
        answers=tuple(answer_of(one.key, answers[one.key]) for one in items if one.key in answers),
        values=tuple(
            ItemScore(one, None if worth is None else scoring.WHOLE * worth) for one, worth in scored.values.items()
        ),
        comment=row.comment if seen else "", flagged=row.flagged,
        missing=missing(items, answers) if seen else (), lacking=lacking(items, answers) if seen else (),
        score=(row.score if row.submitted_at else scored.score) if seen else None,
        failed=scored.failed, draw=row.draw_id, drawn_for=row.draw.reason if row.draw else "", stratum=row.stratum,
        probability=row.probability, calibration=row.session_id, due_at=row.due_at, submitted_at=row.submitted_at,
        undo_until=until, sent_at=row.sent_at, acknowledged_at=row.acknowledged_at,
        acknowledgement=row.acknowledgement, contests=contests, why=row.why, gone=gone,
        editable=mine(actor, row) and row.state in Review.OPEN and not gone, place=place, of=of, next=following,
        saved_at=row.changed_at, version=row.version,
    )  # fmt: skip


def contest_shown(row: Contest) -> ContestShown:
    """A contest with both answers."""
    titles = {one["key"]: one["title"] for one in row.review.edition.items}
    return ContestShown(
        row.pk, row.review_id, row.item, titles.get(row.item, row.item), row.review.about_id, row.review.about.name,
        row.reason, row.state, answer_of(row.item, row.before) if row.before else None,
        answer_of(row.item, row.after) if row.after else None, row.score_before, row.score_after, row.settled_by_id,
        row.settled_at, row.verdict, row.created_at, row.version,
    )  # fmt: skip


def can_undo(row: Review, now: datetime) -> bool:
    """Whether a submitted review can still be taken back."""
    return row.state == "submitted" and row.submitted_at is not None and now < row.submitted_at + UNDO


def sent_now(row: Review) -> bool:
    """Whether the one a review is about sees it."""
    return row.sent_at is not None and row.sent_at <= clock.now()


def _place(actor: Actor, row: Review) -> tuple[int, int, int | None]:
    """Where a review stands among those that its reviewer got together with it, and the next open one of all."""
    if not mine(actor, row):
        return 0, 0, None
    rows = list(access.own_reviews(actor).values_list("pk", "state", "draw", "session", "due_at"))
    beside = sorted(pk for pk, _, draw, session, _ in rows if (draw, session) == (row.draw_id, row.session_id))
    ordered = sorted(
        (pk not in beside, due is None, due or row.created_at, pk)
        for pk, state, _, _, due in rows
        if state in Review.OPEN and pk != row.pk
    )
    later = [one for one in ordered if one[-1] > row.pk and not one[0]]
    following = (later or ordered)[0][-1] if ordered else None
    return beside.index(row.pk) + 1, len(beside), following
