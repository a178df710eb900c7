"""Every way we could think of to change the log behind the product's back; each is found, with the first bad row."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from maitred.kit.access.actor import operator
from maitred.kit.audit import deeds, heads, sealing, triggers
from maitred.kit.audit.log import COLUMNS, digest
from maitred.kit.audit.models import AuditRow
from maitred.kit.audit.tests.databases import COMMITS, workspace
from maitred.kit.audit.verifying import verify_chain
from maitred.kit.secrets.keyring import Keyring, Purpose

pytestmark = COMMITS
ANA = operator("ana")


def work(first: int, last: int) -> None:
    """Some deeds, one row each."""
    for number in range(first, last + 1):
        with deeds.deed(ANA, "test.move" if number % 2 else "test.stay", reason=f"because of {number}"):
            deeds.note("move", "piece", number, to=number, words=sealing.keep("person:1", f"text {number}"))


def run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def row(seq: int) -> dict[str, Any]:
    names = (*COLUMNS, "hash")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM audit_row WHERE seq = %s", [seq])
        return dict(zip(names, cursor.fetchone(), strict=True))


def put(seq: int, **values: Any) -> None:
    run(f"UPDATE audit_row SET {', '.join(f'{name} = %s' for name in values)} WHERE seq = %s", *values.values(), seq)


def append_raw(values: dict[str, Any]) -> None:
    names = (*COLUMNS, "hash")
    run(
        f"INSERT INTO audit_row ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})",
        *(values[name] for name in names),
    )


def chained(seq: int) -> None:
    """Make the rows from ``seq`` on a chain again, as somebody would who knows how it is made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(seq) FROM audit_row")
        last = cursor.fetchone()[0]
    for number in range(seq, last + 1):
        changed = row(number)
        changed["prev"] = row(number - 1)["hash"] if number > 1 else "0" * 64
        put(number, prev=changed["prev"], hash=digest(changed))


def found(home: Path) -> dict[str, str]:
    """What ``verify`` finds wrong: name of the check and the first bad thing."""
    return {one.check: one.first_bad for one in verify_chain(home) if not one.ok}


EDITS: dict[str, Any] = {
    "at": "2020-01-01T00:00:00.000000+00:00",
    "actor": "os:eve",
    "on_behalf_of": "os:eve",
    "verb": "test.other",
    "object_type": "pawn",
    "object_id": "9",
    "diff": "[]",
    "reason": "",
    "request_id": "none",
    "account": 7,
    "prev": "1" * 64,
    "hash": "1" * 64,
}


@pytest.mark.parametrize("column", EDITS)
def test_an_edited_column_is_found_at_its_row(home: Path, column: str) -> None:
    work(1, 8)
    with triggers.lifted():
        put(5, **{column: EDITS[column]})
    assert found(home)["audit chain"] == "5"


def test_every_column_but_the_number_is_edited_above() -> None:
    assert {*EDITS} == {*COLUMNS, "hash"} - {"seq"}


def delete_middle() -> None:
    run("DELETE FROM audit_row WHERE seq = 4")


def delete_first() -> None:
    run("DELETE FROM audit_row WHERE seq = 1")


def delete_and_close_the_gap() -> None:
    run("DELETE FROM audit_row WHERE seq = 4")
    for seq in range(5, 11):
        run("UPDATE audit_row SET seq = %s WHERE seq = %s", seq - 1, seq)


def swap_two() -> None:
    run("UPDATE audit_row SET seq = 1000 WHERE seq = 4")
    run("UPDATE audit_row SET seq = 4 WHERE seq = 7")
    run("UPDATE audit_row SET seq = 7 WHERE seq = 1000")


def forge_one() -> None:
    forged = {**row(4), "actor": "os:eve"}
    put(4, actor="os:eve", hash=digest(forged))


def insert_forged() -> None:
    for seq in range(10, 4, -1):
        run("UPDATE audit_row SET seq = %s WHERE seq = %s", seq + 1, seq)
    forged = {**row(4), "seq": 5, "actor": "os:eve", "prev": row(4)["hash"]}
    append_raw({**forged, "hash": digest(forged)})


def recompute_everything() -> None:
    put(2, actor="os:eve")
    chained(1)


def recompute_from_the_middle() -> None:
    put(8, actor="os:eve")
    chained(8)


def cut_after_a_head() -> None:
    run("DELETE FROM audit_row WHERE seq > 8")


def duplicate_a_number() -> None:
    if connection.vendor == "sqlite":
        run("CREATE TABLE copy AS SELECT * FROM audit_row")
        run("DROP TABLE audit_row")
        run("ALTER TABLE copy RENAME TO audit_row")
        triggers.install()
        run("DROP TRIGGER audit_row_gapless")
    else:
        run("ALTER TABLE audit_row DROP CONSTRAINT audit_row_pkey")
    append_raw(row(6))


