"""Records of a file as single lines of JSON: from JSON Lines, from JSON arrays and API pages, from CSV with a header.

Memory is bounded by the longest record. A record that is not sound JSON is still handed over where its end can be
found, so that it is kept in landing and set aside by the decoder; only what has no end becomes a ``Fault``.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Collection, Iterator
from json.decoder import JSONDecoder

import orjson

from maitred.connectors.files.unpack import Fault

LONGEST_RECORD = 64 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_LINE_BREAKS = re.compile(rb"[\r\n]+")
_SURROGATE = re.compile("[\udc80-\udcff]")


def lines_of_jsonl(pieces: Iterator[bytes | Fault]) -> Iterator[bytes | Fault]:
    """Every line that is not blank, without its line feed, bytes untouched."""
    for line in _lines(pieces):
        if isinstance(line, Fault) or not line.isspace():
            yield line


def _lines(pieces: Iterator[bytes | Fault]) -> Iterator[bytes | Fault]:
    """Lines without their line feed, empty ones left out; a byte order mark at the start is dropped."""
    rest = b""
    skipping = False
    first = True
    for piece in pieces:
        if isinstance(piece, Fault):
            yield from _cut_line(rest, piece)
            return
        if first and piece:
            first = False
            piece = piece.removeprefix(_BOM)
        *whole, rest = (rest + piece).split(b"\n")
        if skipping and whole:
            whole.pop(0)
            skipping = False
        yield from filter(None, whole)
        if skipping:
            rest = b""
        elif len(rest) > LONGEST_RECORD:
            yield Fault("too_big", f"the record is longer than {LONGEST_RECORD // 1024 // 1024} MiB")
            rest, skipping = b"", True
    if rest and not skipping:
        yield rest


def _cut_line(rest: bytes, fault: Fault) -> Iterator[bytes | Fault]:
    """The last line before a damaged place: a whole record, or part of one, of which the fault speaks."""
    try:
        orjson.loads(rest)
        yield rest
    except orjson.JSONDecodeError:
        pass
    yield fault


def records_of_json(pieces: Iterator[bytes | Fault], list_keys: Collection[str]) -> Iterator[bytes | Fault]:
    """Records of a JSON file: an array, an API page (an object with a list under one of ``list_keys``), or single
    objects.

    Several of these may follow each other in one file.
    """
    text = _Text(pieces)
    while (sign := text.peek()) != "":
        if sign == "[":
            yield from _array(text)
        elif sign == "{":
            yield from _object(text, list_keys)
        else:
            yield Fault("not_json", "an array or an object was expected; the rest of the file was not read")
            return
    if text.fault is not None and not text.reported:
        yield text.fault


class _Text:
    """A window on a JSON text that moves forward as values are taken from it."""

    def __init__(self, pieces: Iterator[bytes | Fault]) -> None:
        self._pieces = pieces
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
        self._scan = JSONDecoder().raw_decode
        self.buffer = ""
        self.at = 0
        self.kept_from: int | None = None
        self.done = False
        self.fault: Fault | None = None
        self.reported = False
        self._more(1)
        if self.buffer.startswith("\ufeff"):
            self.at = 1

    def _more(self, at_least: int) -> None:
        """Read on; what lies behind and is not kept is forgotten."""
        start = self.at if self.kept_from is None else min(self.kept_from, self.at)
        parts = [self.buffer[start:]]
        self.at -= start
        if self.kept_from is not None:
            self.kept_from -= start
        read = 0
        while read < at_least and not self.done:
            piece = next(self._pieces, None)
            if piece is None or isinstance(piece, Fault):
                self.fault, self.done = piece, True
                piece = b""
            part = self._decoder.decode(piece, final=self.done)
            parts.append(part)
            read += len(part)
        self.buffer = "".join(parts)

    def peek(self) -> str:
        """The next character that is not white space or a comma between values; empty at the end."""
        while True:
            while self.at < len(self.buffer) and self.buffer[self.at] in " \t\r\n,":
                self.at += 1
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if self.done:
                return ""
            self._more(1)

    def value(self) -> str | None:
        """The text of the next value, sound or not; None when it has no end within the file or the longest record."""
        while True:
            end = self._end()
            if end is not None and (end < len(self.buffer) or self.done):
                found = self.buffer[self.at : end]
                self.at = end
                return found
            if self.done or len(self.buffer) - self.at > LONGEST_RECORD:
                return None
            self._more(len(self.buffer) - self.at)

    def _end(self) -> int | None:
        try:
            _, end = self._scan(self.buffer, self.at)
        except (ValueError, RecursionError):
            return _closing(self.buffer, self.at)
        return end

    def too_long(self) -> bool:
        """Whether what is kept has outgrown the longest record."""
        return self.kept_from is not None and self.at - self.kept_from > LONGEST_RECORD


_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|["{}\[\],]', re.DOTALL)


def _closing(text: str, start: int) -> int | None:
    """Where a value ends that is not sound JSON: by its brackets, or else before the next comma or closing bracket."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        sign = token.group()
        if sign == '"':
            return None
        if sign in "{[":
            depth += 1
        elif sign in "}]":
            if depth == 0:
                return max(token.start(), start + 1)
            depth -= 1
            if depth == 0:
                return token.end()
        elif sign == "," and depth == 0:
            return max(token.start(), start + 1)
    return None


