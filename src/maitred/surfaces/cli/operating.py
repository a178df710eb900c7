"""Starts Django for commands of the operational database, and says who acts at the command line."""

from __future__ import annotations

import getpass
import os
from functools import cache
from pathlib import Path
from typing import Any

from maitred.base.errors import MaitredError, UsageError, WorkspaceMissing
from maitred.kit.access.actor import Actor, operator


def home() -> Path:
    """The workspace folder: ``MAITRED_HOME``, else ``./workspace``."""
    return Path(os.environ.get("MAITRED_HOME") or "workspace")


def start() -> None:
    """Load Django once, on the workspace that ``MAITRED_HOME`` names; brings an older database up to date.

    Raises
    ------
    WorkspaceMissing
        There is none.
    """
    _started(home())


@cache
def _started(folder: Path) -> None:
    if not (folder / "maitred.json").is_file():
        raise WorkspaceMissing(
            f"there is no workspace in {folder}", "make one with `maitred init`, or set MAITRED_HOME"
        )
    from maitred.kit.secrets.keyring import Keyring, folder_of

    Keyring(folder_of(folder)).create()
    load_for_help()
    migrate()


@cache
def load_for_help() -> None:
    """Load Django to read the verbs, whether there is a workspace or not."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maitred.site.settings")
    import django

    django.setup()


def migrate() -> None:
    """Bring the operational database to the schema of this version, if it is not there yet.

    Raises
    ------
    MaitredError
        The database cannot be reached.
    """
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        why = " ".join(str(error).split())[:200]
        raise MaitredError(
            f"the operational database cannot be opened ({why})", "check its address and try again"
        ) from error


@cache
def actor() -> Actor:
    """Whoever holds the files: the user of the machine."""
    try:
        return operator(getpass.getuser())
    except (KeyError, OSError):
        return operator(str(os.getuid()))


def record(what: str, **values: Any) -> None:
    """One audit row for a command that is no verb (``init``, ``import``, ``backup`` …)."""
    start()
    from maitred.kit.audit.deeds import deed, note

    with deed(actor(), what):
        note("run", "command", what, **values)


def secret(source: str, option: str) -> str:
    """A secret given as ``env:NAME``, ``file:PATH`` or ``-``.

    Raises
    ------
    UsageError
        It was given literally, or is not where it is said to be.
    """
    kind, _, name = source.partition(":")
    if source == "-":
        import sys

        return sys.stdin.readline().rstrip("\n")
    if kind == "env" and name in os.environ:
        return os.environ[name]
    if kind == "file" and name and Path(name).is_file():
        return Path(name).read_text().strip()
    if kind in ("env", "file"):
        raise UsageError(f"{option}: there is no {kind} {name}", "check the name")
    raise UsageError(f"{option} takes no secret literally", "give env:NAME, file:PATH or - for standard input")


def asked(what: str) -> str:
    """A secret asked for on the terminal; empty where there is none."""
    import sys

    return getpass.getpass(f"{what}: ") if sys.stdin.isatty() else ""
