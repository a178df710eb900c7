"""The proof of a connection: look at the helpdesk before anything is kept, and say what it found or why it failed.

Nothing of the database is held meanwhile. A proof is patient for seconds, not for minutes: somebody waits for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from maitred.base.egress import EgressRefused, allowed, is_public, plain_host
from maitred.base.errors import Invalid, MaitredError, UsageError
from maitred.connectors import registry, transport
from maitred.connectors.live import Account, Api, Connector, Hint, Probe, Refused
from maitred.desks.helpdesks import accounts

PATIENCE_S = 25.0
_BOUNDS = transport.Bounds(connect_s=4.0, read_s=15.0, total_s=20.0)
_LONGEST_PAUSE_S = 0.5
_WAYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "zendesk": (("email", "token"), ("token",)),
    "salesforce": (("client_id", "client_secret"), ("client_id", "jwt_key", "user")),
}
"""The sets of secrets that sign in, where there is more than one."""
_SEVERAL_LINES = ("jwt_key",)
_LASTING = (400, 401, 403)
"""Answers by which a helpdesk says that it does not let us in."""


class NotProved(Invalid):
    """A helpdesk does not let us in, or is not what it was said to be.

    ``lasting``: it said so itself, so that trying again with the same secrets will not help.
    """

    kind = "not-connected"
    lasting = False


@dataclass(frozen=True, slots=True)
class Wish:
    """A helpdesk that somebody wants to connect."""

    slug: str
    vendor: str
    url: str
    credentials: Mapping[str, str] = field(repr=False)
    since: date | None = None
    requests_per_minute: int | None = None
    allow_private_address: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof found: the connector's probe as JSON has it, and the private addresses that may be met."""

    probe: Mapping[str, Any]
    allowed: Sequence[Mapping[str, Any]]


def prove(wish: Wish) -> Proof:
    """Sign in once and look who we are there, what can be read, what is missing.

    Raises
    ------
    NotProved
        It says in the helpdesk's or the network's words why not, and what to do. No secret is in it.
    """
    with _as_not_proved(wish):
        connector = registry.connector(wish.vendor)
        addresses = private_addresses(wish.url) if wish.allow_private_address else []
        account = accounts.account(
            wish.slug, wish.vendor, wish.url, wish.credentials, since=wish.since,
            requests_per_minute=wish.requests_per_minute, allow=accounts.entries(addresses),
        )  # fmt: skip
        with _asking(connector, account) as api:
            found = connector.probe(api, account)
    return Proof(as_json(found), addresses)


def as_json(found: Probe) -> dict[str, Any]:
    """A probe as it is kept and shown."""
    told = asdict(found)
    return {name: list(one) if isinstance(one, tuple) else one for name, one in told.items()}


def checked(wish: Wish) -> Wish:
    """The wish with its words in order: a plain address, the secrets of one way of signing in, no blanks around them.

    Raises
    ------
    Invalid
        It names each field that does not fit.
    """
    if wish.vendor not in registry.vendors():
        raise _misfit("vendor", f"there is no helpdesk {wish.vendor!r}; there are {', '.join(registry.vendors())}")
    credentials = {name: value.strip() for name, value in wish.credentials.items() if value.strip()}
    ways = ways_of(wish.vendor)
    if frozenset(credentials) not in {frozenset(way) for way in ways}:
        told = " or ".join(", ".join(way) for way in ways)
        raise _misfit("credentials", f"{wish.vendor} signs in with {told}")
    for name, value in credentials.items():
        if name not in _SEVERAL_LINES and (not value.isprintable() or not value.isascii()):
            raise _misfit("credentials", f"{name} is one line of plain characters")
    return Wish(
        wish.slug, wish.vendor, plain_url(wish.url), credentials, wish.since, wish.requests_per_minute,
        wish.allow_private_address,
    )  # fmt: skip


