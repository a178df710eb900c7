"""How cases, clocks and complaints are shown, and to whom which part of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from maitred.base import clock
from maitred.desks.compliance import access, stages, ticking
from maitred.desks.compliance.clocks.counting import deadline
from maitred.desks.compliance.clocks.rules import ClockRule, Start
from maitred.desks.compliance.complaint_shapes import ComplaintListed, ComplaintShown, Line, Stage
from maitred.desks.compliance.models import Case, CaseEvent, Complaint, ComplaintTicket
from maitred.desks.compliance.reading_packs import Pack
from maitred.desks.compliance.shapes import ClockShown, DateMoved, LedgerLine
from maitred.desks.compliance.ticking import Calendars, Ticking
from maitred.kit.access.actor import Actor
from maitred.kit.access.fields import shown as as_seen
from maitred.kit.access.rights import Reach, Right, reach

_CLAUSES = {"receipt": "7.2", "acknowledgement": "7.4", "assessment": "7.5", "investigation": "7.6",
            "decision": "7.7", "closing": "7.9"}  # fmt: skip


def clock_shown(case: Case, one: Ticking, owner: str, reviewed: bool, *, ledger: bool = True) -> ClockShown:
    """A clock with its ledger."""
    found = one.clock
    lines = tuple(LedgerLine(each.kind, each.at, each.event, each.clause) for each in found.ledger) if ledger else ()
    return ClockShown(
        case.reference, _of(case, "complaint"), _of(case, "request"), case.kind, one.pack.id, one.pack.pin, found.rule,
        found.clause, one.of.title, found.status, found.level, found.started_at, found.due_at, found.stopped_at,
        int(found.late_by.total_seconds()) if found.late_by is not None else None, found.breached, one.of.severity,
        found.reason, one.of.mark, reviewed, owner, lines,
    )  # fmt: skip


def reviewed(pack: Pack) -> bool:
    """Whether somebody of law looked at a pack, here or where it was made."""
    return not pack.unreviewed or pack.pin in access.reviews()


def listed(
    row: Complaint, events: Sequence[CaseEvent], tickets: int, calendars: Calendars, now: datetime
) -> ComplaintListed:  # fmt: skip
    """A complaint in a list."""
    case = row.case
    open_ = [one.clock for one in ticking.ticking(case, events, now, calendars) if one.clock.open]
    due = min((one.due_at for one in open_ if one.due_at is not None), default=None)
    return ComplaintListed(
        row.pk, case.reference, row.state, row.kind, row.product, row.channel, row.severity,
        case.team.name if case.team else "", case.owner.name if case.owner else "", case.received_at, due,
        any(one.status == "overdue" for one in open_), tickets, row.version,
    )  # fmt: skip


def complaint_shown(actor: Actor, row: Complaint, *, escalate: bool = False) -> ComplaintShown:
    """A complaint whole, as far as this reader may see it."""
    now, calendars, case = clock.now(), Calendars(), row.case
    events = access.events_of([case.pk])[case.pk]
    tickets = access.tickets_of([row.pk])[row.pk]
    ticked = ticking.ticking(case, events, now, calendars)
    packs = ticking.packs_of(case)
    owner = case.owner.name if case.owner else ""
    kept = access.clocks_of([case.pk])[case.pk]
    names = access.names_of(one.by_id for one in events if one.by_id)
    conflict = access.in_conflict(actor.person, case.subject_person_id)
    handles = reach(actor, Right.COMPLIANCE_WRITE) is not Reach.NONE and not conflict
    return ComplaintShown(
        listed(row, events, len(tickets), calendars, now), row.origin, row.description, row.remedy,
        row.immediate_action, _seen(actor, "complaint.complainant", row.complainant_name, conflict),
        _seen(actor, "complaint.complainant", row.complainant_contact, conflict),
        case.subject_person.name if case.subject_person else "", row.fee, row.status_line,
        _update_due(row, packs, calendars), row.acknowledged_text, row.safety, row.complexity, row.impact,
        row.immediate, _seen(actor, "complaint.vulnerability", row.vulnerability, conflict), row.facts_found,
        tuple(row.evidence), row.root_cause, row.investigator.name if row.investigator else "", row.decision,
        row.reasons, row.redress, row.alternatives, row.recourse, row.decision_text, row.ending, row.consent,
        _stages(row, packs),
        tuple(clock_shown(case, one, owner, reviewed(one.pack)) for one in ticked if one.clock.status != "waiting"),
        tuple(DateMoved(one.clock.clock, one.was, one.now) for one in access.changes_of([each.pk for each in kept])),
        tuple(f"{one.source_id}:{one.ticket_id}" for one in tickets),
        tuple(Line(one.name, one.at, one.note, names.get(one.by_id or 0, "")) for one in reversed(events)),
        tuple(one.pin for one in packs), tuple(one.title for one in packs if not reviewed(one)),
        stages.NEXT[row.state], handles, conflict, escalate,
    )  # fmt: skip


def values(row: Complaint) -> dict[str, Any]:
    """The fields of a complaint by the names that packs use."""
    return {
        "description": row.description, "remedy": row.remedy, "product": row.product, "channel": row.channel,
        "acknowledged_text": row.acknowledged_text, "acknowledged_channel": row.acknowledged_channel,
        "severity": row.severity, "safety": row.safety, "complexity": row.complexity, "impact": row.impact,
        "immediate": row.immediate, "facts": row.facts_found, "root_cause": row.root_cause, "decision": row.decision,
        "reasons": row.reasons, "redress": row.redress, "alternatives": row.alternatives, "recourse": row.recourse,
        "outcome": row.ending, "evidence": row.evidence,
    }  # fmt: skip


def ticket_of(word: str) -> tuple[str, str]:
    """A ticket from ``source:number``."""
    source, _colon, ticket = word.partition(":")
    return source, ticket


def word_of(row: ComplaintTicket) -> str:
    """``source:number`` of a ticket."""
    return f"{row.source_id}:{row.ticket_id}"


def _stages(row: Complaint, packs: Sequence[Pack]) -> tuple[Stage, ...]:
    done = {"receipt": row.created_at, "acknowledgement": row.acknowledged_at, "assessment": row.assessed_at,
            "investigation": row.investigated_at, "decision": row.decided_at,
            "closing": row.case.closed_at}  # fmt: skip
    held = values(row)
    return tuple(Stage(name, _CLAUSES[name], at, () if at else stages.missing(name, held, packs))
                 for name, at in done.items())  # fmt: skip


def _seen(actor: Actor, field: str, value: str, conflict: bool) -> str:
    """A field by the table of fields; nothing of it for somebody who is in conflict."""
    from maitred.kit.access.fields import ABSENT

    return cast(str, ABSENT if conflict else as_seen(actor, field, value))


def _update_due(row: Complaint, packs: Sequence[Pack], calendars: Calendars) -> datetime | None:
    """When the complainant is to hear again, by the shortest interval of the packs."""
    if row.state == "closed":
        return None
    since = max(at for at in (row.updated_at, row.acknowledged_at, row.decided_at, row.case.received_at) if at)
    found = []
    for pack in packs:
        if pack.update_every is not None:
            rule = ClockRule("update", "7.3", Start("update"), pack.update_every)
            found.append(deadline(rule, since, calendars.of(pack), pack.zone))
    return min(found, default=None)


def _of(case: Case, kind: str) -> int | None:
    """The number of what a case is about, where it is of a kind."""
    found = getattr(case, kind, None) if case.kind == kind else None
    return found.pk if found is not None else None
