"""The kinds of imports: how each reads its files, screens and decodes them, and in which order they are loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from maitred.connectors.decoded import Decoded

PAGE_RECORDS = 10_000
"""API objects of a page: large enough that what each page costs does not count, small enough for a helper's memory."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file, screened and ready to be landed.

    ``findings`` and ``bad`` as the ledger keeps them: what the card mask found, and records that could not even be kept
    as lines (record number in the file, code, field, message, key); the latter count in ``rows``.
    """

    stream: str
    file: str
    first_row: int
    rows: int
    body: bytes
    findings: tuple[tuple[str, str, str, str, int], ...] = ()
    bad: tuple[tuple[int, str, str, str, str | None], ...] = ()


def _no_notices(path: Path) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of import reads, decodes and orders its files.

    ``laborious`` where decoding keeps Python busy, so that helping processes shorten it.
    """

    name: str
    form: str
    pieces: Callable[[Path], Iterator[Piece]]
    decode: Callable[[str, bytes], Decoded]
    order: Sequence[str]
    full_lists: Sequence[str] = ()
    notices: Callable[[Path], list[str]] = _no_notices
    laborious: bool = False


def fivetran_zendesk() -> Kind:
    """Fivetran's Zendesk tables, one CSV or Parquet file per table."""
    from maitred.connectors.files import fivetran_zendesk as fivetran
    from maitred.connectors.files import tables

    order = [
        "organization",
        "group",
        "user",
        "schedule",
        "schedule_holiday",
        "audit_log",
        "ticket",
        "ticket_tag",
        "ticket_schedule",
        "ticket_comment",
        "ticket_field_history",
    ]

    def pieces(folder: Path) -> Iterator[Piece]:
        for file in tables.scan(folder, order, "Fivetran Zendesk")[0]:
            check = partial(fivetran.check_columns, file.stream, file.path.name)
            for page in tables.pages(file):
                yield _screened(page, check)

    def decode(stream: str, body: bytes) -> Decoded:
        parsed = tables.parse(body)
        decoded = fivetran.decode(stream, parsed.rows)
        return Decoded(decoded.tables, [*parsed.bad, *decoded.bad], [*parsed.notices, *decoded.notices])

    def notices(folder: Path) -> list[str]:
        return tables.scan(folder, order, "Fivetran Zendesk")[1]

    return Kind("fivetran-zendesk", "csv", pieces, decode, order, fivetran.FULL_LISTS, notices)


_NEVER_TEXT = frozenset(
    {"id", "ticket_id", "user_id", "created", "created_at", "updated", "updated_at", "_fivetran_synced"}
)


def _screened(page: Any, check: Callable[[list[str]], None]) -> Piece:
    """A table page behind the card mask: its own bytes where nothing was found, else rewritten without the numbers."""
    from maitred.connectors.columns import LINE
    from maitred.connectors.files import tables
    from maitred.sync import screen

    parsed = page.parsed
    check([name for name in parsed.rows.schema.names if name != LINE])
    found: list[tuple[str, str, str, str, int]] = []
    replaced: list[tuple[str, Any]] = []
    for name in parsed.rows.schema.names:
        if name == LINE or name in _NEVER_TEXT:
            continue
        column, findings = screen.screen_column(parsed.rows[name], name)
        if findings:
            replaced.append((name, column))
            found.extend((f.kind, name, f.confidence, f.detector_version, f.count) for _, f in findings)
    body = page.body
    if replaced and not parsed.bad:
        body = tables.with_texts(parsed.rows, replaced)
    elif replaced or parsed.bad:
        body = _screened_text(page.body, page.file, found)
    return Piece(page.stream, page.file, page.first_row, page.rows, body, tuple(found))


def _screened_text(body: bytes, file: str, found: list[tuple[str, str, str, str, int]]) -> bytes:
    """A page with records that cannot be read as rows: screened as one text, line by line."""
    from maitred.sync import screen

    lines = body.decode("utf-8", "surrogateescape").split("\n")
    screened = []
    for line in lines:
        result = screen.screen_text(line)
        found.extend((f.kind, "row", f.confidence, f.detector_version, f.count) for f in result.findings)
        screened.append(result.text)
    return "\n".join(screened).encode("utf-8", "surrogateescape")


