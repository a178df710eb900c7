"""Where the operational database is: kept among the keys, since the address may hold a password."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from maitred.base.errors import MaitredError
from maitred.kit.secrets.keyring import folder_of

_FILE = "database.url"


def keep(home: Path, address: str) -> None:
    """Remember an address, readable by the owner alone; whole or not at all."""
    keys = folder_of(home)
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = keys / f".{_FILE}.{os.getpid()}.part"
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(address.encode())
        file.flush()
        os.fsync(handle)
    beside.replace(keys / _FILE)


def kept(home: Path) -> str:
    """The address that was remembered; empty for the workspace's own SQLite file."""
    path = folder_of(home) / _FILE
    return path.read_text().strip() if path.is_file() else ""


def settings_of(url: str) -> dict[str, Any]:
    """Django's settings for ``postgresql://user:password@host:port/name``.

    Raises
    ------
    MaitredError
        The address is not one of PostgreSQL.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise MaitredError("this is not the address of a PostgreSQL database", "write postgresql://USER@HOST:PORT/NAME")
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": asked.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": asked,
    }
