"""One operational database into another, table by table: SQLite to PostgreSQL and back, nothing changed on the way.

Rows go in the order of their key and tables in the order of need, so that every constraint and trigger of the target
holds at every commit. A small table in the target remembers how far each table is; a copy that was killed goes on from
there. At the end every table is read back on both sides and compared by its canonical hash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from maitred.base import faults
from maitred.base.errors import MaitredError
from maitred.kit.backup.comparators import growing
from maitred.kit.backup.databases import migrate, require_same_schema
from maitred.kit.backup.hashing import Hashed, Row, read, table_hash
from maitred.kit.backup.shapes import Column, Kind, Shape, groups, is_ring, of_models, written

PROGRESS = "maitred_copy"
"""The table in the target that says how far the copy is."""
BOOKKEEPING = frozenset({"django_migrations", PROGRESS})
_ASKED = 500
"""Keys asked for at once; SQLite takes no more than 999 parameters in its older builds."""
Tell = Callable[[str, int, int], None]


def silent(what: str, done: int, total: int) -> None:
    """No progress to show."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: rows and hash per table, and the source's tables that no model knows, which stayed behind."""

    tables: dict[str, Hashed]
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a table is: the last key that arrived, and whether it was the last of all."""

    last: tuple[Any, ...] | None = None
    done: bool = False


def copy(source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, tell: Tell = silent) -> Copied:
    """Copy every table of the models and compare.

    The caller keeps writers away from the source (``move.quiet``) or reads it in a transaction that sees one instant.
    The target is empty or holds a part of this copy; the source stands at the program's schema.

    Raises
    ------
    MaitredError
        The target holds something else, a value does not fit into it, or a table differs in the end; names it.
    """
    require_same_schema(source)
    shapes = of_models()
    _begin(source, target)
    sets = groups(shapes)
    done = 0
    for group in sets:
        tell(group[0].table, done, len(shapes))
        _copy_group(source, target, group)
        done += len(group)
    copied = _compared(source, target, shapes, tell)
    for shape in shapes:
        _carry_sequence(source, target, shape)
    return Copied(copied, _left_behind(source, shapes))


def finish(target: BaseDatabaseWrapper) -> None:
    """Forget how far the copy was; from now on the target counts as a database of its own."""
    with target.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {PROGRESS}")


def has_begun(target: BaseDatabaseWrapper) -> bool:
    """Whether a copy into this database was begun and not finished."""
    return PROGRESS in tables(target)


def tables(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of a database's tables."""
    with connection.cursor() as cursor:
        return sorted(connection.introspection.table_names(cursor))


def rows_in(connection: BaseDatabaseWrapper, table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
        return int(cursor.fetchone()[0])


def _begin(source: BaseDatabaseWrapper, target: BaseDatabaseWrapper) -> None:
    """Make the target ready: a table of progress first, then the schema, and nothing of what migrations put in."""
    origin = _origin(source)
    if not has_begun(target):
        _refuse_data(target)
        with _all_or_nothing(target), target.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE {PROGRESS} (name varchar(200) PRIMARY KEY, last text NOT NULL, done integer NOT NULL)"
            )
            cursor.execute(f"INSERT INTO {PROGRESS} (name, last, done) VALUES ('', %s, 0)", [origin])
    with target.cursor() as cursor:
        cursor.execute(f"SELECT last, done FROM {PROGRESS} WHERE name = ''")
        told, ready = cursor.fetchone()
    if told and told != origin:
        raise _foreign(target)
    if not ready:
        migrate(target)
        _empty(target)


def _empty(target: BaseDatabaseWrapper) -> None:
    with _all_or_nothing(target), target.cursor() as cursor:
        for shape in of_models():
            if rows_in(target, shape.table):
                cursor.execute(f"DELETE FROM {target.ops.quote_name(shape.table)}")
        cursor.execute(f"UPDATE {PROGRESS} SET done = 1 WHERE name = ''")


def _refuse_data(target: BaseDatabaseWrapper) -> None:
    """Refuse a database in which anything stands but empty tables of ours and what each installation fills in."""
    ours = {shape.table for shape in of_models()} | BOOKKEEPING
    filled_in = {"django_migrations", "django_content_type", "auth_permission"}
    for table in tables(target):
        if table not in ours or (table not in filled_in and rows_in(target, table)):
            raise _foreign(target, table)


