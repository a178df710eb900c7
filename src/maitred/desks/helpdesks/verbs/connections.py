"""Connect a helpdesk, test it, set how it is asked, pause it, let go of it; see what is connected."""

from __future__ import annotations

from datetime import date

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid, UsageError
from maitred.desks.helpdesks import access, accounts, connecting, proving, writing
from maitred.desks.helpdesks.access import access_connection, visible_connections
from maitred.desks.helpdesks.models import Connection
from maitred.desks.helpdesks.verbs.shapes import (
    Asked,
    ConnectionShown,
    Credentials,
    Disconnected,
    HookSecret,
    HookShown,
    NewSlug,
    PerMinute,
    Slug,
    Url,
    Vendor,
    shown,
)
from maitred.kit.access.actor import Actor, Kind
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.jobs.queue import enqueue
from maitred.kit.verbs import Cursor, Limit, LongText, Page, Version, action, question
from maitred.kit.verbs.results import paged

_EXAMPLE = {"connection": "demo", "version": 1}


@question(needs=Right.OPERATION_READ, example={"connection": "demo"})
def show(actor: Actor, connection: Slug) -> ConnectionShown:
    """Show one connected helpdesk: where it is, what can be read there, what is missing and why."""
    return shown(access_connection(actor, connection))


@action(
    needs=Right.OPERATION_WRITE,
    example={"vendor": "freshdesk", "url": "https://example.freshdesk.com", "credentials": {"key": "paste-it-here"}},
    fresh=True,
)
def connect(
    actor: Actor,
    vendor: Vendor,
    url: Url,
    credentials: Credentials,
    slug: NewSlug | None = None,
    since: date | None = None,
    requests_per_minute: PerMinute | None = None,
    allow_private_address: bool = False,
    onto_import: bool = False,
) -> ConnectionShown:
    """Connect a helpdesk. It is read from once a proof that it lets us in has succeeded; a job does the proof.

    At the command line `maitred connect` does it and waits for the proof.

    Parameters
    ----------
    vendor
        ``zendesk``, ``freshdesk``, ``salesforce``, or what an installed package offers.
    url
        The address under which people work there.
    credentials
        What signs in, by name: Zendesk ``email`` and ``token``, Freshdesk ``key``, Salesforce ``client_id`` and
        ``client_secret``, or ``client_id``, ``jwt_key`` and ``user``. Kept sealed, never shown again.
    slug
        The name of the source; the vendor's unless given.
    since
        The first day to read; everything unless given.
    requests_per_minute
        Replaces what the plan allows.
    allow_private_address
        The address lies in the own network: it may be met, as it is now.
    onto_import
        Files that were imported under this name came from this very account; reading goes on from them.
    """
    _refuse_literal(actor)
    given = {
        "vendor": vendor, "url": url, "credentials": credentials, "slug": slug, "since": since,
        "requests_per_minute": requests_per_minute, "allow_private_address": allow_private_address,
    }  # fmt: skip
    wish = connecting.wished(given)
    connecting.refuse_taken(wish, access.connection_named(wish.slug), onto_import=onto_import)
    row = connecting.add(wish, None)
    enqueue("helpdesks.prove", {"slug": row.slug}, actor=actor)
    return shown(row)


@action(
    needs=Right.OPERATION_WRITE,
    example={**_EXAMPLE, "credentials": {"email": "admin@example.org", "token": "paste-it-here"}},
    fresh=True,
)
def change_credentials(
    actor: Actor, connection: Slug, credentials: Credentials, version: Version, url: Url | None = None
) -> ConnectionShown:
    """Give a connection other secrets, or another address; a job proves them, and nothing is read until then.

    Parameters
    ----------
    credentials
        What signs in, by name, as for ``connect``.
    url
        The address, where it is another one now.
    """
    _refuse_literal(actor)
    row = access_connection(actor, connection)
    wish = proving.checked(
        proving.Wish(row.slug, row.vendor, url or row.url, credentials, allow_private_address=row.allow_private_address)
    )
    sealed = accounts.sealed_credentials(row.slug, wish.credentials)
    fresh = {"credentials": sealed, "url": wish.url, "state": Connection.PROVING, "why": "", "write_back": False}
    deeds.change(row, version, **fresh)
    enqueue("helpdesks.prove", {"slug": row.slug}, actor=actor)
    return shown(row)


