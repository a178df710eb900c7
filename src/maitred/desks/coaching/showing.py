"""From rows to answers: what of a one-to-one or a plan its reader may have."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any, cast

from maitred.base import clock
from maitred.desks.coaching import access, gathering, measuring, pairs, shapes
from maitred.desks.coaching.agenda import Kind, Line, agenda
from maitred.desks.coaching.judging import DAY, Foreseen, Told
from maitred.desks.coaching.measuring import Measured
from maitred.desks.coaching.models import Item, Note, OneToOne, Plan, Step
from maitred.insight.goals import Scale, in_unit
from maitred.kit.access.actor import Actor
from maitred.metrics.catalogue import Metric, resolve
from maitred.people.models import Person


def listed(actor: Actor, row: OneToOne) -> shapes.OneToOneListed:
    """A one-to-one in a list."""
    return shapes.OneToOneListed(
        row.pk, row.lead_id, row.lead.name, row.person_id, row.person.name, row.at, row.state,
        access.of_the_two(actor, row), row.version,
    )  # fmt: skip


def one_to_one(actor: Actor, row: OneToOne) -> shapes.OneToOneShown:
    """One of them, whole for the two; for others that it is there."""
    yours = access.of_the_two(actor, row)
    return shapes.OneToOneShown(
        row.pk, row.lead_id, row.lead.name, row.person_id, row.person.name, row.at, row.state,
        row.why if yours else "", yours, actor.person == row.lead_id, pairs.still(row),
        agenda_of(actor, row.person, row) if yours else None,
        tuple(note(row, one) for one in access.visible_notes(actor, row)),
        tuple(step(one) for one in access.steps_of(row)) if yours else (), row.version,
    )  # fmt: skip


def agenda_of(actor: Actor, person: Person, row: OneToOne | None) -> shapes.AgendaShown:
    """The agenda with somebody: what was put on it and, until it is held, what the evidence proposes."""
    inside = row is not None and access.of_the_two(actor, row)
    put = [_line(row, one) for one in access.items_of(row)] if row is not None and inside else []
    proposed: list[Line] = []
    if row is None or row.state == OneToOne.PLANNED:
        proposed = gathering.proposed(actor, person.pk)
        if row is not None and inside:
            proposed = [*gathering.agreed(list(access.steps_between(row.lead_id, row.person_id)[:20])), *proposed]
        plans = access.visible_plans(actor).filter(person=person, state=Plan.RUNNING).order_by("follow_up", "pk")
        proposed += gathering.running([one for one in plans if access.of_the_two(actor, one)])
    made = agenda(put, proposed)
    hidden = access.items_of(row).count() if row is not None and not inside else 0
    return shapes.AgendaShown(
        person.pk, person.name, row.pk if row else None, row.at if row else None,
        tuple(shapes.LineShown(one.kind, one.key, one.text, one.quote, one.href, one.item, one.version, one.by_person)
              for one in made.lines),
        tuple(gathering.beyond(made.left_out)), made.praise_missing, hidden,
    )  # fmt: skip


def note(row: OneToOne, one: Note) -> shapes.NoteShown:
    """A note that the reader has reached."""
    author = row.lead if one.author_id == row.lead_id else row.person
    return shapes.NoteShown(one.pk, one.author_id, author.name, one.shared, one.text, one.created_at, one.version)


def step(one: Step) -> shapes.StepShown:
    """A step with the promise that it is."""
    made = one.commitment
    late = (made.closed_at or clock.now()) > made.due_at
    return shapes.StepShown(
        one.pk, made.pk, one.one_to_one_id, one.plan_id, made.person_id, made.what, made.due_at, len(made.earlier),
        made.state, late, made.proof, made.version,
    )  # fmt: skip


def plan_listed(actor: Actor, row: Plan) -> shapes.PlanListed:
    """A plan in a list."""
    yours = access.of_the_two(actor, row)
    return shapes.PlanListed(
        row.pk, row.lead_id, row.lead.name, row.person_id, row.person.name, row.goal if yours else "", row.metric,
        row.start, row.follow_up, row.state, row.verdict, is_due(row), yours, row.version,
    )  # fmt: skip


def plan(actor: Actor, row: Plan) -> shapes.PlanShown:
    """A plan: goal in words and steps for the two, the metric and its figures for those who lead them as well."""
    yours = access.of_the_two(actor, row)
    metric = resolve(row.metric)
    return shapes.PlanShown(
        row.pk, row.lead_id, row.lead.name, row.person_id, row.person.name, row.goal if yours else "", row.metric,
        metric.title, metric.unit, row.direction, row.smallest_effect, row.start, row.follow_up,
        measuring.last_day(measuring.of_plan(row)), row.selected_on, row.selected_from, row.selected_to, row.state,
        row.why if yours else "", is_due(row), yours, actor.person == row.lead_id,
        shapes.ForeseenShown(**_days(row.foreseen)) if row.foreseen else None,
        shapes.VerdictShown(**_days(row.result)) if row.result else None,
        tuple(step(one) for one in access.steps_of(row)) if yours else (), row.intervention_id, row.version,
    )  # fmt: skip


def is_due(row: Plan) -> bool:
    """Whether the follow-up of a running plan can be judged by now."""
    return row.state == Plan.RUNNING and measuring.last_day(measuring.of_plan(row)) <= clock.now().date()


def foreseen(metric: Metric, smallest: float, found: Measured, scale: Scale) -> shapes.ForeseenShown:
    """What could be seen, as it is told and kept."""
    answer = found.answer
    assert isinstance(answer, Foreseen)
    seen = answer.smallest_seen is not None and answer.smallest_seen <= smallest
    return shapes.ForeseenShown(
        metric.id, metric.unit, smallest, answer.smallest_seen, seen, answer.reason,
        in_unit(answer.usual, scale),
        answer.n, answer.others, bucket(answer.width), found.publication, found.known_until,
    )  # fmt: skip


def verdict(found: Measured) -> shapes.VerdictShown:
    """A verdict, as it is told and kept."""
    answer = found.answer
    assert isinstance(answer, Told)
    size = answer.effect
    return shapes.VerdictShown(
        answer.verdict, answer.reason, size.value if size else None, size.low if size else None,
        size.high if size else None, answer.smallest_seen, answer.n, answer.n_before, answer.others,
        bucket(answer.width), found.publication, found.known_until,
    )  # fmt: skip


def kept(shown: shapes.ForeseenShown | shapes.VerdictShown) -> dict[str, object]:
    """An answer as a row keeps it."""
    found: dict[str, object] = shapes.plain_json(asdict(shown))
    return found


def bucket(width: int) -> str:
    """``day`` or ``week``."""
    return "day" if width == DAY else "week"


def _line(row: OneToOne, one: Item) -> Line:
    return Line(
        cast("Kind", one.kind), one.key, one.text, one.quote, one.href, one.pk, one.version, one.by_id == row.person_id
    )


def _days(kept_: dict[str, Any]) -> dict[str, Any]:
    return {**kept_, "known_until": date.fromisoformat(str(kept_["known_until"]))}
