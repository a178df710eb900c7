"""Postings: written from a template, changed block by block, checked, published; what a job pays, what a text asks."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date
from typing import Any

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid, NotFound
from maitred.desks.hiring.models import Posting, PostingBlock, PostingEdition
from maitred.desks.hiring.posting import access, editing, showing
from maitred.desks.hiring.posting.shapes import (
    Fields,
    Key,
    Lines,
    Move,
    OtherId,
    OwnBlock,
    Place,
    PostingId,
    PostingListed,
    PostingShown,
    PostingState,
    Requirements,
    RequirementShown,
    Short,
    Template,
    Text,
    WagesShown,
    Words,
)
from maitred.desks.hiring.postings import duties, filling, rules, salary, shapes
from maitred.insight.wages import RELEASE
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged
from maitred.people.tree import root

_FIELDS: list[dict[str, Any]] = [{"key": "location", "value": "Austin, TX"}]
_LINES: list[dict[str, Any]] = [{"text": "Lead the team", "tag": "people"}]


@question(needs=Right.HIRING_READ, example={})
def postings(
    actor: Actor, state: PostingState | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[PostingListed]:
    """List postings, the newest first.

    Parameters
    ----------
    state
        Only those in this state.
    """
    rows = access.visible_postings(actor)
    rows = rows.filter(state=state) if state is not None else rows
    return paged(rows, actor, f"postings:{state}", cursor, limit, showing.listed, newest=True)


@question(needs=Right.HIRING_READ, example={"posting": 1})
def show_posting(actor: Actor, posting: PostingId) -> PostingShown:
    """Show a posting: its blocks with the source of each field, what checks find now, what the team's gaps suggest."""
    return showing.shown(actor, access.access_posting(actor, posting))


@question(needs=Right.HIRING_READ, example={"soc": "43-1011", "area": "New York"})
def wages(
    actor: Actor, soc: Short = "43-1011", area: Place = "United States", low: float | None = None,
    high: float | None = None,
) -> WagesShown:  # fmt: skip
    """Tell what an occupation pays in a place, beside its neighbours, and where a range of a year lies in that.

    Parameters
    ----------
    soc
        43-1011, 43-4051, 11-1021, 11-3131 or 11-9199.
    area
        A city, a state or the nation.
    low, high
        Ends of a range, in US dollars a year.
    """
    return showing.wages(salary.insight(soc, area, low, high, "year", showing.today()))


@question(needs=Right.HIRING_READ, example={"text": "3 years of experience in support and a degree"})
def read_requirements(actor: Actor, text: Text) -> Requirements:
    """Read out of a pasted posting what it asks for: skills, qualifications, experience, each with its place."""
    from maitred.insight import requirements

    found = requirements.read(text)
    return Requirements(tuple(RequirementShown(one.kind, one.text, one.start, one.end) for one in found[:500]))


@action(needs=Right.HIRING_WRITE, example={"template": "support-manager", "fields": _FIELDS})
def write_posting(
    actor: Actor, template: Template, fields: Fields = (), requisition: OtherId | None = None
) -> PostingShown:
    """Begin a posting from a template, as a draft.

    Parameters
    ----------
    fields
        What is known already, by key.
    requisition
        The requisition that it is for.
    """
    team = root()
    made = filling.filled(template, (), team.name if team is not None else "")
    made = editing.with_fields(made, fields)
    found = access.access_requisition(actor, requisition) if requisition is not None else None
    row = deeds.create(
        Posting, title=made.title[:200], role=made.role, requisition=found, content=shapes.plain(made),
        reference=secrets.token_hex(6),
    )  # fmt: skip
    return showing.shown(actor, row)


@action(needs=Right.HIRING_WRITE, example={"posting": 1, "version": 1, "fields": _FIELDS})
def fill_posting(actor: Actor, posting: PostingId, version: Version, fields: Fields) -> PostingShown:
    """Fill fields of a posting; those that are left out stay."""
    row = _open(actor, posting)
    return _kept(actor, row, version, editing.with_fields(showing.kept(row), fields))


@action(needs=Right.HIRING_WRITE, example={"posting": 1, "version": 1, "block": "responsibilities", "lines": _LINES})
def list_in_posting(actor: Actor, posting: PostingId, version: Version, block: Key, lines: Lines) -> PostingShown:
    """Replace the list of a block: duties with their tags, or what is a must and what a plus."""
    row = _open(actor, posting)
    return _kept(actor, row, version, editing.with_lines(showing.kept(row), block, lines))


@action(needs=Right.HIRING_WRITE, example={"posting": 1, "version": 1, "block": "legal", "move": "up"})
def arrange_posting(
    actor: Actor, posting: PostingId, version: Version, block: Key, on: bool | None = None, move: Move | None = None,
    title: Short | None = None,
) -> PostingShown:  # fmt: skip
    """Switch a block on or off, move it up or down, or give it another heading."""
    row = _open(actor, posting)
    made = showing.kept(row)
    found = editing.block_of(made, block)
    made = made.with_block(replace(found, on=found.on if on is None else on, title=title or found.title))
    if move is not None:
        made = made.moved(block, -1 if move == "up" else 1)
    return _kept(actor, row, version, made)


@action(needs=Right.HIRING_WRITE, example={"posting": 1, "version": 1, "title": "Our team", "text": "Eight people"})
def add_to_posting(
    actor: Actor, posting: PostingId, version: Version, title: Short | None = None, text: Words = "",
    own: OtherId | None = None,
) -> PostingShown:  # fmt: skip
    """Add a block to a posting: one with its own words, or one that the team kept.

    Parameters
    ----------
    own
        A block that the team kept.
    """
    row = _open(actor, posting)
    made = showing.kept(row)
    if own is not None:
        kept = access.access_block(actor, own)
        held = replace(made, blocks=(), template=made.template)
        block = shapes.from_plain({**shapes.plain(held), "blocks": [kept.block]}).blocks[0]
    elif title:
        block = shapes.Block(editing.key_of(title), "text", title, values=(shapes.Value("text", text),))
    else:
        raise Invalid("a block needs a title, or one that the team kept", "give one of them")
    return _kept(actor, row, version, editing.added(made, block))


