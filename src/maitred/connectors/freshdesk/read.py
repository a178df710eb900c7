"""What is read from a live Freshdesk account, in which order, and where each stream goes on after an interruption.

Tickets are a keyset of their own, in ``tickets``. Lists come whole; ratings and times worked are read again for thirty
days. What Freshdesk lets nobody sort is read by page and taken up again where its last records are found: see
``paging``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from maitred.base import clock
from maitred.connectors.freshdesk.paging import (
    ACCOUNT,
    BASE,
    Listing,
    Step,
    before,
    flagged,
    parsed,
    records_of,
    stamp,
    start,
    written,
)
from maitred.connectors.freshdesk.tickets import Tickets
from maitred.connectors.live import Account, Api, Cursor, Fetched, Kind, Reading, Stream
from maitred.connectors.page import Record

AGAIN, ALL_AGAIN = timedelta(days=30), timedelta(days=7)
CONTACTS = ("live", "deleted", "blocked")
_CHILDREN_AT_ONCE = 50


def streams() -> tuple[Stream, ...]:
    """In the order of one cycle: lists, people, tickets, what happened to them, ratings."""
    return (
        *(List(name) for name in ("ticket_fields", "products", "groups", "companies", "agents")),
        *(List(name) for name in ("business_hours", "sla_policies")),
        Contacts(),
        Tickets(),
        Conversations(),
        Activities(),
        Recent("satisfaction_ratings", "surveys/satisfaction_ratings", "created_since", "created_at"),
        Recent("time_entries", "time_entries", "executed_after", "executed_at"),
    )


@dataclass(frozen=True, slots=True)
class List:
    """A list that is small and always read whole: what is no longer in it is gone."""

    name: str
    kind: Kind = "full"
    bucket: str = ACCOUNT
    needs: tuple[str, ...] = ()
    parents: str | None = None

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """All pages, from the first on whatever the cursor."""
        for step in Listing(reading.api, f"{BASE}/{self.name}", self.bucket).walk():
            yield Fetched(step.records, {"v": 1}, step.place is None, step.reply.server_time, step.requests)


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts changed since the last whole pass began; deleted and blocked ones are lists of their own.

    Freshdesk sorts this list as it likes. A contact that leaves it pulls those behind it to an earlier page, and one of
    them past a reader who stands between two pages. Where something changed during a pass of several pages, it is
    therefore made once more; a list of one page needs none of it.
    """

    name: str = "contacts"
    kind: Kind = "keyset"
    bucket: str = ACCOUNT
    needs: tuple[str, ...] = ()
    parents: str | None = None

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """Pages from the cursor on; a whole pass moves ``since`` to ten minutes before it began, or before the newest.

        What replies say of the time is not trusted alone: it may be ahead of the contacts' own stamps.
        """
        since = (cursor or {}).get("since")
        place: Cursor | None = (cursor or {}).get("place")
        while True:
            whole = _Pass(reading, since, place or {})
            yield from whole.pages()
            place = whole.following
            if place is None:
                return


class _Pass:
    """One pass over the contacts' three lists. ``following``: where a second one begins, if there has to be one."""

    def __init__(self, reading: Reading, since: str | None, place: Cursor) -> None:
        self.reading, self.since = reading, since
        self.state: str = place.get("state", CONTACTS[0])
        self.begun: str | None = place.get("begun")
        self.newest: str = place.get("newest", "")
        self.moved, self.again = bool(place.get("moved")), bool(place.get("again"))
        self.long = bool(place.get("long"))
        self.at: Cursor | None = place.get("at")
        self.following: Cursor | None = None

    def pages(self) -> Iterator[Fetched]:
        for state in CONTACTS[CONTACTS.index(self.state) :]:
            where = {"_updated_since": self.since, "state": "" if state == CONTACTS[0] else state}
            asked = {key: value for key, value in where.items() if value}
            listing = Listing(self.reading.api, f"{BASE}/contacts", ACCOUNT, asked)
            at, self.at, self.state = self.at, None, state
            for step in listing.walk(at):
                yield self._fetched(step)

    def _fetched(self, step: Step) -> Fetched:
        now = written(step.reply.server_time)
        begun = self.begun = min(self.begun or now, now)
        stamps = [stamp(one) for one in step.records]
        self.newest = max([self.newest, *stamps])
        self.moved = self.moved or any(one >= begun for one in stamps)
        self.long = self.long or step.place is not None
        records = [flagged(one, self.state) for one in step.records]
        place = self._place(step.place)
        if place is None and self.moved and self.long and not self.again:
            place = self.following = {"state": CONTACTS[0], "begun": begun, "newest": self.newest, "again": True}
        since = self.since
        if place is None and self.newest:
            since = max(self.since or "", before(min(begun, self.newest)))
        cursor: Cursor = {"v": 1, "since": since, **({"place": place} if place else {})}
        return Fetched(records, cursor, place is None, step.reply.server_time, step.requests)

    def _place(self, at: Cursor | None) -> Cursor | None:
        """Where the pass goes on after a page; None at its end."""
        if at is None and self.state == CONTACTS[-1]:
            return None
        state = self.state if at else CONTACTS[CONTACTS.index(self.state) + 1]
        told = {"state": state, "begun": self.begun, "newest": self.newest, "moved": self.moved, "long": self.long,
                "again": self.again}  # fmt: skip
        return {**told, "at": at} if at else told