def vendor(name: str) -> Kind:
    """Objects of a helpdesk's API, one JSON value per line; a package's connector brings its own decoder.

    Raises
    ------
    NotFound
        There is no connector of this name.
    """
    from maitred.connectors import registry
    from maitred.connectors.files import folder

    decode_records = registry.decoder(name)

    def pieces(directory: Path) -> Iterator[Piece]:
        for file in folder.scan(directory, name):
            yield from _ahead(_screened_lines, folder.pages(file, PAGE_RECORDS))

    def decode(stream: str, body: bytes) -> Decoded:
        return decode_records(stream, folder.parse(body))

    def notices(directory: Path) -> list[str]:
        left = folder.unknown(directory, name)
        return [f"not used: {', '.join(left)}"] if left else []

    full_lists = ("schedules", "schedule_intervals", "schedule_holidays", "sla_policies", "sla_targets")
    return Kind(name, "jsonl", pieces, decode, list(registry.feeds(name)), full_lists, notices, laborious=True)


def _screened_lines(page: Any) -> Piece:
    from maitred.sync import screen

    body, findings = screen.screen_json_lines(page.body)
    found = tuple((f.kind, f.field, f.confidence, f.detector_version, f.count) for _, f in findings)
    bad = tuple((page.first_record + b.line, b.code, b.field, b.message, b.key) for b in page.bad)
    return Piece(page.stream, page.file, page.first_record, page.rows + len(bad), body, found, bad)


def canonical() -> Kind:
    """Canonical tables as Parquet files, landed as Arrow streams."""
    from maitred.connectors.files import canonical as tables

    def pieces(folder: Path) -> Iterator[Piece]:
        for file in tables.scan(folder)[0]:
            yield from _ahead(_screened_rows, tables.pages(file))

    def notices(folder: Path) -> list[str]:
        return tables.scan(folder)[1]

    return Kind("canonical", "arrow", pieces, tables.decode, tables.ORDER, tables.FULL_LISTS, notices)


def canonical_batches(batches: Iterable[Mapping[str, Any]]) -> Kind:
    """Canonical tables that are in memory, or come batch by batch: the folder of the import is not looked at."""
    from maitred.connectors.files import canonical as tables

    def pieces(folder: Path) -> Iterator[Piece]:
        yield from _ahead(_screened_rows, tables.slices(batches))

    return Kind("canonical", "arrow", pieces, tables.decode, tables.ORDER, tables.FULL_LISTS)


def _screened_rows(page: Any) -> Piece:
    from maitred.connectors.files.canonical import as_body
    from maitred.sync import screen

    rows = page.rows
    found: list[tuple[str, str, str, str, int]] = []
    for place, name in enumerate(rows.schema.names):
        column, findings = screen.screen_column(rows[name], name)
        if findings:
            rows = rows.set_column(place, name, column)
            found.extend((f.kind, name, f.confidence, f.detector_version, f.count) for _, f in findings)
    return Piece(page.stream, page.file, page.first_row, rows.num_rows, as_body(rows), tuple(found))


def _ahead(work: Callable[[Any], Piece], pages: Iterator[Any]) -> Iterator[Piece]:
    """Pieces in the order of their pages, one of them made while the one before it is written."""
    from concurrent.futures import Future, ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        waiting: Future[Piece] | None = None
        for page in pages:
            following = pool.submit(work, page)
            if waiting is not None:
                yield waiting.result()
            waiting = following
        if waiting is not None:
            yield waiting.result()


KINDS: dict[str, Callable[[], Kind]] = {
    "canonical": canonical,
    "fivetran-zendesk": fivetran_zendesk,
    "zendesk": lambda: vendor("zendesk"),
    "freshdesk": lambda: vendor("freshdesk"),
    "salesforce": lambda: vendor("salesforce"),
}
"""Folder imports by the word of the command line."""


def named(word: str) -> Kind:
    """The kind of a word: a folder import's, or a connected helpdesk's; raises as ``vendor``."""
    return KINDS[word]() if word in KINDS else vendor(word)
