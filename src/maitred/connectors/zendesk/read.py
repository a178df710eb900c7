"""What is read from a live Zendesk account, in which order, and where each stream goes on after an interruption.

Tickets and users come by the export's own cursor, organizations and what happened to tickets by time, lists whole.
Nothing is keyed or filtered by ``updated_at``: the exports are ordered by ``generated_timestamp``, which also moves
when no field does. Exports withhold the last minute, so that none of them needs an overlap. A cursor that Zendesk
rejects, or that lies in its future, is given up for one that lies a day before what was read last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import orjson

from maitred.connectors.live import Account, Api, Cursor, Fetched, Kind, Reading, Refused, Reply, Stream
from maitred.connectors.page import Record

EXPORTS = "incremental"
"""The budget of the exports together: ten requests a minute."""
ACCOUNT = "account"
PAGE = 1_000
LIST_PAGE = 100
OVERLAP_S = 86_400
"""So far back a reading goes that lost its place."""
_TOO_YOUNG, _REJECTED = 422, 400
OPEN_S = 28 * 86_400
"""So long a survey may be answered anew."""
_CHANGED, _COVERED = 100, 20_000
_ASKED_AGAIN = 2
"""So often a page is asked for once more that leads back to where the reading already was."""


def streams() -> tuple[Stream, ...]:
    """In the order of one cycle: lists, people, tickets, what happened to them, ratings."""
    return (
        *(List(name, path, key) for name, path, key in _LISTS),
        Holidays(),
        TimeExport("organizations", "organizations"),
        CursorExport("users", "updated_at"),
        CursorExport("tickets", "generated_timestamp", "metric_sets"),
        TimeExport("ticket_events", "ticket_events", "comment_events", needs=("tickets",)),
        TimeExport("ticket_metric_events", "ticket_metric_events", needs=("tickets",)),
        Ratings(),
        SurveyResponses(),
    )


_LISTS = (
    ("custom_statuses", "api/v2/custom_statuses.json", "custom_statuses"),
    ("brands", "api/v2/brands.json", "brands"),
    ("ticket_forms", "api/v2/ticket_forms.json", "ticket_forms"),
    ("ticket_fields", "api/v2/ticket_fields.json", "ticket_fields"),
    ("views", "api/v2/views.json", "views"),
    ("macros", "api/v2/macros.json", "macros"),
    ("groups", "api/v2/groups.json", "groups"),
    ("group_memberships", "api/v2/group_memberships.json", "group_memberships"),
    ("schedules", "api/v2/business_hours/schedules.json", "schedules"),
    ("slas_policies", "api/v2/slas/policies.json", "sla_policies"),
)


@dataclass(frozen=True, slots=True)
class List:
    """A list that is small and always read whole: what is no longer in it is gone."""

    name: str
    path: str
    key: str
    kind: Kind = "full"
    bucket: str = ACCOUNT
    needs: tuple[str, ...] = ()
    parents: str | None = None

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """All pages, from the first on whatever the cursor."""
        for reply, following in listed(reading.api, self.path, self.bucket):
            yield Fetched(_records(reply, self.key), {"v": 1}, following is None, reply.server_time)


@dataclass(frozen=True, slots=True)
class Holidays:
    """The holidays of every schedule; each record is told which schedule it belongs to."""

    name: str = "holidays"
    kind: Kind = "full"
    bucket: str = ACCOUNT
    needs: tuple[str, ...] = ("schedules",)
    parents: str | None = None

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """One page per schedule."""
        path = "api/v2/business_hours/schedules"
        reply = reading.api.get(f"{path}.json", bucket=self.bucket)
        schedules = [one["id"] for one in _records(reply, "schedules") if "id" in one]
        if not schedules:
            yield Fetched([], {"v": 1}, True, reply.server_time)
        for place, schedule in enumerate(schedules):
            reply = reading.api.get(f"{path}/{schedule}/holidays.json", bucket=self.bucket)
            records = [{**one, "schedule_id": schedule} for one in _records(reply, "holidays")]
            yield Fetched(records, {"v": 1}, place + 1 == len(schedules), reply.server_time)


@dataclass(frozen=True, slots=True)
class CursorExport:
    """Tickets or users by the export's cursor; it ends where the export says so, not at a short or empty page.

    Beside the export's cursor ours keeps the newest stamp that was read (``at``), from which the reading starts anew
    where the export no longer knows its cursor.
    """

    name: str
    stamp: str
    include: str = ""
    kind: Kind = "cursor"
    bucket: str = EXPORTS
    needs: tuple[str, ...] = ()
    parents: str | None = None

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """Pages after the cursor; the first of all starts at the account's ``since``."""
        after: str | None = (cursor or {}).get("after")
        at, begun = int((cursor or {}).get("at", 0)), _start(reading.account)
        while True:
            reply = self._asked(reading, after, begun)
            if reply.status == _REJECTED and after is not None:
                after, begun = None, max(at - OVERLAP_S, _start(reading.account))
                reply = self._asked(reading, after, begun)
            if reply.status != 200:
                yield self._too_early(reply, cursor)
                return
            records, ended = measured(_records(reply, self.name), reply), _ended(reply)
            following = reply.body.get("after_cursor") or after
            at = max([at, *(_second(one.get(self.stamp)) for one in records)])
            yield Fetched(records, {"v": 1, "after": following, "at": at}, ended, reply.server_time)
            if ended:
                return
            after = following

    def _asked(self, reading: Reading, after: str | None, begun: int) -> Reply:
        """The page after a cursor, or from a second on; once more where it leads to itself.

        Raises
        ------
        Refused
            The export leads from this page to itself.
        """
        where: dict[str, Any] = {"cursor": after} if after else {"start_time": begun}
        where |= {"per_page": PAGE, **({"include": self.include} if self.include else {})}
        for _ in range(1 + _ASKED_AGAIN):
            reply = reading.api.get(
                f"api/v2/incremental/{self.name}/cursor.json", where,
                bucket=self.bucket, accept=(200, _REJECTED, _TOO_YOUNG),
            )  # fmt: skip
            if reply.status != 200:
                return reply
            _records(reply, self.name)
            if _ended(reply) or (reply.body.get("after_cursor") or after) != after:
                return reply
        raise Refused(f"the export of {self.name} leads from a page to itself", "sync again later", reason="loop")

    def _too_early(self, reply: Reply, cursor: Cursor | None) -> Fetched:
        """The end of a reading that is to begin in the last minute, or later."""
        if reply.status == _TOO_YOUNG:
            return Fetched([], cursor or {"v": 1}, True, reply.server_time)
        raise Refused(f"the export of {self.name} takes no start_time", "look at the account's since", status=400)


