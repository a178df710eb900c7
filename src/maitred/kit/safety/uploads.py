"""Files that people upload through the web, kept apart until they are known to be what they say and no trap.

For the pages that take a file. ``quarantine`` streams it to a folder of its own under a name of ours and judges it;
``members``, ``xml_records`` and ``sheet_rows`` read what was accepted. (``maitred import`` is another door: it streams
any size from the manager's own disk.)
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from maitred.kit.safety.archives import LIMITS, Limits, Member, UploadRefused, inspect, members
from maitred.kit.safety.kinds import ARCHIVES, Kind, kind_of_name, kinds_of_bytes

__all__ = [
    "LIMITS",
    "Limits",
    "Member",
    "Quarantined",
    "UploadRefused",
    "members",
    "quarantine",
    "sheet_rows",
    "xml_records",
]

LARGEST_RECORD = 4 * 1024 * 1024
MOST_ELEMENTS = 20_000
MOST_COLUMNS = 2_000
LARGEST_SHEET_PART = 16 * 1024 * 1024
"""Shared texts and styles of a workbook are held in memory whole; rows are not."""

_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An accepted upload: where it lies, what it is, what it was called (for people only), its size and SHA-256."""

    path: Path
    kind: Kind
    shown_name: str
    size: int
    sha256: str


def quarantine(chunks: Iterable[bytes], name: str, folder: Path, limits: Limits = LIMITS) -> Quarantined:
    """Take an upload in, or refuse it and leave nothing behind.

    Parameters
    ----------
    chunks
        The bytes as they arrive; at most one chunk is held.
    name
        What the sender calls the file: its ending declares the kind and is believed only if the bytes agree.
    folder
        The quarantine; exists, readable by nobody else.
    limits
        See ``Limits``.

    Raises
    ------
    UploadRefused
        Too large, of no kind that is taken, not what it says, or an archive that breaks a limit.
    """
    declared = kind_of_name(name)
    if declared is None:
        raise UploadRefused("the file's ending is none that is taken", "upload CSV, XLSX, JSON, Parquet or zip", "kind")
    path = folder / f"{secrets.token_hex(16)}.upload"
    try:
        size, digest = _stored(chunks, path, limits)
        _judge_kind(path, declared)
        if declared in ARCHIVES:
            inspect(path, declared, limits)
        if declared == "xlsx":
            _judge_workbook(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Quarantined(path, declared, _shown(name), size, digest)


def xml_records(source: IO[bytes]) -> Iterator[Any]:
    """The children of a document's root, one after another, each let go when the next is asked for.

    Entities, document types and external references are refused by defusedxml.

    Raises
    ------
    UploadRefused
        Not well-formed, a forbidden construct, or one record beyond ``LARGEST_RECORD`` bytes or ``MOST_ELEMENTS``.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    watched = _Watched(source)
    path: list[Any] = []
    try:
        for event, element in iterparse(watched, events=("start", "end"), forbid_dtd=True):
            watched.elements += 1
            watched.judge()
            if event == "start":
                path.append(element)
                continue
            path.pop()
            if len(path) == 1:
                yield element
                path[0].clear()
                watched.bytes = watched.elements = 0
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise UploadRefused("the XML cannot be read", "export it again, without a document type", "xml") from error


def sheet_rows(path: Path, limits: Limits = LIMITS) -> Iterator[tuple[Any, ...]]:
    """The first worksheet's rows as values, read behind the zip guard.

    Raises
    ------
    UploadRefused
        No workbook, a trap, more than ``MOST_COLUMNS`` columns, or too much shared text.
    """
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    inspect(path, "xlsx", limits)
    _judge_workbook(path)
    with path.open("rb") as source:
        try:
            book = load_workbook(source, read_only=True, data_only=True, keep_links=False)
        except Exception as error:
            raise _unreadable() from error
        try:
            yield from _rows(book)
        finally:
            book.close()


def _stored(chunks: Iterable[bytes], path: Path, limits: Limits) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for chunk in chunks:
            size += len(chunk)
            if size > limits.file_bytes:
                most = limits.file_bytes // 1_000_000
                raise UploadRefused(f"the file is larger than {most} MB", "use maitred import for large files", "size")
            digest.update(chunk)
            out.write(chunk)
    if not size:
        raise UploadRefused("the file is empty", "upload one with content", "kind")
    return size, digest.hexdigest()


def _judge_kind(path: Path, declared: Kind) -> None:
    said = kinds_of_bytes(path)
    if declared not in said:
        found = ", ".join(sorted(said)) or "nothing that is taken"
        raise UploadRefused(f"the file calls itself {declared} and is {found}", "upload it under its own name", "kind")


def _judge_workbook(path: Path) -> None:
    """A workbook has its parts, no program, and not more shared text than fits in memory."""
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: info.file_size for info in archive.infolist()}
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= parts.keys():
        raise UploadRefused("the file calls itself xlsx and is no workbook", "save it as a workbook", "kind")
    if any(name.lower().endswith("vbaproject.bin") for name in parts):
        raise UploadRefused("the workbook holds a program", "save it without macros", "kind")
    held = sum(size for name, size in parts.items() if not name.startswith("xl/worksheets/sheet"))
    if held > LARGEST_SHEET_PART:
        raise UploadRefused("the workbook holds too much shared text", "save it as CSV", "bomb")


def _rows(book: Any) -> Iterator[tuple[Any, ...]]:
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True):
            if len(row) > MOST_COLUMNS:
                raise UploadRefused(f"the sheet has more than {MOST_COLUMNS} columns", "leave some out", "columns")
            yield row
    except UploadRefused:
        raise
    except Exception as error:
        raise _unreadable() from error


class _Watched:
    """A stream that counts what was read since the last whole record."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.bytes = self.elements = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(_PIECE if size < 0 else min(size, _PIECE))
        self.bytes += len(piece)
        self.judge()
        return piece

    def judge(self) -> None:
        if self.bytes > LARGEST_RECORD or self.elements > 2 * MOST_ELEMENTS:
            raise UploadRefused("one record of the XML is too large", "export it with smaller records", "bomb")


def _unreadable() -> UploadRefused:
    return UploadRefused("the workbook cannot be read", "save it again, or as CSV", "damaged")


def _shown(name: str) -> str:
    """What the sender called the file, fit to be shown: its last part, without control characters."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(sign for sign in last if sign.isprintable())[:120]