def _array(text: _Text) -> Iterator[bytes | Fault]:
    text.at += 1
    while (sign := text.peek()) != "]":
        found = text.value() if sign else None
        if found is None:
            yield _ended_early(text)
            text.at = len(text.buffer)
            return
        yield _one_line(found)
    text.at += 1


def _object(text: _Text, list_keys: Collection[str]) -> Iterator[bytes | Fault]:
    text.kept_from = text.at
    text.at += 1
    is_page = False
    while (sign := text.peek()) != "}":
        key = text.value() if sign == '"' else None
        colon = text.peek() if key is not None else ""
        if key is None or colon != ":" or text.too_long():
            yield _ended_early(text)
            text.at, text.kept_from = len(text.buffer), None
            return
        text.at += 1
        if text.peek() == "[" and json.loads(key, strict=False) in list_keys:
            is_page, text.kept_from = True, None
            yield from _array(text)
            if text.reported:
                return
        elif text.value() is None:
            yield _ended_early(text)
            text.at, text.kept_from = len(text.buffer), None
            return
    text.at += 1
    if not is_page and text.kept_from is not None:
        yield _one_line(text.buffer[text.kept_from : text.at])
    text.kept_from = None


def _ended_early(text: _Text) -> Fault:
    text.reported = True
    if text.fault is not None:
        return text.fault
    if len(text.buffer) - text.at > LONGEST_RECORD or text.too_long():
        return Fault(
            "too_big", f"the record is longer than {LONGEST_RECORD // 1024 // 1024} MiB; the rest was not read"
        )
    return Fault("not_json", "the JSON ends early or is broken here; the rest of the file was not read")


def _one_line(record: str) -> bytes:
    return _LINE_BREAKS.sub(b" ", record.encode("utf-8", "surrogateescape"))


def records_of_csv(pieces: Iterator[bytes | Fault]) -> Iterator[bytes | Fault]:
    """Rows of a CSV file with a header (RFC 4180, line breaks inside quotes) as objects; an empty field is null.

    A later row equal to the header is left out: some exports repeat it with every part.
    """
    csv.field_size_limit(LONGEST_RECORD)
    faults: list[Fault] = []
    lines = _text_lines(pieces, faults)
    first = next(lines, "")
    if not first.strip():
        yield from faults
        return
    delimiter = max(",;\t|^`", key=first.count)
    rows = csv.reader(_chain(first, lines), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            if not faults:
                yield Fault("bad_row", f"the row is not sound CSV ({error})")
            continue
        if header is None:
            header = row
        elif row and row != header:
            yield _object_of_row(header, row)
    yield from faults


def _object_of_row(header: list[str], row: list[str]) -> bytes | Fault:
    if len(row) != len(header):
        return Fault("bad_row", f"the row has {len(row)} fields, the header {len(header)}")
    record = {name: value or None for name, value in zip(header, row, strict=True)}
    try:
        return orjson.dumps(record)
    except TypeError:  # bytes that are no UTF-8 stand as lone surrogates
        return Fault("bad_text", "the row is not UTF-8 text")


def _text_lines(pieces: Iterator[bytes | Fault], faults: list[Fault]) -> Iterator[str]:
    """Lines with their line feed; a fault of the file ends them and is remembered."""
    rest = b""
    first = True
    for piece in pieces:
        if isinstance(piece, Fault):
            faults.append(piece)
            break
        if first and piece:
            first = False
            piece = piece.removeprefix(_BOM)
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield line.decode("utf-8", "surrogateescape") + "\n"
    if rest:
        yield rest.decode("utf-8", "surrogateescape")


def _chain(first: str, others: Iterator[str]) -> Iterator[str]:
    yield first
    yield from others
