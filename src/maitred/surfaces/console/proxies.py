"""Who really asked: ``X-Forwarded-*`` is believed from the proxies that the installation names, nobody else."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_TOLD = (
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT"),
    *("HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_SSL"),
)


class TrustedProxies:
    """Set ``REMOTE_ADDR`` to the last address that no trusted proxy has; drop what others claim."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if trusted(meta.get("REMOTE_ADDR", "")):
            meta["REMOTE_ADDR"] = _client(meta.get("HTTP_X_FORWARDED_FOR", ""), meta["REMOTE_ADDR"])
            scheme = str(meta.get("HTTP_X_FORWARDED_PROTO", "")).strip().lower()
            _drop(meta)
            if scheme in ("http", "https"):
                meta["HTTP_X_FORWARDED_PROTO"] = scheme
        else:
            _drop(meta)
        return self.get_response(request)


def trusted(address: str) -> bool:
    """Whether an address is one of ``MAITRED_TRUSTED_PROXIES``."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(known in one for one in settings.MAITRED_TRUSTED_PROXIES)


def _client(chain: str, sender: str) -> str:
    """The last address of the chain that is not a trusted proxy; the sender where the chain tells nothing usable."""
    for one in reversed([part.strip() for part in chain.split(",") if part.strip()]):
        try:
            ipaddress.ip_address(one)
        except ValueError:
            return sender
        if not trusted(one):
            return one
    return sender


def _drop(meta: dict[str, object]) -> None:
    for name in _TOLD:
        meta.pop(name, None)