def _foreign(target: BaseDatabaseWrapper, table: str = "") -> MaitredError:
    where = f"the database {target.settings_dict['NAME']}"
    inside = f" (table {table})" if table else ""
    return MaitredError(f"{where} holds data of something else{inside}", "name an empty database")


def _origin(source: BaseDatabaseWrapper) -> str:
    """By what a part of a copy is known as this installation's: the hash of its first deed."""
    with source.cursor() as cursor:
        cursor.execute("SELECT hash FROM audit_row WHERE seq = 1")
        row = cursor.fetchone()
    return "" if row is None else str(row[0])


def _copy_group(source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, group: Sequence[Shape]) -> None:
    if is_ring(group):  # constraints are checked at the commit: the rows have to arrive together
        places = [_place(target, shape) for shape in group]
        if not all(place.done for place in places):
            with _arriving(target, group[0].table):
                for shape in group:
                    for batch in read(source, shape):
                        _insert(target, shape, batch)
                    faults.step("copy.batch")
                    _remember(target, shape, _Place(None, True))
        return
    _copy_table(source, target, group[0])


def _copy_table(source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, shape: Shape) -> None:
    place = _place(target, shape)
    if place.done and shape.table not in growing():
        return
    last = place.last
    for batch in read(source, shape, last):
        last = _key(shape, batch[-1])
        with _arriving(target, shape.table):
            _insert(target, shape, batch)
            faults.step("copy.batch")
            _remember(target, shape, _Place(last))
    _remember(target, shape, _Place(last, True))


def _insert(target: BaseDatabaseWrapper, shape: Shape, rows: Sequence[Row]) -> None:
    if not rows:
        return
    made = [(place, use) for place, use in enumerate(written(one, target) for one in shape.columns) if use is not None]
    for row in rows:
        for place, use in made:
            if row[place] is not None:
                row[place] = use(row[place])
    quoted = target.ops.quote_name
    names = ", ".join(quoted(one.name) for one in shape.columns)
    with target.cursor() as cursor:
        if target.vendor == "postgresql":
            with cursor.copy(f"COPY {quoted(shape.table)} ({names}) FROM STDIN") as stream:
                for row in rows:
                    stream.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(shape.columns))
            cursor.executemany(f"INSERT INTO {quoted(shape.table)} ({names}) VALUES ({marks})", rows)


@contextmanager
def _arriving(target: BaseDatabaseWrapper, table: str) -> Iterator[None]:
    """One transaction of the target; what it refuses, at once or at the commit, is told by the table's name."""
    driver: Any = target
    refused: tuple[type[Exception], ...] = (DatabaseError, driver.Database.DatabaseError, ValueError)
    try:
        with _all_or_nothing(target):
            yield
    except refused as error:
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        what = f"rows of {table} do not fit into the other database ({why})"
        raise MaitredError(what, "mend them in the present database and run the move again") from error


def _compared(
    source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, shapes: Sequence[Shape], tell: Tell
) -> dict[str, Hashed]:
    """Hash each table on both sides; what changed since a killed copy brought it over is brought over again, once."""
    hashes = _hashed(source, shapes, tell)
    different = [one for one in shapes if table_hash(target, one) != hashes[one.table]]
    if different:
        _copy_again(source, target, different)
    faults.step("copy.compare")
    for shape in different:
        if table_hash(target, shape) != hashes[shape.table]:
            what = f"table {shape.table} is not the same on both sides"
            raise MaitredError(what, "move into an empty database, and tell the makers if it happens again")
    return hashes


def _hashed(source: BaseDatabaseWrapper, shapes: Sequence[Shape], tell: Tell) -> dict[str, Hashed]:
    found = {}
    for place, shape in enumerate(shapes):
        tell(f"comparing {shape.table}", place, len(shapes))
        found[shape.table] = table_hash(source, shape)
    return found


