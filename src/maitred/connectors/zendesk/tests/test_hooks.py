"""Webhook calls of Zendesk: only what the secret signed, in the order of now, and in these minutes."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from maitred.connectors.live import Accepted, Delivery
from maitred.connectors.zendesk.hooks import accepted

AT = "2026-03-03T09:40:06Z"
NOW = datetime(2026, 3, 3, 9, 40, 30, tzinfo=UTC)
BODY = b'{"type":"zen:event-type:ticket.status_changed","subject":"zen:ticket:35436","detail":{"id":"35436"}}'
# Made with: printf %s "$TIMESTAMP$BODY" | openssl dgst -sha256 -hmac first-secret -binary | base64
CURRENT = "51lt8QP23xAiIol1Ep+HjixK4RGyltL9pjkswxYM2pw="
LEGACY = "ty/UcFWXe825WUy4YXki8gQqOJzRFEe/BT2zdiNfCrw="


def call(signature: str = CURRENT, *, body: bytes = BODY, at: str = AT, now: datetime = NOW, **more: str) -> Delivery:
    headers = {"x-zendesk-webhook-signature": signature, "x-zendesk-webhook-signature-timestamp": at,
               "x-zendesk-webhook-invocation-id": "01HINV", **more}  # fmt: skip
    return Delivery(headers, body, ("second-secret", "first-secret"), now)


def test_a_signed_call_names_its_ticket_once_and_carries_its_own_id() -> None:
    assert accepted(call()) == Accepted("01HINV", ("35436",))


def test_the_old_order_is_refused_and_the_log_says_why(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert accepted(call(LEGACY)) is None
    assert "legacy_order" in caplog.text and "secret" not in caplog.text


@pytest.mark.parametrize(
    "forged",
    [
        call(body=BODY + b" "),
        call(CURRENT[:-2] + "A="),
        call(""),
        call("é"),
        call(at="2026-03-03T09:40:07Z"),
        call(at="yesterday"),
        call(now=NOW + timedelta(minutes=5)),
        call(now=NOW - timedelta(minutes=6)),
        Delivery(call().headers, BODY, (), NOW),
        Delivery(call().headers, BODY, ("",), NOW),
    ],
    ids=["body", "signature", "unsigned", "letters", "timestamp", "no-time", "late", "early", "no-secret", "empty"],
)
def test_what_the_secret_did_not_sign_just_now_is_refused(forged: Delivery) -> None:
    assert accepted(forged) is None


def test_a_genuine_call_that_is_no_event_of_a_ticket_speaks_of_none() -> None:
    import base64
    import hashlib
    import hmac

    for body in (b"", b"[1]", b"hello", orjson.dumps({"ticket_id": True, "subject": "zen:user:3"})):
        digest = hmac.new(b"first-secret", AT.encode() + body, hashlib.sha256).digest()
        found = accepted(call(base64.b64encode(digest).decode(), body=body))
        assert found is not None and found.tickets == ()
