"""The only way to the rows of the roster: every function says for whom it looks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from django.db.models import Q, QuerySet

from maitred.base import clock
from maitred.base.errors import NotFound
from maitred.desks.roster.models import Leave, OfPerson, Share, SharedMark, SkillHeld, WorkingTime
from maitred.kit.access.actor import Actor
from maitred.kit.access.answering import looked_up
from maitred.kit.access.belonging import one
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.audit.models import AuditRow
from maitred.people import access as people_access
from maitred.people import tree
from maitred.people.models import Account, HelpdeskIdentity, Membership, Person, Team

R = TypeVar("R", bound=OfPerson)
External = tuple[str, str]


def visible_humans(actor: Actor, right: Right = Right.ROSTER_READ) -> QuerySet[Person]:
    """People within the actor's reach: oneself; those of the subtree; all for the operator."""
    return people_access.visible_people(actor, right).filter(kind="human")


def access_human(actor: Actor, person: int, right: Right = Right.ROSTER_READ) -> Person:
    """One of them."""
    return one(visible_humans(actor, right), person, "person")


def visible_bots(actor: Actor) -> QuerySet[Person]:
    """All bots, for whoever sees figures of teams; nobody's record of a person."""
    rows = Person._base_manager.filter(kind="bot")
    return rows if reach(actor, Right.ROSTER_TEAMS) is not Reach.NONE else rows.none()


def access_bot(actor: Actor, bot: int) -> Person:
    """One bot."""
    return one(visible_bots(actor), bot, "bot")


def visible_teams(actor: Actor, right: Right = Right.ROSTER_TEAMS) -> QuerySet[Team]:
    """Teams whose figures one may see: one's own; those one leads with all below; all."""
    how = reach(actor, right)
    rows = Team._base_manager.all()
    if how is Reach.ALL:
        return rows
    if how is Reach.NONE:
        return rows.none()
    own = actor.teams if how is Reach.OWN or right is Right.ROSTER_TEAMS else frozenset()
    return rows.filter(pk__in=own | (actor.subtree if how is Reach.SUBTREE else frozenset()))


def access_team(actor: Actor, team: int, right: Right = Right.ROSTER_TEAMS) -> Team:
    """One of them."""
    return one(visible_teams(actor, right), team, "team")


def team_names() -> dict[int, str]:
    """Names of all teams, which everybody with a role knows."""
    return looked_up("roster_team_names", lambda: dict(Team._base_manager.values_list("pk", "name")))


def homes(persons: Iterable[int]) -> dict[int, list[Membership]]:
    """Present memberships of persons that one has reached already, by person."""
    found: dict[int, list[Membership]] = {}
    rows = tree.memberships().filter(person__in=set(persons)).order_by("team__name", "pk")
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found


def history_of(person: Person) -> list[Membership]:
    """All memberships of a person that one has reached already, the latest first."""
    rows = Membership._base_manager.filter(person=person).select_related("team")
    return list(rows.order_by("-valid_from", "-pk"))


def shares_of(persons: Iterable[int]) -> dict[int, Share]:
    """Shares of persons that one has reached already, by membership."""
    return {row.membership_id: row for row in Share._base_manager.filter(person__in=set(persons))}


def people_below(team: Team) -> list[Person]:
    """The humans of a team and of those below it, for totals of the team."""
    teams = tree.below(frozenset({team.pk}))
    rows = Person._base_manager.filter(pk__in=tree.people_in(teams).filter(leads=False).values("person"), kind="human")
    return list(rows.order_by("name", "pk"))


def people_of_teams() -> tuple[dict[int, frozenset[int]], dict[int, int | None]]:
    """Humans of every team with those below it, by team, and the team above each: for rules about totals alone."""
    above = dict(Team._base_manager.values_list("pk", "parent"))
    rows = tree.memberships().filter(leads=False, person__kind="human").values_list("team", "person")
    found: dict[int, set[int]] = {team: set() for team in above}
    for team, person in rows:
        at: int | None = team
        while at is not None:
            found[at].add(person)
            at = above[at]
    return {team: frozenset(those) for team, those in found.items()}, above


