"""The tree of teams: who belongs where now, whom a lead leads, and the pairs of ancestors that make it quick to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from maitred.base import clock
from maitred.base.errors import Invalid
from maitred.people.models import Membership, Person, Team, TeamPath


def open_at(moment: datetime) -> Q:
    """Memberships that hold at an instant (end excluded)."""
    return Q(valid_from__lte=moment) & (Q(valid_to__isnull=True) | Q(valid_to__gt=moment))


def memberships(moment: datetime | None = None) -> QuerySet[Membership]:
    """Memberships that hold now, or held then."""
    return Membership._base_manager.filter(open_at(moment or clock.now()))


@dataclass(frozen=True, slots=True)
class Places:
    """The teams a person is in, and those of them that the person leads."""

    teams: frozenset[int]
    led: frozenset[int]


NOWHERE = Places(frozenset(), frozenset())


def places_of(person: int) -> Places:
    """Where a person is now, in one query.

    What lies below a team that is led is led too, so that a team without a lead belongs to the lead above it.
    """
    rows = list(memberships().filter(person=person).values_list("team", "leads"))
    return Places(frozenset(team for team, _ in rows), frozenset(team for team, leads in rows if leads))


def teams_of(person: int, moment: datetime | None = None) -> frozenset[int]:
    """Ids of the teams a person is in."""
    return frozenset(memberships(moment).filter(person=person).values_list("team", flat=True))


def below(teams: frozenset[int]) -> frozenset[int]:
    """The teams themselves and all their descendants."""
    if not teams:
        return frozenset()
    return frozenset(TeamPath._base_manager.filter(ancestor__in=teams).values_list("descendant", flat=True))


def above(teams: frozenset[int]) -> frozenset[int]:
    """The teams themselves and everything above them."""
    if not teams:
        return frozenset()
    return frozenset(TeamPath._base_manager.filter(descendant__in=teams).values_list("ancestor", flat=True))


def people_in(teams: frozenset[int], moment: datetime | None = None) -> QuerySet[Membership]:
    """Memberships of the people in teams (not of those below them)."""
    return memberships(moment).filter(team__in=teams)


def root() -> Team | None:
    """The team without a parent."""
    return Team._base_manager.filter(parent__isnull=True).first()


def refuse_cycle(team: Team, parent: Team) -> None:
    """A team may not come to stand below itself.

    Raises
    ------
    Invalid
        The parent is the team or one of its descendants.
    """
    if parent.pk in below(frozenset({team.pk})):
        what = f"{team.name} cannot stand below {parent.name}, which is {team.name} or belongs to it"
        raise Invalid(what, "choose a team outside of it", ({"field": "parent", "message": what, "code": "cycle"},))


def enter(team: Team) -> None:
    """Add the paths of a new team."""
    rows = [TeamPath(ancestor=team, descendant=team, depth=0)]
    if team.parent_id:
        for path in TeamPath._base_manager.filter(descendant=team.parent_id):
            rows.append(TeamPath(ancestor_id=path.ancestor_id, descendant=team, depth=path.depth + 1))
    TeamPath._base_manager.bulk_create(rows)


def rehang(team: Team) -> None:
    """Replace the paths of a moved team and of everything below it."""
    moved = below(frozenset({team.pk}))
    paths = TeamPath._base_manager
    paths.filter(descendant__in=moved).exclude(ancestor__in=moved).delete()
    above = list(paths.filter(descendant=team.parent_id)) if team.parent_id else []
    inner = list(paths.filter(ancestor=team.pk, descendant__in=moved))
    paths.bulk_create(
        TeamPath(ancestor_id=up.ancestor_id, descendant_id=down.descendant_id, depth=up.depth + down.depth + 1)
        for up in above
        for down in inner
    )


def teams_of_known(person: int) -> frozenset[int] | None:
    """A person's present teams; None where there is no such person."""
    return teams_of(person) if Person._base_manager.filter(pk=person).exists() else None


def names() -> list[str]:
    """The names of all teams."""
    return list(Team._base_manager.values_list("name", flat=True))
