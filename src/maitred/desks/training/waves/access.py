"""The only way to the rows of waves: for those who lead the people in them now, and for whoever planned them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from maitred.desks.training import access as training
from maitred.desks.training.models import Assignment, Course, Wave, WaveMember, WavePlan
from maitred.kit.access.actor import Actor
from maitred.kit.access.belonging import one
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.interventions.access import visible_interventions
from maitred.kit.interventions.models import Registered
from maitred.people import tree
from maitred.people.models import Person, Team


def visible_plans(actor: Actor) -> QuerySet[WavePlan]:
    """Plans that one made, and those of which one leads everybody now."""
    rows = WavePlan._base_manager.select_related("course", "by")
    how = reach(actor, Right.TRAINING_LEAD)
    if how is Reach.ALL:
        return rows
    if how is Reach.NONE:
        return rows.none()
    mine = training.led_people(actor).values("pk")
    elsewhere = WaveMember._base_manager.filter(person__left_on__isnull=True).exclude(person__in=mine)
    theirs = WaveMember._base_manager.filter(person__in=mine)
    led = Q(pk__in=theirs.values("plan")) & ~Q(pk__in=elsewhere.values("plan"))
    return rows.filter(Q(by=actor.person or 0) | led)


def access_plan(actor: Actor, plan: int) -> WavePlan:
    """One of them."""
    return one(visible_plans(actor), plan, "wave plan")


def members_of(row: WavePlan) -> list[WaveMember]:
    """Who is in which wave of a plan that one has reached, by wave and name."""
    rows = WaveMember._base_manager.filter(plan=row).select_related("person", "team")
    return list(rows.order_by("wave", "person__name", "person"))


def waves_of(row: WavePlan) -> list[Wave]:
    """The waves of a scheduled plan that one has reached."""
    return list(Wave._base_manager.filter(plan=row).select_related("intervention").order_by("number"))


def led_names(actor: Actor, people: Iterable[int]) -> dict[int, str]:
    """Names of those of some people whom one leads now."""
    return dict(training.led_people(actor).filter(pk__in=set(people)).values_list("pk", "name"))


def led_people(actor: Actor, people: Iterable[int]) -> dict[int, Person]:
    """Those of some people whom one leads now and who are here."""
    return {row.pk: row for row in training.led_people(actor).filter(pk__in=set(people))}


def leavers(actor: Actor, people: Iterable[int]) -> dict[int, Person]:
    """Those of some people within reach who left."""
    from maitred.people import access as directory

    rows = directory.visible_people(actor, Right.TRAINING_LEAD).filter(pk__in=set(people), left_on__isnull=False)
    return {row.pk: row for row in rows}


def teams_of(people: Iterable[int]) -> dict[int, list[Team]]:
    """The teams of people now, by person; those that somebody leads are not among them unless they are all there is."""
    found: dict[int, list[Team]] = {}
    led: dict[int, list[Team]] = {}
    rows = tree.memberships().filter(person__in=set(people)).select_related("team")
    for row in rows.order_by("team__name", "team"):
        (led if row.leads else found).setdefault(row.person_id, []).append(row.team)
    return {**led, **found}


def had_it(course: Course, people: Iterable[int]) -> dict[int, str]:
    """Whoever has a course open or has completed it, with that state."""
    rows = Assignment._base_manager.filter(course=course, person__in=set(people))
    rows = rows.filter(state__in=(*Assignment.OPEN, Assignment.COMPLETED))
    return dict(rows.values_list("person", "state"))


def running_for(people: Iterable[int], metric: str, but: int | None = None) -> list[WaveMember]:
    """Memberships of some people in other running plans that move the same metric."""
    rows = WaveMember._base_manager.filter(person__in=set(people), plan__state=WavePlan.RUNNING, plan__metric=metric)
    return list(rows.exclude(plan=but or 0).select_related("person", "plan__course").order_by("plan", "pk"))


def colleagues(teams: Iterable[int], members: Iterable[int], moment: datetime) -> list[int]:
    """People of teams and of those below them at an instant who are not in the waves."""
    there = tree.people_in(tree.below(frozenset(teams)), moment).filter(person__kind="human", leads=False)
    return sorted(set(there.exclude(person__in=set(members)).values_list("person", flat=True)))


def to_assign(day: date) -> list[Wave]:
    """Waves of running plans that begin by a day and have no assignments yet, for the worker."""
    rows = Wave._base_manager.filter(plan__state=WavePlan.RUNNING, batch="", start__lte=day)
    return list(rows.select_related("plan__course", "plan__by").order_by("start", "pk"))


def people_of_wave(row: Wave) -> list[Person]:
    """The people of a wave who are still here, for the worker."""
    members = WaveMember._base_manager.filter(plan=row.plan, wave=row.number).values("person")
    return list(Person._base_manager.filter(pk__in=members, left_on__isnull=True).order_by("name", "pk"))


def running_plans() -> list[WavePlan]:
    """Running plans of which nobody was reminded, for the worker."""
    rows = WavePlan._base_manager.filter(state=WavePlan.RUNNING, reminded_at__isnull=True)
    return list(rows.select_related("course").order_by("pk"))


def meanwhile(actor: Actor, own: Iterable[int], first: datetime, last: datetime) -> list[Registered]:
    """Other changes on purpose within a time, as far as one may see them."""
    rows = visible_interventions(actor).exclude(pk__in=set(own)).filter(start__lte=last)
    return list(rows.filter(Q(end__isnull=True, start__gte=first) | Q(end__gte=first)).order_by("start", "pk")[:20])
