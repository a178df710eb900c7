"""Connecting a helpdesk: proved before it is kept, whoever asks and through whichever door they came.

``connect`` is for those who wait for the answer: pages and the command line. The verb of the same name keeps the
connection as one that is still to be proved and leaves the proof to a job, since no verb waits for a foreign host.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid
from maitred.connectors.live import SIGNED_OUT, Refused
from maitred.desks.helpdesks import access, accounts, proving
from maitred.desks.helpdesks.models import LONGEST_WHY, Connection
from maitred.desks.helpdesks.proving import Proof, Wish
from maitred.kit.access.actor import Actor
from maitred.kit.audit import deeds
from maitred.kit.audit.deeds import deed
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise, patiently, validated

if TYPE_CHECKING:
    from maitred.sync.engine import Outcome
    from maitred.sync.workspace import Workspace

Deed = Callable[[], AbstractContextManager[Any]]
"""Begins a deed, of the worker or of whoever sits at the command line."""
RESERVED = frozenset({"status", "connect", "change"})
"""Words that no connection is called: the command line and the addresses of pages mean something else by them."""


def connect(actor: Actor, given: Mapping[str, Any], *, again: bool = False) -> Connection:
    """Prove a helpdesk, then keep it.

    Parameters
    ----------
    given
        What the verb ``helpdesks.connect`` takes.
    again
        A connection of this name and vendor that is there gets the new address and secrets; its settings stay.

    Raises
    ------
    Denied, NotFresh
        As the verb.
    Invalid
        A word does not fit.
    NotProved
        The helpdesk does not let us in; nothing was kept.
    Conflict
        There is one of this name.
    """
    verb = register()["helpdesks.connect"]
    authorise(verb, actor)
    wish = wished(validated(verb, given))
    there = access.connection_named(wish.slug)
    if not (again and there and there.vendor == wish.vendor):
        refuse_taken(wish, there, onto_import=bool(given.get("onto_import")))
    found = proving.prove(_widened(wish))
    return patiently(lambda: _kept(actor, wish, found, there))


def prove_again(actor: Actor, slug: str) -> Connection:
    """Prove a connection that is kept, with the secrets it has; what comes out is kept with it.

    Raises
    ------
    NotProved
        The helpdesk does not let us in, and the connection is kept as one that is refused; or it is away at the moment,
        and only that is noted.
    """
    authorise(register()["helpdesks.test"], actor)
    row = access.access_connection(actor, slug)
    try:
        found = proving.prove(wish_of(row))
    except Invalid as error:
        values = failed(row, error)
        patiently(lambda: _noted(actor, row, values))
        raise
    return patiently(lambda: _noted(actor, row, proved(found)))


def wish_of(row: Connection) -> Wish:
    """A connection that is kept, as a wish to be proved anew."""
    account = accounts.account_of(row)
    wish = Wish(
        row.slug, row.vendor, row.url, account.credentials, row.since, row.requests_per_minute,
        row.allow_private_address,
    )  # fmt: skip
    return _widened(wish)


def note(row: Connection, values: Mapping[str, Any]) -> Connection:
    """Keep what a proof found; inside a deed. A row that somebody changed meanwhile is left as it is.

    Raises
    ------
    Conflict
        It was changed since it was read.
    """
    return deeds.change(row, None, **values)


def wished(values: Mapping[str, Any]) -> Wish:
    """A wish from the verb's values, in order.

    Raises
    ------
    Invalid
        A word does not fit.
    """
    named = {**values, "slug": values.get("slug") or values["vendor"]}
    named.pop("onto_import", None)
    wish = proving.checked(Wish(**named))
    if wish.slug in RESERVED:
        message = f"no connection is called {wish.slug}"
        raise Invalid(message, "choose another name", ({"field": "slug", "message": message, "code": "reserved"},))
    return wish


def refuse_taken(wish: Wish, there: Connection | None, *, onto_import: bool = False) -> None:
    """Refuse a name that is in use: by a connection, or by files that were imported under it.

    Parameters
    ----------
    onto_import
        Files of the same kind were exported from this very account, and what is read goes on from them.

    Raises
    ------
    Conflict
        It says by what, and what to do.
    """
    if there is not None:
        raise Conflict(f"there is a connection {wish.slug}", "choose another name, or change that one's secrets")
    with accounts.opened_workspace() as workspace:
        source = workspace.ledger.source(wish.slug)
        read = source is not None and live_before(workspace, wish.slug)
    if source is None or read or (onto_import and source.kind == wish.vendor):
        return
    what = f"files of {source.kind} were imported under the name {wish.slug}"
    if source.kind != wish.vendor:
        raise Conflict(what, "give the connection another name (--name): tickets of both stay apart")
    raise Conflict(
        what,
        "give the connection another name (--name), or, where the files came from this very account, let it go on from "
        "them (--onto-import)",
    )


def live_before(workspace: Workspace, slug: str) -> bool:
    """Whether a source was read from a helpdesk, by a connection that is gone by now."""
    from maitred.sync import health

    return bool(health.runs(workspace, slug, 1))


def add(wish: Wish, found: Proof | None) -> Connection:
    """Keep a new connection; inside a deed. Without a proof it is one that is still to be proved."""
    return deeds.create(
        Connection,
        slug=wish.slug,
        vendor=wish.vendor,
        url=wish.url,
        credentials=accounts.sealed_credentials(wish.slug, wish.credentials),
        since=wish.since,
        requests_per_minute=wish.requests_per_minute,
        allow_private_address=wish.allow_private_address,
        **(proved(found) if found else {"state": Connection.PROVING}),
    )


def proved(found: Proof) -> dict[str, Any]:
    """The fields of a connection that a proof sets."""
    return {
        "state": Connection.CONNECTED,
        "why": "",
        "probe": dict(found.probe),
        "allowed": list(found.allowed),
        "probed_at": clock.now(),
    }


def failed(row: Connection, error: Invalid) -> dict[str, Any]:
    """The fields of a connection that a failed proof sets.

    One that was proved before stays connected where its helpdesk is only away; else nothing is read from it or written
    to it until it is proved again.
    """
    told: dict[str, Any] = {"why": str(error)[:LONGEST_WHY], "probed_at": clock.now()}
    if row.state == Connection.CONNECTED and not getattr(error, "lasting", True):
        return told
    return {**told, "state": Connection.REFUSED, "write_back": False}


def ran(row: Connection, outcome: Outcome) -> dict[str, Any]:
    """The fields of a connection that a run of its sync sets: refused where what we sign in with no longer holds.

    One that was refused, or has something against it, is connected again once a stream was read to its end.
    """
    if outcome.signed_out:
        return refused(row, outcome.signed_out)
    doubted = row.state == Connection.REFUSED or (row.state == Connection.CONNECTED and row.why)
    if doubted and any(each.complete and each.requests for each in outcome.streams):
        return {"state": Connection.CONNECTED, "why": ""}
    return {}


def refused(row: Connection, why: str) -> dict[str, Any]:
    """The fields of a connection whose helpdesk does not let us in any more; nothing is changed there meanwhile."""
    if row.state == Connection.PROVING:  # somebody has just given it something else to sign in with
        return {}
    return {"state": Connection.REFUSED, "why": why[:LONGEST_WHY], "write_back": False}


def told(slug: str, begin: Deed, fields: Callable[[Connection], Mapping[str, Any]]) -> None:
    """Keep what a run has shown of a connection, in a deed of its own; nothing is written where nothing is new."""
    row = access.connection_named(slug)
    if row is None or all(getattr(row, name) == value for name, value in fields(row).items()):
        return

    def keep() -> None:
        with begin():
            fresh = access.connection_named(slug)
            if fresh is not None and (values := fields(fresh)):
                note(fresh, values)

    patiently(keep)


@contextmanager
def noticing(slug: str, begin: Deed) -> Iterator[None]:
    """Whoever asks a helpdesk inside the block and is told that we are signed out leaves the connection refused."""
    try:
        yield
    except Refused as refusal:
        why = str(refusal)
        if refusal.reason in SIGNED_OUT:
            told(slug, begin, lambda row: refused(row, why))
        raise


def _kept(actor: Actor, wish: Wish, found: Proof, there: Connection | None) -> Connection:
    with deed(actor, "helpdesks.connect"):
        if there is None:
            return add(wish, found)
        sealed = accounts.sealed_credentials(wish.slug, wish.credentials)
        fresh = {"url": wish.url, "allow_private_address": wish.allow_private_address, "credentials": sealed}
        told = {"since": wish.since, "requests_per_minute": wish.requests_per_minute}
        given = {name: value for name, value in told.items() if value is not None}
        return deeds.change(there, None, **fresh, **given, **proved(found))


def _noted(actor: Actor, row: Connection, values: Mapping[str, Any]) -> Connection:
    with deed(actor, "helpdesks.test"):
        return note(row, values)


def _widened(wish: Wish) -> Wish:
    """The wish, with what the installation as a whole allows."""
    path = Path(settings.MAITRED_HOME) / "maitred.json"
    whole = path.is_file() and bool(json.loads(path.read_text()).get("allow_private_address"))
    return replace(wish, allow_private_address=wish.allow_private_address or whole)