@dataclass(frozen=True, slots=True)
class Conversations:
    """Replies and notes of every ticket that was landed; the ticket's description is no part of them."""

    name: str = "conversations"
    kind: Kind = "children"
    bucket: str = ACCOUNT
    needs: tuple[str, ...] = ("tickets",)
    parents: str | None = "tickets"

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """One page per fifty tickets; a ticket that is gone meanwhile is done."""
        now = clock.now()
        while tickets := reading.todo(_CHILDREN_AT_ONCE):
            found: list[Record] = []
            requests = 0
            for ticket in tickets:
                listing = conversations(reading.api, ticket)
                for step in listing.walk():
                    now = step.reply.server_time
                    found += [{"ticket_id": int(ticket), **one} for one in step.records]
                requests += listing.requests
            yield Fetched(found, {"v": 1, "last": tickets[-1]}, False, now, requests, done=tuple(tickets))
        yield Fetched([], cursor or {"v": 1}, True, now, 0)


def conversations(api: Api, ticket: str) -> Listing:
    """The list of one ticket's conversations; without any page for a ticket that is not there."""
    return Listing(api, f"{BASE}/tickets/{ticket}/conversations", ACCOUNT, accept=(200, 404))


@dataclass(frozen=True, slots=True)
class Activities:
    """What happened to tickets, as a file per day; only where Freshdesk has switched this export on."""

    name: str = "ticket_activities"
    kind: Kind = "file_day"
    bucket: str = ACCOUNT
    needs: tuple[str, ...] = ("tickets",)
    parents: str | None = None

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """A page per day up to yesterday; a file that is not ready ends the run, unless it is two days late."""
        now = reading.api.get(f"{BASE}/agents/me", bucket=self.bucket).server_time
        done = (cursor or {}).get("day")
        first = reading.account.since or (now - AGAIN).date()
        day = date.fromisoformat(done) + timedelta(days=1) if done else first
        yesterday = (now - timedelta(days=1)).date()
        ended = False
        while day <= yesterday:
            where = {"created_at": day.isoformat()}
            reply = reading.api.get(f"{BASE}/export/ticket_activities", where, bucket=self.bucket, accept=(200, 404))
            if reply.status == 404 and (yesterday - day).days < 2:
                break
            gap = f"no file of activities for {day}" if reply.status == 404 else None
            records = [] if gap else records_of(reply, "activities_data")
            done = day.isoformat()
            ended = day == yesterday
            yield Fetched(records, {"v": 1, "day": done}, ended, reply.server_time, gap=gap)
            day += timedelta(days=1)
        if not ended:
            yield Fetched([], {"v": 1, "day": done}, True, now)


@dataclass(frozen=True, slots=True)
class Recent:
    """Records that are asked for by the time they were made, and may change later.

    Thirty days are read again each time, and all of them once a week of the records' own time. What slips from page to
    page while a list is read comes with one of the next passes.
    """

    name: str
    path: str
    asked_by: str
    stamped: str
    kind: Kind = "keyset"
    bucket: str = ACCOUNT
    needs: tuple[str, ...] = ("tickets",)
    parents: str | None = None

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """Pages from the cursor on; only a whole pass moves the mark, and never past the helpdesk's own time."""
        kept = cursor or {}
        place = kept.get("place") or _recent(kept.get("mark"), kept.get("all"), reading.account)
        listing = Listing(reading.api, f"{BASE}/{self.path}", self.bucket, {self.asked_by: place["since"]})
        newest = place["newest"]
        for step in listing.walk(place.get("at")):
            newest = max([newest, *(stamp(one, self.stamped) for one in step.records)])
            newest = min(newest, written(step.reply.server_time))
            if step.place is None:
                onward = {"v": 1, "mark": newest or None, "all": newest if place["all"] else kept.get("all")}
            else:
                onward = {**kept, "v": 1, "place": {**place, "newest": newest, "at": step.place}}
            yield Fetched(step.records, onward, step.place is None, step.reply.server_time, step.requests)


def _recent(mark: str | None, last: str | None, account: Account) -> Cursor:
    """Where a pass begins, and whether it is one over all records."""
    everything = not mark or not last or parsed(mark) - parsed(last) >= ALL_AGAIN
    since = start(account) if everything or not mark else written(parsed(mark) - AGAIN)
    return {"since": since, "newest": mark or "", "all": everything}
