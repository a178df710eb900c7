"""Which addresses exist and who may knock: a verb's, a signed-in person's, a token's, or anybody's.

An address of none of these kinds stops the start.

``tests/expect/public_urls.txt`` is the snapshot of what anybody may ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver, get_resolver

PUBLIC = frozenset(
    {
        *("account_login", "account_logout", "account_reset_password", "account_reset_password_done"),
        *("account_reset_password_from_key", "account_reset_password_from_key_done"),
        *("mfa_authenticate", "mfa_login_webauthn", "openid_connect_login", "openid_connect_callback"),
        *("socialaccount_login_cancelled", "healthz", "security_txt"),
    }
)
"""Anybody may ask; growth fails the build until somebody looked."""
BY_SIGNATURE = frozenset({"hook", "hiring_opt_out", "hiring_own"})
"""Calls that prove themselves by a signature, and only add to a list. Of a desk that may be absent."""
OF_ANYBODY = frozenset({"hiring_job", "hiring_jobs_feed"})
"""Pages that a desk publishes for everybody. Of a desk that may be absent."""
BY_TOKEN = frozenset({"readyz", "metrics"})
"""Only with a token that may read the state of operation."""
SIGNED_IN = frozenset(
    {
        *("palette", "export"),
        *("start", "first_run", "theme", "settings", "styleguide", "account_reauthenticate"),
        *("account_change_password", "usersessions_list"),
        *("mfa_index", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes"),
        *("mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn"),
        *("mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn"),
    }
)
"""One's own account and sign-in, for everybody who is signed in."""
OF_THE_DOOR = frozenset({"api:openapi", "api:docs", "api:docs-style", "api:nothing"})
"""The REST door's own addresses; it asks for a session or a token itself."""


@dataclass(frozen=True, slots=True)
class Address:
    """One pattern: its route, its name with namespace, and the view."""

    route: str
    name: str
    view: Callable[..., Any]

    @property
    def open(self) -> bool:
        """Whether the sign-in middleware lets everybody through to it."""
        return not getattr(self.view, "login_required", True)


def addresses() -> Iterator[Address]:
    """Every address of the product."""
    yield from _below(get_resolver().url_patterns, "", "")


def register_check() -> None:
    """Have ``check`` and the start of the server refuse an address that nobody accounted for."""
    register("urls")(unmapped)


def unmapped(app_configs: Any = None, **_: Any) -> list[Error]:
    """The addresses that map to no verb and stand in no list, and those whose openness differs from their list."""
    return [*_misplaced(), *_missing()]


def _misplaced() -> Iterator[Error]:
    from maitred.kit.verbs.registry import register as verbs

    for one in addresses():
        known = one.name in PUBLIC | BY_SIGNATURE | OF_ANYBODY | BY_TOKEN | SIGNED_IN | OF_THE_DOOR
        if not known and one.name.removeprefix("api:") not in verbs() and not hasattr(one.view, "verb"):
            yield Error(f"/{one.route} maps to no verb and stands in no list", hint=_HINT, id="maitred.E001")
        if one.open and one.name in SIGNED_IN:
            yield Error(f"/{one.route} is for signed-in people but asks for no sign-in", hint=_HINT, id="maitred.E002")
        if one.open and not known and not one.name.startswith("api:"):
            yield Error(
                f"/{one.route} asks for no sign-in and is not in the public list", hint=_HINT, id="maitred.E003"
            )


def _missing() -> Iterator[Error]:
    there = {one.name for one in addresses()}
    for name in sorted((PUBLIC | BY_TOKEN | SIGNED_IN) - there):
        yield Error(f"the lists name {name}, which is no address", hint=_HINT, id="maitred.E004")


_HINT = "see site/addresses.py; a console page's view carries the verb it calls as its attribute `verb`"


def _below(patterns: Sequence[URLPattern | URLResolver], route: str, space: str) -> Iterator[Address]:
    for one in patterns:
        here = f"{route}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from _below(one.url_patterns, here, f"{space}{one.namespace}:" if one.namespace else space)
        elif one.callback is not None:
            yield Address(here, f"{space}{one.name or ''}", one.callback)
