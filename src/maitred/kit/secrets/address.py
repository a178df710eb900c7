"""Where the operational database is: kept among the keys, since the address may hold a password."""

from __future__ import annotations

import os
from pathlib import Path

from maitred.kit.secrets.keyring import folder_of

_FILE = "database.url"


def keep(home: Path, address: str) -> None:
    """Remember an address, readable by the owner alone; whole or not at all."""
    keys = folder_of(home)
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = keys / f".{_FILE}.part"
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
