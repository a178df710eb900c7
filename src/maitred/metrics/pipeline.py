"""One import from file to publication: land, load, compute, publish, and a report whose counts add up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from maitred.connectors.live import Account, Connector
from maitred.metrics.refresh import Refreshed, read_schedules, refresh
from maitred.sync.importing import FileCount, Imported, import_folder
from maitred.sync.kinds import Kind
from maitred.sync.ledger import Source
from maitred.sync.loading import Loaded
from maitred.sync.upkeep import join_small_files, maintain
from maitred.sync.workspace import Workspace

if TYPE_CHECKING:
    import threading

    from maitred.sync.engine import Outcome

Progress = Callable[[str, int], None]
_MOMENTS = {"tickets": "created_at", "ticket_events": "occurred_at", "messages": "sent_at"}


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did.

    ``tickets``, ``events`` and ``messages`` count what the source holds now; ``span`` is its first and last instant.
    """

    source: str
    files: list[FileCount]
    tickets: int
    events: int
    messages: int
    span: tuple[str | None, str | None]
    zones: list[str]
    publication: int | None
    notices: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    suggestion: str = ""

    def as_json(self) -> dict[str, Any]:
        """The document of ``maitred import ... --json``."""
        return {
            "source": self.source,
            "files": [
                {
                    "file": f.file,
                    "rows": f.rows,
                    "loaded": f.loaded,
                    "superseded": f.superseded,
                    "quarantined": f.quarantined,
                }
                for f in self.files
            ],
            "tickets": self.tickets,
            "events": self.events,
            "messages": self.messages,
            "span": {"from": self.span[0], "to": self.span[1]},
            "zones": self.zones,
            "publication": self.publication,
            "notices": self.notices,
            **({"suggested_map": self.suggestion} if self.suggestion else {}),
        }


def import_and_publish(
    workspace: Workspace,
    kind: Kind,
    folder: Path,
    *,
    name: str | None = None,
    as_of: str | None = None,
    wait: float = 60.0,
    progress: Progress = lambda what, amount: None,
) -> Report:
    """Import a folder and publish the facts that follow from it."""
    with workspace.writing(f"import of {name or kind.name}", wait):
        imported = import_folder(workspace, kind, folder, name=name, as_of=as_of, progress=progress)
        done = _published(workspace, imported, progress)
        return _report(workspace, imported, done)


def load_and_publish(
    workspace: Workspace,
    batches: Iterable[Mapping[str, pa.Table]],
    *,
    name: str,
    as_of: str,
    bots: Sequence[str] = (),
    wait: float = 60.0,
    progress: Progress = lambda what, amount: None,
) -> Report:
    """Take canonical tables into the warehouse as one source, and publish the facts that follow from them.

    Through card mask, landing and ledger like any import: the same tables again change nothing, and what a killed run
    left is completed by the next one with the same tables.

    Parameters
    ----------
    batches
        Tables by name (``canon.tables``), any number of times; all at once or some tickets at a time. Load bookkeeping
        (source, hash, sequence, partition month) may be there and is made anew.
    name
        The source's name.
    as_of
        ISO 8601 instant up to which the tables speak.
    bots
        Ids of the users that are bots.

    Raises
    ------
    BadInput
        A needed column is missing, one is unknown, or a value does not fit its type.
    """
    from maitred.sync.kinds import canonical_batches

    with workspace.writing(f"load of {name}", wait):
        kind = canonical_batches(batches)
        told = {"bots": sorted(bots)}
        imported = import_folder(
            workspace, kind, workspace.landing, name=name, as_of=as_of, settings=told, progress=progress
        )
        done = _published(workspace, imported, progress)
        return _report(workspace, imported, done)


def import_event_log(
    workspace: Workspace,
    file: Path,
    roles: dict[str, str | None],
    map_path: Path | None,
    *,
    name: str | None = None,
    as_of: str | None = None,
    wait: float = 60.0,
    progress: Progress = lambda what, amount: None,
) -> Report:
    """Import a foreign event log and publish the facts that follow from it."""
    from maitred.sync.eventlogs import import_log

    with workspace.writing(f"import of {name or 'eventlog'}", wait):
        imported, suggestion = import_log(workspace, file, roles, map_path, name=name, as_of=as_of, progress=progress)
        done = _published(workspace, imported, progress)
        return _report(workspace, imported, done, suggestion)


