"""Connectors that are nearly Zendesk's: each breaks one rule, as a hurried author might."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.request import Request, urlopen

from maitred.connectors.decoded import Decoded
from maitred.connectors.freshdesk.connector import Freshdesk
from maitred.connectors.live import (
    Accepted,
    Account,
    Api,
    Cursor,
    Delivery,
    Fetched,
    Kind,
    Op,
    Probe,
    Reading,
    Refused,
    Seen,
    Sent,
    Stream,
    Writer,
)
from maitred.connectors.streams import ZENDESK as FEEDS
from maitred.connectors.zendesk.connector import Zendesk
from maitred.connectors.zendesk.mapping import decode
from maitred.connectors.zendesk.write import ZendeskWriter

TICKETS = "tickets"
SHOWN = ("custom_statuses", "tickets", "ticket_events")
Read = Callable[[Stream, Reading, Cursor | None], Iterator[Fetched]]


@dataclass(frozen=True)
class Altered:
    """A stream that is read in another way."""

    inner: Stream
    read: Read

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def kind(self) -> Kind:
        return self.inner.kind

    @property
    def bucket(self) -> str:
        return self.inner.bucket

    @property
    def needs(self) -> tuple[str, ...]:
        return self.inner.needs

    @property
    def parents(self) -> str | None:
        return self.inner.parents

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        return self.read(self.inner, reading, cursor)


class Small(Zendesk):
    """Zendesk with as many streams as it takes to show a breach."""

    def streams(self, account: Account) -> Sequence[Stream]:
        return [one for one in super().streams(account) if one.name in SHOWN]


class Misread(Small):
    """Zendesk whose tickets are read by a method of its own."""

    def streams(self, account: Account) -> Sequence[Stream]:
        return [Altered(one, self.read) if one.name == TICKETS else one for one in super().streams(account)]

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        yield from stream.pages(reading, cursor)


class SkipsAPage(Misread):
    """Its cursor leads past the page that comes next."""

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        pages = list(stream.pages(reading, cursor))
        for place, page in enumerate(pages):
            yield replace(page, cursor=pages[min(place + 1, len(pages) - 1)].cursor)


class RemembersInItself(Misread):
    """It keeps in memory what the cursor should say."""

    def __init__(self) -> None:
        self.seen: set[int] = set()

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        if cursor is None:
            self.seen = set()
        for page in stream.pages(reading, None):
            new = [one for one in page.records if one["id"] not in self.seen]
            self.seen |= {one["id"] for one in new}
            yield replace(page, records=new, cursor={"v": 1, "read": len(self.seen)})


class NeverDone(Misread):
    """It never says that it is complete."""

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        for page in stream.pages(reading, cursor):
            yield replace(page, complete=False)


class DoneTooSoon(Misread):
    """It takes a short page for the last."""

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        for page in stream.pages(reading, cursor):
            yield replace(page, complete=page.complete or len(page.records) < 20)


class TakesNow(Misread):
    """Its cursor is made of this machine's clock."""

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        for page in stream.pages(reading, cursor):
            yield replace(page, cursor={**page.cursor, "at": int(time.time())})


class NoJson(Misread):
    """Its cursor holds what JSON gives back as something else."""

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        for page in stream.pages(reading, cursor):
            yield replace(page, cursor={**page.cursor, "place": (1, 2)})


class NoVersion(Misread):
    """Its cursor has no version."""

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        for page in stream.pages(reading, cursor):
            yield replace(page, cursor={"after": page.cursor["after"]})


class TellsTheKey(Misread):
    """Its cursor carries the credential along."""

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        for page in stream.pages(reading, cursor):
            yield replace(page, cursor={**page.cursor, "token": reading.account.credentials["token"]})


class GoesItsOwnWay(Misread):
    """It asks with a client of its own, past budget and address rule."""

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        signed = self.authorize(reading.account, reading.api, False)
        with urlopen(Request(f"{reading.account.url}/api/v2/users/me.json", headers=dict(signed))) as reply:
            assert reply.status == 200
        yield from stream.pages(reading, cursor)


