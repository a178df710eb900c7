"""Makes a workspace: folders, keys, the operational database, and on a terminal the first administrator."""

from __future__ import annotations

import sys
from pathlib import Path

from maitred.base.errors import UsageError
from maitred.surfaces.cli import operating, output


def found(home: Path, engine: str = "duckdb", database: str | None = None, private: bool = False) -> str | None:
    """Make an empty workspace, or leave the one that is there as it is.

    Returns
    -------
    str or None
        The user name of the first administrator; None where none was made.

    Raises
    ------
    UsageError
        The database's address is not one.
    """
    from maitred.kit.secrets.address import keep
    from maitred.kit.secrets.keyring import Keyring, folder_of
    from maitred.sync.workspace import create

    address = _address(database) if database else ""
    create(home, engine, {"allow_private_address": True} if private else {})
    Keyring(folder_of(home)).create()
    if address:
        keep(home, address)
    operating.record("init", engine=engine, database="postgresql" if address else "sqlite")
    return _first_admin() if sys.stdin.isatty() and sys.stdout.isatty() else None


def _address(database: str) -> str:
    given = database if database.startswith(("postgres://", "postgresql://")) else None
    address = given or operating.secret(database, "--database")
    if not address.startswith(("postgres://", "postgresql://")):
        raise UsageError("--database takes the address of a PostgreSQL database", "write postgresql://USER@HOST/NAME")
    return address


def _first_admin() -> str | None:
    from maitred.kit.access.actor import Role
    from maitred.people import access
    from maitred.surfaces.cli.accounts import add_user

    if access.visible_accounts(operating.actor()).exists():
        return None
    output.notice("the first administrator (leave the name empty to add one later)")
    name = input("user name: ").strip()
    if not name:
        return None
    add_user(name, Role.ADMIN, None, operating.asked("password"))
    return name
