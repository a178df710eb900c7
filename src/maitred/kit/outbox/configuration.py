"""What the outbox must know of the installation: the mail server, private hosts that may be met, secrets by name.

The mail server is the one of Django's settings (``mail`` in ``maitred.json``). Private hosts stand in ``maitred.json``
too, read anew each time, or in the setting ``MAITRED_HOSTS_ALLOWED``, which goes first. Secrets are the stored ones;
one that is not stored may stand in the environment as ``MAITRED_SECRET_<NAME>``.

    {"hosts_allowed": [{"host": "chat.corp.example", "network": "10.1.2.0/24", "ports": [8443]}]}
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from maitred.base.egress import Allowed, allowed
from maitred.base.errors import MaitredError, NotFound
from maitred.kit.secrets import stored
from maitred.kit.secrets.sealing import Secret

Transport = Literal["starttls", "tls", "none"]
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class NotConfigured(MaitredError):
    """Something has to be set up before this can be sent; it waits."""

    kind = "not-configured"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed over, from whom, and how."""

    host: str
    port: int
    sender: str
    transport: Transport
    user: str
    password: Secret


def mail_server() -> MailServer:
    """The mail server that is set up.

    Raises
    ------
    NotConfigured
        There is none, or its password would go over the wire in the clear.
    """
    if not getattr(settings, "MAITRED_MAIL", False) or not settings.EMAIL_HOST:
        raise NotConfigured("no mail server is set up", 'add "mail" to maitred.json: host, port, from, user, password')
    server = MailServer(
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        sender=settings.DEFAULT_FROM_EMAIL,
        transport="tls" if settings.EMAIL_USE_SSL else "starttls" if settings.EMAIL_USE_TLS else "none",
        user=settings.EMAIL_HOST_USER,
        password=Secret(settings.EMAIL_HOST_PASSWORD),
    )
    if server.transport == "none" and server.user and server.host not in _LOOPBACK:
        raise NotConfigured("the mail password would go unencrypted", 'set "tls" to true in "mail" of maitred.json')
    return server


def hosts_allowed() -> tuple[Allowed, ...]:
    """The administrator's list of private hosts.

    Raises
    ------
    NotConfigured
        It does not read.
    """
    try:
        return tuple(allowed(one["host"], one["network"], one.get("ports", ())) for one in _listed() or ())
    except (MaitredError, ValueError, TypeError, LookupError) as error:
        remedy = 'write it as [{"host": ..., "network": "10.1.2.0/24", "ports": [443]}]'
        raise NotConfigured('"hosts_allowed" of maitred.json does not read', remedy) from error


def secret(name: str) -> Secret:
    """A secret by its name; the use of a stored one stands in the audit log.

    Raises
    ------
    NotConfigured
        There is none of that name.
    """
    try:
        return stored.reveal(name)
    except NotFound as error:
        found = os.environ.get(f"MAITRED_SECRET_{name.upper().replace('-', '_')}")
        if not found:
            raise NotConfigured(f"there is no secret {name}", "store it, or set it in the environment") from error
        return Secret(found)


def _listed() -> Any:
    given = getattr(settings, "MAITRED_HOSTS_ALLOWED", None)
    if given is not None:
        return given
    path = Path(settings.MAITRED_HOME) / "maitred.json"
    return json.loads(path.read_text()).get("hosts_allowed") if path.is_file() else None
