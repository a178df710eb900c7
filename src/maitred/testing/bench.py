"""What a check works with: the connector and account it was given, and requests that go through ``Between``.

``Bench`` is what the author of a connector writes down. ``Sitting`` is one opening of it: the account as seen through
the loopback address, a budget that writes down what it is told, and the reading of streams as the sync engine does it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from unittest import SkipTest
from urllib.parse import urlsplit

import orjson

from maitred.base.egress import allowed
from maitred.connectors import registry
from maitred.connectors.api import HttpApi
from maitred.connectors.decoded import Decoded
from maitred.connectors.live import (
    Account,
    Connector,
    Cursor,
    Delivery,
    Fetched,
    Hint,
    Op,
    Probe,
    Refused,
    Stream,
    Writer,
)
from maitred.connectors.page import Record
from maitred.connectors.streams import Stream as Feed
from maitred.connectors.transport import client
from maitred.testing.between import Between

MOST_PAGES = 10_000


class Broken(AssertionError):
    """A connector breaks a rule of the contract; the text names the vendor, the rule and what was seen."""

    def __init__(self, vendor: str, rule: str, what: str) -> None:
        super().__init__(f"the connector {vendor} breaks the rule that {rule}: {what}")
        self.rule, self.what = rule, what


@dataclass(frozen=True, slots=True)
class Bench:
    """A connector and an account that nobody else works in while it is checked.

    Attributes
    ----------
    connector, account
        What is checked, and where: a double's address, or a trial account of the vendor's. At least two tickets.
    wait
        Lets so many seconds pass at the helpdesk; a double with a clock of its own moves it on instead.
    unknown
        The id of a ticket that does not exist, in the form that ids have there.
    change
        A change of one ticket that the connector's writer can make; without it a writer is not checked.
    call, signs_body
        A genuine webhook call with its secrets, and whether its signature covers the body.
    """

    connector: Connector
    account: Account
    wait: Callable[[float], object] = time.sleep
    unknown: str = "999999999"
    change: Op | None = None
    call: Delivery | None = None
    signs_body: bool = False

    @property
    def feeds(self) -> Mapping[str, Feed]:
        """The streams that the decoder knows: the connector's own, or those of our vendor of that name."""
        own: Mapping[str, Feed] | None = getattr(self.connector, "feeds", None)
        return registry.feeds(self.connector.vendor) if own is None else own

    def decode(self, stream: str, records: Sequence[object]) -> Decoded:
        """Canonical rows of a page, by the connector's decoder or that of our vendor of that name."""
        own: Callable[[str, Sequence[object]], Decoded] | None = getattr(self.connector, "decode", None)
        return (own or registry.decoder(self.connector.vendor))(stream, records)

    def broken(self, rule: str, what: str) -> Broken:
        """To be raised where a rule does not hold."""
        return Broken(self.connector.vendor, rule, what)

    def require(self, holds: object, rule: str, what: str) -> None:
        """Raise ``Broken`` unless it holds."""
        if not holds:
            raise self.broken(rule, what)

    def writer(self) -> tuple[Writer, Op]:
        """The writer and the change to make; ``SkipTest`` where there is none."""
        writer = self.connector.writer()
        if writer is None:
            raise SkipTest("the connector does not write")
        if self.change is None:
            raise SkipTest("the bench names no change to make")
        return writer, self.change


@dataclass
class Purse:
    """A budget that lets requests go once their bucket's pause is over, and moves the time on for it."""

    between: Between
    wait: Callable[[float], object]
    closed: dict[str, float] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)

    def take(self, bucket: str) -> float | None:
        until = max(self.closed.get(bucket, 0.0), self.closed.get("*", 0.0))
        left = until - self.between.clock.now().timestamp()
        if left > 0:
            self.between.clock.advance(left)
        self.taken.append(bucket)
        self.between.asked_for = bucket
        return None

    def close(self, bucket: str, seconds: float) -> None:
        if not self.between.spoilt:  # the helpdesk itself wants to be left alone
            self.wait(seconds)
        self.closed[bucket] = self.between.clock.now().timestamp() + seconds

    def learn(self, hint: Hint) -> None:
        """A check does not hurry: what is left does not matter."""