def agents_of(persons: Iterable[int]) -> dict[int, frozenset[External]]:
    """Helpdesk users of persons that one has reached already, by person."""
    found: dict[int, set[External]] = {}
    rows = HelpdeskIdentity._base_manager.filter(person__in=set(persons))
    for person, source, external in rows.values_list("person", "source_id", "external_id"):
        found.setdefault(person, set()).add((source, external))
    return {person: frozenset(those) for person, those in found.items()}


def shared(persons: Iterable[int]) -> dict[int, SharedMark]:
    """Marks of shared accounts among persons that one has reached already, by person."""
    return {row.person_id: row for row in SharedMark._base_manager.filter(person__in=set(persons))}


def skills_of(persons: Iterable[int]) -> dict[int, list[SkillHeld]]:
    """Present skills of persons that one has reached already, by name."""
    rows = SkillHeld._base_manager.filter(person__in=set(persons), ended_at__isnull=True).select_related("said_by")
    found: dict[int, list[SkillHeld]] = {}
    for row in sorted(rows, key=lambda row: (row.name.casefold(), row.pk)):
        found.setdefault(row.person_id, []).append(row)
    return found


def skill_names() -> list[str]:
    """Names of skills that somebody holds: the words that forms offer."""
    rows = SkillHeld._base_manager.filter(ended_at__isnull=True).values_list("name", flat=True)
    return sorted(set(rows), key=str.casefold)


def weeks_of(persons: Iterable[int]) -> dict[int, list[WorkingTime]]:
    """Working time of persons that one has reached already, the latest first."""
    rows = WorkingTime._base_manager.filter(person__in=set(persons)).order_by("-valid_from")
    return _by_person(rows)


def leaves_of(persons: Iterable[int], since: date | None = None) -> dict[int, list[Leave]]:
    """Leave of persons that one has reached already that has not ended before a day, the earliest first."""
    rows = Leave._base_manager.filter(person__in=set(persons))
    if since is not None:
        rows = rows.filter(last__gte=since)
    return _by_person(rows.order_by("first"))


def access_leave(actor: Actor, leave: int) -> Leave:
    """One leave of somebody within reach of whoever changes it."""
    people = visible_humans(actor, Right.ROSTER_WRITE).values("pk")
    return one(Leave._base_manager.filter(person__in=people), leave, "leave")


def access_skill(actor: Actor, skill: int) -> SkillHeld:
    """One present skill of somebody within reach of whoever changes it."""
    people = visible_humans(actor, Right.ROSTER_WRITE).values("pk")
    return one(SkillHeld._base_manager.filter(person__in=people, ended_at__isnull=True), skill, "skill")


def account_of(person: Person) -> Account | None:
    """The account of a person that one has reached already."""
    return Account._base_manager.filter(person=person).first()


def lookers(person: int, most: int = 50) -> list[tuple[str, str]]:
    """Who opened a person's page and when, the latest first: for that person only.

    Named by person where the account has one, else by what acted; the person's own looks are not among them.
    """
    rows = AuditRow._base_manager.filter(verb="roster.person", object_type="person", object_id=str(person))
    found = list(rows.order_by("-seq").values_list("at", "account", "actor")[:most])
    names = dict(
        Account._base_manager.filter(pk__in={account for _, account, _ in found}).values_list("pk", "person__name")
    )
    return [(at, names.get(account or 0) or actor) for at, account, actor in found]


def refuse_outside(actor: Actor, teams: Iterable[int]) -> None:
    """Whoever moves people moves them between teams that they lead.

    Raises
    ------
    NotFound
        One of the teams is not theirs; the same words for one that does not exist.
    """
    mine = set(visible_teams(actor, Right.ROSTER_WRITE).values_list("pk", flat=True))
    for team in teams:
        if team not in mine:
            raise NotFound(f"there is no team {team} that you may see", "check the number, or ask who may see it")


def open_memberships(person: Person) -> list[Membership]:
    """Present memberships of a person that one has reached already."""
    return list(tree.memberships(clock.now()).filter(person=person).select_related("team").order_by("pk"))


def human_keys() -> list[int]:
    """All humans by number, for totals in which none of them stands alone."""
    return list(Person._base_manager.filter(kind="human").values_list("pk", flat=True))


def gone() -> Q:
    """Persons who have left by now."""
    return Q(left_on__isnull=False, left_on__lte=clock.now().date())


def _by_person(rows: QuerySet[R]) -> dict[int, list[R]]:
    found: dict[int, list[R]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found
