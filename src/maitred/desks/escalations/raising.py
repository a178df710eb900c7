"""How a case comes to be: one for one customer, whatever number of their tickets is raised."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from maitred.base import clock
from maitred.desks.escalations import access, calling, showing
from maitred.desks.escalations.models import Alert, Case, CaseTicket
from maitred.desks.escalations.models.cases import SEVERITIES
from maitred.desks.escalations.shapes import CaseListed, Raised
from maitred.desks.escalations.tickets import Found
from maitred.kit.access.actor import Actor
from maitred.kit.audit import deeds


def put(actor: Actor, source: str, ticket: str, found: Found, **given: Any) -> Raised:
    """Raise a ticket: into the open case of the same customer, else as a new case; inside a deed."""
    there = access.case_with(source, ticket).first()
    if there is None:
        there = access.case_of_customer(source, found.account, found.requester).first()
    if there is not None:
        return _joined(actor, there, source, ticket, given)
    team = access.team_of_group(source, found.group)
    if team is None and actor.person is not None:
        team = access.team_of(actor.person)
    now = clock.now()
    severity = given["severity"]
    those = calling.asked(team, now)
    made = deeds.create(
        Case, title=given["title"], kind=given["kind"], declared_by=given["declared_by"], severity=severity,
        team_id=team, raised_by_id=actor.person, owner_id=those[0].pk if those else None, source_id=source,
        account_id=found.account, requester_id=found.requester,
        customer=(found.account_name or found.requester_name)[:120], what=given.get("what", ""),
        protected=given.get("protected", False), complaint=given.get("complaint", ""),
        finding=given.get("finding", ""),
        acknowledge_by=now + timedelta(minutes=calling.minutes(severity, access.policy())),
    )  # fmt: skip
    deeds.create(CaseTicket, case=made, source_id=source, ticket_id=ticket)
    calling.note(actor, made, "raised", given.get("what", ""))
    calling.tell([one.pk for one in those[:1]], "An escalation waits for you to say that it is yours", made.pk)
    _settle(source, ticket, made)
    return Raised(showing.one_listed(made), joined=False)


def refuse_address(url: str) -> None:
    """A link leads to a page by https or http, without a password in it.

    Raises
    ------
    Invalid
        It does not.
    """
    if not url:
        return
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.username is None
        fits = fits and parts.port != 0
    except ValueError:
        fits = False
    if not fits or any(sign.isspace() or sign in "<>\"'\\" for sign in url):
        raise calling.misfit("url", "give an address that begins with https:// and has no spaces or password")


def _joined(actor: Actor, there: Case, source: str, ticket: str, given: dict[str, Any]) -> Raised:
    held = access.tickets_of([there.pk]).filter(source_id=source, ticket_id=ticket)
    more: dict[str, Any] = {}
    if SEVERITIES.index(given["severity"]) > SEVERITIES.index(there.severity):
        more["severity"] = given["severity"]
    if given.get("protected"):
        more["protected"] = True
    if given.get("complaint") and not there.complaint:
        more["complaint"] = given["complaint"]
    changed = deeds.change(there, None, **more)
    if not held.exists():
        deeds.create(CaseTicket, case=there, source_id=source, ticket_id=ticket)
    told = f"ticket {ticket}: {given['title']}" + (f"\n{given['what']}" if given.get("what") else "")
    calling.note(actor, changed, "raised", told)
    calling.tell([there.owner_id], "Another ticket came to an escalation of yours", there.pk)
    _settle(source, ticket, changed)
    return Raised(_seen(actor, changed, given["title"]), joined=True)


def _seen(actor: Actor, row: Case, title: str) -> CaseListed:
    """The case; of one that the raiser may not see only that it took the ticket in."""
    listed = showing.one_listed(row)
    if access.visible_cases(actor).filter(pk=row.pk).exists():
        return listed
    return replace(listed, title=title, customer="", owner=None, next_promise=None, late_promises=0, complaint="")


def _settle(source: str, ticket: str, case: Case) -> None:
    """Alerts of a ticket that was raised wait for nobody any more."""
    for row in access.alerts_of(source).filter(ticket_id=ticket, state__in=(Alert.NEW, Alert.TAKEN, Alert.SNOOZED)):
        deeds.change(row, None, state=Alert.RAISED, case_id=case.pk, until=None)
