"""The keys of an installation: files of their own beside the workspace's data, one set per purpose.

Never in the database, never derived from one another. ``MAITRED_KEYS`` may name another folder (a mounted secret). A
purpose can have several keys while a rotation runs: the newest encrypts, all decrypt.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from maitred.base.errors import MaitredError

_INDEX = "keyring.json"
_BYTES = 32


class Purpose(StrEnum):
    """What a key is for; a key of one purpose is never used for another."""

    FIELDS = "fields"
    SUBJECTS = "subjects"
    HEADS = "heads"
    PSEUDONYMS = "pseudonyms"
    LINKS = "links"
    SESSIONS = "sessions"
    BACKUPS = "backups"
    PROFILES = "profiles"
    SELF_TOLD = "self-told"


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """One key: its id (safe to show) and its 32 bytes (never shown)."""

    id: str
    material: bytes

    def __repr__(self) -> str:
        return f"Key({self.id})"


class KeysMissing(MaitredError):
    """The keys that an operation needs are not where they should be."""

    kind = "keys-missing"
    status = 500


class Keyring:
    """The keys in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[Purpose, tuple[Key, ...]] = {}
        self._read_at: tuple[int, ...] = ()

    def current(self, purpose: Purpose) -> Key:
        """The newest key of a purpose, also when another process made it a moment ago."""
        return self.all(purpose)[-1]

    def all(self, purpose: Purpose) -> tuple[Key, ...]:
        """Every key of a purpose that is still readable, oldest first."""
        stamp = self._stamp()
        if stamp != self._read_at:
            self._known, self._read_at = self._read(), stamp
        found = self._known.get(purpose, ())
        if not found:
            raise KeysMissing(
                f"there is no {purpose} key in {self.folder}", "restore the keys folder from its own copy"
            )
        return found

    def find(self, purpose: Purpose, key_id: str) -> Key:
        """The key with an id."""
        for key in self.all(purpose):
            if key.id == key_id:
                return key
        raise KeysMissing(
            f"the {purpose} key {key_id} is not in {self.folder}", "restore the keys folder from its copy"
        )

    def create(self) -> None:
        """Make the keys that are missing; leaves the others alone."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(self.folder):
            for purpose in Purpose:
                if purpose not in self._read():
                    self._added(purpose)

    def add(self, purpose: Purpose) -> Key:
        """Make a new key of a purpose; from now on it is the one that encrypts."""
        with _alone(self.folder):
            return self._added(purpose)

    def _added(self, purpose: Purpose) -> Key:
        key = Key(secrets.token_hex(4), secrets.token_bytes(_BYTES))
        _write(self.folder / f"{purpose}-{key.id}.key", base64.b64encode(key.material))
        self._enlist({**self._ids(), purpose: [*self._ids().get(purpose, []), key.id]})
        return key

    def retire(self, purpose: Purpose, key_id: str) -> None:
        """Take a key out of use; nothing may be sealed with it any more."""
        with _alone(self.folder):
            kept = [one for one in self._ids()[purpose] if one != key_id]
            if not kept:
                raise MaitredError(f"the last {purpose} key cannot be retired", "add another one first")
            self._enlist({**self._ids(), purpose: kept})
        (self.folder / f"{purpose}-{key_id}.key").unlink(missing_ok=True)

    def fingerprints(self) -> dict[str, list[str]]:
        """What a backup may say about keys: SHA-256 prefixes per purpose."""
        return {
            purpose: [hashlib.sha256(key.material).hexdigest()[:16] for key in keys]
            for purpose, keys in sorted(self._read().items())
        }

    def _ids(self) -> dict[str, list[str]]:
        path = self.folder / _INDEX
        found: dict[str, list[str]] = json.loads(path.read_text()) if path.is_file() else {}
        return found

    def _enlist(self, ids: dict[str, list[str]]) -> None:
        _write(self.folder / _INDEX, json.dumps(ids, indent=1).encode())

    def _stamp(self) -> tuple[int, ...]:
        """Changes whenever the list of keys was written: it is always a new file."""
        try:
            seen = (self.folder / _INDEX).stat()
        except OSError:
            return ()
        return seen.st_ino, seen.st_mtime_ns, seen.st_size

    def _read(self) -> dict[Purpose, tuple[Key, ...]]:
        for attempt in (1, 2, 3):
            try:
                return self._read_once()
            except KeysMissing:  # retired between the list and the key: the list is a newer one now
                if attempt == 3:
                    raise
        raise AssertionError("unreachable")

    def _read_once(self) -> dict[Purpose, tuple[Key, ...]]:
        return {
            Purpose(purpose): tuple(Key(one, self._material(purpose, one)) for one in ids)
            for purpose, ids in self._ids().items()
        }

    def _material(self, purpose: str, key_id: str) -> bytes:
        try:
            return base64.b64decode((self.folder / f"{purpose}-{key_id}.key").read_bytes())
        except OSError as error:
            raise KeysMissing(f"the {purpose} key {key_id} cannot be read ({error.strerror})", "restore it") from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time changes the keys: the list is read, changed and written as one."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, content: bytes) -> None:
    """Write whole or not at all, readable by the owner alone."""
    beside = path.with_name(f".{path.name}.part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
    beside.replace(path)
    _flush(path.parent)


def _flush(folder: Path) -> None:
    """Make a new name in a folder last through a power loss."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def folder_of(home: Path) -> Path:
    """Where an installation's keys are: ``MAITRED_KEYS``, else ``keys`` in its workspace."""
    return Path(os.environ.get("MAITRED_KEYS") or home / "keys")