@dataclass
class Reading:
    """What streams read with; ``waiting`` are the parents whose children are not read yet."""

    api: HttpApi
    account: Account
    settings: Mapping[str, Any]
    waiting: list[str] = field(default_factory=list)

    def todo(self, limit: int) -> list[str]:
        return self.waiting[:limit]


@dataclass
class Sitting:
    """An account that is being asked."""

    bench: Bench
    between: Between
    account: Account
    api: HttpApi
    purse: Purse

    @cached_property
    def probe(self) -> Probe:
        """The first look, made once."""
        return self.bench.connector.probe(self.api, self.account)

    @property
    def known(self) -> Account:
        """The account with what the probe found among its settings, as a writer is given it."""
        return replace(self.account, settings={**self.account.settings, **self.probe.settings})

    @property
    def reading(self) -> Reading:
        return Reading(self.api, self.account, self.probe.settings)

    @property
    def available(self) -> tuple[str, ...]:
        """The streams that can be read, in the order of a cycle."""
        return tuple(one.name for one in self._streams() if one.name in self.probe.available)

    def stream(self, name: str) -> Stream:
        """A stream, as the connector gives it anew."""
        return next(one for one in self._streams() if one.name == name)

    @cached_property
    def parents(self) -> Mapping[str, list[str]]:
        """Ids of the records of streams that have children, by the stream's name."""
        wanted = {one.parents for one in self._streams() if one.parents}
        return {name: self._keys(name) for name in wanted if name in self.available}

    def pages(self, name: str, cursor: Cursor | None = None, waiting: list[str] | None = None) -> Iterator[Fetched]:
        """Pages of a stream, as the engine takes them: parents are done once their page is there."""
        stream, reading = self.stream(name), self.reading
        if stream.parents:
            reading.waiting = list(self.parents.get(stream.parents, ()) if waiting is None else waiting)
        for number, page in enumerate(stream.pages(reading, cursor)):
            reading.waiting = [one for one in reading.waiting if one not in page.done]
            yield page
            if number >= MOST_PAGES:
                raise self.bench.broken("a stream ends", f"{name} gave {MOST_PAGES} pages and no end")

    def read(self, name: str, cursor: Cursor | None = None, waiting: list[str] | None = None) -> list[Fetched]:
        """All pages of a stream; a refusal here is a breach, since the probe calls it available."""
        try:
            return list(self.pages(name, cursor, waiting))
        except Refused as refused:
            rule = "a stream that the probe calls available can be read"
            raise self.bench.broken(rule, f"{name} from {cursor} was refused ({refused})") from refused

    def _streams(self) -> Sequence[Stream]:
        return self.bench.connector.streams(self.account)

    def _keys(self, name: str) -> list[str]:
        keys: dict[str, None] = {}
        for page in self.read(name):
            tickets = self.bench.decode(name, page.records).tables.get("tickets")
            keys.update(dict.fromkeys(tickets["external_id"].to_pylist() if tickets is not None else ()))
        return list(keys)


@contextmanager
def sitting(bench: Bench) -> Iterator[Sitting]:
    """The bench's account, asked through a loopback address of our own."""
    parts = urlsplit(bench.account.url)
    with Between(bench.account.url) as between:
        here = urlsplit(between.url)
        allow = (allowed("127.0.0.1", "127.0.0.0/8", {here.port or 0}),)
        account = replace(bench.account, url=between.url + parts.path, allow=allow)
        purse = Purse(between, bench.wait)
        with client(allow=allow) as asked:
            api = HttpApi(asked, bench.connector, account, purse, pause=between.clock.advance, draw=lambda: 0.0)
            yield Sitting(bench, between, account, api, purse)


def texts(pages: Sequence[Fetched]) -> set[bytes]:
    """The records of pages, each as text by which it is known."""
    return {text_of(record) for page in pages for record in page.records}


def text_of(record: Record) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)


def shown(records: set[bytes], most: int = 120) -> str:
    """How many records, and the beginning of the first."""
    first = min(records)[:most].decode(errors="replace")
    return f"{len(records)} such as {first}"
