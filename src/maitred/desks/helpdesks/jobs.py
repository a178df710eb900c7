"""What the worker does for the helpdesks: read them by turns, compare ids at night, send changes, follow up calls.

One reading of a connection at a time, whoever asked for it. A reading that takes long stops after some minutes at a
durable page, so that other work gets its turn, and goes on with the next round.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from maitred.base.errors import Conflict, Invalid, LeaseHeld, MaitredError
from maitred.desks.helpdesks import access, accounts, connecting, proving
from maitred.desks.helpdesks.models import Connection
from maitred.desks.helpdesks.turns import Turn, turn
from maitred.kit.audit import deeds
from maitred.kit.jobs.queue import enqueue
from maitred.kit.jobs.registry import Round, job
from maitred.kit.jobs.running import Run

SLICE_S = 240.0
"""Seconds after which a reading leaves the worker to others."""
NIGHT_S = 6 * 3600.0
"""The same for the comparison of all ids, which does not begin anew where it stopped."""


class Unfinished(MaitredError):
    """A reading could not come to its end; what it read stands, and it goes on later."""

    kind = "sync-incomplete"


@job("helpdesks.round", retries=0, round=Round("*/5 * * * *"))
def round_(run: Run) -> None:
    """Ask for a reading of every connected helpdesk that is not being read already."""
    for connection in access.running_connections():
        if not access.open_jobs(connection.slug, "helpdesks.sync"):
            with run.deed("helpdesks.round"):
                enqueue("helpdesks.sync", {"slug": connection.slug}, actor=run.actor)


@job("helpdesks.nightly", retries=0, round=Round("20 1 * * *"))
def nightly(run: Run) -> None:
    """Ask for a comparison of all ids of every connected helpdesk; those that refused us are tried again."""
    for connection in access.refused_connections():
        with run.deed("helpdesks.nightly"):
            enqueue("helpdesks.prove", {"slug": connection.slug}, actor=run.actor)
    for connection in access.running_connections():
        with run.deed("helpdesks.nightly"):
            enqueue("helpdesks.sync", {"slug": connection.slug, "reconcile": True}, actor=run.actor)


@job("helpdesks.exchange", retries=0, round=Round("* * * * *"))
def exchange(run: Run) -> None:
    """Send what is approved and not at its end, and fetch tickets that helpdesks called about."""
    from maitred.sync import inbox, outbox

    with accounts.opened_workspace() as workspace:
        out = outbox.waiting(workspace)
        running = access.running_connections()
        called = [one.slug for one in running if inbox.waiting(workspace, one.slug).tickets]
    for slug in (one.slug for one in running if one.slug in out and one.write_back):
        if not access.open_jobs(slug, "helpdesks.send"):
            with run.deed("helpdesks.exchange"):
                enqueue("helpdesks.send", {"slug": slug}, actor=run.actor)
    for slug in called:
        if not access.open_jobs(slug, "helpdesks.sync"):
            with run.deed("helpdesks.exchange"):
                enqueue("helpdesks.sync", {"slug": slug, "called": True}, actor=run.actor)


@job("helpdesks.prove", retries=3)
def prove(run: Run, slug: str) -> None:
    """Sign in to a helpdesk and keep what is found there, or why it refused."""
    connection = access.connection_named(slug)
    if connection is None:
        return
    run.progress(0, 1, "signing in")
    try:
        found = proving.prove(connecting.wish_of(connection))
        values = connecting.proved(found)
    except Invalid as error:
        values = connecting.failed(connection, error)
    with run.deed("helpdesks.prove"):
        connecting.note(connection, values)
    run.progress(1, 1, str(values.get("state") or connection.state))


@job("helpdesks.sync", retries=3, backoff=60.0)
def sync(
    run: Run,
    slug: str,
    streams: Sequence[str] = (),
    reconcile: bool = False,
    retry_quarantine: bool = False,
    accept_mass_delete: bool = False,
    called: bool = False,
) -> None:
    """Read a helpdesk from where its cursors stand, load and publish what came; fetch the tickets of its calls first.

    Raises
    ------
    LeaseHeld
        It is being read already, and this is more than an ordinary reading.
    Unfinished
        A stream could not be read to its end; the error names it.
    """
    connection = access.connection_named(slug)
    if connection is None or connection.state != Connection.CONNECTED or not connection.enabled:
        return
    with run.deed("helpdesks.sync"):
        _note_use(connection)
    asked = [] if called else list(streams) or None
    try:
        with turn(run, NIGHT_S if reconcile else SLICE_S) as mine:
            _read(
                slug, mine, partial(run.deed, "helpdesks.sync"), streams=asked, reconcile=reconcile,
                retry_quarantine=retry_quarantine, accept_mass_delete=accept_mass_delete,
            )  # fmt: skip
    except LeaseHeld:
        if reconcile or retry_quarantine or asked:
            raise


@job("helpdesks.send", retries=5, backoff=60.0)
def send(run: Run, slug: str, plan: str = "", by: str = "") -> None:
    """Put an approved plan into the outbox, and send what is in there."""
    from maitred.sync import outbox

    connection = access.connection_named(slug)
    if connection is None:
        return
    with run.deed("helpdesks.send"):
        _note_use(connection)
    with turn(run, SLICE_S) as mine, accounts.opened_workspace() as workspace, ExitStack() as stack:
        if plan:
            approved(workspace, connection, plan, by)

        def opened(name: str) -> Any:
            return stack.enter_context(accounts.running(workspace, name, stop=mine.stop, people=True))

        try:
            mine.tell("changes", outbox.drain(workspace, opened, mine.stop))
        except MaitredError:
            if slug in outbox.waiting(workspace):  # else it was another account that could not be reached
                raise
    run.progress(1, 1, "sent")


def approved(workspace: Any, connection: Connection, plan: str, by: str) -> None:
    """Put a plan that was approved into the outbox; done once, however often the job is tried."""
    from maitred.sync import outbox, planning

    if planning.stored(workspace, plan).approved_at is None:
        try:
            outbox.approve(workspace, accounts.account_of(connection), plan, by)
        except Conflict:  # somebody else approved it in this moment
            return


def _read(slug: str, mine: Turn, begin: connecting.Deed, **options: Any) -> None:
    """Fetch what calls spoke of, then read; told of as it goes.

    Raises
    ------
    Unfinished
        A stream did not come to its end, and nobody asked it to stop.
    """
    from maitred.metrics.pipeline import sync_and_publish
    from maitred.sync import engine, inbox

    with accounts.opened_workspace() as workspace:
        if inbox.waiting(workspace, slug).tickets:
            with (
                connecting.noticing(slug, begin),
                accounts.running(workspace, slug, stop=mine.stop, people=True) as (connector, account, api),
            ):
                fetch = partial(engine.refetch, workspace, connector, account, api)
                mine.tell("tickets of calls", inbox.drain(workspace, slug, fetch, mine.stop))
        connection = accounts.ready(slug)
        accounts.tell_meaning(workspace, connection)
        account = accounts.account_of(connection)
        outcome = sync_and_publish(workspace, account, stop=mine.stop, progress=mine.tell, **options)
    connecting.told(slug, begin, lambda row: connecting.ran(row, outcome))
    if not outcome.complete and not mine.stop.is_set():
        left = outcome.refusal or "; ".join(
            f"{one.stream}: {one.reason}" for one in outcome.streams if not one.complete
        )
        raise Unfinished(f"{slug} was not read to its end ({left})", "it goes on with the next round")


def _note_use(connection: Connection) -> None:
    deeds.note("use", Connection.NOUN, connection.slug)
