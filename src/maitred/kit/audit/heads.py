"""Signed heads: a statement of how far the log went at an instant, made hourly and with every backup and briefing.

A chain of hashes shows what was changed inside of it, not that it was made anew or cut off at the end. A head does: it
is signed with a key that is not in the database, and is kept beside the database too, in backups and with the auditor.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction
from django.db.models import Count

from maitred.base import clock
from maitred.kit.audit.models import AuditHead, AuditRow
from maitred.kit.audit.tail import FOLDER
from maitred.kit.secrets.installation import keyring
from maitred.kit.secrets.keyring import Key, Keyring, Purpose

FILE = "heads.jsonl"


@dataclass(frozen=True, slots=True)
class Head:
    """How far the log went, and who says so.

    Attributes
    ----------
    install
        Fingerprint of the public key of the installation that signed: 32 hex digits of its SHA-256.
    counts
        Rows up to ``seq`` by verb.
    signature
        Ed25519 over the canonical JSON of everything else, 128 hex digits.
    """

    install: str
    seq: int
    hash: str
    at: str
    counts: dict[str, int]
    signature: str = ""

    def covered(self) -> bytes:
        """What the signature covers."""
        return rfc8785.dumps({name: value for name, value in asdict(self).items() if name != "signature"})


def sign_head() -> AuditHead | None:
    """Sign how far the log has come; returns the last head again where nothing was added since, none for an empty log.

    The head stands in the database when the transaction ends, and in ``audit/heads.jsonl`` right after.
    """
    last = AuditRow._base_manager.order_by("-seq").first()
    if last is None:
        return None
    made = AuditHead._base_manager.order_by("-id").first()
    if made is None or (made.seq, made.hash) != (last.seq, last.hash):
        made = _stored(_signed(last, keyring().current(Purpose.HEADS)))
    transaction.on_commit(publish)
    return made


def publish() -> None:
    """Append to the file of heads what the table has beyond it: also what a crash left out."""
    with _file(Path(settings.MAITRED_HOME) / FOLDER / FILE) as path:
        known = len(_lines(path))
        missing = list(AuditHead._base_manager.order_by("id")[known:])
        with path.open("ab") as out:
            out.writelines(_line(as_head(one)) for one in missing)
            out.flush()
            os.fsync(out.fileno())


def in_table() -> list[Head]:
    """The heads in the database, in the order in which they were signed."""
    return [as_head(one) for one in AuditHead._base_manager.order_by("id")]


def in_file(home: Path) -> list[Head]:
    """The heads in the file of a workspace, in the order of its lines.

    Raises
    ------
    ValueError
        A line is no head.
    """
    return [_parsed(line) for line in _lines(home / FOLDER / FILE)]


def as_head(row: AuditHead) -> Head:
    """A row of the table as the statement that was signed."""
    return Head(row.install, row.seq, row.hash, row.at, json.loads(row.counts), row.signature)


def vouched(head: Head, keys: Keyring) -> bool:
    """Whether this installation signed exactly this."""
    for key in keys.all(Purpose.HEADS):
        public = _private(key).public_key()
        if fingerprint(public) != head.install:
            continue
        try:
            public.verify(bytes.fromhex(head.signature), head.covered())
        except (InvalidSignature, ValueError, rfc8785.CanonicalizationError):
            return False
        return True
    return False


def public_key(keys: Keyring) -> str:
    """What an auditor needs to check heads without us: the raw Ed25519 public key as 64 hex digits."""
    return _private(keys.current(Purpose.HEADS)).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def install(keys: Keyring) -> str:
    """The id of this installation, as its heads carry it."""
    return fingerprint(_private(keys.current(Purpose.HEADS)).public_key())


def fingerprint(public: Ed25519PublicKey) -> str:
    """32 hex digits of the SHA-256 of a public key."""
    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:32]


def _signed(last: AuditRow, key: Key) -> Head:
    private = _private(key)
    counted = (
        AuditRow._base_manager.filter(seq__lte=last.seq).values_list("verb").annotate(n=Count("seq")).order_by("verb")
    )
    at = clock.now().isoformat(timespec="microseconds")
    bare = Head(fingerprint(private.public_key()), last.seq, last.hash, at, dict(counted))
    return Head(bare.install, bare.seq, bare.hash, bare.at, bare.counts, private.sign(bare.covered()).hex())


def _stored(head: Head) -> AuditHead:
    values: dict[str, Any] = {**asdict(head), "counts": rfc8785.dumps(head.counts).decode()}
    return AuditHead._base_manager.create(**values)


def _private(key: Key) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(key.material)


def _line(head: Head) -> bytes:
    return bytes(rfc8785.dumps(asdict(head))) + b"\n"


def _parsed(line: bytes) -> Head:
    try:
        told = json.loads(line)
        head = Head(*(told[name] for name in ("install", "seq", "hash", "at", "counts", "signature")))
        if len(told) != 6 or _line(head) != line + b"\n":
            raise ValueError("not in canonical form")
    except (ValueError, TypeError, KeyError, AttributeError, rfc8785.CanonicalizationError) as error:
        raise ValueError(f"no head: {line[:80]!r}") from error
    return head


def _lines(path: Path) -> list[bytes]:
    """Whole lines; a crash may have left the last one torn, which the next head mends."""
    content = path.read_bytes() if path.is_file() else b""
    return content[: content.rfind(b"\n") + 1].splitlines()


@contextmanager
def _file(path: Path) -> Iterator[Path]:
    """The file of heads, for this process alone; a line that a crash left torn is taken off."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        content = path.read_bytes() if path.is_file() else b""
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            os.truncate(path, len(whole))
        yield path
