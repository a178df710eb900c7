"""Changes of ours that come back through a helpdesk's own history: told apart from those of the connection's user.

What the outbox sent is known by ticket, field and value, by the helpdesk's own stamp of the state before it, and by the
user whose key it was sent with; a note carries its marker. Each sent operation answers for one change at most, the
first that fits, and that is remembered. Such events have the actor type ``system``, ``by_maitred`` as their ``via`` and
the plan as their rule; such notes are ``automated``. Nobody's work is counted by them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from maitred.sync import changes as wanted
from maitred.sync.ledger import Ledger, Source
from maitred.sync.workspace import Workspace

VIA = "by_maitred"
RULE = "maitred:"
"""What stands before the plan's id in the ``rule_id`` of an event."""
_AT_ONCE = 500
_MARK = re.compile(re.escape(wanted.MARK) + r"[0-9a-f]{8}\]")
_EVENT = ("ticket_id", "occurred_at", "seq", "external_id", "batch_id", "field", "old_value", "new_value", "new_raw")


@dataclass(slots=True)
class _Sent:
    """One operation that may have reached the helpdesk. ``batch``: the change of the history that it answers for."""

    number: int
    plan: str
    kind: str
    field: str
    value: Any
    since: datetime
    batch: str | None = None

    def made(self, event: Mapping[str, Any]) -> bool:
        """Whether an event tells of this operation."""
        if event["field"] != self.field or event["occurred_at"] < self.since:
            return False
        if self.kind == "set":
            return any(wanted.same(event[name], self.value) for name in ("new_value", "new_raw"))
        before, after = _tags(event["old_value"]), _tags(event["new_value"])
        named = {str(tag).casefold() for tag in self.value}
        return named <= after - before if self.kind == "add_tags" else named <= before and not named & after


