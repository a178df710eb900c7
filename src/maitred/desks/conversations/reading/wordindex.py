"""The index of words: SQLite FTS5 over the masked own words of every message, with what a search may filter by.

It follows from the table of readings and is made anew from it where it is missing or older. Nothing in it was not
masked before: no card number, no address, no name that is on a ticket's record.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from maitred.desks.conversations.reading import table
from maitred.insight.text.behaviours import BEHAVIOURS

FILE = "words.sqlite"
_AT_ONCE = 5_000
_SHAPE = """
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, ticket TEXT NOT NULL, ticket_key INTEGER NOT NULL,
    message TEXT NOT NULL, kind TEXT NOT NULL, public INTEGER NOT NULL, sent_at INTEGER NOT NULL, language TEXT,
    unhappy REAL, present INTEGER NOT NULL, absent INTEGER NOT NULL, promised INTEGER NOT NULL, month INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS by_ticket ON message (ticket_key);
CREATE INDEX IF NOT EXISTS by_time ON message (sent_at);
CREATE INDEX IF NOT EXISTS by_month ON message (month);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, tokenize = "unicode61 remove_diacritics 2");
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_BITS: dict[str, int] = {name: 1 << place for place, name in enumerate(BEHAVIOURS)}
_PIECE = re.compile(r'"([^"]+)"|[“„«]([^”“»]+)[”“»]|(\S+)')
_WORD = re.compile(r"\w")
MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search asks of single messages; instants are seconds, empty means any.

    ``missing`` and ``present`` are behaviours that were called for; ``unhappy`` is the least chance of it.
    """

    match: str = ""
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    missing: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    unhappy: float | None = None
    promised: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A message found; ``snippet`` is of its masked words, with the found ones between ``\\x02`` and ``\\x03``."""

    source: str
    ticket: str
    ticket_key: int
    message: str
    kind: str
    sent_at: int
    language: str | None
    snippet: str


def match(query: str) -> str:
    """What somebody typed as a query of the index: all words, and phrases in quotation marks as they stand.

    Every word is quoted, so that no sign of it is an operator.

    >>> match('refund "not working" NOT')
    '"refund" "not working" "NOT"'
    >>> match("***")
    ''
    """
    pieces = [next(one for one in found if one) for found in _PIECE.findall(query[:500])]
    words = [one for one in pieces if _WORD.search(one)][:MOST_WORDS]
    return " ".join(f'"{one.replace(chr(34), " ").strip()}"' for one in words)


def write(home: Path, month: int, rows: pa.Table, gone: Mapping[str, Sequence[int]], version: int) -> None:
    """Put the readings of a month in, in place of what is there of tickets that are ``gone`` (keys by helpdesk)."""
    with _opened(home) as con, con:
        for source, keys in gone.items():
            _remove(con, month, source, keys)
        _add(con, rows)
        _note(con, version)


def rebuild(home: Path) -> None:
    """Make the index anew from the table, part by part."""
    path = home / table.FOLDER / FILE
    for one in (path, *(path.with_name(f"{FILE}{end}") for end in ("-wal", "-shm"))):
        one.unlink(missing_ok=True)
    found = table.store(home)
    number = table.version(home)
    if number is None:
        return
    with _opened(home) as con:
        for part in found.batches(table.NAME, number):
            with con:
                _add(con, part)
        with con:
            _note(con, number)


def squeeze(home: Path) -> None:
    """Leave nothing of removed rows in the file."""
    if (home / table.FOLDER / FILE).is_file():
        with _opened(home) as con:
            with con:
                con.execute("INSERT INTO words(words) VALUES ('optimize')")
            con.execute("VACUUM")
            con.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def version(home: Path) -> int | None:
    """Which version of the table the index holds; None where there is no index."""
    if not (home / table.FOLDER / FILE).is_file():
        return None
    with _reading(home) as con:
        found = con.execute("SELECT value FROM state WHERE name = 'version'").fetchone()
    return int(found[0]) if found else None


def state(home: Path) -> dict[str, str]:
    """What is noted beside the index: the version of the table, the publication that was read, and up to when."""
    if not (home / table.FOLDER / FILE).is_file():
        return {}
    with _reading(home) as con:
        return dict(con.execute("SELECT name, value FROM state"))


def note(home: Path, values: Mapping[str, str]) -> None:
    """Note something beside the index."""
    with _opened(home) as con, con:
        con.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", list(values.items()))


def search(home: Path, wanted: Wanted, most: int) -> Iterator[list[Hit]]:
    """Messages that are wanted, the newest first, some hundred at a time and no more than ``most``."""
    if version(home) is None:
        return
    with _reading(home) as con:
        rows = con.execute(*_query(wanted, most))
        while some := rows.fetchmany(300):
            yield [Hit(*one) for one in some]


