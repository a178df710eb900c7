"""The rows of searches: the log for those who hire and those who audit, kept searches for their owner alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet

from maitred.base.errors import NotFound
from maitred.desks.hiring import access
from maitred.desks.hiring.models import Profile, Requisition, SavedSearch, SearchRun
from maitred.kit.access.actor import Actor
from maitred.kit.access.belonging import one

MOST_SAVED = 200


def visible_searches(actor: Actor) -> QuerySet[SearchRun]:
    """The log, for those who hire and for those who audit hiring."""
    rows = SearchRun._base_manager.all()
    return rows if access.reads(actor) or access.audits(actor) else rows.none()


def access_search(actor: Actor, code: str) -> SearchRun:
    """One search by its code, for those who hire.

    Raises
    ------
    NotFound
        There is none, or not for this actor.
    """
    found = visible_searches(actor).filter(code=code).first() if access.reads(actor) else None
    if found is None:
        raise NotFound(f"there is no search {code}", "`hiring searches` lists them")
    return found


def last_search() -> SearchRun | None:
    """The end of the chain."""
    return SearchRun._base_manager.order_by("-number").first()


def whole_log() -> Iterator[SearchRun]:
    """Every row in the order of the chain."""
    return SearchRun._base_manager.order_by("number").iterator(chunk_size=500)


def own_saved(actor: Actor) -> QuerySet[SavedSearch]:
    """Searches that one keeps oneself."""
    rows = SavedSearch._base_manager.filter(owner=actor.account or 0).order_by("name", "pk")
    return rows if access.reads(actor) else rows.none()


def access_saved(actor: Actor, saved: int) -> SavedSearch:
    """One of them."""
    return one(own_saved(actor), saved, "saved search")


def with_alert() -> list[SavedSearch]:
    """Kept searches whose owners want to hear of new people."""
    return list(SavedSearch._base_manager.select_related("owner").filter(alert=True).order_by("pk"))


def newest_profiles(actor: Actor, as_of: date, limit: int) -> list[Profile]:
    """The people who came last and may be found on that day."""
    rows = Profile._base_manager.filter(hide_after__gte=as_of) if access.reads(actor) else Profile._base_manager.none()
    return list(rows.order_by("-added_on", "-pk")[:limit])


def open_requisitions(actor: Actor) -> list[Requisition]:
    """Approved requisitions, for those who hire."""
    rows = Requisition._base_manager.filter(state=Requisition.APPROVED) if access.reads(actor) else None
    return list(rows.order_by("pk")[:200]) if rows is not None else []
