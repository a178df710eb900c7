"""Cases: raise, take over, pass on, close with a cause."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid
from maitred.desks.escalations import access, calling, raising, showing, tickets
from maitred.desks.escalations.models import Alert, Case, CaseTicket
from maitred.desks.escalations.shapes import (
    Board,
    CaseId,
    CaseListed,
    CaseShown,
    Cause,
    DeclaredBy,
    Kind,
    MaybeLine,
    MaybeWords,
    OfTicket,
    OtherId,
    Outcome,
    Raised,
    Reference,
    Severity,
    Source,
    State,
    Ticket,
    Title,
    Url,
    Words,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged

MOST = 100
LATELY = timedelta(days=14)
_CASE: dict[str, Any] = {"case": 1, "version": 1}


@question(needs=Right.ESCALATIONS_READ, example={})
def board(actor: Actor) -> Board:
    """Show what there is now: declared by time left, foreseen, active by next promise, resolved within two weeks."""
    rows = access.visible_cases(actor)
    now = clock.now()
    declared = showing.listed(rows.filter(state=Case.DECLARED).order_by("acknowledge_by", "pk")[:MOST])
    active = showing.listed(rows.filter(state=Case.ACTIVE).order_by("pk")[:MOST])
    never = now + timedelta(days=36_500)
    active = tuple(sorted(active, key=lambda one: (one.next_promise or never, one.id)))
    resolved = showing.listed(rows.filter(state=Case.RESOLVED, resolved_at__gte=now - LATELY).order_by("-pk")[:MOST])
    alerts = access.visible_alerts(actor).filter(held_out=False, state__in=(Alert.NEW, Alert.TAKEN))
    foreseen = tuple(showing.foreseen(one) for one in alerts.order_by("-at", "-harm", "pk")[:MOST])
    more = sum(max(0, rows.filter(state=state).count() - MOST) for state in Case.OPEN)
    return Board(declared, foreseen, active, resolved, more)


@question(needs=Right.ESCALATIONS_READ, example={"state": "active"})
def cases(actor: Actor, state: State | None = None, cursor: Cursor = None, limit: Limit = 50) -> Page[CaseListed]:
    """List cases, the newest first.

    Parameters
    ----------
    state
        Only those in this state.
    """
    rows = access.visible_cases(actor)
    if state is not None:
        rows = rows.filter(state=state)
    return paged(rows, actor, f"escalations:{state}", cursor, limit, showing.one_listed, newest=True)


@question(needs=Right.ESCALATIONS_READ, example={"case": 1})
def show_case(actor: Actor, case: CaseId) -> CaseShown:
    """Show a case: customer, tickets, owner, promises, guide, who helps, who is told what; not its timeline."""
    return showing.case(actor, access.access_case(actor, case))


@question(needs=Right.ESCALATIONS_READ, example={"source": "demo", "ticket": "10042"})
def of_ticket(actor: Actor, source: Source, ticket: Ticket) -> OfTicket:
    """List the open cases that hold a ticket, as far as one may see them."""
    held = access.case_with(source, ticket).values("pk")
    return OfTicket(source, ticket, showing.listed(access.visible_cases(actor).filter(pk__in=held)))


@action(
    needs=Right.ESCALATIONS_WRITE,
    example={"source": "demo", "ticket": "10042", "title": "Third wrong invoice", "declared_by": "customer"},
)
def raise_case(
    actor: Actor, source: Source, ticket: Ticket, title: Title, declared_by: DeclaredBy = "agent",
    kind: Kind = "internal", severity: Severity = "normal", what: MaybeWords = "", protected: bool = False,
    complaint: Reference = "", finding: Reference = "",
) -> Raised:  # fmt: skip
    """Raise an escalation from a ticket. The one on call is asked; an open case of the same customer takes it in.

    Parameters
    ----------
    declared_by
        ``customer`` where they asked for it, ``agent`` where one of us saw the need.
    kind
        ``internal`` between us, ``customer`` where the customer knows of it. A complaint is registered by itself.
    protected
        A legal case or key account: its alerts are never kept back by lot.
    complaint, finding
        The reference of a complaint, or the finding of Today, that it came from.
    """
    found = tickets.reached(actor, source, ticket)
    return raising.put(
        actor, source, ticket, found, title=title, declared_by=declared_by, kind=kind, severity=severity, what=what,
        protected=protected, complaint=complaint, finding=finding,
    )  # fmt: skip


@action(needs=Right.ESCALATIONS_WRITE, example=_CASE)
def take_over(actor: Actor, case: CaseId, version: Version) -> CaseShown:
    """Say "mine": one becomes the owner, and the deadline stops."""
    row = _open(actor, case)
    if actor.person is None:
        raise Invalid("a case belongs to a person, and you act as none", "hand it over to somebody by name")
    changed = deeds.change(
        row, version, owner_id=actor.person, state=Case.ACTIVE, acknowledged_at=row.acknowledged_at or clock.now()
    )
    calling.note(actor, changed, "taken")
    return showing.case(actor, access.access_case(actor, changed.pk))


@action(needs=Right.ESCALATIONS_WRITE, example={**_CASE, "to": 7, "note": "They know; invoice 8812 is the point"})
def hand_over(actor: Actor, case: CaseId, version: Version, to: OtherId, note: Words) -> CaseShown:
    """Hand a case over with a note; it is theirs when they say so, until the deadline, else the next one is asked."""
    row = _open(actor, case)
    person = access.access_colleague(actor, to)
    if person.pk in calling.away():
        raise Conflict(f"{person.name} is away today", "hand it to somebody who is here")
    until = clock.now() + timedelta(minutes=calling.minutes(row.severity, access.policy()))
    changed = deeds.change(
        row, version, owner_id=person.pk, state=Case.DECLARED, acknowledged_at=None, acknowledge_by=until,
        asked=1,
    )  # fmt: skip
    calling.note(actor, changed, "handed_over", f"{person.name}: {note}")
    calling.tell((person.pk,), "An escalation was handed to you: say that it is yours", row.pk)
    return _again(actor, changed)


@action(needs=Right.ESCALATIONS_WRITE, example={**_CASE, "person": 7})
def name_deputy(actor: Actor, case: CaseId, version: Version, person: OtherId) -> CaseShown:
    """Name who stands in when the owner is away."""
    row = _open(actor, case)
    deputy = access.access_colleague(actor, person)
    if deputy.pk == row.owner_id:
        raise calling.misfit("person", "the deputy is somebody else than the owner")
    return _again(actor, deeds.change(row, version, deputy_id=deputy.pk))


@action(needs=Right.ESCALATIONS_WRITE, example={**_CASE, "severity": "high"})
def change_severity(actor: Actor, case: CaseId, version: Version, severity: Severity) -> CaseShown:
    """Change how grave it is; where nobody has said "mine" yet, the deadline follows."""
    row = _open(actor, case)
    more: dict[str, Any] = {}
    if row.state == Case.DECLARED:
        more["acknowledge_by"] = clock.now() + timedelta(minutes=calling.minutes(severity, access.policy()))
    changed = deeds.change(row, version, severity=severity, **more)
    calling.note(actor, changed, "severity", severity)
    return _again(actor, changed)


@action(needs=Right.ESCALATIONS_WRITE, example={**_CASE, "source": "demo", "ticket": "10043"})
def add_ticket(actor: Actor, case: CaseId, version: Version, source: Source, ticket: Ticket) -> CaseShown:
    """Put another ticket of the same customer into a case."""
    row = _open(actor, case)
    tickets.reached(actor, source, ticket)
    if access.tickets_of([row.pk]).filter(source_id=source, ticket_id=ticket).exists():
        raise Conflict(f"ticket {ticket} is in this case", "nothing is left to do")
    changed = deeds.change(row, version)
    deeds.create(CaseTicket, case=row, source_id=source, ticket_id=ticket)
    return _again(actor, changed)


@action(needs=Right.ESCALATIONS_WRITE, example={"case": 1, "text": "Called: they want a date, not a refund"})
def write_note(actor: Actor, case: CaseId, text: Words) -> CaseShown:
    """Write into the case's own timeline; the helpdesk and the customer do not see it."""
    row = access.access_case(actor, case, Right.ESCALATIONS_WRITE)
    calling.note(actor, row, "note", text)
    return _again(actor, row)


