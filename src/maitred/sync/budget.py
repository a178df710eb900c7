"""How many requests an account may make: token buckets in the ledger's database, shared by all processes.

A bucket fills at the rate that the plan allows, corrected by what replies say; ``Retry-After`` closes the bucket and
not just the call. Of the account's own bucket a sync uses four fifths, so that people and write-back get through.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from maitred.base import clock
from maitred.connectors.api import LONGEST_CLOSED_S
from maitred.connectors.live import Hint, Rate

RESERVE = 0.2
"""The share of the account's bucket that a sync leaves to people and write-back."""
SHARED = "account"
_USUAL = Rate(60)
_WINDOW_S = 60.0
_LONGEST_NAP_S = 60.0


def seconds() -> float:
    """The present moment in seconds since 1970."""
    return clock.now().timestamp()


class SharedBudget:
    """The budget of one account; may be used by several threads.

    Parameters
    ----------
    database
        The ledger's, at its present schema.
    rates
        What each bucket allows, as the connector knows it.
    only
        Requests a minute that replace every bucket of the account.
    people
        Whether the reserve may be used.
    pause
        Waits so many seconds; may raise to give up.
    now
        Seconds since 1970; the account's own time in tests.
    """

    def __init__(
        self,
        database: Path,
        source_id: str,
        rates: Mapping[str, Rate],
        *,
        pause: Callable[[float], None],
        only: int | None = None,
        people: bool = False,
        now: Callable[[], float] = seconds,
    ) -> None:
        self._database, self._source_id = database, source_id
        self._rates, self._only, self._people = dict(rates), only, people
        self._pause, self._now = pause, now
        self._mine = threading.local()

    def take(self, bucket: str) -> float:
        """Return when a request of this bucket may go out; gives the seconds waited."""
        waited = 0.0
        while True:
            wait = self._try(self._bucket(bucket))
            if wait <= 0:
                return waited
            nap = min(wait, _LONGEST_NAP_S)
            waited += nap
            self._pause(nap)

    def close(self, bucket: str, seconds: float) -> None:
        """No request of this bucket for so long; ``*`` closes every bucket of the account."""
        until = self._now() + seconds
        buckets = {self._bucket(name) for name in (self._rates if bucket == "*" else (bucket,))} or {SHARED}
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        for name in sorted(buckets):
            self._row(db, name)
            db.execute(
                "UPDATE sync_bucket SET closed_until = max(closed_until, ?), tokens = min(tokens, 1) "
                "WHERE source_id = ? AND bucket = ?",
                (until, self._source_id, name),
            )
        if bucket == "*":
            db.execute(
                "UPDATE sync_bucket SET closed_until = max(closed_until, ?) WHERE source_id = ?",
                (until, self._source_id),
            )
        db.execute("COMMIT")

    def learn(self, hint: Hint) -> None:
        """What a reply said of a bucket: how much is left, and the rate where it counts by the minute."""
        name = self._bucket(hint.bucket)
        by_minute = hint.resets_s is not None and hint.resets_s <= _WINDOW_S
        if hint.remaining == 0 and hint.resets_s:
            self.close(hint.bucket, hint.resets_s)
            return
        db = self._db
        _, _, per_minute, _, _ = self._row(db, name)
        if by_minute and hint.total and self._only is None and hint.total != per_minute:
            db.execute(
                "UPDATE sync_bucket SET per_minute = ? WHERE source_id = ? AND bucket = ?",
                (float(hint.total), self._source_id, name),
            )
        if hint.remaining is not None:
            db.execute(
                "UPDATE sync_bucket SET tokens = min(tokens, ?) WHERE source_id = ? AND bucket = ?",
                (float(hint.remaining), self._source_id, name),
            )

    def _bucket(self, name: str) -> str:
        return name if self._only is None else SHARED

    @property
    def _db(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._mine, "db", None)
        if db is None:
            db = self._mine.db = sqlite3.connect(self._database, timeout=30, isolation_level=None)
            db.execute("PRAGMA synchronous=NORMAL")  # a power loss gives back a request or two
        return db

    def _row(self, db: sqlite3.Connection, bucket: str) -> tuple[float, float, float, float, float]:
        """Tokens, when they were counted, rate a minute, burst, closed until."""
        found = db.execute(
            "SELECT tokens, at, per_minute, burst, closed_until FROM sync_bucket WHERE source_id = ? AND bucket = ?",
            (self._source_id, bucket),
        ).fetchone()
        rate = self._rates.get(bucket, _USUAL) if self._only is None else Rate(float(self._only))
        if found is None:
            found = (float(rate.burst), self._now(), rate.per_minute, float(rate.burst), 0.0)
            db.execute(
                "INSERT OR IGNORE INTO sync_bucket VALUES (?, ?, ?, ?, ?, ?, ?)", (self._source_id, bucket, *found)
            )
        elif self._only is not None and found[2] != rate.per_minute:
            found = (found[0], found[1], rate.per_minute, *found[3:])
            db.execute(
                "UPDATE sync_bucket SET per_minute = ? WHERE source_id = ? AND bucket = ?",
                (rate.per_minute, self._source_id, bucket),
            )
        return (found[0], found[1], found[2], found[3], found[4])

    def _try(self, bucket: str) -> float:
        """Take a request's worth; else the seconds until it may be tried again."""
        db, now = self._db, self._now()
        cost = 1 / (1 - RESERVE) if bucket == SHARED and self._only is None and not self._people else 1.0
        db.execute("BEGIN IMMEDIATE")
        try:
            tokens, at, per_minute, burst, closed_until = self._row(db, bucket)
            if closed_until > now + LONGEST_CLOSED_S:  # longer than any pause: the machine's clock went back since
                closed_until = now + LONGEST_CLOSED_S
                db.execute(
                    "UPDATE sync_bucket SET closed_until = ? WHERE source_id = ? AND bucket = ?",
                    (closed_until, self._source_id, bucket),
                )
            if closed_until > now:
                return closed_until - now
            most = max(burst, cost)
            tokens = min(most, tokens + max(now - at, 0.0) * per_minute / 60)
            enough = tokens >= cost - 1e-9
            db.execute(
                "UPDATE sync_bucket SET tokens = ?, at = ? WHERE source_id = ? AND bucket = ?",
                (tokens - cost if enough else tokens, now, self._source_id, bucket),
            )
            return 0.0 if enough else (cost - tokens) * 60 / max(per_minute, 1e-6)
        finally:
            db.execute("COMMIT")
