"""People of the demonstration: a team for each helpdesk group, a person per agent or bot, an account of each role."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from maitred.kit.access.actor import Grant, Role
from maitred.kit.audit.deeds import change, create, deed
from maitred.people import access, making, tree
from maitred.people.models import Account, GrantHeld, GroupLink, HelpdeskIdentity, Membership, Person, Team
from maitred.surfaces.cli import operating
from maitred.surfaces.cli.accounts import top


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
    Post("agent2@demo", Role.AGENT, "App and devices"),
    Post("lead2@demo", Role.LEAD, "Product support", leads=True),
)

GRANTS = {
    "manager@demo": {Grant.HIRING: "hires for the team", Grant.PRIVACY: "answers complaints and requests"},
    "lead2@demo": {Grant.HIRING: "approves what the manager asks for"},
}
"""What some hold beside their role, and why: whoever asks for people does not approve it."""


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent of the helpdesk: id, name, id of their own group, since when they are there; or a bot, in no team."""

    external_id: str
    name: str
    group: str | None
    since: datetime
    is_bot: bool = False


def settle(source: str, groups: dict[str, str], branches: dict[str, str], agents: list[Agent]) -> list[dict[str, str]]:
    """Make the teams, persons and accounts, or give the accounts that are there new passwords.

    Parameters
    ----------
    source
        The source of the tickets.
    groups
        Helpdesk group id → name, which is also the name of the team that answers for it.
    branches
        Name of a team → name of the team above it; the branches themselves stand below the top.
    agents
        Everybody who answers.

    Returns
    -------
    list of dict
        ``role``, ``team``, ``user``, ``password`` of each account, in the order of ``POSTS``.
    """
    with deed(operating.actor(), "demo"):
        if access.visible_accounts(operating.actor()).filter(username=POSTS[0].user).exists():
            return [_renewed(post) for post in POSTS]
        teams = _teams(source, groups, branches)
        people = _people(source, groups, agents, teams)
        since = min(agent.since for agent in agents)
        return [_posted(post, teams, people, since) for post in POSTS]


def _teams(source: str, groups: dict[str, str], branches: dict[str, str]) -> dict[str, Team]:
    """The tree, and which helpdesk group is which team."""
    found = {"Support": top()}
    for branch in dict.fromkeys(branches.values()):
        found[branch] = _team(branch, found["Support"])
    for group, name in groups.items():
        found[name] = _team(name, found[branches[name]])
        create(GroupLink, team=found[name], source_id=source, external_id=group)
    return found


def _team(name: str, parent: Team) -> Team:
    made = create(Team, name=name, parent=parent)
    tree.enter(made)
    return made


def _people(
    source: str, groups: dict[str, str], agents: list[Agent], teams: dict[str, Team]
) -> dict[str, list[Person]]:
    """A person for each agent; the humans by the name of their team."""
    found: dict[str, list[Person]] = {}
    for agent in agents:
        person = create(Person, name=agent.name, kind="bot" if agent.is_bot else "human")
        create(HelpdeskIdentity, person=person, source_id=source, external_id=agent.external_id)
        if agent.group is not None and not agent.is_bot:
            team = groups[agent.group]
            create(Membership, person=person, team=teams[team], valid_from=agent.since)
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
    for grant, reason in GRANTS.get(post.user, {}).items():
        create(GrantHeld, account=account, grant=grant, reason=reason)
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