def ways_of(vendor: str) -> tuple[tuple[str, ...], ...]:
    """The sets of secrets, by name, each of which signs in to a helpdesk.

    Raises
    ------
    NotFound, ConnectorBroken
        Nobody offers its connector; the package that does cannot be used.
    """
    return _WAYS.get(vendor) or (tuple(registry.connector(vendor).credentials),)


def plain_url(text: str) -> str:
    """An address as ``https://host[:port]``; what stands behind is left out.

    Raises
    ------
    Invalid
        It is none, or it holds a user's name or password.
    """
    parts = urlsplit(text if "://" in text else f"https://{text}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _misfit("url", "the address has no port of 1 to 65535") from error
    if parts.scheme not in ("https", "http") or not host:
        raise _misfit("url", "this is no address; write it like https://example.zendesk.com")
    if parts.username is not None or parts.password is not None:
        raise _misfit("url", "leave names and passwords out of the address")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{'' if port is None else f':{port}'}"


def private_addresses(url: str) -> list[dict[str, Any]]:
    """The private addresses that a host has now, each as an entry of the allowed ones; none where it is public.

    Raises
    ------
    EgressRefused
        The host has no address.
    UsageError
        One of its addresses is neither public nor private.
    """
    parts = urlsplit(url)
    host = plain_host(parts.hostname or "")
    port = parts.port or (80 if parts.scheme == "http" else 443)
    found = [one for one in _addresses(host, port) if not is_public(one)]
    return [_entry(host, one, port) for one in found]


def _entry(host: str, address: str, port: int) -> dict[str, Any]:
    bare = ip_address(address.partition("%")[0])
    entry = allowed(host, f"{bare}/{bare.max_prefixlen}", (port,))
    return {"host": entry.host, "network": str(entry.network), "ports": sorted(entry.ports)}


def _addresses(host: str, port: int) -> Sequence[str]:
    try:
        ip_address(host)
    except ValueError:
        pass
    else:
        return (host,)
    try:
        return transport.resolved(host, port)
    except OSError as error:
        raise EgressRefused(f"{host} has no address", "check the name", "unresolved") from error


@contextmanager
def _asking(connector: Connector, account: Account) -> Iterator[Api]:
    """The helpdesk, asked for a few seconds and outside of any shared budget: a proof is a dozen requests."""
    from maitred.connectors.api import HttpApi

    def pause(seconds: float) -> None:
        time.sleep(min(seconds, _LONGEST_PAUSE_S))

    with transport.client(allow=account.allow, bounds=_BOUNDS) as client:
        yield HttpApi(client, connector, account, _Patience(account), pause=pause)


class _Patience:
    """The budget of a proof: as much as it needs, for a while, and nothing where the helpdesk wants to be left."""

    def __init__(self, account: Account) -> None:
        self._host = urlsplit(account.url).hostname or account.slug
        self._until = time.monotonic() + PATIENCE_S

    def take(self, bucket: str) -> None:
        if time.monotonic() > self._until:
            raise Refused(f"{self._host} did not answer in {PATIENCE_S:.0f} seconds", "try again later")

    def close(self, bucket: str, seconds: float) -> None:
        raise Refused(f"{self._host} wants no request for {seconds:.0f} seconds", "try again then")

    def learn(self, hint: Hint) -> None:
        """What is left of a limit does not matter here."""


@contextmanager
def _as_not_proved(wish: Wish) -> Iterator[None]:
    try:
        yield
    except UsageError as error:
        raise _misfit("url", error.what) from error
    except Invalid:
        raise
    except MaitredError as error:
        told = NotProved(_without(error.what, wish), _without(error.remedy, wish))
        told.lasting = isinstance(error, Refused) and (error.status in _LASTING or error.reason == "key")
        raise told from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        host = urlsplit(wish.url).hostname
        raise NotProved(f"{host} does not answer as {wish.vendor} does", "look at the address") from error


def _without(text: str, wish: Wish) -> str:
    """A text in which no secret stands, whatever the helpdesk echoed."""
    for value in wish.credentials.values():
        text = text.replace(value, "•••")
    return text


def _misfit(name: str, message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": name, "message": message, "code": "misfit"},))
