"""Tickets that a rule takes for a complaint: a person looks, confirms one into the register or dismisses it."""

from __future__ import annotations

from maitred.base import clock
from maitred.base.errors import Conflict
from maitred.desks.compliance import access
from maitred.desks.compliance.complaint_shapes import (
    Channel,
    ComplaintRaised,
    ProposalShown,
    Short,
    Text,
    TicketWord,
    Words,
)
from maitred.desks.compliance.models import Complaint, ComplaintProposal
from maitred.desks.compliance.shapes import OtherId, ProposalId
from maitred.desks.compliance.verbs import raising, showing
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, LongText, Page, Version, action, question
from maitred.kit.verbs.results import paged


@question(needs=Right.COMPLIANCE_RAISE, example={})
def proposals(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[ProposalShown]:
    """List tickets that read like a complaint and that nobody has looked at, the latest first."""
    rows = access.visible_proposals(actor).filter(state=ComplaintProposal.OPEN)
    return paged(rows, actor, "complaint-proposals", cursor, limit, _shown, newest=True)


@action(needs=Right.COMPLIANCE_RAISE, example={"ticket": "demo:100"})
def propose_complaint(actor: Actor, ticket: TicketWord, team: OtherId | None = None) -> ProposalShown:
    """Put a ticket among those that somebody should look at as a complaint."""
    source, number = showing.ticket_of(ticket)
    made = deeds.create(
        ComplaintProposal, source_id=source, ticket_id=number, rule="words", received_at=clock.now(),
        team_id=access.team_to_raise_in(actor, team),
    )  # fmt: skip
    return _shown(made)


@action(
    needs=Right.COMPLIANCE_RAISE,
    example={"proposal": 1, "version": 1, "description": "No refund", "product": "Shop", "channel": "email"},
)
def confirm_proposal(
    actor: Actor, proposal: ProposalId, version: Version, description: Text, product: Short, channel: Channel,
    remedy: Words = "", subject: OtherId | None = None,
) -> ComplaintRaised:  # fmt: skip
    """Confirm that a ticket is a complaint: it goes into the register, received when the ticket said so."""
    row = _open(actor, proposal)
    made = raising.complaint_new(
        actor, description, product, channel, remedy=remedy, received_at=min(row.received_at, clock.now()),
        subject=subject, team=row.team_id, tickets=(f"{row.source_id}:{row.ticket_id}",), origin="rule",
    )  # fmt: skip
    deeds.change(row, version, state=ComplaintProposal.CONFIRMED, complaint=Complaint(pk=made.id))
    return made


@action(needs=Right.COMPLIANCE_RAISE, example={"proposal": 1, "version": 1, "reason": "A question about our form"})
def dismiss_proposal(actor: Actor, proposal: ProposalId, version: Version, reason: LongText) -> ProposalShown:
    """Say that a ticket is no complaint, and why."""
    row = _open(actor, proposal)
    return _shown(deeds.change(row, version, state=ComplaintProposal.DISMISSED, why=reason[:400]))


def _open(actor: Actor, proposal: int) -> ComplaintProposal:
    row = access.access_proposal(actor, proposal)
    if row.state != ComplaintProposal.OPEN:
        raise Conflict(f"proposal {row.pk} is {row.state}", "somebody looked at it already")
    return row


def _shown(row: ComplaintProposal) -> ProposalShown:
    return ProposalShown(row.pk, row.source_id, row.ticket_id, row.rule, row.team.name if row.team else "",
                         row.received_at, row.state, row.complaint_id, row.why, row.version)  # fmt: skip
