"""The rows of coaching that speak of one person, for an erasure of that person and nothing else."""

from __future__ import annotations

from django.db.models import Q

from maitred.desks.coaching.models import Item, Note, OneToOne, Plan, Step


def talks(person: int) -> list[OneToOne]:
    """One-to-ones with somebody, and those that they led."""
    return list(OneToOne._base_manager.filter(Q(person=person) | Q(lead=person)).order_by("pk"))


def plans(person: int) -> list[Plan]:
    """Plans of somebody, and those that they led."""
    return list(Plan._base_manager.filter(Q(person=person) | Q(lead=person)).order_by("pk"))


def written(person: int) -> list[Note | Item | Step]:
    """Notes, agenda items and steps of one-to-ones and plans of somebody, and the notes that they wrote elsewhere."""
    notes = Note._base_manager.filter(Q(one_to_one__person=person) | Q(author=person))
    items = Item._base_manager.filter(one_to_one__person=person)
    steps = Step._base_manager.filter(Q(one_to_one__person=person) | Q(plan__person=person))
    return [*notes.order_by("pk"), *items.order_by("pk"), *steps.order_by("pk")]


def put(person: int) -> list[Item]:
    """Agenda items that somebody put on others' agendas."""
    return list(Item._base_manager.filter(by=person).exclude(one_to_one__person=person).order_by("pk"))
