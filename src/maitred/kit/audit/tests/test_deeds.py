"""A deed: its change and its row stand or fall together, versions are compared, personal and secret values hidden."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from maitred.base.errors import Conflict, MaitredError
from maitred.kit.access.actor import operator
from maitred.kit.audit import deeds, sealing
from maitred.kit.audit.log import COLUMNS, GENESIS, canonical, digest
from maitred.kit.audit.models import AuditRow, SealedText
from maitred.kit.audit.tests.faulting import assert_atomic, database_hash
from maitred.kit.secrets import stored
from maitred.kit.secrets.sealing import Secret
from maitred.people.models import Person, Team

ANA = operator("ana")
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def rows() -> list[AuditRow]:
    return [*AuditRow._base_manager.order_by("seq")]


def values(row: AuditRow, index: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row.diff)[index]["values"]
    return found


def make_team(name: str = "Billing") -> Team:
    with deeds.deed(ANA, "test.make"):
        return deeds.create(Team, name=name)


@pytest.mark.django_db
def test_a_deed_leaves_one_row_with_what_changed() -> None:
    team = make_team()
    with deeds.deed(ANA, "test.rename", reason="It grew."):
        deeds.change(team, 1, name="Billing and Returns")
    first, second = rows()
    assert (first.seq, first.prev, second.seq, second.prev) == (1, GENESIS, 2, first.hash)
    assert (second.verb, second.object_type, second.object_id) == ("test.rename", "team", str(team.pk))
    assert values(second) == {"name": ["Billing", "Billing and Returns"], "version": 2}
    assert sealing.read(second.reason) == "It grew."


@pytest.mark.django_db
def test_nothing_is_written_beside_a_deed_nor_in_a_deed_within_a_deed() -> None:
    with pytest.raises(MaitredError, match="outside of a deed"):
        deeds.create(Team, name="Billing")
    with pytest.raises(MaitredError, match="inside another"), deeds.deed(ANA, "test.outer"):
        make_team()
    assert rows() == []


@pytest.mark.django_db
def test_a_stale_version_is_refused_with_both_versions() -> None:
    team = make_team()
    with deeds.deed(ANA, "test.rename"):
        deeds.change(team, 1, name="Returns")
    with pytest.raises(Conflict) as refused, deeds.deed(ANA, "test.rename"):
        deeds.change(team, 1, name="Refunds")
    assert (refused.value.sent, refused.value.there) == (1, 2)
    assert Team._base_manager.get().name == "Returns"
    assert len(rows()) == 2


@pytest.mark.django_db
def test_a_removed_row_keeps_its_values_in_the_log_and_is_refused_a_second_time() -> None:
    team = make_team()
    with deeds.deed(ANA, "test.remove"):
        deeds.remove(team, 1)
    assert values(rows()[-1])["name"] == ["Billing", None]
    team.pk = 1
    with pytest.raises(Conflict, match="removed"), deeds.deed(ANA, "test.rename"):
        deeds.change(team, 1, name="Returns")


@pytest.mark.django_db
def test_personal_values_are_sealed_and_an_erasure_leaves_the_chain_whole() -> None:
    with deeds.deed(ANA, "test.join"):
        person = deeds.create(Person, name="Ines Prata", email="ines@example.org")
    told = values(rows()[0])
    assert "Ines" not in rows()[0].diff
    assert sealing.read(told["name"][1]) == "Ines Prata"
    assert sealing.forget(person.subject())
    assert not sealing.forget(person.subject())
    assert sealing.read(told["name"][1]) == sealing.ERASED
    with deeds.deed(ANA, "test.join"):
        deeds.change(person, 1, name="Somebody")
    assert sealing.read(told["name"][1]) == sealing.ERASED
    assert sealing.read(values(rows()[1])["name"][1]) == "Somebody"


@pytest.mark.django_db
def test_a_hidden_value_is_in_the_log_in_no_form() -> None:
    with deeds.deed(ANA, "test.store"):
        row = stored.store("helpdesk:acme:token", Secret("s3cr3t-value"))
    assert values(rows()[0])["sealed"] == [None, deeds.HIDDEN]
    held = "".join(one.sealed for one in SealedText._base_manager.all()) + rows()[0].diff
    assert row.sealed not in held


@pytest.mark.django_db
def test_a_foreign_text_cannot_pass_for_a_reference() -> None:
    fake = f"text:{'a' * 24}:{'b' * 32}"
    make_team(fake)
    with deeds.deed(ANA, "test.note"):
        deeds.note("read", "message", 1, nested=[{fake: fake}], large=2**60, share=0.5)
    assert f'"{fake}"' not in rows()[0].diff + rows()[1].diff
    assert values(rows()[1])["large"] == str(2**60)


@given(st.fixed_dictionaries(dict.fromkeys(COLUMNS, text) | {"seq": st.integers(1, 2**53 - 1), "account": st.none()}))
def test_the_hash_covers_the_canonical_form_of_rfc_8785(row: dict[str, Any]) -> None:
    import hashlib

    whole = hashlib.sha256(row["prev"].encode() + rfc8785.dumps(row)).hexdigest()
    assert digest(row) == whole


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)


@given(plain)
def test_what_a_deed_holds_is_written_in_the_canonical_form_of_rfc_8785(value: Any) -> None:
    assert canonical(value).encode() == rfc8785.dumps(value)


@pytest.mark.django_db
def test_a_failing_statement_anywhere_in_a_deed_leaves_nothing() -> None:
    team = make_team()

    def do() -> None:
        with deeds.deed(ANA, "test.both", reason="why"):
            deeds.create(Person, name="Ines", email="ines@example.org")
            deeds.change(Team._base_manager.get(pk=team.pk), None, name="Returns")

    assert assert_atomic(do) >= 10
    assert Team._base_manager.get().name == "Returns"


@pytest.mark.django_db
def test_the_fault_finder_finds_what_is_not_atomic_and_what_swallows_failures() -> None:
    def leaves_something() -> None:
        with transaction.atomic():
            SealedText._base_manager.create(id="a", subject="b", sealed="c")
        with transaction.atomic():
            SealedText._base_manager.create(id="d", subject="b", sealed="c")

    with pytest.raises(AssertionError, match="left something"):
        assert_atomic(leaves_something)

    def swallows() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            pass

    with pytest.raises(AssertionError, match="passed over"):
        assert_atomic(swallows, lambda: None)
    assert database_hash() == database_hash()