@action(needs=Right.ESCALATIONS_WRITE, example={**_CASE, "url": "https://tracker.example/BUG-7", "title": "BUG-7"})
def link_issue(actor: Actor, case: CaseId, version: Version, url: Url, title: MaybeLine = "") -> CaseShown:
    """Link the product issue behind a case; an empty address takes the link off. Nothing is fetched from there."""
    row = access.access_case(actor, case, Right.ESCALATIONS_WRITE)
    raising.refuse_address(url)
    changed = deeds.change(row, version, issue_url=url, issue_title=(title or url)[:200] if url else "")
    calling.note(actor, changed, "issue", url)
    return _again(actor, changed)


@action(needs=Right.ESCALATIONS_WRITE, example={**_CASE, "reference": "C-2026-0007"})
def link_complaint(actor: Actor, case: CaseId, version: Version, reference: Reference) -> CaseShown:
    """Name the complaint that belongs to a case; both stay, each with its own rules."""
    row = access.access_case(actor, case, Right.ESCALATIONS_WRITE)
    return _again(actor, deeds.change(row, version, complaint=reference))


@action(
    needs=Right.ESCALATIONS_WRITE,
    example={**_CASE, "cause": "slow", "outcome": "satisfied", "resolution": "Corrected, and they said thank you"},
)
def close_case(
    actor: Actor, case: CaseId, version: Version, cause: Cause, outcome: Outcome, resolution: Words
) -> CaseShown:
    """Close a case: what caused it, how the customer took it, what was done. Nothing is ever closed by silence.

    Open promises have to be kept, broken or renegotiated first; somebody has to own it.

    Parameters
    ----------
    outcome
        ``satisfied`` and ``accepted`` as the customer said, ``left`` where they went; ``unknown`` where they were asked
        and did not answer, which the resolution then says.
    """
    row = _open(actor, case)
    if row.state != Case.ACTIVE:
        raise Conflict("nobody has said that this is theirs", "take it over first")
    waiting = [one for one in access.promises_of([row.pk]) if one.commitment.state == "open"]
    if waiting:
        what = (
            f"{len(waiting)} promises of this case are open" if len(waiting) > 1 else "a promise of this case is open"
        )
        raise Conflict(what, "keep it, break it or agree on another date first")
    changed = deeds.change(
        row, version, state=Case.RESOLVED, resolved_at=clock.now(), cause=cause, outcome=outcome, resolution=resolution
    )
    calling.note(actor, changed, "closed", f"{cause}, {outcome}: {resolution}")
    return _again(actor, changed)


@action(needs=Right.ESCALATIONS_WRITE, example={**_CASE, "reason": "They wrote again"})
def reopen_case(actor: Actor, case: CaseId, version: Version, reason: Words) -> CaseShown:
    """Open a closed case again; it is still its owner's."""
    row = access.access_case(actor, case, Right.ESCALATIONS_WRITE)
    if row.state != Case.RESOLVED:
        raise Conflict(f"escalation {row.pk} is open", "nothing is left to do")
    changed = deeds.change(
        row, version, state=Case.ACTIVE, resolved_at=None, cause="", outcome="", resolution=""
    )  # fmt: skip
    calling.note(actor, changed, "reopened", reason)
    return _again(actor, changed)


def _open(actor: Actor, case: int) -> Case:
    row = access.access_case(actor, case, Right.ESCALATIONS_WRITE)
    if row.state == Case.RESOLVED:
        raise Conflict(f"escalation {row.pk} is closed", "open it again first")
    return row


def _again(actor: Actor, row: Case) -> CaseShown:
    """The case as it is now; whoever handed it over may have lost sight of it, and still sees what they did."""
    found = access.visible_cases(actor).filter(pk=row.pk).first()
    return showing.case(actor, found if found is not None else row)