@action(needs=Right.HIRING_WRITE, example={"posting": 1, "block": "about", "name": "Who we are"})
def keep_block(actor: Actor, posting: PostingId, block: Key, name: Short) -> OwnBlock:
    """Keep a block of a posting as the team's own, to be put into others; the same name replaces it."""
    content = showing.kept(access.access_posting(actor, posting))
    found = editing.block_of(content, block)
    kept = shapes.plain(replace(content, blocks=(found,)))["blocks"][0]
    there = access.visible_blocks(actor).filter(name__iexact=name).first()
    made = deeds.change(there, None, block=kept) if there else deeds.create(PostingBlock, name=name, block=kept)
    return OwnBlock(made.pk, made.name)


@action(needs=Right.HIRING_WRITE, example={"posting": 1, "version": 1, "texts": ["Refunds"]})
def accept_suggestions(
    actor: Actor, posting: PostingId, version: Version, texts: tuple[Words, ...]
) -> PostingShown:  # fmt: skip
    """Take lines into a posting that the team's own gaps suggest, each with its reason.

    Parameters
    ----------
    texts
        The suggested lines, as they are shown.
    """
    row = _open(actor, posting)
    made = showing.kept(row)
    chosen = [one for one in showing.suggested(actor, made) if one.line.text in texts]
    if len({one.line.text for one in chosen}) < len(set(texts)):
        raise NotFound("one of these lines is no longer suggested", "load the page again and choose")
    return _kept(actor, row, version, duties.accepted(made, chosen))


@action(needs=Right.HIRING_WRITE, example={"posting": 1, "version": 1})
def propose_salary(actor: Actor, posting: PostingId, version: Version) -> PostingShown:
    """Put the range into a posting that the wage survey proposes for its role and place, with its source."""
    row = _open(actor, posting)
    made = showing.kept(row)
    found = salary.insight(made.soc, salary.place_words(made.value("head", "location")))
    proposed = salary.proposal(found.band)
    if proposed is None or found.band is None:
        raise NotFound("the survey proposes no range for this role and place", "type a range with its source")
    area = next(one.name for one in found.areas if one.code == found.band.area)
    source = f"U.S. Bureau of Labor Statistics, OEWS {RELEASE.name}, {made.soc}, {area}"
    values = {"min": str(proposed[0]), "max": str(proposed[1]), "currency": "USD", "unit": "year", "source": source}
    block = editing.block_of(made, "salary")
    for name, value in values.items():
        block = block.holding(name, value, shapes.OEWS)
    return _kept(actor, row, version, made.with_block(block))


@action(needs=Right.HIRING_WRITE, example={"posting": 1, "version": 2})
def publish_posting(actor: Actor, posting: PostingId, version: Version) -> PostingShown:
    """Publish a posting as it is now; refused while a check of level E finds something."""
    row = _open(actor, posting)
    today = showing.today()
    one = showing.written(row)
    stopping = [each for each in one.findings if each.level == "E"]
    if stopping:
        errors = tuple(
            {"field": each.where, "message": f"{each.id}: {each.message}", "code": each.id} for each in stopping
        )
        raise Invalid(f"{len(stopping)} checks stop this posting", "mend what is marked E, then publish", errors)
    number = row.number + 1
    ends = one.posting.value("apply", "closing_date")
    deeds.change(
        row, version, state=Posting.PUBLISHED, number=number, posted_on=row.posted_on or today,
        ends_on=date.fromisoformat(ends) if ends else None,
    )  # fmt: skip
    deeds.create(
        PostingEdition, posting=row, number=number, content=row.content,
        findings=[each.told() for each in one.findings], rules_sha256=rules.digest(), published_at=clock.now(),
        by_id=actor.person,
    )  # fmt: skip
    return showing.shown(actor, row)


@action(needs=Right.HIRING_WRITE, example={"posting": 1, "version": 3})
def close_posting(actor: Actor, posting: PostingId, version: Version) -> PostingShown:
    """Take a posting out of sight: its page answers that it is gone, and it leaves the feed."""
    row = access.access_posting(actor, posting)
    if row.state != Posting.PUBLISHED:
        raise Conflict(f"{row.title} is not published", "nothing is left to do")
    return showing.shown(actor, deeds.change(row, version, state=Posting.CLOSED))


@action(needs=Right.HIRING_WRITE, example={"posting": 1, "version": 4})
def reopen_posting(actor: Actor, posting: PostingId, version: Version) -> PostingShown:
    """Make a closed posting a draft again; publishing it gives it a new day."""
    row = access.access_posting(actor, posting)
    if row.state != Posting.CLOSED:
        raise Conflict(f"{row.title} is not closed", "nothing is left to do")
    return showing.shown(actor, deeds.change(row, version, state=Posting.DRAFT, posted_on=None, ends_on=None))


def _open(actor: Actor, posting: int) -> Posting:
    row = access.access_posting(actor, posting)
    if row.state == Posting.CLOSED:
        raise Conflict(f"{row.title} is closed", "open it again first")
    return row


def _kept(actor: Actor, row: Posting, version: int, made: shapes.Posting) -> PostingShown:
    return showing.shown(actor, deeds.change(row, version, content=shapes.plain(made), title=made.title[:200]))
