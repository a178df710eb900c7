"""What the clock tests call: the product's two clock exports of a folder."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from maitred.metrics import exports, refresh
from maitred.sync import importing, kinds, workspace


def clock_folder(folder: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The rows of ``export tickets`` and ``export sla`` of a Fivetran-Zendesk folder, as text cells."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "workspace"
        workspace.create(home)
        opened = refresh.open_workspace(home)
        imported = importing.import_folder(opened, kinds.fivetran_zendesk(), folder)
        publication = refresh.refresh(opened, imported.source, imported.loaded).publication
        assert publication is not None
        found = []
        for table, columns in (("tickets", exports.TICKET_COLUMNS), ("sla", exports.SLA_COLUMNS)):
            target = Path(place) / f"{table}.csv"
            exports.export(opened, publication, table, target)
            with target.open(encoding="utf-8", newline="") as lines:
                found.append([{name: row[name] for name in columns} for row in csv.DictReader(lines)])
        opened.close()
        return found[0], found[1]
