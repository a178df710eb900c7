"""What administrators do with stored secrets: see which there are, put one in, take one away, rotate the keys.

No verb shows a value. A value that is set goes sealed into the database and in no form into the audit log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.jobs.queue import enqueue
from maitred.kit.secrets import stored
from maitred.kit.secrets.access import access_secret, visible_secrets
from maitred.kit.secrets.models import StoredSecret
from maitred.kit.secrets.sealing import Secret
from maitred.kit.verbs import Cursor, Limit, Names, Page, Version, action, question
from maitred.kit.verbs.results import paged

SecretName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9:._-]*$", max_length=120), Names("secret")]
Value = Annotated[
    str,
    StringConstraints(min_length=1, max_length=8000),
    Field(json_schema_extra={"format": "password", "writeOnly": True}),
]


@dataclass(frozen=True, slots=True)
class SecretShown:
    """That there is a secret; its value is never shown."""

    name: str
    version: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class SecretRemoved:
    """The name that is free again."""

    name: str


@dataclass(frozen=True, slots=True)
class RotationAsked:
    """The job that rotates the keys."""

    job: int


@question(needs=Right.CONFIGURATION_READ, example={"limit": 50})
def list(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[SecretShown]:
    """List the names of stored secrets.

    Values are not shown to anybody, whatever role.

    Parameters
    ----------
    cursor
        Where the page begins.
    limit
        Names in one page.
    """
    return paged(visible_secrets(actor), actor, "secrets.list", cursor, limit, _shown)


@action(needs=Right.OPERATION_WRITE, example={"name": "helpdesk:acme:token", "value": "paste-it-here"}, fresh=True)
def set(actor: Actor, name: SecretName, value: Value, version: Version | None = None) -> SecretShown:
    """Store a secret under a name, or replace the one that is there.

    The value is sealed with a key that is not in the database, and never shown again.

    Parameters
    ----------
    name
        Small letters, digits, ``:``, ``.``, ``_`` and ``-``, such as ``helpdesk:acme:token``.
    value
        The secret itself.
    version
        The version that is replaced; left out, whatever stands under the name is.
    """
    return _shown(stored.store(name, Secret(value), version))


@action(needs=Right.OPERATION_WRITE, example={"name": "helpdesk:acme:token", "version": 1}, fresh=True)
def remove(actor: Actor, name: SecretName, version: Version) -> SecretRemoved:
    """Take a stored secret away.

    What used it stops working until another one is stored under the name.

    Parameters
    ----------
    name
        The name of the secret.
    version
        The version that was read.
    """
    stored.forget(access_secret(actor, name).name, version)
    return SecretRemoved(name)


@action(needs=Right.OPERATION_WRITE, example={}, fresh=True)
def rotate_keys(actor: Actor) -> RotationAsked:
    """Have the worker make new keys for sealed values and destroy the old ones.

    Everything goes on meanwhile. An unfinished rotation is ended instead of a new one begun.
    """
    return RotationAsked(enqueue("secrets.rotate", {}, actor=actor))


def _shown(row: StoredSecret) -> SecretShown:
    return SecretShown(row.name, row.version, row.changed_at)
