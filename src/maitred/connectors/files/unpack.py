"""The bytes of a file, unpacked, in pieces of bounded size, whatever state the file is in.

A damaged file gives everything up to the damage and then one ``Fault``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maitred.base.errors import BadInput
from maitred.connectors.decoded import Code

PIECE = 256 * 1024
_ZSTD_PIECE = 4 * 1024  # a few bytes of zstd can unfold to 128 KiB, so only a little is fed at a time
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something of a file that could not become a record."""

    code: Code
    message: str


def pieces(path: Path, compression: str) -> Iterator[bytes | Fault]:
    """The content of a file in order.

    Parameters
    ----------
    path
        The file.
    compression
        ``gz``, ``zst`` or empty.

    Raises
    ------
    BadInput
        The file cannot be opened or the disk fails.
    """
    try:
        with path.open("rb") as file:
            packed = iter(lambda: file.read(PIECE), b"")
            if compression == "gz":
                yield from _gunzip(packed)
            elif compression == "zst":
                yield from _unzstd(packed)
            else:
                yield from packed
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read", error.strerror or str(error)) from error


def _gunzip(packed: Iterator[bytes]) -> Iterator[bytes | Fault]:
    member: Any = None
    for piece in packed:
        rest = piece
        while rest:
            if member is None or member.eof:
                if member is not None and not rest.strip(b"\0"):  # padding of zeros after the last member
                    break
                member = zlib.decompressobj(31)
            before = member.copy()
            try:
                unpacked = member.decompress(rest, PIECE)
            except zlib.error as error:
                yield _salvage(before, rest)
                yield Fault("not_json", f"the gzip stream is damaged ({error})")
                return
            rest = member.unused_data if member.eof else member.unconsumed_tail
            yield unpacked
    if member is None or not member.eof:
        yield Fault("not_json", "the gzip stream ends early: the file was cut off")


def _salvage(member: Any, packed: bytes) -> bytes:
    """What comes out of a piece before the byte that breaks it."""
    unpacked = b""
    for step in (256, 1):
        while packed:
            before = member.copy()
            try:
                unpacked += member.decompress(packed[:step])
            except zlib.error:
                member = before
                break
            packed = packed[step:]
    return unpacked


def _unzstd(packed: Iterator[bytes]) -> Iterator[bytes | Fault]:
    import zstandard

    frame: Any = None
    for piece in packed:
        for start in range(0, len(piece), _ZSTD_PIECE):
            rest = piece[start : start + _ZSTD_PIECE]
            while rest:
                if frame is None or frame.eof:
                    frame = zstandard.ZstdDecompressor().decompressobj()
                try:
                    unpacked = frame.decompress(rest)
                except zstandard.ZstdError as error:
                    yield Fault("not_json", f"the zstd stream is damaged ({error})")
                    return
                rest = frame.unused_data if frame.eof else b""
                yield unpacked
    if frame is None or not frame.eof:
        yield Fault("not_json", "the zstd stream ends early: the file was cut off")
