"""Salesforce ids: 15 characters where case matters, or 18 with a check suffix. Here they are always 18.

The three first characters say what kind of record it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from maitred.connectors import converters as c
from maitred.connectors.converters import Array, Faults

_ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

USER = "005"
QUEUE = "00G"
CASE = "500"
CONTACT = "003"
ACCOUNT = "001"
RECORD_TYPE = "012"
BUSINESS_HOURS = "01m"


def expand(identity: str) -> str:
    """An id of 15 characters with its suffix of 3; anything else as it is.

    Examples
    --------
    >>> expand("5008d00000AbCdE")
    '5008d00000AbCdEAAV'
    """
    if len(identity) != 15 or _ID.fullmatch(identity) is None:
        return identity
    suffix = ""
    for start in (0, 5, 10):
        bits = sum(1 << place for place, letter in enumerate(identity[start : start + 5]) if "A" <= letter <= "Z")
        suffix += _SUFFIX[bits]
    return identity + suffix


def is_id(value: object) -> bool:
    """Whether a value has the form of an id (names of people and queues have not)."""
    return (
        isinstance(value, str)
        and len(value) in (15, 18)
        and _ID.fullmatch(value) is not None
        and value[0] in "0123456789a"
    )


def of_kind(value: object, prefix: str) -> str | None:
    """The expanded id when it is of that kind of record, else None."""
    return expand(value) if isinstance(value, str) and value.startswith(prefix) and is_id(value) else None


def by_email(address: object) -> str | None:
    """A stand-in id for somebody who is known by an e-mail address only."""
    if not isinstance(address, str) or not address.strip():
        return None
    return "email:" + hashlib.sha256(c.clean(address).strip().lower().encode()).hexdigest()[:32]


def ident(values: Sequence[Any], faults: Faults) -> Array:
    """Ids as text, expanded to 18 characters."""
    if all(value is None or (isinstance(value, str) and len(value) == 18) for value in values):
        return c.ident(values, faults)
    return c.ident([expand(value.strip()) if isinstance(value, str) else value for value in values], faults)
