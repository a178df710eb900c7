"""The scan for card numbers: every store is read, every planted number is told by place alone, the number nowhere."""

from __future__ import annotations

import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from maitred.base.errors import Denied, NotFound
from maitred.desks.compliance.models import Scan, ScanFinding
from maitred.desks.compliance.scanning.doing import do_scan, keep, look
from maitred.desks.compliance.tests.conftest import Ask, new
from maitred.desks.compliance.verbs.scanning import shown
from maitred.kit.audit.models import AuditRow
from maitred.kit.jobs.models import Job
from maitred.kit.verbs.results import plain
from maitred.people.tests.floor import ROOT, Floor

CARD, OTHER = "4111 1111 1111 1111", "5555-5555-5555-4444"
TEXT = f"Please charge my card {CARD}, cvv 123"


@pytest.fixture
def home(house: Floor, tmp_path: Path) -> Path:
    """Every store with a number in it, and one of everything without."""
    home = tmp_path / "home"
    for folder in ("warehouse/messages/_delta_log", "landing/demo/comments", "logs", "exports", "search", "media",
                   "backups", "keys", "static"):  # fmt: skip
        (home / folder).mkdir(parents=True)
    pq.write_table(pa.table({"body_text": ["hello", TEXT, None], "n": [1, 2, 3]}),
                   home / "warehouse/messages/part-1.parquet")  # fmt: skip
    pq.write_table(pa.table({"body_text": ["order 4111111111111112"] * 5}), home / "warehouse/messages/part-2.parquet")
    stats = json.dumps({"add": {"stats": json.dumps({"maxValues": {"body_text": TEXT}})}})
    (home / "warehouse/messages/_delta_log/0.json").write_text(stats)
    lines = b"".join(json.dumps({"id": n, "body": TEXT if n == 700 else "fine"}).encode() + b"\n" for n in range(900))
    (home / "landing/demo/comments/a.jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(lines))
    (home / "logs/console.log").write_text("x" * 8_150 + f" card {CARD} " + "y" * 20_000)
    (home / "exports/messages.csv.gz").write_bytes(gzip.compress(f"id,text\n1,card {OTHER}\n".encode()))
    (home / "search/terms.bin").write_bytes(b"\x00\xff" * 50 + f"card {CARD}".encode() + b"\x00" * 50)
    (home / f"media/card {OTHER}.png").write_bytes(b"\x89PNG")
    (home / "backups/index.json").write_text(json.dumps({"names": [f"card {CARD}.pdf"]}))
    for quiet in ("keys/a.key", "static/app.js"):
        (home / quiet).write_text(f"card {CARD}")
    with sqlite3.connect(home / "other.db") as base:
        base.execute("create table t (text)")
        base.execute("insert into t values (?)", [TEXT])
    base.close()
    return home


def test_every_store_is_read_and_no_finding_holds_a_number(home: Path, settings: Any, ask: Ask) -> None:
    new(ask, description=TEXT)
    settings.MAITRED_HOME = home
    row = keep(ROOT, None, "all")
    told = shown(row)
    stores = {one.store for one in told.findings}
    assert stores == {"tables", "landing", "logs", "exports", "indexes", "media", "backups", "database"}
    assert {one.place for one in told.findings if one.store == "database"} == {"compliance_complaint", "other.db"}
    kinds = {(one.place, one.kind) for one in told.findings}
    assert ("warehouse/messages/part-1.parquet", "card") in kinds
    assert ("warehouse/messages/part-1.parquet", "security_code") in kinds
    assert not [one for one in told.findings if "part-2" in one.place or one.place.startswith(("keys", "static"))]
    places = {one.place: one for one in told.findings if one.kind == "card"}
    assert places["warehouse/messages/part-1.parquet"].record == "row 2"
    assert places["landing/demo/comments/a.jsonl.zst"].record == "line 701"
    assert places["landing/demo/comments/a.jsonl.zst"].masked == "•••• 1111"
    everything = json.dumps(plain(told)) + str(list(ScanFinding._base_manager.values()))
    everything += str(list(AuditRow._base_manager.filter(verb="compliance.scan").values()))
    digits = "".join(sign for sign in everything if sign.isdigit() or sign == '"')
    assert CARD not in everything and OTHER not in everything and "411111111111" not in digits
    assert told.scan.found >= 10 and not [one for one in told.scan.unread if "/" in one] and told.scan.detector


def test_a_number_on_the_border_of_two_pieces_is_found_once(tmp_path: Path, db: None) -> None:
    for gap in range(7_900, 8_200, 17):
        folder = tmp_path / str(gap)
        folder.mkdir()
        (folder / "a.txt").write_text("z" * gap + f" card {CARD} " + "z" * 9_000)
        found = look(folder, "other")
        assert [hit.kind for _store, _place, hit in found.hits] == ["card"], gap


def test_a_damaged_file_is_named_and_the_scan_goes_on(tmp_path: Path, db: None) -> None:
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse/bad.parquet").write_bytes(b"PAR1 no")
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing/bad.jsonl.zst").write_bytes(b"\x28\xb5\x2f\xfd no")
    (tmp_path / "a.txt").write_text(f"card {CARD}")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    found = look(tmp_path, "all")
    assert (
        len([one for one in found.unread if "bad." in one]) == 2
        and found.count == 1
        and all(CARD not in one for one in found.unread)
    )


def test_a_scan_is_asked_for_by_the_privacy_grant_and_done_once_by_the_worker(
    ask: Ask, settings: Any, home: Path
) -> None:
    with pytest.raises(Denied):
        ask("auditor", "compliance.scan")
    asked = ask("privacy", "compliance.scan", store="logs")
    assert asked.state == "asked" and Job._base_manager.filter(kind="compliance.scan").count() == 1
    settings.MAITRED_HOME = home
    done = do_scan(ROOT, asked.id, lambda: None)
    assert done is not None and done.state == "done" and do_scan(ROOT, asked.id, lambda: None) is None
    assert Scan._base_manager.count() == 1
    seen = ask("auditor", "compliance.show_scan", scan=asked.id)
    assert [one.place for one in seen.findings] == ["logs/console.log"]
    with pytest.raises(NotFound):
        ask("manager", "compliance.show_scan", scan=asked.id)
    assert ask("manager", "compliance.scans").scans == ()
