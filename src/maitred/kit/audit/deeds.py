"""The only way to write: inside a deed, through ``create``, ``change`` and ``remove``.

They compare versions, remember what changed for the audit row and refuse outside of a deed. A verb opens the deed
(``kit.verbs.running``); nothing else does, except commands of the operator and the worker.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models, transaction

from maitred.base import clock
from maitred.base.errors import Conflict, MaitredError
from maitred.kit.access.actor import Actor
from maitred.kit.audit import sealing
from maitred.kit.audit.log import append
from maitred.kit.audit.records import Record

R = TypeVar("R", bound=Record)

HIDDEN = "(hidden)"
"""Stands for a value that the log does not hold in any form."""

LARGEST = 2**53 - 1
"""The largest whole number that canonical JSON holds."""


@dataclass(slots=True)
class Deed:
    """What is being done, by whom; collects the changes for its audit row."""

    actor: Actor
    verb: str
    reason: str = ""
    object: tuple[str, str] = ("", "")
    changes: list[dict[str, Any]] = field(default_factory=list)


_DEED: ContextVar[Deed | None] = ContextVar("deed", default=None)


@contextmanager
def deed(actor: Actor, verb: str, reason: str = "") -> Iterator[Deed]:
    """One transaction: what happens inside, its audit row, or nothing at all."""
    if _DEED.get() is not None:
        raise MaitredError(f"{verb} was begun inside another deed", "call the inner function, not its verb")
    with transaction.atomic():
        current = Deed(actor, verb, reason)
        token = _DEED.set(current)
        try:
            yield current
        finally:
            _DEED.reset(token)
        _append(current)


def current() -> Deed:
    """The deed that is being done.

    Raises
    ------
    MaitredError
        There is none: somebody tries to write beside the verbs.
    """
    found = _DEED.get()
    if found is None:
        raise MaitredError("nothing is written outside of a deed", "call a verb")
    return found


def doing() -> bool:
    """Whether a deed is being done at the moment."""
    return _DEED.get() is not None


def create(model: type[R], **values: Any) -> R:
    """Make a row, inside a deed."""
    act = current()
    now = clock.now()
    row = model(**values, created_at=now, changed_at=now)
    row.save(force_insert=True)
    _note(act, "create", row, {name: (None, _plain(getattr(row, name))) for name in _names(row)})
    return row


def change(row: R, version: int | None, **values: Any) -> R:
    """Change fields of a row that is still at ``version`` (``None``: whatever version was read just now).

    Raises
    ------
    Conflict
        It is not; the error carries both versions, and nothing is written.
    """
    act = current()
    sent = row.version if version is None else version
    before = {name: _plain(getattr(row, name)) for name in values}
    stamped = {**values, "changed_at": clock.now(), "version": sent + 1}
    hit = type(row)._base_manager.filter(pk=row.pk, version=sent).update(**stamped)
    if not hit:
        raise _stale(row, sent)
    for name, value in stamped.items():
        setattr(row, name, value)
    after = {name: (before[name], _plain(getattr(row, name))) for name in values}
    _note(act, "change", row, {name: pair for name, pair in after.items() if pair[0] != pair[1]})
    return row


def remove(row: Record, version: int | None) -> None:
    """Delete a row that is still at ``version``; its values stay readable in the audit row."""
    act = current()
    sent = row.version if version is None else version
    _note(act, "remove", row, {name: (_plain(getattr(row, name)), None) for name in _names(row)})
    hit, _ = type(row)._base_manager.filter(pk=row.pk, version=sent).delete()
    if not hit:
        raise _stale(row, sent)


def note(kind: str, noun: str, key: object, **values: Any) -> None:
    """Remember something that is no row of ours (a read of message text, an export, a restore)."""
    _remember(current(), kind, noun, str(key), {name: _plain(value) for name, value in values.items()})


def _stale(row: Record, sent: int) -> Conflict:
    there = type(row)._base_manager.filter(pk=row.pk).values_list("version", flat=True).first()
    what = f"{row.NOUN} {row.pk} was changed by somebody else (you had version {sent}, there is {there})"
    if there is None:
        what = f"{row.NOUN} {row.pk} was removed by somebody else"
    return Conflict(what, "read it again and decide", sent, there)


def _names(row: Record) -> list[str]:
    stamps = {"version", "created_at", "changed_at", row._meta.pk.attname}
    return [one.attname for one in row._meta.concrete_fields if one.attname not in stamps]


def _note(act: Deed, kind: str, row: Record, pairs: dict[str, tuple[Any, Any]]) -> None:
    shown: dict[str, Any] = {}
    for name, (old, new) in pairs.items():
        if name in row.HIDDEN:
            shown[name] = [_hidden(old), _hidden(new)]
        elif name.removesuffix("_id") in row.PERSONAL or name in row.PERSONAL:
            shown[name] = [_sealed(row, old), _sealed(row, new)]
        else:
            shown[name] = [old, new]
    _remember(act, kind, row.NOUN, str(row.pk), {**shown, "version": row.version})


def _sealed(row: Record, value: Any) -> Any:
    return None if value in (None, "") else sealing.keep(row.subject(), str(value))


def _hidden(value: Any) -> str | None:
    return None if value in (None, "") else HIDDEN


def _remember(act: Deed, kind: str, noun: str, key: str, values: dict[str, Any]) -> None:
    if not act.object[0]:
        act.object = (noun, key)
    act.changes.append({"do": kind, "object": f"{noun}:{key}", "values": values})


def _append(act: Deed) -> None:
    actor = act.actor
    reason = sealing.keep(f"account:{actor.account}", act.reason) if act.reason else ""
    append(
        actor=actor.name,
        account=actor.account,
        on_behalf_of=actor.on_behalf_of,
        verb=act.verb,
        object_type=act.object[0],
        object_id=act.object[1],
        diff=act.changes,
        reason=reason,
        request_id=actor.request_id,
    )


def _plain(value: Any) -> Any:
    """A value as canonical JSON can hold it: no floats, times as text."""
    if isinstance(value, enum.Enum):
        return _plain(value.value)
    if isinstance(value, str):
        return value if isinstance(value, sealing.Reference) else _foreign(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= LARGEST else str(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {_foreign(str(name)): _plain(one) for name, one in value.items()}
    return _foreign(str(value))


def _foreign(text: str) -> str:
    """A text of ours or of theirs, quoted where it has the form of a reference to a sealed one."""
    return f"'{text}" if text.startswith("text:") else text
