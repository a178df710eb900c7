"""How people sign in: one password check per try, limits, sealed secrets, and the end of sessions.

allauth runs the pages; here is what this house wants otherwise. Accounts are made by verbs, never by a form.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMessage
from django.db.models import F
from django.http import HttpRequest

from maitred.base import clock
from maitred.kit.access import limits
from maitred.kit.audit.deeds import deed, note
from maitred.kit.secrets.installation import keyring
from maitred.kit.secrets.keyring import Purpose
from maitred.kit.secrets.sealing import Secret, place, seal, unseal
from maitred.people.acting import actor_of_account
from maitred.people.models import Account

_LOG = structlog.get_logger("maitred.sign_in")
_SESSION_PLACE = place("django_session", "*", "session_data")
_FACTOR_PLACE = place("mfa_authenticator", "*", "data")
_SILENT = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})


class Backend(AuthenticationBackend):
    """Find one account by user name or address and check its password once, so that every try takes the same time."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> AbstractBaseUser | None:
        login = str(credentials.get("username") or credentials.get("email") or "")
        user = self._check_password(account_named(login), str(credentials.get("password") or ""))
        return user if isinstance(user, Account) else None

    def get_user(self, user_id: Any) -> AbstractBaseUser | None:
        """The account of a session with its person, which every request needs, in one query."""
        found = Account._default_manager.select_related("person").filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None

    @classmethod
    def _stash_user(cls, user: AbstractBaseUser | None) -> AbstractBaseUser | None:
        """A closed account answers like a wrong password."""
        return None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in, passwords and mail as this house wants them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        login = _login(credentials)
        limits.spend(limits.SIGN_IN_OF_NETWORK, limits.network(self.get_client_ip(request)))
        limits.spend(limits.SIGN_IN_OF_ACCOUNT, _counted_for(login))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            limits.give_back(limits.SIGN_IN_OF_ACCOUNT, _counted_for(_login(credentials)))
            limits.give_back(limits.SIGN_IN_OF_NETWORK, limits.network(self.get_client_ip(request)))
        return user

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A sign-in of the last five minutes is as good as a proof asked for."""
        return bool(super().is_reauthentication_required(app=app, **kwargs)) and not fresh(self.request)

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> None:
        """The last gate before any way of signing in is done.

        Raises
        ------
        Unauthenticated
            The account is closed, or its person has left.
        """
        assert isinstance(user, Account)
        actor_of_account(user)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        _LOG.warning("security.sign_in_failed", outcome="refused")

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        assert isinstance(user, Account)
        user.set_password(password)  # slow by design, therefore before the transaction
        session = getattr(self.request, "session", None)
        own = session is not None and str(session.get("_auth_user_id")) == str(user.pk)
        keep = session.session_key if own and session is not None else None
        with deed(actor_of_account(user, request_id=getattr(self.request, "request_id", None)), "sign-in.password"):
            rows = Account._base_manager.filter(pk=user.pk)
            rows.update(password=user.password, version=F("version") + 1, changed_at=clock.now())
            note("change", "account", user.pk, what="password")
            end_sessions(user.pk, keep=keep)
        user.refresh_from_db(fields=["version", "changed_at"])
        _LOG.warning("security.password_changed", account=user.pk)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *a: Any, **k: Any
    ) -> None:
        if message_template not in _SILENT:
            super().add_message(request, level, message_template, *a, **k)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if not settings.MAITRED_MAIL:
            return
        message = self.render_mail(template_prefix, email, {"request": self.request, **context})
        if settings.MAITRED_MAIL_BEHIND:
            _postman().submit(_sent, message)
        else:
            _sent(message)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        to = email or user.email
        if to and settings.MAITRED_MAIL:
            told = {"timestamp": clock.now(), "ip": self.get_client_ip(self.request), "user_agent": ""}
            self.send_mail(template_prefix, to, {**told, **(context or {})})


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: secrets sealed with the installation's key, names that tell nothing but the user name."""

    def encrypt(self, text: str) -> str:
        return seal(keyring(), Secret(text), _FACTOR_PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(keyring(), encrypted_text, _FACTOR_PLACE).value

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        return str(user.get_username())

    def _get_site_name(self) -> str:
        return "maitred"


class SealedSerializer:
    """What a session holds, sealed: it can hold a form with a password, while somebody proves who they are."""

    def dumps(self, obj: Any) -> bytes:
        told = Secret(json.dumps(obj, separators=(",", ":")))
        return seal(keyring(), told, _SESSION_PLACE, Purpose.SESSIONS).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(unseal(keyring(), data.decode(), _SESSION_PLACE, Purpose.SESSIONS).value)


def end_sessions(account_id: int, *, keep: str | None = None) -> int:
    """End every session of an account; for verbs that change roles, grants or factors, or when somebody leaves.

    Parameters
    ----------
    keep
        The key of a session that goes on (the one in which somebody changed something of their own).

    Returns
    -------
    int
        How many were ended.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore
    rows = UserSession._base_manager.filter(user_id=account_id).exclude(session_key=keep or "")
    keys = list(rows.values_list("session_key", flat=True))
    store.get_model_class()._base_manager.filter(pk__in=keys).delete()
    rows.delete()
    if keys:
        _LOG.info("security.session_ended", account=account_id, count=len(keys))
    return len(keys)


def fresh(request: HttpRequest) -> bool:
    """Whether somebody proved who they are in this session within the last five minutes."""
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    last = max((float(one.get("at", 0)) for one in records), default=0.0)
    return clock.now().timestamp() - last <= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def account_named(login: str) -> Account | None:
    """The account with a user name, else the only one with a mail address; case does not matter."""
    accounts = Account._base_manager
    by_name = accounts.filter(username__iexact=login).order_by("pk").first()
    by_mail = list(accounts.filter(email__iexact=login)[:2]) if "@" in login else []
    return by_name or (by_mail[0] if len(by_mail) == 1 else None)


def _login(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username") or credentials.get("email") or "").strip()


def _counted_for(login: str) -> str:
    found = account_named(login)
    return f"account:{found.pk}" if found else f"name:{login}"


@cache
def _postman() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def _sent(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError as error:
        _LOG.error("outbox.failed", error=type(error))
    else:
        _LOG.info("outbox.sent")
