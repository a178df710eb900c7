"""The first accounts and tokens, made by whoever holds the files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from maitred.base import clock
from maitred.base.errors import Conflict, NotFound, UsageError
from maitred.kit.access.actor import Role
from maitred.kit.audit.deeds import create, deed
from maitred.people import access, making, tree
from maitred.people.models import Team
from maitred.surfaces.cli import operating


def add_user(name: str, role: str, team: str | None, password: str) -> dict[str, Any]:
    """An account with one role and, with a team, the person behind it.

    Raises
    ------
    UsageError
        The role or the team is unknown.
    Conflict
        The user name is taken.
    """
    if role not in set(Role):
        raise UsageError(f"there is no role {role}", f"choose one of {', '.join(Role)}")
    actor = operating.actor()
    if access.visible_accounts(actor).filter(username__iexact=name).exists():
        raise Conflict(f"there is an account {name} already", "choose another name")
    with deed(actor, "user.add"):
        where = _team(team) if team else (None if role in ("admin", "auditor", "executive") else top())
        person = making.make_person(name, where, leads=role in ("lead", "manager")) if role != "auditor" else None
        account = making.make_account(name, [Role(role)], person, password)
    return {"user": name, "role": role, "team": where.name if where else None, "account": account.pk}


def add_token(owner: str, scopes: list[str], label: str, expires: datetime | None) -> dict[str, Any]:
    """A token of an account.

    Raises
    ------
    NotFound
        There is no such account.
    """
    actor = operating.actor()
    account = access.visible_accounts(actor).filter(username__iexact=owner).first()
    if account is None:
        raise NotFound(f"there is no account {owner}", "`maitred people list-accounts` lists them")
    asked = sorted({one for scope in scopes for one in scope.replace(",", " ").split()})
    with deed(actor, "token.add"):
        row, raw = making.make_token(account, label, asked, _last_instant(expires))
    return {
        "token": raw, "prefix": row.prefix, "owner": account.username, "scopes": asked,
        "expires": clock.iso(row.expires_at),
    }  # fmt: skip


def top() -> Team:
    """The team at the top of the tree; made where there is none, inside a deed."""
    found = tree.root()
    if found is None:
        found = create(Team, name="Support", parent=None)
        tree.enter(found)
    return found


def _team(name: str) -> Team:
    rows = access.visible_teams(operating.actor())
    found = rows.filter(pk=int(name)).first() if name.isdigit() else rows.filter(name__iexact=name).first()
    if found is None:
        raise UsageError(f"there is no team {name}", "`maitred people list-teams` lists them")
    return found


def _last_instant(expires: datetime | None) -> datetime | None:
    if expires is None:
        return None
    day = expires if expires.tzinfo else expires.replace(tzinfo=UTC)
    return day + timedelta(days=1) - timedelta(seconds=1) if day.time() == datetime.min.time() else day
