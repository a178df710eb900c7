"""What the pages of kept things share: why a form was refused, whom one may share with, where one came from."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.verbs import run

REFUSALS = (Conflict, Denied, Invalid, NotFound)
"""What a verb says about a form, as its page shows it beside the form."""
MOST_TEAMS = 200


def told(error: MaitredError) -> str:
    """A refusal in one line: what does not fit in each field, else what happened and what to do."""
    if isinstance(error, Invalid) and error.errors:
        return "; ".join(f"{one['field'].replace('_', ' ')}: {one['message']}" for one in error.errors)
    return f"{error}"


def audiences(actor: Actor, right: Right) -> list[tuple[str, str]]:
    """Whom the actor may share with, as the choices of one field: ``private``, ``team:3``, ``organisation``."""
    found = [("private", _("Only me"))]
    how = reach(actor, right)
    if how in (Reach.SUBTREE, Reach.ALL):
        teams = run("people.list_teams", actor, {"limit": MOST_TEAMS}).items
        mine = [one for one in teams if how is Reach.ALL or one.id in actor.subtree]
        found += [(f"team:{one.id}", one.name) for one in sorted(mine, key=lambda one: one.name.casefold())]
    if how is Reach.ALL:
        found.append(("organisation", _("Everybody here")))
    return found


def audience(word: str) -> dict[str, Any]:
    """A choice of ``audiences`` as verbs take it."""
    sharing, _colon, team = word.partition(":")
    return {"sharing": sharing or "private", **({"team": team} if team else {})}


def audience_word(sharing: str, team: int | None) -> str:
    """The other way round."""
    return f"team:{team}" if sharing == "team" else sharing


def here(request: HttpRequest, path: str) -> str:
    """A path of this installation that a form sent along; empty where it is none."""
    fits = path.startswith("/") and url_has_allowed_host_and_scheme(path, {request.get_host()}, request.is_secure())
    return path if fits else ""


def back(request: HttpRequest, usual: str) -> HttpResponseRedirect:
    """To where the form came from."""
    return HttpResponseRedirect(here(request, request.POST.get("back", "")) or usual)
