"""What the tests of backups share: a small workspace with rows of every model, opened as if it were the house's own."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from maitred.kit.access.actor import operator
from maitred.kit.audit import deeds, heads
from maitred.kit.audit.models import AuditRow
from maitred.kit.backup.databases import OPERATIONS, file, migrate, opened, standing_in
from maitred.kit.backup.hashing import Hashed, table_hash
from maitred.kit.backup.shapes import groups, of_database, of_model, stored_models
from maitred.kit.secrets.keyring import Keyring
from maitred.kit.secrets.rotation import COLUMNS
from maitred.kit.secrets.sealing import Secret, seal
from maitred.people.models import Person
from maitred.sync.tests.support import handmade, import_here
from maitred.sync.workspace import create

INSTANT = dt.datetime(2025, 10, 26, 1, 30, 0, 123456, tzinfo=dt.UTC)
ODD = 'Zoë "Ω" \u200f\u05d0 \U0001f600\n\t\\N ; DROP'
_DOING = (sys.executable, "-m", "maitred.kit.backup.tests.doing")
BY_THE_LOG = frozenset({"audit_row", "audit_head", "audit_text", "audit_subject_key"})


def make_home(home: Path) -> None:
    """A workspace with two tickets, every model filled and a few deeds in its audit log."""
    create(home)
    Keyring(home / "keys").create()
    import_here(home, handmade().write(home.parent / f"{home.name}-log"))
    with opened(file(home / OPERATIONS), "making") as database:
        migrate(database)
        with standing_in(database, home):
            fill()
            seal_columns(home)
            for number in range(3):
                hire(number)
            heads.sign_head()
            hire(9)


@contextmanager
def used(home: Path) -> Iterator[BaseDatabaseWrapper]:
    """The workspace in use, as it is in a command of it."""
    with opened(file(home / OPERATIONS), "used") as database, standing_in(database, home):
        yield database


def hire(number: int, reason: str = "a new colleague") -> None:
    """One deed with sealed personal values."""
    with deeds.deed(operator("tester"), "people.hire", reason):
        deeds.create(Person, name=f"Person {number} {ODD}", email=f"p{number}@example.org")


def fill(rows: int = 3) -> None:
    """Some rows of every model but those of the audit log, with awkward values."""
    by_table = {model._meta.db_table: model for model in stored_models()}
    for group in groups([of_model(model) for model in stored_models()]):
        for shape in group:
            if shape.table not in BY_THE_LOG:
                for number in range(rows):
                    _add(by_table[shape.table], number)


def seal_columns(home: Path) -> None:
    """Put sealed values where such belong."""
    for column in COLUMNS:
        if column.model == "audit.SubjectKey":
            continue
        for row in apps.get_model(column.model)._base_manager.all():
            sealed = seal(Keyring(home / "keys"), Secret("hidden"), column.at(row), column.purpose)
            value = {"deep": [sealed]} if column.json else sealed
            type(row)._base_manager.filter(pk=row.pk).update(**{column.column: value})


def _add(model: type[models.Model], number: int) -> None:
    """Add a row; where the model's constraints do not allow it with other choices and other gaps, or not at all."""
    fields = [field for field in model._meta.local_concrete_fields if not _counts(field)]
    steps, gaps = (0, 1, -1), (number == 1, number != 1)
    for step, choice, gap in product(steps, range(number, number + 7), gaps):
        values = {field.attname: _value(field, number, choice, gap, step) for field in fields}
        with suppress(IntegrityError), transaction.atomic():
            model(**values).save(force_insert=True)
            return


def _counts(field: Any) -> bool:
    return isinstance(field, models.AutoField | models.BigAutoField)


def _value(field: Any, number: int, choice: int, gaps: bool, step: int) -> Any:
    """A value; from one field of a kind to the next, moments rise with ``step`` and whole numbers fall, or are 0."""
    if isinstance(field, models.ForeignKey):
        return _other(field, number)
    if field.null and gaps:
        return None
    if field.choices:
        return field.choices[choice % len(field.choices)][0]
    made = {
        "BooleanField": number % 2 == 0,
        "FloatField": 0.1 + number,
        "DecimalField": Decimal(number) / 4,
        "DateTimeField": INSTANT + dt.timedelta(days=number + step * _place(field), microseconds=number),
        "DateField": dt.date(2024, 2, 27) + dt.timedelta(days=number + _place(field)),
        "TimeField": dt.time(23, 59, number),
        "DurationField": dt.timedelta(days=number, microseconds=7),
        "JSONField": [{"b": [1.5, 2.0, None, True], "a": ODD, "n": number}, {}, [number], "text"][number],
        "UUIDField": UUID(int=number + 1),
        "BinaryField": bytes([0, 255, number]),
        "GenericIPAddressField": ["192.0.2.1", "2001:db8::7", "198.51.100.9"][number],
    }
    kind = field.get_internal_type()
    if "Integer" in kind:
        return {0: number + 1, 1: number + 11 - _place(field), -1: 0}[step]
    if kind in made:
        return made[kind]
    longest = field.max_length or 1_000
    return f"{number} {field.name} {ODD}"[:longest] if longest > 40 else f"{number}{field.name}"[:longest]


def _other(field: Any, number: int) -> Any:
    """The key of a row that is there; none where it may be none and the table is still empty."""
    keys = list(field.related_model._base_manager.order_by("pk").values_list("pk", flat=True))
    return None if not keys or (field.null and number == 0) else keys[(number + _place(field)) % len(keys)]


def _place(field: Any) -> int:
    """How many fields before it in its model are of its kind: two people of a row differ, and a later day is later."""
    fields = field.model._meta.local_concrete_fields
    alike = [one for one in fields if type(one) is type(field) and one.related_model == field.related_model]
    return alike.index(field)


def hashes(database: BaseDatabaseWrapper) -> dict[str, Hashed]:
    """Rows and hash of every table."""
    return {shape.table: table_hash(database, shape) for shape in of_database(database)}


def last_seq() -> int:
    return AuditRow._base_manager.count()


def script(home: Path, *words: object, fault: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Do something in a process of its own, in which ``home`` is the workspace."""
    told = {**_environment(home), **more, **({"MAITRED_FAULT": fault} if fault else {})}
    return subprocess.run(
        [*_DOING, *map(str, words)], env=told, capture_output=True, text=True, timeout=300, check=False
    )


@contextmanager
def writing(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that does one deed after another and says so after each, until it is refused or the block ends."""
    with subprocess.Popen(
        [*_DOING, "hire", "1000000"],
        env=_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def _environment(home: Path) -> dict[str, str]:
    told = {**os.environ, "MAITRED_HOME": str(home), "DJANGO_SETTINGS_MODULE": "maitred.site.settings"}
    told.pop("MAITRED_FAULT", None)
    return told


def rest_of(folder: Path) -> list[str]:
    """What lies in a folder, hidden or not."""
    return sorted(path.name for path in folder.iterdir())
