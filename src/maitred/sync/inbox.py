"""Webhook calls that were found genuine: each is written down once, and its tickets are fetched anew later.

A call is a hint and no fact: what it says of a ticket is never stored. Lost, doubled and reordered calls are therefore
harmless, and so is a worker that is killed: a ticket waits until it has been fetched after its last call came in.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from maitred.base import clock, faults
from maitred.base.errors import MaitredError, TooMany
from maitred.connectors.live import Accepted
from maitred.sync.exchange import opened, transaction
from maitred.sync.workspace import Workspace

MOST_BYTES = 1024 * 1024
PER_SECOND = 200
AT_ONCE = 100
KEPT_S = 7 * 86400.0
"""How long a call is remembered once its tickets are fetched, so that its repetition is known."""
FAILURES_IN_A_ROW = 3


class TooLarge(MaitredError):
    """A webhook call has more bytes than any helpdesk sends."""

    kind = "too-large"
    status = 413


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an account's inbox holds: tickets to fetch, since when the oldest waits, and how many failed before."""

    tickets: int
    since: str | None
    failed: int


def receive(workspace: Workspace, account: str, accepted: Accepted, body: bytes, received_at: datetime) -> bool:
    """Write a genuine call down; durable when this returns. Returns whether it is new.

    Raises
    ------
    TooLarge
        The body is larger than 1 MiB.
    TooMany
        The account has sent its 200 calls of this second; it says when to come again.
    """
    if len(body) > MOST_BYTES:
        raise TooLarge(f"a call to {account}'s webhook has {len(body)} bytes", f"send at most {MOST_BYTES}")
    call = _Call(account, accepted, hashlib.sha256(body).hexdigest(), received_at.timestamp())
    desk = _desk(str(workspace.ledger.path))
    desk.calls.append(call)
    with desk.writing:
        if not call.written:
            _write(workspace, desk)
    if call.failure is not None:
        raise call.failure
    return call.new


@dataclass(slots=True)
class _Call:
    """A call on its way into the inbox, and what became of it."""

    account: str
    accepted: Accepted
    body_sha256: str
    moment: float
    written: bool = False
    new: bool = False
    failure: BaseException | None = None


@dataclass(slots=True)
class _Desk:
    """Where the calls of one process to one workspace queue: those that come in together share a commit."""

    writing: threading.Lock = field(default_factory=threading.Lock)
    calls: deque[_Call] = field(default_factory=deque)


_DESKS: dict[str, _Desk] = {}
_OPENING = threading.Lock()


def _desk(path: str) -> _Desk:
    with _OPENING:
        return _DESKS.setdefault(path, _Desk())


def _write(workspace: Workspace, desk: _Desk) -> None:
    """Write all that queues by now; each call learns what became of it."""
    batch = [desk.calls.popleft() for _ in range(len(desk.calls))]
    failure: BaseException | None = None
    try:
        with opened(workspace) as db, transaction(db):
            for call in batch:
                _take(db, call)
    except BaseException as error:
        failure = error
        raise
    finally:
        for call in batch:
            call.written = True
            call.failure = failure or call.failure


def _take(db: sqlite3.Connection, call: _Call) -> None:
    account, key = call.account, call.accepted.delivery_id
    try:
        _count(db, account, int(call.moment))
    except TooMany as error:
        call.failure = error
        return
    known = db.execute(
        "SELECT 1 FROM hook_delivery WHERE account = ? AND delivery_id = ? LIMIT 1", (account, key)
    ).fetchone()
    call.new = known is None
    if call.new:
        tickets = list(dict.fromkeys(call.accepted.tickets))
        db.executemany(
            "INSERT INTO hook_delivery (account, delivery_id, ticket, body_sha256, received_at, done_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [(account, key, ticket, call.body_sha256, call.moment, None) for ticket in tickets]
            or [(account, key, "", call.body_sha256, call.moment, call.moment)],
        )


