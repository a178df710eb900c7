"""The addresses of sign-in: those of allauth's that this house uses, and none of the others.

Left out are signing up, changing addresses, linking identities by oneself, and codes by mail: accounts are made and
changed by verbs.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount import views as social
from allauth.usersessions import views as sessions
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_http_methods

from maitred.base.errors import Denied
from maitred.kit.access import limits
from maitred.people import assertions as provider
from maitred.people.sign_in import account_named


@login_not_required
def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a mail with a link, at most three times an hour; without mail the page says whom to ask."""
    if not settings.MAITRED_MAIL:
        return render(request, "account/password_reset_ask.html")
    if request.method == "POST":
        address = str(request.POST.get("email", ""))
        found = account_named(address)
        limits.spend(limits.RESET_OF_NETWORK, limits.network(request.META.get("REMOTE_ADDR", "")))
        limits.spend(limits.RESET_OF_ACCOUNT, f"account:{found.pk}" if found else f"name:{address}")
    answer: HttpResponse = account.password_reset(request)
    return answer


def password_change(request: HttpRequest) -> HttpResponse:
    """Change one's own password; who signs in through an identity provider has none here."""
    if request.user.is_authenticated and not request.user.has_usable_password():
        raise Denied(
            "this account has no password here", "it signs in through its identity provider or by a link by mail"
        )
    answer: HttpResponse = account.password_change(request)
    return answer


_allauth: list[URLPattern] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", password_change, name="account_change_password"),
    path("password/reset/", password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", factor.index, name="mfa_index"),
    path("2fa/authenticate/", factor.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("2fa/webauthn/", keys.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", keys.add_webauthn, name="mfa_add_webauthn"),
    path("2fa/webauthn/reauthenticate/", keys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", keys.remove_webauthn, name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", keys.edit_webauthn, name="mfa_edit_webauthn"),
    path("2fa/webauthn/login/", keys.login_webauthn, name="mfa_login_webauthn"),
    path("sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("3rdparty/login/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("oidc/<str:provider_id>/login/", provider.login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", provider.callback, name="openid_connect_callback"),
]


def _narrowed(pattern: URLPattern) -> URLPattern:
    """Form views take PUT as well, which no page of ours sends."""
    pattern.callback = require_http_methods(["GET", "HEAD", "POST"])(pattern.callback)
    return pattern


urlpatterns = [_narrowed(one) for one in _allauth]
