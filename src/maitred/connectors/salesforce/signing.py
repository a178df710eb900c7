"""How Salesforce is signed in to: a token for the connected app's own user, by its secret or by a signed assertion.

The account's address is the organisation's own (My Domain), which gives the token and answers the questions alike. A
token that turns out to belong to another address is not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from maitred.base import clock
from maitred.connectors.live import Account, Api, Refused

TOKEN = "services/oauth2/token"  # noqa: S105 (an address)
_ASSERTED = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTION_HOLDS = timedelta(minutes=3)


def authorize(account: Account, api: Api) -> Mapping[str, str]:
    """Headers with a fresh token.

    Raises
    ------
    Refused
        Salesforce gives none, or one for another address.
    """
    try:
        reply = api.send("POST", TOKEN, _form(account), bucket="account", signed=False, accept=(200,))
    except Refused as refusal:
        if refusal.status not in (400, 401, 403):
            raise
        told = refusal.body if isinstance(refusal.body, dict) else {}
        why = told.get("error_description") or told.get("error") or f"answer {refusal.status}"
        raise Refused(
            f"Salesforce gives no token ({why})",
            "look at the connected app: its keys, its flow, and the user it runs as",
            status=refusal.status,
            reason="signed-out",
        ) from None
    body = reply.body if isinstance(reply.body, dict) else {}
    token, instance = body.get("access_token"), body.get("instance_url")
    if not isinstance(token, str) or not token:
        raise Refused("Salesforce's answer holds no token", "look at the address", status=200, reason="form")
    if isinstance(instance, str) and _host(instance) != _host(account.url):
        raise Refused(
            f"the organisation is at {_host(instance)}, not at {_host(account.url)}",
            f"connect it as https://{_host(instance)}",
            status=200,
            reason="other-host",
        )
    return {"Authorization": f"Bearer {token}"}


def _form(account: Account) -> dict[str, str]:
    told = account.credentials
    if "jwt_key" in told:
        return {"grant_type": _ASSERTED, "assertion": assertion(account)}
    return {
        "grant_type": "client_credentials",
        "client_id": told["client_id"],
        "client_secret": told["client_secret"],
    }


def assertion(account: Account) -> str:
    """Who asks for a token and as which user, signed with the private key of the app's certificate (RS256).

    Raises
    ------
    Refused
        The key is no private key in PEM form.
    """
    import jwt

    told = account.credentials
    claims = {
        "iss": told["client_id"],
        "sub": told["user"],
        "aud": str(account.settings.get("audience") or audience(account.url)),
        "exp": int((clock.now() + _ASSERTION_HOLDS).timestamp()),
    }
    try:
        return jwt.encode(claims, told["jwt_key"], algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError):
        raise Refused(
            "the key that signs in to Salesforce is no RSA private key", "give it the key in PEM form", reason="key"
        ) from None


def audience(url: str) -> str:
    """The login host that an assertion is meant for: the one of sandboxes for a sandbox.

    Examples
    --------
    >>> audience("https://acme--test.sandbox.my.salesforce.com")
    'https://test.salesforce.com'
    """
    sandbox = ".sandbox." in (urlsplit(url).hostname or "")
    return "https://test.salesforce.com" if sandbox else "https://login.salesforce.com"


def _host(url: str) -> str:
    return (urlsplit(url).netloc or url).lower()
