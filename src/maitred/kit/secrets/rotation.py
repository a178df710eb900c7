"""``maitred keys rotate``: new keys for what is sealed in the database, while everybody goes on working.

A new key seals from the moment it is made, the old one still opens. Values under the old one are sealed anew in small
batches, each only where nobody changed it meanwhile. When none is left, and nobody can be about to add one, the old
key is destroyed. The keyring itself remembers an unfinished rotation (two keys of one purpose): running it again, also
after a kill, ends it.

Rotated are the keys of fields, of subjects, of profiles and of what people told of themselves. The others stay:
pseudonyms could not be made again from what was pseudonymised, signed links are in mails that were sent, heads must
stay checkable by the auditor's copy, archives of backups need the key they were made with, and new session keys would
only sign everybody out.
"""

from __future__ import annotations

import fcntl
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from maitred.base import faults
from maitred.base.errors import Conflict
from maitred.kit.access.actor import Actor
from maitred.kit.audit.deeds import deed, note
from maitred.kit.secrets import guarding, stored
from maitred.kit.secrets.keyring import Keyring, Purpose
from maitred.kit.secrets.models import StoredSecret
from maitred.kit.secrets.sealing import place, seal, unseal
from maitred.kit.secrets.waiting import patient

ROTATED = (Purpose.FIELDS, Purpose.SUBJECTS, Purpose.PROFILES, Purpose.SELF_TOLD)
_BATCH = 200
_SEALED = re.compile(r"v1\|[0-9a-f]{8}\|[\w=-]+\|[\w=-]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that holds sealed values.

    Parameters
    ----------
    model
        ``app.Model``.
    column
        Holds one sealed value, or JSON with sealed values somewhere in it (``json``).
    at
        The place that a row's value is sealed for.
    """

    model: str
    column: str
    at: Callable[[Any], str]
    purpose: Purpose = Purpose.FIELDS
    json: bool = False

    def rows(self, key_id: str) -> QuerySet[Any]:
        """The rows with a value under a key; none where the app is not installed."""
        try:
            model = apps.get_model(self.model)
        except LookupError:
            return StoredSecret._base_manager.none()
        found: QuerySet[Any] = model._base_manager.order_by("pk")
        if self.json:
            found = found.annotate(as_text=Cast(self.column, TextField()))
            return found.filter(as_text__contains=f"v1|{key_id}|")
        return found.filter(**{f"{self.column}__startswith": f"v1|{key_id}|"})


COLUMNS: list[Column] = [
    Column("secrets.StoredSecret", "sealed", lambda row: stored.at(row.name)),
    Column("audit.SubjectKey", "sealed", lambda row: place("audit_subject_key", row.pk, "sealed"), Purpose.SUBJECTS),
    Column("mfa.Authenticator", "data", lambda row: place("mfa_authenticator", "*", "data"), json=True),
    Column("replies.Reply", "answer", lambda row: place("replies_reply", f"{row.actor}/{row.key}", "answer")),
]
"""Every column with sealed values; an app that adds one appends it when it is ready."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What became of one purpose's keys."""

    purpose: str
    key: str
    retired: tuple[str, ...]
    values: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did."""

    turned: tuple[Turned, ...]
    resumed: bool

    def as_json(self) -> dict[str, Any]:
        turned = [
            {"purpose": one.purpose, "key": one.key, "retired": list(one.retired), "values": one.values}
            for one in self.turned
        ]
        return {"rotated": turned, "resumed": self.resumed}


def rotate(keyring: Keyring, actor: Actor | None = None, *, grace: float = 1.0) -> Rotation:
    """Seal everything anew and destroy the old keys; ends a rotation that was begun, else begins one.

    Parameters
    ----------
    actor
        Who asked for it; the worker unless given.
    grace
        Seconds between the new key and the last look for values under the old one, for those who seal a value first and
        open their transaction then.

    Raises
    ------
    Conflict
        Another process rotates at the moment.
    SealBroken
        A value does not open. It is left as it is, and the old key with it.
    """
    with _alone(keyring), patient(connection):
        resumed = any(len(keyring.all(purpose)) > 1 for purpose in ROTATED)
        for purpose in ROTATED if not resumed else ():
            keyring.add(purpose)
            faults.step("rotate.added")
        begun = time.monotonic()
        turned = []
        for purpose in ROTATED:
            moved = _moved(keyring, purpose)
            time.sleep(max(0.0, begun + grace - time.monotonic()))
            turned.append(_ended(keyring, purpose, moved, actor or stored.worker()))
    return Rotation(tuple(turned), resumed)


def left(keyring: Keyring, purpose: Purpose) -> int:
    """How many rows still hold a value under a key of this purpose that is not the newest."""
    *old, _ = keyring.all(purpose)
    return sum(column.rows(key.id).count() for column in _of(purpose) for key in old)


def _moved(keyring: Keyring, purpose: Purpose) -> int:
    """Seal anew what stands under the old keys, in batches; returns how many rows."""
    *old, _ = keyring.all(purpose)
    return sum(_sealed_anew(keyring, column, key.id) for column in _of(purpose) for key in old)


def _ended(keyring: Keyring, purpose: Purpose, moved: int, actor: Actor) -> Turned:
    """Look while nobody is sealing, until nothing is left; then destroy the old keys."""
    *old, new = keyring.all(purpose)
    gone = tuple(key.id for key in old)
    while True:
        with deed(actor, "secrets.rotate"):
            guarding.alone()
            if left(keyring, purpose) == 0:
                note("rotate", "key", new.id, purpose=purpose.value, retired=gone, values=moved)
                break
        moved += _moved(keyring, purpose)
    faults.step("rotate.moved")
    for key_id in gone:
        keyring.retire(purpose, key_id)
        faults.step("rotate.retired")
    return Turned(purpose.value, new.id, gone, moved)


def _of(purpose: Purpose) -> list[Column]:
    return [column for column in COLUMNS if column.purpose is purpose]


def _sealed_anew(keyring: Keyring, column: Column, key_id: str) -> int:
    done, after = 0, None
    while batch := _batch(column, key_id, after):
        with transaction.atomic():
            done += sum(_replaced(keyring, column, row) for row in batch)
        faults.step("rotate.batch")
        after = batch[-1].pk
    return done


def _batch(column: Column, key_id: str, after: Any) -> list[Any]:
    rows = column.rows(key_id)
    return list((rows if after is None else rows.filter(pk__gt=after))[:_BATCH])


def _replaced(keyring: Keyring, column: Column, row: Any) -> int:
    """Compare and set: a row that somebody changed or removed meanwhile is left to the next look."""
    held, where = getattr(row, column.column), column.at(row)

    def anew(sealed: str) -> str:
        return seal(keyring, unseal(keyring, sealed, where, column.purpose), where, column.purpose)

    fresh = _mapped(held, anew) if column.json else anew(held)
    same = type(row)._base_manager.filter(pk=row.pk, **{column.column: held})
    return int(same.update(**{column.column: fresh}))


def _mapped(value: Any, anew: Callable[[str], str]) -> Any:
    """A JSON value with every sealed text in it sealed anew."""
    if isinstance(value, str):
        return anew(value) if _SEALED.fullmatch(value) else value
    if isinstance(value, list):
        return [_mapped(one, anew) for one in value]
    if isinstance(value, dict):
        return {name: _mapped(one, anew) for name, one in value.items()}
    return value


@contextmanager
def _alone(keyring: Keyring) -> Iterator[None]:
    """One rotation at a time; the system lets go of the lock when the process ends, however it ends."""
    with (keyring.folder / "rotation.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict("another process is rotating the keys at the moment", "wait until it has ended") from error
        yield
