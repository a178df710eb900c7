"""The rows of compliance that speak of one complainant or one person of the house, for an erasure and nothing else."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from maitred.desks.compliance.models import (
    Case,
    CaseEvent,
    Complaint,
    ComplaintProposal,
    ComplaintTicket,
    DataRequest,
    PackReview,
)


def by_complainant(identifiers: Collection[str], tickets: Collection[tuple[str, str]]) -> list[Complaint]:
    """Complaints of somebody known by these names and addresses, and those that belong to their tickets."""
    wanted = Q(pk__in=())
    for one in {each.strip() for each in identifiers if each.strip()}:
        wanted |= Q(complainant_contact__iexact=one) | Q(complainant_name__iexact=one)
    for source, ticket in set(tickets):
        linked = ComplaintTicket._base_manager.filter(source_id=source, ticket_id=ticket)
        wanted |= Q(pk__in=linked.values("complaint"))
    return list(Complaint._base_manager.select_related("case").filter(wanted).order_by("pk"))


def requests_of(identifiers: Collection[str]) -> list[DataRequest]:
    """Requests of somebody known by these names and addresses."""
    wanted = Q(pk__in=())
    for one in {each.strip() for each in identifiers if each.strip()}:
        wanted |= Q(subject_contact__iexact=one) | Q(subject_name__iexact=one)
    return list(DataRequest._base_manager.filter(wanted).order_by("pk"))


def notes_of(case: int) -> list[CaseEvent]:
    """Events of a case that have words."""
    return list(CaseEvent._base_manager.filter(case=case).exclude(note="").order_by("pk"))


def of_person(person: int) -> tuple[list[Case], list[Complaint], list[CaseEvent], list[PackReview]]:
    """Cases that a person owns or that are about them, what they investigated, noted and reviewed."""
    cases = Case._base_manager.filter(Q(owner=person) | Q(subject_person=person)).order_by("pk")
    investigated = Complaint._base_manager.filter(investigator=person).order_by("pk")
    events = CaseEvent._base_manager.filter(by=person).order_by("pk")
    return list(cases), list(investigated), list(events), list(PackReview._base_manager.filter(by=person))


def proposals_of(tickets: Collection[tuple[str, str]]) -> list[ComplaintProposal]:
    """Proposals of somebody's tickets, as far as nobody confirmed them."""
    wanted = Q(pk__in=())
    for source, ticket in set(tickets):
        wanted |= Q(source_id=source, ticket_id=ticket)
    return list(ComplaintProposal._base_manager.filter(wanted).exclude(state="confirmed").order_by("pk"))
