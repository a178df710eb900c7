"""The demonstration: a generated ticket log, imported like any other, and a first look at its numbers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from maitred.base.errors import UsageError
from maitred.surfaces.cli import output

SIZES = {"small": 400, "medium": 4_000, "large": 100_000, "xl": 1_000_000}
SOURCE = "demo"
SHOWN = (
    ("frt.business_all", "group", None),
    ("full_resolution.business_all", "priority", None),
    ("sla.attainment", None, None),
    ("csat.rate", None, None),
    ("reopen_rate.transitions", None, None),
)


def run(home: Path, size: str, seed: int, json_: bool, tell: Callable[[str, int], None]) -> None:
    """Make the workspace, import the log into it and show a few metrics.

    Raises
    ------
    UsageError
        The size is unknown.
    """
    from maitred.floor.log import write_log
    from maitred.metrics.asking import asking
    from maitred.metrics.pipeline import import_and_publish
    from maitred.metrics.refresh import open_workspace
    from maitred.surfaces.cli.figures import show
    from maitred.sync.kinds import KINDS
    from maitred.sync.workspace import create

    if size not in SIZES:
        raise UsageError(f"there is no size {size}", f"choose one of {', '.join(SIZES)}")
    create(home)
    workspace = open_workspace(home)
    folder = Path(tempfile.mkdtemp(prefix="maitred-demo-"))
    try:
        write_log(folder, SIZES[size], seed)
        report = import_and_publish(workspace, KINDS["fivetran-zendesk"](), folder, name=SOURCE, progress=tell)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    publication = workspace.publication()
    assert publication is not None
    if json_:
        source = publication.sources[SOURCE]
        output.document(
            {
                "workspace": str(home),
                "as_of": source["as_of"],
                "tickets": report.tickets,
                "publication": publication.number,
                "generated": True,
            }
        )
        workspace.close()
        return
    output.line(
        f"{report.tickets:,} generated tickets with {report.events:,} events and {report.messages:,} messages "
        f"are in {home}.\n"
    )
    with asking(workspace, publication) as ask:
        for metric, by, _ in SHOWN:
            result = ask.show(metric, by=[by] if by else [])
            show(result, {by: ask.labels(by, (row.by.get(by) for row in result.rows))} if by else None)
    workspace.close()
    output.line("Go on with for instance:")
    for words in ("metrics list", "metrics show frt --by week", "explain 10042 frt", "export tickets --to tickets.csv"):
        output.line(f"  .venv/bin/maitred {words}")
