"""Keys, seals and stored secrets: what opens what, what is never shown, who may do what with them."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound, NotFresh
from maitred.kit.access.actor import Actor, Kind, Role, operator
from maitred.kit.audit import deeds
from maitred.kit.audit.models import AuditRow
from maitred.kit.audit.tests.faulting import assert_atomic
from maitred.kit.jobs.models import Job
from maitred.kit.secrets import stored
from maitred.kit.secrets.keyring import Keyring, KeysMissing, Purpose
from maitred.kit.secrets.models import StoredSecret
from maitred.kit.secrets.sealing import SealBroken, Secret, place, seal, unseal
from maitred.kit.verbs.results import plain
from maitred.kit.verbs.running import run

ANA = operator("ana")
ADMIN = Actor(Kind.ACCOUNT, "account:1", account=1, roles=frozenset({Role.ADMIN}))
AGENT = Actor(Kind.ACCOUNT, "account:2", account=2, roles=frozenset({Role.AGENT}))


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    made = Keyring(tmp_path / "keys")
    made.create()
    return made


def test_there_is_one_key_for_each_purpose_and_only_the_owner_reads_it(ring: Keyring) -> None:
    ids = {ring.current(purpose).id for purpose in Purpose}
    assert len(ids) == len(Purpose)
    assert stat.S_IMODE(ring.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in ring.folder.iterdir()} == {0o600}
    ring.create()
    assert {ring.current(purpose).id for purpose in Purpose} == ids


def test_a_sealed_value_opens_in_its_own_place_only(ring: Keyring) -> None:
    sealed = seal(ring, Secret("words"), place("table", 1, "column"))
    assert unseal(ring, sealed, place("table", 1, "column")).value == "words"
    for elsewhere in (place("table", 2, "column"), place("other", 1, "column"), place("table", 1, "other")):
        with pytest.raises(SealBroken):
            unseal(ring, sealed, elsewhere)
    for broken in ("", "v1|x", sealed.replace("v1", "v2"), sealed[:-6] + "AAAAA="):
        with pytest.raises(SealBroken):
            unseal(ring, broken, place("table", 1, "column"))


def test_a_key_made_by_another_process_is_used_at_once(ring: Keyring) -> None:
    other = Keyring(ring.folder)
    before = other.current(Purpose.FIELDS)
    made = ring.add(Purpose.FIELDS)
    assert other.current(Purpose.FIELDS).id == made.id
    assert [key.id for key in other.all(Purpose.FIELDS)] == [before.id, made.id]
    ring.retire(Purpose.FIELDS, before.id)
    assert [key.id for key in other.all(Purpose.FIELDS)] == [made.id]
    with pytest.raises(MaitredError, match="last"):
        ring.retire(Purpose.FIELDS, made.id)


def test_missing_keys_are_said_to_be_missing(ring: Keyring, tmp_path: Path) -> None:
    with pytest.raises(KeysMissing, match="no fields key"):
        Keyring(tmp_path / "nowhere").current(Purpose.FIELDS)
    (ring.folder / f"fields-{ring.current(Purpose.FIELDS).id}.key").unlink()
    with pytest.raises(KeysMissing, match="cannot be read"):
        Keyring(ring.folder).current(Purpose.FIELDS)


def test_neither_keys_nor_secrets_show_themselves(ring: Keyring) -> None:
    key = ring.current(Purpose.FIELDS)
    assert "words" not in f"{Secret('words')!r}{Secret('words')}"
    assert repr(key) == f"Key({key.id})"
    assert all(len(one) == 16 for prints in ring.fingerprints().values() for one in prints)


@pytest.mark.django_db
def test_a_secret_is_stored_used_replaced_and_forgotten_and_the_uses_are_in_the_log() -> None:
    with deeds.deed(ANA, "test.put"):
        first = stored.store("a", Secret("one"))
    assert stored.reveal("a").value == "one"
    with deeds.deed(ANA, "test.use"):
        assert stored.reveal("a").value == "one"
        stored.store("a", Secret("two"), first.version)
        assert stored.reveal("a").value == "two"
    assert [row.verb for row in AuditRow._base_manager.order_by("seq")] == ["test.put", "secrets.use", "test.use"]
    with pytest.raises(Conflict), deeds.deed(ANA, "test.put"):
        stored.store("a", Secret("three"), first.version)
    with deeds.deed(ANA, "test.forget"):
        stored.forget("a")
    with pytest.raises(NotFound, match="no secret a"):
        stored.reveal("a")


@pytest.mark.django_db
def test_a_secret_copied_to_another_name_does_not_open() -> None:
    with deeds.deed(ANA, "test.put"):
        one, two = stored.store("a", Secret("one")), stored.store("b", Secret("two"))
    StoredSecret._base_manager.filter(pk=two.pk).update(sealed=one.sealed)
    with pytest.raises(SealBroken):
        stored.reveal("b")


@pytest.mark.django_db
def test_an_administrator_sets_lists_and_removes_and_no_answer_or_row_shows_the_value() -> None:
    told = [
        run("secrets.set", ADMIN, {"name": "helpdesk:acme:token", "value": "planted-value"}),
        run("secrets.set", ADMIN, {"name": "helpdesk:acme:token", "value": "planted-value-2", "version": 1}),
        run("secrets.list", ADMIN, {}),
    ]
    assert [one["name"] for one in plain(told[2])["items"]] == ["helpdesk:acme:token"]
    with pytest.raises(Conflict):
        run("secrets.set", ADMIN, {"name": "helpdesk:acme:token", "value": "planted-value-3", "version": 1})
    run("secrets.remove", ADMIN, {"name": "helpdesk:acme:token", "version": 2})
    with pytest.raises(NotFound):
        run("secrets.remove", ADMIN, {"name": "helpdesk:acme:token", "version": 2})
    rows = "".join(row.diff + row.object_id for row in AuditRow._base_manager.all())
    assert "planted" not in json.dumps([plain(one) for one in told]) + rows


@pytest.mark.django_db
def test_secrets_are_for_administrators_who_proved_who_they_are() -> None:
    stale = Actor(Kind.ACCOUNT, "account:1", account=1, roles=frozenset({Role.ADMIN}), fresh=False)
    for verb, words in (
        ("secrets.set", {"name": "a", "value": "b"}),
        ("secrets.remove", {"name": "a", "version": 1}),
        ("secrets.rotate_keys", {}),
    ):
        with pytest.raises(Denied):
            run(verb, AGENT, words)
        with pytest.raises(NotFresh):
            run(verb, stale, words)
    with pytest.raises(Denied):
        run("secrets.list", AGENT, {})
    with pytest.raises(Invalid):
        run("secrets.set", ADMIN, {"name": "../a b", "value": "b"})


@pytest.mark.django_db
def test_a_rotation_asked_for_is_a_job() -> None:
    asked = run("secrets.rotate_keys", ADMIN, {})
    assert Job._base_manager.get(pk=asked.job).kind == "secrets.rotate"


@pytest.mark.django_db
def test_a_failing_statement_anywhere_in_setting_a_secret_leaves_nothing() -> None:
    assert assert_atomic(lambda: run("secrets.set", ADMIN, {"name": "a", "value": "b"})) > 3
