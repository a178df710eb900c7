"""Keys change while everybody works: nothing fails, nothing stays under the old key, also after a kill."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection

from maitred.base import clock
from maitred.base.errors import Conflict
from maitred.kit.access.actor import operator
from maitred.kit.audit import deeds, sealing
from maitred.kit.audit.models import AuditRow, SubjectKey
from maitred.kit.audit.tests import working
from maitred.kit.audit.tests.databases import COMMITS, environment
from maitred.kit.audit.tests.test_lost_updates import in_processes
from maitred.kit.audit.verifying import verify_chain
from maitred.kit.secrets import rotation, stored
from maitred.kit.secrets.installation import keyring
from maitred.kit.secrets.keyring import Keyring, KeysMissing, Purpose
from maitred.kit.secrets.models import StoredSecret
from maitred.kit.secrets.sealing import SealBroken, Secret, key_of, place, seal, unseal
from maitred.people.models import Account

pytestmark = COMMITS
ANA = operator("ana")


def put(*names: str) -> None:
    with deeds.deed(ANA, "test.put"):
        for name in names:
            stored.store(name, Secret(f"value of {name}"))
            deeds.note("say", "word", name, words=sealing.keep(f"person:{name}", f"words of {name}"))


def ids() -> set[str]:
    """Ids of the keys that stored values are sealed with."""
    held = [*StoredSecret._base_manager.values_list("sealed", flat=True)]
    return {key_of(one) for one in [*held, *SubjectKey._base_manager.values_list("sealed", flat=True)]}


def current() -> set[str]:
    return {keyring().current(purpose).id for purpose in rotation.ROTATED}


def assert_rotated(home: Path, before: set[str]) -> None:
    """Everything is under new keys, the old ones are destroyed, the log is whole."""
    assert ids() <= current()
    assert not ids() & before
    assert all(len(Keyring(home / "keys").all(purpose)) == 1 for purpose in rotation.ROTATED)
    assert not [path for path in (home / "keys").iterdir() for one in before if one in path.name]
    assert [one for one in verify_chain(home) if not one.ok] == []


def test_values_open_afterwards_and_the_old_keys_are_gone(home: Path) -> None:
    put("a", "b", "c")
    before = current()
    stays = {purpose: keyring().current(purpose).id for purpose in Purpose if purpose not in rotation.ROTATED}
    done = rotation.rotate(keyring(), ANA, grace=0)
    assert not done.resumed
    assert [one["values"] for one in done.as_json()["rotated"]] == [3, 3, 0, 0]
    assert_rotated(home, before)
    assert stored.reveal("b").value == "value of b"
    assert {purpose: keyring().current(purpose).id for purpose in stays} == stays
    assert AuditRow._base_manager.filter(verb="secrets.rotate", actor="os:ana").count() == len(rotation.ROTATED)


def test_an_unchanged_secret_keeps_its_version_through_a_rotation(home: Path) -> None:
    put("a")
    rotation.rotate(keyring(), grace=0)
    with deeds.deed(ANA, "test.put"):
        assert stored.store("a", Secret("next"), version=1).version == 2


def test_a_value_that_does_not_open_stops_the_rotation_and_nothing_is_lost(home: Path) -> None:
    put("a", "b")
    held = StoredSecret._base_manager.get(name="a").sealed
    StoredSecret._base_manager.filter(name="a").update(sealed=StoredSecret._base_manager.get(name="b").sealed)
    with pytest.raises(SealBroken):
        rotation.rotate(keyring(), grace=0)
    assert stored.reveal("b").value == "value of b"
    StoredSecret._base_manager.filter(name="a").update(sealed=held)
    assert rotation.rotate(keyring(), grace=0).resumed
    assert stored.reveal("a").value == "value of a"


def test_two_rotations_at_once_are_refused(home: Path) -> None:
    with rotation._alone(keyring()), pytest.raises(Conflict, match="rotating"):
        rotation.rotate(keyring())


def test_sealed_values_inside_of_json_are_found_and_sealed_anew() -> None:
    held = {"secret": "v1|0011aabb|AAAA|BBBB", "more": [1, "v1|x", {"seed": "v1|0011aabb|AA==|B-_="}], "n": None}
    seen: list[str] = []

    def anew(sealed: str) -> str:
        seen.append(sealed)
        return "new"

    assert rotation._mapped(held, anew) == {"secret": "new", "more": [1, "v1|x", {"seed": "new"}], "n": None}
    assert len(seen) == 2


def test_second_factors_open_after_a_rotation(home: Path) -> None:
    where = place("mfa_authenticator", "*", "data")
    with deeds.deed(ANA, "test.join"):
        account = deeds.create(Account, username="ines")
    held = {"secret": seal(keyring(), Secret("totp"), where), "used": []}
    factor = Authenticator._base_manager.create(user_id=account.pk, type="totp", data=held, created_at=clock.now())
    before = current()
    assert sum(one.values for one in rotation.rotate(keyring(), grace=0).turned) >= 1
    factor.refresh_from_db()
    assert factor.data["used"] == []
    assert key_of(factor.data["secret"]) not in before
    assert unseal(keyring(), factor.data["secret"], where).value == "totp"


def test_a_reader_between_two_keys_reads_again(home: Path) -> None:
    put("a")
    stale = Keyring(home / "keys")
    old = stale.current(Purpose.FIELDS).id
    rotation.rotate(keyring(), grace=0)
    assert stale.current(Purpose.FIELDS).id != old
    with pytest.raises(KeysMissing):
        stale.find(Purpose.FIELDS, old)


def test_two_rotations_while_three_threads_write_fail_nobody(home: Path) -> None:
    before = current()

    def work(name: str) -> dict[str, int]:
        try:
            return working.seal(name, 25)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        begun = [pool.submit(work, name) for name in ("a", "b", "c")]
        for _ in range(2):
            rotation.rotate(keyring(), grace=0.05)
        seen = [one.result() for one in begun]
    rotation.rotate(keyring(), grace=0)
    assert [one["failed"] for one in seen] == [0, 0, 0]
    assert_rotated(home, before)


@pytest.mark.slow
def test_rotations_while_four_processes_write_fail_nobody(home: Path) -> None:
    before = current()
    seen = in_processes(home, *[("seal", f"w{n}", 400) for n in range(4)], ("rotate",))
    more = in_processes(home, *[("seal", f"x{n}", 100) for n in range(4)], ("rotate",))
    assert [one.get("failed", 0) for one in (*seen, *more)] == [0] * 10
    assert ids() <= current()
    assert_rotated(home, before)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    ["rotate.added:1", "rotate.added:2", "rotate.batch:1", "rotate.batch:2", "rotate.moved:1", "rotate.retired:1"],
)
def test_a_rotation_that_was_killed_is_ended_by_the_next_one(home: Path, fault: str) -> None:
    put("a", "b", "c")
    before = current()
    words = [sys.executable, "-m", working.__name__, "rotate"]
    killed = subprocess.run(words, env={**environment(home), "MAITRED_FAULT": fault}, check=False, capture_output=True)
    assert killed.returncode == 137, killed.stderr.decode()[-2000:]
    assert stored.reveal("a").value == "value of a"
    put("d")
    rotation.rotate(keyring(), grace=0)
    while any(len(keyring().all(purpose)) > 1 for purpose in rotation.ROTATED) or (ids() | current()) & before:
        rotation.rotate(keyring(), grace=0)
    assert_rotated(home, before)
    assert stored.reveal("d").value == "value of d"
