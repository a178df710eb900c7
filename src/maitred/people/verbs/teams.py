"""The tree of teams and the helpdesk groups that they are."""

from __future__ import annotations

from maitred.base.errors import Conflict, Invalid
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, Page, ShortText, Version, action, question
from maitred.kit.verbs.results import paged
from maitred.people import access, tree
from maitred.people.models import GroupLink, Team
from maitred.people.verbs import shapes
from maitred.people.verbs.shapes import GroupLinkId, GroupLinkShown, OtherTeamId, TeamId, TeamShown


@question(needs=Right.TEAMS_READ, example={})
def list_teams(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[TeamShown]:
    """List the teams with their place in the tree."""
    return paged(access.visible_teams(actor), actor, "teams", cursor, limit, shapes.team)


@question(needs=Right.TEAMS_READ, example={"team": 1})
def show_team(actor: Actor, team: TeamId) -> TeamShown:
    """Show one team."""
    return shapes.team(access.access_team(actor, team))


@action(needs=Right.MEMBERS_WRITE, example={"name": "Refunds", "parent": 1})
def add_team(actor: Actor, name: ShortText, parent: OtherTeamId | None = None) -> TeamShown:
    """Add a team below another one.

    Parameters
    ----------
    parent
        The team above it; the top of the tree unless given.
    """
    top = tree.root()
    above = access.access_team(actor, parent) if parent else top
    _refuse_same_name(name, above)
    made = deeds.create(Team, name=name, parent=above)
    tree.enter(made)
    return shapes.team(made)


@action(needs=Right.MEMBERS_WRITE, example={"team": 2, "name": "Billing and refunds", "version": 1})
def rename_team(actor: Actor, team: TeamId, name: ShortText, version: Version) -> TeamShown:
    """Give a team another name."""
    row = access.access_team(actor, team)
    if name != row.name:
        _refuse_same_name(name, row.parent)
    return shapes.team(deeds.change(row, version, name=name))


@action(needs=Right.MEMBERS_WRITE, example={"team": 3, "parent": 2, "version": 1})
def move_team(actor: Actor, team: TeamId, parent: OtherTeamId, version: Version) -> TeamShown:
    """Put a team, with everything below it, under another one."""
    row, above = access.access_team(actor, team), access.access_team(actor, parent)
    tree.refuse_cycle(row, above)
    if row.parent_id is None:
        raise Invalid(f"{row.name} is the top of the tree", "move other teams instead")
    _refuse_same_name(row.name, above)
    moved = deeds.change(row, version, parent=above)
    tree.rehang(moved)
    return shapes.team(moved)


@action(needs=Right.MEMBERS_WRITE, example={"team": 5, "version": 1})
def remove_team(actor: Actor, team: TeamId, version: Version) -> TeamShown:
    """Remove a team that nobody was ever in and that has none below it."""
    row = access.access_team(actor, team)
    if row.parent_id is None or row.children.exists() or row.memberships.exists():
        raise Conflict(
            f"{row.name} has people, teams or a history", "move them elsewhere; a team with a history is kept"
        )
    for link in row.groups.all():
        deeds.remove(link, None)
    shown = shapes.team(row)
    deeds.remove(row, version)
    return shown


@question(needs=Right.TEAMS_READ, example={})
def list_group_links(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[GroupLinkShown]:
    """List which helpdesk group belongs to which team."""
    return paged(access.visible_group_links(actor), actor, "group-links", cursor, limit, shapes.group_link)


@action(needs=Right.MEMBERS_WRITE, example={"team": 2, "source": "zendesk", "external_id": "360001"})
def link_group(actor: Actor, team: TeamId, source: ShortText, external_id: ShortText) -> GroupLinkShown:
    """Say that a helpdesk group is this team."""
    row = access.access_team(actor, team)
    taken = access.visible_group_links(actor).filter(source_id=source, external_id=external_id).first()
    if taken is not None:
        raise Conflict(f"group {external_id} of {source} belongs to team {taken.team_id}", "unlink it there first")
    return shapes.group_link(deeds.create(GroupLink, team=row, source_id=source, external_id=external_id))


@action(needs=Right.MEMBERS_WRITE, example={"link": 1, "version": 1})
def unlink_group(actor: Actor, link: GroupLinkId, version: Version) -> GroupLinkShown:
    """Take a helpdesk group away from its team."""
    row = access.access_group_link(actor, link)
    shown = shapes.group_link(row)
    deeds.remove(row, version)
    return shown


def _refuse_same_name(name: str, parent: Team | None) -> None:
    siblings = parent.children.all() if parent else None
    if siblings is not None and siblings.filter(name=name).exists():
        what = f"there is a team {name} below {parent.name if parent else 'the top'} already"
        raise Invalid(what, "choose another name", ({"field": "name", "message": what, "code": "taken"},))
