"""File imports: a folder or file of records goes through screen and landing, then the same loading as a live sync.

Each file is read piece by piece; a piece that was landed before is not loaded again. The report adds up: rows of each
file = loaded + superseded + quarantined.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maitred.base import clock
from maitred.base.errors import BadInput
from maitred.sync import landing
from maitred.sync.kinds import Kind
from maitred.sync.ledger import Source
from maitred.sync.loading import Loaded, load
from maitred.sync.workspace import Workspace

Progress = Callable[[str, int], None]


def _silent(what: str, amount: int) -> None:
    """No progress to show."""


@dataclass(slots=True)
class FileCount:
    """What became of the records of one file."""

    file: str
    rows: int = 0
    loaded: int = 0
    superseded: int = 0
    quarantined: int = 0


@dataclass(slots=True)
class Imported:
    """The outcome of an import before facts are computed."""

    source: Source
    files: list[FileCount]
    loaded: Loaded
    as_of: str | None
    notices: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def import_folder(
    workspace: Workspace,
    kind: Kind,
    path: Path,
    *,
    name: str | None = None,
    as_of: str | None = None,
    settings: dict[str, Any] | None = None,
    progress: Progress = _silent,
) -> Imported:
    """Land and load a folder (or file).

    Parameters
    ----------
    name
        The source's name; the vendor's by default.
    as_of
        ISO 8601 instant up to which the data speaks; else ``as_of`` of ``import.toml``, else taken from the data.
    settings
        What else the source remembers (for instance an event log's mapping).
    """
    own = _own_settings(path) if path.is_dir() else {}
    source = _source(workspace, kind, name or kind.name, {**own, **(settings or {})}, as_of)
    counts: dict[str, FileCount] = {}
    landed: dict[str, list[int]] = {}
    run = workspace.ledger.next_run(source.source_id)
    for piece in kind.pieces(path):
        count = counts.setdefault(piece.file, FileCount(piece.file))
        count.rows += piece.rows
        digest = hashlib.sha256(piece.body).hexdigest()
        known = workspace.ledger.met_again(source.source_id, piece.stream, digest, run)
        if known is not None:
            seq, loaded_before = known
            if loaded_before:
                count.superseded += piece.rows
            else:
                landed.setdefault(piece.file, []).append(seq)
            progress(piece.stream, piece.rows)
            continue
        landing.write(workspace.landing, source.source_id, piece.stream, piece.body, kind.form)
        page, _ = workspace.ledger.land(
            source.source_id,
            piece.stream,
            digest,
            piece.file,
            piece.first_row,
            piece.rows,
            len(piece.body),
            piece.findings,
            piece.bad,
            run,
        )
        landed.setdefault(piece.file, []).append(page.seq)
        progress(piece.stream, piece.rows)
    loaded = load(
        workspace,
        source,
        kind.decode,
        kind.form,
        order=kind.order,
        full_lists=kind.full_lists,
        kind=kind.name if kind.laborious else None,
        progress=progress,
    )
    for file, seqs in landed.items():
        for done, superseded, aside in workspace.ledger.page_counts(seqs).values():
            counts[file].loaded += done
            counts[file].superseded += superseded
            counts[file].quarantined += aside
    return Imported(
        source,
        list(counts.values()),
        loaded,
        source.settings.get("as_of"),
        [*kind.notices(path), *loaded.notices],
        [c.file for c in counts.values() if c.quarantined * 5 > c.rows],
    )


def _source(workspace: Workspace, kind: Kind, name: str, given: dict[str, Any], as_of: str | None) -> Source:
    known = workspace.ledger.source(name)
    if known is not None and known.kind != kind.name:
        raise BadInput(f"source {name} was imported as {known.kind}", f"give this {kind.name} import another --name")
    settings = dict(known.settings) if known else {}
    settings.pop("as_of", None)
    settings.update(given)
    if as_of is not None:
        settings["as_of"] = as_of
    workspace.ledger.put_source(name, kind.name, settings)
    source = workspace.ledger.source(name)
    assert source is not None
    return source


def _own_settings(folder: Path) -> dict[str, Any]:
    """Settings of ``import.toml`` beside the files: ``as_of`` and ``[actors] bots``."""
    path = folder / "import.toml"
    if not path.is_file():
        return {}
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"import.toml cannot be read ({error})", "mend it") from error
    unknown = sorted(set(document) - {"as_of", "actors"})
    if unknown:
        raise BadInput(f"import.toml has an unknown key {unknown[0]}", "known are as_of and [actors] bots")
    settings: dict[str, Any] = {}
    if "as_of" in document:
        settings["as_of"] = instant(document["as_of"], "as_of of import.toml")
    bots = document.get("actors", {}).get("bots", [])
    if not isinstance(bots, list):
        raise BadInput("import.toml: [actors] bots is not a list", "write bots = [101, 102]")
    settings["bots"] = sorted(str(bot) for bot in bots)
    return settings


def instant(value: Any, what: str) -> str:
    """An instant as given by a person, as ISO 8601 in UTC.

    Raises
    ------
    BadInput
        It is not an instant.
    """
    from datetime import UTC, datetime

    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00").replace(" UTC", "+00:00"))
    except ValueError as error:
        raise BadInput(f"{what} {text!r} is not an instant", "write it as 2026-01-31T00:00:00Z") from error
    return clock.iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