@action(needs=Right.OPERATION_WRITE, example={"connection": "demo"})
def test(actor: Actor, connection: Slug) -> Asked:
    """Have a job sign in to a connected helpdesk and look again at what can be read there."""
    row = access_connection(actor, connection)
    return Asked(enqueue("helpdesks.prove", {"slug": row.slug}, actor=actor))


@action(needs=Right.OPERATION_WRITE, example={**_EXAMPLE, "requests_per_minute": 100})
def set_rate(
    actor: Actor, connection: Slug, version: Version, requests_per_minute: PerMinute | None = None
) -> ConnectionShown:
    """Set how many requests a minute a helpdesk is asked at most.

    Parameters
    ----------
    requests_per_minute
        What the account's plan allows, where it is left out.
    """
    row = access_connection(actor, connection)
    return shown(deeds.change(row, version, requests_per_minute=requests_per_minute))


@action(needs=Right.OPERATION_WRITE, example=_EXAMPLE)
def pause(actor: Actor, connection: Slug, version: Version) -> ConnectionShown:
    """Stop asking a helpdesk; what was read stays, and it goes on from there when it is resumed."""
    return shown(deeds.change(access_connection(actor, connection), version, enabled=False))


@action(needs=Right.OPERATION_WRITE, example=_EXAMPLE)
def resume(actor: Actor, connection: Slug, version: Version) -> ConnectionShown:
    """Let a paused connection go on."""
    return shown(deeds.change(access_connection(actor, connection), version, enabled=True))


@action(needs=Right.OPERATION_WRITE, example={**_EXAMPLE, "reason": "the tags of escalations"}, fresh=True)
def allow_write_back(actor: Actor, connection: Slug, version: Version, reason: LongText) -> ConnectionShown:
    """Allow leads and managers to change tickets at a helpdesk, each time after a dry run.

    Parameters
    ----------
    reason
        What for; it stands in the audit log.
    """
    row = access_connection(actor, connection)
    if not writing.writable(row.vendor):
        raise Invalid(f"tickets of {row.vendor} are not changed by maitred", "change them there")
    if row.state != Connection.CONNECTED:
        raise Conflict(f"{row.slug} is not connected", "test it first")
    return shown(deeds.change(row, version, write_back=True))


@action(needs=Right.OPERATION_WRITE, example=_EXAMPLE)
def forbid_write_back(actor: Actor, connection: Slug, version: Version) -> ConnectionShown:
    """Allow no changes of tickets at a helpdesk any more; approved ones that were not sent yet are not sent."""
    return shown(deeds.change(access_connection(actor, connection), version, write_back=False))


@action(needs=Right.OPERATION_WRITE, example=_EXAMPLE, fresh=True)
def rotate_hook_secret(actor: Actor, connection: Slug, version: Version, secret: HookSecret | None = None) -> HookShown:
    """Give a helpdesk's calls a new secret, and the first time an address; both are shown this once.

    The secret before it still holds for a day. Zendesk makes its secret itself: enter it here. Freshdesk and Salesforce
    send ours in the header ``X-Maitred-Token``.

    Parameters
    ----------
    secret
        The helpdesk's own; one is made where it is left out.
    """
    row = access_connection(actor, connection)
    if secret is not None:
        _refuse_literal(actor)
    hook = accounts.rotated(accounts.hook_of(row), secret)
    deeds.change(row, version, hook=accounts.sealed_hook(row.slug, hook), hook_rotated_at=clock.now())
    return HookShown(row.slug, accounts.hook_path(row.slug, hook.token), hook.secrets[0], row.version)


@action(needs=Right.OPERATION_WRITE, example=_EXAMPLE, fresh=True)
def disconnect(actor: Actor, connection: Slug, version: Version) -> Disconnected:
    """Let go of a helpdesk: its secrets are deleted, its calls are refused; what was read from it stays."""
    row = access_connection(actor, connection)
    deeds.remove(row, version)
    return Disconnected(connection)


@question(needs=Right.OPERATION_READ, example={})
def list(actor: Actor, cursor: Cursor = None, limit: Limit = 50) -> Page[ConnectionShown]:
    """List the connected helpdesks."""
    return paged(visible_connections(actor), actor, "helpdesks", cursor, limit, shown)


def _refuse_literal(actor: Actor) -> None:
    """What is typed at the command line stands in the list of processes."""
    if actor.kind is Kind.OPERATOR:
        raise UsageError(
            "secrets are not given like this", "use `maitred connect`, which takes env:NAME, file:PATH or -"
        )
