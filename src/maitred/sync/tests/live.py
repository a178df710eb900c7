"""What the tests of live reading share: an account at a double, a sync in the double's own time, hashes to compare."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from maitred.base.egress import allowed
from maitred.canon.tables import BOOKKEEPING, TABLES
from maitred.connectors.doubling import Answer, Double
from maitred.connectors.freshdesk.double import KEY, Freshdesk
from maitred.connectors.live import Account
from maitred.connectors.salesforce.double import CLIENT, SECRET, Salesforce
from maitred.connectors.zendesk.double import EMAIL, TOKEN, Zendesk
from maitred.sync import publications
from maitred.sync.engine import Load, Outcome, sync
from maitred.sync.opening import opened
from maitred.sync.verifying import table_hash
from maitred.sync.workspace import Workspace, canonical_specs, create


def account_at(double: Double, vendor: str, credentials: Mapping[str, str], **more: Any) -> Account:
    """An account at a double on loopback, as an administrator would allow it."""
    entry = allowed("127.0.0.1", "127.0.0.0/8", (urlsplit(double.url).port or 0,))
    return Account(vendor, vendor, double.url, credentials, allow=(entry,), **more)


def published(workspace: Workspace, load: Load) -> int | None:
    """Load and publish the canonical tables, without the facts that follow from them."""
    with workspace.writing("a test"):
        last = workspace.publication()
        _, loaded = load(workspace)
        if last is not None and not loaded.tables:
            workspace.ledger.settle()
            return last.number
        tables, rows = {}, {}
        for name in workspace.store.specs:
            if workspace.store.exists(name):
                table = workspace.store.table(name)
                tables[name] = int(table.version())
                rows[name] = sum(file.rows for file in workspace.store.files(table))
        return publications.publish(workspace.publications, workspace.ledger, tables, rows, {}).number


@dataclass
class Reader:
    """A workspace that reads one account, in the account's own time."""

    home: Path
    account: Account
    double: Double
    opening: dict[str, Any] = field(default_factory=dict)
    publish: Callable[[Workspace, Load], int | None] = published

    def __post_init__(self) -> None:
        create(self.home)
        self.workspace = Workspace(self.home, canonical_specs())

    def sync(self, **options: Any) -> Outcome:
        """One run; waits pass in the double's time."""
        words = {"pause": self.double.clock.advance, "now": lambda: self.double.clock.now().timestamp(), **self.opening}
        with opened(self.workspace, self.account, **words) as (connector, account, api):
            return sync(self.workspace, connector, account, api, publish=self.publish, **options)

    def until_complete(self, tries: int = 12, **options: Any) -> list[Outcome]:
        """Runs until one is complete, a minute apart."""
        outcomes = []
        for _ in range(tries):
            outcomes.append(self.sync(**options))
            if outcomes[-1].complete:
                break
            self.double.clock.advance(60)
        return outcomes

    def hash(self) -> dict[str, str]:
        """The hash of each published canonical table that has rows."""
        publication = self.workspace.publication()
        if publication is None:
            return {}
        found = {}
        for name in sorted(set(TABLES) & set(publication.tables)):
            if publication.rows[name]:
                found[name] = table_hash(self.workspace, publication, name)
        return found

    def digest(self) -> str:
        """One hash of everything published."""
        return hashlib.sha256(repr(sorted(self.hash().items())).encode()).hexdigest()

    def rows(self, table: str, columns: list[str]) -> list[dict[str, Any]]:
        """Columns of a published table."""
        publication = self.workspace.publication()
        assert publication is not None
        if table not in publication.tables:
            return []
        found: list[dict[str, Any]] = self.workspace.store.scan(table, publication.tables[table], columns).to_pylist()
        return found

    def facts(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Every published row by table and id, without what only says how it was loaded."""
        publication = self.workspace.publication()
        tables = publication.tables if publication else {}
        return {
            name: {row["external_id"]: row for row in self.rows(name, _content(name))}
            for name in sorted(set(TABLES) & set(tables))
        }

    def close(self) -> None:
        self.workspace.close()


def _content(table: str) -> list[str]:
    names = TABLES[table].schema.names
    return [one for one in names if one not in BOOKKEEPING and one != TABLES[table].partition]


# ---------------------------------------------------------------- one word for each helpdesk


@dataclass(frozen=True)
class Desk:
    """A helpdesk's double and where its requests go: for tests that are the same for each.

    Attributes
    ----------
    make
        The double; takes what its class takes.
    credentials
        What its account signs in with.
    tickets, stream
        Where tickets are asked for, and the stream of them.
    listed
        A stream that nothing else needs, and where it is asked for.
    usual
        How the double of the matrix is made.
    """

    vendor: str
    make: Callable[..., Double]
    credentials: Mapping[str, str]
    tickets: str
    stream: str
    listed: tuple[str, str]
    usual: Mapping[str, Any]


BASE = "/services/data/v65.0"
DESKS = {
    "zendesk": Desk(
        *("zendesk", Zendesk, {"email": EMAIL, "token": TOKEN}, "/api/v2/incremental/tickets", "tickets"),
        ("macros", "/api/v2/macros"),
        {"tickets": 24, "page": 10, "service_levels": False},
    ),
    "freshdesk": Desk(
        *("freshdesk", Freshdesk, {"key": KEY}, "/api/v2/tickets", "tickets"),
        ("products", "/api/v2/products"),
        {"tickets": 24, "export": "on"},
    ),
    "salesforce": Desk(
        *("salesforce", Salesforce, {"client_id": CLIENT, "client_secret": SECRET}, f"{BASE}/queryAll", "Case"),
        ("CaseComment", f"{BASE}/queryAll"),
        {"tickets": 20, "page": 9},
    ),
}
VENDORS = tuple(DESKS)


@contextmanager
def desk_of(vendor: str, **words: Any) -> Iterator[Double]:
    """The usual double of a helpdesk; ``words`` change it."""
    desk = DESKS[vendor]
    with desk.make(**{**desk.usual, **words}) as double:
        yield double


def reader_of(vendor: str, double: Double, home: Path, **more: Any) -> Reader:
    """A workspace that reads the double's account."""
    return Reader(home, account_at(double, vendor, DESKS[vendor].credentials, **more), double)


def stirred(vendor: str, double: Double) -> None:
    """What happens at an account between two syncs, the same each time; two minutes pass."""
    for change in _STIRS[vendor](double):
        double.mutate(change)
    double.clock.advance(120)


def _zendesk_stir(double: Any) -> list[dict[str, Any]]:
    return [
        {"op": "edit", "ticket": 3, "values": {"priority": "urgent", "tags": ["vip"]}, "note": "Noted"},
        {"op": "create", "values": {"priority": "low"}},
        {"op": "delete", "ticket": 7},
        {"op": "merge", "ticket": 9, "into": 10},
        {"op": "rate", "ticket": 12, "score": "bad", "comment": "Slow"},
    ]


def _freshdesk_stir(double: Any) -> list[dict[str, Any]]:
    return [
        {"op": "edit", "ticket": 3, "values": {"priority": 4, "tags": ["vip"]}},
        {"op": "create"},
        {"op": "delete", "ticket": 7},
        {"op": "reply", "ticket": 9, "by": "customer", "text": "And now?"},
        {"op": "rate", "ticket": 12, "score": -103},
    ]


def _salesforce_stir(double: Any) -> list[dict[str, Any]]:
    cases = cases_of(double)
    return [
        {"op": "edit", "case": cases[2], "values": {"Priority": "Critical", "Status": "On Hold"}},
        {"op": "create"},
        {"op": "delete", "case": cases[6]},
        {"op": "comment", "case": cases[11], "text": "Looked at again"},
    ]


_STIRS: dict[str, Callable[[Any], list[dict[str, Any]]]] = {
    "zendesk": _zendesk_stir,
    "freshdesk": _freshdesk_stir,
    "salesforce": _salesforce_stir,
}


def cases_of(double: Any) -> list[str]:
    """Ids of the cases of a fake Salesforce, oldest first."""
    return list(double.organisation.rows["Case"])


# ---------------------------------------------------------------- workspaces that were read before


_KEPT = tempfile.TemporaryDirectory(prefix="maitred-live-")


@cache
def _read_before(vendor: str) -> tuple[Path, float]:
    """A workspace that read the usual account whole, and how many seconds of the account's time that took."""
    home = Path(_KEPT.name) / vendor
    with desk_of(vendor) as double:
        begun = double.clock.now()
        reader = reader_of(vendor, double, home)
        assert reader.sync().complete
        reader.close()
        return home, (double.clock.now() - begun).total_seconds() + 60


@contextmanager
def resumed(vendor: str, home: Path, **words: Any) -> Iterator[Reader]:
    """A workspace that has read the usual account once, and the account as it was then, a minute later."""
    before, seconds = _read_before(vendor)
    shutil.copytree(before, home)
    with desk_of(vendor, **words) as double:
        double.clock.advance(seconds)
        reader = reader_of(vendor, double, home)
        try:
            yield reader
        finally:
            reader.close()


@cache
def stirred_digest(vendor: str) -> str:
    """The hash of one clean sync, from nothing, of the usual account after what ``stirred`` does to it."""
    _, seconds = _read_before(vendor)
    with desk_of(vendor) as double, tempfile.TemporaryDirectory() as folder:
        double.clock.advance(seconds)
        stirred(vendor, double)
        return clean(vendor, double, Path(folder) / "clean").digest()


def clean(vendor: str, double: Double, home: Path, **more: Any) -> Reader:
    """Another workspace after one clean sync of what the account holds now; closed, yet to be read."""
    kept, double.faults = double.faults, []
    other = reader_of(vendor, double, home, **more)
    outcome = other.sync()
    double.faults = kept
    assert outcome.complete, [outcome.refusal, *((each.stream, each.reason) for each in outcome.streams if each.reason)]
    return other


# ---------------------------------------------------------------- what has to hold after every run


def differences(mine: Reader, other: Reader) -> list[str]:
    """In what a workspace differs from one clean sync of the same state; empty where it holds the same.

    Left out is what nobody can know who did not look before: differences of states, what such states proved, and rows
    that were taken for gone because the helpdesk no longer had them, with what hangs on them.
    """
    found: list[str] = []
    ours, theirs = mine.facts(), other.facts()
    gone = {key for key, row in ours.get("tickets", {}).items() if row["deleted_at"]}
    for table in sorted({*ours, *theirs}):
        left, right = ours.get(table, {}), theirs.get(table, {})
        found += [f"{table} {key} is missing" for key in right if key not in left]
        for key, row in left.items():
            if key not in right:
                if not _seen_before(table, key, row, gone):
                    found.append(f"{table} {key} is too much: {row}")
            elif row != right[key]:
                names = [name for name in row if row[name] != right[key][name]]
                if table == "tickets" and key in gone and names == ["deleted_at"]:
                    continue  # said to be gone for good by both; a reconcile found it missing, too
                found.append(f"{table} {key}: " + "; ".join(f"{n} {row[n]!r} for {right[key][n]!r}" for n in names))
    return found


def _seen_before(table: str, key: str, row: Mapping[str, Any], gone: set[str]) -> bool:
    """Whether a row may be there though a clean sync has none such."""
    if table == "tombstones":
        return key.removeprefix("tickets:") in gone
    told = row.get("provenance") in ("snapshot_diff", "derived")
    return bool(row["deleted_at"]) or told or row.get("ticket_id") in gone or key in gone


def same(mine: Reader, other: Reader) -> None:
    """Assert that a workspace holds what a clean sync holds; the other one is closed."""
    try:
        found = differences(mine, other) if mine.digest() != other.digest() else []
        if found:
            raise AssertionError(f"{len(found)} differences: " + "\n".join(found[:12]))
    finally:
        other.close()


def sound(reader: Reader, outcomes: list[Outcome], said: str = "", *, skewed: bool = False) -> None:
    """Assert of a workspace what has to hold after any run; ``said`` is what was logged meanwhile.
    Where the helpdesk's own clock was ``skewed``, marks that follow it may go back.

    What was landed adds up (I2), cursors were not moved back (I3), what was set aside says why (I5), no secret is in
    landing or ledger (I6), no request came inside a pause (I7), what was left incomplete has a name and a reason (I9).
    """
    db = sqlite3.connect(reader.home / "maitred.db")
    try:
        odd = db.execute(
            "SELECT stream, row_count, rows_loaded, rows_superseded, rows_quarantined FROM sync_page "
            "WHERE loaded = 1 AND row_count <> rows_loaded + rows_superseded + rows_quarantined"
        ).fetchall()
        assert odd == []
        for row in db.execute("SELECT code, field, message, file FROM sync_quarantine"):
            assert all(row), row
        assert skewed or moved_back(db) == []
        text = "\n".join(db.iterdump())
    finally:
        db.close()
    for secret in secrets_of(reader):
        assert secret not in text + said, "a secret is in the ledger, or was logged"
    assert reader.double.violations == []
    for outcome in outcomes:
        told = [each.stream for each in outcome.streams if not each.complete and not each.reason]
        assert told == [] and (outcome.complete or outcome.refusal or any(not one.complete for one in outcome.streams))
        assert not any(secret in repr(outcome.as_json()) for secret in secrets_of(reader))
    for page in (reader.home / "landing").rglob("*.zst"):
        body = _unpacked(page)
        assert not any(secret.encode() in body for secret in secrets_of(reader)), page


def _unpacked(page: Path) -> bytes:
    import zstandard

    return bytes(zstandard.ZstdDecompressor().decompress(page.read_bytes()))


def secrets_of(reader: Reader) -> list[str]:
    """Credentials that must be nowhere."""
    return [value for name, value in reader.account.credentials.items() if name not in ("email", "client_id", "user")]


_STAMPED = ("start", "after", "at", "mark", "since", "day", "deleted", "marks")
"""Parts of a cursor that only ever grow."""


def moved_back(db: sqlite3.Connection) -> list[str]:
    """Cursors of ``sync_fetch`` that were moved back in one stream, but where a gap tells of it."""
    told = {
        row[0] for row in db.execute("SELECT stream FROM sync_gap WHERE message LIKE '%future%' OR kind = 'rejected'")
    }
    last: dict[tuple[str, str], str] = {}
    ends: dict[str, str] = {}
    found = []
    rows = db.execute("SELECT stream, cursor_before, cursor_after FROM sync_fetch ORDER BY number").fetchall()
    for stream, before, after in rows:
        if before is None or before != ends.get(stream, before):  # forgotten on purpose, or put by a test
            last = {key: value for key, value in last.items() if key[0] != stream}
        ends[stream] = after
        for name, value in _parts(json.loads(after)):
            known = last.get((stream, name))
            if known is not None and value < known and stream not in told:
                found.append(f"{stream}: {name} from {known} to {value}")
            last[stream, name] = value
    return found


def _parts(cursor: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _STAMPED:
        value = cursor.get(name)
        if isinstance(value, Mapping):
            yield from ((f"{name}.{key}", str(one)) for key, one in value.items())
        elif value is not None:
            yield name, _place(str(value))


def _place(text: str) -> str:
    """A part of a cursor as text that sorts: numbers filled up, Zendesk's cursors read as their place."""
    if re.fullmatch(r"\d+", text):
        return text.zfill(24)
    try:
        return base64.b64decode(text, validate=True).decode().partition("|")[0].zfill(24)
    except ValueError:
        return text


# ---------------------------------------------------------------- answers that are spoilt on their way

Spoil = Callable[[str, Mapping[str, str], Any, Answer], Answer]
"""From path, query and body of an answer to what is sent instead."""


def spoilt(double: Double, at: str, how: Spoil) -> None:
    """Change the double's good answers to requests whose path begins like this, from now on."""
    original = double._handled

    def handled(method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> Answer:
        answer = original(method, path, query, headers, body)
        if not path.startswith(at) or answer.status != 200:
            return answer
        told = json.loads(answer.body) if isinstance(answer.body, bytes | str) else answer.body
        return how(path, query, copy.deepcopy(told), answer)

    double._handled = handled  # type: ignore[method-assign]


def altered(double: Double, at: str, identity: Any, change: Callable[[dict[str, Any]], None]) -> None:
    """Change one record in every answer that has it, from now on; ``identity`` is its ``id`` or ``Id``."""

    def alter(path: str, query: Mapping[str, str], body: Any, answer: Answer) -> Answer:
        for record in _records(body):
            if identity in (record.get("id"), record.get("Id")):
                change(record)
        return Answer(answer.status, body, answer.headers)

    spoilt(double, at, alter)


def _records(body: Any) -> Iterator[dict[str, Any]]:
    """Every object in a list of the body, or the body's own one."""
    lists = [body] if isinstance(body, list) else [one for one in body.values() if isinstance(one, list)]
    yield from (one for some in lists for one in some if isinstance(one, dict))
    if isinstance(body, dict):
        yield body
        yield from (one for one in body.values() if isinstance(one, dict))