@dataclass(frozen=True, slots=True)
class TimeExport:
    """What is exported by time; its pages never part a second, so that a page repeats what the one before ended with.

    A second that is larger than a page holds the export at one place: the page is asked for once more, and if it comes
    back the same the export goes on a second later and says that something of this second may be missing.
    """

    name: str
    key: str
    include: str = ""
    kind: Kind = "cursor"
    bucket: str = EXPORTS
    needs: tuple[str, ...] = ()
    parents: str | None = None

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """Pages from the cursor's second on, that second included."""
        start, gap = int((cursor or {}).get("start", _start(reading.account))), None
        reply = self._asked(reading, start)
        again = self._restarted(reading, start, reply) if cursor and reply.status != 200 else None
        if again is not None:
            start, gap = again
            reply = self._asked(reading, start)
        while reply.status == 200:
            records, passed = _records(reply, self.key), None
            if not _ended(reply) and _end(reply, start) <= start:
                reply, passed = self._held(reading, start, records)
                if reply.status != 200:
                    break
                records = _records(reply, self.key)
            end, ended = max(_end(reply, start), start + bool(passed)), _ended(reply) and not passed
            yield Fetched(records, {"v": 1, "start": end}, ended, reply.server_time, gap=passed or gap)
            if ended:
                return
            start, gap = end, None
            reply = self._asked(reading, start)
        yield self._too_early(reply, start)

    def _held(self, reading: Reading, start: int, records: list[Record]) -> tuple[Reply, str | None]:
        """The page that holds the export at one second, and what may be missing there; another, if it was a mishap.

        Raises
        ------
        Refused
            The export stands still with nothing in it.
        """
        for _ in range(_ASKED_AGAIN):
            before, reply = records, self._asked(reading, start)
            if reply.status != 200 or _ended(reply) or _end(reply, start) > start:
                return reply, None
            records = _records(reply, self.key)
            if records and _mark(before) == _mark(records):
                break
        if not records:
            raise Refused(f"the export of {self.name} stands still", "sync again later", reason="loop")
        return reply, f"more {self.name} in the second {_iso(start)} than one page holds"

    def _restarted(self, reading: Reading, start: int, reply: Reply) -> tuple[int, str | None] | None:
        """Where to start anew, and why something may be missing; None where only the last minute is withheld."""
        if reply.status == _REJECTED:
            return max(start - OVERLAP_S, _start(reading.account)), None
        if start <= _now(reply) or start <= _now(self._asked(reading, start)):  # one answer's clock may be off
            return None
        return _lost(self.name, start, reply, reading.account)

    def _too_early(self, reply: Reply, start: int) -> Fetched:
        """The end of a reading that has come to the last minute."""
        if reply.status == _TOO_YOUNG:
            return Fetched([], {"v": 1, "start": start}, True, reply.server_time)
        raise Refused(f"the export of {self.name} does not take the second {_iso(start)}", "sync again", status=400)

    def _asked(self, reading: Reading, start: int) -> Reply:
        where: dict[str, Any] = {"start_time": start, **({"include": self.include} if self.include else {})}
        return reading.api.get(
            f"api/v2/incremental/{self.name}.json", where, bucket=self.bucket, accept=(200, _REJECTED, _TOO_YOUNG)
        )


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings by the time of their creation; then those of tickets that changed, whose ratings may have changed too.

    Zendesk has no list of changed ratings, but a changed rating moves its ticket. Tickets that moved are looked at a
    hundred at once, and the rating of each that has one is read, unless this pass had it already. A pass from the very
    beginning has them all.
    """

    name: str = "satisfaction_ratings"
    kind: Kind = "keyset"
    bucket: str = ACCOUNT
    needs: tuple[str, ...] = ("tickets",)
    parents: str | None = "tickets"

    def concern(self, parent: Record) -> Any | None:
        """A ticket's rating, as the ticket tells it."""
        rating = parent.get("satisfaction_rating")
        return rating if isinstance(rating, dict) and rating.get("id") else None

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """Ratings created since the newest one that is known, that second included, and changed ones."""
        told = cursor or {}
        start, seen, pages = int(told.get("start", _start(reading.account))), set[str](), 0
        newest, path = int(told.get("newest", start)), "api/v2/satisfaction_ratings.json"
        where = {"start_time": start, "score": "received"}
        for reply, following in listed(reading.api, path, self.bucket, told.get("next"), **where):
            if pages == 0 and start > _now(reply):
                yield from self._anew(reading, start, reply)
                return
            records, pages = _records(reply, self.name), pages + 1
            seen.update(str(one.get("id")) for one in records)
            newest = max([newest, *(_second(one.get("created_at")) for one in records)])
            # Ratings come in no promised order: only a whole pass moves the start.
            onward = {"v": 1, "start": start, "newest": newest, "next": following}
            yield Fetched(records, onward if following else {"v": 1, "start": newest}, False, reply.server_time)
        whole = start == 0 and "next" not in told
        while tickets := reading.todo(_COVERED if whole else _CHANGED):
            records, requests = ([], 0) if whole else self._changed(reading.api, tickets, seen)
            yield Fetched(records, {"v": 1, "start": newest}, False, reply.server_time, requests, done=tuple(tickets))
        yield Fetched([], {"v": 1, "start": newest}, True, reply.server_time, 0)

    def _anew(self, reading: Reading, start: int, reply: Reply) -> Iterator[Fetched]:
        """A pass from a day before now, where the newest rating that is known lies in the future."""
        begun, gap = _lost(self.name, start, reply, reading.account)
        yield Fetched([], {"v": 1, "start": begun}, False, reply.server_time, gap=gap)
        yield from self.pages(reading, {"v": 1, "start": begun})

    def _changed(self, api: Api, tickets: Sequence[str], seen: set[str]) -> tuple[list[Record], int]:
        """The ratings of these tickets as they are now."""
        reply = api.get("api/v2/tickets/show_many.json", {"ids": ",".join(tickets)}, bucket=self.bucket)
        found, requests = list[Record](), 1
        for ticket in _records(reply, "tickets"):
            rating = ticket.get("satisfaction_rating")
            known = rating if isinstance(rating, dict) else {}
            if "id" not in known or str(known["id"]) in seen or str(known.get("score"))[:3] not in ("goo", "bad"):
                continue
            path = f"api/v2/satisfaction_ratings/{known['id']}.json"
            one = api.get(path, bucket=self.bucket, accept=(200, 404))
            requests += 1
            if one.status == 200 and isinstance(one.body, dict) and "satisfaction_rating" in one.body:
                found.append(one.body["satisfaction_rating"])
        return found, requests


