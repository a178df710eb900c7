"""Freshdesk as a live helpdesk: how it is signed in to, how fast it may be asked, what it offers, one ticket by id."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from maitred.connectors.freshdesk import hooks, paging, read
from maitred.connectors.freshdesk.tickets import BUCKET, INCLUDED, PASSES, walked
from maitred.connectors.freshdesk.write import FreshdeskWriter
from maitred.connectors.live import (
    Accepted,
    Account,
    Api,
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

WRITE = "write"
_PLANS = {"trial": (50, 20), "growth": (200, 20), "pro": (400, 100), "enterprise": (700, 200)}
"""Requests a minute of each plan, and how many of them may list tickets."""
_SMALLEST = _PLANS["trial"][0]
_LIST_COSTS = 1 + 2 * len(INCLUDED.split(","))
"""Requests that a page of tickets counts for."""
_WINDOW_S = 60.0
_BY_HOUR = 1_500
"""From here on an account's number of requests is taken for one by the hour, as older plans have it."""
_LOOKED_AT = {
    "ticket_fields": "ticket_fields",
    "sla_policies": "sla_policies",
    "business_hours": "business_hours",
    "satisfaction_ratings": "surveys/satisfaction_ratings",
    "time_entries": "time_entries",
    "ticket_activities": "export/ticket_activities",
}
"""Streams that a plan, a right or Freshdesk itself may withhold."""


