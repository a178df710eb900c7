"""Sign-in through an identity provider: whom it lets in, and which roles its groups give.

An identity is (provider, issuer, subject); the provider's name carries the issuer's digest. An address in a claim means
nothing: who is not linked by an administrator is refused, and so is who has no group that gives a role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.http import HttpRequest

from maitred.base.errors import Conflict, Denied, Invalid
from maitred.kit.access.actor import Actor, Kind, Role
from maitred.kit.audit.deeds import create, deed, note, remove
from maitred.people.models import Account, RoleHeld
from maitred.people.sign_in import end_sessions

_LOG = structlog.get_logger("maitred.sign_in")


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Lets linked people with a mapped group in; links, makes and merges nothing."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def get_requests_session(self) -> Any:
        """What talks to a provider: to the addresses that it names itself, and to none that those send us on to."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        issuer = settings.MAITRED_OIDC.get(sociallogin.account.provider)
        claims = _claims(sociallogin.account.extra_data)
        _forget_claims(sociallogin.account)
        if issuer is None or sociallogin.state.get("process", "login") != "login" or not sociallogin.is_existing:
            raise _refused("unknown-identity", "an administrator links identities to accounts")
        if str(claims.get("iss", "")).rstrip("/") != str(issuer["issuer"]).rstrip("/"):
            raise _refused("other-issuer", "sign in with the provider that is set up here")
        roles = roles_of(claims.get(issuer["groups_claim"]), issuer["roles"])
        if not roles:
            raise _refused("no-group", "ask for a group that is mapped to a role here")
        hold_roles(sociallogin.user, roles)


def roles_of(groups: object, mapping: Mapping[str, str | Iterable[str]]) -> frozenset[Role]:
    """The roles that a group claim gives.

    Parameters
    ----------
    groups
        The claim as it came: a list of names, one name, or nothing.
    mapping
        Group → role or roles.

    Examples
    --------
    >>> sorted(roles_of(["leads", "chess"], {"leads": ["lead"], "all": "agent"}))
    [<Role.LEAD: 'lead'>]
    """
    held = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    given: set[Role] = set()
    for group in held:
        told = mapping.get(group, ()) if isinstance(group, str) else ()
        given |= {Role(one) for one in ([told] if isinstance(told, str) else told)}
    return frozenset(given)


def hold_roles(account: Account, roles: frozenset[Role]) -> bool:
    """Make the account hold exactly these roles; a change ends its other sessions. Returns whether there was one."""
    rows = {row.role: row for row in account.roles.all()}
    if set(rows) == {role.value for role in roles}:
        return False
    with deed(Actor(Kind.WORKER, "worker:single-sign-on"), "sign-in.roles"):
        for name in sorted(set(rows) - {role.value for role in roles}):
            remove(rows[name], None)
        for role in sorted(roles):
            if role.value not in rows:
                create(RoleHeld, account=account, role=role.value)
        end_sessions(account.pk)
    _LOG.warning("security.roles_changed", account=account.pk)
    return True


def link_identity(account: Account, provider: str, subject: str) -> None:
    """Say that a subject of a provider is this account; inside a deed (a verb of an administrator).

    Parameters
    ----------
    provider
        A name of ``settings.MAITRED_OIDC``.

    Raises
    ------
    Invalid
        There is no such provider.
    Conflict
        The identity belongs to somebody already.
    """
    if provider not in settings.MAITRED_OIDC:
        raise Invalid(f"there is no identity provider {provider}", f"there are: {', '.join(settings.MAITRED_OIDC)}")
    known = SocialAccount._base_manager.filter(provider=provider, uid=subject)
    if known.exists():
        raise Conflict("this identity belongs to an account already", "unlink it there first")
    made = SocialAccount._base_manager.create(user=account, provider=provider, uid=subject)
    note("create", "identity-link", made.pk, account=account.pk, provider=provider)


def _forget_claims(account: SocialAccount) -> None:
    """Names and addresses of the provider are not kept; allauth has stored them by now."""
    account.extra_data = {}
    SocialAccount._base_manager.filter(pk=account.pk).update(extra_data={})


def _claims(data: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of the signed token over those of the user endpoint; a claim that only one has counts as well."""
    return {**(data.get("userinfo") or {}), **(data.get("id_token") or {})}


def _refused(why: str, remedy: str) -> Denied:
    _LOG.warning("security.sso_refused", reason_code=why)
    return Denied("this sign-in was refused", remedy)