def waiting(workspace: Workspace, account: str) -> Waiting:
    """How much of an account's inbox is still to be fetched."""
    with opened(workspace) as db:
        tickets, since, failed = db.execute(
            "SELECT count(DISTINCT ticket), min(received_at), count(DISTINCT CASE WHEN tries > 0 THEN ticket END) "
            "FROM hook_delivery WHERE account = ? AND done_at IS NULL",
            (account,),
        ).fetchone()
    oldest = None if since is None else clock.iso(datetime.fromtimestamp(since, UTC))
    return Waiting(tickets, oldest, failed)


def drain(
    workspace: Workspace,
    account: str,
    refetch: Callable[[Sequence[str]], object],
    stop: threading.Event | None = None,
) -> int:
    """Fetch the tickets that calls spoke of, a batch at a time; returns how many.

    A call that comes in while its ticket is being fetched waits for the next fetch. A batch that fails is tried later
    again, ticket by ticket, after all others.

    Parameters
    ----------
    refetch
        Fetches these tickets and makes them durable before it returns.

    Raises
    ------
    MaitredError
        What ``refetch`` raised first; raised once the other tickets are done, or at the third failure in a row.
    """
    stop = stop or threading.Event()
    fetched = failures = 0
    failure: MaitredError | None = None
    with opened(workspace) as db:
        last = db.execute("SELECT coalesce(max(number), 0) FROM hook_delivery").fetchone()[0]
        begun = clock.now().timestamp()
        met: set[str] = set()
        while not stop.is_set() and failures < FAILURES_IN_A_ROW:
            tickets = _batch(db, account, last, met)
            if not tickets:
                break
            met |= set(tickets)
            upto = db.execute("SELECT max(number) FROM hook_delivery").fetchone()[0]
            try:
                refetch(tickets)
            except MaitredError as error:
                failure, failures = failure or error, failures + 1
                _settle(db, account, tickets, upto, "tries = tries + 1")
                continue
            failures = 0
            faults.step("inbox.fetched")
            _settle(db, account, tickets, upto, "done_at = ?", clock.now().timestamp())
            fetched += len(tickets)
        db.execute(
            "DELETE FROM hook_delivery WHERE account = ? AND done_at < ?",
            (account, begun - KEPT_S),
        )
    if failure is not None:
        raise failure
    return fetched


def _count(db: sqlite3.Connection, account: str, second: int) -> None:
    row = db.execute("SELECT second, calls FROM hook_rate WHERE account = ?", (account,)).fetchone()
    if row is not None and row[0] == second + 1:  # a call that was slow to get here, beside others of the next second
        second = row[0]
    calls = row[1] if row is not None and row[0] == second else 0
    if calls >= PER_SECOND:
        raise TooMany(f"{account}'s webhook takes {PER_SECOND} calls a second", "send again later", 1)
    db.execute(
        "INSERT INTO hook_rate VALUES (?, ?, ?) "
        "ON CONFLICT (account) DO UPDATE SET second = excluded.second, calls = excluded.calls",
        (account, second, calls + 1),
    )


def _batch(db: sqlite3.Connection, account: str, last: int, met: set[str]) -> list[str]:
    """Tickets to fetch next, the longest waiting first; one alone where it failed before."""
    rows = db.execute(
        "SELECT ticket, max(tries), min(number) FROM hook_delivery "
        "WHERE account = ? AND done_at IS NULL AND number <= ? GROUP BY ticket ORDER BY 2, 3",
        (account, last),
    )
    found: list[str] = []
    for ticket, tries, _ in rows:
        if ticket in met:
            continue
        if tries:
            return found or [ticket]
        found.append(ticket)
        if len(found) == AT_ONCE:
            break
    return found


def _settle(
    db: sqlite3.Connection, account: str, tickets: Sequence[str], upto: int, change: str, *values: float
) -> None:
    with transaction(db):
        db.executemany(
            f"UPDATE hook_delivery SET {change} WHERE account = ? AND ticket = ? AND number <= ? AND done_at IS NULL",
            [(*values, account, ticket, upto) for ticket in tickets],
        )