@dataclass(slots=True)
class Ours:
    """The changes that an account's outbox sent, beside the id of the user whose key they were sent with."""

    ledger: Ledger
    account: str
    user: str | None
    tickets: frozenset[str] = field(repr=False)

    def told_apart(self, name: str, rows: pa.Table) -> pa.Table:
        """The rows of a table, those that tell of our changes marked as such."""
        if not self.tickets or not rows.num_rows:
            return rows
        if name == "ticket_events" and self.user is not None:
            return self._events(rows)
        return self._notes(rows) if name == "messages" else rows

    def _events(self, rows: pa.Table) -> pa.Table:
        candidate = pc.and_(pc.equal(rows["actor_id"], self.user), pc.not_equal(rows["actor_type"], "system"))
        candidate = pc.fill_null(pc.and_(candidate, pc.is_in(rows["ticket_id"], self._known())), False)
        if not pc.any(candidate).as_py():
            return rows
        some = rows.filter(candidate).select(list(_EVENT))
        events = sorted(some.to_pylist(), key=lambda one: (one["occurred_at"], one["seq"], one["external_id"]))
        plans = self._claimed(events)
        named = [plans.get((ticket, batch or event)) for ticket, batch, event in zip(
            *(rows[column].to_pylist() for column in ("ticket_id", "batch_id", "external_id")), strict=True
        )]  # fmt: skip
        mine = pc.and_(candidate, pa.array([plan is not None for plan in named]))
        rules = pa.array([None if plan is None else f"{RULE}{plan}" for plan in named], pa.string())
        return _with(rows, mine, {"actor_type": pa.scalar("system"), "via": pa.scalar(VIA), "rule_id": rules})

    def _claimed(self, events: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
        """Ticket and batch of the changes that are ours, each with its plan; what is found first is remembered."""
        sent = self._sent({one["ticket_id"] for one in events})
        plans = {(ticket, one.batch): one.plan for ticket, ops in sent.items() for one in ops if one.batch}
        fresh: list[tuple[str, int, str, str]] = []
        for event in events:
            place = (event["ticket_id"], event["batch_id"] or event["external_id"])
            for one in sent.get(event["ticket_id"], ()):
                if one.batch is None and one.made(event) and plans.get(place, one.plan) == one.plan:
                    one.batch = place[1]
                    plans[place] = one.plan
                    fresh.append((self.account, one.number, f"{one.kind}:{one.field}", place[1]))
                    break
        if fresh:
            with self.ledger.transaction() as db:
                db.executemany("INSERT OR IGNORE INTO write_claim VALUES (?, ?, ?, ?)", fresh)
        return plans

    def _sent(self, tickets: Iterable[str]) -> dict[str, list[_Sent]]:
        """What was sent to each of these tickets, operation by operation, in the order in which it was."""
        db = self.ledger.connection
        found: dict[str, list[_Sent]] = {}
        for some in _parts(sorted(tickets)):
            marks = ",".join("?" * len(some))
            rows = db.execute(
                "SELECT number, plan_id, ticket, ops, sent_stamp FROM write_outbox WHERE account = ? AND attempts > 0 "
                f"AND state NOT IN ('pending', 'failed') AND ticket IN ({marks}) ORDER BY number",
                (self.account, *some),
            ).fetchall()
            for number, plan, ticket, ops, stamp in rows:
                since = _instant(stamp)
                if since is not None:
                    told = self._operations(number, ops)
                    found.setdefault(ticket, []).extend(_Sent(number, plan, *one, since) for one in told)
        self._remembered(one for ops in found.values() for one in ops)
        return found

    def _operations(self, number: int, ops: str) -> list[tuple[str, str, Any]]:
        """Kind, field and value of what a row of the outbox sent: what is still in it, and what its journal says."""
        told = {(one["kind"], one["field"]): one["value"] for one in json.loads(ops)}
        rows = self.ledger.connection.execute(
            "SELECT kind, field, before_value, after_value FROM write_journal WHERE outbox = ?", (number,)
        ).fetchall()
        for kind, name, before, after in rows:
            told.setdefault((kind, name), json.loads(before if kind == "remove_tags" else after))
        return [(kind, name, value) for (kind, name), value in told.items() if kind != "note"]

    def _remembered(self, sent: Iterable[_Sent]) -> None:
        for one in sent:
            row = self.ledger.connection.execute(
                "SELECT batch FROM write_claim WHERE account = ? AND outbox = ? AND op = ?",
                (self.account, one.number, f"{one.kind}:{one.field}"),
            ).fetchone()
            one.batch = row[0] if row else None

    def _notes(self, rows: pa.Table) -> pa.Table:
        candidate = pc.and_(pc.equal(rows["direction"], "internal"), pc.is_in(rows["ticket_id"], self._known()))
        candidate = pc.and_(candidate, pc.match_substring(rows["body_text"], wanted.MARK))
        if not pc.any(pc.fill_null(candidate, False)).as_py():
            return rows
        markers = self._markers(set(rows.filter(pc.fill_null(candidate, False))["ticket_id"].to_pylist()))
        texts = zip(rows["ticket_id"].to_pylist(), rows["body_text"].to_pylist(), strict=True)
        mine = pa.array([bool(markers.get(ticket, set()) & set(_MARK.findall(text or ""))) for ticket, text in texts])
        return _with(rows, mine, {"author_type": pa.scalar("system"), "automated": pa.scalar(True)})

    def _markers(self, tickets: set[str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for some in _parts(sorted(tickets)):
            rows = self.ledger.connection.execute(
                "SELECT ticket, key FROM write_outbox WHERE account = ? AND attempts > 0 "
                f"AND ticket IN ({','.join('?' * len(some))})",
                (self.account, *some),
            )
            for ticket, key in rows:
                found.setdefault(ticket, set()).add(wanted.marker(self.account, ticket, key))
        return found

    def _known(self) -> pa.Array:
        return pa.array(sorted(self.tickets), pa.string())


def of(workspace: Workspace, source: Source) -> Ours:
    """The changes of ours at the account that a source is read from; none where nothing was sent to it."""
    db = workspace.ledger.connection
    tickets = db.execute(
        "SELECT DISTINCT ticket FROM write_outbox WHERE account = ? AND attempts > 0", (source.source_id,)
    ).fetchall()
    row = db.execute("SELECT probe FROM sync_account WHERE source_id = ?", (source.source_id,)).fetchone()
    user = json.loads(row[0]).get("user_id") if row else None
    return Ours(workspace.ledger, source.source_id, user, frozenset(ticket for (ticket,) in tickets))


def _parts(tickets: Sequence[str]) -> Iterable[Sequence[str]]:
    return (tickets[place : place + _AT_ONCE] for place in range(0, len(tickets), _AT_ONCE))


def _instant(stamp: str | None) -> datetime | None:
    """A helpdesk's stamp; None where it is no instant, so that nothing can be told by it."""
    try:
        found = datetime.fromisoformat(stamp or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _tags(value: str | None) -> set[str]:
    """The tags of an event's value, as they are compared."""
    found = json.loads(value) if value and value.startswith("[") else (value or "").split(",")
    return {str(tag).strip().casefold() for tag in found if str(tag).strip()}


def _with(rows: pa.Table, mine: Any, columns: Mapping[str, Any]) -> pa.Table:
    for name, value in columns.items():
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, rows.schema.field(place), pc.if_else(mine, value, rows[name]))
    return rows
