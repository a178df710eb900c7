"""Approved changes on their way to a helpdesk: sent once, found again after any interruption, read back in the end.

A row goes pending -> sending -> sent -> verified, or ends as conflict or failed. Where a process or a connection ends
while a row is sending, what became of it is unknown: nothing is sent again before the ticket has been read, and nothing
at all where somebody else may have changed it in between.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from maitred.base import clock, faults
from maitred.base.errors import Conflict, Denied, Invalid, MaitredError
from maitred.connectors.live import Account, Api, Connector, Op, Refused, Seen, Writer
from maitred.sync import changes as wanted
from maitred.sync import journal, planning
from maitred.sync.exchange import OPEN, opened, transaction
from maitred.sync.workspace import Workspace

AT_ONCE = 50
TRIES = 3
"""Times a change is offered to a helpdesk that says the ticket has moved on, while what it sets has not."""
SETTLE_S = 120.0
"""How long a change whose answer was lost may still be under way: the longest time that a request takes."""
ATTEMPTS = 5
"""Times that a change is sent again whose answer never comes and which never takes place."""

Opened = tuple[Connector, Account, Api]


@dataclass(frozen=True, slots=True)
class Row:
    """A change of one ticket in the outbox.

    ``note`` is the id of the note that it wrote, ``attempts`` how often it may have reached the helpdesk.
    """

    number: int
    plan_id: str
    account: str
    ticket: str
    key: str
    ops: tuple[Op, ...]
    before: dict[str, Any] = field(repr=False)
    sent_stamp: str | None
    state: str
    why: str
    note: str | None
    attempts: int
    changed_at: float


_COLUMNS = (
    "number, plan_id, account, ticket, key, ops, before_values, sent_stamp, state, why, note, attempts, changed_at"
)


def allowed(account: Account) -> bool:
    """Whether the account's settings let maitred change its tickets; they do not unless somebody said so."""
    return account.settings.get("write_back") is True


def approve(workspace: Workspace, account: Account, plan_id: str, actor: str) -> int:
    """Decide that a plan is carried out: what is ready in it goes into the outbox; returns how many tickets.

    Raises
    ------
    Denied
        The account's settings do not allow changes.
    Conflict
        The plan was approved before.
    Invalid
        The plan is another account's, or nothing in it can be sent.
    """
    plan = planning.stored(workspace, plan_id)
    if plan.account != account.slug:
        raise Invalid(f"plan {plan_id} is for {plan.account}, not for {account.slug}", "name that account")
    if not allowed(account):
        raise Denied(f"changes of {account.slug}'s tickets are switched off", "an admin can allow them in its settings")
    if not plan.ready:
        raise Invalid(f"plan {plan_id} has nothing that can be sent", "see in it why, and plan again")
    moment = clock.now()
    with opened(workspace) as db, transaction(db):
        decided = db.execute(
            "UPDATE write_plan SET approved_at = ?, approved_by = ? WHERE plan_id = ? AND approved_at IS NULL",
            (clock.iso(moment), actor, plan_id),
        ).rowcount
        if not decided:
            raise Conflict(f"plan {plan_id} was approved before", "its outcome is shown with it")
        return db.executemany(
            "INSERT INTO write_outbox (plan_id, account, ticket, key, ops, before_values, changed_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, ticket, key) DO NOTHING",
            [
                (
                    plan_id,
                    account.slug,
                    one.ticket,
                    one.key,
                    json.dumps(wanted.dumped(one.ops)),
                    json.dumps(dict(one.before)),
                    moment.timestamp(),
                )
                for one in plan.ready
            ],
        ).rowcount


def rows(workspace: Workspace, plan_id: str) -> list[Row]:
    """What became of a plan's tickets."""
    with opened(workspace) as db:
        return _rows(db, "plan_id = ? ORDER BY number", (plan_id,))


def waiting(workspace: Workspace) -> dict[str, dict[str, int]]:
    """Rows that are not at their end, by account and state."""
    with opened(workspace) as db:
        found = db.execute(
            f"SELECT account, state, count(*) FROM write_outbox WHERE state IN {OPEN} GROUP BY account, state"
        ).fetchall()
    counts: dict[str, dict[str, int]] = {}
    for account, state, number in found:
        counts.setdefault(account, {})[state] = number
    return counts