CASES: dict[str, tuple[Callable[[], None], str, str]] = {
    "middle row deleted": (delete_middle, "audit chain", "4"),
    "first row deleted": (delete_first, "audit chain", "1"),
    "deleted, gap closed": (delete_and_close_the_gap, "audit chain", "4"),
    "two rows swapped": (swap_two, "audit chain", "4"),
    "row forged, hash recomputed": (forge_one, "audit chain", "4"),
    "row inserted, hash recomputed": (insert_forged, "audit chain", "6"),
    "chain recomputed": (recompute_everything, "audit heads", "1"),
    "chain recomputed behind a good head": (recompute_from_the_middle, "audit heads", "6"),
    "tail cut after a head": (cut_after_a_head, "audit heads", "9"),
    "number twice": (duplicate_a_number, "audit chain", "6"),
}


@pytest.mark.parametrize("case", CASES)
def test_rows_changed_behind_our_back_are_found(home: Path, case: str) -> None:
    attack, check, first_bad = CASES[case]
    work(1, 5)
    heads.sign_head()
    work(6, 10)
    heads.sign_head()
    assert found(home) == {}
    triggers.lift()
    attack()
    if case != "number twice":
        triggers.install()
    assert found(home)[check] == first_bad


def test_a_tail_cut_between_heads_is_found_before_and_after_the_next_head(home: Path) -> None:
    work(1, 5)
    heads.sign_head()
    work(6, 10)
    with triggers.lifted():
        run("DELETE FROM audit_row WHERE seq > 8")
    assert found(home) == {"audit tail": "9"}
    heads.sign_head()
    assert found(home) == {"audit tail": "9"}


def test_an_older_copy_of_the_database_is_found(home: Path) -> None:
    work(1, 5)
    heads.sign_head()
    older = [row(seq) for seq in range(1, 6)]
    work(6, 10)
    heads.sign_head()
    with triggers.lifted():
        run("DELETE FROM audit_row")
        run("DELETE FROM audit_head WHERE seq > 5")
        for one in older:
            append_raw(one)
    assert found(home) == {"audit heads": "6", "audit head file": "10", "audit tail": "6"}


def drop_one() -> None:
    where = "" if connection.vendor == "sqlite" else " ON audit_row"
    run(f"DROP TRIGGER {'audit_row_no_update' if connection.vendor == 'sqlite' else 'audit_row_no_change'}{where}")


def weaken_one() -> None:
    if connection.vendor == "sqlite":
        run("DROP TRIGGER audit_row_no_delete")
        run("CREATE TRIGGER audit_row_no_delete BEFORE DELETE ON audit_row BEGIN SELECT 1; END")
    else:
        run(
            "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql "
            "AS $function$ BEGIN RETURN OLD; END $function$"
        )


def add_one() -> None:
    if connection.vendor == "sqlite":
        run("CREATE TRIGGER audit_more AFTER INSERT ON audit_row BEGIN DELETE FROM sqlite_sequence; END")
    else:
        run("CREATE TRIGGER audit_more BEFORE INSERT ON audit_row FOR EACH ROW EXECUTE FUNCTION audit_gapless()")


def switch_off() -> None:
    if connection.vendor == "sqlite":
        run("DROP TRIGGER audit_row_gapless")
    else:
        run("ALTER TABLE audit_row DISABLE TRIGGER USER")


@pytest.mark.parametrize("attack", [drop_one, weaken_one, add_one, switch_off])
def test_triggers_that_are_gone_weakened_or_new_are_found(home: Path, attack: Callable[[], None]) -> None:
    work(1, 2)
    attack()
    try:
        assert [*found(home)] == ["audit triggers"]
    finally:
        if connection.vendor == "postgresql":
            run("ALTER TABLE audit_row ENABLE TRIGGER USER")
            run("DROP TRIGGER IF EXISTS audit_more ON audit_row")
            triggers.install()


def _rewritten(home: Path, change: Callable[[list[str]], list[str]]) -> None:
    path = home / "audit" / heads.FILE
    path.write_text("".join(change(path.read_text().splitlines(keepends=True))))


FILES: dict[str, tuple[Callable[[list[str]], list[str]], dict[str, str]]] = {
    "hash edited": (
        lambda lines: [lines[0].replace('"seq":5', '"seq":4'), *lines[1:]],
        {"audit heads": "4", "audit head file": "4"},
    ),
    "line deleted": (lambda lines: lines[1:], {"audit head file": "5"}),
    "lines swapped": (lambda lines: [lines[1], lines[0], *lines[2:]], {"audit head file": "5"}),
    "line torn": (lambda lines: [lines[0][:40] + "\n", *lines[1:]], {"audit head file": "1"}),
    "line not a document": (lambda lines: ["null\n", *lines], {"audit head file": "1"}),
    "everything deleted": (lambda lines: [], {"audit head file": "5"}),
}


@pytest.mark.parametrize("case", FILES)
def test_a_changed_file_of_heads_is_found(home: Path, case: str) -> None:
    for last in (5, 10, 15):
        work(last - 4, last)
        heads.sign_head()
    change, wrong = FILES[case]
    _rewritten(home, change)
    assert found(home) == wrong


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("seq", 4),
        ("hash", "2" * 64),
        ("at", "x"),
        ("install", "0" * 32),
        ("counts", "{}"),
        ("signature", "00"),
        ("counts", "x"),
    ],
)
def test_a_changed_head_in_the_table_is_found(home: Path, column: str, value: Any) -> None:
    work(1, 5)
    heads.sign_head()
    with triggers.lifted():
        run(f"UPDATE audit_head SET {column} = %s", value)
    assert "audit head file" in found(home)


