"""Profiles out of a table: one row each, further jobs as ``title_2, company_2, start_2, end_2`` and so on.

A row becomes a JSON Resume object, with a note of which column each field came from, so that evidence names columns.
Columns that nobody knows are kept with the profile and not read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from maitred.insight.ranking.profiles.json_lines import LONGEST_ID
from maitred.insight.ranking.profiles.read_shapes import Read, Refused, content_id

_PLAIN: Final = (
    "id city region country skills tools education certificates languages text last_modified title company start end"
).split()
_FURTHER: Final = re.compile(r"(title|company|start|end)_(\d{1,2})")
_LONGEST_CELL: Final = 1 << 20


def read(lines: Iterable[bytes | None]) -> Iterator[Read | Refused]:
    """One profile or one refusal for each row."""
    csv.field_size_limit(_LONGEST_CELL)
    source = _Lines(lines)
    rows = csv.reader(source, strict=True)
    try:
        names = [name.strip().casefold() for name in next(rows, [])]
    except (csv.Error, _Unreadable) as error:
        yield Refused(1, f"the names of the columns cannot be read ({error})")
        return
    known = [name for name in names if name in _PLAIN or _FURTHER.fullmatch(name)]
    if not known or len(set(known)) < len(known):
        yield Refused(1, "it has a column twice" if known else f"it has none of the columns {', '.join(_PLAIN)}")
        return
    while True:
        begun = source.number + 1
        try:
            cells = next(rows, None)
        except (csv.Error, _Unreadable) as error:
            yield Refused(begun, str(error) or "the row cannot be read")
            rows = csv.reader(source, strict=True)
            continue
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield _row(begun, names, cells)


def _row(number: int, names: list[str], cells: list[str]) -> Read | Refused:
    if len(cells) != len(names):
        return Refused(number, f"it has {len(cells)} cells where the table has {len(names)} columns")
    row = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
    if len(row.get("id", "")) > LONGEST_ID:
        return Refused(number, f"its id is longer than {LONGEST_ID} characters")
    document = _document(row)
    if not set(document) - {"meta", "extra"}:
        return Refused(number, "it says nothing but an id")
    return Read(number, row.get("id") or content_id(document), document)


def _document(row: dict[str, str]) -> dict[str, Any]:
    columns: dict[str, str] = {}
    work: list[dict[str, str]] = []
    further = sorted({int(found[2]) for name in row if (found := _FURTHER.fullmatch(name))})
    for suffix in ["", *(f"_{number}" for number in further)]:
        job = {
            "position": row.get(f"title{suffix}", ""),
            "name": row.get(f"company{suffix}", ""),
            "startDate": row.get(f"start{suffix}", ""),
            "endDate": row.get(f"end{suffix}", ""),
        }
        if any(job.values()):
            for field, column in (
                ("position", "title"),
                ("name", "company"),
                ("startDate", "start"),
                ("endDate", "end"),
            ):
                columns[f"work[{len(work)}].{field}"] = f"{column}{suffix}"
            work.append(job)
    document: dict[str, Any] = {"work": work} if work else {}
    location = {"city": row.get("city", ""), "region": row.get("region", ""), "countryCode": row.get("country", "")}
    if any(location.values()):
        document["basics"] = {"location": location}
    columns |= {"basics.location.city": "city", "basics.location.region": "region"}
    columns["basics.location.countryCode"] = "country"
    skills = [(column, row[column]) for column in ("skills", "tools") if row.get(column)]
    if skills:
        document["skills"] = [{"name": cell} for _, cell in skills]
        columns |= {f"skills[{place}].name": column for place, (column, _) in enumerate(skills)}
    for column, field, part in (
        ("education", "education", "studyType"),
        ("certificates", "certificates", "name"),
        ("languages", "languages", "language"),
    ):
        if row.get(column):
            document[field] = [{part: row[column]}]
            columns[f"{field}[0].{part}"] = column
    if row.get("text"):
        document["text"] = row["text"]
    meta: dict[str, Any] = {"id": row.get("id", ""), "columns": columns}
    if row.get("last_modified"):
        meta["lastModified"] = row["last_modified"]
    extra = {name: cell for name, cell in row.items() if cell and name not in _PLAIN and not _FURTHER.fullmatch(name)}
    return document | {"meta": meta} | ({"extra": extra} if extra else {})


class _Unreadable(Exception):
    """A line that is no text."""


class _Lines:
    """Decoded lines with a count, for a reader of tables that takes several lines for one row."""

    def __init__(self, lines: Iterable[bytes | None]) -> None:
        self._lines, self.number = iter(lines), 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        if line is None:
            raise _Unreadable("the line is longer than 1 MB")
        try:
            text = line.decode("utf-8-sig" if self.number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise _Unreadable("it is not UTF-8") from None
        if "\x00" in text:
            raise _Unreadable("it holds a character that no text has")
        return text + "\n"
