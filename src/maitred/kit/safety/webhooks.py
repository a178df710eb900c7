"""Is this webhook delivery from who it says, and of now? For the hook's door, which asks before it reads the body.

Three schemes: Zendesk's signature, a secret in a header (Freshdesk, Salesforce), and Standard Webhooks. Each judges the
raw bytes as they came and gives a key by which the caller's store knows a repeated delivery. Nothing here is kept.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

WINDOW = timedelta(minutes=5)
"""How far a delivery's own time may lie from ours, either way."""

MOST_BYTES = 1024 * 1024
REMEMBER = timedelta(hours=24)
"""How long the caller keeps replay keys; far beyond ``WINDOW``, which is what makes forgetting them safe."""

_MOST_SIGNATURES = 10
_SECONDS = re.compile(r"[0-9]{1,11}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")

Reason = Literal["no-secret", "missing-header", "malformed", "too-large", "outside-window", "signature", "legacy-order"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery to believe: its replay key, and when the sender says it left (None where the scheme does not say)."""

    replay_key: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A delivery not to believe. The reason is for our log alone; the sender hears no more than "refused"."""

    reason: Reason


def verify_zendesk(
    body: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
) -> Delivery | Refusal:
    """Zendesk: base64(HMAC-SHA256(secret, timestamp + body)), the time in a header of its own.

    ``legacy_order`` of an older reference (body + timestamp) is refused and named as such, to ease support. The replay
    key is made of what is signed: the invocation id is not, so a forger could choose a fresh one.
    """
    signature = _header(headers, "X-Zendesk-Webhook-Signature")
    stamp = _header(headers, "X-Zendesk-Webhook-Signature-Timestamp")
    if (fault := _fault(body, secrets, signature, stamp)) is not None:
        return fault
    signed = stamp.encode("utf-8", "replace") + body
    keys = [secret.encode() for secret in secrets if secret]
    if not _any_matches([_base64_hmac(key, signed) for key in keys], [signature]):
        legacy = [_base64_hmac(key, body + stamp.encode("utf-8", "replace")) for key in keys]
        return Refusal("legacy-order" if body and _any_matches(legacy, [signature]) else "signature")
    sent = _instant(stamp)
    if sent is None:
        return Refusal("malformed")
    return _timely(sent, now, _digest(b"zendesk", stamp.encode(), body))


def verify_shared_secret(
    body: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime, header: str = "X-Maitred-Secret"
) -> Delivery | Refusal:
    """A secret that the sender puts into a header; for ``Authorization`` the whole value, ``Basic …`` included.

    The scheme signs nothing and names no time: who can replay it holds the secret. The key therefore only makes equal
    bodies of one minute count once.
    """
    given = _header(headers, header)
    if (fault := _fault(body, secrets, given)) is not None:
        return fault
    if not _any_matches([secret for secret in secrets if secret], [given]):
        return Refusal("signature")
    minute = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
    return Delivery(_digest(b"shared", minute.encode(), body), None)


def verify_standard(
    body: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
) -> Delivery | Refusal:
    """Standard Webhooks: ``v1,base64(HMAC-SHA256(secret, id.timestamp.body))``, several at once, secret ``whsec_…``."""
    name, stamp = _header(headers, "webhook-id"), _header(headers, "webhook-timestamp")
    signatures = _header(headers, "webhook-signature")
    if (fault := _fault(body, secrets, name, stamp, signatures)) is not None:
        return fault
    if not _ID.fullmatch(name) or not _SECONDS.fullmatch(stamp):
        return Refusal("malformed")
    keys = [key for key in map(_standard_key, secrets) if key]
    if not keys:
        return Refusal("no-secret")
    signed = f"{name}.{stamp}.".encode() + body
    given = [part.removeprefix("v1,") for part in signatures.split(" ")[:_MOST_SIGNATURES] if part.startswith("v1,")]
    if not _any_matches([_base64_hmac(key, signed) for key in keys], given):
        return Refusal("signature")
    return _timely(datetime.fromtimestamp(int(stamp), UTC), now, _digest(b"standard", name.encode()))


def _header(headers: Mapping[str, str], name: str) -> str:
    for key, value in headers.items():
        if key.lower() == name.lower():
            return value.strip()
    return ""


def _fault(body: bytes, secrets: Sequence[str], *headers: str) -> Refusal | None:
    if not any(secrets):
        return Refusal("no-secret")
    if len(body) > MOST_BYTES:
        return Refusal("too-large")
    return None if all(headers) else Refusal("missing-header")


def _any_matches(expected: Sequence[str], given: Sequence[str]) -> bool:
    """Compare all with all, so that the time says nothing about which secret or how much of it fitted."""
    found = False
    for one in expected:
        for other in given:
            found |= hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
    return found


def _base64_hmac(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def _standard_key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None


def _timely(sent: datetime, now: datetime, key: str) -> Delivery | Refusal:
    return Delivery(key, sent) if abs(now - sent) <= WINDOW else Refusal("outside-window")


def _digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()
