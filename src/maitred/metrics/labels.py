"""Names for the ids that figures are cut by: groups, people and accounts, as the helpdesk calls them today."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace

TABLES = {"group": "groups", "team": "groups", "assignee": "users", "account": "organizations"}
"""Which table names the values of a dimension."""


def labels(
    workspace: Workspace, publication: Publication, dimension: str, values: Iterable[str | None]
) -> dict[str, str]:
    """Names of dimension values by value (``11``, or ``zendesk:11`` with several sources); unknown ones are left
    out."""
    table = TABLES.get(dimension)
    wanted = sorted({value for value in values if value})
    if table is None or table not in publication.tables or not wanted:
        return {}
    ids = {value: value.partition(":")[2] or value for value in wanted}
    rows = workspace.store.scan(
        table,
        publication.tables[table],
        ["source_id", "external_id", "name"],
        where=pc.field("external_id").isin(pa.array(sorted(set(ids.values())))),
    ).to_pylist()
    named: dict[str, str] = {}
    for row in rows:
        for value in (row["external_id"], f"{row['source_id']}:{row['external_id']}"):
            if value in ids and row["name"]:
                named[value] = row["name"]
    return named
