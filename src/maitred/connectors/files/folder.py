"""A folder of files exported from a helpdesk: which file is which stream, and its records page by page.

For whoever imports: ``scan`` a folder, read each file's ``pages``, land them, ``parse`` a page's body, decode.

File names: ``<stream>.jsonl``, ``.ndjson``, ``.json``, for Salesforce also ``.csv``, each also as ``.gz`` or
``.zst``; a stream may come in numbered parts (``tickets_2.jsonl``) and under the names of API downloads
(``incremental_tickets_cursor.json``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from maitred.base.errors import BadInput
from maitred.connectors.decoded import Bad
from maitred.connectors.files.split import lines_of_jsonl, records_of_csv, records_of_json
from maitred.connectors.files.unpack import Fault, pieces
from maitred.connectors.lines import parse
from maitred.connectors.streams import VENDORS

__all__ = ["RawPage", "StreamFile", "pages", "parse", "scan", "unknown"]

LARGEST_PAGE = 64 * 1024 * 1024
_LIST_KEYS = ("results", "records")
_NAME = re.compile(r"(?P<stem>.+?)\.(?P<kind>jsonl|ndjson|json|csv)(?:\.(?P<packed>gz|zst))?", re.IGNORECASE)
_DOWNLOAD = re.compile(r"^(?:incremental|query|export)_|_cursor$|[-_. ]?(?:part|page)?[-_. ]?\d+$", re.IGNORECASE)
_COMPANIONS = frozenset(("import.toml",))


@dataclass(frozen=True, slots=True)
class StreamFile:
    """One file of one stream. ``kind`` is jsonl, json or csv; ``compression`` gz, zst or empty."""

    vendor: str
    stream: str
    path: Path
    kind: str
    compression: str = ""

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True, slots=True)
class RawPage:
    """Consecutive records of a file.

    ``body`` holds one JSON value per line, ``rows`` lines in all, each ended by a line feed; lines of JSON Lines
    files are
    untouched, also when they are not sound JSON (``parse`` and the decoder name them). ``bad`` names what could not
    be kept
    as a line at all, such as the cut-off end of a file; it is not counted in ``rows``. ``first_record`` is the number
    of the page's first record in the file, counted from 1.
    """

    stream: str
    file: str
    first_record: int
    body: bytes
    rows: int
    bad: list[Bad]


def scan(directory: Path, vendor: str) -> list[StreamFile]:
    """The files of a folder that belong to a helpdesk's streams, configuration first, parts by name.

    Parameters
    ----------
    directory
        The folder; folders inside it are not looked into.
    vendor
        ``zendesk``, ``freshdesk`` or ``salesforce``.

    Raises
    ------
    BadInput
        There is no such folder, it is empty, or no file in it belongs to a stream.
    """
    names = _names(vendor)
    found = []
    for path in _files(directory):
        match = _NAME.fullmatch(path.name)
        stream = _stream(match.group("stem"), names) if match else None
        if match is None or stream is None:
            continue
        kind = match.group("kind").lower().replace("ndjson", "jsonl")
        if kind != "csv" or vendor == "salesforce":
            found.append(StreamFile(vendor, stream, path, kind, (match.group("packed") or "").lower()))
    if not found:
        raise BadInput(f"no file in {directory.name or directory} is a stream of {vendor}", _expected(vendor))
    order = list(VENDORS[vendor])
    return sorted(found, key=lambda file: (order.index(file.stream), file.name))


def unknown(directory: Path, vendor: str) -> list[str]:
    """Names of the files in a folder that belong to no stream, for a notice."""
    known = {file.path for file in scan(directory, vendor)}
    return [path.name for path in _files(directory) if path not in known and path.name not in _COMPANIONS]


def _files(directory: Path) -> list[Path]:
    if not directory.is_dir():
        raise BadInput(f"{directory} is not a folder", "name the folder that holds the exported files")
    return sorted(path for path in directory.iterdir() if path.is_file() and not path.name.startswith("."))


def _names(vendor: str) -> dict[str, str]:
    """Every file stem, in lower case, to its stream."""
    if vendor not in VENDORS:
        raise BadInput(f"{vendor} is not a helpdesk that can be imported", f"known are {', '.join(VENDORS)}")
    streams = VENDORS[vendor]
    names = {alias.lower(): stream for stream, about in streams.items() for alias in (*about.lists, *about.aliases)}
    return {**names, **{stream.lower(): stream for stream in streams}}


def _stream(stem: str, names: dict[str, str]) -> str | None:
    """The stream of a file stem, trying the name as it is before taking off what downloads add to it."""
    plain = stem.lower()
    for _ in range(3):
        if plain in names:
            return names[plain]
        plain = _DOWNLOAD.sub("", plain)
    return None


def _expected(vendor: str) -> str:
    kinds = ".jsonl, .json or .csv" if vendor == "salesforce" else ".jsonl or .json"
    return f"expected are {', '.join(VENDORS[vendor])} with the ending {kinds}, also with .gz or .zst"


def pages(file: StreamFile, size: int = 5000) -> Iterator[RawPage]:
    """The records of a file in pages of ``size`` (fewer when their bytes reach 64 MiB), in bounded memory.

    The same file gives the same pages. A file without records gives none.

    Raises
    ------
    BadInput
        The file cannot be opened or the disk fails. What is wrong inside the file becomes ``bad`` instead.
    """
    lines: list[bytes] = []
    bad: list[Bad] = []
    first, weight = 1, 0
    for record in _records(file):
        if isinstance(record, Fault):
            number = first + len(lines) + len(bad)
            bad.append(Bad(len(lines), record.code, "record", f"record {number} of {file.name}: {record.message}"))
        else:
            lines.append(record)
            weight += len(record)
        if len(lines) + len(bad) >= size or weight >= LARGEST_PAGE:
            yield _page(file, first, lines, bad)
            first += len(lines) + len(bad)
            lines, bad, weight = [], [], 0
    if lines or bad:
        yield _page(file, first, lines, bad)


def _page(file: StreamFile, first: int, lines: list[bytes], bad: list[Bad]) -> RawPage:
    return RawPage(file.stream, file.name, first, b"\n".join(chain(lines, (b"",))) if lines else b"", len(lines), bad)


def _records(file: StreamFile) -> Iterator[bytes | Fault]:
    unpacked = pieces(file.path, file.compression)
    if file.kind == "csv":
        return records_of_csv(unpacked)
    if file.kind == "json":
        return records_of_json(unpacked, {*VENDORS[file.vendor][file.stream].lists, *_LIST_KEYS})
    return lines_of_jsonl(unpacked)
