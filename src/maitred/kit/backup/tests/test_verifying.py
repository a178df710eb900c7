"""``maitred verify`` looks at everything and names the first thing that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from maitred.kit.backup.backing import backup
from maitred.kit.backup.restoring import restore
from maitred.kit.backup.tests.support import used
from maitred.kit.backup.verifying import verify


def done(*statements: str) -> Callable[[Path], None]:
    def do(home: Path) -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys=OFF")
            for one in statements:
                cursor.execute(one)

    return do


def drop_a_file(home: Path) -> None:
    next((home / "warehouse" / "tickets").rglob("*.parquet")).unlink()


def forget_the_keys(home: Path) -> None:
    (home / "keys").rename(home.parent / "keys")


def test_a_workspace_as_it_should_be_has_only_notices(home: Path) -> None:
    with used(home):
        checks = verify(home)
    told = {check.check: check for check in checks}
    assert all(check.ok for check in checks), [check for check in checks if not check.ok]
    assert "no backup yet" in told["backup"].detail
    assert {"ledger", "landing", "files", "database", "references", "audit chain", "sealed values"} <= told.keys()
    assert int(told["sealed values"].detail.split()[0]) > 3


def test_the_last_backup_is_named(home: Path, tmp_path: Path) -> None:
    with used(home):
        backup(home, tmp_path / "friday.maitred")
        assert "friday.maitred" in next(check.detail for check in verify(home) if check.check == "backup")


@pytest.mark.parametrize(
    ("harm", "check", "first"),
    [
        (done("UPDATE people_membership SET team_id = 99"), "references", "people_membership"),
        (done("UPDATE secrets_stored SET sealed = replace(sealed, 'v1|', 'v2|')"), "sealed values", "secrets_stored 1"),
        (
            done("UPDATE secrets_stored SET sealed = (SELECT sealed FROM secrets_stored WHERE id = 2) WHERE id = 1"),
            "sealed values",
            "secrets_stored 1",
        ),
        (done("DROP TABLE people_group_link"), "database", "people_group_link"),
        (done("DELETE FROM django_migrations WHERE app = 'people'"), "database", "people.0001_initial"),
        (
            done("DROP TRIGGER audit_row_no_update", "UPDATE audit_row SET actor = 'x' WHERE seq = 2"),
            "audit chain",
            "2",
        ),
        (drop_a_file, "files", "warehouse/tickets/"),
        (forget_the_keys, "sealed values", "keys"),
    ],
    ids=["reference", "unsealed", "swapped seal", "table", "migration", "audit", "file", "keys"],
)
def test_what_is_wrong_is_named(home: Path, harm: Callable[[Path], None], check: str, first: str) -> None:
    with used(home):
        harm(home)
        found = next(one for one in verify(home) if one.check == check)
    assert not found.ok
    assert found.first_bad.startswith(first)


@pytest.mark.slow
def test_what_was_broken_before_the_backup_comes_back_only_when_it_is_accepted(home: Path, tmp_path: Path) -> None:
    with used(home):
        done("UPDATE people_membership SET team_id = 99")(home)
        backup(home, tmp_path / "all.maitred")
    with pytest.raises(Exception, match="does not verify: references") as caught:
        restore(tmp_path / "all.maitred", tmp_path / "back")
    assert "--accept" in str(caught.value)
    report = restore(tmp_path / "all.maitred", tmp_path / "back", accept=frozenset({"references"}))
    assert any(notice.startswith("accepted: references") for notice in report.notices)
