"""The file of a backup: a tar stream packed with zstd, sealed where there is a backup key, and proved by its manifest.

First comes a small header (what this is, how large it gets), last the manifest (every member's size and SHA-256, every
table's rows and hash) and its proof (a MAC by the installation's own key). Nothing of an archive is trusted before the
whole of it was compared.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from maitred.base import faults
from maitred.base.errors import MaitredError
from maitred.kit.backup.sealed import MAGIC, Sealing, Unsealing
from maitred.kit.secrets.keyring import Keyring, KeysMissing, Purpose

FORMAT = 1
HEADER = "maitred-backup.json"
MANIFEST = "manifest.json"
PROOF = "manifest.proof"
_LEVEL = 3
_BLOCK = 1 << 20
_FEED = 8 * 1024
"""Packed bytes taken at a time: what they may unpack to stays small, whoever packed them."""
_SMALL = 64 * 1024 * 1024
"""The largest header or manifest that is believed."""
_ANEW = "take another copy of it, or an older backup"


class BackupDamaged(MaitredError):
    """An archive that is not what was written; nothing of it was used."""

    kind = "backup-damaged"


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive."""

    size: int
    sha256: str


@dataclass(slots=True)
class Packing:
    """An archive that is being written."""

    tar: tarfile.TarFile
    members: dict[str, Member] = field(default_factory=dict)

    def add(self, name: str, path: Path) -> None:
        """Put a file in; it must not change meanwhile."""
        faults.step("backup.write")
        with path.open("rb") as body:
            watched = _Watched(body)
            self.tar.addfile(_entry(name, path.stat().st_size), watched)  # type: ignore[arg-type]
        self.members[name] = Member(watched.size, watched.sum.hexdigest())

    def put(self, name: str, content: dict[str, Any]) -> bytes:
        """Put a small document in."""
        body = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
        self.tar.addfile(_entry(name, len(body)), io.BytesIO(body))
        return body


