"""Make reviews: what waits for one, answers saved as they are given, quotes that stand in the conversation, submit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from maitred.base import clock
from maitred.base.errors import Denied, Invalid, NotFound
from maitred.desks.quality import access, closing, evidence, telling, tickets
from maitred.desks.quality.models import Review
from maitred.desks.quality.verbs import showing
from maitred.desks.quality.verbs.scorecards import in_force
from maitred.desks.quality.verbs.shapes import (
    AnswerGiven,
    Answers,
    CardId,
    DrawId,
    MyReviews,
    PersonId,
    Reason,
    ReviewId,
    ReviewListed,
    ReviewShown,
    Source,
    Text,
    Ticket,
)
from maitred.insight import scoring
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.reading import published
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged
from maitred.people.reach import tickets_scope

Kind = Literal["random", "targeted", "self", "peer", "calibration"]
State = Literal["assigned", "draft", "submitted", "skipped", "void"]
_ANSWER = {"item": "solved", "value": "yes"}


@question(needs=Right.QUALITY_READ, example={})
def my_reviews(actor: Actor) -> MyReviews:
    """List what waits for one: reviews to make, the next due first, and feedback to read."""
    rows = list(access.own_reviews(actor).exclude(state__in=("skipped", "void")))
    open_ = sorted((one for one in rows if one.state in Review.OPEN), key=_due)
    read = list(access.to_read(actor))
    return MyReviews(
        showing.all_listed(actor, open_), showing.all_listed(actor, read), sum(1 for one in rows if one.submitted_at)
    )


@question(needs=Right.QUALITY_READ, example={})
def reviews(
    actor: Actor,
    person: PersonId | None = None,
    kind: Kind | None = None,
    state: State | None = None,
    draw: DrawId | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ReviewListed]:
    """List reviews within reach, the newest first; of a person, a kind, a state, a draw.

    Parameters
    ----------
    person
        Whom they are about.
    """
    if person is not None:
        access.person_within(actor, person)
    wanted = {"about": person, "kind": kind, "state": state, "draw": draw}
    rows = access.visible_reviews(actor).filter(**{name: one for name, one in wanted.items() if one is not None})
    if person is not None:
        rows = rows.exclude(blind=True, reviewer=actor.person or 0, state__in=Review.OPEN)
    return paged(
        rows, actor, f"quality.reviews {wanted}", cursor, limit,
        lambda row: showing.all_listed(actor, [row])[0], newest=True,
    )  # fmt: skip


@question(needs=Right.QUALITY_READ, example={"review": 1})
def show_review(actor: Actor, review: ReviewId) -> ReviewShown:
    """Show a review: its items, the answers so far, what they come to, and what is missing."""
    row = access.access_review(actor, review)
    return showing.shown(actor, row, _gone(row) if row.state in Review.OPEN else "")


@action(needs=Right.QUALITY_WRITE, example={"review": 1, "version": 1, "answers": [_ANSWER]})
def save_answers(
    actor: Actor,
    review: ReviewId,
    version: Version,
    answers: Answers = (),
    comment: Text | None = None,
    flagged: bool | None = None,
) -> ReviewShown:
    """Save some answers of a review that one makes; items that are not named stay as they are.

    A ticket that was deleted or merged meanwhile closes the review as void: what was answered stays in it.

    Parameters
    ----------
    flagged
        Whether it should be talked about in a calibration.
    """
    row = _open(actor, review)
    items = {one.key: one for one in scoring.items_of(row.edition.items)}
    gone = _gone(row)
    found = {**row.answers, **{one.item: showing.kept(one) for one in answers}}
    found = {item: one for item, one in found.items() if one["value"] is not None or one["comment"] or one["quotes"]}
    _refuse_misfits(row, items, answers, look=not gone)
    words = {"comment": comment, "flagged": flagged}
    given: dict[str, Any] = {name: one for name, one in words.items() if one is not None}
    state = {"state": "void", "why": gone} if gone else {"state": "draft"}
    done = deeds.change(row, version, answers=found, **state, **given)
    closing.close_if_over(done)
    return showing.shown(actor, done)


@action(needs=Right.QUALITY_WRITE, example={"review": 1, "version": 2})
def submit_review(actor: Actor, review: ReviewId, version: Version) -> ReviewShown:
    """Submit a review; the one it is about sees it ten minutes later, and until then it can be taken back.

    Refused while an item has no answer, or one that needs a quote has none.
    """
    row = _open(actor, review)
    gone = _gone(row)
    if gone:
        done = deeds.change(row, version, state="void", why=gone)
        closing.close_if_over(done)
        return showing.shown(actor, done)
    items = scoring.items_of(row.edition.items)
    _refuse_unfinished(items, row.answers)
    scored = scoring.score(items, showing.values(row))
    now = clock.now()
    hidden = row.kind == "calibration" or row.about.kind == "bot"
    sent = None if hidden else now if row.kind == "self" else now + showing.UNDO
    done = deeds.change(
        row, version, state="submitted", score=scored.score, failed=list(scored.failed), submitted_at=now, sent_at=sent
    )
    closing.close_if_over(done)
    return showing.shown(actor, done)


@action(needs=Right.QUALITY_WRITE, example={"review": 1, "version": 3})
def undo_submit(actor: Actor, review: ReviewId, version: Version) -> ReviewShown:
    """Take a submitted review back, within ten minutes and before the one it is about sees it."""
    row = access.own_review(actor, review)
    if not showing.can_undo(row, clock.now()) or (row.session is not None and row.session.closed_at is not None):
        raise Invalid(
            f"review {row.pk} cannot be taken back any more", "say what is wrong in a contest or a new review"
        )
    back: dict[str, Any] = {"state": "draft", "score": None, "failed": [], "submitted_at": None, "sent_at": None}
    return showing.shown(actor, deeds.change(row, version, **back))


@action(needs=Right.QUALITY_WRITE, example={"review": 1, "version": 1, "reason": "Only an automatic notice"})
def skip_review(actor: Actor, review: ReviewId, version: Version, reason: Reason) -> ReviewShown:
    """Leave a review out, with the reason; its ticket keeps its place in the draw and counts as unanswered."""
    done = deeds.change(_open(actor, review), version, state="skipped", why=reason)
    closing.close_if_over(done)
    return showing.shown(actor, done)


@action(
    needs=Right.QUALITY_WRITE, example={"kind": "self", "scorecard": 1, "source": "demo", "ticket": "10042"}
)  # fmt: skip
def add_review(
    actor: Actor,
    kind: Literal["self", "peer"],
    scorecard: CardId,
    source: Source,
    ticket: Ticket,
    reviewer: PersonId | None = None,
) -> ReviewShown:
    """Review a ticket beside the draws: one's own (``self``), or let a colleague do it (``peer``). Neither is scored.

    Parameters
    ----------
    reviewer
        The colleague who reviews it; only for ``peer``.
    """
    edition = in_force(actor, scorecard)
    about, publication_key = _about(actor, source, ticket)
    who = _reviewer(actor, kind, about, reviewer)
    team = access.teams_of([about]).get(about)
    made = deeds.create(
        Review, kind=kind, edition=edition, source_id=publication_key[0], ticket_id=publication_key[1], about_id=about,
        team_id=team, reviewer_id=who, blind=kind == "peer",
    )  # fmt: skip
    telling.waiting(made)
    return showing.shown(actor, made)


def _reviewer(actor: Actor, kind: str, about: int, reviewer: int | None) -> int:
    """Who reviews: oneself what one answered, somebody else what another did."""
    if kind == "self":
        if about != actor.person:
            raise Denied("a self review is of a ticket that one answered oneself", "ask for a peer review instead")
        return about
    if reviewer is None:
        what = "a peer review needs a reviewer"
        raise Invalid(what, "name a colleague", ({"field": "reviewer", "message": what, "code": "missing"},))
    if reviewer == about:
        what = "nobody reviews their own ticket"
        raise Invalid(what, "name a colleague", ({"field": "reviewer", "message": what, "code": "own"},))
    teams = {person: team for person, team, _, until in access.all_teams_of([about, reviewer]) if until is None}
    if reviewer not in access.people_within(actor, Right.QUALITY_WRITE).in_bulk([reviewer]) and (
        teams.get(reviewer) is None or teams.get(reviewer) not in actor.teams
    ):
        raise NotFound(f"there is no person {reviewer} that you may ask", "name a colleague of your team")
    if reviewer not in access.may_review([reviewer]):
        what = "this person has no account that may review"
        raise Invalid(what, "name another colleague", ({"field": "reviewer", "message": what, "code": "account"},))
    return reviewer


def _about(actor: Actor, source: str, ticket: str) -> tuple[int, tuple[str, str]]:
    """Whom a ticket within reach is about."""
    with published(None) as ask:
        found = tickets.named(ask, tickets_scope(actor), {(source, ticket)}, access.identities())
    if (source, ticket) not in found:
        raise NotFound(f"there is no ticket {ticket} that you may review", "check the number, or ask who may see it")
    one = found[source, ticket]
    people = access.people_within(actor, Right.QUALITY_WRITE)
    if one is None or one.about not in people.in_bulk([one.about]):
        raise NotFound(f"nobody that you may have reviewed answered ticket {ticket}", "choose another ticket")
    return one.about, one.key


def _open(actor: Actor, review: int) -> Review:
    """A review that the actor makes and that is not closed."""
    row = access.own_review(actor, review)
    if row.state not in Review.OPEN:
        raise Invalid(f"review {row.pk} is {row.state}", "take it back first, if that is still possible")
    if row.session is not None and row.session.closed_at is not None:
        raise Invalid(f"the calibration {row.session.name} is closed", "see what came of it")
    return row


def _gone(row: Review) -> str:
    """Why a review's ticket can no longer be reviewed; empty where it can, or where nothing is published."""
    try:
        with published(None) as ask:
            return tickets.gone(ask, {(row.source_id, row.ticket_id)}).get((row.source_id, row.ticket_id), "")
    except NotFound:
        return ""


