"""Kept pages: read again without being made again, never by somebody else, never after something changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from maitred.desks.service_levels.tests import looking
from maitred.desks.service_levels.tests.looking import DRILLS, LONG, SPEED, TABS, look
from maitred.floor.log import write_log
from maitred.kit.audit.deeds import deed
from maitred.kit.reading import opened, texts
from maitred.metrics.pipeline import import_and_publish
from maitred.metrics.refresh import open_workspace
from maitred.people.models import RoleHeld
from maitred.people.tests.floor import ROOT, Floor, build
from maitred.sync.kinds import KINDS

Sign = Callable[[str], Client]
KEPT = (SPEED, *(one for one in TABS if "policy" not in one), *DRILLS)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the texts of the test lie."""
    made = tmp_path / "texts"
    made.mkdir()
    monkeypatch.setenv(texts.FOLDER, str(made))
    texts.forget()
    yield made
    texts.forget()


def without_token(text: str) -> str:
    """A page without what differs from answer to answer: the token of its forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "", text)


@pytest.mark.parametrize("path", KEPT)
def test_a_page_is_the_same_the_second_time_and_made_once(sign: Sign, folder: Path, path: str) -> None:
    client = sign("manager")
    first = look(client, path + LONG)
    assert first.status == 200
    assert len([*folder.iterdir()]) == 1
    texts.forget()  # as another worker of the server, which has only the file
    second = look(client, path + LONG)
    assert without_token(first.text) == without_token(second.text)
    assert len([*folder.iterdir()]) == 1


def test_readers_of_different_reach_never_share_a_page(sign: Sign, folder: Path) -> None:
    seen = {name: look(sign(name), DRILLS[0] + LONG) for name in ("manager", "lead", "lead2", "executive")}
    assert len([*folder.iterdir()]) == 4
    alone = {}
    for name in seen:
        texts.forget()
        for file in folder.iterdir():
            file.unlink()
        alone[name] = look(sign(name), DRILLS[0] + LONG)
    for name, page in seen.items():
        assert page.main == alone[name].main, name
        assert [row.get("data-row") for row in page.all("//tr[@data-row]")] == [
            row.get("data-row") for row in alone[name].all("//tr[@data-row]")
        ]
    assert not seen["executive"].all("//tr[@data-row]"), "counts only, whatever others have opened before"


def test_a_role_that_is_taken_away_counts_at_the_next_read(sign: Sign, page_floor: Floor) -> None:
    client = sign("manager")
    assert look(client, DRILLS[0] + LONG).all("//tr[@data-row]")
    with deed(ROOT, "tests.role"):
        RoleHeld._base_manager.filter(account=page_floor.accounts["manager"]).delete()
    assert look(client, DRILLS[0] + LONG).status in (403, 404)


def test_a_note_is_on_the_page_at_the_next_read_and_for_nobody_else(sign: Sign) -> None:
    client, other = sign("manager"), sign("lead")
    for one in (client, other):
        look(one, SPEED + LONG)
    words = {"first_day": "2025-12-01", "kind": "release", "text": "Release of the parcels", "audience": "private"}
    assert client.post("/settings/annotations/", words).status_code == 302
    assert "Release of the parcels" in look(client, SPEED + LONG).text
    assert "Release of the parcels" not in look(other, SPEED + LONG).text


def test_the_forms_of_a_kept_page_carry_the_token_of_their_reader(page_floor: Floor) -> None:
    for _ in range(2):
        client = looking.signed_in(page_floor, "manager")
        client.handler.enforce_csrf_checks = True
        seen = look(client, SPEED + LONG)
        (token,) = {one.get("value") for one in seen.all("//main//input[@name='csrfmiddlewaretoken']")}
        words = {"name": f"View {token[:8]}", "path": SPEED, "query": "", "audience": "private"}
        answer = client.post("/settings/views/add/", {**words, "csrfmiddlewaretoken": token})
        assert answer.status_code == 302
        assert client.post("/settings/views/add/", words).status_code == 403


def test_a_page_in_another_language_is_another_page(sign: Sign, page_floor: Floor) -> None:
    client = sign("manager")
    assert "Is the change real?" in look(client, SPEED + LONG).text
    type(page_floor.accounts["manager"])._base_manager.filter(username=page_floor.accounts["manager"].username).update(
        language="de"
    )
    assert "Is the change real?" not in look(client, SPEED + LONG).text


@pytest.mark.parametrize("damage", [b"", b"not what was written"])
def test_a_damaged_file_is_ignored(sign: Sign, folder: Path, damage: bytes) -> None:
    client = sign("manager")
    first = look(client, SPEED + LONG)
    for file in folder.iterdir():
        file.write_bytes(damage)
    texts.forget()
    second = look(client, SPEED + LONG)
    assert second.status == 200
    assert without_token(first.text) == without_token(second.text)


def test_a_refusal_is_not_kept(sign: Sign, folder: Path) -> None:
    client = sign("manager")
    assert look(client, f"{DRILLS[0]}?sort=colour").status == 400
    assert look(client, f"{DRILLS[0]}?page=9999").status == 400
    assert [*folder.iterdir()] == []


def test_a_new_publication_is_what_the_next_reader_sees(
    db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = looking.workspace(tmp_path / "one", 60)
    settings.MAITRED_HOME, settings.MAITRED_DEMO = home, True
    client = looking.signed_in(build(), "manager")
    before = look(client, DRILLS[0] + LONG)
    write_log(tmp_path / "more", 90, seed=3)
    workspace = open_workspace(home)
    import_and_publish(workspace, KINDS["fivetran-zendesk"](), tmp_path / "more", name="demo")
    workspace.close()
    after = look(client, DRILLS[0] + LONG)
    pinned = look(client, f"{DRILLS[0]}{LONG}&pub=1")
    opened.forget()
    assert (before.marks["data-publication"], after.marks["data-publication"]) == ("1", "2")
    assert before.main["data-n"] != after.main["data-n"]
    assert pinned.main["data-n"] == before.main["data-n"]
