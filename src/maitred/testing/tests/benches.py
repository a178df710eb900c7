"""The benches of our own connectors: each against its double, with an account of a few tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

from maitred.connectors.freshdesk import double as freshdesk_double
from maitred.connectors.freshdesk.connector import CONNECTOR as FRESHDESK
from maitred.connectors.live import Account, Connector, Delivery, Op
from maitred.connectors.salesforce import double as salesforce_double
from maitred.connectors.salesforce.connector import CONNECTOR as SALESFORCE
from maitred.connectors.zendesk import double as zendesk_double
from maitred.connectors.zendesk.connector import CONNECTOR as ZENDESK
from maitred.connectors.zendesk.hooks import signature_of
from maitred.testing import Bench

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
_SECRET = "the-secret-of-the-hook"
_STAMP = "2026-03-02T08:00:00Z"


def zendesk_call() -> Delivery:
    body = b'{"type": "zen:event-type:ticket.status_changed", "detail": {"id": "7"}}'
    headers = {
        "x-zendesk-webhook-signature": signature_of(_SECRET, _STAMP.encode() + body),
        "x-zendesk-webhook-signature-timestamp": _STAMP,
        "x-zendesk-webhook-invocation-id": "01H",
    }
    return Delivery(headers, body, (_SECRET,), NOW)


@contextmanager
def zendesk(connector: Connector = ZENDESK) -> Iterator[Bench]:
    """Zendesk, or a connector that is nearly it."""
    with zendesk_double.Zendesk(tickets=16, page=12, exports_per_minute=600, per_minute=100_000) as double:
        account = Account("z", "zendesk", double.url, {"email": zendesk_double.EMAIL, "token": zendesk_double.TOKEN})
        yield Bench(
            connector,
            account,
            wait=double.clock.advance,
            change=Op("set", "priority", "urgent"),
            call=zendesk_call(),
            signs_body=True,
        )


@contextmanager
def freshdesk(connector: Connector = FRESHDESK) -> Iterator[Bench]:
    """Freshdesk, or a connector that is nearly it."""
    with freshdesk_double.Freshdesk(tickets=9, per_minute=100_000, lists_per_minute=100_000, export="on") as double:
        body = b'{"ticket_id": "7", "status": "Open"}'
        yield Bench(
            connector,
            Account("f", "freshdesk", double.url, {"key": freshdesk_double.KEY}),
            wait=double.clock.advance,
            change=Op("set", "priority", "urgent"),
            call=Delivery({"x-maitred-token": _SECRET}, body, (_SECRET,), NOW),
        )


@contextmanager
def salesforce(connector: Connector = SALESFORCE) -> Iterator[Bench]:
    """Salesforce, or a connector that is nearly it."""
    with salesforce_double.Salesforce(tickets=9, page=4) as double:
        key = {"client_id": salesforce_double.CLIENT, "client_secret": salesforce_double.SECRET}
        body = b'{"organization_id": "00D000000000001", "case_id": "500000000000001AAA"}'
        call = Delivery({"x-maitred-token": _SECRET}, body, (_SECRET,), NOW)
        yield Bench(
            connector,
            Account("s", "salesforce", double.url, key),
            wait=double.clock.advance,
            unknown="500000000000000AAA",
            change=Op("set", "priority", "high"),
            call=call,
        )


BENCHES: dict[str, Callable[..., AbstractContextManager[Bench]]] = {
    "zendesk": zendesk,
    "freshdesk": freshdesk,
    "salesforce": salesforce,
}
"""By vendor; each takes a connector in place of ours."""
