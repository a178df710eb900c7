"""Write what reviewers look for: a draft, published once it is sound, never changed afterwards."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from pydantic import StringConstraints

from maitred.base import clock
from maitred.base.errors import Invalid, NotFound
from maitred.desks.quality import access
from maitred.desks.quality.models import Edition, Scorecard
from maitred.desks.quality.verbs.shapes import (
    Anchor,
    EditionListed,
    ItemGiven,
    Items,
    Name,
    Number,
    ScorecardId,
    ScorecardListed,
    Scorecards,
    ScorecardShown,
)
from maitred.insight import scoring
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Version, action, question

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]
_ITEM = {"key": "solved", "title": "Solved the problem", "kind": "yes_no", "weight": 100}


@question(needs=Right.QUALITY_READ, example={})
def scorecards(actor: Actor) -> Scorecards:
    """List the scorecards by name, with the version in force and the one that is being written."""
    rows = list(access.visible_scorecards(actor).order_by("name"))
    known = access.editions_of(one.pk for one in rows)
    return Scorecards(tuple(_listed(one, known) for one in rows))


@question(needs=Right.QUALITY_READ, example={"scorecard": 1})
def show_scorecard(actor: Actor, scorecard: ScorecardId, number: Number | None = None) -> ScorecardShown:
    """Show a scorecard's items: those of one version, else of the draft, else of the version in force.

    Parameters
    ----------
    number
        The version to show; old reviews keep the one they were made with.
    """
    card = access.access_scorecard(actor, scorecard)
    found = access.editions(actor, card)
    wanted = next((one for one in found if number is None or one.number == number), None)
    if wanted is None:
        what = f"version {number} of scorecard" if number is not None else "published version of scorecard"
        raise NotFound(f"there is no {what} {scorecard} that you may see", "see which there are")
    return shown(actor, card, wanted)


@action(needs=Right.QUALITY_LEAD, example={"name": "Support", "items": [_ITEM]})
def add_scorecard(actor: Actor, name: Name, description: Words = "", items: Items = ()) -> ScorecardShown:
    """Begin a scorecard; it can be used once it is published."""
    card = deeds.create(Scorecard, name=name, description=description)
    edition = deeds.create(Edition, scorecard=card, number=1, items=_kept(items))
    return shown(actor, card, edition)


@action(needs=Right.QUALITY_LEAD, example={"scorecard": 1, "version": 1, "items": [_ITEM]})
def save_scorecard(
    actor: Actor,
    scorecard: ScorecardId,
    version: Version,
    items: Items,
    name: Name | None = None,
    description: Words | None = None,
) -> ScorecardShown:
    """Save the draft of a scorecard; what still stands against publishing it is told, not refused."""
    card = access.access_scorecard(actor, scorecard)
    edition = deeds.change(_draft(actor, card), version, items=_kept(items))
    words = {
        field: value for field, value in (("name", name), ("description", description))
        if value is not None and value != getattr(card, field)
    }  # fmt: skip
    if words:
        deeds.change(card, None, **words)
    return shown(actor, card, edition)


@action(needs=Right.QUALITY_LEAD, example={"scorecard": 1, "version": 1})
def publish_scorecard(actor: Actor, scorecard: ScorecardId, version: Version) -> ScorecardShown:
    """Publish the draft: from now on reviews are made with it, and it never changes again."""
    card = access.access_scorecard(actor, scorecard)
    draft = _draft(actor, card)
    found = scoring.problems(scoring.items_of(draft.items))
    if found:
        raise Invalid(f"{card.name} cannot be published: {found[0]['message']}", "mend the draft", found)
    by = {"published_at": clock.now(), "published_by_id": actor.person}
    return shown(actor, card, deeds.change(draft, version, state=Edition.PUBLISHED, **by))


@action(needs=Right.QUALITY_LEAD, example={"scorecard": 1})
def revise_scorecard(actor: Actor, scorecard: ScorecardId) -> ScorecardShown:
    """Begin the next version of a scorecard as a copy of the one in force; reviews keep the version they have."""
    card = access.access_scorecard(actor, scorecard)
    there = access.editions(actor, card)
    if any(one.state == Edition.DRAFT for one in there):
        raise Invalid(f"{card.name} has a draft already", "change that one, or publish it first")
    last = there[0]
    return shown(actor, card, deeds.create(Edition, scorecard=card, number=last.number + 1, items=last.items))


@action(needs=Right.QUALITY_LEAD, example={"scorecard": 1, "version": 1, "retired": True})
def retire_scorecard(actor: Actor, scorecard: ScorecardId, version: Version, retired: bool = True) -> ScorecardShown:
    """Take a scorecard out of use, or back; its reviews stay as they are."""
    card = deeds.change(access.access_scorecard(actor, scorecard), version, retired=retired)
    return shown(actor, card, access.editions(actor, card)[0])


def in_force(actor: Actor, scorecard: int) -> Edition:
    """The version of a scorecard that new reviews are made with.

    Raises
    ------
    Invalid
        Nothing of it is published, or it is out of use.
    """
    card = access.access_scorecard(actor, scorecard)
    found = access.published_edition(card)
    if found is not None and not card.retired:
        return found
    what = f"{card.name} is out of use" if card.retired else f"{card.name} has no published version"
    errors = ({"field": "scorecard", "message": what, "code": "unpublished"},)
    raise Invalid(what, "publish it, or choose another scorecard", errors)


def given_items(edition: Edition) -> tuple[ItemGiven, ...]:
    """The items of a version as verbs show them."""
    return tuple(
        ItemGiven(**{**one.plain(), "anchors": tuple(Anchor(value, label) for value, label in one.anchors)})
        for one in scoring.items_of(edition.items)
    )


def shown(actor: Actor, card: Scorecard, edition: Edition) -> ScorecardShown:
    """A scorecard with one version's items."""
    items, used = scoring.items_of(edition.items), access.reviews_by_edition(card)
    listed = tuple(
        EditionListed(one.number, one.state, one.published_at, used.get(one.number, 0))
        for one in access.editions(actor, card)
    )
    problems = scoring.problems(items) if edition.state == Edition.DRAFT else ()
    return ScorecardShown(
        card.pk, card.name, card.description, card.retired, edition.number, edition.state, given_items(edition),
        scoring.weights(items), problems, edition.published_at, listed, card.version, edition.version,
    )  # fmt: skip


def _kept(items: tuple[ItemGiven, ...]) -> list[dict[str, object]]:
    """Items as the database keeps them; a yes or no has no scale of its own."""
    found = []
    for one in items:
        scale = {} if one.kind == "scale" else {"minimum": 0.0, "maximum": 1.0, "anchors": ()}
        anchors = [[each.value, each.label] for each in one.anchors]
        found.append({**asdict(one), "anchors": anchors, **scale})
    return found


def _draft(actor: Actor, card: Scorecard) -> Edition:
    found = access.editions(actor, card)
    if found[0].state != Edition.DRAFT:
        raise Invalid(
            f"version {found[0].number} of {card.name} is published and never changes", "begin the next version of it"
        )
    return found[0]


def _listed(card: Scorecard, known: list[tuple[int, int, str]]) -> ScorecardListed:
    mine = {state: number for scorecard, number, state in known if scorecard == card.pk}
    return ScorecardListed(
        card.pk, card.name, card.description, mine.get(Edition.PUBLISHED), mine.get(Edition.DRAFT), card.retired,
        card.version,
    )  # fmt: skip
