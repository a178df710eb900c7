"""Handling complaints stage by stage: each verb refuses with what is missing, and nobody handles their own line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid
from maitred.desks.compliance import access, keeping, stages, ticking
from maitred.desks.compliance.complaint_shapes import (
    Cause,
    Channel,
    ComplaintShown,
    Ending,
    EventName,
    Level,
    Links,
    Outcome,
    Text,
    Words,
)
from maitred.desks.compliance.models import Complaint
from maitred.desks.compliance.shapes import ComplaintId, Line, OtherId
from maitred.desks.compliance.verbs import showing
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.notices.telling import notify
from maitred.kit.verbs import LongText, Version, action

_SAYS = {
    "acknowledge": "acknowledged", "assess": "assessed", "investigate": "investigated", "decide": "decided",
    "close": "closed",
}  # fmt: skip


@action(
    needs=Right.COMPLIANCE_WRITE,
    example={"complaint": 1, "version": 1, "channel": "email", "text": "We have it and answer within 8 weeks."},
)
def complaint_ack(
    actor: Actor, complaint: ComplaintId, version: Version, text: Text = "", channel: Channel = "",
    at: datetime | None = None,
) -> ComplaintShown:  # fmt: skip
    """Record that the complaint was acknowledged, in which words and by which channel.

    Parameters
    ----------
    at
        When it was sent; now unless given.
    """
    row = _due_for(actor, complaint, "acknowledge")
    given = {"acknowledged_text": text, "acknowledged_channel": channel}
    _gate(row, "acknowledgement", given)
    _says(row, "acknowledgement", text)
    when = _when(row, at)
    deeds.change(row, version, state="acknowledged", acknowledged_at=when, updated_at=when, **given)
    return _done(actor, row, "complaint.acknowledged", when)


@action(
    needs=Right.COMPLIANCE_WRITE,
    example={"complaint": 1, "version": 2, "severity": "medium", "safety": False, "complexity": "low",
             "impact": "Money of one customer", "immediate": False},
)  # fmt: skip
def complaint_assess(
    actor: Actor, complaint: ComplaintId, version: Version, severity: Level | None = None, safety: bool | None = None,
    complexity: Level | None = None, impact: Words = "", immediate: bool | None = None, vulnerability: Words = "",
) -> ComplaintShown:  # fmt: skip
    """Assess a complaint before it is investigated; where safety is concerned, handlers are told at once.

    Parameters
    ----------
    immediate
        Whether something has to be done before the investigation.
    vulnerability
        Why the complainant needs care; shown to handlers alone.
    """
    row = _due_for(actor, complaint, "assess")
    given: dict[str, Any] = {"severity": severity or "", "safety": safety, "complexity": complexity or "",
                             "impact": impact, "immediate": immediate}  # fmt: skip
    _gate(row, "assessment", given)
    now = clock.now()
    deeds.change(row, version, state="assessed", assessed_at=now, vulnerability=vulnerability, **given)
    if safety:
        keeping.event(row.case, "complaint.safety", now, by=actor.person)
        told = access.accounts_of(keeping.audience(row.case, ("privacy", "owner.manager")))
        if told:
            text = _("Safety is concerned in complaint %(reference)s") % {"reference": row.case.reference}
            notify(told.values(), "due", text)
    return _done(actor, row, "complaint.assessed", now, escalate=bool(safety))


@action(
    needs=Right.COMPLIANCE_WRITE,
    example={"complaint": 1, "version": 3, "facts": "The order was charged twice", "root_cause": "system"},
)
def complaint_investigate(
    actor: Actor, complaint: ComplaintId, version: Version, facts: Text = "", root_cause: Cause | None = None,
    evidence: Links = (), investigator: OtherId | None = None,
) -> ComplaintShown:  # fmt: skip
    """Record what the investigation found, and the root cause.

    Parameters
    ----------
    investigator
        Who investigated, the actor unless given; never whom the complaint is about, nor their direct line.
    """
    row = _due_for(actor, complaint, "investigate")
    who = investigator if investigator is not None else actor.person
    if who is not None:
        if not access.known_person(who):
            raise _misfit("investigator", f"there is no person {who}")
        access.refuse_conflict(who, row.case.subject_person_id)
    given = {"facts": facts, "root_cause": root_cause or ""}
    _gate(row, "investigation", given)
    now = clock.now()
    deeds.change(row, version, state="investigated", investigated_at=now, facts_found=facts,
                 root_cause=given["root_cause"], evidence=list(evidence), investigator_id=who)  # fmt: skip
    return _done(actor, row, "complaint.investigated", now)


@action(
    needs=Right.COMPLIANCE_WRITE,
    example={"complaint": 1, "version": 4, "decision": "upheld", "reasons": "Charged twice", "redress": "Refund",
             "alternatives": "none", "recourse": "The ombudsman", "text": "We were wrong. You can turn to …"},
)  # fmt: skip
def complaint_decide(
    actor: Actor, complaint: ComplaintId, version: Version, decision: Outcome | None = None, reasons: Text = "",
    redress: Words = "", alternatives: Words = "", recourse: Words = "", text: Text = "", at: datetime | None = None,
) -> ComplaintShown:  # fmt: skip
    """Decide a complaint and record the answer as it was sent.

    Parameters
    ----------
    recourse
        Where the complainant can turn to outside of the house.
    text
        The answer as it was sent: packs say what it must contain.
    """
    row = _due_for(actor, complaint, "decide")
    given = {"decision": decision or "", "reasons": reasons, "redress": redress, "alternatives": alternatives,
             "recourse": recourse}  # fmt: skip
    _gate(row, "decision", given)
    _says(row, "decision", f"{text}\n{recourse}")
    when = _when(row, at)
    deeds.change(row, version, state="decided", decided_at=when, updated_at=when, decision_text=text, **given)
    keeping.event(row.case, "final_response.sent", when, by=actor.person)
    return _done(actor, row, "complaint.decided", when)


@action(
    needs=Right.COMPLIANCE_WRITE, example={"complaint": 1, "version": 5, "outcome": "accepted", "consent": True}
)  # fmt: skip
def complaint_close(
    actor: Actor, complaint: ComplaintId, version: Version, outcome: Ending | None = None, consent: bool = False,
    note: Words = "",
) -> ComplaintShown:  # fmt: skip
    """Close a complaint: accepted with the complainant's consent, recourse exhausted, or withdrawn by them.

    Silence closes nothing unless every pack of the complaint says so.
    """
    row = access.handled(actor, complaint)
    if row.state == "closed":
        raise Conflict(f"complaint {row.case.reference} is closed already", "open it again, if need be")
    _gate(row, "closing", {"outcome": outcome or ""})
    assert outcome is not None
    why = stages.may_close(outcome, consent, row.state, ticking.packs_of(row.case))
    if why:
        raise _misfit("outcome", why)
    if outcome == "withdrawn" and not note:
        raise _misfit("note", "say how the complainant withdrew it")
    now = clock.now()
    deeds.change(row, version, state="closed", ending=outcome, consent=consent, end_note=note)
    deeds.change(row.case, None, closed_at=now)
    if outcome == "withdrawn":
        keeping.event(row.case, "complaint.withdrawn", now, by=actor.person)
    return _done(actor, row, "complaint.closed", now)


@action(needs=Right.COMPLIANCE_WRITE, example={"complaint": 1, "version": 5, "reason": "They want the full sum"})
def complaint_reject(actor: Actor, complaint: ComplaintId, version: Version, reason: LongText) -> ComplaintShown:
    """Record that the complainant did not accept the decision: rejected, still open."""
    row = access.handled(actor, complaint)
    if row.state != "decided":
        raise Conflict(f"complaint {row.case.reference} is {row.state}", "there is no decision to reject")
    deeds.change(row, version, state="rejected_open")
    return _done(actor, row, "complaint.rejected", clock.now(), note=reason)


@action(needs=Right.COMPLIANCE_WRITE, example={"complaint": 1, "version": 6, "reason": "New facts"})
def complaint_reopen(actor: Actor, complaint: ComplaintId, version: Version, reason: LongText) -> ComplaintShown:
    """Open a closed or decided complaint again: its clocks go on with their old start, and a breach stays one."""
    row = access.handled(actor, complaint)
    if row.state not in ("closed", "decided", "rejected_open"):
        raise Conflict(f"complaint {row.case.reference} is {row.state}", "it is open")
    if row.ending == "merged":
        raise Conflict(f"complaint {row.case.reference} was merged into another", "go on with that one")
    state = "investigated" if row.assessed_at else "acknowledged" if row.acknowledged_at else "received"
    state = "assessed" if row.assessed_at and not row.investigated_at else state
    deeds.change(row, version, state=state, ending="", consent=False, end_note="", decided_at=None)
    deeds.change(row.case, None, closed_at=None)
    return _done(actor, row, "case.reopened", clock.now(), note=reason)


@action(needs=Right.COMPLIANCE_WRITE, example={"complaint": 1, "version": 2, "line": "We are asking the bank"})
def complaint_note(
    actor: Actor, complaint: ComplaintId, version: Version, line: Line, event: EventName | None = None,
    at: datetime | None = None,
) -> ComplaintShown:  # fmt: skip
    """Write the line that the complainant can be told, or record something sent to them that clocks know.

    Parameters
    ----------
    event
        What was sent or happened besides: a holding response, a summary resolution, an early resolution.
    """
    row = access.handled(actor, complaint)
    when = _when(row, at)
    deeds.change(row, version, status_line=line, updated_at=when)
    return _done(actor, row, event or "complaint.updated", when, note=line)


@action(needs=Right.COMPLIANCE_WRITE, example={"complaint": 1, "version": 1, "owner": 1})
def complaint_own(actor: Actor, complaint: ComplaintId, version: Version, owner: OtherId) -> ComplaintShown:
    """Give a complaint to a handler; never to whom it is about, nor to their direct line."""
    row = access.handled(actor, complaint)
    if not access.handlers().filter(pk=owner).exists():
        raise _misfit("owner", "complaints are handled by holders of the privacy grant")
    access.refuse_conflict(owner, row.case.subject_person_id)
    deeds.change(row, version)
    deeds.change(row.case, None, owner_id=owner)
    return _done(actor, access.access_complaint(actor, row.pk), "complaint.owned", clock.now())


def _due_for(actor: Actor, complaint: int, stage: str) -> Complaint:
    row = access.handled(actor, complaint)
    if row.state not in stages.BEFORE[stage]:
        following = stages.NEXT[row.state]
        remedy = f"next is to {following} it" if following else "open it again first"
        raise Conflict(f"complaint {row.case.reference} is {row.state} and cannot be {_SAYS[stage]}", remedy)
    return row


def _gate(row: Complaint, stage: str, given: dict[str, Any]) -> None:
    """Refuse a stage that lacks something, naming each field."""
    held = showing.values(row) | given
    names = stages.missing(stage, held, ticking.packs_of(row.case))
    if names:
        errors = tuple({"field": one, "message": "this stage needs it", "code": "missing"} for one in names)
        raise Invalid(f"{stage} of complaint {row.case.reference} lacks {', '.join(names)}", "fill it in", errors)


def _says(row: Complaint, text_id: str, text: str) -> None:
    """Refuse a text that does not say what the packs want."""
    unsaid = stages.unsaid(text_id, text, ticking.packs_of(row.case))
    if unsaid:
        errors = tuple(
            {"field": "text", "message": f"{pack} wants {part}: one of {'; '.join(any_of)}", "code": "unsaid"}
            for pack, part, any_of in unsaid
        )
        raise Invalid("the text does not say what the rules want", "add it", errors)


def _when(row: Complaint, at: datetime | None) -> datetime:
    now = clock.now()
    if at is None:
        return now
    if at.tzinfo is None or at > now or at < row.case.received_at:
        raise _misfit("at", "give an instant with its zone, after the receipt and not in the future")
    return at


def _done(
    actor: Actor, row: Complaint, name: str, at: datetime, *, note: str = "", escalate: bool = False
) -> ComplaintShown:  # fmt: skip
    keeping.event(row.case, name, at, by=actor.person, note=note)
    keeping.refresh(row.case)
    return showing.complaint_shown(actor, row, escalate=escalate)


def _misfit(field: str, message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "misfit"},))
