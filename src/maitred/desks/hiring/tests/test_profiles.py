"""Profiles: imported again without doubling, shown with reasons, kept as long as allowed, erased to the byte."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from django.db import connection

from maitred.base.errors import BadInput, Conflict, NotFound, UsageError
from maitred.desks.hiring.models import Candidate, ErasedProfile, Profile, ProfileImport
from maitred.desks.hiring.pipeline.naming import Named, named
from maitred.desks.hiring.profiles import access, clocks, importing, jobs, table
from maitred.desks.hiring.tests.conftest import Ask, Later, approved, picked
from maitred.insight.ranking.columns import features_of
from maitred.insight.ranking.profiles import extract
from maitred.insight.ranking.profiles.planting import people
from maitred.kit.access.actor import operator
from maitred.kit.secrets.installation import keyring
from maitred.kit.secrets.keyring import Keyring, folder_of
from maitred.kit.secrets.rotation import rotate

ROOT = operator("tests")
JOB = {"position": "Customer Support Manager", "startDate": "2019-01", "endDate": "2021-12", "summary": "Zendesk"}
CANARY = "Quillfeather-Zyx"
Bring = Callable[..., importing.Imported]


def person(name: str, **changed: Any) -> dict[str, Any]:
    """One document."""
    meta = {"id": name, "lastModified": "2025-06-01"}
    basics = {
        "name": f"{CANARY} {name}",
        "email": f"{name}@people.example",
        "location": {"city": "Austin", "region": "TX"},
    }
    return {"meta": meta, "basics": basics, "work": [JOB], **changed}


@pytest.fixture(autouse=True)
def vault() -> None:
    """Nobody is in the vault to begin with."""


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    """A workspace of its own for each test."""
    settings.MAITRED_HOME = made = tmp_path / "workspace"
    Keyring(folder_of(made)).create()
    return made


@pytest.fixture
def bring(home: Path, ask: Ask, tmp_path: Path) -> Bring:
    """Imports documents: ``bring(person("p1"), basis="applicant")``."""
    numbers: Iterator[int] = iter(range(1000))

    def imported(*documents: dict[str, Any], source: str = "board", basis: str = "applicant") -> importing.Imported:
        file = tmp_path / f"in-{next(numbers)}.jsonl"
        file.write_text("\n".join(json.dumps(one) for one in documents))
        return importing.import_profiles(ROOT, file, source=source, basis=basis)

    return imported


def counts(told: importing.Imported) -> tuple[int, int, int, int]:
    return told.added, told.changed, told.unchanged, told.refused_count


def key_of(name: str) -> int:
    return Profile._base_manager.get(external_id=name).pk


def test_the_same_file_again_changes_nothing_and_the_newer_form_counts(bring: Bring) -> None:
    assert counts(bring(person("p1"), person("p2"))) == (2, 0, 0, 0)
    assert counts(bring(person("p1"), person("p2"))) == (0, 0, 2, 0)
    older = person("p1", meta={"id": "p1", "lastModified": "2024-01-01"}, work=[])
    newer = person("p2", meta={"id": "p2", "lastModified": "2025-07-01"}, work=[JOB | {"endDate": "2022-12"}])
    assert counts(bring(older, newer)) == (0, 1, 1, 0)
    assert counts(bring(newer, older)) == (0, 0, 2, 0)
    rows = {one.key: one for batch in table.table().batches() for one in features_of(batch)}
    assert len(rows) == 2
    assert rows[key_of("p2")].months_support == 48
    assert table.index().features([key_of("p2")])[key_of("p2")].months_support == 48


def test_two_forms_in_one_file_leave_the_newer_one(bring: Bring) -> None:
    newer = person("p1", meta={"id": "p1", "lastModified": "2025-08-01"}, skills=[{"name": "Jira"}])
    assert counts(bring(newer, person("p1"))) == (1, 0, 1, 0)
    assert counts(bring(person("p1"), newer)) == (0, 0, 2, 0)
    undated = [person("p3", meta={"id": "p3"}), person("p3", meta={"id": "p3"}, work=[])]
    assert counts(bring(*undated)) == (1, 0, 0, 1)
    assert counts(bring(*undated)) == (0, 0, 1, 1)


def test_refused_lines_are_named(bring: Bring, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(
        json.dumps(person("p1")) + "\nnot json\n" + json.dumps({"meta": {"basis": "synthetic"}, "work": [JOB]})
    )
    told = importing.import_profiles(ROOT, file, source="board", basis="applicant").as_json()
    assert told["read"] == 3
    assert [one["line"] for one in told["refused"]] == [2, 3]
    assert all(one["why"] for one in told["refused"])


def test_a_basis_and_a_source_are_needed(bring: Bring) -> None:
    for wrong in ({"basis": "scraped"}, {"source": " "}):
        with pytest.raises(BadInput):
            bring(person("p1"), **wrong)


def test_import_reads_what_a_dry_run_reads(bring: Bring) -> None:
    documents = [one.document for one in people(60, 8)]
    bring(*documents, basis="synthetic")
    rows = {row.key: row for batch in table.table().batches() for row in features_of(batch)}
    for document in documents:
        row = rows[key_of(document["meta"]["id"])]
        found = extract(document, as_of=date(2026, 1, 5)).features
        assert (row.months_support, row.tools_dated, row.city, row.role) == (
            found.months_support, found.tools_dated, found.city, found.role,
        )  # fmt: skip


def test_an_import_that_was_cut_off_is_settled_by_the_next(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as cut:
        cut.setattr(table, "put", lambda rows: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            bring(person("p1"))
    assert ProfileImport._base_manager.filter(settled=False).count() == 1
    bring(person("p2"))
    assert table.index().rows == table.table().rows() == 2
    assert not access.unsettled()


def test_the_table_is_made_anew_after_a_restore(bring: Bring, home: Path) -> None:
    import shutil

    bring(person("p1"), person("p2"))
    shutil.rmtree(home / "warehouse")
    bring(person("p3"))
    assert table.table().rows() == table.index().rows == 3


def test_the_vault_shows_who_it_is_and_why_each_feature_is_there(bring: Bring, ask: Ask) -> None:
    bring(person("p1"))
    shown = ask("manager", "hiring.show_profile", profile="p1")
    assert shown.name == f"{CANARY} p1"
    assert shown.features["months_support"] == 36
    assert {(one.about, one.text) for one in shown.evidence} >= {
        ("role", "Customer Support Manager"),
        ("tool:zendesk", "Zendesk"),
    }
    assert ask("manager", "hiring.show_profile", profile=str(shown.key)).id == "p1"


def test_nobody_without_the_grant_learns_that_somebody_is_known(bring: Bring, ask: Ask) -> None:
    bring(person("p1"))
    from maitred.base.errors import MaitredError

    for name in ("agent", "executive", "auditor", "admin"):
        with pytest.raises(MaitredError):
            ask(name, "hiring.show_profile", profile="p1")
    with pytest.raises(NotFound):
        ask("manager", "hiring.show_profile", profile="p9")


def test_names_of_candidates_come_from_the_vault(bring: Bring) -> None:
    bring(person("p1"))
    assert named([key_of("p1"), 5]) == {key_of("p1"): Named(f"{CANARY} p1", "p1@people.example", "board", "applicant")}


def test_two_people_with_one_address_are_kept_apart_and_listed(bring: Bring, ask: Ask) -> None:
    same = {"name": "A", "email": "Shared@people.example"}
    bring(person("p1", basics=same), person("p2", basics=same | {"email": "shared@people.example"}), person("p3"))
    (found,) = ask("manager", "hiring.shared_contacts").items
    assert set(found.ids) == {"p1", "p2"}
    assert table.table().rows() == 3


def test_synthetic_people_carry_their_mark_in_every_view(bring: Bring, ask: Ask) -> None:
    (one,) = people(1, 3)
    bring(one.document, basis="synthetic")
    name = one.document["meta"]["id"]
    seen = [ask("manager", "hiring.known_profiles").items[0], ask("manager", "hiring.show_profile", profile=name)]
    seen.append(ask("manager", "hiring.export_profile", profile=name))
    assert all("synthetic" in view.watermark for view in seen)


def _bytes_with(home: Path, *words: str) -> list[str]:
    """The files of a workspace in which a word stands, also inside of packed columns and compressed documents."""
    found = []
    for path in home.rglob("*"):
        if path.is_file() and any(word.encode() in path.read_bytes() for word in words):
            found.append(str(path.relative_to(home)))
    return found


def _rows_with(words: tuple[str, ...]) -> list[str]:
    """The tables of the operational database in which a word stands in any column."""
    found = []
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')
            if any(word in str(row) for row in cursor.fetchall() for word in words):
                found.append(name)
    return found


def test_an_erased_person_is_in_no_byte_and_no_old_file_brings_them_back(bring: Bring, ask: Ask, home: Path) -> None:
    bring(person("keeper"), person("victim-77"))
    key = key_of("victim-77")
    chosen = picked(ask, approved(ask).id, profile=key)
    receipt = ask("manager", "hiring.erase_profile", profile="victim-77", reason="asked to be erased")
    assert (receipt.search_rows, receipt.candidates_unnamed) == (1, 1)
    words = (CANARY, "victim-77", str(key))
    assert _bytes_with(home, *words) == []
    assert _bytes_with(home, key.to_bytes(8, "little").decode("latin-1")) == []
    assert all(key not in batch["key"].to_pylist() for batch in table.table().batches())
    assert table.index().features([key]) == {}
    assert not any(key.to_bytes(8, "little") in path.read_bytes() for path in home.rglob("*") if path.is_file())
    left = set(_rows_with(("victim-77",)))
    assert left == set()
    assert Candidate._base_manager.get(pk=chosen.candidate.id).profile is None
    again = bring(person("victim-77"), person("keeper"))
    assert counts(again) == (0, 0, 1, 1)
    assert "erased" in again.refused[0]["why"]
    assert ErasedProfile._base_manager.count() == 1


def test_names_and_documents_stand_in_no_column_in_the_clear(bring: Bring, home: Path) -> None:
    bring(person("p1"))
    assert _rows_with((CANARY, "p1@people.example")) == []
    assert _bytes_with(home, CANARY) == []


def test_keys_are_turned_and_everything_opens_again(bring: Bring, ask: Ask) -> None:
    bring(person("p1"))
    before = Profile._base_manager.get(external_id="p1").document
    rotate(keyring(), grace=0)
    assert Profile._base_manager.get(external_id="p1").document != before
    assert ask("manager", "hiring.show_profile", profile="p1").name == f"{CANARY} p1"


ADDED = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("dates", "hide", "erase"),
    [
        (clocks.Dates("licensed", ADDED, ADDED), 24, 29),
        (clocks.Dates("referral", ADDED, ADDED), 24, 29),
        (clocks.Dates("licensed", ADDED, ADDED, noticed_on=ADDED), 180, 180),
        (clocks.Dates("applicant", ADDED, ADDED), 180, 180),
        (clocks.Dates("applicant", ADDED, ADDED + timedelta(days=90)), 270, 270),
        (clocks.Dates("talent_pool", ADDED, ADDED, consented_on=ADDED + timedelta(days=10)), 740, 740),
        (clocks.Dates("synthetic", ADDED, ADDED), 3650, 3650),
        (clocks.Dates("unheard", ADDED, ADDED), 0, 0),
    ],
)
def test_clocks_end_on_their_day(dates: clocks.Dates, hide: int, erase: int) -> None:
    found = clocks.until(dates, None)
    assert ((found.hide_after - ADDED).days, (found.erase_after - ADDED).days) == (hide, erase)
    assert found.hide_after <= found.erase_after
    assert found.why


def test_the_period_is_that_of_the_place() -> None:
    from maitred.insight.ranking import places

    austin = clocks.where_of(places.city_row("Austin", "TX", "US"))
    fresno = clocks.where_of(places.city_row("Fresno", "CA", "US"))
    ends = [
        clocks.until(clocks.Dates("applicant", ADDED, ADDED), where).erase_after for where in (None, austin, fresno)
    ]
    assert [(one - ADDED).days for one in ends] == [180, 365, 1461]


def test_whoever_is_not_told_is_hidden_on_day_25_and_erased_on_day_30(bring: Bring, ask: Ask, later: Later) -> None:
    bring(person("p1"), person("p2"), source="feed", basis="licensed")
    rows = {one.id: one for one in ask("manager", "hiring.known_profiles").items}
    told = ask("manager", "hiring.tell_profile", profile="p2", version=rows["p2"].version)
    assert (rows["p1"].hide_after - rows["p1"].added_on).days == 24
    assert told.hide_after > rows["p1"].erase_after
    stored = {row.key: row.hide_after for batch in table.table().batches() for row in features_of(batch)}
    assert stored == {rows["p1"].key: rows["p1"].hide_after, told.key: told.hide_after}
    later(timedelta(days=29))
    jobs.profile_clocks(cast(Any, _Run()))
    assert Profile._base_manager.count() == 2
    later(timedelta(days=30))
    jobs.profile_clocks(cast(Any, _Run()))
    assert [row.external_id for row in Profile._base_manager.all()] == ["p2"]
    assert table.table().rows() == table.index().rows == 1


def test_days_are_checked_and_versions_compared(bring: Bring, ask: Ask) -> None:
    bring(person("p1"), basis="referral")
    with pytest.raises((BadInput, UsageError)):
        ask("manager", "hiring.tell_profile", profile="p1", version=1, on="2031-01-01")
    with pytest.raises(Conflict):
        ask("manager", "hiring.tell_profile", profile="p1", version=9)
    pooled = ask("manager", "hiring.opt_in_profile", profile="p1", version=1)
    assert (pooled.basis, (pooled.hide_after - pooled.added_on).days) == ("talent_pool", 730)


class _Run:
    """What a job needs of its run."""

    actor = ROOT

    def check(self) -> None:
        return None

    def progress(self, *_: object) -> None:
        return None

    def deed(self, verb: str, reason: str = "") -> Any:
        from maitred.kit.audit.deeds import deed

        return deed(self.actor, verb, reason)
