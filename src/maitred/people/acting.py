"""From a credential to an actor: who it is, what they hold now, how far they reach."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from datetime import datetime, timedelta

from django.db.models import Value

from maitred.base import clock
from maitred.base.errors import Unauthenticated
from maitred.kit.access.actor import Actor, Grant, Kind, Role
from maitred.people import tree
from maitred.people.models import Account, ApiToken, BreakGlass

TOKEN_DAYS = 90
_PREFIX_LENGTH = 8
_SEEN_EVERY = timedelta(minutes=1)


def actor_of_account(
    account: Account, *, request_id: str | None = None, strong: bool = True, fresh: bool = True
) -> Actor:
    """The actor behind an account.

    Parameters
    ----------
    strong
        Whether a second factor was shown, or none is asked for here.
    fresh
        Whether they proved who they are within the last five minutes.

    Raises
    ------
    Unauthenticated
        The account is closed, or its person has left.
    """
    return _actor(account, Kind.ACCOUNT, f"account:{account.pk}", None, request_id, strong=strong, fresh=fresh)


def actor_behind(account: int) -> Actor:
    """The actor behind the number of an account, with the rights that it has now: for work that was asked for before.

    Raises
    ------
    Unauthenticated
        There is no such account by now, or it is closed.
    """
    found = Account._base_manager.select_related("person").filter(pk=account).first()
    if found is None:
        raise Unauthenticated("the account is gone", "ask again with another one")
    return actor_of_account(found, fresh=False)


def actor_of_token(raw: str, *, address: str = "", request_id: str | None = None) -> Actor:
    """The actor behind a token: its owner, narrowed to its scopes. Remembers that it was used.

    Raises
    ------
    Unauthenticated
        Unknown, expired or withdrawn, or its owner is gone: one answer for all of them.
    """
    now = clock.now()
    digest = hashlib.sha256(raw.encode()).hexdigest()
    rows = ApiToken._base_manager.select_related("account", "account__person")
    found = rows.filter(digest=digest, revoked_at__isnull=True, expires_at__gt=now).first()
    if found is None or not secrets.compare_digest(found.digest, digest):
        raise Unauthenticated("this token is unknown, expired or withdrawn", "make a new one under Settings, Tokens")
    _seen(found, address, now)
    name = f"token:mtr_{found.prefix}"
    return _actor(found.account, Kind.TOKEN, name, frozenset(found.scopes), request_id, strong=True, fresh=False)


def new_token() -> tuple[str, str, str]:
    """A fresh token: the whole of it (shown once), its public prefix, the digest that is kept."""
    prefix = secrets.token_hex(_PREFIX_LENGTH // 2)
    raw = f"mtr_{prefix}_{secrets.token_urlsafe(32)}"
    return raw, prefix, hashlib.sha256(raw.encode()).hexdigest()


def _actor(
    account: Account,
    kind: Kind,
    name: str,
    scopes: frozenset[str] | None,
    request_id: str | None,
    *,
    strong: bool,
    fresh: bool,
) -> Actor:
    person = account.person
    if not account.is_active or (person is not None and person.left_on and person.left_on <= clock.now().date()):
        raise Unauthenticated("this account is closed", "ask an administrator")
    roles, grants = _held(account)
    belongs = tree.places_of(person.pk) if person else tree.NOWHERE
    more = {"request_id": request_id} if request_id else {}
    return Actor(
        kind,
        name,
        account=account.pk,
        person=account.person_id,
        roles=roles,
        grants=grants,
        scopes=scopes,
        teams=belongs.teams,
        subtree=_subtree(belongs, roles),
        break_glass=_glass(account, kind, roles),
        strong=strong,
        fresh=fresh,
        **more,
    )


def _held(account: Account) -> tuple[frozenset[Role], frozenset[Grant]]:
    """Roles and grants of an account, in one query."""
    grants = account.grants.values_list("grant", Value("grant"))
    held = account.roles.values_list("role", Value("role")).union(grants, all=True)
    found = {kind: [word for word, its in held if its == kind] for kind in ("role", "grant")}
    return frozenset(map(Role, found["role"])), frozenset(map(Grant, found["grant"]))


def _subtree(belongs: tree.Places, roles: frozenset[Role]) -> frozenset[int]:
    """What a lead or manager leads now; a membership that leads gives nothing without the role."""
    return tree.below(belongs.led) if roles & {Role.LEAD, Role.MANAGER} else frozenset()


def _glass(account: Account, kind: Kind, roles: frozenset[Role]) -> int | None:
    if kind is not Kind.ACCOUNT or not roles & {Role.ADMIN, Role.AUDITOR}:
        return None
    now = clock.now()
    rows = BreakGlass._base_manager.filter(account=account, opened_at__lte=now, closes_at__gt=now)
    return rows.order_by("-opened_at").values_list("pk", flat=True).first()


def _seen(token: ApiToken, address: str, now: datetime) -> None:
    """Note the use of a token, at most once a minute; a busy database is no reason to refuse."""
    if token.last_used_at is not None and now - token.last_used_at < _SEEN_EVERY:
        return
    prefix = network(address)
    ApiToken._base_manager.filter(pk=token.pk).update(last_used_at=now, last_address=prefix)


def network(address: str) -> str:
    """The network an address belongs to (/24 or /56), which is what is kept of it; empty for none."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    size = 24 if known.version == 4 else 56
    return str(ipaddress.ip_network(f"{known}/{size}", strict=False))
