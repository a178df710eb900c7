"""Event logs in XES (IEEE 1849), read as a stream: one row per event, attributes of its trace prefixed ``case:``.

A trace attribute ``concept:name`` is the column ``case:concept:name``; attributes inside attributes, globals and
classifiers are left out. A file that breaks off keeps the events before the break.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

import pyarrow as pa

from maitred.base.errors import BadInput
from maitred.connectors.decoded import Bad
from maitred.connectors.files.eventlog.pages import LogChunk
from maitred.connectors.files.eventlog.parquet_log import text_page
from maitred.connectors.files.eventlog.streams import Stream

LIFECYCLE = "lifecycle:transition"
_BLOCK = 1 << 18
_FIRST_EVENTS = 10_000
_VALUES = frozenset(("string", "date", "int", "float", "boolean", "id"))
_NESTED = frozenset((*_VALUES, "list", "container"))
_SKIPPED = frozenset(("global", "extension", "classifier"))


def columns_of(path: Path, packing: str) -> tuple[str, ...]:
    """Columns seen in the first ten thousand events."""
    log = _Log()
    for _ in _fed(path, packing, log):
        if len(log.events) >= _FIRST_EVENTS:
            break
    log.settle()
    if not log.names:
        raise BadInput(f"{path.name} holds no event of a XES log{log.broken_words}", "give a whole XES file")
    return tuple(log.names)


def pages(
    path: Path, packing: str, columns: Collection[str], keep: Collection[str] | None, page_bytes: int
) -> Iterator[LogChunk]:
    """Pages of the file's events; each has at least ``columns``."""
    log = _Log()
    log.names.update(dict.fromkeys(columns))
    first = 1
    for _ in _fed(path, packing, log):
        while log.size >= page_bytes:
            page = text_page(log.taken(page_bytes), first, keep)
            first += page.records
            yield page
    page = text_page(log.taken(None), first, keep)
    if log.broken:
        message = f"the file breaks off after row {first + page.records - 1}{log.broken_words}"
        page.bad.append(Bad(first + page.records, "bad_row", "file", message))
    yield page


def _fed(path: Path, packing: str, log: _Log) -> Iterator[None]:
    """Feed the file to ``log`` block by block; stops at the first thing that is not XML."""
    from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped, unused-ignore]
    from defusedxml.sax import make_parser  # type: ignore[import-untyped, unused-ignore]

    parser = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(log)
    stream = Stream(path, packing)
    try:
        while block := stream.read(_BLOCK):
            parser.feed(block)
            yield
        parser.close()
    except SAXParseException as error:
        log.broken = stream.broken or f"{error.getMessage()}, line {error.getLineNumber()}"
        yield
    except DefusedXmlException as error:
        raise BadInput(f"{path.name} declares XML entities or a DTD", "give a plain XES file") from error


class _Log(ContentHandler):
    """Listens to the parser: collects events as dicts of texts."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, None] = {}
        self.events: list[dict[str, str]] = []
        self.size = 0
        self.broken = ""
        self._sizes: list[int] = []
        self._trace: dict[str, str] | None = None
        self._pending: list[dict[str, str]] = []
        self._event: dict[str, str] | None = None
        self._inside = 0
        self._skipping = 0

    @property
    def broken_words(self) -> str:
        return f" ({self.broken})" if self.broken else ""

    def startElement(self, tag: str, attributes: Any) -> None:
        name = tag.rpartition(":")[2]
        if self._skipping or name in _SKIPPED:
            self._skipping += 1
        elif name in _NESTED:
            self._inside += 1
            if self._inside == 1 and name in _VALUES:
                self._value(attributes)
        elif name == "event":
            self._event = {}
        elif name == "trace":
            self._trace = {}

    def endElement(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if self._skipping:
            self._skipping -= 1
        elif name in _NESTED:
            self._inside -= 1
        elif name == "event" and self._event is not None:
            self._pending.append(self._event)
            self._event = None
            if self._trace is None:
                self.settle()
        elif name == "trace":
            self.settle()
            self._trace = None

    def _value(self, attributes: Any) -> None:
        key, value = attributes.get("key"), attributes.get("value", "")
        if key is None:
            return
        if self._event is not None:
            self._event[key] = value
        elif self._trace is not None:
            self._trace[f"case:{key}"] = value

    def settle(self) -> None:
        """Give the trace's attributes, wherever they stood in it, to its events."""
        for event in self._pending:
            row = {**(self._trace or {}), **event}
            self.names.update(dict.fromkeys(row))
            self.events.append(row)
            self._sizes.append(sum(map(len, row.values())) + len(row))
            self.size += self._sizes[-1]
        self._pending = []

    def taken(self, page_bytes: int | None) -> pa.Table:
        """The first events that fill a page (all that are left when null), as a table of texts."""
        count, filled = 0, 0
        if page_bytes is None:
            self.settle()
            count = len(self.events)
        while count < len(self.events) and filled < (page_bytes or 0):
            filled += self._sizes[count]
            count += 1
        taken, self.events = self.events[:count], self.events[count:]
        self.size -= sum(self._sizes[:count])
        self._sizes = self._sizes[count:]
        columns: dict[str, Any] = {
            name: pa.array([event.get(name) for event in taken], pa.string()) for name in self.names
        }
        return pa.table(columns)
