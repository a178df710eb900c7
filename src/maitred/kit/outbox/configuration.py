"""What the outbox must know of the installation: the mail server, private hosts that may be met, secrets by name.

``maitred.json`` of the workspace, read anew each time, or the settings ``MAITRED_MAIL``, ``MAITRED_HOSTS_ALLOWED`` and
``MAITRED_SECRETS``, which go first. A secret may also stand in the environment: ``MAITRED_SECRET_<NAME>``.

    {"mail": {"host": "mail.example.org", "port": 587, "sender": "maitred@example.org", "user": "maitred"},
     "hosts_allowed": [{"host": "desk.corp.example", "network": "10.1.2.0/24", "ports": [8443]}]}
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from maitred.base.egress import Allowed, allowed
from maitred.base.errors import MaitredError
from maitred.kit.secrets.sealing import Secret

Transport = Literal["starttls", "tls", "none"]
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class NotConfigured(MaitredError):
    """Something has to be set up before this can be sent; it waits."""

    kind = "not-configured"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed over, from whom, and how; ``password`` names a secret."""

    host: str
    sender: str
    port: int = 587
    transport: Transport = "starttls"
    user: str = ""
    password: str = "mail"  # noqa: S105  (the secret's name)


def mail_server() -> MailServer:
    """The mail server that is set up.

    Raises
    ------
    NotConfigured
        There is none, or its entry lacks something, or a password would go over the wire in the clear.
    """
    entry = _entry("MAITRED_MAIL", "mail")
    if not entry:
        raise NotConfigured("no mail server is set up", 'add "mail" to maitred.json: host, sender, port, user')
    try:
        server = MailServer(**entry)
    except TypeError as error:
        raise NotConfigured('"mail" needs host and sender and knows port, transport, user', "mend it") from error
    if server.transport == "none" and server.user and server.host not in _LOOPBACK:
        raise NotConfigured("the mail password would go unencrypted", 'set "transport" to "starttls" or "tls"')
    return server


def hosts_allowed() -> tuple[Allowed, ...]:
    """The administrator's list of private hosts."""
    found = _entry("MAITRED_HOSTS_ALLOWED", "hosts_allowed") or ()
    return tuple(allowed(one["host"], one["network"], one.get("ports", ())) for one in found)


def secret(name: str) -> Secret:
    """A secret by its name.

    Raises
    ------
    NotConfigured
        There is none of that name.
    """
    named: Mapping[str, str] = getattr(settings, "MAITRED_SECRETS", None) or {}
    found = named.get(name) or os.environ.get(f"MAITRED_SECRET_{name.upper().replace('-', '_')}")
    if not found:
        raise NotConfigured(f"there is no secret {name}", f"enter it, or set MAITRED_SECRET_{name.upper()}")
    return Secret(found)


def _entry(setting: str, key: str) -> Any:
    given = getattr(settings, setting, None)
    if given is not None:
        return given
    path = Path(settings.MAITRED_HOME) / "maitred.json"
    return json.loads(path.read_text()).get(key) if path.is_file() else None
