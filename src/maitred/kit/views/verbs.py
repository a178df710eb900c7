"""Save a page with its filters under a name, share it, and open it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from django.db.models import Case, QuerySet, When
from pydantic import Field, StringConstraints

from maitred.base.errors import Conflict
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.access.sharing import Sharing, audience, owner_of
from maitred.kit.audit import deeds
from maitred.kit.notices.access import accounts_in
from maitred.kit.notices.telling import notify
from maitred.kit.verbs import Cursor, Limit, Names, Page, ShortText, Version, action, question
from maitred.kit.verbs.results import paged
from maitred.kit.verbs.words import LARGEST
from maitred.kit.views.access import access_own_view, access_view, own_views, visible_views
from maitred.kit.views.addresses import canonical, local, misfit, refuse_persons
from maitred.kit.views.models import LONGEST_PATH, SavedView

MOST = 200
"""Views that one account may keep."""
MOST_PINNED = 12
"""Views that the navigation shows."""
ViewId = Annotated[int, Names("view"), Field(ge=1, le=LARGEST)]
SomeTeamId = Annotated[int, Field(ge=1, le=LARGEST)]
Path = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_PATH)]
Query = Annotated[str, StringConstraints(strip_whitespace=True, max_length=8000)]


@dataclass(frozen=True, slots=True)
class ViewShown:
    """A saved view; ``mine`` says whether it is one's own to change."""

    id: int
    name: str
    path: str
    query: str
    sharing: str
    team: int | None
    owner: int
    mine: bool
    pinned: bool
    version: int


@dataclass(frozen=True, slots=True)
class ViewOpened:
    """Where a view leads: path, query string, and the address of the two with the view's own number in it."""

    id: int
    name: str
    path: str
    query: str
    address: str


@dataclass(frozen=True, slots=True)
class Pinned:
    """The views of the navigation, one's own first."""

    views: tuple[ViewOpened, ...]


@action(
    needs=Right.VIEWS_WRITE,
    example={"name": "Chat, last week", "path": "/service-levels/", "query": "channel=chat&period=last-7d"},
)
def save(
    actor: Actor,
    name: ShortText,
    path: Path,
    query: Query = "",
    sharing: Sharing = "private",
    team: SomeTeamId | None = None,
    pinned: bool = False,
) -> ViewShown:
    """Save a page with its filters under a name.

    Parameters
    ----------
    path, query
        The page and its query string; filters are sorted, places in lists are left out.
    sharing, team
        For oneself, for a team with everything below it, or for the organisation. Those who open it see what their own
        role allows.
    pinned
        Whether it stands in the navigation.
    """
    owner = owner_of(actor)
    given = audience(actor, Right.VIEWS_WRITE, sharing, team)
    _refuse_same_name(actor, owner, name)
    if own_views(actor).filter(owner=owner).count() >= MOST:
        raise Conflict(f"you keep {MOST} views already", "remove some first")
    where, filters = local(path), canonical(query)
    if sharing != "private":
        refuse_persons(where, filters)
    made = deeds.create(
        SavedView,
        owner_id=owner,
        name=name,
        path=where,
        query=filters,
        sharing=sharing,
        team_id=given,
        pinned=pinned,
    )
    _tell(actor, made)
    return _shown(actor, made)


@action(needs=Right.VIEWS_WRITE, example={"view": 1, "name": "Chat, last seven days", "version": 1})
def change(
    actor: Actor,
    view: ViewId,
    version: Version,
    name: ShortText | None = None,
    path: Path | None = None,
    query: Query | None = None,
    sharing: Sharing | None = None,
    team: SomeTeamId | None = None,
    pinned: bool | None = None,
) -> ViewShown:
    """Rename, share or pin one of one's own views, or point it elsewhere; what is left out stays.

    Parameters
    ----------
    sharing, team
        Given together where it is shared with a team.
    """
    row = access_own_view(actor, view)
    given: dict[str, Any] = {"name": name, "pinned": pinned}
    if name is not None and name != row.name:
        _refuse_same_name(actor, row.owner_id, name)
    if path is not None:
        given["path"] = local(path)
    if query is not None:
        given["query"] = canonical(query)
    if sharing is not None or team is not None:
        given["sharing"] = sharing or row.sharing
        given["team_id"] = audience(actor, Right.VIEWS_WRITE, given["sharing"], team)
    kept = {key: value for key, value in given.items() if value is not None or key == "team_id"}
    if kept.get("sharing", row.sharing) != "private":
        refuse_persons(kept.get("path", row.path), kept.get("query", row.query))
    before = (row.sharing, row.team_id)
    changed = deeds.change(row, version, **kept)
    if (changed.sharing, changed.team_id) != before:
        _tell(actor, changed)
    return _shown(actor, changed)


@action(needs=Right.VIEWS_WRITE, example={"view": 1, "version": 1})
def remove(actor: Actor, view: ViewId, version: Version) -> ViewShown:
    """Remove one of one's own views, for everybody it was shared with too."""
    row = access_own_view(actor, view)
    shown = _shown(actor, row)
    deeds.remove(row, version)
    return shown


@question(needs=Right.VIEWS_READ, example={"view": 1})
def open(actor: Actor, view: ViewId) -> ViewOpened:
    """Say where a view leads. What the page shows there is decided by the rights of whoever opens it."""
    return _opened(access_view(actor, view))


@question(needs=Right.VIEWS_READ, example={})
def pinned(actor: Actor) -> Pinned:
    """List the views of the navigation: one's own pinned ones, then those that others pinned and shared."""
    mine = Case(When(owner=actor.account or 0, then=0), default=1)
    found = visible_views(actor).filter(pinned=True).order_by(mine, "name", "pk")
    return Pinned(tuple(_opened(row) for row in found[:MOST_PINNED]))


@question(needs=Right.VIEWS_READ, example={})
def list(actor: Actor, path: Path = "", cursor: Cursor = None, limit: Limit = 50) -> Page[ViewShown]:
    """List one's own views and those that are shared with one.

    Parameters
    ----------
    path
        Only those of this page.
    """
    rows: QuerySet[SavedView] = visible_views(actor)
    if path:
        rows = rows.filter(path=path)
    return paged(rows, actor, f"views:{path}", cursor, limit, lambda row: _shown(actor, row))


def _refuse_same_name(actor: Actor, owner: int, name: str) -> None:
    if own_views(actor).filter(owner=owner, name=name).exists():
        raise misfit("name", f"there is a view {name} already; choose another name")


def _tell(actor: Actor, row: SavedView) -> None:
    """The people of a team hear that a view was shared with them."""
    if row.team_id is not None:
        others = (one for one in accounts_in(row.team_id) if one != row.owner_id)
        notify(others, "shared", f"A view was shared with your team: {row.name}", _address(row))


def _opened(row: SavedView) -> ViewOpened:
    return ViewOpened(row.pk, row.name, row.path, row.query, _address(row))


def _address(row: SavedView) -> str:
    return f"{row.path}?{row.query}&view={row.pk}" if row.query else f"{row.path}?view={row.pk}"


def _shown(actor: Actor, row: SavedView) -> ViewShown:
    return ViewShown(
        row.pk, row.name, row.path, row.query, row.sharing, row.team_id, row.owner_id, row.owner_id == actor.account,
        row.pinned, row.version,
    )  # fmt: skip
