"""The only way to the rows of coaching: every function says for whom it looks.

The two of a one-to-one see it whole; those who lead the person now see that it was held, and plans with their figures.
A private note is reached by its author and by nobody else, not even at the machine's own command line.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from maitred.base import clock
from maitred.base.errors import Denied
from maitred.desks.coaching.models import Item, Note, OneToOne, Plan, Step
from maitred.kit.access.actor import Actor
from maitred.kit.access.belonging import one
from maitred.kit.access.rights import Reach, Right, reach
from maitred.people import access as directory
from maitred.people import tree
from maitred.people.models import Account, HelpdeskIdentity, Person, Team

OfTwo = OneToOne | Plan


def visible_people(actor: Actor, right: Right = Right.COACHING_READ) -> QuerySet[Person]:
    """People who are here, oneself and those of the teams one leads; bots are not coached."""
    rows = directory.visible_people(actor, right)
    return rows.filter(_here(), kind="human").order_by("name", "pk")


def access_person(actor: Actor, person: int, right: Right = Right.COACHING_READ) -> Person:
    """One person within reach, also one who left."""
    return one(directory.visible_people(actor, right).filter(kind="human"), person, "person")


def visible_one_to_ones(actor: Actor, right: Right = Right.COACHING_READ) -> QuerySet[OneToOne]:
    """One-to-ones: one's own, on either side, and those of the people whom one leads now."""
    rows = OneToOne._base_manager.select_related("lead", "person")
    return rows.filter(_within(actor, right))


def access_one_to_one(actor: Actor, one_to_one: int, right: Right = Right.COACHING_READ) -> OneToOne:
    """One of them."""
    return one(visible_one_to_ones(actor, right), one_to_one, "one-to-one")


def visible_plans(actor: Actor, right: Right = Right.COACHING_READ) -> QuerySet[Plan]:
    """Plans: one's own, on either side, and those of the people whom one leads now."""
    rows = Plan._base_manager.select_related("lead", "person", "team__parent", "intervention")
    return rows.filter(_within(actor, right))


def access_plan(actor: Actor, plan: int, right: Right = Right.COACHING_READ) -> Plan:
    """One of them."""
    return one(visible_plans(actor, right), plan, "coaching plan")


def of_the_two(actor: Actor, row: OfTwo) -> bool:
    """Whether the actor is one of the two."""
    return actor.person is not None and actor.person in (row.lead_id, row.person_id)


def require_one_of_two(actor: Actor, row: OfTwo) -> None:
    """What is said between two is theirs.

    Raises
    ------
    Denied
        The actor is neither of them.
    """
    if not of_the_two(actor, row):
        raise Denied(f"{row.NOUN} {row.pk} is for the two of them", "plan one of your own")


def require_lead(actor: Actor, row: OfTwo) -> None:
    """What the lead of the two decides.

    Raises
    ------
    Denied
        The actor is somebody else.
    """
    if actor.person is None or actor.person != row.lead_id:
        raise Denied(f"the lead of {row.NOUN} {row.pk} decides this", "ask them, or plan one of your own")


def access_item(actor: Actor, item: int) -> Item:
    """One line of an agenda that is one's own."""
    mine = visible_one_to_ones(actor, Right.COACHING_WRITE).filter(_mine(actor))
    return one(Item._base_manager.select_related("one_to_one").filter(one_to_one__in=mine), item, "agenda item")


def items_of(row: OneToOne) -> QuerySet[Item]:
    """The lines of an agenda that one has reached already, in the order in which they were put there."""
    return Item._base_manager.filter(one_to_one=row).order_by("pk")


def visible_notes(actor: Actor, row: OneToOne) -> QuerySet[Note]:
    """One's own notes of a one-to-one, and those that the other shared with one."""
    if not of_the_two(actor, row):
        return Note._base_manager.none()
    return Note._base_manager.filter(Q(shared=True) | Q(author=actor.person), one_to_one=row).order_by("pk")


def access_note(actor: Actor, note: int) -> Note:
    """A note that one wrote."""
    return one(Note._base_manager.select_related("one_to_one").filter(author=actor.person or 0), note, "note")