class Impatient(Misread):
    """It takes a 429 for an answer and asks again at once."""

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        for _ in range(5):
            if reading.api.get("api/v2/users/me.json", bucket=stream.bucket, accept=(200, 429, 503)).status == 200:
                break
        yield from stream.pages(reading, cursor)


class LooksAway(Misread):
    """It takes a refusal for the end."""

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        page = None
        try:
            for page in stream.pages(reading, cursor):
                yield page
        except Refused:
            if page is not None or cursor is not None:
                raise
            now = reading.api.get("api/v2/users/me.json", accept=tuple(range(200, 600))).server_time
            yield Fetched([], {"v": 1, "after": None}, True, now)


class CallsItEmpty(Misread):
    """It takes a server's error for an account without tickets."""

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        reply = reading.api.get("api/v2/users/me.json", accept=(200, 500, 502, 504))
        if reply.status != 200:
            yield Fetched([], {"v": 1, "after": None}, True, reply.server_time)
            return
        yield from stream.pages(reading, cursor)


class Stumbles(Misread):
    """It lets an exception of its own out where a reply is not as expected."""

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        try:
            yield from stream.pages(reading, cursor)
        except Refused as refused:
            raise KeyError("tickets") from refused


class Sulks(Misread):
    """Once it was refused it is refused for good."""

    def __init__(self) -> None:
        self.refused: Refused | None = None

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        if self.refused is not None:
            raise self.refused
        try:
            yield from stream.pages(reading, cursor)
        except Refused as refused:
            self.refused = refused if refused.status == 403 else None
            raise


class Backwards(Small):
    """Its streams come before what they need."""

    def streams(self, account: Account) -> Sequence[Stream]:
        return list(reversed(super().streams(account)))