def refuse_quotes(row: Review, given: tuple[AnswerGiven, ...]) -> None:
    """Refuse quotes that do not stand in the conversation, each with its item.

    Raises
    ------
    Invalid
        A quote is not there; ``errors`` names the item.
    """
    if not any(one.quotes for one in given):
        return
    with published(None) as ask:
        words = tickets.messages(ask, row.source_id, row.ticket_id)
    errors = [
        {"field": f"answers.{one.item}.quotes", "message": f"{one.item}: {what}", "code": "quote"}
        for one in given
        for quote in one.quotes
        if (what := evidence.problem_of(quote.text, quote.message, words))
    ]
    _raise(errors, "quote the words as they stand")


def _refuse_misfits(
    row: Review, items: Mapping[str, scoring.Item], answers: tuple[AnswerGiven, ...], *, look: bool
) -> None:
    errors = [
        {"field": f"answers.{one.item}", "message": what, "code": "misfit"}
        for one in answers
        if (what := _misfit(items, one))
    ]
    _raise(errors, "answer as the scorecard says")
    if look:
        refuse_quotes(row, answers)


def _misfit(items: Mapping[str, scoring.Item], given: AnswerGiven) -> str:
    item = items.get(given.item)
    if item is None:
        return f"this scorecard has no item {given.item}"
    if item.source == "automatic":
        return f"{item.title} is answered by a rule, not by people"
    return "" if given.value is None else scoring.problem_of(item, given.value)


def _refuse_unfinished(items: tuple[scoring.Item, ...], answers: Mapping[str, Any]) -> None:
    titles = {one.key: one.title for one in items}
    errors = [
        {"field": f"answers.{one}", "message": f"{titles[one]} has no answer", "code": "missing"}
        for one in showing.missing(items, answers)
    ]
    errors += [
        {"field": f"answers.{one}.quotes", "message": f"{titles[one]} needs a quote that shows it", "code": "evidence"}
        for one in showing.lacking(items, answers)
    ]
    _raise(errors, "answer every item, and quote where it is asked for")


def _raise(errors: list[dict[str, str]], remedy: str) -> None:
    if errors:
        raise Invalid(errors[0]["message"], remedy, tuple(errors))


def _due(row: Review) -> tuple[bool, Any, int]:
    return row.due_at is None, row.due_at or row.created_at, row.pk
