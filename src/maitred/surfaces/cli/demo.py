"""The demonstration: a generated ticket log, imported like any other, people who may look at it, and a first look."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from maitred.base.clock import iso, now
from maitred.base.errors import MaitredError, UsageError
from maitred.surfaces.cli import operating, output

SIZES = {"small": 400, "medium": 4_000, "large": 100_000, "xl": 1_000_000}
SOURCE = "demo"
URL = "http://127.0.0.1:8000"
SHOWN = (
    ("frt.business_all", "group"),
    ("full_resolution.business_all", "priority"),
    ("sla.attainment", None),
    ("csat.rate", None),
    ("reopen_rate.transitions", None),
)


def run(home: Path, size: str, seed: int, json_: bool, tell: Callable[[str, int], None]) -> None:
    """Make the workspace, import the log into it, settle its people and show a few metrics.

    A demonstration that is there already keeps its log; its accounts get new passwords.

    Raises
    ------
    UsageError
        The size is unknown.
    MaitredError
        The workspace is a real one.
    """
    from maitred.metrics.refresh import open_workspace

    if size not in SIZES:
        raise UsageError(f"there is no size {size}", f"choose one of {', '.join(SIZES)}")
    _found(home)
    workspace = open_workspace(home)
    try:
        if workspace.publication() is None:
            _generate(workspace, SIZES[size], seed, tell)
        accounts = _people(workspace)
        document = _document(home, workspace, accounts)
        if json_:
            output.document(document)
        else:
            _show(workspace, document)
    finally:
        workspace.close()


def _found(home: Path) -> None:
    from maitred.sync.workspace import SETTINGS, Workspace, create

    if (home / SETTINGS).is_file() and not Workspace(home, []).settings.get("demo"):
        raise MaitredError(
            f"{home} is a workspace of yours", "set MAITRED_HOME to another folder for the demonstration"
        )
    create(home, options={"demo": True})
    operating.start()


def _generate(workspace: Any, tickets: int, seed: int, tell: Callable[[str, int], None]) -> None:
    from maitred.floor.log import write_log
    from maitred.metrics.pipeline import import_and_publish
    from maitred.sync.kinds import KINDS

    folder = Path(tempfile.mkdtemp(prefix="maitred-demo-"))
    try:
        write_log(folder, tickets, seed, until=now().replace(second=0, microsecond=0))
        import_and_publish(workspace, KINDS["fivetran-zendesk"](), folder, name=SOURCE, progress=tell)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _people(workspace: Any) -> list[dict[str, str]]:
    """Accounts of the demonstration; teams from the log's groups, persons from its agents."""
    from maitred.floor.log import GROUPS, group_of
    from maitred.surfaces.cli.organisation import Agent, settle, year_before

    publication = workspace.publication()
    rows = workspace.store.scan("users", publication.tables["users"], ["external_id", "name", "role"]).to_pylist()
    agents = [
        Agent(row["external_id"], row["name"], str(group_of(int(row["external_id"]))))
        for row in sorted(rows, key=lambda row: int(row["external_id"]))
        if row["role"] == "agent"
    ]
    groups = {str(number): name for number, name in GROUPS.items()}
    return settle(SOURCE, groups, agents, year_before())


def _document(home: Path, workspace: Any, accounts: list[dict[str, str]]) -> dict[str, Any]:
    publication = workspace.publication()
    return {
        "workspace": str(home),
        "as_of": iso(datetime.fromisoformat(publication.sources[SOURCE]["as_of"])),
        "url": URL,
        "accounts": accounts,
        "brief": None,
        "stories": [],
        "publication": publication.number,
        "generated": True,
    }


def _show(workspace: Any, document: dict[str, Any]) -> None:
    from maitred.metrics.asking import asking
    from maitred.metrics.scope import Scope
    from maitred.surfaces.cli.figures import show

    output.line(
        f"A generated organisation is in {document['workspace']}; its tickets reach up to {document['as_of']}.\n"
    )
    with asking(workspace, workspace.publication()) as ask:
        for metric, by in SHOWN:
            result = ask.show(metric, by=[by] if by else [], scope=Scope.everything())
            show(result, {by: ask.labels(by, (row.by.get(by) for row in result.rows))} if by else None)
    columns = ("role", "team", "user", "password")
    output.table("accounts", columns, [[one[name] for name in columns] for one in document["accounts"]])
    output.line(f"`.venv/bin/maitred serve` answers at {URL}; the accounts sign in from this machine only.")
    output.line("Go on with for instance:")
    for words in ("metrics list", "metrics show frt --by week", "explain 10042 frt", "people list-teams"):
        output.line(f"  .venv/bin/maitred {words}")
