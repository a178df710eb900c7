"""What the verbs of helpdesks take and answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from maitred.desks.helpdesks import writing
from maitred.desks.helpdesks.models import LONGEST_SLUG, Connection
from maitred.kit.verbs import Names
from maitred.sync.outbox import Row
from maitred.sync.planning import Plan

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=LONGEST_SLUG), Names("connection")]
NewSlug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=LONGEST_SLUG)]
Vendor = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=300)]
SecretText = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Credentials = Annotated[
    dict[str, SecretText], Field(max_length=8, json_schema_extra={"format": "password", "writeOnly": True})
]
HookSecret = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=16, max_length=400),
    Field(json_schema_extra={"format": "password", "writeOnly": True}),
]
PerMinute = Annotated[int, Field(ge=1, le=10_000)]
PlanId = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{1,32}$"), Names("plan")]
_ONE = BeforeValidator(lambda given: [given] if isinstance(given, str) else given)
"""One word where several may be given."""
Ticket = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Tickets = Annotated[tuple[Ticket, ...], Field(min_length=1, max_length=writing.MOST), _ONE]
OpText = Annotated[str, StringConstraints(min_length=3, max_length=4_000)]
Ops = Annotated[tuple[OpText, ...], Field(min_length=1, max_length=20), _ONE]
SeenValues = Annotated[tuple[OpText, ...], Field(max_length=20), _ONE]
StreamNames = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]{1,60}$")], ...], Field(max_length=40), _ONE
]
State = Literal["proving", "connected", "refused"]


@dataclass(frozen=True, slots=True)
class ConnectionShown:
    """A connected helpdesk; what signs in is never shown.

    ``available`` and ``missing`` are streams, the latter with the reason; ``history`` says how much of the past to
    expect, ``plan`` what the vendor calls the account's plan. ``hook`` says whether the helpdesk may call.
    """

    slug: str
    vendor: str
    url: str
    state: State
    why: str
    enabled: bool
    write_back: bool
    writable: bool
    since: date | None
    requests_per_minute: int | None
    allow_private_address: bool
    allowed: tuple[Mapping[str, Any], ...]
    probed_at: datetime | None
    user: str
    plan: str
    available: tuple[str, ...]
    missing: Mapping[str, str]
    history: str
    notices: tuple[str, ...]
    mapping: Mapping[str, Any]
    hook: bool
    hook_rotated_at: datetime | None
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Doing:
    """A job of a connection that waits or runs, and how far it is."""

    job: int
    kind: str
    state: str
    done: int
    total: int
    what: str


@dataclass(frozen=True, slots=True)
class StatusShown:
    """How the reading of a helpdesk goes.

    ``sync`` is the engine's own account of it: streams with their cursors and lag, expected and counted tickets, gaps,
    what is left of the budget. ``inbox`` are tickets that webhook calls named and that wait, ``outbox`` changes that
    are not at their end, by state.
    """

    connection: ConnectionShown
    sync: Mapping[str, Any]
    inbox: Mapping[str, Any]
    outbox: Mapping[str, int]
    doing: tuple[Doing, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The job that does it."""

    job: int


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The name of a connection that is gone; what was read from it stays."""

    slug: str


@dataclass(frozen=True, slots=True)
class HookShown:
    """Where the helpdesk is to call and what it proves itself with; shown this once."""

    slug: str
    path: str
    secret: str
    version: int


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a ticket before and after."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class TicketPlanned:
    """What would become of a ticket, or what became of it (``state``, ``outcome``; empty before it was approved)."""

    ticket: str
    verdict: str
    why: str
    changes: tuple[Change, ...]
    reason: str
    state: str
    outcome: str


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A dry run of changes; ``ready`` of its tickets would be changed, ``states`` counts what became of them."""

    plan: str
    slug: str
    made_at: str
    made_by: str
    undoes: str | None
    approved_at: str | None
    approved_by: str | None
    ready: int
    verdicts: Mapping[str, int]
    states: Mapping[str, int]
    requests: int
    minutes: float
    remarks: tuple[str, ...]
    tickets: tuple[TicketPlanned, ...]


@dataclass(frozen=True, slots=True)
class Plans:
    """The newest plans of a connection, newest first, without their tickets."""

    plans: tuple[PlanShown, ...]


def shown(row: Connection) -> ConnectionShown:
    """A connection as verbs answer it."""
    probe = row.probe
    return ConnectionShown(
        row.slug, row.vendor, row.url, row.state, row.why, row.enabled, row.write_back, writing.writable(row.vendor),  # type: ignore[arg-type]
        row.since, row.requests_per_minute, row.allow_private_address, tuple(row.allowed), row.probed_at,
        str(probe.get("user") or ""), str(probe.get("plan") or ""), tuple(probe.get("available") or ()),
        dict(probe.get("missing") or {}), str(probe.get("history") or ""), tuple(probe.get("notices") or ()),
        row.mapping, bool(row.hook), row.hook_rotated_at, row.created_at, row.version,
    )  # fmt: skip


def plan_shown(plan: Plan, rows: list[Row], *, tickets: bool = True) -> PlanShown:
    """A plan as verbs answer it, with what became of it."""
    verdicts, states = [one.verdict for one in plan.tickets], [row.state for row in rows]
    became = {row.ticket: row for row in rows}
    return PlanShown(
        plan.plan_id, plan.account, plan.made_at, plan.made_by, plan.undoes, plan.approved_at, plan.approved_by,
        len(plan.ready), {name: verdicts.count(name) for name in sorted(set(verdicts))},
        {name: states.count(name) for name in sorted(set(states))}, plan.requests, plan.minutes, plan.remarks,
        tuple(_ticket(one, became.get(one.ticket)) for one in plan.tickets) if tickets else (),
    )  # fmt: skip


def _ticket(one: Any, row: Row | None) -> TicketPlanned:
    changes = tuple(Change(each.field, each.before, each.after) for each in one.differences)
    state, outcome = (row.state, row.why) if row else ("", "")
    return TicketPlanned(one.ticket, one.verdict, one.why, changes, one.reason, state, outcome)
