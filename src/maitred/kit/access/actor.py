"""Who acts: one frozen value that every verb gets, whatever door it came through."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What an account is on the floor; an account holds one or more."""

    AGENT = "agent"
    LEAD = "lead"
    MANAGER = "manager"
    EXECUTIVE = "executive"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Grant(StrEnum):
    """What an administrator may add to a role, with a reason; ``partner`` stands alone."""

    PRIVACY = "privacy"
    HIRING = "hiring"
    PARTNER = "partner"


class Kind(StrEnum):
    """By which means somebody acts."""

    ACCOUNT = "account"
    TOKEN = "token"  # noqa: S105  (a word, not a secret)
    OPERATOR = "os"
    WORKER = "worker"


NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """One who asks or does.

    Parameters
    ----------
    kind, name
        By which means, and the name that the audit log shows: ``account:7``, ``token:mtr_1a2b3c4d``, ``os:ana``,
        ``worker:host-81``.
    account, person
        Ids; ``None`` for the operator at the command line and for the worker.
    roles, grants
        Held at this moment.
    scopes
        What a token may do; ``None`` where nothing narrows the roles.
    teams
        Teams the person is a member of now.
    subtree
        Teams the person leads now, with everything below them.
    break_glass
        Id of the open break-glass session, if there is one.
    strong
        Whether a second factor was shown, or none is asked for here.
    fresh
        Whether the person proved who they are within the last five minutes.
    """

    kind: Kind
    name: str
    account: int | None = None
    person: int | None = None
    roles: frozenset[Role] = frozenset()
    grants: frozenset[Grant] = frozenset()
    scopes: frozenset[str] | None = None
    teams: frozenset[int] = NOBODY
    subtree: frozenset[int] = NOBODY
    break_glass: int | None = None
    strong: bool = True
    fresh: bool = True
    on_behalf_of: str = ""
    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def operator(self) -> bool:
        """Whether this is the one who holds the files: the command line, or the worker doing what was asked for."""
        return self.kind in (Kind.OPERATOR, Kind.WORKER)


def operator(user: str) -> Actor:
    """The person at the command line of the machine: holds the files, therefore everything."""
    return Actor(Kind.OPERATOR, f"os:{user}")
