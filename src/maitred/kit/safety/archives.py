"""Archives opened with suspicion: how many members, how large, named how, is known before one byte of them is used.

For the quarantine (``inspect``) and for whoever reads an accepted archive (``members``). Zip, tar, tar.gz and gzip, one
level deep. Nothing is ever extracted to a path of the archive's choosing: members are streams.
"""

from __future__ import annotations

import gzip
import io
import re
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from maitred.base.errors import BadInput
from maitred.kit.safety.kinds import Kind, is_packed


@dataclass(frozen=True, slots=True)
class Limits:
    """What an upload may be, in bytes, times and pieces."""

    file_bytes: int = 200 * 1000 * 1000
    unpacked_bytes: int = 2 * 1000 * 1000 * 1000
    ratio: int = 200
    members: int = 10_000


LIMITS = Limits()


class UploadRefused(BadInput):
    """An upload that is not taken; ``reason`` is a short code for logs."""

    kind = "upload-refused"

    def __init__(self, what: str, remedy: str, reason: str) -> None:
        super().__init__(what, remedy)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive. Its stream is open until the next member is asked for."""

    name: str
    size: int
    stream: IO[bytes]


_SLACK = 1_000_000
"""Below this a high ratio is no harm: a small file of spaces packs well."""

_BLOCK = 512
_PIECE = 64 * 1024
_LONGEST_HEADER = 64 * 1024
_LONGEST_NAME = 1024
_DIRECTORY_ENTRY = 600
_END = b"PK\x05\x06"
_END64 = b"PK\x06\x07"
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def inspect(path: Path, kind: Kind, limits: Limits = LIMITS) -> None:
    """Refuse an archive that breaks a limit, before anything is made of its content.

    Raises
    ------
    UploadRefused
        Naming the limit or the member.
    """
    if kind in ("zip", "xlsx"):
        _inspect_zip(path, limits, nested=kind == "zip")
    elif kind == "gzip":
        _read_through(path, limits)
    elif kind in ("tar", "tar.gz"):
        with _tar_stream(path, kind, limits) as stream:
            _walk_tar(stream, limits)
        for _ in members(path, kind, limits):
            pass


def members(path: Path, kind: Kind, limits: Limits = LIMITS) -> Iterator[Member]:
    """The files of an inspected archive, one after another; folders are left out.

    Raises
    ------
    UploadRefused
        A member turns out to be more than it said, damaged, or an archive itself.
    """
    with _as_refusals():
        if kind in ("zip", "xlsx"):
            yield from _zip_members(path, limits)
        elif kind == "gzip":
            with gzip.open(path, "rb") as source:
                guarded = _Guarded(source.read, limits, lambda: path.stat().st_size)
                yield Member(path.name, 0, _first_of(guarded, path.name))
        else:
            yield from _tar_members(path, kind, limits)


def path_fault(name: str) -> str | None:
    """What is wrong with a member's name, or None.

    Examples
    --------
    >>> [path_fault(name) for name in ("a/b.csv", "../b.csv", "C:x", "NUL.txt")]
    [None, 'leads out of its folder', 'names a drive or stream', 'is reserved on Windows']
    """
    for form in (name, unicodedata.normalize("NFKC", name)):
        if (fault := _path_fault(form)) is not None:
            return fault
    return None


def _path_fault(name: str) -> str | None:
    if not name or len(name) > _LONGEST_NAME:
        return "is empty or too long"
    if _CONTROL.search(name):
        return "holds a control character"
    if name[0] in "/\\":
        return "is absolute"
    if ":" in name:
        return "names a drive or stream"
    parts = re.split(r"[/\\]", name)
    if ".." in parts:
        return "leads out of its folder"
    for part in parts:
        if _RESERVED.fullmatch(part.strip(" ")):
            return "is reserved on Windows"
        if part not in (".", "") and part[-1] in ". ":
            return "ends in a dot or a space"
    return None


def _inspect_zip(path: Path, limits: Limits, nested: bool) -> None:
    with _as_refusals():
        entries = _entries_said(path, limits)
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len(infos) != entries:
                raise UploadRefused("the archive's directory is not what it says", "pack it again", "damaged")
            _judge_directory(infos, path.stat().st_size, limits)
            for info in infos:
                if nested and not info.is_dir():
                    with archive.open(info) as source:
                        _unpacked_once(source, info.filename)


def _entries_said(path: Path, limits: Limits) -> int:
    """The number of entries by the end record, which is judged first: zipfile would load a directory of any size."""
    size = path.stat().st_size
    with path.open("rb") as source:
        start = max(0, size - 65_557)
        source.seek(start)
        tail = source.read()
    at = len(tail) - 22 if tail[-22:-18] == _END and tail[-2:] == b"\0\0" else tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise UploadRefused("the archive has no directory", "pack it again", "damaged")
    disk, first_disk, here, entries, length, offset, comment = struct.unpack("<4H2LH", tail[at + 4 : at + 22])
    if entries > limits.members or length > limits.members * _DIRECTORY_ENTRY:
        raise _too_many(limits)
    whole = at + 22 + comment == len(tail) and offset + length == start + at
    if disk or first_disk or here != entries or not whole or _END64 in tail[max(0, at - 20) : at]:
        raise UploadRefused("the archive's directory is not what it says", "pack it again as a plain zip", "damaged")
    return int(entries)


def _judge_directory(infos: list[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    unpacked = 0
    names: set[str] = set()
    for info in infos:
        _judge_entry(info)
        key = info.filename.casefold().rstrip("/")
        if key in names:
            raise UploadRefused(f"the archive holds {_shown(key)} twice", "pack it again", "path")
        names.add(key)
        unpacked += info.file_size
        _judge_size(info.file_size, info.compress_size, limits)
        _judge_size(unpacked, packed, limits)
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise UploadRefused("members of the archive overlap", "pack it again", "bomb")
        end = info.header_offset + 30 + len(info.orig_filename) + info.compress_size


def _judge_entry(info: zipfile.ZipInfo) -> None:
    _judge_name(info.orig_filename)
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _special(info.filename)
    if info.flag_bits & 0x1:
        raise UploadRefused(f"{_shown(info.filename)} is encrypted", "upload it without a password", "encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UploadRefused(f"{_shown(info.filename)} is packed in an unusual way", "use plain zip", "coding")


def _judge_name(name: str) -> None:
    if (fault := path_fault(name)) is not None:
        raise UploadRefused(f"the name {_shown(name)} in the archive {fault}", "rename it and pack again", "path")


def _judge_size(unpacked: int, packed: int, limits: Limits) -> None:
    if unpacked > limits.unpacked_bytes:
        most = limits.unpacked_bytes
        raise UploadRefused(f"the archive unpacks to more than {most} bytes", "upload it in parts", "bomb")
    if unpacked > _SLACK and unpacked > packed * limits.ratio:
        raise UploadRefused(f"the archive unpacks to over {limits.ratio} times its size", "upload it unpacked", "bomb")


def _zip_members(path: Path, limits: Limits) -> Iterator[Member]:
    _entries_said(path, limits)
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        _judge_directory(infos, path.stat().st_size, limits)
        for info in infos:
            if not info.is_dir():
                with archive.open(info) as source:
                    yield Member(info.filename, info.file_size, _checked(source))


@contextmanager
def _tar_stream(path: Path, kind: Kind, limits: Limits) -> Iterator[IO[bytes]]:
    with _as_refusals(), path.open("rb") as packed:
        source = gzip.GzipFile(fileobj=packed) if kind == "tar.gz" else packed
        yield io.BufferedReader(_Guarded(source.read, limits, packed.tell), _PIECE)


def _walk_tar(stream: IO[bytes], limits: Limits) -> None:
    """Look at every header block, since tarfile reads long names and extended headers whole, whatever their length."""
    count = 0
    while (block := stream.read(_BLOCK)).strip(b"\0"):
        if len(block) < _BLOCK:
            raise UploadRefused("the archive ends too early", "pack it again", "damaged")
        head = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        count += 1
        # An extended header stands before its member, so an honest archive has two blocks for each at most.
        if count > 3 * limits.members:
            raise _too_many(limits)
        if head.type in _EXTENDED:
            _judge_extended(stream, head)
        elif head.type not in _PLAIN or head.size < 0 or (head.isdir() and head.size):
            raise _special(head.name)
        else:
            _skip(stream, head.size)
    while stream.read(_PIECE):
        pass


_EXTENDED = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME)
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE)


def _judge_extended(stream: IO[bytes], head: tarfile.TarInfo) -> None:
    if not 0 <= head.size <= _LONGEST_HEADER:
        raise UploadRefused("a header in the archive is too long", "pack it again", "bomb")
    text = stream.read(head.size)
    stream.read(-head.size % _BLOCK)
    # These would give a member another size or kind than its header says.
    if head.type != tarfile.GNUTYPE_LONGNAME and re.search(rb" (?:size|linkpath|GNU\.sparse[^=]*|hdrcharset)=", text):
        raise _special(head.name)


def _skip(stream: IO[bytes], size: int) -> None:
    left = size + -size % _BLOCK
    while left:
        piece = stream.read(min(left, _PIECE))
        if not piece:
            raise UploadRefused("the archive ends too early", "pack it again", "damaged")
        left -= len(piece)


def _tar_members(path: Path, kind: Kind, limits: Limits) -> Iterator[Member]:
    count = 0
    names: set[str] = set()
    with _tar_stream(path, kind, limits) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        for info in archive:
            count += 1
            if count > limits.members:
                raise _too_many(limits)
            _judge_name(info.name)
            if info.name.casefold() in names and not info.isdir():
                raise UploadRefused(f"the archive holds {_shown(info.name)} twice", "pack it again", "path")
            names.add(info.name.casefold())
            if not info.isreg() and not info.isdir():
                raise _special(info.name)
            source = archive.extractfile(info)
            if source is not None and info.isreg():
                with source:
                    yield Member(info.name, info.size, _unpacked_once(source, info.name))


def _unpacked_once(source: IO[bytes], name: str) -> IO[bytes]:
    """A member's stream from its start, which must not be that of another archive."""
    return _first_of(_Checked(source.read), name)


