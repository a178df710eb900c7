"""Which identity providers an installation trusts: the ``oidc`` list of ``maitred.json``, as allauth wants it.

"oidc": [{"id": "corp", "name": "Corporate sign-in", "issuer": "https://id.example.org", "client_id": "maitred",
          "client_secret": "env:MAITRED_OIDC_SECRET", "groups_claim": "groups",
          "roles": {"support-leads": ["lead"], "support-managers": ["manager"]}}]
"""

from __future__ import annotations

import hashlib
from typing import Any

from maitred.base.errors import MaitredError
from maitred.site.workspace import secret

_NEEDED = ("id", "issuer", "client_id", "client_secret", "groups_claim", "roles")


def issuers(told: object) -> dict[str, dict[str, Any]]:
    """The trusted issuers by provider name.

    The name carries a digest of the issuer's address, so that the key of an identity is (provider, issuer, subject):
    a provider that is pointed at another issuer knows nobody.

    Raises
    ------
    MaitredError
        An entry lacks something, or holds a secret in the open.
    """
    entries = told if isinstance(told, list) else []
    return {_name(one): _checked(one) for one in entries}


def providers(known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """allauth's ``SOCIALACCOUNT_PROVIDERS``."""
    apps = [
        {
            "provider_id": name,
            "name": one.get("name") or one["id"],
            "client_id": one["client_id"],
            "secret": secret(one["client_secret"]),
            "settings": {"server_url": one["issuer"].rstrip("/"), "oauth_pkce_enabled": True},
        }
        for name, one in known.items()
    ]
    return {"openid_connect": {"APPS": apps, "OAUTH_PKCE_ENABLED": True}} if apps else {}


def _checked(one: dict[str, Any]) -> dict[str, Any]:
    lacking = [name for name in _NEEDED if not one.get(name)]
    if lacking:
        raise MaitredError(f"an entry of oidc in maitred.json lacks {lacking[0]}", "add it")
    return one


def _name(one: dict[str, Any]) -> str:
    digest = hashlib.sha256(str(one.get("issuer", "")).rstrip("/").encode()).hexdigest()[:8]
    return f"{one.get('id', '')}-{digest}"
