"""A table of people that exists for these tests only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from maitred.base.errors import NotFound
from maitred.kit.documents.sections import Facts
from maitred.kit.documents.tabular import Column, Table

FACTS = Facts("People", datetime(2026, 11, 28, tzinfo=UTC), "1", "UTC", ())


def table(count: int) -> Table:
    """So many rows, one of them hostile."""
    rows = ({"id": number, "name": "=cmd()" if number == 1 else f"Person {number}"} for number in range(count))
    return Table("people", (Column("id", "Id", kind="whole"), Column("name", "Name", kind="text")), rows)


@contextmanager
def people(account: int, words: Mapping[str, Any]) -> Iterator[tuple[Table, Facts]]:
    """As many people as the words say; none where they say that the source is gone."""
    if words["count"] < 0:
        raise NotFound("the publication is gone", "choose a newer one")
    yield table(words["count"]), FACTS
