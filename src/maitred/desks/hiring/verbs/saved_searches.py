"""Searches that one keeps under a name, and hears of when somebody new fits them."""

from __future__ import annotations

from maitred.base.errors import Conflict
from maitred.desks.hiring.models import SavedSearch
from maitred.desks.hiring.search_shapes import Edits, Name, Query, SavedId, SavedList, SavedShown
from maitred.desks.hiring.searching import access, alerting, showing
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Version, action, question


@question(needs=Right.HIRING_READ, example={})
def saved_searches(actor: Actor) -> SavedList:
    """List the searches that one keeps."""
    return SavedList(tuple(showing.saved(row) for row in access.own_saved(actor)[: access.MOST_SAVED]))


@action(needs=Right.HIRING_READ, example={"name": "Managers in Austin", "query": "support manager in Austin, TX"})
def save_search(actor: Actor, name: Name, query: Query, edits: Edits = (), alert: bool = False) -> SavedShown:
    """Keep a search under a name.

    Parameters
    ----------
    edits
        Changes of its chips, as ``search`` takes them.
    alert
        Be told once a day of people who are new in its list.
    """
    if actor.account is None:
        raise Conflict("the command line keeps no searches: nobody would be told", "sign in and keep it there")
    if access.own_saved(actor).count() >= access.MOST_SAVED:
        raise Conflict(f"more than {access.MOST_SAVED} searches are not kept", "forget one first")
    seen = alerting.present(query, edits)
    row = deeds.create(
        SavedSearch, owner_id=actor.account, name=name, query=query, edits=list(edits), alert=alert, seen=seen
    )
    return showing.saved(row)


@action(needs=Right.HIRING_READ, example={"saved": 1, "version": 1, "alert": True})
def change_saved_search(
    actor: Actor, saved: SavedId, version: Version, name: Name | None = None, alert: bool | None = None
) -> SavedShown:
    """Rename a kept search, or turn its daily word on and off."""
    row = access.access_saved(actor, saved)
    given = {"name": name, "alert": alert}
    changed = {key: value for key, value in given.items() if value is not None}
    return showing.saved(deeds.change(row, version, **changed))


@action(needs=Right.HIRING_READ, example={"saved": 1, "version": 1})
def forget_saved_search(actor: Actor, saved: SavedId, version: Version) -> SavedList:
    """Keep a search no longer."""
    deeds.remove(access.access_saved(actor, saved), version)
    return saved_searches(actor)
