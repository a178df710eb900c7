"""Evidence of simulated worlds: told as canonical tables, loaded like any import, gathered, and kept on disk.

Not visible in it, because the floor does not tell it: which course people took and when (``Training``, ``Coaching``),
uses of macros (``MacroPublished``), and topics as the helpdesk's own word (tags like ``product/how_to`` come with the
first reply; topics have to be read from the words). Tickets that were open before the first day are there as well.
"""

from __future__ import annotations

import hashlib
import pickle
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from maitred.floor import records
from maitred.floor.run import ENGINE
from maitred.floor.world import World
from maitred.insight.evidence import tables as shapes
from maitred.insight.evidence.gathering import gather
from maitred.insight.evidence.opening import evidence_of_workspace
from maitred.insight.evidence.reading import from_tables
from maitred.insight.evidence.tables import Evidence
from maitred.metrics.clocks import engine, policies
from maitred.metrics.clocks.schedules import Holiday, Hours, Schedule, Version, book
from maitred.metrics.pipeline import load_and_publish
from maitred.metrics.refresh import open_workspace
from maitred.sync.screen import screen_column
from maitred.sync.workspace import create

SOURCE = "floor"


def evidence_of(world: World, *, texts: bool = True) -> Evidence:
    """The evidence of a world with what is planted in it, at the end of its last day.

    Parameters
    ----------
    world
        Told by its hash, its seed and the engine's version; told once, it is read from a cache under the folder for
        temporary files afterwards.
    texts
        Whether messages have texts; without them words, tone, cards and promises are missing.
    """
    kept = _cache() / f"{world.hash()}-{world.seed}-{ENGINE}-{'texts' if texts else 'plain'}-{_code()}.pickle"
    if kept.is_file():
        found: Evidence = pickle.loads(kept.read_bytes())
        return found
    run = world.run(texts=texts)
    told = records.settings(run)
    evidence = computed(records.tables(run, SOURCE), told["as_of"], told["bots"])
    part = kept.with_suffix(f".{tempfile.mktemp(dir='')}.part")
    part.write_bytes(pickle.dumps(evidence, protocol=pickle.HIGHEST_PROTOCOL))
    part.replace(kept)
    return evidence


def computed(tables: Mapping[str, pa.Table], as_of: str, bots: Sequence[str]) -> Evidence:
    """The evidence of canonical tables: screened and computed as an import does, without writing a workspace."""
    until = datetime.fromisoformat(as_of.replace("Z", "+00:00"))
    told = dict(tables)
    for name, column in (("messages", "body_text"), ("tickets", "subject")):
        screened, _ = screen_column(told[name][column], column)
        told[name] = told[name].set_column(told[name].schema.get_field_index(column), column, screened)
    facts = facts_of(told, as_of, bots)

    def fact_scan(table: str, columns: Sequence[str], /) -> pa.Table:
        return facts[table].select(list(columns))

    return gather(from_tables(told), fact_scan, SOURCE, until, bots=bots)


def facts_of(tables: Mapping[str, pa.Table], as_of: str, bots: Sequence[str]) -> dict[str, pa.Table]:
    """What the clock engine says of canonical tables, by facts table."""
    until = datetime.fromisoformat(as_of.replace("Z", "+00:00"))
    rules = policies.read_policies(tables["sla_policies"].to_pylist(), tables["sla_targets"].to_pylist())
    first = pc.min(tables["tickets"]["created_at"]).as_py() or until
    calendar = book(_schedules(tables), min(first, until), until + timedelta(days=730))
    known = engine.reference(SOURCE, tables["users"], calendar, until, bots)
    return engine.compute(policies.completed({name: tables[name] for name in engine.INPUTS}, rules), known).facts


def _schedules(tables: Mapping[str, pa.Table]) -> list[Schedule]:
    hours: dict[str, list[Hours]] = {}
    for one in tables["schedule_intervals"].to_pylist():
        hours.setdefault(one["schedule_id"], []).append(Hours(one["weekday"], one["start_min"], one["end_min"]))
    closed: dict[str, list[Holiday]] = {}
    for one in tables["schedule_holidays"].to_pylist():
        closed.setdefault(one["schedule_id"], []).append(Holiday(one["name"], one["start_date"], one["end_date"]))
    return [
        Schedule(
            one["external_id"],
            one["name"],
            one["tz"],
            (Version(tuple(hours.get(one["external_id"], ()))),),
            tuple(closed.get(one["external_id"], ())),
            one["created_at"],
        )
        for one in sorted(tables["schedules"].to_pylist(), key=lambda row: int(row["external_id"]))
    ]


def loaded(tables: Mapping[str, pa.Table], as_of: str, bots: Sequence[str]) -> Evidence:
    """The evidence of canonical tables, through a workspace that is thrown away."""
    home = Path(tempfile.mkdtemp(prefix="maitred-world-"))
    try:
        create(home / "workspace")
        workspace = open_workspace(home / "workspace")
        try:
            load_and_publish(workspace, [_bearing(tables)], name=SOURCE, as_of=as_of, bots=bots)
            publication = workspace.publication()
            assert publication is not None
            return evidence_of_workspace(workspace, publication, SOURCE)
        finally:
            workspace.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _bearing(tables: Mapping[str, pa.Table]) -> dict[str, Any]:
    return {name: rows for name, rows in tables.items() if rows.num_rows and name != "tombstones"}


def _cache() -> Path:
    folder = Path(tempfile.gettempdir()) / "maitred-evidence"
    folder.mkdir(exist_ok=True)
    return folder


def _code() -> str:
    """Digits that change with the code that gathers, so that no stale evidence is read."""
    folder = Path(shapes.__file__).parent
    sources = b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))
    return hashlib.sha256(sources).hexdigest()[:12]


def as_instant(text: str) -> int:
    """Seconds UTC of an ISO 8601 instant."""
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
