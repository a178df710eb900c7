"""Freshdesk's lists, page by page, from the first or from where the reading was broken off.

A list that cannot be sorted by us has no keyset. What can be kept is the last records that were read, with their
stamps: as long as the records that nobody touched stay in one order, whatever that is, everything that was not read yet
comes after any of those that is found again. Reading goes on there, or from the first page where none is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from maitred.connectors.live import Account, Api, Cursor, Refused, Reply
from maitred.connectors.page import Record

ACCOUNT = "account"
BASE = "api/v2"
PAGE = 100
OVERLAP = timedelta(minutes=10)
EPOCH = "1970-01-01T00:00:00Z"
_KEPT = 3
"""Records at the end of a page by which the place is found again."""
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A page of a list. ``place``: where the rest is to be read from; None at the end of the list."""

    records: list[Record]
    place: Cursor | None
    reply: Reply
    requests: int


@dataclass(slots=True)
class Listing:
    """A list that is read by the number of the page, from the first or from a place where it was left."""

    api: Api
    path: str
    bucket: str
    where: Mapping[str, str] = field(default_factory=dict)
    accept: tuple[int, ...] = (200,)
    requests: int = field(default=0, init=False)

    def walk(self, place: Cursor | None = None) -> Iterator[Step]:
        """The pages from a place on, the last of which was read before; none where there is no such list (404).

        The ``Link`` header says whether there is more, not the number of records. A page that is empty though it is not
        the last, or the one before once more, is asked for again.

        Raises
        ------
        Refused
            The helpdesk did not give a page, or gives the same one for ever.
        """
        page, reply = self._found_again(place) if place else (1, self._ask(1))
        after: list[str] = []
        tries = told = 0
        while reply.status == 200:
            records = records_of(reply)
            more = following_link(reply) is not None
            known = [_anchor(one) for one in records[-_KEPT:]]
            if (more and not records) or (records and known == after):
                tries += 1
                if tries <= _TRIES:
                    reply = self._ask(page)
                    continue
                if records:
                    text = f"the list {self.path} gives page {page - 1} for page {page}"
                    raise Refused(text, "sync again later", reason="loop")
            after, tries = known or after, 0
            taken, told = self.requests - told, self.requests
            yield Step(records, {"page": page + 1, "after": after} if more else None, reply, taken)
            if not more:
                return
            page += 1
            reply = self._ask(page)

    def _found_again(self, place: Cursor) -> tuple[int, Reply]:
        """The page that holds one of the last records that were read, looked for near the place."""
        page, after = int(place["page"]), set(place["after"])
        for near in (page - 1, page, page - 2, page - 3):
            if near > 0 and after:
                reply = self._ask(near)
                if any(_anchor(one) in after for one in records_of(reply)):
                    return near, reply
        return 1, self._ask(1)

    def _ask(self, page: int) -> Reply:
        self.requests += 1
        where = {**self.where, "per_page": PAGE, **({"page": page} if page > 1 else {})}
        return self.api.get(self.path, where, bucket=self.bucket, accept=self.accept)


def _anchor(record: Record) -> str:
    return f"{record.get('id')}@{record.get('updated_at')}"


def following_link(reply: Reply) -> str | None:
    """The address of the next page, as the ``Link`` header names it."""
    found = re.search(r'<([^>]*)>\s*;\s*rel="?next"?', reply.headers.get("link", ""))
    return found.group(1) if found else None


def records_of(reply: Reply, key: str = "") -> list[Record]:
    """The objects of a reply.

    Raises
    ------
    Refused
        The reply is no list, so that it is not what was asked for.
    """
    found = reply.body.get(key) if key and isinstance(reply.body, dict) else reply.body
    if not isinstance(found, list):
        raise Refused("a reply is no list", "the helpdesk's form has changed", reason="form", status=reply.status)
    return found


def parsed(text: str) -> datetime:
    """An instant of Freshdesk, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def written(instant: datetime) -> str:
    """An instant as Freshdesk takes it; as text these sort by time."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp(record: Record, key: str = "updated_at") -> str:
    """A record's instant, written; empty where it has none."""
    value: Any = record.get(key)
    try:
        return written(parsed(str(value)))
    except ValueError:
        return ""


def before(mark: str) -> str:
    """Where a run begins that goes on from a mark: ten minutes earlier."""
    return max(written(parsed(mark) - OVERLAP), EPOCH)


def start(account: Account) -> str:
    """Where the first run of an account begins."""
    return written(datetime.combine(account.since, time(), UTC)) if account.since else EPOCH


def flagged(record: Record, which: str) -> Record:
    """The list of deleted (or spam, or blocked) records says by itself that they are; not every record repeats it."""
    return record if which == "live" else {**record, which: True}
