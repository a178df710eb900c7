"""The list of tickets, by the time of their last change: a list that moves while it is read.

It is always the first page that is asked for, from the last change that was seen, so that a ticket which changes
meanwhile moves none of the others off a page that is still to be read, and the wall at page 300 is met only inside one
second. Deleted and spam tickets are passes of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from maitred.connectors.freshdesk.paging import (
    BASE,
    PAGE,
    before,
    flagged,
    following_link,
    parsed,
    records_of,
    stamp,
    start,
    written,
)
from maitred.connectors.live import Cursor, Fetched, Kind, Reading, Reply
from maitred.connectors.page import Record

BUCKET = "tickets"
INCLUDED = "stats,description"
"""What is asked for beside each ticket: every part costs two requests more. Requesters come with the contacts."""
PASSES = ("live", "deleted", "spam")
_SECOND, _SKEW = timedelta(seconds=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tickets:
    """Tickets by the time of their last change, then the deleted ones, then spam."""

    name: str = "tickets"
    kind: Kind = "keyset"
    bucket: str = BUCKET
    needs: tuple[str, ...] = ()
    parents: str | None = None

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """Pages from the cursor on; a finished run leaves a mark per pass, and the next begins ten minutes before."""
        marks: dict[str, str] = dict((cursor or {}).get("marks") or {})
        place: dict[str, Any] = (cursor or {}).get("place") or _beginning(reading, PASSES[0], marks)
        for which in PASSES[PASSES.index(place["pass"]) :]:
            begin = place if which == place["pass"] else _beginning(reading, which, marks)
            for page in walked(reading, which, begin, INCLUDED):
                gap, mark = page.gap, marks.get(which, "")
                if mark > written(page.reply.server_time + _SKEW):
                    gap = gap or f"the mark of {which} tickets lay in the future, at {mark}"
                    mark = ""
                newest = max([mark, *(stamp(one) for one in page.records)]) or begin["since"]
                marks[which] = max(mark, min(newest, written(page.reply.server_time)))
                later = {**page.onward, "pass": which} if page.onward else _after(reading, which, marks)
                onward = {"v": 1, "marks": dict(marks), **({"place": later} if later else {})}
                yield Fetched(page.records, onward, later is None, page.reply.server_time, page.requests, gap=gap)


def _beginning(reading: Reading, which: str, marks: dict[str, str]) -> Cursor:
    return {"pass": which, "since": before(marks[which]) if which in marks else start(reading.account)}


def _after(reading: Reading, which: str, marks: dict[str, str]) -> Cursor | None:
    """Where the pass after this one begins; None after the last."""
    return None if which == PASSES[-1] else _beginning(reading, PASSES[PASSES.index(which) + 1], marks)


@dataclass(frozen=True, slots=True)
class Walked:
    """A page of a pass. ``onward``: where it goes on (None at the end); ``gap``: why something may be missing."""

    records: list[Record]
    onward: Cursor | None
    reply: Reply
    requests: int
    gap: str | None


def walked(reading: Reading, which: str, begin: Cursor, include: str = "") -> Iterator[Walked]:
    """Pages of one pass.

    A second that fills more than a page is read twice, since a ticket that leaves it pulls others to an earlier page.
    The other pages begin with what was seen last: one that does not is asked for once more, as it may be another page,
    though more often that ticket has changed.
    """
    since, page, again = begin["since"], begin.get("page", 1), begin.get("again", False)
    reach: str = begin.get("reach", "")
    while True:
        replies = [_asked(reading, which, since, page, include)]
        if page == 1 and not again and _skips(replies[0], reach):
            replies.append(_asked(reading, which, since, page, include))
        reply = min(replies, key=_first)
        walled = reply.status == 400
        records = [] if walled else [flagged(one, which) for one in records_of(reply)]
        gap = f"more tickets changed at {since} than the {page - 1} pages that can be read" if walled else None
        reach = max((stamp(one) for one in records), default="" if walled else reach)
        onward = written(parsed(reach) - _SECOND) if records and reach else since
        ended = not walled and len(records) < PAGE and following_link(reply) is None
        if walled:
            since, page, again = written(parsed(since) + _SECOND), 1, False
        elif (ended or onward > since) and page > 1 and not again:
            page, again, ended = 1, True, False
        elif onward > since:
            since, page, again = onward, 1, False
        else:
            page += 1
        place = {"since": since, "page": page, "again": again, "reach": reach}
        yield Walked(records, None if ended else place, reply, len(replies), gap)
        if ended:
            return


def _skips(reply: Reply, reach: str) -> bool:
    """Whether a page may not be the one that was asked for: it begins behind what was seen last, or holds nothing.

    A first page has nothing before it to begin with, and is doubted where it is not the only one.
    """
    empty, first = _first(reply)
    more = following_link(reply) is not None
    return more if empty or not reach else first > reach


def _first(reply: Reply) -> tuple[bool, str]:
    """What a page begins with; of two, the one that begins earlier is the one to take."""
    stamps = [stamp(one) for one in records_of(reply)] if reply.status == 200 else []
    return not stamps, min(stamps, default="")


def _asked(reading: Reading, which: str, since: str, page: int, include: str) -> Reply:
    where = {"updated_since": since, "order_by": "updated_at", "order_type": "asc", "per_page": PAGE, "page": page}
    more = {**({"filter": which} if which != "live" else {}), **({"include": include} if include else {})}
    accept = (200, 400) if page > 1 else (200,)
    return reading.api.get(f"{BASE}/tickets", {**where, **more}, bucket=BUCKET, accept=accept)
