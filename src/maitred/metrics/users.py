"""The users of a publication's helpdesks by id, kept in memory: names and kinds of a few of them without a scan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maitred.canon.keys import ticket_key, ticket_keys
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace

COLUMNS = ("source_id", "external_id", "name", "role", "active")


@dataclass(frozen=True, slots=True)
class Users:
    """All users, ordered by a number made of their ids."""

    keys: NDArray[np.int64]
    rows: pa.Table

    def those(self, ids: Iterable[str]) -> pa.Table:
        """The rows of users that have one of the ids, whatever their source; columns ``COLUMNS``."""
        wanted = frozenset(ids)
        keys = np.array(sorted({ticket_key(one) for one in wanted}), np.int64)
        low, high = (np.searchsorted(self.keys, keys, side=side) for side in ("left", "right"))
        places = [place for a, b in zip(low.tolist(), high.tolist(), strict=True) for place in range(a, b)]
        found = self.rows.take(pa.array(places, pa.int64()))
        return found.filter(pa.array([one in wanted for one in found["external_id"].to_pylist()], pa.bool_()))


def read(workspace: Workspace, publication: Publication) -> Users:
    """Read them once; no rows where the publication has no users."""
    if "users" not in publication.tables:
        return Users(np.zeros(0, np.int64), pa.table({name: pa.array([], _type(name)) for name in COLUMNS}))
    rows = workspace.store.scan("users", publication.tables["users"], COLUMNS).combine_chunks()
    keys = ticket_keys(rows["external_id"]).to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.argsort(keys, kind="stable")
    return Users(keys[order], rows.take(pa.array(order)).combine_chunks())


def _type(name: str) -> pa.DataType[Any]:
    return pa.bool_() if name == "active" else pa.string()
