"""Foreign event logs: landed page by page like everything else, decoded as a whole, since a change is a difference of
rows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from maitred.base import clock
from maitred.base.errors import BadInput
from maitred.connectors.columns import LINE
from maitred.connectors.decoded import Decoded
from maitred.sync import landing, screen
from maitred.sync.importing import FileCount, Imported
from maitred.sync.ledger import LandedPage, Source
from maitred.sync.loading import Loaded, load_whole, remove_missing
from maitred.sync.workspace import Workspace

KIND = "eventlog"
PART_ROWS = 1_000_000
"""Rows decoded at a time; a larger log is split by case."""


def import_log(
    workspace: Workspace,
    path: Path,
    roles: dict[str, str | None],
    map_path: Path | None,
    *,
    name: str | None = None,
    as_of: str | None = None,
    progress: Callable[[str, int], None] = lambda what, amount: None,
) -> tuple[Imported, str]:
    """Land and load an event log.

    Parameters
    ----------
    roles
        Column names by role: ``case``, ``activity``, ``time`` and maybe ``actor``.
    map_path
        What activities and columns mean; None loads every row as an activity and suggests a map.

    Returns
    -------
    (Imported, str)
        The outcome, and the suggested map (empty where one was given).
    """
    from maitred.connectors.files import eventlog
    from maitred.connectors.files.eventlog.mapping import Mapping
    from maitred.connectors.files.eventlog.reader import inspect, read
    from maitred.connectors.files.eventlog.roles import Roles

    del eventlog
    mapping = None if map_path is None else Mapping.from_toml(map_path)
    named = Roles(str(roles["case"]), str(roles["activity"]), str(roles["time"]), roles.get("actor"))
    if not path.is_file():
        raise BadInput(f"{path} is not a file", "name the event log")
    log = inspect(path, named.needs(mapping))
    named = named.fitted(log.columns)
    settings = _settings(named, mapping, map_path, as_of)
    source, changed = _source(workspace, name or KIND, settings)
    stream = f"log-{settings['meaning']}"
    pages: list[LandedPage] = []
    tables: list[pa.Table] = []
    bad: list[Any] = []
    notices = [log.described]
    fresh = False
    for chunk in read(path, named.needs(mapping), source=log):
        rows, body, findings = _screened(chunk)
        digest = hashlib.sha256(body).hexdigest()
        landing.write(workspace.landing, source.source_id, stream, body, "csv")
        page, _ = workspace.ledger.land(
            source.source_id, stream, digest, path.name, chunk.first_line, chunk.records, len(body), findings
        )
        pages.append(page)
        tables.append(rows)
        bad.extend(chunk.bad)
        notices.extend(notice for notice in chunk.notices if notice not in notices)
        progress(path.name, chunk.records)
    waiting = {page.seq for page in workspace.ledger.unloaded(source.source_id)}
    fresh = any(page.seq in waiting for page in pages)
    count = FileCount(path.name, rows=sum(page.rows for page in pages))
    suggestion = "" if mapping is not None else _suggested(tables, named)
    if not fresh:
        count.superseded = count.rows
        done = Loaded()
    else:
        try:
            done = _decoded(workspace, source, pages, tables, bad, named, mapping, changed)
        except BadInput as error:
            workspace.ledger.unland([page.seq for page in pages])
            raise BadInput(error.what, error.remedy, suggestion) from error
        for loaded, superseded, aside in workspace.ledger.page_counts([page.seq for page in pages]).values():
            count.loaded += loaded
            count.superseded += superseded
            count.quarantined += aside
    notices.extend(done.notices)
    failed = [path.name] if count.quarantined * 5 > count.rows else []
    return Imported(source, [count], done, settings.get("as_of"), notices, failed), suggestion


def _settings(roles: Any, mapping: Any, map_path: Path | None, as_of: str | None) -> dict[str, Any]:
    text = "" if map_path is None else map_path.read_text(encoding="utf-8-sig")
    named = {"case": roles.case, "activity": roles.activity, "time": roles.time, "actor": roles.actor}
    meaning = hashlib.sha256(f"{sorted(named.items())}{text}".encode()).hexdigest()[:10]
    settings: dict[str, Any] = {"roles": named, "map": text, "meaning": meaning}
    if mapping is not None and mapping.bots:
        settings["bots"] = sorted(mapping.bots)
    if as_of is not None:
        settings["as_of"] = as_of
    elif mapping is not None and mapping.as_of is not None:
        settings["as_of"] = clock.iso(mapping.as_of)
    return settings


def _source(workspace: Workspace, name: str, settings: dict[str, Any]) -> tuple[Source, bool]:
    known = workspace.ledger.source(name)
    if known is not None and known.kind != KIND:
        raise BadInput(f"source {name} was imported as {known.kind}", "give this event log another --name")
    workspace.ledger.put_source(name, KIND, settings)
    source = workspace.ledger.source(name)
    assert source is not None
    return source, known is not None and known.settings.get("meaning") != settings["meaning"]


def _screened(chunk: Any) -> tuple[pa.Table, bytes, list[tuple[str, str, str, str, int]]]:
    """The rows of a page behind the card mask, and the bytes to land."""
    from maitred.connectors.files import tables

    rows = chunk.rows
    found: list[tuple[str, str, str, str, int]] = []
    for place, name in enumerate(rows.schema.names):
        if name == LINE or not pa.types.is_string(rows.schema.field(name).type):
            continue
        column, findings = screen.screen_column(rows[name], name)
        if findings:
            rows = rows.set_column(place, name, column)
            found.extend((f.kind, name, f.confidence, f.detector_version, f.count) for _, f in findings)
    if not found and not chunk.bad:
        return rows, chunk.body, found
    encoding = chunk.dialect.encoding
    if chunk.bad:
        result = screen.screen_text(chunk.body.decode(encoding, "surrogateescape"))
        found.extend((f.kind, "row", f.confidence, f.detector_version, f.count) for f in result.findings)
        return rows, result.text.encode(encoding, "surrogateescape"), found
    return rows, tables.as_csv(rows.drop_columns([LINE])), found


def _decoded(
    workspace: Workspace,
    source: Source,
    pages: list[LandedPage],
    tables: list[pa.Table],
    bad: list[Any],
    roles: Any,
    mapping: Any,
    changed: bool,
) -> Loaded:
    from maitred.connectors.files.eventlog.decode import decode_log, joined, learn, parted

    rows = joined(tables)
    named: dict[str, list[Any]] = {"ticket_events": [], "messages": []}

    def parts() -> Iterator[Decoded]:
        yield Decoded(bad=list(bad))
        pieces = max(1, -(-rows.num_rows // PART_ROWS))
        learned = learn([rows], roles, mapping)
        for piece in [rows] if pieces == 1 else parted(rows, roles, pieces):
            decoded = decode_log(piece, roles, mapping, learned).decoded
            for name, keys in named.items():
                if name in decoded.tables:
                    keys.append(decoded.tables[name]["external_id"].combine_chunks())
            yield decoded

    done = load_whole(workspace, source, pages, parts())
    if changed:
        for name, keys in named.items():
            remove_missing(workspace, source, name, pa.concat_arrays(keys) if keys else pa.array([], pa.string()), done)
    return done


def _suggested(tables: list[pa.Table], roles: Any) -> str:
    from maitred.connectors.files.eventlog.decode import joined
    from maitred.connectors.files.eventlog.guess import suggest_map

    return str(suggest_map(joined(tables), roles))
