"""People of the demonstration: teams for the groups of its log, a person per agent, an account of each role."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from maitred.base import clock
from maitred.kit.access.actor import Grant, Role
from maitred.kit.audit.deeds import change, create, deed
from maitred.people import access, making, tree
from maitred.people.models import Account, GrantHeld, GroupLink, HelpdeskIdentity, Membership, Person, Team
from maitred.surfaces.cli import operating
from maitred.surfaces.cli.accounts import top

BRANCHES = {"Customer care": ("Billing", "Orders"), "Product support": ("Technical", "Account")}
"""The two branches below the top, and the helpdesk groups that stand below each."""


@dataclass(frozen=True, slots=True)
class Post:
    """An account of the demonstration: who it is, where, and whether the team is theirs to lead."""

    user: str
    role: Role
    team: str
    leads: bool = False


POSTS = (
    Post("manager@demo", Role.MANAGER, "Support", leads=True),
    Post("lead@demo", Role.LEAD, "Customer care", leads=True),
    Post("agent@demo", Role.AGENT, "Billing"),
    Post("executive@demo", Role.EXECUTIVE, ""),
    Post("admin@demo", Role.ADMIN, ""),
    Post("auditor@demo", Role.AUDITOR, ""),
    Post("agent2@demo", Role.AGENT, "Technical"),
    Post("lead2@demo", Role.LEAD, "Product support", leads=True),
)


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent of the log: helpdesk id, name, helpdesk group."""

    external_id: str
    name: str
    group: str


def settle(source: str, groups: dict[str, str], agents: list[Agent], since: datetime) -> list[dict[str, str]]:
    """Make the teams, persons and accounts, or give the accounts that are there new passwords.

    Parameters
    ----------
    source
        The source of the log.
    groups
        Helpdesk group id → name.
    agents
        The agents of the log.
    since
        When the log begins: from then on everybody is in their team.

    Returns
    -------
    list of dict
        ``role``, ``team``, ``user``, ``password`` of each account, in the order of ``POSTS``.
    """
    with deed(operating.actor(), "demo"):
        if access.visible_accounts(operating.actor()).filter(username=POSTS[0].user).exists():
            return [_renewed(post) for post in POSTS]
        teams = _teams(source, groups)
        people = _people(source, groups, agents, teams, since)
        return [_posted(post, teams, people, since) for post in POSTS]


def _teams(source: str, groups: dict[str, str]) -> dict[str, Team]:
    """The tree, and which helpdesk group is which team."""
    found = {"Support": top()}
    ids = {name: group for group, name in groups.items()}
    for branch, names in BRANCHES.items():
        found[branch] = _team(branch, found["Support"])
        for name in names:
            found[name] = _team(name, found[branch])
            create(GroupLink, team=found[name], source_id=source, external_id=ids[name])
    return found


def _team(name: str, parent: Team) -> Team:
    made = create(Team, name=name, parent=parent)
    tree.enter(made)
    return made


def _people(
    source: str, groups: dict[str, str], agents: list[Agent], teams: dict[str, Team], since: datetime
) -> dict[str, list[Person]]:
    """A person for each agent, by the name of their team."""
    found: dict[str, list[Person]] = {}
    for agent in agents:
        team = groups[agent.group]
        person = create(Person, name=agent.name)
        create(HelpdeskIdentity, person=person, source_id=source, external_id=agent.external_id)
        create(Membership, person=person, team=teams[team], valid_from=since)
        found.setdefault(team, []).append(person)
    return found


def _posted(post: Post, teams: dict[str, Team], people: dict[str, list[Person]], since: datetime) -> dict[str, str]:
    person = people[post.team][0] if post.role is Role.AGENT else None
    if person is None and post.role is not Role.AUDITOR:
        person = create(Person, name=f"{post.role.value.title()} of {post.team or 'the organisation'}")
        if post.team:
            create(Membership, person=person, team=teams[post.team], leads=post.leads, valid_from=since)
    password = _password()
    account = making.make_account(post.user, [post.role], person, password)
    if post.role is Role.MANAGER:
        create(GrantHeld, account=account, grant=Grant.HIRING, reason="hires for the team")
    return _told(post, password)


def _renewed(post: Post) -> dict[str, str]:
    account: Account = access.visible_accounts(operating.actor()).get(username=post.user)
    password = _password()
    change(account, None, password=make_password(password))
    return _told(post, password)


def _told(post: Post, password: str) -> dict[str, str]:
    return {"role": post.role.value, "team": post.team or "–", "user": post.user, "password": password}


def _password() -> str:
    return secrets.token_urlsafe(15)


def year_before(moment: datetime | None = None) -> datetime:
    """Where the log begins."""
    return (moment or clock.now()) - timedelta(weeks=53)