class LosesParents(Freshdesk):
    """It names no ticket as done whose conversations it has read."""

    def streams(self, account: Account) -> Sequence[Stream]:
        return [Altered(one, self.read) if one.kind == "children" else one for one in Freshdesk.streams(self, account)]

    def read(self, stream: Stream, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        page = next(iter(stream.pages(reading, cursor)))
        yield replace(page, done=(), complete=True)


class KnowsNoRights(Small):
    """Its probe takes everything for available."""

    def probe(self, api: Api, account: Account) -> Probe:
        found = super().probe(api, account)
        return replace(found, available=tuple(one.name for one in self.streams(account)), missing={}, notices=())


class ForgetsAStream(Small):
    """Its probe says nothing of what is missing."""

    def probe(self, api: Api, account: Account) -> Probe:
        return replace(super().probe(api, account), missing={}, notices=())


class Fragile(Small):
    """Its decoder expects every ticket to have a subject."""

    feeds = FEEDS

    def decode(self, stream: str, records: Sequence[object]) -> Decoded:
        for record in records:
            if stream == TICKETS and isinstance(record, dict) and "subject" in record:
                record["subject"].strip()
        return decode(stream, records)


class Meddles(Small):
    """Its decoder changes the records."""

    feeds = FEEDS

    def decode(self, stream: str, records: Sequence[object]) -> Decoded:
        for record in records:
            if stream == TICKETS and isinstance(record, dict):
                record["seen"] = True
        return decode(stream, records)


class Wavers(Small):
    """Its decoder remembers what it saw before."""

    feeds = FEEDS

    def __init__(self) -> None:
        self.before = 0

    def decode(self, stream: str, records: Sequence[object]) -> Decoded:
        self.before += 1
        return replace(decode(stream, records), notices=[f"page {self.before}"])


class FeedsOthers(Small):
    """Its decoder gives rows of a table that the stream does not name."""

    feeds: Mapping[str, Any] = {**FEEDS, TICKETS: FEEDS[TICKETS]._replace(feeds=("messages",))}

    def decode(self, stream: str, records: Sequence[object]) -> Decoded:
        return decode(stream, records)


class HalfATicket(Small):
    """It fetches a ticket without what was said in it."""

    def refetch(self, reading: Reading, tickets: Sequence[str]) -> Iterator[tuple[str, Fetched]]:
        return (pair for pair in super().refetch(reading, tickets) if pair[0] == TICKETS)


class AnotherTicket(Small):
    """It fetches a ticket in another form than the stream gives."""

    def refetch(self, reading: Reading, tickets: Sequence[str]) -> Iterator[tuple[str, Fetched]]:
        for name, page in super().refetch(reading, tickets):
            records = [{**one, "status": "open"} if name == TICKETS else one for one in page.records]
            yield name, replace(page, records=records)


class CallsAllGone(Small):
    """It takes no answer for absence."""

    def absent(self, reading: Reading, tickets: Sequence[str]) -> Sequence[str]:
        try:
            return super().absent(reading, tickets)
        except Refused:
            return list(tickets)


class ListsOnePage(Small):
    """It lists the first tickets only."""

    def ids(self, reading: Reading) -> Iterator[tuple[str, ...]]:
        yield next(iter(super().ids(reading)))[:3]


class Writing:
    """Zendesk's writer, for others to alter."""

    def __init__(self) -> None:
        self.inner = ZendeskWriter()

    def see(self, api: Api, account: Account, tickets: Sequence[str]) -> Mapping[str, Seen]:
        return self.inner.see(api, account, tickets)

    def requests(self, ops: Sequence[Op]) -> int:
        return self.inner.requests(ops)

    def send(self, api: Api, account: Account, seen: Seen, ops: Sequence[Op], marker: str) -> Sent:
        return self.inner.send(api, account, seen, ops, marker)

    def note(self, api: Api, account: Account, ticket: str, marker: str) -> str | None:
        return self.inner.note(api, account, ticket, marker)


class Repeating(Writing):
    """It sends once more where no answer came."""

    def send(self, api: Api, account: Account, seen: Seen, ops: Sequence[Op], marker: str) -> Sent:
        try:
            return super().send(api, account, seen, ops, marker)
        except Refused:
            return super().send(api, account, seen, ops, marker)


class Overwriting(Writing):
    """It takes the ticket's newest stamp for the one that was seen."""

    def send(self, api: Api, account: Account, seen: Seen, ops: Sequence[Op], marker: str) -> Sent:
        newest = self.see(api, account, [seen.ticket])[seen.ticket]
        return super().send(api, account, replace(seen, stamp=newest.stamp), ops, marker)


class Unmarking(Writing):
    """It leaves the marker out of the note."""

    def send(self, api: Api, account: Account, seen: Seen, ops: Sequence[Op], marker: str) -> Sent:
        return super().send(api, account, seen, ops, "")


class GivingUp(Writing):
    """It takes being turned away for the end."""

    def send(self, api: Api, account: Account, seen: Seen, ops: Sequence[Op], marker: str) -> Sent:
        note = {"body": f"{ops[0].value} {marker}", "public": False}
        path = f"api/v2/tickets/{seen.ticket}.json"
        reply = api.send("PUT", path, {"ticket": {"comment": note}}, accept=(200, 429))
        return Sent("sent" if reply.status == 200 else "failed", "try again")


class CountingLow(Writing):
    """It promises fewer requests than it makes."""

    def requests(self, ops: Sequence[Op]) -> int:
        return 1


@dataclass
class WritesAs(Small):
    """Zendesk with another writer."""

    made: Callable[[], Writer]

    def writer(self) -> Writer:
        return self.made()


class BelievesAnybody(Small):
    """It takes a call whatever its signature."""

    def hook(self, delivery: Delivery) -> Accepted | None:
        return super().hook(delivery) or Accepted("unsigned", ("7",))


class BelievesTheEmptySecret(Small):
    """It lets a call in where no secret is set."""

    def hook(self, delivery: Delivery) -> Accepted | None:
        return super().hook(delivery) if any(delivery.secrets) else Accepted("open", ("7",))