def drain(
    workspace: Workspace,
    open_account: Callable[[str], Opened],
    stop: threading.Event | None = None,
    *,
    settle_s: float = SETTLE_S,
) -> int:
    """Send what is approved and see that it arrived; returns how many changes came to their end.

    An account whose outbox another process drains is left to it; so is one where changes are switched off by now.

    Parameters
    ----------
    open_account
        Given an account's slug: its connector, the account as it is set now, and its api.
    stop
        Set: end after the change under way.
    settle_s
        Seconds for which a change of unknown outcome is left alone.

    Raises
    ------
    MaitredError
        An account could not be opened or its helpdesk asked; raised once the other accounts are done. Nothing is lost.
    """
    stop = stop or threading.Event()
    ended = 0
    failure: MaitredError | None = None
    for slug in sorted(waiting(workspace)):
        with _alone(workspace, slug) as mine, opened(workspace) as db:
            if not mine:
                continue
            drainer = None
            try:
                connector, account, api = open_account(slug)
                writer = connector.writer()
                if writer is not None and allowed(account):
                    drainer = _Drain(db, writer, account, api, stop, settle_s)
                    drainer.run()
            except MaitredError as error:
                failure = failure or error
            ended += drainer.ended if drainer else 0
    if failure is not None:
        raise failure
    return ended


