"""The only way to postings: for those who hold the grant for hiring; what is published is for everybody."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from maitred.desks.hiring import access
from maitred.desks.hiring.models import Posting, PostingBlock, PostingEdition, Requisition
from maitred.kit.access.actor import Actor
from maitred.kit.access.belonging import one


def visible_postings(actor: Actor) -> QuerySet[Posting]:
    """All postings, for those who hire."""
    rows = Posting._base_manager.all()
    return rows if access.reads(actor) else rows.none()


def access_posting(actor: Actor, posting: int) -> Posting:
    """One of them."""
    return one(visible_postings(actor), posting, "posting")


def access_requisition(actor: Actor, requisition: int) -> Requisition:
    """A requisition that a posting is for."""
    rows = Requisition._base_manager.all()
    return one(rows if access.reads(actor) else rows.none(), requisition, "requisition")


def visible_blocks(actor: Actor) -> QuerySet[PostingBlock]:
    """Blocks of the team's own, by name."""
    rows = PostingBlock._base_manager.order_by("name")
    return rows if access.reads(actor) else rows.none()


def access_block(actor: Actor, block: int) -> PostingBlock:
    """One of them."""
    return one(visible_blocks(actor), block, "posting block")


def editions(posting: Posting) -> list[PostingEdition]:
    """What was published of a posting that one has reached, the newest first."""
    return list(PostingEdition._base_manager.filter(posting=posting).order_by("-number"))


def public_edition(reference: str) -> PostingEdition | None:
    """The last published edition of a posting by its public reference, for anybody, also where its day is past."""
    rows = PostingEdition._base_manager.select_related("posting").filter(posting__reference=reference)
    return rows.order_by("-number").first()


def open_editions(today: date, limit: int) -> list[PostingEdition]:
    """The editions that are out on a day, for anybody: the last of each posting that is published and not past."""
    rows = Posting._base_manager.filter(state=Posting.PUBLISHED).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    postings = {row.pk: row.number for row in rows.order_by("-pk")[:limit]}
    found = PostingEdition._base_manager.select_related("posting").filter(posting__in=postings).order_by("-posting")
    return [row for row in found if row.number == postings[row.posting_id]]
