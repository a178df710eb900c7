"""Names for the ids that figures are cut by: groups, people and accounts, as the helpdesk calls them today."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.compute as pc

from maitred.metrics.users import Users
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace

TABLES = {"group": "groups", "team": "groups", "assignee": "users", "account": "organizations"}
"""Which table names the values of a dimension."""


def labels(
    workspace: Workspace,
    publication: Publication,
    dimension: str,
    values: Iterable[str | None],
    users: Callable[[], Users] | None = None,
) -> dict[str, str]:
    """Names of dimension values by value (``11``, or ``zendesk:11`` with several sources); unknown ones are left out.

    ``users`` gives all users where they are kept in memory.
    """
    table = TABLES.get(dimension)
    wanted = sorted({value for value in values if value})
    if table is None or table not in publication.tables or not wanted:
        return {}
    ids = {value: value.partition(":")[2] or value for value in wanted}
    if users is not None and table == "users":
        rows = users().those(ids.values()).to_pylist()
    else:
        among = pc.field("external_id").isin(pa.array(sorted(set(ids.values()))))
        columns = ["source_id", "external_id", "name"]
        rows = workspace.store.scan(table, publication.tables[table], columns, where=among).to_pylist()
    named: dict[str, str] = {}
    for row in rows:
        for value in (row["external_id"], f"{row['source_id']}:{row['external_id']}"):
            if value in ids and row["name"]:
                named[value] = row["name"]
    return named