@dataclass(slots=True)
class _Drain:
    """One account's outbox, drained by the only process that does so."""

    db: sqlite3.Connection
    writer: Writer
    account: Account
    api: Api
    stop: threading.Event
    settle_s: float
    ended: int = 0

    def run(self) -> None:
        self._interrupted()
        self._each("unknown", self._resolve)
        self._each("sent", self._verify)
        self._each("pending", self._send)

    def _each(self, state: str, work: Callable[[Sequence[Row], dict[str, Seen]], None]) -> None:
        """Do it to the rows of a state, so many at once, each row once."""
        last = 0
        while not self.stop.is_set():
            found = _rows(
                self.db,
                "account = ? AND state = ? AND number > ? AND (state <> 'unknown' OR changed_at <= ?) "
                "ORDER BY number LIMIT ?",
                (self.account.slug, state, last, clock.now().timestamp() - self.settle_s, AT_ONCE),
            )
            if not found:
                return
            last = found[-1].number
            work(found, self._see(found))

    def _see(self, found: Sequence[Row]) -> dict[str, Seen]:
        return dict(self.writer.see(self.api, self.account, list(dict.fromkeys(row.ticket for row in found))))

    def _interrupted(self) -> None:
        """Rows that were sending when a process ended: nobody else drains, so nobody is at them now."""
        self.db.execute(
            "UPDATE write_outbox SET state = 'unknown', why = ? WHERE account = ? AND state = 'sending'",
            ("it was interrupted while it was sent", self.account.slug),
        )

    # ------------------------------------------------------------ sending

    def _send(self, found: Sequence[Row], seen: dict[str, Seen]) -> None:
        sent = []
        stale: set[str] = set()
        for row in found:
            if self.stop.is_set():
                break
            if self._is_unsettled(row.ticket):
                continue
            now = self._see([row]) if row.ticket in stale else seen
            stale.add(row.ticket)
            if self._offer(row, now.get(row.ticket)):
                sent.append(row.number)
        if sent:
            rows_sent = _rows(self.db, f"number IN ({','.join('?' * len(sent))}) ORDER BY number", tuple(sent))
            self._verify(rows_sent, self._see(rows_sent))

    def _is_unsettled(self, ticket: str) -> bool:
        """Whether the fate of another change of this ticket is unknown: what comes after it waits."""
        found = self.db.execute(
            "SELECT 1 FROM write_outbox WHERE account = ? AND state = 'unknown' AND ticket = ? LIMIT 1",
            (self.account.slug, ticket),
        ).fetchone()
        return found is not None

    def _offer(self, row: Row, seen: Seen | None) -> bool:
        """Send one change, if the ticket still is as the plan showed it; whether it was sent."""
        for _ in range(TRIES):
            if seen is None:
                self._end(row, "failed", "the helpdesk has no such ticket any more")
                return False
            if seen.locked:
                self._end(row, "failed", seen.locked)
                return False
            ops = wanted.effective(row.ops, seen.values)
            if not ops:
                self._end(row, "verified", "it was so already")
                return False
            moved = wanted.moved(ops, row.before, seen.values)
            if moved:
                self._end(row, "conflict", f"somebody changed it since the plan: {moved}")
                return False
            outcome = self._once(row, seen, ops)
            if outcome is not None:
                return outcome
            if row.attempts:
                self._state(row, "unknown", "the ticket was changed meanwhile, maybe by an earlier attempt")
                return False
            seen = self._see([row]).get(row.ticket)
        self._end(row, "conflict", "the ticket was changed each time that it was to be sent")
        return False

    def _once(self, row: Row, seen: Seen, ops: tuple[Op, ...]) -> bool | None:
        """One sending; None where the helpdesk says that the ticket has moved on, so that nothing was changed."""
        before = wanted.touched(ops, seen)
        with transaction(self.db):
            self.db.execute(
                "UPDATE write_outbox SET state = 'sending', why = '', ops = ?, before_values = ?, sent_stamp = ?, "
                "attempts = attempts + 1, changed_at = ? WHERE number = ?",
                (json.dumps(wanted.dumped(ops)), json.dumps(before), seen.stamp, _moment(), row.number),
            )
        faults.step("outbox.mark")
        mark = _marker(row)
        try:
            faults.step("outbox.send")
            sent = self.writer.send(self.api, self.account, seen, ops, mark)
        except Refused as refusal:
            if refusal.sent:
                self._state(row, "unknown", f"its answer was lost: {refusal.what}")
                return False
            self._untried(row, str(refusal))
            raise
        faults.step("outbox.sent")
        if sent.state == "conflict":
            self._untried(row, sent.why)
            return None
        if sent.state == "failed":
            self._end(row, "failed", sent.why)
            return False
        self._carried_out(row, ops, before, sent.note)
        return True

    def _untried(self, row: Row, why: str) -> None:
        """The helpdesk has certainly not done it."""
        with transaction(self.db):
            self._state(row, "pending", why)
            self.db.execute("UPDATE write_outbox SET attempts = attempts - 1 WHERE number = ?", (row.number,))

    def _carried_out(
        self, row: Row, ops: Sequence[Op], before: dict[str, Any], note: str | None, why: str = ""
    ) -> None:
        with transaction(self.db):
            self._state(row, "sent", why)
            self.db.execute("UPDATE write_outbox SET note = ? WHERE number = ?", (note, row.number))
            journal.enter(self.db, row.number, row.plan_id, row.account, row.ticket, ops, before)

    # ------------------------------------------------------------ reading back

    def _verify(self, found: Sequence[Row], seen: dict[str, Seen]) -> None:
        for row in found:
            now = seen.get(row.ticket)
            if now is None:
                self._end(row, "conflict", "it was carried out, and the ticket is gone since")
                continue
            away = [op for op in wanted.effective(row.ops, now.values) if op.kind != "note"]
            noted = any(op.kind == "note" for op in row.ops)
            try:
                note = row.note or (self._note(row) if noted else None)
            except Refused as refusal:
                self._unread(row, refusal)
                continue
            faults.step("outbox.verify")
            with transaction(self.db):
                self._enter(row, wanted.cleared(row.ops, row.before, now.values))
                self._end(row, *_verdict(row, away, noted and note is None))

    def _note(self, row: Row) -> str | None:
        return self.writer.note(self.api, self.account, row.ticket, _marker(row))

    def _unread(self, row: Row, refusal: Refused) -> None:
        """A ticket whose notes cannot be read waits, and only it, where the helpdesk itself says so."""
        if not 400 <= refusal.status < 500 or refusal.status in (401, 429):
            raise refusal
        self._state(row, row.state, f"its notes could not be read: {refusal.what}")

    def _resolve(self, found: Sequence[Row], seen: dict[str, Seen]) -> None:
        """Find out what became of changes whose sending was interrupted."""
        for row in found:
            now = seen.get(row.ticket)
            if now is None:
                self._end(row, "failed", "it was interrupted, and the helpdesk no longer has the ticket")
                continue
            try:
                note = self._note(row) if any(op.kind == "note" for op in row.ops) else None
            except Refused as refusal:
                self._unread(row, refusal)
                continue
            left = wanted.effective(row.ops, now.values)
            missing = tuple(op for op in left if op.kind != "note" or note is None)
            self._judged(row, now, missing, note)

    def _judged(self, row: Row, now: Seen, missing: tuple[Op, ...], note: str | None) -> None:
        in_place = _without(row.ops, missing)
        if note is not None or not missing:  # a note comes with all else or after it
            self._carried_out(row, row.ops, row.before, note, "found in place after an interruption")
        elif now.stamp == row.sent_stamp and not in_place:
            self._again(row)
        elif all(op.kind == "note" for op in missing):
            with transaction(self.db):
                self._enter(row, (*in_place, *wanted.cleared(in_place, row.before, now.values)))
                self.db.execute(
                    "UPDATE write_outbox SET ops = ?, before_values = '{}' WHERE number = ?",
                    (json.dumps(wanted.dumped(missing)), row.number),
                )
                self._state(row, "pending", "it was interrupted before its note was written")
        else:
            with transaction(self.db):
                self._enter(row, (*in_place, *wanted.cleared(in_place, row.before, now.values)))
                self._end(row, "conflict", _unclear(in_place))

    def _again(self, row: Row) -> None:
        if row.attempts >= ATTEMPTS:
            self._end(row, "failed", f"it was sent {row.attempts} times, and never took place: {row.why}")
        else:
            self._state(row, "pending", f"nothing was changed yet: {row.why}")

    def _enter(self, row: Row, ops: Sequence[Op]) -> None:
        journal.enter(self.db, row.number, row.plan_id, row.account, row.ticket, ops, row.before)

    # ------------------------------------------------------------ states

    def _state(self, row: Row, state: str, why: str) -> None:
        self.db.execute(
            "UPDATE write_outbox SET state = ?, why = ?, changed_at = ? WHERE number = ?",
            (state, why, _moment(), row.number),
        )

    def _end(self, row: Row, state: str, why: str) -> None:
        self._state(row, state, why)
        self.ended += 1


