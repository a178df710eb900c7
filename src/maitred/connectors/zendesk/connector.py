"""Zendesk as a connector: how it is signed in to, what it allows a minute, and what a look at an account finds."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
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
from maitred.connectors.zendesk import hooks, read
from maitred.connectors.zendesk.write import ZendeskWriter

MANY = 100
_PER_MINUTE = {"account": 200.0, "incremental": 10.0, "write": 100.0}
_OPTIONAL = {
    "custom_statuses": "api/v2/custom_statuses.json",
    "schedules": "api/v2/business_hours/schedules.json",
    "slas_policies": "api/v2/slas/policies.json",
    "satisfaction_ratings": "api/v2/satisfaction_ratings.json",
    "survey_responses": "api/v2/guide/survey_responses",
}
_WITH = {"schedules": ("holidays",)}
_ADMIN_ONLY = ("organizations", "users", "tickets", "ticket_events", "ticket_metric_events")
_PART = re.compile(r"(total|remaining|resets)=(\d+)")


class Zendesk:
    """The ``Connector`` of Zendesk."""

    vendor = "zendesk"
    credentials = ("email", "token")

    def authorize(self, account: Account, api: Api, stale: bool) -> Mapping[str, str]:
        """By e-mail and API token; by an OAuth token where only that is given."""
        told = account.credentials
        if "email" not in told:
            return {"Authorization": f"Bearer {told['token']}"}
        signed = base64.b64encode(f"{told['email']}/token:{told['token']}".encode()).decode()
        return {"Authorization": f"Basic {signed}"}

    def rates(self, account: Account) -> Mapping[str, Rate]:
        """The limits of the smallest plan; replies tell of larger ones."""
        wanted = account.requests_per_minute
        return {bucket: Rate(wanted or rate) for bucket, rate in _PER_MINUTE.items()}

    def hints(self, path: str, headers: Mapping[str, str]) -> Sequence[Hint]:
        """What is left of the account's limit, and of the exports' own."""
        hints = []
        left, total = _whole(headers.get("ratelimit-remaining")), _whole(headers.get("x-rate-limit"))
        resets = _whole(headers.get("ratelimit-reset"))
        if left is not None:
            hints.append(Hint("account", left, total, resets))
        for name, value in headers.items():
            if name.startswith("zendesk-ratelimit-") and "/incremental/" in path:
                parts = {key: int(number) for key, number in _PART.findall(value)}
                hints.append(Hint("incremental", parts.get("remaining"), parts.get("total"), parts.get("resets")))
        return hints

    def exhausted(self, reply: Reply) -> float | None:
        """Zendesk always says so by 429."""
        return None

    def probe(self, api: Api, account: Account) -> Probe:
        """Who we are there, and which streams this user and this plan have.

        Raises
        ------
        Refused
            The account does not let us in, or what answers is no Zendesk.
        """
        user = _object(api.get("api/v2/users/me.json"), "user")
        if user.get("id") is None:
            raise Refused("Zendesk knows nobody by this key", "give it the e-mail and token of an admin", reason="key")
        settings = _object(api.get("api/v2/account/settings.json", accept=(200, 403)), "settings")
        missing: dict[str, str] = {}
        for stream, path in _OPTIONAL.items():
            reply = api.get(path, {"page[size]": 1}, accept=(200, 403, 404))
            if reply.status != 200:
                why = "this user may not read it" if reply.status == 403 else "the account does not have it"
                missing.update(dict.fromkeys((stream, *_WITH.get(stream, ())), why))
        admin = user.get("role") == "admin"
        if not admin:
            missing.update(dict.fromkeys(_ADMIN_ONLY, "only an admin may use the incremental exports"))
        names = [stream.name for stream in self.streams(account)]
        return Probe(
            account=account.url,
            user=str(user.get("email") or user.get("name") or ""),
            plan="",
            settings={"features": sorted(settings)},
            available=tuple(name for name in names if name not in missing),
            missing=missing,
            history="every change of a ticket since it was created" if admin else "none: no export can be read",
            notices=() if admin else ("the user is no admin: tickets cannot be read",),
            user_id=str(user["id"]),
        )

    def streams(self, account: Account) -> Sequence[Stream]:
        """In the order of one cycle."""
        return read.streams()

    def count(self, api: Api, account: Account) -> int | None:
        """Tickets as Zendesk counts them (it refreshes large counts once a day)."""
        value = _object(api.get("api/v2/tickets/count.json"), "count").get("value")
        return value if isinstance(value, int) else None

    def count_between(self, reading: Reading, since: datetime, until: datetime) -> int:
        """As Zendesk's search counts them, archived tickets included.

        Raises
        ------
        Refused
            Its answer is no count.
        """
        reply = reading.api.get("api/v2/search/count.json", {"query": f"type:ticket {_created(since, until)}"})
        found = reply.body.get("count") if isinstance(reply.body, dict) else None
        if not isinstance(found, int):
            raise Refused("Zendesk's search does not count tickets", "look at the address", reason="form", status=200)
        return found

    def created_between(self, reading: Reading, since: datetime, until: datetime) -> Iterator[tuple[str, ...]]:
        """By the search's export, which has no end after a thousand."""
        where = {"query": _created(since, until), "filter[type]": "ticket"}
        for reply, _ in read.listed(reading.api, "api/v2/search/export.json", read.ACCOUNT, **where):
            yield tuple(str(ticket["id"]) for ticket in reply.body["results"])

    def ids(self, reading: Reading) -> Iterator[tuple[str, ...]]:
        """Ids of all tickets that are not deleted, a hundred a page."""
        for reply, _ in read.listed(reading.api, "api/v2/tickets.json", read.ACCOUNT):
            yield tuple(str(ticket["id"]) for ticket in reply.body["tickets"])

    def refetch(self, reading: Reading, tickets: Sequence[str]) -> Iterator[tuple[str, Fetched]]:
        """The tickets, and the audits of each: all that happened to it, its comments included."""
        for place in range(0, len(tickets), MANY):
            reply = _many(reading.api, tickets[place : place + MANY], include="metric_sets")
            yield "tickets", Fetched(read.measured(reply.body["tickets"], reply), {}, True, reply.server_time)
            for ticket in reply.body["tickets"]:
                path = f"api/v2/tickets/{ticket['id']}/audits.json"
                for page, _ in read.listed(reading.api, path, read.ACCOUNT):
                    yield "ticket_audits", Fetched(page.body["audits"], {}, True, page.server_time)

    def absent(self, reading: Reading, tickets: Sequence[str]) -> Sequence[str]:
        """Those that are not among the answers to a request for them by id."""
        gone: list[str] = []
        for place in range(0, len(tickets), MANY):
            asked = tickets[place : place + MANY]
            there = {str(ticket["id"]) for ticket in _many(reading.api, asked).body["tickets"]}
            gone.extend(ticket for ticket in asked if ticket not in there)
        return gone

    def binned(self, reading: Reading, tickets: Sequence[str]) -> Sequence[str]:
        """Those in the list of deleted tickets, which Zendesk keeps for thirty days."""
        wanted, kept = set(tickets), list[str]()
        for reply, _ in read.listed(reading.api, "api/v2/deleted_tickets.json", read.ACCOUNT):
            kept += [str(one["id"]) for one in reply.body["deleted_tickets"] if str(one["id"]) in wanted]
        return kept

    def writer(self) -> Writer | None:
        """Changes by safe update."""
        return ZendeskWriter()

    def hook(self, delivery: Delivery) -> Accepted | None:
        """Signed calls only."""
        return hooks.accepted(delivery)


def _created(since: datetime, until: datetime) -> str:
    """The condition of a search that a ticket was created from one instant on and before another."""
    first, last = (one.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for one in (since, until))
    return f"created>={first} created<{last}"


def _many(api: Api, tickets: Sequence[str], **more: str) -> Reply:
    return api.get("api/v2/tickets/show_many.json", {"ids": ",".join(tickets), **more})


def _object(reply: Reply, key: str) -> dict[str, Any]:
    found = reply.body.get(key) if isinstance(reply.body, dict) else None
    return found if isinstance(found, dict) else {}


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


CONNECTOR: Connector = Zendesk()
