"""What candidates said of themselves, and every step under codes: for the audit and nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from maitred.desks.hiring import access
from maitred.desks.hiring.models import Candidate, Requisition, SelfTold, StageEvent
from maitred.kit.access.actor import Actor
from maitred.kit.access.belonging import one
from maitred.kit.secrets.installation import keyring
from maitred.kit.secrets.keyring import Purpose
from maitred.kit.secrets.sealing import Secret, place, seal, unseal

_TABLE = SelfTold._meta.db_table


@dataclass(frozen=True, slots=True)
class Moved:
    """A step of a candidate in a requisition, without words."""

    requisition: int
    candidate: int
    profile: int | None
    before: str
    after: str
    at: datetime


def sealed(profile: int, told: Mapping[str, str]) -> str:
    """What somebody said of themselves, sealed for their row."""
    return seal(keyring(), Secret(json.dumps(dict(told))), place(_TABLE, profile, "sealed"), Purpose.PROFILES)


def told_by(profiles: Iterable[int]) -> dict[int, dict[str, str]]:
    """What people said of themselves, by profile: for sums in which nobody can be told."""
    found: dict[int, dict[str, str]] = {}
    wanted = sorted(set(profiles))
    for start in range(0, len(wanted), 500):
        for row in SelfTold._base_manager.filter(profile__in=wanted[start : start + 500]):
            opened = unseal(keyring(), row.sealed, place(_TABLE, row.profile, "sealed"), Purpose.PROFILES)
            found[row.profile] = json.loads(opened.value)
    return found


def own(profile: int) -> SelfTold | None:
    """The row of somebody who comes by their own link."""
    return SelfTold._base_manager.filter(profile=profile).first()


def visible_requisitions(actor: Actor) -> QuerySet[Requisition]:
    """Requisitions that an auditor may ask about."""
    rows = Requisition._base_manager.all()
    return rows if access.audits(actor) else rows.none()


def access_requisition(actor: Actor, requisition: int) -> Requisition:
    """One of them."""
    return one(visible_requisitions(actor), requisition, "requisition")


def requisition_of(search: str) -> int:
    """The requisition that a number or the id of a search names; 0 where it names none."""
    if search.isdigit():
        return int(search[:15])
    rows = Candidate._base_manager.filter(search=search).exclude(search="")
    return rows.values_list("requisition", flat=True).first() or 0


def moves(requisitions: Iterable[int]) -> Iterator[Moved]:
    """Every step in requisitions which one has reached, in its order."""
    rows = StageEvent._base_manager.filter(candidate__requisition__in=set(requisitions)).order_by("pk")
    names = ("candidate__requisition", "candidate", "candidate__profile", "before", "after", "at")
    for row in rows.values_list(*names).iterator(chunk_size=2_000):
        yield Moved(*row)


def visible_events(actor: Actor) -> QuerySet[StageEvent]:
    """Every step, for whoever audits."""
    rows = StageEvent._base_manager.select_related("candidate")
    return rows if access.audits(actor) else rows.none()
