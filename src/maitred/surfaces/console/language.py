"""In which language and zone a request is answered: what the account chose, else what the browser asks for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

Next = Callable[[HttpRequest], HttpResponseBase]


class Language:
    """Speak the reader's language and tell times in their zone while a request is answered."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = getattr(request, "user", None)
        known = user is not None and user.is_authenticated
        chosen = str(getattr(user, "language", "")) if known else ""
        spoken_here = chosen or asked_for(request)
        request.language = spoken_here  # type: ignore[attr-defined]
        with spoken(spoken_here), _zone(str(getattr(user, "time_zone", "")) if known else ""):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", spoken_here)
        if not chosen:
            patch_vary_headers(response, ("Accept-Language",))
        return response


def spoken(language: str) -> AbstractContextManager[None]:
    """Speak a language within the block."""
    return translation.override(language)


def asked_for(request: HttpRequest) -> str:
    """The language that the browser asks for, among ours; reads neither session nor database."""
    return translation.get_language_from_request(request)


def of(request: HttpRequest) -> str:
    """The language of a request, also before anybody looked who asks."""
    return getattr(request, "language", "") or asked_for(request)


def _zone(name: str) -> AbstractContextManager[None]:
    if not name:
        return nullcontext()
    try:
        return timezone.override(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError):
        return nullcontext()
