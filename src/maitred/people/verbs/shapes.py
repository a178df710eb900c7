"""The answers of the people verbs, and how they are made from rows; field rules are applied here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from maitred.kit.access.actor import Actor
from maitred.kit.access.fields import shown
from maitred.kit.verbs import Names
from maitred.kit.verbs.words import LARGEST
from maitred.people.models import Account, ApiToken, BreakGlass, GroupLink, HelpdeskIdentity, Membership, Person, Team

_ID = Field(ge=1, le=LARGEST)
TeamId = Annotated[int, Names("team"), _ID]
OtherTeamId = Annotated[int, _ID]
PersonId = Annotated[int, Names("person"), _ID]
OtherPersonId = Annotated[int, _ID]
AccountId = Annotated[int, Names("account"), _ID]
MembershipId = Annotated[int, Names("membership"), _ID]
IdentityId = Annotated[int, Names("identity"), _ID]
GroupLinkId = Annotated[int, Names("group-link"), _ID]
TokenId = Annotated[int, Names("token"), _ID]
GlassId = Annotated[int, Names("break-glass"), _ID]


@dataclass(frozen=True, slots=True)
class TeamShown:
    """A team in the tree."""

    id: int
    name: str
    parent: int | None
    version: int


@dataclass(frozen=True, slots=True)
class PersonShown:
    """A person; ``email`` is absent, masked or whole by the table of fields."""

    id: int
    kind: str
    name: str
    time_zone: str
    left_on: date | None
    teams: tuple[int, ...]
    version: int
    email: str | None = None


@dataclass(frozen=True, slots=True)
class MembershipShown:
    """A person in a team, from an instant to another."""

    id: int
    person: int
    team: int
    leads: bool
    valid_from: datetime
    valid_to: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class AccountShown:
    """An account with what it holds."""

    id: int
    username: str
    person: int | None
    active: bool
    roles: tuple[str, ...]
    grants: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class IdentityShown:
    """A helpdesk user of a person."""

    id: int
    person: int
    source: str
    external_id: str
    version: int


@dataclass(frozen=True, slots=True)
class GroupLinkShown:
    """A helpdesk group of a team."""

    id: int
    team: int
    source: str
    external_id: str
    version: int


@dataclass(frozen=True, slots=True)
class TokenShown:
    """A token without its secret."""

    id: int
    owner: int
    label: str
    prefix: str
    scopes: tuple[str, ...]
    expires: datetime
    last_used: datetime | None
    last_network: str
    withdrawn: bool
    version: int


@dataclass(frozen=True, slots=True)
class TokenMade:
    """A new token; ``token`` is shown this once."""

    id: int
    token: str
    prefix: str
    owner: str
    scopes: tuple[str, ...]
    expires: datetime


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """One's own account and preferences.

    ``digest_hour`` is ``08:00`` in one's own zone, empty without digests; ``quiet_hours`` ``20:00-07:00``, or empty.
    """

    account: int
    username: str
    person: int | None
    roles: tuple[str, ...]
    grants: tuple[str, ...]
    language: str
    time_zone: str
    theme: str
    density: str
    digest_hour: str
    quiet_hours: str
    shortcuts: bool
    version: int


@dataclass(frozen=True, slots=True)
class GlassShown:
    """Content opened for a reason."""

    id: int
    account: int
    reason: str
    opened: datetime
    closes: datetime
    review_due: datetime
    reviewed: datetime | None
    finding: str
    version: int


def team(row: Team) -> TeamShown:
    return TeamShown(row.pk, row.name, row.parent_id, row.version)


def person(actor: Actor, row: Person, teams: tuple[int, ...]) -> PersonShown:
    email: Any = shown(actor, "person.email", row.email, own=row.pk == actor.person)
    return PersonShown(row.pk, row.kind, row.name, row.time_zone, row.left_on, teams, row.version, email)


def membership(row: Membership) -> MembershipShown:
    return MembershipShown(row.pk, row.person_id, row.team_id, row.leads, row.valid_from, row.valid_to, row.version)


def account(row: Account) -> AccountShown:
    roles, grants = held(row)
    return AccountShown(row.pk, row.username, row.person_id, row.is_active, roles, grants, row.version)


def held(row: Account) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Roles and grants of an account, sorted."""
    roles = tuple(sorted(one.role for one in row.roles.all()))
    return roles, tuple(sorted(one.grant for one in row.grants.all()))


def identity(row: HelpdeskIdentity) -> IdentityShown:
    return IdentityShown(row.pk, row.person_id, row.source_id, row.external_id, row.version)


def group_link(row: GroupLink) -> GroupLinkShown:
    return GroupLinkShown(row.pk, row.team_id, row.source_id, row.external_id, row.version)


def token(row: ApiToken) -> TokenShown:
    scopes = tuple(sorted(row.scopes))
    gone = row.revoked_at is not None
    return TokenShown(
        row.pk, row.account_id, row.label, row.prefix, scopes, row.expires_at, row.last_used_at, row.last_address, gone,
        row.version,
    )  # fmt: skip


def own(row: Account) -> OwnSettings:
    roles, grants = held(row)
    return OwnSettings(
        row.pk, row.username, row.person_id, roles, grants, row.language, row.time_zone, row.theme, row.density,
        row.digest_hour, row.quiet_hours, row.shortcuts, row.version,
    )  # fmt: skip


def glass(row: BreakGlass) -> GlassShown:
    return GlassShown(
        row.pk, row.account_id, row.reason, row.opened_at, row.closes_at, row.review_due_at, row.reviewed_at,
        row.finding, row.version,
    )  # fmt: skip
