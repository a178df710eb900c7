"""What the settings read from the workspace folder before Django starts: options, keys, the database's address."""

from __future__ import annotations

import base64
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from maitred.base.errors import MaitredError
from maitred.kit.secrets import address
from maitred.kit.secrets.keyring import Keyring, Purpose, folder_of

DATABASE_FILE = "operations.db"


def home() -> Path:
    """The workspace folder: ``MAITRED_HOME``, else ``./workspace``."""
    return Path(os.environ.get("MAITRED_HOME") or "workspace")


def options(folder: Path) -> dict[str, Any]:
    """What ``maitred.json`` says; nothing where there is no workspace yet."""
    path = folder / "maitred.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    return found


def session_key(folder: Path) -> str:
    """Django's secret key: a key of its own, never the one that seals fields; a passing one without a workspace."""
    keys = folder_of(folder)
    if not (keys / "keyring.json").is_file():
        return base64.b64encode(os.urandom(48)).decode()
    return base64.b64encode(Keyring(keys).current(Purpose.SESSIONS).material).decode() + "-sessions"


def database(folder: Path) -> dict[str, Any]:
    """Django's settings of the operational database: SQLite in the workspace, or PostgreSQL by its address."""
    elsewhere = os.environ.get("MAITRED_DATABASE") or address.kept(folder)
    if elsewhere:
        return address.settings_of(elsewhere)
    where = str(folder / DATABASE_FILE) if folder.is_dir() else str(Path(tempfile.gettempdir()) / "maitred-none.db")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": where,
        "CONN_MAX_AGE": 60,  # opening the file and its settings anew took a tenth of a page
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            "PRAGMA secure_delete=ON;",
        },
    }


def mail(told: object) -> dict[str, Any]:
    """How mail leaves: ``{"host", "port", "user", "password": "env:NAME", "from", "tls"}``; empty where none is set."""
    if not isinstance(told, dict) or not told.get("host"):
        return {}
    return {**told, **({"password": secret(told["password"])} if told.get("password") else {})}


def secret(source: str) -> str:
    """A secret named as ``env:NAME`` or ``file:PATH``.

    Raises
    ------
    MaitredError
        It is written in the open, or not where it should be.
    """
    kind, _, where = source.partition(":")
    if kind == "env" and where in os.environ:
        return os.environ[where]
    if kind == "file" and Path(where).is_file():
        return Path(where).read_text().strip()
    if kind in ("env", "file"):
        raise MaitredError(f"the secret {kind}:{where} is not there", "set the variable or write the file")
    raise MaitredError("a secret stands in the open in maitred.json", "name it as env:NAME or file:PATH")