def _verdict(row: Row, away: Sequence[Op], unnoted: bool) -> tuple[str, str]:
    """How a change ended that was carried out: its state, and why."""
    if away:
        fields = ", ".join(sorted({op.field for op in away}))
        return "conflict", f"it was carried out, but a rule or somebody changed {fields} since"
    if unnoted:
        return "conflict", "it was carried out, but its note is not there"
    return "verified", row.why


def _without(ops: Sequence[Op], missing: Sequence[Op]) -> tuple[Op, ...]:
    """What of the operations is in place, given what is missing; tags one by one."""
    placed = []
    for op in ops:
        if op.kind in ("add_tags", "remove_tags"):
            gone = {tag.casefold() for one in missing if one.kind == op.kind for tag in one.value}
            tags = [tag for tag in op.value if tag.casefold() not in gone]
            if tags:
                placed.append(Op(op.kind, "tags", tags))
        elif not any(one.kind == op.kind and one.field == op.field for one in missing):
            placed.append(op)
    return tuple(placed)


def _unclear(in_place: Sequence[Op]) -> str:
    if in_place:
        fields = ", ".join(sorted({op.field or "note" for op in in_place}))
        return f"it was interrupted; {fields} took place, the rest not, or somebody changed it since: plan it again"
    return "it was interrupted, and the ticket was changed since, so that it is not sent again: plan it again"


@contextmanager
def _alone(workspace: Workspace, slug: str) -> Iterator[bool]:
    """Whether no other process drains this account's outbox while the block runs; a dead one's lock is free."""
    handle = os.open(workspace.home / f"outbox-{slug}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _rows(db: sqlite3.Connection, where: str, values: tuple[Any, ...]) -> list[Row]:
    found = db.execute(f"SELECT {_COLUMNS} FROM write_outbox WHERE {where}", values).fetchall()
    return [_row(*row) for row in found]


def _row(number: int, plan_id: str, account: str, ticket: str, key: str, ops: str, before: str, *rest: Any) -> Row:
    return Row(number, plan_id, account, ticket, key, wanted.restored(json.loads(ops)), json.loads(before), *rest)


def _marker(row: Row) -> str:
    return wanted.marker(row.account, row.ticket, row.key)


def _moment() -> float:
    return clock.now().timestamp()
