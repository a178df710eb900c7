"""Whether a call to our webhook address is genuine: Freshdesk signs nothing, so an automation rule sends our own token.

A call only names a ticket that is then read from Freshdesk itself; nothing else of its body is believed.
"""

from __future__ import annotations

import hashlib
import hmac

import orjson

from maitred.connectors.live import Accepted, Delivery

HEADER = "x-maitred-token"


def accepted(delivery: Delivery) -> Accepted | None:
    """The call's ticket; None where its token is not one of ours or it names no ticket."""
    token = delivery.headers.get(HEADER, "").encode()
    held = [hmac.compare_digest(token, secret.encode()) for secret in delivery.secrets if secret]
    if not any(held):
        return None
    try:
        body = orjson.loads(delivery.body)
    except orjson.JSONDecodeError:
        return None
    ticket = str(body.get("ticket_id") or "") if isinstance(body, dict) else ""
    if not (ticket.isascii() and ticket.isdigit()):
        return None
    return Accepted(hashlib.sha256(delivery.body).hexdigest(), (ticket,))
