"""Chat messages and webhooks: one POST each, to hosts that the address rule lets us meet.

A webhook is signed as Standard Webhooks asks (``id.timestamp.body``) and carries the same id in every attempt, also as
``Idempotency-Key``: the receiver drops what it has, so an attempt with an unknown end is simply made again. A chat does
no such thing; what is unknown there waits for a person.
"""

from __future__ import annotations

import base64
import hmac
import json

import httpx

from maitred.base import clock
from maitred.base.egress import EgressRefused
from maitred.connectors import transport
from maitred.connectors.transport import Bounds, ReplyRefused
from maitred.kit.outbox import channels
from maitred.kit.outbox.channels import Channel, Fate, Letter, Outcome
from maitred.kit.outbox.configuration import hosts_allowed, secret

_BOUNDS = Bounds(connect_s=5, read_s=15, total_s=30, body_bytes=64 * 1024, decompressed_bytes=64 * 1024)
_BUSY = 429
_UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_LONGEST_WAIT_S = 3600.0


def send_webhook(letter: Letter) -> Outcome:
    """Call a webhook; an end that is not known counts as not taken, since the receiver drops repeats."""
    content = letter.content
    body: bytes = content["body"].encode()
    headers = signed(letter.key, body, secret(content["secret"]).value, int(clock.now().timestamp()))
    outcome = _posted(content["url"], body, headers)
    return Outcome(Fate.LATER, outcome.error, "", outcome.after_s) if outcome.fate is Fate.UNKNOWN else outcome


def send_chat(letter: Letter) -> Outcome:
    """Post a message to the incoming webhook of a chat room, whose address is a secret."""
    url = secret(letter.content["url_secret"]).value
    body = letter.content.get("body") or {"text": letter.content["text"]}
    return _posted(url, json.dumps(body).encode(), {})


def signed(key: str, body: bytes, signing_secret: str, timestamp: int) -> dict[str, str]:
    """The headers of Standard Webhooks for a body.

    Parameters
    ----------
    key
        The effect's key; the message id is made of it.
    signing_secret
        ``whsec_`` and base64.
    timestamp
        Unix seconds of this attempt.
    """
    name = f"msg_{key[:32]}"
    material = base64.b64decode(signing_secret.removeprefix("whsec_"))
    mac = hmac.digest(material, f"{name}.{timestamp}.".encode() + body, "sha256")
    return {
        "webhook-id": name,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
        "Idempotency-Key": name,
    }


def _posted(url: str, body: bytes, headers: dict[str, str]) -> Outcome:
    try:
        with transport.client(allow=hosts_allowed(), bounds=_BOUNDS) as client:
            reply = client.post(url, content=body, headers={"Content-Type": "application/json", **headers})
    except EgressRefused as error:
        return Outcome(Fate.FAILED, f"address-{error.reason}")
    except ReplyRefused as error:
        return Outcome(Fate.FAILED if error.reason == "redirect" else Fate.UNKNOWN, f"reply-{error.reason}")
    except _UNREACHED as error:
        return Outcome(Fate.LATER, type(error).__name__)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Outcome(Fate.UNKNOWN, type(error).__name__)
    return _judged(reply)


def _judged(reply: httpx.Response) -> Outcome:
    error = f"http-{reply.status_code}"
    if reply.is_success:
        return Outcome(Fate.SENT)
    if reply.status_code == _BUSY:
        asked = reply.headers.get("Retry-After", "")
        return Outcome(Fate.LATER, error, after_s=min(_LONGEST_WAIT_S, float(asked)) if asked.isdecimal() else 0.0)
    return Outcome(Fate.UNKNOWN if reply.is_server_error else Fate.FAILED, error)


channels.add("chat", Channel(send_chat, repeatable=False, ready=lambda: True))
channels.add("webhook", Channel(send_webhook, repeatable=True, ready=lambda: True))
