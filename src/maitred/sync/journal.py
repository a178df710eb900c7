"""What was changed at a helpdesk, value by value, and the plan that takes it back.

An undo restores only what still is as maitred left it: a field that somebody changed since keeps their value, of tags
only those come off that maitred put on. A note stays; it can be redacted at the helpdesk.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from maitred.base import clock
from maitred.base.errors import Conflict, NotFound
from maitred.connectors.live import Account, Api, Choosy, Connector, Op, Seen, Writer
from maitred.sync import changes as wanted
from maitred.sync.changes import Change
from maitred.sync.exchange import OPEN, opened
from maitred.sync.planning import Plan, plan
from maitred.sync.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Written:
    """One operation that took place.

    ``before`` and ``after`` are a field's values, the former in the helpdesk's own word where it has one; of tags,
    those that came off and those that were put on; of a note, nothing and its text.
    """

    ticket: str
    kind: str
    field: str
    before: Any
    after: Any
    at: str


def enter(
    db: sqlite3.Connection, outbox: int, plan_id: str, account: str, ticket: str, ops: Sequence[Op], before: Any
) -> None:
    """Write down operations that took place; inside the transaction that says so."""
    rows = []
    for op in ops:
        values = {
            "set": (before.get(op.field + wanted.LABEL, before.get(op.field)), op.value),
            "add_tags": ([], op.value),
            "remove_tags": (op.value, []),
            "note": (None, op.value),
        }[op.kind]
        rows.append((outbox, plan_id, account, ticket, op.kind, op.field or "note", *map(json.dumps, values)))
    moment = clock.iso(clock.now())
    db.executemany(
        "INSERT INTO write_journal (outbox, plan_id, account, ticket, kind, field, before_value, after_value, "
        "written_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(*row, moment) for row in rows],
    )


def written(workspace: Workspace, plan_id: str) -> list[Written]:
    """What a plan changed, in the order in which it took place."""
    with opened(workspace) as db:
        rows = db.execute(
            "SELECT ticket, kind, field, before_value, after_value, written_at FROM write_journal "
            "WHERE plan_id = ? ORDER BY number",
            (plan_id,),
        ).fetchall()
    return [Written(row[0], row[1], row[2], json.loads(row[3]), json.loads(row[4]), row[5]) for row in rows]


def undo(workspace: Workspace, connector: Connector, account: Account, plan_id: str, *, api: Api, actor: str) -> Plan:
    """A new plan that takes back what a plan changed, as far as it still stands; to be approved like any other.

    Raises
    ------
    NotFound
        The plan changed nothing on this account.
    Conflict
        Some of the plan is still under way.
    Refused
        The helpdesk could not be read.
    """
    with opened(workspace) as db:
        row = db.execute("SELECT account FROM write_plan WHERE plan_id = ?", (plan_id,)).fetchone()
        open_rows = db.execute(
            f"SELECT count(*) FROM write_outbox WHERE plan_id = ? AND state IN {OPEN}", (plan_id,)
        ).fetchone()[0]
    done = written(workspace, plan_id) if row is not None and row[0] == account.slug else []
    if not done:
        raise NotFound(f"plan {plan_id} changed nothing on {account.slug}", "there is nothing to take back")
    if open_rows:
        text = f"{open_rows} tickets of plan {plan_id} are still to be changed"
        raise Conflict(text, "wait until all of it is done, and then take it back")
    writer = connector.writer()
    tickets = list(dict.fromkeys(one.ticket for one in done))
    seen = writer.see(api, account, tickets) if writer else {}
    changes, remarks = [], []
    for ticket in tickets:
        now = seen.get(ticket)
        ops, told = _back([one for one in reversed(done) if one.ticket == ticket], now)
        ops, refused = _possible(writer, now, ops)
        told += refused
        remarks += [f"ticket {ticket}: {text}" for text in told]
        if ops:
            changes.append(Change(ticket, ops, f"takes back plan {plan_id}"))
    return plan(workspace, connector, account, changes, api=api, actor=actor, undoes=plan_id, remarks=remarks)


def _possible(writer: Writer | None, seen: Seen | None, ops: Sequence[Op]) -> tuple[tuple[Op, ...], list[str]]:
    """The operations that the helpdesk takes, and why the others stay as they are."""
    if seen is None or not isinstance(writer, Choosy):
        return tuple(ops), []
    kept, told = [], []
    for op in ops:
        why = writer.unfit(seen, (op,))
        if why:
            told.append(f"{op.field} stays {wanted.words(seen.values.get(op.field))}: {why}")
        else:
            kept.append(op)
    return tuple(kept), told


def _back(done: Sequence[Written], seen: Seen | None) -> tuple[tuple[Op, ...], list[str]]:
    """The operations that take these back, the last first, and what is left as it is and why."""
    if seen is None:
        return (), ["the helpdesk no longer has it"]
    ops, told = [], []
    here = {tag.casefold() for tag in seen.values.get("tags") or ()}
    for one in done:
        if one.kind == "note":
            told.append("its note stays: a note cannot be taken back, only redacted at the helpdesk")
        elif one.kind == "set":
            if wanted.holds(seen.values, one.field, one.after):
                ops.append(Op("set", one.field, one.before))
            else:
                now = wanted.words(seen.values.get(one.field))
                told.append(f"{one.field} stays {now}: somebody changed it since")
        else:
            added = one.kind == "add_tags"
            tags = list(one.after if added else one.before)
            back = [tag for tag in tags if (tag.casefold() in here) == added]
            if back:
                ops.append(Op("remove_tags" if added else "add_tags", "tags", back))
            if len(back) < len(tags):
                left = ", ".join(tag for tag in tags if tag not in back)
                told.append(f"tags {left} stay {'off' if added else 'on'}: somebody changed them since")
    return tuple(ops), told
