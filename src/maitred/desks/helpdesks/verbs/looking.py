"""What happened in the last runs of a helpdesk, what was set aside and why, and what a plan changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from maitred.desks.helpdesks import accounts, writing
from maitred.desks.helpdesks.access import access_connection
from maitred.desks.helpdesks.verbs.shapes import PlanId, Slug
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.verbs import Limit, question

Offset = Annotated[int, Field(ge=0, le=1_000_000)]
StreamWord = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]{0,60}$")]


@dataclass(frozen=True, slots=True)
class RunShown:
    """One run: when, whether it came to its end (None while it runs), and what its streams did together.

    ``reasons`` says why by stream, where one did not come to its end; ``tickets`` are records of tickets.
    """

    run: int
    started_at: datetime
    ended_at: datetime | None
    complete: bool | None
    records: int
    tickets: int
    loaded: int
    superseded: int
    quarantined: int
    deleted: int
    requests: int
    retries: int
    waited_s: float
    reasons: Mapping[str, str]
    publication: int | None
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Runs:
    """The last runs, newest first."""

    runs: tuple[RunShown, ...]


@dataclass(frozen=True, slots=True)
class AsideShown:
    """One record that could not become a row: where it lies, and what is wrong with which field."""

    stream: str
    key: str
    field: str
    code: str
    why: str
    page: str
    row: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Aside:
    """Records that were set aside, oldest first; ``total`` counts all of them."""

    total: int
    streams: Mapping[str, int]
    rows: tuple[AsideShown, ...]


@dataclass(frozen=True, slots=True)
class WrittenShown:
    """One operation that took place at the helpdesk."""

    ticket: str
    kind: str
    field: str
    before: Any
    after: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class Journal:
    """What a plan changed, in the order in which it took place."""

    written: tuple[WrittenShown, ...]


@question(needs=Right.OPERATION_READ, example={"connection": "demo"})
def runs(actor: Actor, connection: Slug, limit: Limit = 10) -> Runs:
    """Show the last runs of a helpdesk, newest first."""
    from maitred.sync import health

    row = access_connection(actor, connection)
    with accounts.opened_workspace() as workspace:
        return Runs(tuple(_run(one) for one in health.runs(workspace, row.slug, limit)))


@question(needs=Right.OPERATION_READ, example={"connection": "demo"})
def set_aside(actor: Actor, connection: Slug, stream: StreamWord = "", offset: Offset = 0, limit: Limit = 50) -> Aside:
    """List the records of a helpdesk that were set aside, each with what is wrong.

    Parameters
    ----------
    stream
        Only of this stream.
    offset
        How many to leave out at the beginning.
    """
    row = access_connection(actor, connection)
    with accounts.opened_workspace() as workspace:
        found = workspace.ledger.quarantine(row.slug)
    streams: dict[str, int] = {}
    for one in found:
        streams[one["stream"]] = streams.get(one["stream"], 0) + 1
    wanted = [one for one in found if stream in ("", one["stream"])]
    return Aside(len(wanted), streams, tuple(_aside(one) for one in wanted[offset : offset + limit]))


@question(needs=Right.WRITE_BACK, example={"plan": "0a1b2c3d4e5f"})
def written(actor: Actor, plan: PlanId) -> Journal:
    """Show what a plan changed at the helpdesk, value by value."""
    from maitred.sync import journal

    found = writing.access_plan(actor, plan)
    with accounts.opened_workspace() as workspace:
        rows = journal.written(workspace, found.plan_id)
    return Journal(
        tuple(WrittenShown(one.ticket, one.kind, one.field, one.before, one.after, _instant(one.at)) for one in rows)
    )


def _run(one: Mapping[str, Any]) -> RunShown:
    streams = one.get("streams") or []

    def total(name: str) -> Any:
        return sum(each.get(name) or 0 for each in streams)

    reasons = {each["stream"]: each["reason"] for each in streams if each.get("reason")}
    if one.get("refusal"):
        reasons[""] = one["refusal"]
    return RunShown(
        one["run"], _instant(one["started_at"]), _instant(one["ended_at"]) if one["ended_at"] else None,
        one["complete"], total("records"),
        sum(each["records"] for each in streams if each["stream"] in ("tickets", "Case")), total("loaded"),
        total("superseded"), total("quarantined"), total("deleted"), total("requests"), total("retries"),
        float(total("waited_s")), reasons, one.get("publication"), tuple(one.get("notices") or ()),
    )  # fmt: skip


def _aside(one: Mapping[str, Any]) -> AsideShown:
    return AsideShown(
        one["stream"], str(one["key"] or ""), one["field"], one["code"], one["message"], one["file"], one["row"],
        _instant(one["first_seen"]),
    )  # fmt: skip


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
