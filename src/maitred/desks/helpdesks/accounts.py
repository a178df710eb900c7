"""A connection as the sync reads it: its secrets opened, its settings put together, its helpdesk ready to be asked."""

from __future__ import annotations

import json
import secrets as random_secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from django.conf import settings

from maitred.base.egress import Allowed, allowed
from maitred.base.errors import Conflict, NotFound
from maitred.connectors.live import Account, Api, Connector
from maitred.desks.helpdesks import access
from maitred.desks.helpdesks.models import Connection
from maitred.kit.secrets.installation import keyring
from maitred.kit.secrets.keyring import KeysMissing
from maitred.kit.secrets.sealing import Secret, place, seal, unseal

if TYPE_CHECKING:
    from maitred.sync.workspace import Workspace

ROTATION = timedelta(hours=24)
"""How long the hook's former secret still holds after a rotation."""
_BYTES = 32

Running = tuple[Connector, Account, Api]


@dataclass(frozen=True, slots=True)
class Hook:
    """What a helpdesk's calls prove themselves with: the address' own word, and the secrets, the newest first."""

    token: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    def holding(self, rotated_at: datetime | None, now: datetime) -> tuple[str, ...]:
        """The secrets that hold now: the newest, and for a day after a rotation the one before it."""
        recent = rotated_at is not None and now - rotated_at < ROTATION
        return self.secrets[: 2 if recent else 1]


def account_of(connection: Connection) -> Account:
    """The account that connectors and sync take; its credentials never show themselves.

    Raises
    ------
    SealBroken
        They do not open: they were changed in the database.
    """
    told: Mapping[str, str] = json.loads(_opened(connection, "credentials"))
    return account(
        connection.slug,
        connection.vendor,
        connection.url,
        told,
        {**_found(connection.probe), "mapping": connection.mapping, "write_back": connection.write_back},
        since=connection.since,
        requests_per_minute=connection.requests_per_minute,
        allow=entries(connection.allowed),
    )


def account(
    slug: str,
    vendor: str,
    url: str,
    credentials: Mapping[str, str],
    found: Mapping[str, Any] | None = None,
    **more: Any,
) -> Account:
    """An account from its parts."""
    return Account(slug, vendor, url, dict(credentials), dict(found or {}), **more)


@contextmanager
def running(workspace: Workspace, slug: str, *, stop: Event | None = None, people: bool = False) -> Iterator[Running]:
    """A connected helpdesk ready to be asked, by its name.

    Parameters
    ----------
    people
        Whether the share of the rate that is kept for people may be used.

    Raises
    ------
    NotFound
        There is no such connection.
    Conflict
        It is not proved, or it is paused.
    """
    from maitred.sync.opening import opened

    with opened(workspace, account_of(ready(slug)), stop=stop, people=people) as found:
        yield found


def ready(slug: str, *, signed_out: bool = False) -> Connection:
    """A connection that may be asked.

    Parameters
    ----------
    signed_out
        Also one that was proved once and is refused since: somebody wants to see whether it lets us in again.

    Raises
    ------
    NotFound, Conflict
        There is none; it is not proved, or it is paused.
    """
    connection = access.connection_named(slug)
    if connection is None:
        raise NotFound(f"there is no connection {slug}", "`maitred helpdesks list` shows which there are")
    again = signed_out and connection.state == Connection.REFUSED and connection.probe
    if connection.state != Connection.CONNECTED and not again:
        why = f" ({connection.why})" if connection.why else ""
        raise Conflict(f"{slug} is not connected{why}", "give it what it needs, and test it again")
    if not connection.enabled:
        raise Conflict(f"{slug} is paused", f"`maitred helpdesks resume {slug}` lets it go on")
    return connection


def sealed_credentials(slug: str, credentials: Mapping[str, str]) -> str:
    """What signs in, sealed for its row; inside the transaction that writes it."""
    return seal(keyring(), Secret(json.dumps(dict(credentials), sort_keys=True)), at(slug, "credentials"))


def sealed_hook(slug: str, hook: Hook) -> str:
    """A hook's token and secrets, sealed for their row; inside the transaction that writes them."""
    body = json.dumps({"token": hook.token, "secrets": list(hook.secrets)})
    return seal(keyring(), Secret(body), at(slug, "hook"))


def hook_of(connection: Connection) -> Hook | None:
    """The hook of a connection; None where none was made."""
    if not connection.hook:
        return None
    told = json.loads(_opened(connection, "hook"))
    return Hook(told["token"], tuple(told["secrets"]))


def rotated(before: Hook | None, secret: str | None) -> Hook:
    """A hook with a new secret (made up unless given), the one before it behind it."""
    fresh = secret or random_secrets.token_urlsafe(_BYTES)
    if before is None:
        return Hook(random_secrets.token_urlsafe(_BYTES), (fresh,))
    return Hook(before.token, (fresh, *before.secrets[:1]))


def at(slug: str, column: str) -> str:
    """The place that a sealed column of a connection stands in."""
    return place(Connection._meta.db_table, slug, column)


def entries(told: Sequence[Mapping[str, Any]]) -> tuple[Allowed, ...]:
    """The private addresses of a connection as the transport takes them."""
    return tuple(allowed(one["host"], one["network"], one["ports"]) for one in told)


def tell_meaning(workspace: Workspace, connection: Connection) -> None:
    """Hand what the account's words mean to the source that they are loaded into."""
    known = workspace.ledger.source(connection.slug)
    before = known.settings if known else {}
    foreign = known is not None and known.kind != connection.vendor
    if foreign or before.get("mapping", {}) == connection.mapping:
        return
    settings_ = {**before, "mapping": connection.mapping}
    workspace.ledger.put_source(connection.slug, connection.vendor, settings_)


@contextmanager
def opened_workspace() -> Iterator[Workspace]:
    """The workspace of this installation, closed at the end."""
    from maitred.metrics.refresh import open_workspace

    workspace = open_workspace(Path(settings.MAITRED_HOME))
    try:
        yield workspace
    finally:
        workspace.close()


def hook_path(slug: str, token: str) -> str:
    """The path that a helpdesk calls."""
    return f"/hooks/{slug}/{token}"


def _found(probe: Mapping[str, Any]) -> dict[str, Any]:
    """What the last proof found, as connectors read it: the plan and its settings, who we are there."""
    told = dict(probe.get("settings") or {})
    if probe.get("plan"):
        told.setdefault("plan", probe["plan"])
    if probe.get("user_id"):
        told.setdefault("user_id", probe["user_id"])
    return told


def _opened(connection: Connection, column: str) -> str:
    where = at(connection.slug, column)
    try:
        return unseal(keyring(), getattr(connection, column), where).value
    except KeysMissing:  # its key was retired since it was read: it is sealed with the new one now
        fresh = access.connection_named(connection.slug) or connection
        return unseal(keyring(), getattr(fresh, column), where).value
