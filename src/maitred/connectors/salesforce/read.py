"""What is read from a live Salesforce organisation, in which order, and where each stream goes on.

Objects that grow come by the time of their last change and their id, from five minutes before the last pass on, since a
row is stamped before it can be seen. Where Salesforce forgets a query, the next one goes on from the last row. Large
objects are first filled by jobs (``backfill``). Small lists are read whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from maitred.connectors.live import Account, Cursor, Fetched, Kind, Reading, Refused, Stream
from maitred.connectors.page import Record
from maitred.connectors.salesforce import backfill
from maitred.connectors.salesforce.asking import (
    ACCOUNT,
    Asking,
    among,
    ended,
    errors,
    parsed,
    quoted,
    records_of,
    refused,
    written,
)

OVERLAP = timedelta(minutes=5)
DELETED_KEPT = timedelta(days=15)
BY_ID = 100
_SHORTEST_WINDOW = timedelta(minutes=2)
_NAMED = 5


def streams() -> tuple[Stream, ...]:
    """In the order of one cycle: lists, people, cases, what happened to them, promises."""
    return (
        *(List(name) for name in ("CaseStatus", "RecordType", "Group", "GroupMember")),
        Changed("User"),
        Changed("Contact", large=True),
        Changed("Account"),
        *(List(name) for name in ("BusinessHours", "Holiday", "Entitlement")),
        Changed("Case", large=True),
        Changed("CaseHistory", large=True, needs=("Case",)),
        Changed("EmailMessage", large=True, needs=("Case",)),
        Changed("CaseComment", large=True, needs=("Case",)),
        Changed("CaseMilestone", needs=("Case",)),
    )


@dataclass(frozen=True, slots=True)
class List:
    """A small object that is always read whole: what is no longer in it is gone."""

    name: str
    kind: Kind = "full"
    bucket: str = ACCOUNT
    needs: tuple[str, ...] = ()
    parents: str | None = None

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """All pages, from the first on whatever the cursor."""
        for reply in Asking(reading, self.name).scan(deleted=False):
            yield Fetched(records_of(reply), {"v": 1}, ended(reply), reply.server_time)


@dataclass(frozen=True, slots=True)
class Changed:
    """Rows by their last change and id; ``large`` ones are filled by jobs at first."""

    name: str
    large: bool = False
    kind: Kind = "keyset"
    bucket: str = ACCOUNT
    needs: tuple[str, ...] = ()
    parents: str | None = None

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """From a cursor on.

        The cursor: ``at`` and ``id`` of the furthest row; ``pass`` the last row read, where rows before the furthest
        are read again; ``from`` the instant to begin at, where late rows are still to be expected; ``bulk`` the job;
        ``deleted`` up to where deletions are known.
        """
        asking = Asking(reading, self.name)
        kept = {"deleted": cursor["deleted"]} if cursor and "deleted" in cursor else {}
        if cursor is None:
            cursor = backfill.beginning(asking, since(reading.account)) if self.large else None
            cursor = cursor or {"v": 1, **({"from": told} if (told := since(reading.account)) else {})}
        if "bulk" in cursor:
            for page in backfill.pages(asking, cursor, since(reading.account)):
                yield page
                cursor = page.cursor
        for page in _changed(asking, cursor):
            page = replace(page, cursor={**page.cursor, **kept})
            if page.complete and self.name == "Case":
                yield replace(page, complete=False)
                yield from _deletions(asking, page.cursor, page.server_time)
            else:
                yield page


Place = tuple[str, str]


def _changed(asking: Asking, cursor: Cursor) -> Iterator[Fetched]:
    """Pages of changed rows; a forgotten query is asked again from the last row on."""
    furthest: Place = (str(cursor.get("at", "")), str(cursor.get("id", "")))
    passed = cursor.get("pass")
    place: Place = (str(passed[0]), str(passed[1])) if passed else furthest
    begins = cursor.get("from")
    if begins:
        place = (str(begins), "")
    first: datetime | None = None
    if not asking.stamp:
        raise Refused(f"rows of {asking.name} have no time of change", "", status=200, reason="form")
    while True:
        reply = asking.ask(asking.soql(_after(asking.stamp, place), order=f"ORDER BY {asking.stamp}, Id"))
        first, gap = first or reply.server_time, None
        if place[0] and parsed(place[0]) > reply.server_time + OVERLAP:
            place = furthest = (written(reply.server_time - OVERLAP), "")
            gap = "the place to go on from lay in the future; the last five minutes were read again"
            yield Fetched([], _cursor(furthest, place, first, False), False, reply.server_time, gap=gap)
            continue
        following: Any = reply
        while following is not None:
            reply, records = following, records_of(following)
            place = _place(asking, records) or place
            furthest = max(furthest, place)
            complete = ended(reply)
            yield Fetched(records, _cursor(furthest, place, first, complete), complete, reply.server_time)
            if complete:
                return
            following = asking.more(reply)


def _after(stamp: str, place: Place) -> str:
    at, identity = place
    if not at:
        return ""
    if not identity:
        return f"{stamp} >= {at}"
    return f"({stamp} > {at} OR ({stamp} = {at} AND Id > {quoted(identity)}))"


def _place(asking: Asking, records: list[Record]) -> Place | None:
    if not records:
        return None
    last = records[-1]
    try:
        return written(parsed(str(last[asking.stamp]))), str(last["Id"])
    except (KeyError, ValueError):
        raise Refused(
            f"a row of {asking.name} has no {asking.stamp}",
            "the helpdesk's form has changed",
            status=200,
            reason="form",
        ) from None


def _cursor(furthest: Place, place: Place, first: datetime, complete: bool) -> Cursor:
    """Where to go on. Rows stamped less than five minutes before the first question may still turn up behind it."""
    cursor: Cursor = {"v": 1, "at": furthest[0], "id": furthest[1]}
    if place < furthest:
        cursor["pass"] = list(place)
    settled = written(first - OVERLAP)
    if complete:
        known = min(parsed(furthest[0]), first) if furthest[0] else first
        cursor["from"] = written(known - OVERLAP)
        cursor.pop("pass", None)
    elif place[0] > settled:
        cursor["from"] = settled
    return cursor


def _deletions(asking: Asking, cursor: Cursor, now: datetime) -> Iterator[Fetched]:
    """Cases that Salesforce lists as deleted since the last time, read by id; those it no longer holds are a gap."""
    known, gap = cursor.get("deleted"), None
    start = parsed(str(known)) if known else now - OVERLAP  # at first, all of the recycle bin was just read
    if now - start >= DELETED_KEPT:
        start = now - DELETED_KEPT + _SHORTEST_WINDOW
        gap = "nothing was read for fifteen days: cases that were deleted for good before are found by a reconcile"
    span = now - start
    while known and now - start >= _SHORTEST_WINDOW:
        end = min(now, start + span)
        window = {"start": written(start), "end": written(end)}
        path = f"{asking.base}/sobjects/{asking.name}/deleted/"
        reply = asking.api.get(path, window, bucket=ACCOUNT, accept=(200, 400, 403, 404))
        if "EXCEEDED_ID_LIMIT" in errors(reply) and span / 2 >= _SHORTEST_WINDOW:
            span /= 2
            continue
        if reply.status != 200:
            gap = refused(reply, "the list of deleted cases").what
            break
        gone = [str(one["id"]) for one in reply.body.get("deletedRecords") or [] if one.get("id")]
        for begin in range(0, len(gone), BY_ID):
            yield _deleted_rows(asking, gone[begin : begin + BY_ID], cursor)
        covered = parsed(str(reply.body.get("latestDateCovered") or window["end"]))
        if covered <= start:
            break
        start = min(covered, end)
        cursor = {**cursor, "deleted": written(start)}
        if end >= now:
            break
    yield Fetched([], {**cursor, "deleted": written(start)}, True, now, 0, gap=gap)


def _deleted_rows(asking: Asking, gone: list[str], cursor: Cursor) -> Fetched:
    reply = asking.ask(asking.soql(among("Id", gone)))
    records = records_of(reply)
    there = {str(one.get("Id"))[:15] for one in records}
    purged = [one for one in gone if one[:15] not in there]
    named = ", ".join(purged[:_NAMED]) + (" ..." if len(purged) > _NAMED else "")
    gap = f"{len(purged)} cases were deleted for good ({named}): a reconcile takes them out" if purged else None
    return Fetched(records, {**cursor, "listed": gone[-1]}, False, reply.server_time, gap=gap)


def since(account: Account) -> str:
    """The instant before whose last change nothing is read; empty where everything is."""
    return written(datetime.combine(account.since, time(), UTC)) if account.since else ""


def parts(reading: Reading, tickets: list[str], missing: Mapping[str, Any]) -> Iterator[tuple[str, Fetched]]:
    """These cases, then what hangs on them, as pages by stream."""
    for name, field in (
        ("Case", "Id"),
        *(("CaseHistory", "CaseId"), ("EmailMessage", "ParentId")),
        *(("CaseComment", "ParentId"), ("CaseMilestone", "CaseId")),
    ):
        if name in missing:
            continue
        try:
            asking = Asking(reading, name)
        except Refused as refusal:
            if name != "Case" and refusal.reason in ("absent", "forbidden"):
                continue
            raise
        for begin in range(0, len(tickets), BY_ID):
            for reply in asking.scan(among(field, tickets[begin : begin + BY_ID])):
                yield name, Fetched(records_of(reply), {"v": 1}, ended(reply), reply.server_time)
