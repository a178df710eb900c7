"""Ask with whom coaching stands where, and what belongs on an agenda."""

from __future__ import annotations

from collections import Counter

from maitred.base import clock
from maitred.desks.coaching import access, showing
from maitred.desks.coaching.models import OneToOne, Plan
from maitred.desks.coaching.shapes import AgendaShown, People, PersonRow, WhoseId
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.verbs import question
from maitred.people.models import Person


@question(needs=Right.COACHING_READ, example={})
def people(actor: Actor) -> People:
    """List one's people: when one talked last and talks next, which steps are open, which plans are due."""
    there = list(access.visible_people(actor))
    keys = [one.pk for one in there]
    talks = list(access.visible_one_to_ones(actor).filter(person__in=keys).order_by("at", "pk"))
    plans = list(access.visible_plans(actor).filter(person__in=keys, state=Plan.RUNNING))
    steps, late = Counter[int](), Counter[int]()
    for one in access.open_steps(actor, keys):
        row = one.one_to_one or one.plan
        if row is not None:
            steps[row.person_id] += 1
            late[row.person_id] += one.commitment.due_at < clock.now()
    rows = tuple(_row(actor, one, talks, plans, steps[one.pk], late[one.pk]) for one in there)
    return People(rows)


@question(needs=Right.COACHING_READ, example={"person": 1})
def agenda(actor: Actor, person: WhoseId) -> AgendaShown:
    """Prepare a one-to-one: the person's own topics, what was agreed, what went well, what the evidence names.

    Evidence is that of the last four weeks, as far as the reader may see it, each line with its quote and where to open
    it. Own topics are for the two of them.

    Parameters
    ----------
    person
        Whom it is with.
    """
    found = access.access_person(actor, person)
    rows = access.visible_one_to_ones(actor).filter(person=found, state=OneToOne.PLANNED).order_by("at", "pk")
    mine = [one for one in rows if access.of_the_two(actor, one)]
    return showing.agenda_of(actor, found, next(iter(mine or rows), None))


def _row(
    actor: Actor, one: Person, talks: list[OneToOne], plans: list[Plan], steps: int, late: int
) -> PersonRow:  # fmt: skip
    mine = [row for row in talks if row.person_id == one.pk]
    held = [row for row in mine if row.state == OneToOne.HELD]
    ahead = [row for row in mine if row.state == OneToOne.PLANNED]
    running = [row for row in plans if row.person_id == one.pk]
    following = ahead[0] if ahead else None
    return PersonRow(
        one.pk, one.name, one.pk == actor.person, held[-1].at if held else None, following.at if following else None,
        following.pk if following else None, following.lead.name if following else "", steps, late, len(running),
        sum(showing.is_due(row) for row in running),
    )  # fmt: skip
