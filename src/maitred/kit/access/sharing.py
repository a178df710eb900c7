"""What people share with each other: kept to oneself, given to a team with everything below it, or to everybody.

For rows with the columns ``owner``, ``sharing`` and ``team``. How far somebody may share is their reach for writing:
``own`` keeps to oneself, ``subtree`` gives to the teams one leads, ``all`` to the organisation.
"""

from __future__ import annotations

from typing import Literal, TypeVar

from django.db.models import Model, Q, QuerySet

from maitred.base.errors import Denied, Invalid, NotFound
from maitred.kit.access import teams
from maitred.kit.access.actor import Actor
from maitred.kit.access.answering import looked_up
from maitred.kit.access.rights import Reach, Right, covers, reach

M = TypeVar("M", bound=Model)
Sharing = Literal["private", "team", "organisation"]
SHARING: tuple[Sharing, ...] = ("private", "team", "organisation")


def shared_with(rows: QuerySet[M], actor: Actor, right: Right) -> QuerySet[M]:
    """One's own rows, the organisation's, and those of one's teams, of the teams one leads, of the ones above."""
    how = reach(actor, right)
    if how is Reach.ALL:
        return rows
    if how is Reach.NONE:
        return rows.none()
    mine = actor.teams | actor.subtree if how is Reach.SUBTREE else actor.teams
    above = looked_up(("teams_above", mine), lambda: teams.above(mine))
    theirs = Q(sharing="team", team__in=above)
    return rows.filter(Q(sharing="organisation") | theirs | Q(owner=actor.account or 0))


def owned_by(rows: QuerySet[M], actor: Actor) -> QuerySet[M]:
    """The rows that the actor may change: their own; the one who holds the files has all of them."""
    return rows if actor.operator else rows.filter(owner=actor.account or 0)


def owner_of(actor: Actor) -> int:
    """The account that a new row belongs to.

    Raises
    ------
    Invalid
        The actor is no account.
    """
    if actor.account is None:
        raise Invalid("this belongs to an account, and you act as none", "sign in and do it there")
    return actor.account


def audience(actor: Actor, right: Right, sharing: Sharing, team: int | None) -> int | None:
    """The team that something is given to, None where it is kept to oneself or given to everybody.

    Raises
    ------
    NotFound
        There is no such team, or none that the actor may give it to.
    Denied
        The actor may not give it to the organisation.
    Invalid
        A team is missing, or named although it is not given to a team.
    """
    if team is not None and not (covers(actor, right, teams=frozenset({team})) and teams.known((team,))):
        raise NotFound(f"there is no team {team} that you may share with", "choose a team that you lead")
    if sharing == "organisation" and reach(actor, right) is not Reach.ALL:
        raise Denied("you may not share this with the whole organisation", "share it with a team, or ask a manager")
    if (sharing == "team") is (team is None):
        what = "name the team to share with" if team is None else "a team is named only where it is shared with a team"
        raise Invalid(what, "mend it", ({"field": "team", "message": what, "code": "misfit"},))
    return team
