"""Profiles out of files: JSON Resume lines, tables, plain texts and the text layer of PDFs, each also with ``.gz``.

Nothing is guessed: what cannot be read is refused with its line and the reason, and everything else goes on. Reading
is bounded in every direction (length of a line, size of a text, pages, seconds, unpacked size), so that no file can
hold up or fill a machine.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from maitred.base.errors import BadInput
from maitred.insight.ranking.profiles import json_lines, tables
from maitred.insight.ranking.profiles.read_shapes import Read, Refused, content_id

LONGEST_LINE: Final = 1 << 20
LARGEST_TEXT: Final = 1 << 20
LARGEST_PDF: Final = 20 << 20
RATIO: Final = 200
RATIO_FROM: Final = 16 << 20
BLOCK: Final = 1 << 18
SUFFIXES: Final = (".jsonl", ".json", ".csv", ".txt", ".pdf")
_ID_NAME: Final = re.compile(
    r"(?i)(?:[a-z]{1,3}|cand|candidate|person|profile|resume|applicant)?[-_]?\d{2,}|[0-9a-f]{8}[0-9a-f-]{4,}"
)


def read(path: Path) -> Iterator[Read | Refused]:
    """Every profile of a file, or of the files of a folder in the order of their names.

    Raises
    ------
    BadInput
        There is no such file, or its suffix is none of those that are read.
    """
    if path.is_dir():
        for one in sorted(path.iterdir()):
            if one.is_file() and not one.name.startswith("."):
                for found in _file(one) if _suffix(one) else [Refused(0, _unknown(one))]:
                    yield found.of(one.name)
        return
    if not path.is_file():
        raise BadInput(f"there is no file {path.name}", "check its name")
    if not _suffix(path):
        raise BadInput(f"{path.name}: {_unknown(path)}", f"read are {', '.join(SUFFIXES)}, each also with .gz")
    yield from _file(path)


def _unknown(path: Path) -> str:
    return f"files with the suffix {path.suffix or '(none)'} are not read"


def _suffix(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return next((one for one in SUFFIXES if name.endswith(one)), "")


def _file(path: Path) -> Iterator[Read | Refused]:
    with path.open("rb") as raw:
        stream: Any = _Unpacked(raw) if path.name.lower().endswith(".gz") else raw
        line = 0
        try:
            for found in _by_suffix(stream, path, _suffix(path)):
                line = found.line
                yield found
        except _Bomb as error:
            yield Refused(line + 1, str(error))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            yield Refused(line + 1, "the gzip file is damaged or cut off here")


def _by_suffix(stream: IO[bytes], path: Path, suffix: str) -> Iterator[Read | Refused]:
    if suffix == ".jsonl":
        return json_lines.read(_lines(stream))
    if suffix == ".json":
        return json_lines.read_document(stream, _lines)
    if suffix == ".csv":
        return tables.read(_lines(stream))
    return iter([_whole(stream, path, suffix)])


def _lines(stream: IO[bytes]) -> Iterator[bytes | None]:
    """The lines of a stream; None for one that is too long, of which no more than a piece is ever in memory."""
    held, skipping = b"", False
    while block := stream.read(BLOCK):
        *lines, held = (held + block).split(b"\n")
        for line in lines:
            yield None if skipping or len(line) > LONGEST_LINE else line
            skipping = False
        if len(held) > LONGEST_LINE:
            held, skipping = b"", True
    if held or skipping:
        yield None if skipping else held


def _whole(stream: IO[bytes], path: Path, suffix: str) -> Read | Refused:
    limit = LARGEST_PDF if suffix == ".pdf" else LARGEST_TEXT
    content = stream.read(limit + 1)
    if len(content) > limit:
        return Refused(1, f"it is larger than {limit >> 20} MB")
    if suffix == ".pdf":
        from maitred.insight.ranking.profiles import pdf

        text = pdf.text_of(content)
    else:
        text = _decoded(content)
    if isinstance(text, Refused):
        return text
    if not text.strip():
        what = "it has no text layer (an image is not read)" if suffix == ".pdf" else "it holds no text"
        return Refused(1, what)
    stem = path.name.lower().removesuffix(".gz").removesuffix(suffix)
    document: dict[str, Any] = {"text": text}
    return Read(1, stem if _ID_NAME.fullmatch(stem) else content_id(document), document)


def _decoded(content: bytes) -> str | Refused:
    kind = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(kind)
    except UnicodeDecodeError:
        return Refused(1, "it is not UTF-8 text")
    if "\x00" in text:
        return Refused(1, "it is not a text but something else with the suffix of one")
    return text


class _Bomb(Exception):
    """A file that unpacks to far more than a file of people would."""


class _Unpacked(io.RawIOBase):
    """A gzip stream that gives up when it unpacks to more than a real one would."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw, self._inner, self._given = raw, gzip.GzipFile(fileobj=raw), 0

    def read(self, size: int = -1) -> bytes:
        return self._counted(self._inner.read(size))

    def _counted(self, piece: bytes) -> bytes:
        self._given += len(piece)
        if self._given > RATIO_FROM and self._given > RATIO * max(1, self._raw.tell()):
            raise _Bomb(f"it unpacks to more than {RATIO} times its size, which no list of people does")
        return piece