def sync_and_publish(
    workspace: Workspace,
    account: Account,
    *,
    connector: Connector | None = None,
    stop: threading.Event | None = None,
    progress: Progress = lambda what, amount: None,
    wait: float = 60.0,
    opening: Mapping[str, Any] | None = None,
    **options: Any,
) -> Outcome:
    """Read what is new at a connected helpdesk, and publish the facts that follow from it.

    Parameters
    ----------
    connector
        Where it is not the registered one of the account's vendor.
    stop
        Set: end after the page under way; the next sync goes on from there.
    wait
        Seconds to wait for whoever else writes to the workspace at the moment.
    opening
        Further words for ``sync.opening.opened`` (the time of an account that has its own).
    options
        As ``sync.engine.sync`` takes them: ``streams``, ``reconcile``, ``retry_quarantine``, ``accept_mass_delete``.

    Raises
    ------
    LeaseHeld
        Another process reads this account, or writes to the workspace.
    """
    from maitred.sync.engine import sync
    from maitred.sync.opening import opened

    with opened(workspace, account, connector=connector, stop=stop, **(opening or {})) as (found, _, api):
        return sync(
            workspace,
            found,
            account,
            api,
            publish=lambda space, load: _load_and_publish(space, account.slug, load, wait, progress),
            stop=stop,
            progress=progress,
            **options,
        )


def refetch_and_publish(
    workspace: Workspace, account: Account, tickets: Sequence[str], *, wait: float = 60.0, **words: Any
) -> int:
    """Fetch these tickets anew from their helpdesk and publish what changed; returns how many records came.

    Raises
    ------
    Refused
        The helpdesk does not give them.
    """
    from maitred.sync.engine import known_account, load_account, refetch
    from maitred.sync.opening import opened

    with opened(workspace, account, **words) as (connector, _, api):
        count = refetch(workspace, connector, account, api, tickets)
    if count:
        known = known_account(workspace, account)
        _load_and_publish(
            workspace, account.slug, lambda space: load_account(space, known), wait, lambda what, amount: None
        )
    return count


def _load_and_publish(
    workspace: Workspace,
    slug: str,
    load: Callable[[Workspace], tuple[Source, Loaded]],
    wait: float,
    progress: Progress,
) -> int | None:
    with workspace.writing(f"load of {slug}", wait):
        source, loaded = load(workspace)
        join_small_files(workspace, loaded.tables)
        done = refresh(workspace, source, loaded, progress=progress)
        workspace.ledger.settle()
        maintain(workspace)
        return done.publication.number if done.publication else None


def _published(workspace: Workspace, imported: Imported, progress: Progress) -> Refreshed:
    join_small_files(workspace, imported.loaded.tables)
    done = refresh(workspace, imported.source, imported.loaded, progress=progress)
    workspace.ledger.settle()
    maintain(workspace)
    return done


def _report(workspace: Workspace, imported: Imported, done: Refreshed, suggestion: str = "") -> Report:
    counts: dict[str, int] = {}
    ends: list[Any] = []
    mine = pc.field("source_id") == imported.source.source_id
    for table, moment in _MOMENTS.items():
        rows = workspace.store.scan(table, None, [moment], where=mine & pc.field("deleted_at").is_null())
        counts[table] = rows.num_rows
        span = pc.min_max(rows[moment]).as_py()
        ends += [value for value in span.values() if value is not None]
    zones = sorted({schedule.zone for schedule in read_schedules(workspace, imported.source)})
    return Report(
        imported.source.source_id,
        imported.files,
        counts["tickets"],
        counts["ticket_events"],
        counts["messages"],
        (_shown(min(ends)), _shown(max(ends))) if ends else (None, None),
        zones,
        done.publication.number if done.publication else None,
        [*imported.notices, *done.notices],
        imported.failed,
        suggestion,
    )


def _shown(instant: Any) -> str:
    return str(instant.strftime("%Y-%m-%dT%H:%M:%SZ"))