@dataclass(frozen=True, slots=True)
class Freshdesk:
    """The connector; see ``live.Connector``."""

    vendor: str = "freshdesk"
    credentials: tuple[str, ...] = ("key",)

    def authorize(self, account: Account, api: Api, stale: bool) -> Mapping[str, str]:
        """The key as the user's name, with any password; it cannot be renewed."""
        pair = base64.b64encode(f"{account.credentials['key']}:X".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def rates(self, account: Account) -> Mapping[str, Rate]:
        """The plan's rates, those of a trial until the plan is known or a reply has told the account's."""
        total, listing = _PLANS.get(str(account.settings.get("plan")), _PLANS["trial"])
        return _shares(total, listing)

    def hints(self, path: str, headers: Mapping[str, str]) -> Sequence[Hint]:
        """What is left of the account's requests, from which all buckets draw, and the rates that follow from them."""
        left, told = headers.get("x-ratelimit-remaining", ""), headers.get("x-ratelimit-total", "")
        if not left.isdigit():
            return ()
        remaining, pause = int(left), headers.get("retry-after", "")
        resets = _WINDOW_S if remaining else float(pause) if pause.isdigit() else None
        total = _by_minute(int(told)) if told.isdigit() else 0
        rates = _shares(total, max(lists for rate, lists in _PLANS.values() if rate <= max(total, _SMALLEST)))
        costs = {BUCKET: _LIST_COSTS}
        return [
            Hint(name, remaining // costs.get(name, 1), int(rate.per_minute) if total else None, resets)
            for name, rate in rates.items()
        ]

    def exhausted(self, reply: Reply) -> float | None:
        """Freshdesk says it with 429 alone."""
        return None

    def probe(self, api: Api, account: Account) -> Probe:
        """Who the key belongs to, the plan by its rate, and which streams are withheld."""
        reply = api.get(f"{paging.BASE}/agents/me")
        if not isinstance(reply.body, dict) or "id" not in reply.body:
            raise Refused("the address does not answer as Freshdesk does", "look at the address", reason="form")
        contact = reply.body.get("contact") or {}
        total = int(found) if (found := reply.headers.get("x-ratelimit-total", "")).isdigit() else 0
        plan = next((name for name, (rate, _) in _PLANS.items() if rate == total), "")
        missing: dict[str, str] = {}
        for name, path in _LOOKED_AT.items():
            asked = api.get(f"{paging.BASE}/{path}", _look(name, reply), accept=(200, 400, 403, 404))
            if asked.status == 403 or (asked.status == 404 and name != "ticket_activities"):
                missing[name] = f"Freshdesk answers {asked.status}: the key's user or the plan has no right to it"
        exported = "ticket_activities" not in missing
        names = [stream.name for stream in self.streams(account)]
        return Probe(
            account=account.url,
            user=str(contact.get("email") or contact.get("name") or reply.body["id"]),
            plan=plan,
            settings={"plan": plan, "activities": exported},
            available=tuple(name for name in names if name not in missing),
            missing=missing,
            history="exact, from the export of activities" if exported else "from differences between two syncs",
            notices=() if exported else ("the export of activities is off; Freshdesk's support switches it on",),
            user_id=str(reply.body["id"]),
        )

    def streams(self, account: Account) -> Sequence[Stream]:
        """See ``read.streams``."""
        return read.streams()

    def count(self, api: Api, account: Account) -> int | None:
        """Freshdesk has no count of all tickets."""
        return None

    @property
    def not_by_day(self) -> str:
        """Why there is no count by day."""
        return "Freshdesk's search leaves archived tickets out, so that every id is compared instead"

    def ids(self, reading: Reading) -> Iterator[tuple[str, ...]]:
        """Every ticket, deleted and spam included, by a pass from the beginning of time."""
        for which in PASSES:
            for page in walked(reading, which, {"since": paging.EPOCH}):
                if page.gap:
                    raise Refused("not every ticket can be listed", page.gap, reason="wall", status=400)
                yield tuple(str(one["id"]) for one in page.records)

    def refetch(self, reading: Reading, tickets: Sequence[str]) -> Iterator[tuple[str, Fetched]]:
        """Each ticket, then its conversations."""
        for ticket in tickets:
            reply = reading.api.get(f"{paging.BASE}/tickets/{ticket}", {"include": "stats"}, accept=(200, 404))
            if reply.status == 404:
                continue
            yield "tickets", Fetched([reply.body], {"v": 1}, True, reply.server_time)
            for step in read.conversations(reading.api, ticket).walk():
                records = [{"ticket_id": int(ticket), **one} for one in step.records]
                yield "conversations", Fetched(records, {"v": 1}, True, step.reply.server_time, step.requests)

    def absent(self, reading: Reading, tickets: Sequence[str]) -> Sequence[str]:
        """Those that Freshdesk answers with 404, one request each."""
        asked = ((one, reading.api.get(f"{paging.BASE}/tickets/{one}", accept=(200, 404))) for one in tickets)
        return [one for one, reply in asked if reply.status == 404]

    def binned(self, reading: Reading, tickets: Sequence[str]) -> Sequence[str]:
        """Those that can still be asked for by id."""
        gone = set(self.absent(reading, tickets))
        return [one for one in tickets if one not in gone]

    def writer(self) -> Writer | None:
        """See ``write.FreshdeskWriter``."""
        return FreshdeskWriter()

    def hook(self, delivery: Delivery) -> Accepted | None:
        """See ``hooks.accepted``."""
        return hooks.accepted(delivery)


def _shares(total: int, listing: int) -> Mapping[str, Rate]:
    """What of so many requests a minute each bucket may use.

    A tenth is for writing. A sync leaves a fifth of the account's bucket to people, and lists tickets before it does
    anything else, so that the two that read never add up.
    """
    writing = max(total // 10, 1)
    pages = max(min(listing, total * 7 // 10 // _LIST_COSTS), 1)
    return {paging.ACCOUNT: Rate(max(total - writing, 1)), BUCKET: Rate(pages), WRITE: Rate(writing)}


def _by_minute(total: int) -> int:
    return total if total < _BY_HOUR else total // 60


def _look(name: str, reply: Reply) -> Mapping[str, object]:
    if name == "ticket_activities":
        return {"created_at": (reply.server_time - read.AGAIN).date().isoformat()}
    return {"per_page": 1}


CONNECTOR = Freshdesk()
