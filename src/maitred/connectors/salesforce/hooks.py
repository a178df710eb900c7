"""Whether a call to our webhook address is genuine: Salesforce signs nothing, so a flow sends our own token.

The secret may name the organisation that the token is for, as ``TOKEN@00D...``: then a call must come from there. A
call only names a case, which is then read from Salesforce itself; nothing else of its body is believed.
"""

from __future__ import annotations

import hashlib
import hmac
import re

import orjson

from maitred.connectors.live import Accepted, Delivery
from maitred.connectors.salesforce import ids

HEADER = "x-maitred-token"
_ORGANISATION = re.compile(r"00D[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?")


def accepted(delivery: Delivery) -> Accepted | None:
    """The call's case; None where the token or the organisation is not ours, or it names no case."""
    token = delivery.headers.get(HEADER, "").encode()
    try:
        body = orjson.loads(delivery.body)
    except orjson.JSONDecodeError:
        body = None
    told = body if isinstance(body, dict) else {}
    organisation = str(told.get("organization_id") or "")
    if not any([_holds(token, organisation, secret) for secret in delivery.secrets]):  # noqa: C419 (all are tried)
        return None
    case = ids.of_kind(told.get("case_id"), ids.CASE)
    return Accepted(hashlib.sha256(delivery.body).hexdigest(), (case,)) if case else None


def _holds(token: bytes, organisation: str, secret: str) -> bool:
    """Whether a call has this token, and comes from its organisation; both are compared in constant time."""
    held, named, ours = secret.rpartition("@")
    if not named or _ORGANISATION.fullmatch(ours) is None:
        held, ours = secret, organisation
    same = hmac.compare_digest(token, held.encode())
    there = hmac.compare_digest(ids.expand(organisation).encode(), ids.expand(ours).encode())
    return bool(held) and same and there and _ORGANISATION.fullmatch(organisation) is not None
