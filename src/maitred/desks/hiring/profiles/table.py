"""Where the rows of numbers are: the table of profiles in the warehouse, and the index that search maps beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from maitred.insight.ranking.columns import PROFILE_COLUMNS, Features, as_table
from maitred.insight.ranking.index import FOLDER, Index
from maitred.warehouse.erasable import ErasableTable

NAME = "profiles"


def table() -> ErasableTable:
    """The table of the workspace; it is made with the first rows."""
    return ErasableTable(Path(settings.MAITRED_HOME) / "warehouse", NAME, PROFILE_COLUMNS)


def index() -> Index:
    """The index of the workspace; an empty one where nothing was imported yet."""
    return Index.open(Path(settings.MAITRED_HOME) / FOLDER)


def put(rows: Sequence[Features]) -> None:
    """Add rows, in the place of those of the same key: to the table first, then to the index, where they are found."""
    if rows:
        made = as_table(rows)
        table().put(made)
        index().append(made)


def erase(keys: Sequence[int]) -> None:
    """Take rows out: nobody finds them from the first step on, and no byte of them is left when this returns."""
    index().erase(keys)
    table().erase(keys)


def rebuild_index() -> None:
    """Make the index anew from the table."""
    index().rebuild(table().batches())