@contextmanager
def packing(file: Path, secret: str | None) -> Iterator[Packing]:
    """Write an archive: it stands under its name when the block has ended, whole, or not at all.

    Parameters
    ----------
    secret
        Seals the whole of it; None leaves it readable for whoever has the file.
    """
    import zstandard

    beside = file.with_name(f".{file.name}.{os.getpid()}.part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as raw:
            out: Any = Sealing(raw, secret) if secret else raw
            packer = zstandard.ZstdCompressor(level=_LEVEL, threads=2, write_checksum=True)
            with (
                packer.stream_writer(out, closefd=False) as packed,
                tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
            ):
                yield Packing(tar)
            if secret:
                out.finish()
            raw.flush()
            os.fsync(raw.fileno())
        faults.step("backup.rename")
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def sweep(file: Path) -> None:
    """Remove what killed backups to this name left half written."""
    for piece in file.parent.glob(f".{file.name}.*.part"):
        pid = piece.name.removesuffix(".part").rpartition(".")[2]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            piece.unlink(missing_ok=True)


def prove(keys: Keyring, manifest: bytes) -> dict[str, str]:
    """The proof of a manifest: its MAC by the newest backup key of the installation."""
    key = keys.current(Purpose.BACKUPS)
    return {"key": key.id, "mac": hmac.new(key.material, manifest, hashlib.sha256).hexdigest()}


def check_proof(keys: Keyring, manifest: bytes, proof: dict[str, str]) -> bool:
    """Compare a manifest with its proof; False where the key is not there to do it.

    Raises
    ------
    BackupDamaged
        The manifest is not the one that was written.
    """
    try:
        key = keys.find(Purpose.BACKUPS, proof["key"])
    except KeysMissing:
        return False
    if not hmac.compare_digest(hmac.new(key.material, manifest, hashlib.sha256).hexdigest(), proof["mac"]):
        raise BackupDamaged("the manifest of the backup was edited", _ANEW)
    return True


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What an archive held: its manifest (as bytes too, for the proof) and the proof; files lie in the folder."""

    manifest: dict[str, Any]
    body: bytes
    proof: dict[str, str]


def unpack(file: Path, folder: Path, secret: str | None) -> Unpacked:
    """Unpack an archive into an empty folder and compare every member with the manifest.

    Raises
    ------
    BackupDamaged
        It is cut off, changed, or no backup of ours; names the member where there is one.
    MaitredError
        It is sealed and there is no key, or was made by a newer program.
    """
    import zstandard

    small: dict[str, bytes] = {}
    found: dict[str, Member] = {}
    at = "its beginning"
    try:
        with ExitStack() as stack:
            stream = _opened(stack, file, secret)
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                for entry in tar:
                    at = f"member {entry.name[:200]!r}"
                    _take(tar, entry, folder, small, found)
            at = "its end"
            stream.check_end()
    except (zstandard.ZstdError, tarfile.TarError, EOFError, ValueError, KeyError) as error:
        what = f"the backup {file.name} is damaged or cut off at {at} ({type(error).__name__})"
        raise BackupDamaged(what, _ANEW) from error
    return _compared(file, small, found)


def sync_folder(folder: Path) -> None:
    """Make renames inside a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _opened(stack: ExitStack, file: Path, secret: str | None) -> _Whole:
    import zstandard

    raw = stack.enter_context(file.open("rb"))
    start = raw.read(len(MAGIC))
    raw.seek(0)
    if start == MAGIC:
        if not secret:
            remedy = "set MAITRED_BACKUP_KEY to the key it was made with"
            raise MaitredError(f"the backup {file.name} is sealed", remedy)
        plain: Any = io.BufferedReader(Unsealing(raw, secret), _BLOCK)
    elif start[:4] == zstandard.FRAME_HEADER:
        plain = raw
    else:
        raise BackupDamaged(f"{file.name} is no backup of maitred", "name a file that `maitred backup` wrote")
    return _Whole(plain)


class _Whole(io.RawIOBase):
    """What a packed stream holds; the frame has to be there to its last byte, and to be the last thing there."""

    def __init__(self, packed: IO[bytes]) -> None:
        import zstandard

        self._packed, self._held = packed, b""
        self._unpacking: Any = zstandard.ZstdDecompressor().decompressobj()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held and not self._unpacking.eof:
            piece = self._packed.read(_FEED)
            if not piece:
                raise EOFError("the packed stream ends in the middle")
            self._held = self._unpacking.decompress(piece)
        size = min(len(buffer), len(self._held))
        buffer[:size] = self._held[:size]
        self._held = self._held[size:]
        return size

    def check_end(self) -> None:
        """Read to the end; only zeros, of which tar adds some, may come behind what was read."""
        while block := self.read(_BLOCK):
            if block.strip(b"\0"):
                raise ValueError("something stands behind the last member")
        if self._unpacking.unused_data or self._packed.read(1):
            raise ValueError("something stands behind the end")


def _take(
    tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path, small: dict[str, bytes], found: dict[str, Member]
) -> None:
    faults.step("restore.unpack")
    body = tar.extractfile(entry) if entry.isreg() else None
    if body is None or not _is_plain(entry.name) or entry.name in found or entry.name in small:
        raise BackupDamaged(f"the archive has a member that no backup has ({entry.name[:200]!r})", _ANEW)
    if not small and entry.name != HEADER:
        raise BackupDamaged("the archive is no backup of maitred", "name a file that `maitred backup` wrote")
    if entry.name in (HEADER, MANIFEST, PROOF):
        small[entry.name] = _read_small(body, entry)
        if entry.name == HEADER:
            _check_header(json.loads(small[HEADER]))
        return
    if sum(one.size for one in found.values()) + entry.size > json.loads(small[HEADER])["bytes"]:
        raise BackupDamaged(f"the archive is larger than it says (at {entry.name[:200]!r})", _ANEW)
    found[entry.name] = _store(body, folder / entry.name)


def _check_header(header: dict[str, Any]) -> None:
    if header.get("kind") != "maitred backup":
        raise BackupDamaged("the archive is no backup of maitred", "name a file that `maitred backup` wrote")
    if header["format"] > FORMAT:
        what = f"the backup was made by a newer program (maitred {header['product']}, form {header['format']})"
        raise MaitredError(what, "restore it with that version")


def _store(body: IO[bytes], path: Path) -> Member:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    watched = _Watched(body)
    with path.open("xb") as out:
        while block := watched.read(_BLOCK):
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return Member(watched.size, watched.sum.hexdigest())


def _read_small(body: IO[bytes], entry: tarfile.TarInfo) -> bytes:
    if entry.size > _SMALL:
        raise BackupDamaged(f"{entry.name} of the archive is too large to be one", _ANEW)
    return body.read()


def _is_plain(name: str) -> bool:
    """Whether a name stays inside of the folder: relative, no steps up, nothing that means something to a system."""
    parts = name.split("/")
    odd = any(sign in name for sign in ("\\", "\0", ":")) or not name.isprintable()
    return bool(name) and not odd and all(part not in ("", ".", "..") for part in parts)


def _compared(file: Path, small: dict[str, bytes], found: dict[str, Member]) -> Unpacked:
    if MANIFEST not in small or PROOF not in small:
        raise BackupDamaged(f"the backup {file.name} is cut off: it has no manifest", _ANEW)
    with suppress(ValueError, KeyError, TypeError):
        manifest = json.loads(small[MANIFEST])
        told = {name: Member(size, digest) for name, (size, digest) in manifest["members"].items()}
        for name in sorted(told.keys() | found.keys()):
            if told.get(name) != found.get(name):
                state = "is missing" if name not in found else "is not as it was written"
                raise BackupDamaged(f"member {name!r} of the backup {file.name} {state}", _ANEW)
        return Unpacked(manifest, small[MANIFEST], json.loads(small[PROOF]))
    raise BackupDamaged(f"the manifest of the backup {file.name} cannot be read", _ANEW)


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


class _Watched:
    """A stream whose bytes are counted and summed while somebody reads them."""

    def __init__(self, body: IO[bytes]) -> None:
        self._body = body
        self.sum = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        block = self._body.read(size)
        self.sum.update(block)
        self.size += len(block)
        return block
