"""Zendesk's webhook calls: whether one is genuine, and of which tickets it speaks.

The signature covers the timestamp followed by the raw body, as the current reference says. An older revision of it put
the body first: such a call is refused too, and the log says so, since it points to a wrong order and not to a wrong
secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from maitred.connectors.live import Accepted, Delivery

WINDOW = timedelta(minutes=5)
_SIGNATURE = "x-zendesk-webhook-signature"
_TIMESTAMP = "x-zendesk-webhook-signature-timestamp"
_INVOCATION = "x-zendesk-webhook-invocation-id"
_SUBJECT = re.compile(r"zen:ticket:(\d{1,19})")
_log = logging.getLogger(__name__)


def accepted(delivery: Delivery) -> Accepted | None:
    """The call's id and its tickets; None where it is not signed with a secret that holds, or not of these minutes."""
    signature, timestamp = delivery.headers.get(_SIGNATURE, ""), delivery.headers.get(_TIMESTAMP, "")
    sent = _instant(timestamp)
    if not signature or sent is None or abs(delivery.received_at - sent) > WINDOW:
        return None
    stamp = timestamp.encode()
    if not _holds(signature, stamp + delivery.body, delivery.secrets):
        if _holds(signature, delivery.body + stamp, delivery.secrets):
            _log.warning("legacy_order: a Zendesk webhook signed its body before its timestamp and was refused")
        return None
    identity = delivery.headers.get(_INVOCATION) or hashlib.sha256(stamp + delivery.body).hexdigest()
    return Accepted(identity, _tickets(delivery.body))


def signature_of(secret: str, signed: bytes) -> str:
    """Base64 of the HMAC-SHA256 of what is signed."""
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def _holds(signature: str, signed: bytes, secrets: tuple[str, ...]) -> bool:
    """Whether any secret gives this signature; all are tried, in constant time each."""
    given = signature.encode()
    matches = [hmac.compare_digest(signature_of(secret, signed).encode(), given) for secret in secrets if secret]
    return True in matches


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _tickets(body: bytes) -> tuple[str, ...]:
    """Ids of tickets in an event, or in the body of a trigger's webhook (``ticket_id``)."""
    try:
        told: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ()
    if not isinstance(told, dict):
        return ()
    found = [told.get("ticket_id")]
    named = _SUBJECT.fullmatch(str(told.get("subject") or ""))
    if named:
        found.append(named.group(1))
    detail = told.get("detail")
    if isinstance(detail, dict) and str(told.get("type", "")).startswith("zen:event-type:ticket."):
        found.append(detail.get("id"))
    texts = [str(one) for one in found if isinstance(one, str | int) and not isinstance(one, bool)]
    return tuple(dict.fromkeys(text for text in texts if text.isascii() and text.isdigit() and len(text) <= 19))