@dataclass(frozen=True, slots=True)
class SurveyResponses:
    """The newer surveys' answers; an account has either these or the ratings.

    They are listed by the time of their creation. Since a customer may change an answer while the survey is open, the
    answers of the last weeks are read again once on each day of the helpdesk.
    """

    name: str = "survey_responses"
    kind: Kind = "keyset"
    bucket: str = ACCOUNT
    needs: tuple[str, ...] = ("tickets",)
    parents: str | None = None

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """All answers created since the newest one that is known; on another day those of the last weeks too."""
        told = dict(cursor or {"v": 1, "start": _start(reading.account), "all": True})
        while True:
            for reply, following in self._pass(reading, told):
                if told["start"] > _now(reply):
                    start, gap = _lost(self.name, told["start"], reply, reading.account)
                    yield Fetched([], {"v": 1, "start": start}, False, reply.server_time, gap=gap)
                    yield from self.pages(reading, {"v": 1, "start": start})
                    return
                records = _records(reply, self.name)
                told["newest"] = max([told.get("newest", told["start"]), *(_created(one) for one in records)])
                told["next"], day = following, reply.server_time.date().isoformat()
                if following is None:
                    told = self._over(told, day)
                yield Fetched(records, _short(told), following is None and told.get("day") == day, reply.server_time)
            if told.get("day") == day:
                return
            told = {**told, "all": True}

    def _pass(self, reading: Reading, told: Cursor) -> Iterator[tuple[Reply, str | None]]:
        begun = max(told["start"] - (OPEN_S if "day" in told and told.get("all") else 0), _start(reading.account))
        where = {"filter[created_at_start]": begun * 1_000} if begun else {}
        return listed(reading.api, "api/v2/guide/survey_responses", self.bucket, told.get("next"), **where)

    def _over(self, told: Cursor, day: str) -> Cursor:
        """The cursor after a whole pass: the day is over for those who read all of the last weeks."""
        known = day if told.get("all") else told.get("day", "")
        return {"v": 1, "start": told["newest"], "day": known}