def _copy_again(source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, shapes: Sequence[Shape]) -> None:
    """Bring tables over anew; to those that only grow, add what they lack."""
    fixed = growing()
    with _arriving(target, shapes[0].table), target.cursor() as cursor:
        for shape in reversed(shapes):
            if shape.table not in fixed:
                cursor.execute(f"DELETE FROM {target.ops.quote_name(shape.table)}")
        for shape in shapes:
            for batch in read(source, shape):
                _insert(target, shape, _lacking(target, shape, batch) if shape.table in fixed else batch)


def _lacking(target: BaseDatabaseWrapper, shape: Shape, rows: Sequence[Row]) -> list[Row]:
    key = target.ops.quote_name(shape.key[0])
    keys = [_key(shape, row)[0] for row in rows]
    there: set[Any] = set()
    with target.cursor() as cursor:
        for start in range(0, len(keys), _ASKED):
            part = keys[start : start + _ASKED]
            marks = ", ".join(["%s"] * len(part))
            cursor.execute(f"SELECT {key} FROM {target.ops.quote_name(shape.table)} WHERE {key} IN ({marks})", part)
            there |= {row[0] for row in cursor.fetchall()}
    return [row for row, one in zip(rows, keys, strict=True) if one not in there]


def _all_or_nothing(target: BaseDatabaseWrapper) -> transaction.Atomic:
    assert connections[target.alias] is target
    return transaction.atomic(using=target.alias)


def _key(shape: Shape, row: Row) -> tuple[Any, ...]:
    places = {one.name: place for place, one in enumerate(shape.columns)}
    return tuple(row[places[name]] for name in shape.key)


def _place(target: BaseDatabaseWrapper, shape: Shape) -> _Place:
    with target.cursor() as cursor:
        cursor.execute(f"SELECT last, done FROM {PROGRESS} WHERE name = %s", [shape.table])
        row = cursor.fetchone()
    if row is None:
        return _Place()
    last = json.loads(row[0])
    return _Place(None if last is None else tuple(last), bool(row[1]))


def _remember(target: BaseDatabaseWrapper, shape: Shape, place: _Place) -> None:
    with target.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {PROGRESS} (name, last, done) VALUES (%s, %s, %s) "
            "ON CONFLICT (name) DO UPDATE SET last = excluded.last, done = excluded.done",
            [shape.table, json.dumps(place.last, default=str), int(place.done)],
        )


def _carry_sequence(source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, shape: Shape) -> None:
    """Numbers that were given once are never given again, also those of rows that are gone."""
    if len(shape.key) != 1 or _kind(shape, shape.key[0]) is not Kind.INTEGER:
        return
    last = _last_number(source, shape)
    if last is None:
        return
    with target.cursor() as cursor:
        if target.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [target.ops.quote_name(shape.table), shape.key[0]])
            if (name := cursor.fetchone()[0]) is not None:
                cursor.execute("SELECT setval(%s, %s)", [name, last])
        elif _is_counted(cursor, shape.table):
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [shape.table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [shape.table, last])


def _last_number(source: BaseDatabaseWrapper, shape: Shape) -> int | None:
    """The last number that a table gave out; None where it gives none, or gave none yet."""
    with source.cursor() as cursor:
        if source.vendor == "sqlite":
            if not _is_counted(cursor, shape.table):
                return None
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [shape.table])
        else:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [source.ops.quote_name(shape.table), shape.key[0]])
            name = cursor.fetchone()[0]
            if name is None:
                return None
            cursor.execute(f"SELECT last_value FROM {name} WHERE is_called")
        row = cursor.fetchone()
    return int(row[0]) if row and row[0] else None


def _is_counted(cursor: Any, table: str) -> bool:
    cursor.execute("SELECT sql LIKE '%%AUTOINCREMENT%%' FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
    row = cursor.fetchone()
    return bool(row and row[0])


def _kind(shape: Shape, name: str) -> Kind:
    found: Iterable[Column] = (one for one in shape.columns if one.name == name)
    return next(iter(found)).kind


def _left_behind(source: BaseDatabaseWrapper, shapes: Sequence[Shape]) -> list[str]:
    known = {shape.table for shape in shapes} | BOOKKEEPING
    return [name for name in tables(source) if name not in known]