def test_heads_lost_from_the_table_are_found(home: Path) -> None:
    work(1, 5)
    heads.sign_head()
    with triggers.lifted():
        run("DELETE FROM audit_head")
    assert found(home) == {"audit head file": "5"}


def test_a_head_of_another_installation_is_found(home: Path, tmp_path: Path) -> None:
    work(1, 5)
    last = row(5)
    other = Keyring(tmp_path / "other")
    other.create()
    forged = heads._signed(AuditRow._base_manager.get(seq=last["seq"]), other.current(Purpose.HEADS))
    heads._stored(forged)
    heads.publish()
    assert found(home) == {"audit heads": "5"}


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="two databases in one process")
def test_a_log_swapped_with_that_of_another_workspace_is_found(home: Path, tmp_path: Path) -> None:
    work(1, 5)
    heads.sign_head()
    (tmp_path / "second").mkdir()
    ours = home / "operations.db"
    _other_workspace(tmp_path / "second")
    connection.close()
    for suffix in ("-wal", "-shm"):
        Path(f"{ours}{suffix}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "second" / "home" / "operations.db", ours)
    wrong = found(home)
    assert wrong["audit heads"] == "1"
    assert wrong["audit head file"] == "5"
    assert wrong["audit tail"] == "5"


def _other_workspace(folder: Path) -> None:
    """A whole log of its own, with keys of its own."""
    from django.conf import settings as site
    from django.test import override_settings

    keys = Keyring(folder / "made")
    keys.create()
    with workspace(folder, folder / "made") as other, override_settings(MAITRED_HOME=other):
        work(1, 7)
        heads.sign_head()
        assert found(Path(site.MAITRED_HOME)) == {}


def test_an_edited_or_missing_sealed_text_is_found_at_the_row_that_names_it(home: Path) -> None:
    work(1, 5)
    reference = json.loads(row(3)["diff"])[0]["values"]["words"]
    with triggers.lifted():
        run("UPDATE audit_text SET sealed = 'aa' || sealed WHERE id = %s", reference.split(":")[1])
    assert found(home) == {"audit texts": "3"}
    with triggers.lifted():
        run("DELETE FROM audit_text WHERE id = %s", row(2)["reason"].split(":")[1])
    assert found(home) == {"audit texts": "2"}


def test_an_erased_subject_is_no_finding(home: Path) -> None:
    work(1, 5)
    heads.sign_head()
    assert sealing.forget("person:1")
    assert found(home) == {}
    assert "5 of them erased" in next(one.detail for one in verify_chain(home) if one.check == "audit texts")


def test_a_subject_key_put_in_from_elsewhere_is_found(home: Path) -> None:
    work(1, 2)
    with triggers.lifted():
        run("UPDATE audit_subject_key SET sealed = 'v1|00000000|AAAA|AAAA'")
    assert [*found(home)] == ["audit keys of subjects"]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the table is needed again")
def test_a_log_that_is_gone_is_found(home: Path) -> None:
    work(1, 2)
    run("DROP TABLE audit_row")
    assert found(home) == {"audit chain": "1"}


def test_values_of_another_kind_are_found_and_do_not_stop_the_reading(home: Path) -> None:
    work(1, 5)
    if connection.vendor == "sqlite":
        with triggers.lifted():
            run("UPDATE audit_row SET actor = x'00ff' WHERE seq = 3")
            run("UPDATE audit_row SET seq = 'x' WHERE seq = 5")
        assert found(home)["audit chain"] == "3"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_row SET actor = 'x'",
        "DELETE FROM audit_row",
        "UPDATE audit_head SET at = 'x'",
        "DELETE FROM audit_head",
        "UPDATE audit_text SET sealed = 'x'",
        "DELETE FROM audit_text",
        "UPDATE audit_subject_key SET subject = 'x'",
        "UPDATE audit_subject_key SET sealed = sealed || 'x'",
        "INSERT INTO audit_row SELECT seq + 2, at, actor, on_behalf_of, verb, object_type, object_id, diff, reason, "
        "request_id, account, prev, hash FROM audit_row WHERE seq = 2",
        "REPLACE INTO audit_row SELECT * FROM audit_row WHERE seq = 1",
        "REPLACE INTO audit_head SELECT * FROM audit_head",
        "REPLACE INTO audit_text SELECT * FROM audit_text",
        "TRUNCATE audit_row",
        "TRUNCATE audit_head, audit_text",
    ],
)
def test_the_database_itself_refuses_changes(home: Path, statement: str) -> None:
    if statement.startswith("TRUNCATE" if connection.vendor == "sqlite" else "REPLACE"):
        pytest.skip("a statement of the other database")
    work(1, 2)
    heads.sign_head()
    with pytest.raises(Exception, match=r"only ever added|next number|only when the keys"), transaction.atomic():
        run(statement)
    assert found(home) == {}
