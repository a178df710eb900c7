"""Tokens of identity providers, looked at whole: signature, algorithm, issuer, audience, time, wherever they came from.

The sign-in library leaves the signature out for a token that it fetched itself over TLS, as the protocol allows. These
two views take its place for the addresses of sign-in through a provider.
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from jwt import PyJWTError, get_unverified_header
from requests import RequestException

from maitred.base.errors import MaitredError

ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""Signatures with a public key; nothing symmetric, and never ``none``."""


class ProviderAway(MaitredError):
    """An identity provider cannot be reached."""

    kind = "provider-away"
    status = 503


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """A provider whose tokens count only with a signature by the keys that its own issuer publishes."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            header = get_unverified_header(id_token)
        except PyJWTError as error:
            raise OAuth2Error("this is no token") from error
        if header.get("alg") not in ALGORITHMS or not header.get("kid"):
            raise OAuth2Error("a token without a signature by a named public key")
        issuer = str(self.openid_config.get("issuer", ""))
        if issuer.rstrip("/") != str(app.settings["server_url"]).rstrip("/"):
            raise OAuth2Error("the metadata are those of another issuer")
        found: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=issuer,
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
            verify_signature=True,
        )
        return found


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Go to the provider."""
    return _viewed(OAuth2LoginView, request, provider_id)


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Come back from it."""
    return _viewed(OAuth2CallbackView, request, provider_id)


def _viewed(view: type[Any], request: HttpRequest, provider_id: str) -> HttpResponse:
    """The view of the sign-in library, with tokens looked at.

    Raises
    ------
    ProviderAway
        The provider does not answer.
    """
    try:
        answer: HttpResponse = view.adapter_view(Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except RequestException as error:
        raise ProviderAway("the identity provider does not answer", "try again, or sign in with a password") from error
    return answer
