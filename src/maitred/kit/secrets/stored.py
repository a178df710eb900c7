"""Stored secrets: put one in, take it out again for use. Every use stands in the audit log."""

from __future__ import annotations

import os
import socket

from maitred.base.errors import NotFound
from maitred.kit.access.actor import Actor, Kind
from maitred.kit.audit import deeds
from maitred.kit.secrets.installation import keyring
from maitred.kit.secrets.keyring import KeysMissing
from maitred.kit.secrets.models import StoredSecret
from maitred.kit.secrets.sealing import Secret, place, seal, unseal


def store(name: str, secret: Secret, version: int | None = None) -> StoredSecret:
    """Keep a secret under a name, or replace the one that is there. Inside a deed.

    Parameters
    ----------
    version
        The version of the secret that is replaced; ``None`` replaces whatever is there.

    Raises
    ------
    Conflict
        Somebody else changed it since that version.
    """
    deeds.current()
    sealed = seal(keyring(), secret, at(name))
    there = StoredSecret._base_manager.filter(name=name).first()
    if there is None:
        return deeds.create(StoredSecret, name=name, sealed=sealed)
    return deeds.change(there, version, sealed=sealed)


def reveal(name: str, actor: Actor | None = None) -> Secret:
    """The secret under a name, for use; the use is an audit row, or part of the row of the deed that is being done.

    Parameters
    ----------
    actor
        Who uses it, outside of a deed; the worker unless given.

    Raises
    ------
    NotFound
        There is none of this name.
    SealBroken
        It does not open: it was changed in the database.
    """
    if deeds.doing():
        deeds.note("use", StoredSecret.NOUN, name)
        return _opened(name)
    with deeds.deed(actor or worker(), "secrets.use"):
        deeds.note("use", StoredSecret.NOUN, name)
        return _opened(name)


def forget(name: str, version: int | None = None) -> None:
    """Take a secret away. Inside a deed.

    Raises
    ------
    NotFound, Conflict
        There is none of this name; it changed since that version.
    """
    deeds.remove(_found(name), version)


def worker() -> Actor:
    """This process, where nobody asked it to act."""
    return Actor(Kind.WORKER, f"worker:{socket.gethostname()[:40]}-{os.getpid()}")


def at(name: str) -> str:
    """The place that a stored secret is sealed for."""
    return place(StoredSecret._meta.db_table, name, "sealed")


def _opened(name: str) -> Secret:
    try:
        return unseal(keyring(), _found(name).sealed, at(name))
    except KeysMissing:  # its key was retired since it was read: it is sealed with the new one now
        return unseal(keyring(), _found(name).sealed, at(name))


def _found(name: str) -> StoredSecret:
    there = StoredSecret._base_manager.filter(name=name).first()
    if there is None:
        raise NotFound(f"there is no secret {name}", "`secrets list` shows the names")
    return there