def _short(told: Cursor) -> Cursor:
    return {key: value for key, value in told.items() if value is not None}


def listed(
    api: Api, path: str, bucket: str, begun: str | None = None, **where: Any
) -> Iterator[tuple[Reply, str | None]]:
    """Replies of a list page by page, each with what leads on from it; a list without pages is one reply.

    Parameters
    ----------
    begun
        What led on from the last page that was read; where Zendesk rejects it, the list is read from its beginning.

    Raises
    ------
    Refused
        The list leads from a page to itself.
    """
    first = f"{path}?{urlencode({'page[size]': LIST_PAGE, **where})}"
    asked, accept = begun or first, (200, _REJECTED) if begun else (200,)
    seen = {asked}
    while True:
        for _ in range(1 + _ASKED_AGAIN):
            reply = api.get(asked, bucket=bucket, accept=accept)
            if reply.status == _REJECTED:
                asked, accept, seen = first, (200,), {first}
                reply = api.get(asked, bucket=bucket)
            following = _following(reply, first)
            if following is None or following not in seen:
                break
        else:
            raise Refused(f"the list {path} leads from a page to itself", "sync again later", reason="loop")
        yield reply, following
        if following is None:
            return
        seen.add(following)
        asked, accept = following, (200,)


def _following(reply: Reply, first: str) -> str | None:
    """What leads on from a page of a list: a link, or else a cursor."""
    told = reply.body if isinstance(reply.body, dict) else {}
    links, meta = told.get("links") or {}, told.get("meta") or {}
    if not meta.get("has_more", True):
        return None
    link: str | None = links.get("next") or told.get("next_page")
    if link is None and meta.get("has_more") and meta.get("after_cursor"):
        link = f"{first}&{urlencode({'page[after]': meta['after_cursor']})}"
    return link


