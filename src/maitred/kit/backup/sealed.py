"""A stream that only the holder of a backup key can read: for archives that leave the machine.

``MAITRED1``, 16 bytes of salt, then pieces of at most 1 MiB, each AES-256-GCM with its number and whether it is the
last as nonce. The key comes from the secret by scrypt. A piece that is changed, missing, twice or out of order does not
open.
"""

from __future__ import annotations

import io
import os
import struct
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from maitred.base.errors import MaitredError, UsageError

MAGIC = b"MAITRED1"
_SALT_BYTES = 16
_PIECE = 1 << 20
_TAG_BYTES = 16
_LENGTH = struct.Struct(">I")
SHORTEST_SECRET = 16


def key_from(secret: str, salt: bytes) -> bytes:
    """The key of one archive.

    Raises
    ------
    UsageError
        The secret is too short to protect anything.
    """
    if len(secret) < SHORTEST_SECRET:
        raise UsageError(f"the backup key has {len(secret)} characters", f"give it {SHORTEST_SECRET} or more")
    return Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(secret.encode())


class Sealing(io.RawIOBase):
    """Write plain, store sealed."""

    def __init__(self, out: IO[bytes], secret: str) -> None:
        salt = os.urandom(_SALT_BYTES)
        self._out, self._cipher = out, AESGCM(key_from(secret, salt))
        self._held, self._number = bytearray(), 0
        out.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._held += content
        while len(self._held) > _PIECE:
            self._put(bytes(self._held[:_PIECE]), last=False)
            del self._held[:_PIECE]
        return len(content)

    def finish(self) -> None:
        self._put(bytes(self._held), last=True)
        self._held.clear()

    def _put(self, piece: bytes, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last), piece, None)
        self._out.write(_LENGTH.pack(len(sealed) | (int(last) << 31)) + sealed)
        self._number += 1


class Unsealing(io.RawIOBase):
    """Read sealed, give plain.

    Raises
    ------
    MaitredError
        On reading: a piece does not open, or the end is missing.
    """

    def __init__(self, source: IO[bytes], secret: str) -> None:
        head = source.read(len(MAGIC) + _SALT_BYTES)
        self._source, self._cipher = source, AESGCM(key_from(secret, head[len(MAGIC) :].ljust(_SALT_BYTES)))
        self._held, self._number, self._ended = b"", 0, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held and not self._ended:
            self._held = self._take()
        size = min(len(buffer), len(self._held))
        buffer[:size] = self._held[:size]
        self._held = self._held[size:]
        return size

    def _take(self) -> bytes:
        told = self._source.read(_LENGTH.size)
        if len(told) < _LENGTH.size:
            raise MaitredError("the archive is cut off", "take another copy of it")
        value = _LENGTH.unpack(told)[0]
        last, size = bool(value >> 31), value & 0x7FFFFFFF
        if size > _PIECE + _TAG_BYTES:
            raise MaitredError("the archive is damaged", "take another copy of it")
        try:
            plain = self._cipher.decrypt(_nonce(self._number, last), self._source.read(size), None)
        except (InvalidTag, ValueError) as error:
            what = "the archive does not open with this backup key, or is damaged"
            raise MaitredError(
                what, "set MAITRED_BACKUP_KEY to the key it was made with, or take another copy"
            ) from error
        self._number, self._ended = self._number + 1, last
        return plain


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
