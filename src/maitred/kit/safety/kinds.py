"""What kind of file an upload says it is, and what its bytes say: for the quarantine, before anything is parsed."""

from __future__ import annotations

import codecs
import json
import re
from pathlib import Path
from typing import Literal, cast, get_args

Kind = Literal["csv", "json", "jsonl", "xml", "parquet", "pdf", "xlsx", "zip", "tar", "tar.gz", "gzip"]

ARCHIVES: frozenset[Kind] = frozenset({"zip", "xlsx", "tar", "tar.gz", "gzip"})

_ENDINGS: dict[str, Kind] = {
    **{f".{kind}": kind for kind in cast(tuple[Kind, ...], get_args(Kind))},
    ".tgz": "tar.gz",
    ".gz": "gzip",
    ".ndjson": "jsonl",
    ".tsv": "csv",
    ".txt": "csv",
    ".xes": "xml",
}
_HEAD = 64 * 1024
_TAR_MARK = 257
_PACKED = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"),
    *(b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"MSCF", b"\x1f\x9d"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"\s*<(?:\?xml|!|[A-Za-z])")
_JSON_START = re.compile(r'[{\[]\s*(?:$|["{\[\]}])')


def kind_of_name(name: str) -> Kind | None:
    """The kind that a file's name declares, or None where it is none that we take.

    Examples
    --------
    >>> [kind_of_name(name) for name in ("Tickets.CSV", "export.tar.gz", "events.csv.gz", "run.exe")]
    ['csv', 'tar.gz', 'gzip', None]
    """
    plain = name.lower()
    for ending in sorted(_ENDINGS, key=len, reverse=True):
        if plain.endswith(ending):
            return _ENDINGS[ending]
    return None


def kinds_of_bytes(path: Path) -> frozenset[Kind]:
    """The kinds that a file may be by its first and last bytes; text can be several, and unknown bytes are none."""
    with path.open("rb") as source:
        head = source.read(_HEAD)
        source.seek(max(0, path.stat().st_size - 4))
        tail = source.read(4)
    found = _binary(head, tail, path)
    return _text(head, whole=len(head) < _HEAD) if found is None else found


def is_packed(head: bytes) -> bool:
    """Say whether a file's first bytes are those of an archive or a compressed file."""
    return head.startswith(_PACKED) or _is_tar(head)


def _binary(head: bytes, tail: bytes, path: Path) -> frozenset[Kind] | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return frozenset({"zip", "xlsx"})
    if head.startswith(b"PAR1"):
        return frozenset({"parquet"}) if tail == b"PAR1" and path.stat().st_size >= 12 else frozenset()
    if head.startswith(b"%PDF-"):
        return frozenset({"pdf"})
    if head.startswith(b"\x1f\x8b\x08"):
        return frozenset({"tar.gz"}) if _is_tar(_first_unpacked(head)) else frozenset({"gzip"})
    return frozenset({"tar"}) if _is_tar(head) else None


def _is_tar(head: bytes) -> bool:
    return head[_TAR_MARK : _TAR_MARK + 5] == b"ustar"


def _first_unpacked(head: bytes) -> bytes:
    import zlib

    try:
        return zlib.decompressobj(wbits=31).decompress(head, 512)
    except zlib.error:
        return b""


def _text(head: bytes, whole: bool) -> frozenset[Kind]:
    if is_packed(head):
        return frozenset()
    text = _decoded(head, whole)
    if text is None or _CONTROL.search(text):
        return frozenset()
    if _MARKUP.match(text):
        return frozenset({"xml"}) if not re.match(r"\s*<(?:!doctype\s+)?html\b", text, re.IGNORECASE) else frozenset()
    start = text.lstrip()
    first, _, others = start.partition("\n")
    if _parses(first) and first[:1] in "{[":
        return frozenset({"jsonl"}) if others.strip() and not _parses(text) else frozenset({"json", "jsonl"})
    if not _JSON_START.match(first):
        return frozenset({"csv"})
    # A line longer than the look cannot be judged as JSON whole: its start must do.
    return frozenset({"json"}) if others else frozenset({"json", "jsonl"})


def _decoded(head: bytes, whole: bool) -> str | None:
    """The text of a file's start in UTF-16 with its mark, UTF-8, or else a Western code page; None where none fits."""
    encodings = ("utf-16",) if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return codecs.getincrementaldecoder(encoding)().decode(head, final=whole)
        except UnicodeDecodeError:
            continue
    return None


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
