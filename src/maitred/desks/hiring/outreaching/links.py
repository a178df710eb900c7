"""Signed links that a candidate gets: to stop letters, and to their own page. No account is needed, none is made."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from maitred.kit.secrets.installation import pseudonym

_STOP, _OWN = "hiring.opt-out", "hiring.candidate"


def digest(email: str) -> str:
    """An address as it is remembered: a keyed digest."""
    return pseudonym(f"opt-out:{email.strip().casefold()}")


def stop(address_digest: str) -> str:
    """Where letters to an address are stopped."""
    return _origin() + reverse("hiring_opt_out", args=[signing.dumps(address_digest, salt=_STOP)])


def own(code: str) -> str:
    """The page of a candidate."""
    return _origin() + reverse("hiring_own", args=[signing.dumps(code, salt=_OWN)])


def read_stop(token: str) -> str:
    """The digest in a link; empty where nobody here signed it."""
    return _read(token, _STOP)


def read_own(token: str) -> str:
    """The code in a link; empty where nobody here signed it."""
    return _read(token, _OWN)


def _read(token: str, salt: str) -> str:
    try:
        found = signing.loads(token, salt=salt)
    except signing.BadSignature:
        return ""
    return found if isinstance(found, str) else ""


def _origin() -> str:
    return str(getattr(settings, "MAITRED_URL", "") or "http://127.0.0.1:8000").rstrip("/")
