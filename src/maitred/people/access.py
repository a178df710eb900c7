"""The only way to people, teams, accounts and tokens: every function says for whom it looks.

``visible_…`` gives the rows an actor may see; ``access_…`` one of them, or the same refusal for a foreign, an unknown
and a guessed id.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from maitred.kit.access.actor import Actor
from maitred.kit.access.belonging import one
from maitred.kit.access.rights import Reach, Right, reach
from maitred.people import tree
from maitred.people.models import (
    Account,
    ApiToken,
    BreakGlass,
    GrantHeld,
    GroupLink,
    HelpdeskIdentity,
    Membership,
    Person,
    RoleHeld,
    Team,
    TeamPath,
)


def visible_people(actor: Actor, right: Right = Right.PEOPLE_READ) -> QuerySet[Person]:
    """Persons within the actor's reach for a right: all, those of the subtree now and oneself, oneself."""
    how = reach(actor, right)
    rows = Person._base_manager.all()
    if how is Reach.ALL:
        return rows
    if how is Reach.NONE:
        return rows.none()
    seen = Q(pk=actor.person or 0)
    if how is Reach.SUBTREE:
        seen |= Q(pk__in=tree.people_in(actor.subtree).values("person"))
    return rows.filter(seen)


def access_person(actor: Actor, person: int, right: Right = Right.PEOPLE_READ) -> Person:
    """One person within reach."""
    return one(visible_people(actor, right), person, "person")


def visible_members(actor: Actor) -> QuerySet[Person]:
    """Persons as the members page lists them."""
    return visible_people(actor, Right.MEMBERS_READ)


def visible_teams(actor: Actor) -> QuerySet[Team]:
    """Teams by name; everybody with a role knows the tree."""
    rows = Team._base_manager.all()
    return rows if reach(actor, Right.TEAMS_READ) is Reach.ALL else rows.none()


def access_team(actor: Actor, team: int) -> Team:
    """One team."""
    return one(visible_teams(actor), team, "team")


def visible_memberships(actor: Actor) -> QuerySet[Membership]:
    """Memberships of the people one may see."""
    people = visible_people(actor) | visible_members(actor)
    return Membership._base_manager.filter(person__in=people.values("pk"))


def access_membership(actor: Actor, membership: int) -> Membership:
    """One membership."""
    return one(visible_memberships(actor), membership, "membership")


def visible_accounts(actor: Actor) -> QuerySet[Account]:
    """Accounts for the members page, and one's own."""
    rows = Account._base_manager.all()
    if reach(actor, Right.MEMBERS_READ) is Reach.ALL:
        return rows
    return rows.filter(pk=actor.account or 0)


def access_account(actor: Actor, account: int) -> Account:
    """One account."""
    return one(visible_accounts(actor), account, "account")


def own_account(actor: Actor) -> Account:
    """The account that acts.

    Raises
    ------
    NotFound
        The operator at the command line has none.
    """
    return one(Account._base_manager.all(), actor.account or 0, "account")


def username(account: int) -> str | None:
    """How an account is called, for somebody who may read what it did; None where there is none."""
    return Account._base_manager.filter(pk=account).values_list("username", flat=True).first()


def roles_of(account: Account) -> QuerySet[RoleHeld]:
    """Roles of an account that one has reached already."""
    return RoleHeld._base_manager.filter(account=account)


def grants_of(account: Account) -> QuerySet[GrantHeld]:
    """Grants of an account that one has reached already."""
    return GrantHeld._base_manager.filter(account=account)


def visible_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """One's own tokens; an administrator sees everybody's, to withdraw them."""
    rows = ApiToken._base_manager.select_related("account")
    return rows if reach(actor, Right.MEMBERS_WRITE) is Reach.ALL else rows.filter(account=actor.account or 0)


def own_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """The tokens of the account that acts."""
    return ApiToken._base_manager.select_related("account").filter(account=actor.account or 0)


def access_token(actor: Actor, token: int, *, own: bool = True) -> ApiToken:
    """One token."""
    return one(own_tokens(actor) if own else visible_tokens(actor), token, "token")


def visible_identities(actor: Actor) -> QuerySet[HelpdeskIdentity]:
    """Helpdesk users of the people on the members page."""
    return HelpdeskIdentity._base_manager.filter(person__in=visible_members(actor).values("pk"))


def access_identity(actor: Actor, identity: int) -> HelpdeskIdentity:
    """One identity."""
    return one(visible_identities(actor), identity, "identity")


def visible_group_links(actor: Actor) -> QuerySet[GroupLink]:
    """Which helpdesk group a team is."""
    return GroupLink._base_manager.filter(team__in=visible_teams(actor).values("pk"))


def access_group_link(actor: Actor, link: int) -> GroupLink:
    """One link."""
    return one(visible_group_links(actor), link, "group-link")


def visible_break_glass(actor: Actor) -> QuerySet[BreakGlass]:
    """Sessions to review, and one's own."""
    rows = BreakGlass._base_manager.select_related("account")
    if reach(actor, Right.BREAK_GLASS_REVIEW) is Reach.ALL:
        return rows
    return rows.filter(account=actor.account or 0)


def access_break_glass(actor: Actor, session: int) -> BreakGlass:
    """One session."""
    return one(visible_break_glass(actor), session, "break-glass")


def privacy_addresses() -> list[str]:
    """Mail addresses of the open accounts that hold the privacy grant."""
    held = GrantHeld._base_manager.filter(grant="privacy", account__is_active=True).exclude(account__email="")
    return sorted(held.values_list("account__email", flat=True))


def groups_of(teams: frozenset[int]) -> QuerySet[GroupLink]:
    """The helpdesk groups of teams that one reaches already."""
    return GroupLink._base_manager.filter(team__in=teams)


def linked_teams() -> frozenset[int]:
    """Ids of the teams that are a helpdesk group."""
    return frozenset(GroupLink._base_manager.values_list("team", flat=True))


def known_identities() -> int:
    """How many helpdesk users are linked to a person."""
    return HelpdeskIdentity._base_manager.count()


def identities_in(memberships: QuerySet[Membership]) -> QuerySet[HelpdeskIdentity]:
    """The helpdesk users of the people of memberships that one reaches already."""
    return HelpdeskIdentity._base_manager.filter(person__in=memberships.values("person"))


def teams_above_groups() -> QuerySet[TeamPath]:
    """Paths from teams that are a helpdesk group to all above them and to themselves."""
    return TeamPath._base_manager.filter(descendant__in=GroupLink._base_manager.values("team"))


def identities_of(persons: Iterable[int]) -> QuerySet[HelpdeskIdentity]:
    """The helpdesk users of persons that one reaches already."""
    return HelpdeskIdentity._base_manager.filter(person__in=set(persons))
