"""From rows and judgements of waves to the answers of the verbs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from maitred.base import clock
from maitred.desks.training.models import WavePlan
from maitred.desks.training.waves import access, measuring, shapes
from maitred.desks.training.waves.judging import Foreseen, Told
from maitred.desks.training.waves.measuring import Measured, Wanted
from maitred.insight.goals import in_unit
from maitred.kit.access.actor import Actor
from maitred.people.models import Team

_SHORTLY_BEFORE = timedelta(weeks=2)


def listed(row: WavePlan) -> shapes.WavePlanListed:
    """A plan in a list."""
    wanted = measuring.of_plan(row)
    return shapes.WavePlanListed(
        row.pk, row.course_id, row.course.title, row.metric, row.start, wanted.judged_from, len(wanted.people),
        row.count, row.state, row.verdict, is_due(row, wanted), row.version,
    )  # fmt: skip


def shown(actor: Actor, row: WavePlan) -> shapes.WavePlanShown:
    """A plan with all that its reader may have."""
    wanted = measuring.of_plan(row)
    metric = wanted.metric
    return shapes.WavePlanShown(
        row.pk, row.course_id, row.course.title, row.by_id, row.by.name, row.metric, metric.title, metric.unit,
        row.direction, row.smallest_effect, row.start, wanted.end, wanted.judged_from, row.weeks, row.settle, row.seed,
        row.selected_on, row.selected_from, row.selected_to, row.state, row.knowing, row.why, is_due(row, wanted),
        actor.person == row.by_id, _waves_of(actor, row, wanted),
        shapes.power_kept(row.foreseen) if row.foreseen else None,
        shapes.result_kept(row.result) if row.result else None, _meanwhile(actor, row, wanted), row.version,
    )  # fmt: skip


def waves(
    wanted: Wanted, names: Mapping[int, str], teams: Mapping[int, Team],
    registered: Mapping[int, tuple[int, bool]] | None = None,
) -> tuple[shapes.WaveShown, ...]:  # fmt: skip
    """The waves with their people by name."""
    made = registered or {}
    found = []
    for number, start in enumerate(wanted.starts, start=1):
        inside = [
            shapes.MemberShown(person, names.get(person, ""), team, teams[team].name if team in teams else "")
            for person, team, wave in zip(wanted.people, wanted.teams, wanted.waves, strict=True)
            if wave == number
        ]
        inside.sort(key=lambda one: (one.name.casefold(), one.person))
        intervention, assigned = made.get(number, (None, False))
        found.append(
            shapes.WaveShown(number, start, due_on(wanted, start), tuple(inside), intervention, assigned)
        )  # fmt: skip
    return tuple(found)


def due_on(wanted: Wanted, start: date) -> date:
    """The last day on which a wave takes its course: from the next on cases count as after."""
    return start + timedelta(weeks=wanted.settle) - timedelta(days=1)


def power(wanted: Wanted, found: Measured) -> shapes.PowerShown:
    """What could be seen, as it is told and kept."""
    answer = found.answer
    assert isinstance(answer, Foreseen)
    seen = answer.smallest_seen is not None and answer.smallest_seen <= wanted.smallest
    return shapes.PowerShown(
        wanted.metric.id, wanted.metric.unit, wanted.smallest, answer.smallest_seen, seen, answer.basis, answer.reason,
        in_unit(answer.usual, wanted.scale), round(answer.n, 2), answer.treated, answer.beside,
        (wanted.end - wanted.start).days // 7, answer.width, found.publication,
        min(found.known_until, wanted.start - timedelta(days=1)),
    )  # fmt: skip


def result(wanted: Wanted, found: Measured) -> shapes.ResultShown:
    """A verdict, as it is told and kept."""
    answer = found.answer
    assert isinstance(answer, Told)
    size, checked = answer.effect, answer.checks
    checks = None
    if checked is not None:
        low, high = checked.without_one or (None, None)
        checks = shapes.ChecksShown(
            checked.pre_trend, checked.dates, checked.dates_as_large, checked.lots_as_large, low, high,
            checked.same_team, checked.came_back,
        )  # fmt: skip
    return shapes.ResultShown(
        answer.verdict, answer.reason, size.value if size else None, size.low if size else None,
        size.high if size else None, answer.smallest_seen, answer.n, answer.n_before, answer.treated, answer.beside,
        answer.width, answer.design, checks, wanted.metric.id, found.publication, found.known_until,
    )  # fmt: skip


def way(row: WavePlan, wanted: Wanted, found: Measured) -> shapes.WavesWay:
    """The weeks of a plan as far as they are known."""
    answer = found.answer
    assert isinstance(answer, Told)
    sign = 1.0 if wanted.metric.direction == "higher" else -1.0

    def told(value: float | None) -> float | None:
        return None if value is None else in_unit(sign * value, wanted.scale)

    stretches = tuple(
        shapes.StretchShown(one.first, told(one.own), one.n, told(one.beside), one.n_beside, one.after, one.selected)
        for one in answer.buckets if one.first <= found.known_until
    )  # fmt: skip
    return shapes.WavesWay(row.pk, row.metric, wanted.metric.unit, found.width, stretches, found.publication)


def is_due(row: WavePlan, wanted: Wanted) -> bool:
    """Whether a running plan can be judged by now."""
    return row.state == WavePlan.RUNNING and wanted.judged_from <= clock.now().date()


def _waves_of(actor: Actor, row: WavePlan, wanted: Wanted) -> tuple[shapes.WaveShown, ...]:
    members = access.members_of(row)
    teams = {one.team_id: one.team for one in members}
    names = access.led_names(actor, wanted.people)
    made = {one.number: (one.intervention_id, bool(one.batch)) for one in access.waves_of(row)}
    return waves(wanted, names, teams, made)


def _meanwhile(actor: Actor, row: WavePlan, wanted: Wanted) -> tuple[str, ...]:
    own: Iterable[int] = [one.intervention_id for one in access.waves_of(row)]
    first, last = (datetime.combine(one, time(), UTC) for one in (wanted.start, wanted.end))
    rows = access.meanwhile(actor, own, first - _SHORTLY_BEFORE, last)
    return tuple(f"{one.start.date().isoformat()}: {one.what}" for one in rows)
