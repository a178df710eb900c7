"""What verbs answer: frozen dataclasses, pages of them, and their plain form for every door."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, QuerySet

from maitred.base.errors import UsageError
from maitred.kit.access.actor import Actor
from maitred.kit.access.fields import ABSENT

T = TypeVar("T")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, and where the rest begins."""

    items: tuple[T, ...]
    next: str | None = None


def paged(
    rows: QuerySet[M],
    actor: Actor,
    what: str,
    cursor: str | None,
    limit: int,
    shape: Callable[[M], T],
    *,
    newest: bool = False,
) -> Page[T]:
    """One page of a queryset by ascending primary key.

    Parameters
    ----------
    what
        Names the list; a cursor of another list or another actor is refused.
    newest
        By descending primary key instead.

    Raises
    ------
    UsageError
        The cursor was not given out by this list to this actor.
    """
    ordered = rows.order_by("-pk" if newest else "pk")
    if cursor is not None:
        ordered = ordered.filter(**{"pk__lt" if newest else "pk__gt": _opened(cursor, actor, what)})
    found = list(ordered[: limit + 1])
    more = len(found) > limit
    after = signing.dumps([what, actor.name, found[limit - 1].pk], salt="cursor") if more else None
    return Page(tuple(shape(row) for row in found[:limit]), after)


def _opened(cursor: str, actor: Actor, what: str) -> Any:
    try:
        where, who, last = signing.loads(cursor, salt="cursor")
    except (signing.BadSignature, ValueError) as error:
        raise UsageError("this cursor was not given out here", "start again without a cursor") from error
    if (where, who) != (what, actor.name):
        raise UsageError("this cursor belongs to another list", "start again without a cursor")
    return last


def plain(value: Any) -> Any:
    """A result as JSON can hold it; absent fields lose their key, instants get ``Z``."""
    if value is None or (isinstance(value, (bool, int, float, str)) and not isinstance(value, enum.Enum)):
        return value
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((one.name, getattr(value, one.name)) for one in fields(value))
        return {name: plain(one) for name, one in pairs if one is not ABSENT}
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items() if one is not ABSENT}
    return [plain(one) for one in value]
