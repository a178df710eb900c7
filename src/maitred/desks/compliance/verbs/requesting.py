"""Requests of data subjects: written down, identity proved without a copy, answered in time or extended in time."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid
from maitred.desks.compliance import access, keeping, ticking
from maitred.desks.compliance.complaint_shapes import Channel, Contact, Links, Text
from maitred.desks.compliance.models import DataRequest
from maitred.desks.compliance.models.requests import ARTICLES
from maitred.desks.compliance.request_shapes import Kind, Method, RequestRaised, RequestShown, State, Where
from maitred.desks.compliance.shapes import OtherId, RequestId
from maitred.desks.compliance.ticking import Calendars
from maitred.desks.compliance.verbs import raising, showing
from maitred.kit.access.actor import Actor
from maitred.kit.access.fields import shown as as_seen
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, LongText, Page, Version, action, question
from maitred.kit.verbs.results import paged


@action(needs=Right.COMPLIANCE_RAISE, example={"kind": "access", "jurisdiction": "EU", "channel": "email"})
def request_new(
    actor: Actor, kind: Kind, jurisdiction: Where, channel: Channel, received_at: datetime | None = None,
    letter_on: date | None = None, subject_name: Contact = "", subject_contact: Contact = "", wants: LongText = "-",
    team: OtherId | None = None,
) -> RequestRaised:  # fmt: skip
    """Write a request of a data subject down: it gets its reference, its rules and its deadline.

    Parameters
    ----------
    jurisdiction
        Whose law counts the days: ``EU`` or ``GB``.
    """
    at = raising.received(received_at, letter_on, clock.now())
    facts = {"request.kind": kind, "request.jurisdiction": jurisdiction}
    case = keeping.open_case("request", facts, at, letter_on, access.team_to_raise_in(actor, team), None,
                             actor.person, "request.received")  # fmt: skip
    row = deeds.create(DataRequest, case=case, kind=kind, channel=channel, subject_name=subject_name,
                       subject_contact=subject_contact, wants=wants)  # fmt: skip
    due = min((one.due_at for one in access.clocks_of([case.pk])[case.pk] if one.due_at), default=None)
    return RequestRaised(row.pk, case.reference, due, tuple(case.packs))


@action(
    needs=Right.COMPLIANCE_WRITE, example={"data_request": 1, "version": 1, "method": "known_address", "proved": True}
)  # fmt: skip
def request_verify(
    actor: Actor, data_request: RequestId, version: Version, method: Method, proved: bool
) -> RequestShown:  # fmt: skip
    """Record how identity was checked and whether it was proved; a copy of a document is never kept."""
    row = _open(actor, data_request)
    deeds.change(row, version, method=method, proved=proved, state="verified" if proved else "received")
    return _done(actor, row, "identity.proved" if proved else "identity.asked")


@action(needs=Right.COMPLIANCE_WRITE, example={"data_request": 1, "version": 2, "reason": "Records of eleven years"})
def request_extend(actor: Actor, data_request: RequestId, version: Version, reason: LongText) -> RequestShown:
    """Extend the time for an answer; it counts only when the person is told before the first deadline has passed."""
    row = _open(actor, data_request)
    if row.extended:
        raise Conflict(f"request {row.case.reference} is extended already", "it can be extended once")
    deeds.change(row, version, extended=True)
    return _done(actor, row, "request.extended", reason)


@action(needs=Right.COMPLIANCE_WRITE, example={"data_request": 1, "version": 2, "answer": "The copy was sent"})
def request_fulfil(
    actor: Actor, data_request: RequestId, version: Version, answer: Text, recipients: Links = ()
) -> RequestShown:  # fmt: skip
    """Record that a request was fulfilled and what was said; only for who proved their identity.

    Parameters
    ----------
    recipients
        Who else holds the data and was told of what was done.
    """
    row = _open(actor, data_request)
    if row.proved is not True:
        raise Invalid("identity is not proved", "record how it was checked first",
                      ({"field": "proved", "message": "this is needed first", "code": "missing"},))  # fmt: skip
    if not answer:
        raise Invalid("say what was answered", "write it down",
                      ({"field": "answer", "message": "this is needed", "code": "missing"},))  # fmt: skip
    deeds.change(row, version, state="fulfilled", answer=answer, recipients=list(recipients), answered_at=clock.now())
    return _closed(actor, row, "request.fulfilled")


@action(
    needs=Right.COMPLIANCE_WRITE, example={"data_request": 1, "version": 2, "reason": "Nobody of that name is known"}
)
def request_refuse(actor: Actor, data_request: RequestId, version: Version, reason: LongText) -> RequestShown:
    """Record that a request was refused, and the reasons that the person was given."""
    row = _open(actor, data_request)
    deeds.change(row, version, state="refused", answer=reason, answered_at=clock.now())
    return _closed(actor, row, "request.refused")


@question(needs=Right.COMPLIANCE_READ, example={})
def requests(
    actor: Actor, state: State | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[RequestShown]:  # fmt: skip
    """List requests of data subjects, the latest first; ``open`` are all that are not answered."""
    rows = access.visible_requests(actor)
    if state == "open":
        rows = rows.filter(answered_at__isnull=True)
    elif state is not None:
        rows = rows.filter(state=state)
    return paged(rows, actor, f"data-requests:{state}", cursor, limit, lambda row: _shown(actor, row), newest=True)


@question(needs=Right.COMPLIANCE_READ, example={"data_request": 1})
def show_request(actor: Actor, data_request: RequestId) -> RequestShown:
    """Show a request with its clock and the reason for its day."""
    return _shown(actor, access.access_request(actor, data_request))


def _open(actor: Actor, request: int) -> DataRequest:
    row = access.access_request(actor, request, Right.COMPLIANCE_WRITE)
    if row.answered_at is not None:
        raise Conflict(f"request {row.case.reference} is {row.state}", "it was answered already")
    return row


def _closed(actor: Actor, row: DataRequest, name: str) -> RequestShown:
    deeds.change(row.case, None, closed_at=clock.now())
    return _done(actor, row, name)


def _done(actor: Actor, row: DataRequest, name: str, note: str = "") -> RequestShown:
    keeping.event(row.case, name, clock.now(), by=actor.person, note=note)
    keeping.refresh(row.case)
    return _shown(actor, row)


def _shown(actor: Actor, row: DataRequest) -> RequestShown:
    case, now = row.case, clock.now()
    owner = case.owner.name if case.owner else ""
    ticked = ticking.ticking(case, access.events_of([case.pk])[case.pk], now, Calendars())
    return RequestShown(
        row.pk, case.reference, row.kind, ARTICLES[row.kind], row.state, row.channel, case.received_at,
        _seen(actor, row.subject_name), _seen(actor, row.subject_contact), _seen(actor, row.wants), row.method,
        row.proved, row.extended, _seen(actor, row.answer), tuple(row.recipients),
        tuple(showing.clock_shown(case, one, owner, showing.reviewed(one.pack)) for one in ticked),
        tuple(one.title for one in ticking.packs_of(case) if not showing.reviewed(one)),
        reach(actor, Right.COMPLIANCE_WRITE) is not Reach.NONE, row.version,
    )  # fmt: skip


def _seen(actor: Actor, value: str) -> str:
    return cast(str, as_seen(actor, "complaint.complainant", value))
