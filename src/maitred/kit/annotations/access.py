"""Which annotations an actor sees, which of them are theirs to change, and which lie in a period."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from maitred.kit.access import belonging, sharing
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.annotations.models import Annotation


def visible_annotations(actor: Actor) -> QuerySet[Annotation]:
    """One's own annotations and those that are shared with one."""
    return sharing.shared_with(Annotation._base_manager.all(), actor, Right.ANNOTATIONS_READ)


def access_own_annotation(actor: Actor, annotation: int) -> Annotation:
    """One annotation that the actor may change."""
    return belonging.one(sharing.owned_by(Annotation._base_manager.all(), actor), annotation, "annotation")


def between(rows: QuerySet[Annotation], start: date | None, end: date | None) -> QuerySet[Annotation]:
    """Those that touch a period, both days inclusive, the earliest first."""
    last = Coalesce("last_day", "first_day")
    wanted = Q()
    if end is not None:
        wanted &= Q(first_day__lte=end)
    if start is not None:
        rows = rows.alias(until=last)
        wanted &= Q(until__gte=start)
    return rows.filter(wanted).order_by("first_day", "pk")
