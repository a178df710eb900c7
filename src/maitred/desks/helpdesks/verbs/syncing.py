"""How far each helpdesk was read, and the wish to read now, to compare every id, to try again what was set aside."""

from __future__ import annotations

from maitred.base.errors import Conflict
from maitred.desks.helpdesks import access, accounts
from maitred.desks.helpdesks.access import access_connection
from maitred.desks.helpdesks.models import Connection
from maitred.desks.helpdesks.verbs.shapes import Asked, Doing, Slug, StatusShown, StreamNames, shown
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.jobs.queue import enqueue
from maitred.kit.verbs import action, question


@question(needs=Right.OPERATION_READ, example={"connection": "demo"})
def status(actor: Actor, connection: Slug) -> StatusShown:
    """Show how the reading of a helpdesk goes: streams, cursors and lag, expected and loaded, gaps, budget."""
    from maitred.sync import engine, inbox, outbox

    row = access_connection(actor, connection)
    with accounts.opened_workspace() as workspace:
        sync = engine.status(workspace, row.slug).as_json()
        waiting = inbox.waiting(workspace, row.slug)
        out = outbox.waiting(workspace).get(row.slug, {})
    told = {"tickets": waiting.tickets, "since": waiting.since, "failed": waiting.failed}
    doing = tuple(
        Doing(job.pk, job.kind, job.state, job.progress_done, job.progress_total, job.progress_what)
        for job in access.open_jobs(row.slug)
    )
    return StatusShown(shown(row), sync, told, out, doing)


@action(needs=Right.OPERATION_WRITE, example={"connection": "demo"})
def sync(actor: Actor, connection: Slug, streams: StreamNames = ()) -> Asked:
    """Have a job read a helpdesk now, beside the reading that comes round every five minutes.

    Parameters
    ----------
    streams
        Only these; all that can be read unless given.
    """
    row = _ready(actor, connection)
    return Asked(enqueue("helpdesks.sync", {"slug": row.slug, "streams": [*streams]}, actor=actor))


@action(needs=Right.OPERATION_WRITE, example={"connection": "demo"})
def reconcile(actor: Actor, connection: Slug, accept_mass_delete: bool = False) -> Asked:
    """Have a job compare every ticket's id here and at the helpdesk, and mend what differs; it runs every night anyway.

    Parameters
    ----------
    accept_mass_delete
        Also where more than 2 % of the tickets are gone there.
    """
    row = _ready(actor, connection)
    told = {"slug": row.slug, "reconcile": True, "accept_mass_delete": accept_mass_delete}
    return Asked(enqueue("helpdesks.sync", told, actor=actor))


@action(needs=Right.OPERATION_WRITE, example={"connection": "demo"})
def retry_quarantine(actor: Actor, connection: Slug) -> Asked:
    """Have a job read again, from what was kept, the records of a helpdesk that were set aside."""
    row = _ready(actor, connection)
    return Asked(enqueue("helpdesks.sync", {"slug": row.slug, "retry_quarantine": True}, actor=actor))


def _ready(actor: Actor, connection: str) -> Connection:
    row = access_connection(actor, connection)
    if row.state != Connection.CONNECTED:
        raise Conflict(f"{row.slug} is not connected", "test it first")
    if not row.enabled:
        raise Conflict(f"{row.slug} is paused", "resume it first")
    return row
