"""The directory: people with their teams, account and helpdesk users in one answer, found by name, team or role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from django.db.models import Q
from pydantic import StringConstraints

from maitred.base import clock
from maitred.kit.access.actor import Actor, Role
from maitred.kit.access.rights import Right
from maitred.kit.verbs import Cursor, Limit, Page, question
from maitred.kit.verbs.results import paged
from maitred.people import access, tree
from maitred.people.models import Account, HelpdeskIdentity, Membership, Person
from maitred.people.verbs import shapes
from maitred.people.verbs.shapes import (
    AccountShown,
    IdentityShown,
    MembershipShown,
    OtherTeamId,
    PersonId,
    PersonShown,
)

Searched = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


@dataclass(frozen=True, slots=True)
class MemberShown:
    """A person with everything that makes them a member here; ``memberships`` are the present and the past ones."""

    person: PersonShown
    memberships: tuple[MembershipShown, ...]
    account: AccountShown | None
    identities: tuple[IdentityShown, ...]


@question(needs=Right.MEMBERS_READ, example={"words": "ana"})
def find_members(
    actor: Actor,
    words: Searched = "",
    team: OtherTeamId | None = None,
    role: Role | None = None,
    state: Literal["here", "left", "all"] = "here",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[MemberShown]:
    """Find people by name, team and role, with their teams, account and helpdesk users.

    Parameters
    ----------
    words
        A part of the name or of the user name.
    team
        Only those who are in this team or in one below it now.
    role
        Only those whose account holds this role.
    state
        Those who are here, those who left, or all.
    """
    rows = access.visible_members(actor)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(account__username__icontains=words))
    if team is not None:
        there = tree.below(frozenset({access.access_team(actor, team).pk}))
        rows = rows.filter(pk__in=tree.people_in(there).values("person"))
    if role is not None:
        rows = rows.filter(pk__in=access.visible_accounts(actor).filter(roles__role=role).values("person"))
    if state != "all":
        rows = rows.filter(left_on__isnull=state == "here")
    asked = f"directory:{words}:{team}:{role}:{state}"
    found = paged(rows, actor, asked, cursor, limit, _row)
    return Page(_members(actor, found.items), found.next)


@question(needs=Right.MEMBERS_READ, example={"person": 1})
def show_member(actor: Actor, person: PersonId) -> MemberShown:
    """Show one person with teams, account and helpdesk users."""
    return _members(actor, (access.access_person(actor, person, Right.MEMBERS_READ),))[0]


def _row(row: Person) -> Person:
    return row


def _members(actor: Actor, people: tuple[Person, ...]) -> tuple[MemberShown, ...]:
    """Everything about these people, in three queries however many they are."""
    keys = [one.pk for one in people]
    accounts = access.visible_accounts(actor).filter(person__in=keys).prefetch_related("roles", "grants")
    account_of: dict[int | None, Account] = {one.person_id: one for one in accounts}
    memberships: dict[int, list[Membership]] = {}
    for held in access.visible_memberships(actor).filter(person__in=keys).order_by("valid_from", "pk"):
        memberships.setdefault(held.person_id, []).append(held)
    identities: dict[int, list[HelpdeskIdentity]] = {}
    for known in access.visible_identities(actor).filter(person__in=keys).order_by("source_id", "pk"):
        identities.setdefault(known.person_id, []).append(known)
    return tuple(
        MemberShown(
            shapes.person(actor, one, _present(memberships.get(one.pk, []))),
            tuple(shapes.membership(held) for held in memberships.get(one.pk, [])),
            shapes.account(account_of[one.pk]) if one.pk in account_of else None,
            tuple(shapes.identity(known) for known in identities.get(one.pk, [])),
        )
        for one in people
    )


def _present(memberships: list[Membership]) -> tuple[int, ...]:
    now = clock.now()
    return tuple(sorted(one.team_id for one in memberships if one.valid_to is None or one.valid_to > now))
