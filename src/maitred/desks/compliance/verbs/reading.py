"""Reading the register: the list, and one complaint whole."""

from __future__ import annotations

from maitred.base import clock
from maitred.desks.compliance import access
from maitred.desks.compliance.complaint_shapes import ComplaintListed, ComplaintShown, State
from maitred.desks.compliance.models import Complaint
from maitred.desks.compliance.shapes import ComplaintId
from maitred.desks.compliance.ticking import Calendars
from maitred.desks.compliance.verbs import showing
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.verbs import Cursor, Limit, Page, question
from maitred.kit.verbs.results import paged


@question(needs=Right.COMPLIANCE_READ, example={})
def complaints(
    actor: Actor, state: State | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[ComplaintListed]:  # fmt: skip
    """List complaints, the latest first; ``open`` are all that are not closed."""
    rows = access.visible_complaints(actor)
    if state == "open":
        rows = rows.exclude(state="closed")
    elif state is not None:
        rows = rows.filter(state=state)
    page = paged(rows, actor, f"complaints:{state}", cursor, limit, _itself, newest=True)
    cases = [row.case_id for row in page.items]
    events, tickets = access.events_of(cases), access.tickets_of([row.pk for row in page.items])
    calendars, now = Calendars(), clock.now()
    shown = (showing.listed(row, events[row.case_id], len(tickets[row.pk]), calendars, now) for row in page.items)
    return Page(tuple(shown), page.next)


@question(needs=Right.COMPLIANCE_READ, example={"complaint": 1})
def show_complaint(actor: Actor, complaint: ComplaintId) -> ComplaintShown:
    """Show a complaint: its stages, what the next one wants, its clocks with their ledgers, its history."""
    return showing.complaint_shown(actor, access.access_complaint(actor, complaint))


def _itself(row: Complaint) -> Complaint:
    return row
