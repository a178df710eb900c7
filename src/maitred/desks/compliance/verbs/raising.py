"""Raising complaints: by a button, a letter or a confirmed proposal; linking tickets, merging, splitting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid
from maitred.desks.compliance import access, keeping, stages, ticking
from maitred.desks.compliance.complaint_shapes import (
    Channel,
    ComplaintRaised,
    ComplaintShown,
    Contact,
    Jurisdiction,
    Kind,
    Origin,
    Short,
    Text,
    TicketWord,
    TicketWords,
    Words,
)
from maitred.desks.compliance.models import Complaint, ComplaintTicket
from maitred.desks.compliance.shapes import ComplaintId, OtherId
from maitred.desks.compliance.verbs import showing
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import LongText, Version, action

_NEW: dict[str, Any] = {
    "description": "Charged twice for one order", "product": "Shop", "channel": "email", "remedy": "A refund",
}  # fmt: skip


@action(needs=Right.COMPLIANCE_RAISE, example=_NEW)
def complaint_new(
    actor: Actor, description: Text, product: Short, channel: Channel, remedy: Words = "",
    received_at: datetime | None = None, letter_on: date | None = None, kind: Kind = "general",
    regulated: bool = False, jurisdiction: Jurisdiction = "", complainant_name: Contact = "",
    complainant_contact: Contact = "", subject: OtherId | None = None, team: OtherId | None = None,
    tickets: TicketWords = (), immediate_action: Words = "", origin: Origin = "button",
) -> ComplaintRaised:  # fmt: skip
    """Put a complaint into the register: it gets its public reference, its packs and its clocks.

    Parameters
    ----------
    remedy
        What the complainant wants; left out, the register says that it was not stated.
    received_at
        When it came in; now unless given. With ``letter_on`` the earlier of both counts, and both are kept.
    kind
        ``psd`` and ``emd`` are complaints about payment services and electronic money.
    regulated, jurisdiction
        Which packs hold: whether the product is regulated, and the country (``GB``).
    subject
        Whom of the house it is about; they and their direct line have no part in it.
    tickets
        Tickets that it belongs to, each as ``source:number``.
    """
    values = {"description": description, "remedy": remedy or stages.NOT_STATED, "product": product, "channel": channel}
    _refuse_missing(stages.missing("receipt", values))
    now = clock.now()
    at = received(received_at, letter_on, now)
    if subject is not None and not access.known_person(subject):
        raise _misfit("subject", f"there is no person {subject}")
    facts = {"complaint.kind": kind, "complaint.regulated": regulated, "complaint.jurisdiction": jurisdiction,
             "complaint.product": product}  # fmt: skip
    case = keeping.open_case("complaint", facts, at, letter_on, access.team_to_raise_in(actor, team), subject,
                             actor.person, "complaint.received")  # fmt: skip
    row = deeds.create(
        Complaint, case=case, origin=origin, kind=kind, complainant_name=complainant_name,
        complainant_contact=complainant_contact, immediate_action=immediate_action, account_id=actor.account, **values,
    )  # fmt: skip
    _link(row, tickets)
    return raised(row)


@action(needs=Right.COMPLIANCE_WRITE, example={"complaint": 1, "version": 1, "ticket": "demo:100"})
def complaint_link(
    actor: Actor, complaint: ComplaintId, version: Version, ticket: TicketWord, linked: bool = True
) -> ComplaintShown:  # fmt: skip
    """Say that a ticket belongs to a complaint, or take it off again."""
    row = _open(actor, complaint)
    there = {showing.word_of(one): one for one in access.tickets_of([row.pk])[row.pk]}
    deeds.change(row, version)
    if linked and ticket not in there:
        _link(row, (ticket,))
    elif not linked and ticket in there:
        deeds.remove(there[ticket], None)
    return showing.complaint_shown(actor, row)


@action(needs=Right.COMPLIANCE_WRITE, example={"complaint": 2, "version": 1, "into": 1, "reason": "The same matter"})
def complaint_merge(
    actor: Actor, complaint: ComplaintId, version: Version, into: OtherId, reason: LongText
) -> ComplaintShown:  # fmt: skip
    """Put a complaint into another one of the same matter: the earliest receipt of both counts from now on."""
    row, other = _open(actor, complaint), _open(actor, into)
    if row.pk == other.pk:
        raise _misfit("into", "a complaint is not merged with itself")
    for one in access.events_of([row.case_id])[row.case_id]:
        if one.name == "complaint.received":
            keeping.event(other.case, one.name, one.at, by=one.by_id, letter_on=one.letter_on, key=row.case.reference)
    there = {showing.word_of(one) for one in access.tickets_of([other.pk])[other.pk]}
    _link(other, [word for one in access.tickets_of([row.pk])[row.pk] if (word := showing.word_of(one)) not in there])
    now = clock.now()
    deeds.change(row, version, state="closed", ending="merged", merged_into_id=other.pk, end_note=reason)
    deeds.change(row.case, None, closed_at=now)
    keeping.event(row.case, "complaint.withdrawn", now, by=actor.person, key=other.case.reference)
    keeping.refresh(row.case)
    keeping.refresh(other.case, "event", f"merged with {row.case.reference}")
    return showing.complaint_shown(actor, access.access_complaint(actor, other.pk))


@action(
    needs=Right.COMPLIANCE_WRITE,
    example={"complaint": 1, "version": 1, "description": "The second matter: no reply for a week", "product": "Shop"},
)
def complaint_split(
    actor: Actor, complaint: ComplaintId, version: Version, description: Text, product: Short, remedy: Words = "",
    subject: OtherId | None = None, tickets: TicketWords = (),
) -> ComplaintRaised:  # fmt: skip
    """Make a complaint of its own of one matter of another; it inherits when that was received."""
    row = _open(actor, complaint)
    _refuse_missing(stages.missing("receipt", {"description": description, "remedy": "x", "product": product,
                                               "channel": row.channel}))  # fmt: skip
    facts = row.case.facts | {"complaint.product": product}
    case = keeping.open_case("complaint", facts, row.case.received_at, row.case.letter_on, row.case.team_id, subject,
                             actor.person, "complaint.received")  # fmt: skip
    part = deeds.create(
        Complaint, case=case, origin=row.origin, kind=row.kind, description=description,
        remedy=remedy or stages.NOT_STATED, product=product, channel=row.channel, split_from=row,
        complainant_name=row.complainant_name, complainant_contact=row.complainant_contact, account_id=actor.account,
    )  # fmt: skip
    deeds.change(row, version)
    _link(part, tickets)
    return raised(part)


def raised(row: Complaint) -> ComplaintRaised:
    """What whoever raised it is told."""
    now, case = clock.now(), row.case
    open_ = [one.clock.due_at for one in ticking.ticking(case, access.events_of([case.pk])[case.pk], now,
             ticking.Calendars()) if one.clock.open and one.clock.due_at]  # fmt: skip
    return ComplaintRaised(row.pk, case.reference, row.state, case.received_at, min(open_, default=None),
                           tuple(case.packs))  # fmt: skip


def _open(actor: Actor, complaint: int) -> Complaint:
    row = access.handled(actor, complaint)
    if row.state == "closed":
        raise Conflict(f"complaint {row.case.reference} is closed", "open it again first")
    return row


def received(at: datetime | None, letter_on: date | None, now: datetime) -> datetime:
    """When something came in; refuses what lies in the future."""
    if at is not None and at.tzinfo is None:
        raise _misfit("received_at", "an instant has its zone, as in 2026-01-05T09:00:00Z")
    if at is not None and at > now:
        raise _misfit("received_at", "a complaint was not received in the future")
    if letter_on is not None and letter_on > now.date():
        raise _misfit("letter_on", "a letter did not come in the future")
    return at or now


def _link(row: Complaint, tickets: Iterable[str]) -> None:
    for word in dict.fromkeys(tickets):
        source, ticket = showing.ticket_of(word)
        deeds.create(ComplaintTicket, complaint=row, source_id=source, ticket_id=ticket)


def _refuse_missing(names: tuple[str, ...]) -> None:
    if names:
        errors = tuple({"field": one, "message": "this is needed first", "code": "missing"} for one in names)
        raise Invalid(f"the register needs {', '.join(names)}", "fill it in", errors)


def _misfit(field: str, message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "misfit"},))
