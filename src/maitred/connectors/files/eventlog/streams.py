"""The bytes of a log file, unpacked, in blocks of a known size; a damaged gzip stream ends where the damage starts."""

from __future__ import annotations

import zlib
from pathlib import Path
from types import TracebackType

_BLOCK = 1 << 18
_GZIP = 16 + zlib.MAX_WBITS


class Stream:
    """A file to read from. ``broken`` says why it ended early, and is empty when it did not."""

    def __init__(self, path: Path, *, gzipped: bool) -> None:
        self._file = path.open("rb")
        self._inflater = zlib.decompressobj(_GZIP) if gzipped else None
        self._packed = b""
        self.broken = ""

    def read(self, size: int) -> bytes:
        """Exactly ``size`` bytes, or fewer at the end."""
        if self._inflater is None:
            return self._file.read(size)
        parts: list[bytes] = []
        while size > 0 and not self.broken:
            part = self._inflated(size)
            if part is None:
                break
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _inflated(self, size: int) -> bytes | None:
        """Up to ``size`` unpacked bytes (perhaps none yet); null at the end of the file."""
        assert self._inflater is not None
        if self._inflater.eof:  # one file may be several gzip streams, one after the other
            self._packed = self._inflater.unused_data.lstrip(b"\0") or self._file.read(_BLOCK)
            if not self._packed:
                return None
            self._inflater = zlib.decompressobj(_GZIP)
        self._packed = self._packed or self._file.read(_BLOCK)
        if not self._packed:
            self.broken = "the compressed stream has no end"
            return None
        try:
            part = self._inflater.decompress(self._packed, size)
        except zlib.error as error:
            self.broken = str(error)
            return None
        self._packed = self._inflater.unconsumed_tail
        return part

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
