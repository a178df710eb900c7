"""Who calls: the token in the ``Authorization`` header, else the signed-in session with its CSRF token."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.utils import check_csrf

from maitred.base.errors import Unauthenticated
from maitred.kit.access import limits
from maitred.kit.access.actor import Actor, Kind
from maitred.kit.verbs.registry import Verb
from maitred.people.acting import actor_of_token
from maitred.surfaces.rest.problems import Forged

_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


def caller(request: HttpRequest, request_id: str) -> Actor:
    """The actor behind a request; tokens are read from the header alone.

    Raises
    ------
    Unauthenticated
        Neither a token that holds nor a session.
    """
    told = request.headers.get("Authorization")
    if told is not None:
        return actor_of_token(_token(told), address=request.META.get("REMOTE_ADDR", ""), request_id=request_id)
    if not request.user.is_authenticated:
        raise Unauthenticated("nobody is signed in", "sign in, or send Authorization: Bearer with a token")
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def refuse_forged(request: HttpRequest, actor: Actor) -> None:
    """A session that changes something must carry its CSRF token; a token is a proof of its own.

    Raises
    ------
    Forged
        It does not.
    """
    if actor.kind is Kind.ACCOUNT and request.method not in _SAFE and check_csrf(request) is not None:
        raise Forged("this change came without its CSRF token", "send the header X-CSRFToken, or use a token")


def limited(request: HttpRequest, actor: Actor, verb: Verb | None) -> None:
    """Count what a token asks; sessions are counted where somebody signs in.

    Raises
    ------
    TooMany
        It asked too often within a minute.
    """
    if actor.kind is Kind.TOKEN:
        limits.spend(limits.TOKEN, actor.name)


def _token(told: str) -> str:
    scheme, _, token = told.partition(" ")
    if scheme.lower() != "bearer" or not token.strip().startswith("mtr_"):
        raise Unauthenticated("this is no token of this house", "send Authorization: Bearer mtr_…")
    return token.strip()
