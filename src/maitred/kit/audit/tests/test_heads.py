"""Signed heads: made when there is something to sign, kept in two places that no crash parts, checkable by others."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction

from maitred.kit.access.actor import operator
from maitred.kit.audit import deeds, heads, tail, triggers, verifying
from maitred.kit.audit.log import append
from maitred.kit.audit.models import AuditHead
from maitred.kit.audit.tests.databases import COMMITS
from maitred.kit.secrets.installation import keyring
from maitred.kit.secrets.keyring import Purpose

pytestmark = COMMITS


def work(count: int) -> None:
    for number in range(count):
        with deeds.deed(operator("ana"), f"test.{number % 2}"):
            deeds.note("move", "piece", number)


def lines(home: Path) -> list[str]:
    path = home / "audit" / heads.FILE
    return path.read_text().splitlines() if path.is_file() else []


def bad(home: Path) -> list[str]:
    return [one.check for one in verifying.verify_chain(home) if not one.ok]


def test_an_empty_log_is_whole_and_has_no_head(home: Path) -> None:
    assert heads.sign_head() is None
    checks = verifying.verify_chain(home)
    assert all(one.ok for one in checks)
    assert "no signed head yet" in [one.detail for one in checks]


def test_a_head_counts_by_verb_and_is_not_made_twice_over_the_same_row(home: Path) -> None:
    work(5)
    made = heads.sign_head()
    again = heads.sign_head()
    assert made is not None
    assert again == made
    assert json.loads(made.counts) == {"test.0": 3, "test.1": 2}
    assert len(lines(home)) == 1
    work(1)
    heads.sign_head()
    assert [json.loads(line)["seq"] for line in lines(home)] == [5, 6]
    assert bad(home) == []


def test_an_auditor_can_check_a_line_with_the_public_key_alone(home: Path) -> None:
    work(2)
    heads.sign_head()
    told = json.loads(lines(home)[0])
    signature = bytes.fromhex(told.pop("signature"))
    public = bytes.fromhex(heads.public_key(keyring()))
    Ed25519PublicKey.from_public_bytes(public).verify(signature, rfc8785.dumps(told))
    assert told["install"] == hashlib.sha256(public).hexdigest()[:32] == heads.install(keyring())


def test_a_head_whose_deed_fails_is_nowhere(home: Path) -> None:
    work(1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        heads.sign_head()
        raise ZeroDivisionError
    assert lines(home) == []
    assert not AuditHead._base_manager.exists()


def test_what_a_crash_kept_from_the_file_comes_with_the_next_head(home: Path) -> None:
    work(1)
    heads.sign_head()
    work(1)
    heads.sign_head()
    path = home / "audit" / heads.FILE
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert bad(home) == []
    work(1)
    heads.sign_head()
    assert path.read_bytes().startswith(whole)
    assert bad(home) == []


def test_one_head_that_is_only_in_the_table_is_no_finding_and_many_are(home: Path) -> None:
    for _ in range(4):
        work(1)
        heads.sign_head()
    path = home / "audit" / heads.FILE
    kept = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(kept[:-1]))
    assert bad(home) == []
    path.write_bytes(b"".join(kept[:-3]))
    assert bad(home) == ["audit head file"]


def test_heads_of_an_older_key_stay_good(home: Path) -> None:
    work(1)
    heads.sign_head()
    keyring().add(Purpose.HEADS)
    work(1)
    heads.sign_head()
    assert len({json.loads(line)["install"] for line in lines(home)}) == 2
    assert bad(home) == []


def test_many_batches_are_read_in_one_pass(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "_BATCH", 7)
    with transaction.atomic():
        for number in range(40):
            append(actor="os:ana", verb="test.many", object_type="piece", object_id=str(number))
    heads.sign_head()
    assert next(one for one in verifying.verify_chain(home) if one.check == "audit chain").detail.startswith("40 rows")


def test_the_mark_is_written_after_the_commit_and_a_torn_one_is_none(home: Path) -> None:
    with transaction.atomic():
        append(actor="os:ana", verb="test.mark")
        assert tail.marked(home) is None
    seen = tail.marked(home)
    assert seen is not None
    assert seen.seq == 1
    (home / "audit" / "tail").write_text("0000000")
    assert tail.marked(home) is None
    tail.mark(home / "nowhere", 1, "0" * 64)
    assert not (home / "nowhere").exists()


def test_triggers_come_back_after_they_were_lifted(home: Path) -> None:
    before = triggers.found()
    with triggers.lifted():
        assert not {name for name in triggers.found() if not name.startswith("function ")}
    assert triggers.found() == before