def _first_of(raw: io.RawIOBase, name: str) -> IO[bytes]:
    buffered = io.BufferedReader(raw, _PIECE)
    if is_packed(buffered.peek(_BLOCK)[:_BLOCK]):
        raise UploadRefused(f"{_shown(name)} is an archive within the archive", "upload it by itself", "nested")
    return buffered


def _checked(source: IO[bytes]) -> IO[bytes]:
    return io.BufferedReader(_Checked(source.read), _PIECE)


def _read_through(path: Path, limits: Limits) -> None:
    for member in members(path, "gzip", limits):
        while member.stream.read(_PIECE):
            pass


class _Checked(io.RawIOBase):
    """An unpacking stream that says of broken data what the doors here say."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _as_refusals():
            piece = self._read(len(buffer))
        self._count(len(piece))
        buffer[: len(piece)] = piece
        return len(piece)

    def _count(self, size: int) -> None:
        """What is counted where the directory has not told the size before."""


class _Guarded(_Checked):
    """A stream that ends the reading when more comes out than may."""

    def __init__(self, read: Callable[[int], bytes], limits: Limits, packed: Callable[[], int]) -> None:
        super().__init__(read)
        self._limits, self._packed, self._seen = limits, packed, 0

    def _count(self, size: int) -> None:
        self._seen += size
        _judge_size(self._seen, self._packed(), self._limits)


@contextmanager
def _as_refusals() -> Iterator[None]:
    """Whatever a reader of archives says of a broken one, as one refusal."""
    try:
        yield
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError, NotImplementedError) as error:
        raise UploadRefused("the archive is damaged", "pack it again", "damaged") from error
    except (UnicodeError, struct.error, ValueError, OverflowError) as error:
        raise UploadRefused("the archive cannot be read", "pack it again", "damaged") from error


def _special(name: str) -> UploadRefused:
    return UploadRefused(f"{_shown(name)} in the archive is a link or no plain file", "pack plain files only", "path")


def _too_many(limits: Limits) -> UploadRefused:
    return UploadRefused(f"the archive holds more than {limits.members} files", "upload it in parts", "members")


def _shown(name: str) -> str:
    """A member's name for a message, without anything that could act there."""
    return repr(name[:80].encode("ascii", "replace").decode())
