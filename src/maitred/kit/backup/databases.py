"""Databases other than the one that the settings name: opened for a while, brought to the present schema, stood in.

For a restore, a move and a snapshot, which all work on a second database beside the house's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import load_backend

from maitred.base.errors import MaitredError

OPERATIONS = "operations.db"
"""The operational database's file in a workspace, where it is SQLite."""
_DEFAULTS: dict[str, Any] = {
    "ATOMIC_REQUESTS": False,
    "AUTOCOMMIT": True,
    "CONN_MAX_AGE": 0,
    "CONN_HEALTH_CHECKS": False,
    "OPTIONS": {},
    "TIME_ZONE": None,
    "USER": "",
    "PASSWORD": "",
    "HOST": "",
    "PORT": "",
    "TEST": {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": None},
}


def file(path: Path, durable: bool = True) -> dict[str, Any]:
    """Django's settings of a SQLite file; one that is not ``durable`` is made to be copied elsewhere."""
    journal = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" if durable else "PRAGMA journal_mode=DELETE;"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": f"{journal} PRAGMA foreign_keys=ON;" + ("" if durable else "PRAGMA synchronous=OFF;"),
        },
    }


@contextmanager
def opened(told: dict[str, Any], alias: str) -> Iterator[BaseDatabaseWrapper]:
    """A second database under a name of its own; closed when the block ends."""
    known = {**_DEFAULTS, **told}
    wrapper: BaseDatabaseWrapper = load_backend(known["ENGINE"]).DatabaseWrapper(known, alias)
    connections[alias] = wrapper
    try:
        yield wrapper
    finally:
        wrapper.close()
        with suppress(AttributeError):
            del connections[alias]


@contextmanager
def standing_in(wrapper: BaseDatabaseWrapper, home: Path | None = None) -> Iterator[None]:
    """Within the block this database is the house's own for this thread, and ``home`` its workspace.

    So that whatever asks for the default database (migrations, the audit log, sealed values) meets this one. The
    workspace is exchanged for the whole process: for commands, not for a server with other threads at work.
    """
    former, alias, folder = connections[DEFAULT_DB_ALIAS], wrapper.alias, settings.MAITRED_HOME
    connections[DEFAULT_DB_ALIAS] = wrapper
    wrapper.alias = DEFAULT_DB_ALIAS
    settings.MAITRED_HOME = home or folder
    try:
        yield
    finally:
        settings.MAITRED_HOME = folder
        wrapper.alias = alias
        connections[DEFAULT_DB_ALIAS] = former


def migrate(wrapper: BaseDatabaseWrapper) -> int:
    """Bring a database to the present schema, without what an installation fills in; returns the steps taken."""
    with standing_in(wrapper):
        executor = MigrationExecutor(wrapper)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            executor.migrate(executor.loader.graph.leaf_nodes(), plan)
    return len(plan)


def outstanding(wrapper: BaseDatabaseWrapper) -> list[str]:
    """The migrations that a database still lacks, as ``app.name``."""
    executor = MigrationExecutor(wrapper)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{step.app_label}.{step.name}" for step, _ in plan]


def unknown(wrapper: BaseDatabaseWrapper) -> list[str]:
    """The migrations of installed apps that a database has and this program does not know: it is an older one."""
    loader: Any = MigrationExecutor(wrapper).loader
    ours = {app for app, _ in loader.disk_migrations}
    new = [(app, name) for app, name in loader.applied_migrations if app in ours and _is_new(loader, app, name)]
    return sorted(f"{app}.{name}" for app, name in new)


def check_foreign_keys(wrapper: BaseDatabaseWrapper) -> list[str]:
    """Rows that name rows which are not there, as ``table row``; empty where all is well."""
    if wrapper.vendor != "sqlite":
        return _unmatched(wrapper)
    with wrapper.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        return [f"{row[0]} {row[1]} (needs {row[2]})" for row in cursor.fetchall()]


def require_same_schema(wrapper: BaseDatabaseWrapper) -> None:
    """Make sure that a database stands at the program's schema.

    Raises
    ------
    MaitredError
        It does not; names the first migration.
    """
    missing = outstanding(wrapper)
    if missing:
        what = f"the operational database lacks {len(missing)} migrations ({missing[0]} ...)"
        raise MaitredError(what, "migrate it first")


def _is_new(loader: Any, app: str, name: str) -> bool:
    if (app, name) in loader.disk_migrations:
        return False
    return not any((app, name) in one.replaces for one in loader.disk_migrations.values())


def _unmatched(wrapper: BaseDatabaseWrapper) -> list[str]:
    from maitred.kit.backup.shapes import stored_models

    found = []
    quoted = wrapper.ops.quote_name
    with wrapper.cursor() as cursor:
        for model in stored_models():
            for field in model._meta.local_concrete_fields:
                other = field.related_model
                if other is None or isinstance(other, str) or not getattr(field, "db_constraint", False):
                    continue
                table, column, pk = model._meta.db_table, quoted(field.column or ""), quoted(str(model._meta.pk.column))
                cursor.execute(
                    f"SELECT t.{pk} FROM {quoted(table)} t LEFT JOIN {quoted(other._meta.db_table)} o "
                    f"ON t.{column} = o.{quoted(field.target_field.column)} "  # type: ignore[attr-defined]
                    f"WHERE t.{column} IS NOT NULL AND o.{quoted(str(other._meta.pk.column))} IS NULL LIMIT 5"
                )
                found += [f"{table} {row[0]} (needs {other._meta.db_table})" for row in cursor.fetchall()]
    return found
