"""Persons and accounts: who is here, in which team, with which roles, and which helpdesk user they are."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid
from maitred.kit.access.actor import Actor, Grant, Role
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, LongText, Page, ShortText, Version, action, question
from maitred.kit.verbs.results import paged
from maitred.people import access, making, tree
from maitred.people.models import Account, GrantHeld, HelpdeskIdentity, Membership, Person, RoleHeld
from maitred.people.verbs import shapes
from maitred.people.verbs.shapes import (
    AccountId,
    AccountShown,
    IdentityId,
    IdentityShown,
    MembershipId,
    MembershipShown,
    OtherPersonId,
    OtherTeamId,
    PersonId,
    PersonShown,
    TokenId,
    TokenShown,
)

Email = Annotated[str, StringConstraints(max_length=254, pattern=r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$")]
UserName = Annotated[str, StringConstraints(min_length=1, max_length=150, pattern=r"^[\w.@+-]+$")]
Roles = Annotated[list[Role], Field(min_length=1, max_length=6)]


@question(needs=Right.PEOPLE_READ, example={})
def list_people(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[PersonShown]:
    """List the persons whose pages one may see: oneself, or the teams one leads."""
    return paged(access.visible_people(actor), actor, "people", cursor, limit, lambda row: _person(actor, row))


@question(needs=Right.PEOPLE_READ, example={"person": 1})
def show_person(actor: Actor, person: PersonId) -> PersonShown:
    """Show one person."""
    return _person(actor, access.access_person(actor, person))


@question(needs=Right.MEMBERS_READ, example={})
def list_members(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[PersonShown]:
    """List everybody known here, as the members page shows them."""
    return paged(access.visible_members(actor), actor, "members", cursor, limit, lambda row: _person(actor, row))


@action(needs=Right.MEMBERS_WRITE, example={"name": "Ana Ruiz", "team": 2})
def add_person(
    actor: Actor,
    name: ShortText,
    team: OtherTeamId | None = None,
    leads: bool = False,
    kind: Literal["human", "bot"] = "human",
    email: Email = "",
) -> PersonShown:
    """Add a person, human or bot.

    Parameters
    ----------
    team
        The team they are in from now on.
    leads
        Whether the team is theirs to lead.
    """
    where = access.access_team(actor, team) if team else None
    return _person(actor, making.make_person(name, where, leads=leads, kind=kind, email=email))


@action(needs=Right.MEMBERS_WRITE, example={"person": 1, "name": "Ana Ruiz", "version": 1})
def change_person(
    actor: Actor, person: PersonId, version: Version, name: ShortText | None = None, email: Email | None = None
) -> PersonShown:
    """Change a person's name or address; what is left out stays."""
    row = access.access_person(actor, person, Right.MEMBERS_WRITE)
    given = {key: value for key, value in {"name": name, "email": email}.items() if value is not None}
    return _person(actor, deeds.change(row, version, **given))


@action(needs=Right.MEMBERS_WRITE, example={"person": 4, "left_on": "2026-01-31", "version": 1})
def record_leaving(actor: Actor, person: PersonId, left_on: date, version: Version) -> PersonShown:
    """Record that a person left: memberships and account close, tokens and sessions end; the history stays."""
    row = access.access_person(actor, person, Right.MEMBERS_WRITE)
    _refuse_self(actor, row.pk, "record your own leaving")
    now = clock.now()
    if left_on > now.date():
        raise Invalid(f"{left_on} has not come yet", "record it on the day", (_field("left_on", "lies ahead"),))
    gone = deeds.change(row, version, left_on=left_on)
    for one in tree.memberships(now).filter(person=row):
        deeds.change(one, None, valid_to=now)
    account = access.visible_accounts(actor).filter(person=row).first()
    if account is not None:
        _close(account, None)
    return _person(actor, gone)