def languages(home: Path) -> list[str]:
    """The languages that occur."""
    if version(home) is None:
        return []
    with _reading(home) as con:
        rows = con.execute(
            "SELECT language, count(*) FROM message WHERE language IS NOT NULL GROUP BY 1 ORDER BY 2 DESC LIMIT 40"
        )
        return sorted(one for one, _ in rows)


def _query(wanted: Wanted, most: int) -> tuple[str, list[Any]]:
    conditions: list[str] = ["1"]
    given: list[Any] = []
    text = "''"
    source = "message AS m"
    if wanted.match:
        text = "snippet(words, 0, char(2), char(3), '…', 24)"
        source = "words JOIN message AS m ON m.id = words.rowid"
        conditions.append("words MATCH ?")
        given.append(wanted.match)
    else:
        text = "substr(w.text, 1, 200)"
        source = "message AS m JOIN words AS w ON w.rowid = m.id"
    for column, values in (("kind", wanted.kinds), ("language", wanted.languages)):
        if values:
            conditions.append(f"m.{column} IN ({', '.join('?' * len(values))})")
            given += values
    for condition, value in (("m.sent_at >= ?", wanted.since), ("m.sent_at < ?", wanted.until),
                             ("m.unhappy >= ?", wanted.unhappy)):  # fmt: skip
        if value is not None:
            conditions.append(condition)
            given.append(value)
    for column, names in (("absent", wanted.missing), ("present", wanted.present)):
        if names:
            conditions.append(f"m.{column} & ? = ?")
            given += [_mask(names)] * 2
    if wanted.promised:
        conditions.append("m.promised > 0")
    columns = "m.source, m.ticket, m.ticket_key, m.message, m.kind, m.sent_at, m.language"
    order = "m.sent_at DESC, m.id DESC"
    # Columns and conditions are words of this module; everything from outside is a parameter.
    return f"SELECT {columns}, {text} FROM {source} WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT ?", [
        *given,
        most,
    ]


def _mask(names: Iterable[str]) -> int:
    return sum([_BITS[name] for name in {*names}])


def _remove(con: sqlite3.Connection, month: int, source: str, gone: Sequence[int]) -> None:
    con.execute("CREATE TEMP TABLE IF NOT EXISTS leaving (key INTEGER)")
    ids = "SELECT m.id FROM leaving AS l JOIN message AS m ON m.ticket_key = l.key AND m.month = ? AND m.source = ?"
    for start in range(0, len(gone), _AT_ONCE):
        con.execute("DELETE FROM leaving")
        con.executemany("INSERT INTO leaving VALUES (?)", [(int(one),) for one in gone[start : start + _AT_ONCE]])
        for name, column in (("words", "rowid"), ("message", "id")):
            con.execute(f"DELETE FROM {name} WHERE {column} IN ({ids})", (month, source))


def _add(con: sqlite3.Connection, rows: pa.Table) -> None:
    last = con.execute("SELECT coalesce(max(id), 0) FROM message").fetchone()[0]
    for batch in rows.to_batches(max_chunksize=_AT_ONCE):
        some = batch.to_pylist()
        con.executemany(
            "INSERT INTO message VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            [
                (
                    last + place, one["source_id"], one["ticket_id"], one["ticket_key"], one["external_id"],
                    one["kind"], one["is_public"], int(one["sent_at"].timestamp()), one["language"], one["unhappy"],
                    _mask(one["present"]), _mask(one["absent"]), one["promises"].count('"due"'), one["begun_month"],
                )
                for place, one in enumerate(some, 1)
            ],
        )  # fmt: skip
        con.executemany("INSERT INTO words(rowid, text) VALUES (?, ?)",
                        [(last + place, one["masked"]) for place, one in enumerate(some, 1)])  # fmt: skip
        last += len(some)


def _note(con: sqlite3.Connection, number: int) -> None:
    con.execute("INSERT OR REPLACE INTO state VALUES ('version', ?)", [str(number)])


@contextmanager
def _opened(home: Path) -> Iterator[sqlite3.Connection]:
    """For the one who writes; readers see the state before until the end."""
    with closing(sqlite3.connect(home / table.FOLDER / FILE, timeout=60)) as con:
        con.execute("PRAGMA journal_mode = WAL")
        con.execute("PRAGMA secure_delete = ON")
        con.execute("PRAGMA cache_size = -32000")
        con.executescript(_SHAPE)
        yield con


@contextmanager
def _reading(home: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{home / table.FOLDER / FILE}?mode=ro", uri=True, timeout=30)) as con:
        con.execute("PRAGMA cache_size = -16000")
        yield con
