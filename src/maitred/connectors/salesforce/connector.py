"""Salesforce as a connector: how it is signed in to, what it allows a day, and what a look at an organisation finds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from maitred.connectors.live import (
    Accepted,
    Account,
    Api,
    Connector,
    Delivery,
    Fetched,
    Hint,
    Probe,
    Rate,
    Reading,
    Refused,
    Reply,
    Stream,
    Writer,
)
from maitred.connectors.salesforce import backfill, hooks, read, signing
from maitred.connectors.salesforce.asking import (
    ACCOUNT,
    OBJECTS,
    Asking,
    among,
    described,
    errors,
    kinds,
    newest,
    records_of,
    select,
    written,
)
from maitred.connectors.salesforce.write import SalesforceWriter

SHARE = 0.6
"""How much of a day's requests is used; the rest is left to the organisation's other systems."""
SMALLEST_DAY = 15_000
_DAY_MIN = 1_440
_FASTEST = 600.0
_QUARTER_S = 900
_CROWDED_S = 30.0
_USAGE = re.compile(r"(?<!-)api-usage=(\d+)/(\d+)")
_TRACKED = {"Status": "Status", "Owner": "Case Owner"}


class Salesforce:
    """The ``Connector`` of Salesforce."""

    vendor = "salesforce"
    credentials = ("client_id", "client_secret")
    """Or ``client_id``, ``jwt_key`` and ``user``, where the app signs in by a certificate."""

    def authorize(self, account: Account, api: Api, stale: bool) -> Mapping[str, str]:
        """A token, fetched anew where the last one was refused."""
        return signing.authorize(account, api)

    def rates(self, account: Account) -> Mapping[str, Rate]:
        """A share of the day's requests; those of the smallest organisation until its own number is known."""
        day = int(account.settings.get("daily_requests") or SMALLEST_DAY)
        usual = min(day * SHARE / _DAY_MIN, _FASTEST)
        rate = Rate(float(account.requests_per_minute or usual), max(int(usual * 60), 10))
        return {ACCOUNT: rate, backfill.JOBS: Rate(6), "write": Rate(float(account.requests_per_minute or 60))}

    def hints(self, path: str, headers: Mapping[str, str]) -> Sequence[Hint]:
        """What is left of our share of the day, from the approximate usage in each reply."""
        found = _USAGE.search(headers.get("sforce-limit-info", ""))
        if found is None:
            return ()
        used, total = int(found.group(1)), int(int(found.group(2)) * SHARE)
        return (Hint(ACCOUNT, max(total - used, 0), total, None if used < total else float(_QUARTER_S)),)

    def exhausted(self, reply: Reply) -> float | None:
        """Until the next quarter of an hour, where the day's requests are used up (Salesforce names no time)."""
        if reply.status != 403 or "REQUEST_LIMIT_EXCEEDED" not in errors(reply):
            return None
        if any("concurrent" in str(one.get("message", "")).lower() for one in reply.body):
            return _CROWDED_S
        return _QUARTER_S - reply.server_time.timestamp() % _QUARTER_S

    def probe(self, api: Api, account: Account) -> Probe:
        """Who we are there, which objects and fields there are, and how much history to expect.

        Raises
        ------
        Refused
            The organisation does not let us in, has no cases for us, or what answers is no Salesforce.
        """
        base = newest(api)
        missing: dict[str, str] = {}
        chosen: dict[str, list[str]] = {}
        typed: dict[str, dict[str, str]] = {}
        tracked: set[str] = set()
        for name in OBJECTS:
            try:
                fields = described(api, base, name)
            except Refused as refusal:
                if name == "Case" or refusal.reason not in ("absent", "forbidden"):
                    raise
                missing[name] = f"{refusal.what}: {refusal.remedy}" if refusal.remedy else refusal.what
                continue
            chosen[name] = select(name, fields)
            typed[name] = kinds(fields, chosen[name])
            if name == "Case":
                tracked = {str(one["name"]) for one in fields if one.get("trackHistory")}
        user = _object(api.get("services/oauth2/userinfo", bucket=ACCOUNT, accept=(200, 401, 403, 404)))
        organisation = api.get(f"{base}/query", {"q": "SELECT Id, Name, OrganizationType FROM Organization"},
                               bucket=ACCOUNT, accept=(200, 400, 403))  # fmt: skip
        about = records_of(organisation)[0] if organisation.status == 200 and records_of(organisation) else {}
        limits = _object(api.get(f"{base}/limits", bucket=ACCOUNT, accept=(200, 403, 404)))
        day = _object_of(limits.get("DailyApiRequests")).get("Max")
        notices = [] if "CaseHistory" in missing else _untracked(api, base, tracked)
        if self._count(api, base) == 0:
            notices.append("no case can be seen: give the connection's user View All on cases")
        return Probe(
            account=account.url,
            user=str(user.get("preferred_username") or user.get("email") or ""),
            plan=str(about.get("OrganizationType") or ""),
            settings={
                "base": base,
                "select": chosen,
                "kinds": typed,
                "daily_requests": day if isinstance(day, int) else SMALLEST_DAY,
                "organization": str(about.get("Id") or user.get("organization_id") or ""),
            },
            available=tuple(stream.name for stream in self.streams(account) if stream.name not in missing),
            missing=missing,
            history="none: the history of cases cannot be read" if "CaseHistory" in missing
            else "exact for the fields whose history Salesforce tracks, as far back as it keeps it",
            notices=tuple(notices),
            user_id=str(user["user_id"]) if user.get("user_id") else None,
        )  # fmt: skip

    def streams(self, account: Account) -> Sequence[Stream]:
        """See ``read.streams``."""
        return read.streams()

    def count(self, api: Api, account: Account) -> int | None:
        """Cases outside the recycle bin."""
        return self._count(api, newest(api))

    def count_between(self, reading: Reading, since: datetime, until: datetime) -> int:
        """Cases outside the recycle bin.

        Raises
        ------
        Refused
            Its answer is no count.
        """
        asking = Asking(reading, "Case")
        reply = asking.ask(asking.count(*_created(since, until)), deleted=False)
        found = reply.body.get("totalSize") if isinstance(reply.body, dict) else None
        if not isinstance(found, int):
            raise Refused("Salesforce does not count cases", "look at the address", reason="form", status=200)
        return found

    def created_between(self, reading: Reading, since: datetime, until: datetime) -> Iterator[tuple[str, ...]]:
        """By their ids, outside the recycle bin."""
        for reply in Asking(reading, "Case").scan(*_created(since, until), fields=("Id",), deleted=False):
            yield tuple(str(one["Id"]) for one in records_of(reply))

    def ids(self, reading: Reading) -> Iterator[tuple[str, ...]]:
        """Every case, those in the recycle bin included."""
        for reply in Asking(reading, "Case").scan(fields=("Id",)):
            yield tuple(str(one["Id"]) for one in records_of(reply))

    def refetch(self, reading: Reading, tickets: Sequence[str]) -> Iterator[tuple[str, Fetched]]:
        """The cases, and what happened to them."""
        return read.parts(reading, list(tickets), {})

    def absent(self, reading: Reading, tickets: Sequence[str]) -> Sequence[str]:
        """Those that are not among the answers to a request for them by id, the recycle bin included."""
        asking, gone = Asking(reading, "Case"), list[str]()
        for begin in range(0, len(tickets), read.BY_ID):
            asked = tickets[begin : begin + read.BY_ID]
            there = {
                str(one["Id"])[:15]
                for reply in asking.scan(among("Id", asked), fields=("Id",))
                for one in records_of(reply)
            }
            gone += [one for one in asked if one[:15] not in there]
        return gone

    def binned(self, reading: Reading, tickets: Sequence[str]) -> Sequence[str]:
        """Those that can still be asked for by id."""
        gone = set(self.absent(reading, tickets))
        return [one for one in tickets if one not in gone]

    def writer(self) -> Writer | None:
        """Changes of cases that have not moved on."""
        return SalesforceWriter()

    def hook(self, delivery: Delivery) -> Accepted | None:
        """See ``hooks.accepted``."""
        return hooks.accepted(delivery)

    def _count(self, api: Api, base: str) -> int | None:
        reply = api.get(f"{base}/query", {"q": "SELECT COUNT() FROM Case"}, bucket=ACCOUNT, accept=(200, 400))
        found = reply.body.get("totalSize") if reply.status == 200 else None
        return found if isinstance(found, int) else None


def _created(since: datetime, until: datetime) -> tuple[str, str]:
    return f"CreatedDate >= {written(since)}", f"CreatedDate < {written(until)}"


def _untracked(api: Api, base: str, tracked: set[str]) -> list[str]:
    """What to say where the two fields that every figure needs leave no history."""
    notices = []
    for field, label in _TRACKED.items():
        if field in tracked or f"{field}Id" in tracked:
            continue
        query = f"SELECT Id FROM CaseHistory WHERE Field = '{field}' LIMIT 1"
        reply = api.get(f"{base}/query", {"q": query}, bucket=ACCOUNT, accept=(200, 400, 403))
        if reply.status != 200 or not records_of(reply):
            notices.append(
                f"no history of {label} was found: switch on its tracking (Set History Tracking on cases), or times and"
                " handovers cannot be told"
            )
    return notices


def _object(reply: Reply) -> dict[str, Any]:
    return _object_of(reply.body) if reply.status == 200 else {}


def _object_of(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


CONNECTOR: Connector = Salesforce()
