"""django-helpdesk as a connector: its REST API gives tickets, each with all that was said and done in it.

The API sorts tickets by number and can neither filter by time nor tell when a ticket changed, so every cycle reads all
of them. It names neither people nor queues beyond their numbers. Its webhooks carry nothing by which a call could be
known to be genuine, and it has no lock against changing what somebody else changed: it is read only.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maitred.connectors.decoded import Decoded
from maitred.connectors.live import (
    Accepted,
    Account,
    Api,
    Connector,
    Cursor,
    Delivery,
    Fetched,
    Hint,
    Kind,
    Probe,
    Rate,
    Reading,
    Refused,
    Reply,
    Stream,
    Writer,
)
from maitred.connectors.page import Record
from maitred.connectors.streams import Stream as Feed
from maitred_django_helpdesk import mapping

MOUNTS = ("helpdesk/", "")
"""Where it is looked for under an address, unless the account's setting ``mount`` says it."""
PAGE = 100
"""Tickets of a page, unless the account's setting ``page`` says otherwise."""


@dataclass(frozen=True, slots=True)
class Tickets:
    """All tickets, by their number; a reading that is broken off goes on with the page it had come to."""

    name: str = "tickets"
    kind: Kind = "keyset"
    bucket: str = "account"
    needs: tuple[str, ...] = ()
    parents: str | None = None

    def pages(self, reading: Reading, cursor: Cursor | None) -> Iterator[Fetched]:
        """Pages from the cursor's on; after the last one the next reading begins anew.

        A ticket that is deleted meanwhile pulls others to the page before: the next cycle reads them.
        """
        page, size = int((cursor or {}).get("page", 1)), int(reading.account.settings.get("page", PAGE))
        while True:
            where, accept = {"page": page, "page_size": size}, (200, 404) if page > 1 else (200,)
            reply = reading.api.get(f"{_found(reading)}api/tickets/", where, bucket=self.bucket, accept=accept)
            if reply.status == 404:  # so many were deleted that there is no such page any more
                yield Fetched([], {"v": 1}, True, reply.server_time)
                return
            records, more = _results(reply), reply.body.get("next") is not None
            page += 1
            yield Fetched(records, {"v": 1, "page": page} if more else {"v": 1}, not more, reply.server_time)
            if not more:
                return


class DjangoHelpdesk:
    """The ``Connector`` of django-helpdesk."""

    vendor = "django-helpdesk"
    credentials = ("user", "password")
    feeds: Mapping[str, Feed] = {"tickets": Feed(mapping.TABLES, ("results",))}

    def decode(self, stream: str, records: Sequence[object]) -> Decoded:
        """See ``mapping.decode``."""
        return mapping.decode(stream, records)

    def authorize(self, account: Account, api: Api, stale: bool) -> Mapping[str, str]:
        """By the name and password of a member of staff; there is nothing to renew."""
        pair = f"{account.credentials['user']}:{account.credentials['password']}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    def rates(self, account: Account) -> Mapping[str, Rate]:
        """It sets no limit by itself; one request a second spares a small server."""
        return {"account": Rate(account.requests_per_minute or 60, burst=5)}

    def hints(self, path: str, headers: Mapping[str, str]) -> Sequence[Hint]:
        """Replies tell nothing of limits."""
        return ()

    def exhausted(self, reply: Reply) -> float | None:
        """A throttle, where one is set up, answers 429."""
        return None

    def probe(self, api: Api, account: Account) -> Probe:
        """Whether this is a django-helpdesk, and whether its tickets may be read.

        Raises
        ------
        Refused
            The name or password does not hold, or what answers is no django-helpdesk.
        """
        mount = _mounted(api, account)
        reply = api.get(f"{mount}api/tickets/", {"page_size": 1}, accept=(200, 403))
        missing = {} if reply.status == 200 else {"tickets": "only members of staff may read tickets"}
        return Probe(
            account=account.url,
            user=account.credentials["user"],
            plan="",
            settings={"mount": mount},
            available=() if missing else ("tickets",),
            missing=missing,
            history="changes of status since each ticket was opened; of anything else only today's value",
            notices=("people and queues are known by their number only",),
        )

    def streams(self, account: Account) -> Sequence[Stream]:
        """Only tickets can be read."""
        return (Tickets(),)

    def count(self, api: Api, account: Account) -> int | None:
        """As the list of tickets counts them."""
        found = api.get(f"{_mounted(api, account)}api/tickets/", {"page_size": 1}).body
        count = found.get("count") if isinstance(found, dict) else None
        return count if isinstance(count, int) else None

    def ids(self, reading: Reading) -> Iterator[tuple[str, ...]]:
        """Every ticket's number."""
        for page in Tickets().pages(reading, None):
            yield tuple(str(one["id"]) for one in page.records)

    def refetch(self, reading: Reading, tickets: Sequence[str]) -> Iterator[tuple[str, Fetched]]:
        """Each ticket by itself, with all that was said in it."""
        for ticket in tickets:
            reply = _one(reading, ticket)
            if reply.status == 200:
                yield "tickets", Fetched([reply.body], {"v": 1}, True, reply.server_time)

    def absent(self, reading: Reading, tickets: Sequence[str]) -> Sequence[str]:
        """Those that it answers with 404."""
        return [ticket for ticket in tickets if _one(reading, ticket).status == 404]

    def writer(self) -> Writer | None:
        """It is read only."""
        return None

    def hook(self, delivery: Delivery) -> Accepted | None:
        """Its calls are not signed and can carry no token: none is believed."""
        return None


def _mounted(api: Api, account: Account) -> str:
    """The path under which the helpdesk answers.

    Raises
    ------
    Refused
        It lets nobody in there, or there is none.
    """
    told = account.settings.get("mount")
    for mount in MOUNTS if told is None else (str(told),):
        try:
            listed = api.get(f"{mount}api/").body
        except Refused as refused:
            if refused.status != 404:
                raise
            continue
        if isinstance(listed, dict) and {"tickets", "followups"} <= set(listed):
            return mount
    text = "the address does not answer as django-helpdesk's API does"
    raise Refused(text, "give the address at which people work", reason="form")


def _found(reading: Reading) -> str:
    """The path that the probe found."""
    return str(reading.settings.get("mount", ""))


def _one(reading: Reading, ticket: str) -> Reply:
    return reading.api.get(f"{_found(reading)}api/tickets/{ticket}/", accept=(200, 404))


def _results(reply: Reply) -> list[Record]:
    """The tickets of a page.

    Raises
    ------
    Refused
        The reply is no page of tickets.
    """
    found: Any = reply.body.get("results") if isinstance(reply.body, dict) else None
    if not isinstance(found, list):
        raise Refused("a reply is no page of tickets", "the API's form has changed", reason="form", status=reply.status)
    return found


CONNECTOR: Connector = DjangoHelpdesk()
