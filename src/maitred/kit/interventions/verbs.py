"""Register what is changed, before it starts to work, with what is expected of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from maitred.base.errors import Conflict, Invalid
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.access.whose import for_person
from maitred.kit.audit import deeds
from maitred.kit.interventions.access import access_intervention, visible_interventions
from maitred.kit.interventions.models import Registered
from maitred.kit.verbs import Cursor, Limit, Names, Page, Version, action, question
from maitred.kit.verbs.results import paged
from maitred.kit.verbs.words import LARGEST
from maitred.metrics.catalogue import resolve

InterventionId = Annotated[int, Names("intervention"), Field(ge=1, le=LARGEST)]
SomeoneId = Annotated[int, Field(ge=1, le=LARGEST)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Unit = Annotated[str, StringConstraints(pattern=r"^(team|person|topic|channel|group|bot):[\w:. -]{1,80}$")]
Period = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
MetricName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Kind = Literal[
    "course", "coaching", "macro", "routing", "policy", "staffing", "shipped_fix", "playbook", "bot_scope", "other"
]


@dataclass(frozen=True, slots=True)
class InterventionShown:
    """An intervention with what was expected of it."""

    id: int
    person: int
    team: int | None
    desk: str
    kind: str
    what: str
    units: tuple[str, ...]
    start: datetime
    end: datetime | None
    wave: int
    selected_on: str
    selected_period: str
    metric: str
    direction: str
    smallest_effect: float | None
    registered: datetime
    publication: int | None
    version: int


@question(needs=Right.INTERVENTIONS_READ, example={})
def list_interventions(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[InterventionShown]:
    """List what was changed on purpose."""
    return paged(visible_interventions(actor), actor, "interventions", cursor, limit, _shown)


@question(needs=Right.INTERVENTIONS_READ, example={"intervention": 1})
def show_intervention(actor: Actor, intervention: InterventionId) -> InterventionShown:
    """Show one intervention."""
    return _shown(access_intervention(actor, intervention))


@action(
    needs=Right.INTERVENTIONS_WRITE,
    example={
        "kind": "macro",
        "what": "new macro for refunds",
        "units": ["team:2"],
        "start": "2026-11-02T08:00:00Z",
        "selected_on": "other",
        "metric": "frt.business_all",
        "direction": "down",
        "smallest_effect": 300,
    },
)
def register(
    actor: Actor,
    kind: Kind,
    what: Sentence,
    units: Annotated[list[Unit], Field(min_length=1, max_length=200)],
    start: AwareDatetime,
    selected_on: Literal["random", "volume", "worst_of", "volunteers", "other"],
    selected_period: Period = "",
    wave: Annotated[int, Field(ge=1, le=100)] = 1,
    metric: MetricName = "",
    direction: Literal["", "up", "down"] = "",
    smallest_effect: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] | None = None,
    publication: Annotated[int, Field(ge=1, le=LARGEST)] | None = None,
    person: SomeoneId | None = None,
) -> InterventionShown:
    """Register a change: for whom, since when, how they were chosen, and what is expected.

    Parameters
    ----------
    units
        For whom it is: ``team:3``, ``person:7``, ``topic:refund``, ``channel:chat``, ``group:zendesk:11``, ``bot:2``.
    selected_on
        How the units were chosen. ``worst_of`` needs the period: such a choice improves by itself.
    metric, direction, smallest_effect
        The expectation: which metric moves where, and the smallest effect worth having, in its unit.
    wave
        Number of the wave, for changes that start in steps.
    """
    owner, team = for_person(actor, Right.INTERVENTIONS_WRITE, person)
    _refuse_half_an_expectation(metric, direction, smallest_effect)
    if selected_on == "worst_of" and not selected_period:
        raise _misfit("selected_period", "say of which period they were the worst, such as 2026-10-01..2026-10-31")
    return _shown(
        deeds.create(
            Registered,
            person_id=owner,
            team_id=team,
            kind=kind,
            what=what,
            units=sorted(set(units)),
            start=start,
            selected_on=selected_on,
            selected_period=selected_period,
            wave=wave,
            metric=resolve(metric).id if metric else "",
            direction=direction,
            smallest_effect="" if smallest_effect is None else repr(float(smallest_effect)),
            publication=publication,
        )
    )


@action(needs=Right.INTERVENTIONS_WRITE, example={"intervention": 1, "end": "2026-11-30T17:00:00Z", "version": 1})
def end(actor: Actor, intervention: InterventionId, end: AwareDatetime, version: Version) -> InterventionShown:
    """Say when a change ended."""
    row = access_intervention(actor, intervention, Right.INTERVENTIONS_WRITE)
    if row.end is not None:
        raise Conflict(f"intervention {row.pk} has ended already", "take the end back first")
    if end <= row.start:
        raise _misfit("end", "it ends after it starts")
    return _shown(deeds.change(row, version, end=end))


@action(needs=Right.INTERVENTIONS_WRITE, example={"intervention": 1, "version": 2})
def take_back_end(actor: Actor, intervention: InterventionId, version: Version) -> InterventionShown:
    """Undo the end of a change: it goes on."""
    row = access_intervention(actor, intervention, Right.INTERVENTIONS_WRITE)
    return _shown(deeds.change(row, version, end=None))


def _refuse_half_an_expectation(metric: str, direction: str, smallest_effect: float | None) -> None:
    if len({bool(metric), bool(direction), smallest_effect is not None}) > 1:
        raise _misfit("metric", "an expectation is a metric, a direction and the smallest effect worth having")


def _misfit(field: str, message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "misfit"},))


def _shown(row: Registered) -> InterventionShown:
    effect = float(row.smallest_effect) if row.smallest_effect else None
    return InterventionShown(
        row.pk, row.person_id, row.team_id, row.desk, row.kind, row.what, tuple(row.units), row.start, row.end,
        row.wave, row.selected_on, row.selected_period, row.metric, row.direction, effect, row.created_at,
        row.publication, row.version,
    )  # fmt: skip
