"""The rows of escalations that speak of one person, for an erasure of that person and nothing else."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from maitred.desks.escalations.models import Alert, Case, CaseNote, Invite, Message, PostMortem, Shift, Step


def shifts(person: int) -> list[Shift]:
    """Turns on call."""
    return list(Shift._base_manager.filter(person=person).order_by("pk"))


def invites(person: int) -> list[Invite]:
    """Where they were asked to help."""
    return list(Invite._base_manager.filter(person=person).order_by("pk"))


def cases(person: int) -> list[Case]:
    """Cases that they raised, own, or stand in for."""
    mine = Q(owner=person) | Q(deputy=person) | Q(raised_by=person)
    return list(Case._base_manager.filter(mine).order_by("pk"))


def by(person: int) -> list[Any]:
    """What they did in cases: notes, steps, words, reviews, alerts, invitations."""
    found: list[Any] = []
    for model in (CaseNote, Step, Message, PostMortem, Alert, Invite):
        found += list(model._base_manager.filter(by=person).order_by("pk"))
    return found


def of_customer(source: str, requester: str) -> list[Case]:
    """Cases of one customer."""
    return list(Case._base_manager.filter(source_id=source, requester_id=requester).order_by("pk"))


def words_of(case: Case) -> list[Any]:
    """What was written about a case."""
    rows: list[Any] = list(CaseNote._base_manager.filter(case=case).exclude(text="").order_by("pk"))
    rows += list(Message._base_manager.filter(case=case).exclude(text="").order_by("pk"))
    rows += list(Step._base_manager.filter(case=case).exclude(note="").order_by("pk"))
    return [*rows, *PostMortem._base_manager.filter(case=case)]
