"""What the one reviewed says: acknowledge, contest an item; and somebody else than the reviewer who settles it."""

from __future__ import annotations

from typing import Any, Literal

from maitred.base import clock
from maitred.base.errors import Denied, Invalid
from maitred.desks.quality import access, telling
from maitred.desks.quality.models import Contest, Review
from maitred.desks.quality.verbs import showing
from maitred.desks.quality.verbs.reviews import refuse_quotes
from maitred.desks.quality.verbs.shapes import (
    AnswerGiven,
    ContestId,
    Contests,
    ContestShown,
    Key,
    ReviewId,
    ReviewShown,
    Text,
)
from maitred.insight import scoring
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import LongText, Version, action, question

State = Literal["open", "upheld", "changed"]


@action(needs=Right.QUALITY_WRITE, example={"review": 1, "version": 4, "note": "Will do"})
def acknowledge(actor: Actor, review: ReviewId, version: Version, note: Text = "") -> ReviewShown:
    """Say that one has read the review of one's own work, and what one thinks of it."""
    row = access.review_about_oneself(actor, review)
    _refuse_unsent(row)
    if row.acknowledged_at is not None:
        raise Invalid(f"review {row.pk} is acknowledged already", "contest an item, if one is not right")
    return showing.shown(actor, deeds.change(row, version, acknowledged_at=clock.now(), acknowledgement=note))


@action(needs=Right.QUALITY_WRITE, example={"review": 1, "item": "solved", "reason": "The customer confirmed it"})
def contest(actor: Actor, review: ReviewId, item: Key, reason: LongText) -> ContestShown:
    """Contest one item of the review of one's own work; somebody else than the reviewer settles it."""
    row = access.review_about_oneself(actor, review)
    _refuse_unsent(row)
    titles = {one["key"]: one["title"] for one in row.edition.items}
    if item not in row.answers:
        what = f"review {row.pk} has no answer to {titles.get(item, item)}"
        raise Invalid(what, "name an item that was answered", ({"field": "item", "message": what, "code": "unknown"},))
    if any(one.item == item for one in access.contests_of([row.pk])):
        raise Invalid(f"{titles[item]} is contested already", "wait for it to be settled, or talk to your lead")
    made = deeds.create(Contest, review=row, item=item, reason=reason, before=row.answers[item], score_before=row.score)
    telling.contested(made)
    return showing.contest_shown(made)


@question(needs=Right.QUALITY_READ, example={})
def contests(actor: Actor, state: State | None = None) -> Contests:
    """List contests within reach: open ones first, then the latest."""
    rows = access.visible_contests(actor)
    found = list((rows.filter(state=state) if state else rows).order_by("-pk")[:500])
    found.sort(key=lambda one: one.state != "open")
    return Contests(tuple(showing.contest_shown(one) for one in found))


@action(
    needs=Right.QUALITY_LEAD,
    example={
        "contest": 1,
        "version": 1,
        "outcome": "changed",
        "reason": "They are right",
        "answer": {"item": "solved", "value": "yes"},
    },
)
def settle(
    actor: Actor,
    contest: ContestId,
    version: Version,
    outcome: Literal["upheld", "changed"],
    reason: LongText,
    answer: AnswerGiven | None = None,
) -> ContestShown:
    """Settle a contest: the answer is upheld, or changed. Both answers are kept, and both scores.

    Neither the reviewer nor the one reviewed settles it.

    Parameters
    ----------
    answer
        The new answer, where it is changed.
    """
    row = access.access_contest(actor, contest)
    review = access.access_review(actor, row.review_id)
    if actor.person is not None and actor.person in (review.reviewer_id, review.about_id):
        raise Denied("a contest is settled by somebody who neither made the review nor is reviewed", "ask another lead")
    if row.state != "open":
        raise Invalid(f"contest {row.pk} is {row.state} already", "it can be settled once")
    if review.state != "submitted":
        raise Invalid(f"review {review.pk} is {review.state}", "only a review that counts can be changed")
    settled: dict[str, Any] = {
        "state": outcome, "verdict": reason, "settled_by_id": actor.person, "settled_at": clock.now(),
        "score_after": review.score,
    }  # fmt: skip
    if outcome == "changed":
        settled |= _changed(review, row.item, answer)
    elif answer is not None:
        _refuse("an upheld answer stays as it is", "leave the answer out")
    done = deeds.change(row, version, **settled)
    telling.settled(done)
    return showing.contest_shown(done)


def _changed(review: Review, item: str, answer: AnswerGiven | None) -> dict[str, Any]:
    """Put the new answer into the review and score it again."""
    if answer is None or answer.item != item or answer.value is None:
        _refuse(f"a changed answer says what {item} is answered with now", f"give an answer for {item}")
    assert answer is not None and answer.value is not None
    items = scoring.items_of(review.edition.items)
    wrong = scoring.problem_of(next(one for one in items if one.key == item), answer.value)
    if wrong:
        _refuse(wrong, "answer as the scorecard says")
    refuse_quotes(review, (answer,))
    kept = showing.kept(answer)
    if not kept["quotes"]:
        kept["quotes"] = review.answers[item].get("quotes", [])
    answers = {**review.answers, item: kept}
    scored = scoring.score(items, {key: one["value"] for key, one in answers.items() if one.get("value") is not None})
    deeds.change(review, None, answers=answers, score=scored.score, failed=list(scored.failed))
    return {"after": kept, "score_after": scored.score}


def _refuse_unsent(row: Review) -> None:
    if row.state != "submitted" or not showing.sent_now(row) or row.kind == "self":
        raise Invalid(f"review {row.pk} is not one that was sent to you", "it has to be submitted, by somebody else")


def _refuse(message: str, remedy: str) -> None:
    raise Invalid(message, remedy, ({"field": "answer", "message": message, "code": "misfit"},))