def steps_of(row: OfTwo) -> QuerySet[Step]:
    """The steps of a one-to-one or a plan that one has reached already."""
    of = {"one_to_one": row} if isinstance(row, OneToOne) else {"plan": row}
    return Step._base_manager.filter(**of).select_related("commitment").order_by("commitment__due_at", "pk")


def steps_between(lead: int, person: int) -> QuerySet[Step]:
    """All steps that two people agreed, the newest first."""
    two = Q(one_to_one__lead=lead, one_to_one__person=person) | Q(plan__lead=lead, plan__person=person)
    return Step._base_manager.filter(two).select_related("commitment").order_by("-commitment__due_at", "-pk")


def open_steps(actor: Actor, people: Iterable[int]) -> QuerySet[Step]:
    """Open steps of one's own one-to-ones and plans with some people."""
    mine = actor.person or 0
    two = Q(one_to_one__lead=mine) | Q(plan__lead=mine) | Q(one_to_one__person=mine) | Q(plan__person=mine)
    whose = Q(one_to_one__person__in=set(people)) | Q(plan__person__in=set(people))
    return Step._base_manager.filter(two, whose, commitment__state="open").select_related("commitment", "one_to_one",
                                                                                         "plan")  # fmt: skip


def to_remind(before: datetime) -> QuerySet[OneToOne]:
    """Planned one-to-ones until an instant of which nobody was reminded, for the worker."""
    rows = OneToOne._base_manager.filter(state=OneToOne.PLANNED, reminded_at__isnull=True, at__lte=before)
    return rows.filter(at__gt=clock.now()).order_by("pk")


def plans_due(day: date) -> QuerySet[Plan]:
    """Running plans whose follow-up is due by a day and of which nobody was reminded, for the worker."""
    return Plan._base_manager.filter(state=Plan.RUNNING, reminded_at__isnull=True, follow_up__lte=day).order_by("pk")


def account_of(person: int) -> int | None:
    """The open account of a person."""
    return Account._base_manager.filter(person=person, is_active=True).values_list("pk", flat=True).first()


def helpdesk_users(people: Iterable[int]) -> dict[tuple[str, str], int]:
    """The helpdesk users of people that one has reached already, with whose they are."""
    rows = HelpdeskIdentity._base_manager.filter(person__in=set(people))
    return {(source, own): person for source, own, person in rows.values_list("source_id", "external_id", "person")}


def others_beside(person: int, teams: frozenset[int], day: datetime, metric: str) -> list[int]:
    """People of teams at an instant without one person, and without those who have such a plan running themselves."""
    there = tree.people_in(teams, day).filter(person__kind="human").exclude(person=person)
    coached = Plan._base_manager.filter(metric=metric).exclude(state__in=(Plan.DRAFT, Plan.GIVEN_UP))
    coached = coached.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=day))
    return sorted(set(there.exclude(person__in=coached.values("person")).values_list("person", flat=True)))


def other_running(person: int, metric: str, but: int | None) -> Plan | None:
    """Another plan that runs for the same person and metric."""
    rows = Plan._base_manager.filter(person=person, metric=metric, state=Plan.RUNNING)
    return rows.exclude(pk=but or 0).first()


def _within(actor: Actor, right: Right) -> Q:
    how = reach(actor, right)
    if how is Reach.ALL:
        return Q()
    if how is Reach.NONE:
        return Q(pk__in=())
    found = _mine(actor)
    if how is Reach.SUBTREE:
        found |= Q(person__in=tree.people_in(actor.subtree).exclude(person=actor.person or 0).values("person"))
    return found


def _mine(actor: Actor) -> Q:
    if actor.person is None:
        return Q(pk__in=())
    return Q(lead=actor.person) | Q(person=actor.person)


def _here() -> Q:
    return Q(left_on__isnull=True) | Q(left_on__gt=clock.now().date())


def team(key: int) -> Team | None:
    """The team of a pair."""
    return Team._base_manager.select_related("parent").filter(pk=key).first()
