"""The bytes of a log file, unpacked, in blocks of a known size; a damaged packed file ends where the damage starts."""

from __future__ import annotations

from pathlib import Path

from maitred.connectors.files.unpack import Fault, pieces


class Stream:
    """A file to read from; ``packing`` is ``gz``, ``zst`` or empty.

    ``broken`` says why the content ended early, and is empty when it did not.
    """

    def __init__(self, path: Path, packing: str = "") -> None:
        self._pieces = pieces(path, packing)
        self._left = b""
        self.broken = ""

    def read(self, size: int) -> bytes:
        """Exactly ``size`` bytes, or fewer at the end."""
        parts, length = [self._left], len(self._left)
        while length < size:
            piece = next(self._pieces, None)
            if isinstance(piece, Fault):
                self.broken = piece.message
            if piece is None or isinstance(piece, Fault):
                break
            parts.append(piece)
            length += len(piece)
        whole = b"".join(parts)
        self._left = whole[size:]
        return whole[:size]


def packing_of(start: bytes) -> str:
    """How a file is packed, by its first bytes."""
    if start.startswith(b"\x1f\x8b"):
        return "gz"
    return "zst" if start.startswith(b"(\xb5/\xfd") else ""
