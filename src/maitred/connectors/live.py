"""How a helpdesk is read and written live: what a connector offers, and what the sync engine hands it.

A connector answers in pages, each with the cursor that leads on from it, and knows nothing of the database; the engine
makes a page durable, then its cursor, and may begin again from any cursor that was ever yielded. Decoders are those of
the file import: a page holds the vendor's objects under a stream's name of ``connectors.streams``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol, runtime_checkable

from maitred.base.egress import Allowed
from maitred.base.errors import MaitredError
from maitred.connectors.decoded import Decoded
from maitred.connectors.page import Record
from maitred.connectors.streams import Stream as Feed

Cursor = dict[str, Any]
"""A small JSON object made of the server's data only; ``v`` is its version."""
Kind = Literal["cursor", "keyset", "full", "children", "file_day"]


@dataclass(frozen=True, slots=True)
class Account:
    """One connected helpdesk. ``slug`` is the source's name; ``credentials`` are never printed."""

    slug: str
    vendor: str
    url: str
    credentials: Mapping[str, str] = field(repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict)
    since: date | None = None
    requests_per_minute: int | None = None
    allow: tuple[Allowed, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a helpdesk: parsed JSON, or text where CSV was asked for. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: Any
    server_time: datetime


class Api(Protocol):
    """Requests to one account, within its budget, retried where that is safe, refused where the address is wrong.

    A path is relative to the account's URL (or a full URL of the same host, as in a ``next`` link).
    """

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        bucket: str = "account",
        accept: Sequence[int] = (200,),
        csv: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Ask; a status outside ``accept`` raises ``Refused`` once retries are used up."""
        ...

    def send(
        self,
        method: Literal["POST", "PUT", "PATCH", "DELETE"],
        path: str,
        body: Any = None,
        *,
        bucket: str = "write",
        accept: Sequence[int] = (200, 201, 202, 204),
        repeatable: bool = False,
        signed: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Change something; sent once, unless it is ``repeatable`` (the making of a query job) or was turned away.

        ``signed=False``: a sign-in itself, whose body is a form.
        """
        ...


class Refused(MaitredError):
    """The helpdesk did not give what was asked. ``status`` is 0 where no answer came; ``reason`` a short code."""

    kind = "helpdesk-refused"

    def __init__(
        self, what: str, remedy: str = "", *, status: int = 0, reason: str = "", body: Any = None, sent: bool = False
    ) -> None:
        super().__init__(what, remedy)
        self.status, self.reason, self.body, self.sent = status, reason, body, sent
        """``sent``: the request may have reached the helpdesk, so that a change may have been made."""


SIGNED_OUT = ("signed-out", "key")
"""Reasons of a ``Refused`` that say that what an account signs in with no longer holds."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one bucket of requests may use: so many a minute, so many at once."""

    per_minute: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Hint:
    """What a reply says of a bucket: how much is left of how much, and in how many seconds it is full again."""

    bucket: str
    remaining: int | None = None
    total: int | None = None
    resets_s: float | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """One page of a stream.

    Attributes
    ----------
    records
        The vendor's objects, untouched.
    cursor
        Where to go on once this page is durable.
    complete
        The stream has reached its end, as far as the helpdesk can tell now.
    done
        Parents whose children are all in this or earlier pages (streams of kind ``children``).
    gap
        Why something may be missing here, where the connector knows of it.
    """

    records: list[Record]
    cursor: Cursor
    complete: bool
    server_time: datetime
    requests: int = 1
    done: tuple[str, ...] = ()
    gap: str | None = None


class Reading(Protocol):
    """What a stream is given to read with."""

    @property
    def api(self) -> Api: ...
    @property
    def account(self) -> Account: ...
    @property
    def settings(self) -> Mapping[str, Any]:
        """What the probe of this run found (plan, fields per object, features)."""
        ...

    def todo(self, limit: int) -> list[str]:
        """Ids of parents (tickets) that were landed and whose children this stream has not yet read; oldest first."""
        ...


class Stream(Protocol):
    """One kind of record that is read live. ``name`` is one of ``connectors.streams``; ``needs`` come before it."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def bucket(self) -> str: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    @property
    def parents(self) -> str | None:
        """For ``children``: the stream whose landed records are the parents."""
        ...

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """Pages from a cursor on (None: from the beginning, or the account's ``since``).

        Raises
        ------
        Refused
            The stream cannot go on; what was yielded stands.
        """
        ...


@runtime_checkable
class Concerned(Protocol):
    """A stream of children that depends on a part of each parent only."""

    def concern(self, parent: Record) -> Any | None:
        """What of a parent tells that its children changed; None where it has none."""
        ...


@dataclass(frozen=True, slots=True)
class Probe:
    """What a first look at an account found: who we are there, what is possible, what is missing and why."""

    account: str
    user: str
    plan: str
    settings: Mapping[str, Any]
    available: tuple[str, ...]
    missing: Mapping[str, str]
    history: str
    notices: tuple[str, ...] = ()
    user_id: str | None = None


class Connector(Protocol):
    """A helpdesk, as the entry point group ``maitred.connectors`` offers it."""

    @property
    def vendor(self) -> str: ...
    @property
    def credentials(self) -> tuple[str, ...]:
        """Names of the secrets it signs in with, e.g. ``("email", "token")``."""
        ...

    def authorize(self, account: Account, api: Api, stale: bool) -> Mapping[str, str]:
        """Headers that sign a request in; with ``stale`` the last ones were refused (a token is fetched anew)."""
        ...

    def rates(self, account: Account) -> Mapping[str, Rate]: ...
    def hints(self, path: str, headers: Mapping[str, str]) -> Sequence[Hint]: ...
    def exhausted(self, reply: Reply) -> float | None:
        """Seconds to keep the account still, where the helpdesk says so in its own words (no 429); else None."""
        ...

    def probe(self, api: Api, account: Account) -> Probe: ...
    def streams(self, account: Account) -> Sequence[Stream]:
        """In the order of one cycle: lists, people, tickets, what happened, ratings."""
        ...

    def count(self, api: Api, account: Account) -> int | None:
        """Tickets at the source, as it counts them; None where it does not."""
        ...

    def ids(self, reading: Reading) -> Iterator[tuple[str, ...]]:
        """Every ticket's id, page by page (for the id reconcile)."""
        ...

    def refetch(self, reading: Reading, tickets: Sequence[str]) -> Iterator[tuple[str, Fetched]]:
        """These tickets and what hangs on them, as pages by stream name; a ticket that is not there is left out."""
        ...

    def absent(self, reading: Reading, tickets: Sequence[str]) -> Sequence[str]:
        """Which of these the helpdesk itself says that it does not have (each asked for by id)."""
        ...

    def writer(self) -> Writer | None: ...
    def hook(self, delivery: Delivery) -> Accepted | None:
        """Read a webhook call; None where its signature or token does not hold."""
        ...


@runtime_checkable
class Daily(Protocol):
    """A connector whose helpdesk counts the tickets that were created in a time; beside ``Connector``."""

    def count_between(self, reading: Reading, since: datetime, until: datetime) -> int:
        """Tickets that were created from one instant on and before another; deleted ones are left out.

        Raises
        ------
        Refused
            The helpdesk does not count them now.
        """
        ...

    def created_between(self, reading: Reading, since: datetime, until: datetime) -> Iterator[tuple[str, ...]]:
        """The ids of these tickets, page by page; such of deleted ones may be among them."""
        ...


@runtime_checkable
class Binned(Protocol):
    """A connector whose helpdesk keeps deleted tickets for a while; beside ``Connector``."""

    def binned(self, reading: Reading, tickets: Sequence[str]) -> Sequence[str]:
        """Which of these deleted tickets are still kept there, and can come back."""
        ...


@runtime_checkable
class Undated(Protocol):
    """A connector that says why its helpdesk's tickets cannot be counted by day."""

    @property
    def not_by_day(self) -> str: ...


class Decoding(Protocol):
    """What the connector of another package brings beside: what its records become.

    Our own vendors' decoders are found by their name, since files are imported by them too.
    """

    @property
    def feeds(self) -> Mapping[str, Feed]:
        """The streams by name, in the order in which they are loaded: configuration, people, tickets, their parts."""
        ...

    def decode(self, stream: str, records: Sequence[object]) -> Decoded:
        """Canonical rows of a page's records; pure and total: what cannot be read becomes a ``Bad``, never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook call as it came: header names in lower case, the raw body, the secrets that hold now."""

    headers: Mapping[str, str]
    body: bytes
    secrets: tuple[str, ...] = field(repr=False)
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """A genuine call: its own id (for the replay guard) and the tickets it speaks of."""

    delivery_id: str
    tickets: tuple[str, ...]


# ---------------------------------------------------------------- write-back


@dataclass(frozen=True, slots=True)
class Op:
    """One change of one ticket. ``field``: canonical name (status, priority, assignee, group, ``custom:<key>``), or
    ``tags`` or ``note``; ``value``: the wanted value, a list of tags, or a note's text."""

    kind: Literal["set", "add_tags", "remove_tags", "note"]
    field: str
    value: Any


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket as the helpdesk has it now: canonical values by field, its stamp, and why it may not be changed."""

    ticket: str
    stamp: str
    values: Mapping[str, Any]
    locked: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a change: ``conflict`` where the ticket had moved on; the note's id where one was written."""

    state: Literal["sent", "conflict", "failed"]
    why: str = ""
    stamp: str = ""
    note: str | None = None


class Writer(Protocol):
    """How one helpdesk's tickets are changed. No method repeats a request that may have been carried out."""

    def see(self, api: Api, account: Account, tickets: Sequence[str]) -> Mapping[str, Seen]:
        """The tickets as they are now; one that is gone is left out."""
        ...

    def requests(self, ops: Sequence[Op]) -> int:
        """How many requests a change of one ticket needs, reading included."""
        ...

    def send(self, api: Api, account: Account, seen: Seen, ops: Sequence[Op], marker: str) -> Sent:
        """Carry out the change if the ticket still is as it was seen; a note carries the marker in its text."""
        ...

    def note(self, api: Api, account: Account, ticket: str, marker: str) -> str | None:
        """The id of the internal note that carries this marker, if the ticket has one."""
        ...


@runtime_checkable
class Choosy(Protocol):
    """A ``Writer`` that tells beforehand what its helpdesk does not take; beside ``Writer``."""

    def unfit(self, seen: Seen, ops: Sequence[Op]) -> str:
        """Why a change cannot be made of a ticket as it was seen; empty where it can. Nothing is asked."""
        ...