def measured(tickets: list[Record], reply: Reply) -> list[Record]:
    """Tickets with Zendesk's own figures of each, which some replies have in the ticket and others beside them."""
    sets = reply.body.get("metric_sets") if isinstance(reply.body, dict) else None
    found = {one.get("ticket_id"): one for one in sets if isinstance(one, dict)} if isinstance(sets, list) else {}
    return [{**one, "metric_set": found[one["id"]]} if one.get("id") in found else one for one in tickets]


def _records(reply: Reply, key: str) -> list[Record]:
    """The objects of a reply.

    Raises
    ------
    Refused
        The reply has no such list, so that it is not what was asked for.
    """
    found = reply.body.get(key) if isinstance(reply.body, dict) else None
    if not isinstance(found, list):
        raise Refused(f"a reply has no list {key}", "the helpdesk's form has changed", reason="form", status=200)
    return found


def _ended(reply: Reply) -> bool:
    return isinstance(reply.body, dict) and bool(reply.body.get("end_of_stream"))


def _end(reply: Reply, start: int) -> int:
    found = reply.body.get("end_time") if isinstance(reply.body, dict) else None
    return found if isinstance(found, int) else start


def _mark(records: list[Record]) -> bytes:
    return hashlib.sha256(orjson.dumps(records)).digest()


def _start(account: Account) -> int:
    """The first second that is wanted; Zendesk takes no time before 1970."""
    if account.since is None:
        return 0
    return int(datetime(account.since.year, account.since.month, account.since.day, tzinfo=UTC).timestamp())


def _lost(name: str, start: int, reply: Reply, account: Account) -> tuple[int, str]:
    """Where to read on from that was read up to a second in the future, and that something may be missing."""
    again = max(_now(reply) - OVERLAP_S, _start(account))
    return again, f"{name} were read up to {_iso(start)}, in the future; read again from {_iso(again)}"


def _now(reply: Reply) -> int:
    """The second of an answer by the helpdesk's own clock."""
    return int(reply.server_time.timestamp())


def _iso(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()


def _second(stamp: Any) -> int:
    """A stamp, in seconds or as text; 0 where it is neither."""
    if isinstance(stamp, int):
        return stamp
    try:
        return int(datetime.fromisoformat(str(stamp)).timestamp())
    except ValueError:
        return 0


def _created(response: Record) -> int:
    """When a survey was answered first; responses do not always say when they were made, their answers do."""
    answers = response.get("answers")
    stamps = [one.get("created_at") for one in answers if isinstance(one, dict)] if isinstance(answers, list) else []
    found = [_second(stamp) for stamp in (response.get("created_at"), *stamps) if stamp]
    return min(found, default=0)