@question(needs=Right.MEMBERS_READ, example={})
def list_memberships(
    actor: Actor, person: OtherPersonId | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[MembershipShown]:
    """List who is and was in which team.

    Parameters
    ----------
    person
        Only this person's.
    """
    rows = access.visible_memberships(actor)
    if person is not None:
        rows = rows.filter(person=person)
    return paged(rows, actor, "memberships", cursor, limit, shapes.membership)


@action(needs=Right.MEMBERS_WRITE, example={"person": 1, "team": 3})
def join_team(actor: Actor, person: PersonId, team: OtherTeamId, leads: bool = False) -> MembershipShown:
    """Put a person into a team from now on.

    Parameters
    ----------
    leads
        Whether the team is theirs to lead.
    """
    who, where = access.access_person(actor, person, Right.MEMBERS_WRITE), access.access_team(actor, team)
    now = clock.now()
    if tree.memberships(now).filter(person=who, team=where).exists():
        raise Conflict(f"person {who.pk} is in team {where.pk} already", "end that membership first")
    return shapes.membership(deeds.create(Membership, person=who, team=where, leads=leads, valid_from=now))


@action(needs=Right.MEMBERS_WRITE, example={"membership": 1, "version": 1})
def leave_team(actor: Actor, membership: MembershipId, version: Version) -> MembershipShown:
    """End a membership now; what was done while it lasted stays with the team."""
    row = access.access_membership(actor, membership)
    if row.valid_to is not None:
        raise Conflict(f"membership {row.pk} has ended already", "nothing is left to do")
    return shapes.membership(deeds.change(row, version, valid_to=clock.now()))


@question(needs=Right.MEMBERS_READ, example={})
def list_identities(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[IdentityShown]:
    """List which helpdesk users people are."""
    return paged(access.visible_identities(actor), actor, "identities", cursor, limit, shapes.identity)


@action(needs=Right.MEMBERS_WRITE, example={"person": 1, "source": "zendesk", "external_id": "9001"})
def link_identity(actor: Actor, person: PersonId, source: ShortText, external_id: ShortText) -> IdentityShown:
    """Say that a helpdesk user is this person."""
    row = access.access_person(actor, person, Right.MEMBERS_WRITE)
    taken = access.visible_identities(actor).filter(source_id=source, external_id=external_id).first()
    if taken is not None:
        raise Conflict(f"user {external_id} of {source} is person {taken.person_id}", "unlink it there first")
    return shapes.identity(deeds.create(HelpdeskIdentity, person=row, source_id=source, external_id=external_id))


@action(needs=Right.MEMBERS_WRITE, example={"identity": 1, "version": 1})
def unlink_identity(actor: Actor, identity: IdentityId, version: Version) -> IdentityShown:
    """Take a helpdesk user away from a person."""
    row = access.access_identity(actor, identity)
    shown = shapes.identity(row)
    deeds.remove(row, version)
    return shown


@question(needs=Right.MEMBERS_READ, example={})
def list_accounts(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[AccountShown]:
    """List the accounts with roles and grants."""
    rows = access.visible_accounts(actor).prefetch_related("roles", "grants")
    return paged(rows, actor, "accounts", cursor, limit, shapes.account)


@question(needs=Right.MEMBERS_READ, example={"account": 1})
def show_account(actor: Actor, account: AccountId) -> AccountShown:
    """Show one account."""
    return shapes.account(access.access_account(actor, account))


@action(needs=Right.MEMBERS_WRITE, fresh=True, example={"username": "ana", "roles": ["agent"], "person": 1})
def add_account(
    actor: Actor, username: UserName, roles: Roles, person: OtherPersonId | None = None, email: Email = ""
) -> AccountShown:
    """Add an account. It gets a password through the mail for a new one; none is ever shown.

    Parameters
    ----------
    person
        Whose account it is; one person has at most one.
    """
    who = access.access_person(actor, person, Right.MEMBERS_WRITE) if person else None
    rows = access.visible_accounts(actor)
    if rows.filter(username__iexact=username).exists() or (who and rows.filter(person=who).exists()):
        raise Conflict("there is an account of that name or for that person already", "change that one")
    return shapes.account(making.make_account(username, roles, who, email=email))


@action(needs=Right.MEMBERS_WRITE, fresh=True, example={"account": 3, "roles": ["lead"], "version": 1})
def set_roles(actor: Actor, account: AccountId, roles: Roles, version: Version) -> AccountShown:
    """Replace the roles of an account; its sessions end."""
    row = access.access_account(actor, account)
    _refuse_self(actor, row.person_id, "change your own roles", row.pk)
    wanted = {str(role) for role in roles}
    for one in access.roles_of(row):
        if one.role not in wanted:
            deeds.remove(one, None)
        wanted.discard(one.role)
    changed = deeds.change(row, version)
    for role in sorted(wanted):
        deeds.create(RoleHeld, account=row, role=role)
    _end_sessions(row)
    return shapes.account(changed)


@action(
    needs=Right.MEMBERS_WRITE,
    fresh=True,
    example={"account": 3, "grant": "hiring", "reason": "sits on the panel", "version": 1},
)
def add_grant(actor: Actor, account: AccountId, grant: Grant, reason: LongText, version: Version) -> AccountShown:
    """Add a grant to an account's roles, with its reason; its sessions end."""
    row = access.access_account(actor, account)
    _refuse_self(actor, row.person_id, "give yourself a grant", row.pk)
    if access.grants_of(row).filter(grant=grant).exists():
        raise Conflict(f"account {row.pk} holds {grant} already", "nothing is left to do")
    changed = deeds.change(row, version)
    deeds.create(GrantHeld, account=row, grant=grant, reason=reason[:400])
    _end_sessions(row)
    return shapes.account(changed)


@action(needs=Right.MEMBERS_WRITE, fresh=True, example={"account": 3, "grant": "hiring", "version": 1})
def remove_grant(actor: Actor, account: AccountId, grant: Grant, version: Version) -> AccountShown:
    """Take a grant away; the account's sessions end."""
    row = access.access_account(actor, account)
    held = access.grants_of(row).filter(grant=grant).first()
    if held is None:
        raise Conflict(f"account {row.pk} does not hold {grant}", "nothing is left to do")
    changed = deeds.change(row, version)
    deeds.remove(held, None)
    _end_sessions(row)
    return shapes.account(changed)


@action(needs=Right.MEMBERS_WRITE, fresh=True, example={"account": 3, "version": 1})
def close_account(actor: Actor, account: AccountId, version: Version) -> AccountShown:
    """Close an account: nobody signs in with it, its tokens and sessions end."""
    row = access.access_account(actor, account)
    _refuse_self(actor, row.person_id, "close your own account", row.pk)
    return shapes.account(_close(row, version))


@action(needs=Right.MEMBERS_WRITE, fresh=True, example={"account": 3, "version": 2})
def reopen_account(actor: Actor, account: AccountId, version: Version) -> AccountShown:
    """Open a closed account again; withdrawn tokens stay withdrawn."""
    return shapes.account(deeds.change(access.access_account(actor, account), version, is_active=True))


@question(needs=Right.MEMBERS_WRITE, example={})
def list_tokens(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[TokenShown]:
    """List everybody's tokens, without their secrets."""
    return paged(access.visible_tokens(actor), actor, "tokens", cursor, limit, shapes.token)


@action(needs=Right.MEMBERS_WRITE, example={"token": 1, "version": 1})
def withdraw_token(actor: Actor, token: TokenId, version: Version) -> TokenShown:
    """Withdraw anybody's token."""
    row = access.access_token(actor, token, own=False)
    return shapes.token(deeds.change(row, version, revoked_at=clock.now()))


def _person(actor: Actor, row: Person) -> PersonShown:
    return shapes.person(actor, row, tuple(sorted(tree.teams_of(row.pk))))


def _close(account: Account, version: int | None) -> Account:
    closed = deeds.change(account, version, is_active=False)
    for token in account.tokens.filter(revoked_at__isnull=True):
        deeds.change(token, None, revoked_at=clock.now())
    _end_sessions(account)
    return closed


def _end_sessions(account: Account) -> None:
    from maitred.people.sign_in import end_sessions

    end_sessions(account.pk)


def _refuse_self(actor: Actor, person: int | None, what: str, account: int | None = None) -> None:
    """Nobody decides about themselves."""
    mine = account is not None and account == actor.account
    if mine or (person is not None and person == actor.person):
        raise Denied(f"you cannot {what}", "ask another administrator")


def _field(name: str, message: str) -> dict[str, str]:
    return {"field": name, "message": message, "code": "misfit"}
