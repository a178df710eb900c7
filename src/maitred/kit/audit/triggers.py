"""The triggers that keep the audit log append-only, for both databases; ``maitred verify`` looks whether they stand.

They stop mistakes and ordinary access. Somebody who owns the database can drop them, which is why the chain is signed
and why their absence is a finding of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("audit_row", "audit_head", "audit_text")
"""Tables to which rows are only added."""

_REMEDY = "the audit log is only ever added to"
_GAP = "the next row of the audit log has the next number"


def install(database: BaseDatabaseWrapper = connection) -> None:  # type: ignore[assignment]
    """Put the triggers into the database, replacing what stands under their names."""
    lift(database)
    with database.cursor() as cursor:
        for statement in expected(database.vendor).values():
            cursor.execute(statement)
        if database.vendor == "postgresql":
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(TABLES)} FROM CURRENT_USER")


def lift(database: BaseDatabaseWrapper = connection) -> None:  # type: ignore[assignment]
    """Take the triggers out: for emptying a test database, and for undoing the migration."""
    with database.cursor() as cursor:
        for name in expected(database.vendor):
            if database.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            elif not name.startswith("function "):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {_table_of(name)}")
        if database.vendor == "postgresql":
            cursor.execute(f"GRANT UPDATE, DELETE, TRUNCATE ON {', '.join(TABLES)} TO CURRENT_USER")


@contextmanager
def lifted(database: BaseDatabaseWrapper = connection) -> Iterator[None]:  # type: ignore[assignment]
    """Without the triggers for a moment, where they are there at all."""
    there = bool(found(database))
    if there:
        lift(database)
    yield
    if there:
        install(database)


def expected(vendor: str) -> dict[str, str]:
    """Every trigger (on PostgreSQL also every function) by name, as it is created."""
    return _sqlite() if vendor == "sqlite" else _postgresql()


def found(database: BaseDatabaseWrapper = connection) -> dict[str, str]:  # type: ignore[assignment]
    """What is in the database under our tables, by name, in the form of ``normal``."""
    return _found_sqlite(database) if database.vendor == "sqlite" else _found_postgresql(database)


def normal(statement: str) -> str:
    """A statement without the differences that a database makes when it keeps it."""
    text = re.sub(r"\bpublic\.", "", statement)
    return re.sub(r"\s+", " ", text).strip().rstrip(";").lower()


def _sqlite() -> dict[str, str]:
    made: dict[str, str] = {}
    for table in TABLES:
        for deed in ("UPDATE", "DELETE"):
            name = f"{table}_no_{deed.lower()}"
            made[name] = f"CREATE TRIGGER {name} BEFORE {deed} ON {table} BEGIN {_abort(_REMEDY)} END"
    for table, key in (("audit_head", "id"), ("audit_text", "id")):
        name = f"{table}_no_replace"  # INSERT OR REPLACE deletes without asking the trigger on DELETE
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"
        made[name] = f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {there} BEGIN {_abort(_REMEDY)} END"
    made["audit_row_gapless"] = (
        "CREATE TRIGGER audit_row_gapless BEFORE INSERT ON audit_row "
        "WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit_row) "
        f"BEGIN {_abort(_GAP)} END"
    )
    made["audit_subject_key_rotates"] = (
        "CREATE TRIGGER audit_subject_key_rotates BEFORE UPDATE ON audit_subject_key "
        f"WHEN NEW.subject IS NOT OLD.subject OR {_same_key('NEW')} = {_same_key('OLD')} "
        f"BEGIN {_abort('a key of a subject changes only when the keys are rotated')} END"
    )
    return made


def _abort(why: str) -> str:
    return f"SELECT RAISE(ABORT, '{why}');"


def _same_key(side: str) -> str:
    return f"substr({side}.sealed, 1, 11)"  # ``v1|`` and the eight digits of the key's id


def _postgresql() -> dict[str, str]:
    made = {
        "function audit_refuse": _function("audit_refuse", f"RAISE EXCEPTION '{_REMEDY}';"),
        "function audit_gapless": _function(
            "audit_gapless",
            "IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM audit_row) THEN "
            f"RAISE EXCEPTION '{_GAP}'; END IF; RETURN NEW;",
        ),
        "function audit_rotates": _function(
            "audit_rotates",
            f"IF NEW.subject IS DISTINCT FROM OLD.subject OR {_same_key('NEW')} = {_same_key('OLD')} THEN "
            "RAISE EXCEPTION 'a key of a subject changes only when the keys are rotated'; END IF; RETURN NEW;",
        ),
    }
    for table in TABLES:
        made[f"{table}_no_change"] = _trigger(f"{table}_no_change", "DELETE OR UPDATE", table, "ROW", "audit_refuse")
        made[f"{table}_no_truncate"] = _trigger(f"{table}_no_truncate", "TRUNCATE", table, "STATEMENT", "audit_refuse")
    made["audit_row_gapless"] = _trigger("audit_row_gapless", "INSERT", "audit_row", "ROW", "audit_gapless")
    rotates = "audit_subject_key_rotates"
    made[rotates] = _trigger(rotates, "UPDATE", "audit_subject_key", "ROW", "audit_rotates")
    return made


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
        f"AS $function$ BEGIN {body} END $function$"
    )


def _trigger(name: str, deed: str, table: str, each: str, function: str) -> str:
    return f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"


def _table_of(name: str) -> str:
    return next(table for table in (*TABLES, "audit_subject_key") if name.startswith(table))


def _found_sqlite(database: BaseDatabaseWrapper) -> dict[str, str]:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit\\_%' ESCAPE '\\'"
        )
        return {name: normal(text) for name, text in cursor.fetchall()}


def _found_postgresql(database: BaseDatabaseWrapper) -> dict[str, str]:
    """Triggers that fire (a disabled one counts as missing), and the functions behind them."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, pg_get_triggerdef(t.oid, true) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.relname LIKE 'audit\\_%%' "
            "AND c.relnamespace = current_schema()::regnamespace"
        )
        made = {name: normal(text) for name, text in cursor.fetchall()}
        cursor.execute(
            "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'audit\\_%%' "
            "AND pronamespace = current_schema()::regnamespace"
        )
        return {**made, **{f"function {name}": normal(text) for name, text in cursor.fetchall()}}
