"""``maitred today`` and ``maitred brief`` as a person runs them: forms of the answers, files, and refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from maitred.kit.marks.tests.publishing import publish
from maitred.surfaces.cli.briefs import FORMS
from tests.house import House

FIELDS = {"as_of", "findings", "checked"}
FINDING = {
    *("id", "family", "detector", "rank", "shown", "title", "subject", "metric", "since", "effect", "n", "harm"),
    *("confidence", "cause", "evidence", "actions", "publication"),
}
THEN = "2025-03-19T06:00:00Z"
"""Two weeks after learning: few days have to be run through."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A year of a small team."""
    home = tmp_path_factory.mktemp("today") / "workspace"
    publish(tmp_path_factory.mktemp("log"), home, 200)
    return House(home)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> House:
    made = House(tmp_path_factory.mktemp("nothing") / "workspace")
    assert made.run("init").code == 0
    return made


def lines(house: House, *words: str) -> list[dict[str, Any]]:
    answer = house.run("today", *words, "--json")
    assert answer.code == 0, answer.err
    return [json.loads(line) for line in answer.out.splitlines()]


def test_a_replay_is_one_line_for_each_working_day(house: House) -> None:
    found = lines(house, "--replay", "2025-03-14", "2025-03-19", "--at", "07:30")
    assert [one["as_of"] for one in found] == [f"2025-03-{day}T07:30:00Z" for day in ("14", "17", "18", "19")]
    for one in found:
        assert set(one) == FIELDS
        assert all(set(checked) == {"family", "series", "n"} for checked in one["checked"])
        assert all(set(finding) >= FINDING for finding in one["findings"])
        assert [finding["rank"] for finding in one["findings"]] == list(range(1, len(one["findings"]) + 1))


def test_the_list_of_an_instant_is_that_line_of_the_replay(house: House) -> None:
    (line,) = lines(house, "--replay", "2025-03-19", "2025-03-19")
    assert line["as_of"] == THEN
    assert house.ask("today", "--as-of", THEN) == line["findings"]


def test_an_instant_without_zone_is_one_of_utc_and_gives_the_same_bytes(house: House) -> None:
    assert house.run("today", "--as-of", "2025-03-19T06:00", "--json").out == house.run(*words(THEN)).out


def words(instant: str) -> tuple[str, ...]:
    return "today", "--as-of", instant, "--json"


def test_people_read_what_was_checked_or_that_it_is_learning(house: House) -> None:
    assert "series checked" in house.run("today", "--as-of", THEN).out
    early = house.run("today", "--as-of", "2025-02-03T06:00:00Z")
    assert early.code == 0
    assert "still learning" in early.out
    assert house.ask("today", "--as-of", "2025-02-03T06:00:00Z") == []


def test_detectors_are_listed_with_their_family(house: House) -> None:
    found = house.ask("today", "--detectors")
    assert {"detector": "data_health.stale#1", "family": "data_health"}.items() <= next(
        one for one in found if one["detector"] == "data_health.stale#1"
    ).items()
    assert "data_health.stale#1" in house.run("today", "--detectors").out


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--as-of", "yesterday"), "--as-of yesterday is no instant"),
        (("--replay", "2025-11-12", "2025-11-07"), "ends on 2025-11-07, before it begins on 2025-11-12"),
        (("--replay", "2025-11-12", "soon"), "soon is no day"),
        (("--replay", "2025-11-07", "2025-11-12", "--at", "noon"), "--at noon is no time of day"),
        (("--at", "06:00"), "--at belongs to --replay"),
        (("--as-of", THEN, "--detectors"), "were given together"),
        (("--as-of", THEN, "--replay", "2025-11-07", "2025-11-12"), "were given together"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_remedy(house: House, asked: tuple[str, ...], says: str) -> None:
    answer = house.run("today", *asked)
    assert (answer.code, answer.out) == (2, "")
    assert says in answer.err
    assert says in json.dumps(json.loads(house.run("today", *asked, "--json").out)["error"])


@pytest.mark.parametrize("asked", [("today",), ("brief",), ("today", "--replay", "2025-11-07", "2025-11-12")])
def test_without_a_publication_the_remedy_is_an_import(empty: House, asked: tuple[str, ...]) -> None:
    answer = empty.run(*asked)
    assert answer.code == 1
    assert "nothing has been published yet" in answer.err
    assert "maitred import" in answer.err


@pytest.mark.parametrize(("form", "begins"), [("html", b"<!"), ("md", b"# "), ("pdf", b"%PDF")])
def test_the_brief_is_written_in_every_form(house: House, tmp_path: Path, form: str, begins: bytes) -> None:
    file = tmp_path / "out" / f"brief.{form}"
    told = house.ask("brief", "--as-of", THEN, "--to", str(file))
    assert told["file"] == str(file)
    assert told["as_of"] == "2025-03-19T06:00:00+00:00"
    assert file.read_bytes().lower().lstrip().startswith(begins.lower())
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_the_brief_without_a_file_is_read_as_text(house: House) -> None:
    answer = house.run("brief", "--as-of", THEN)
    assert answer.code == 0, answer.err
    assert answer.out.startswith("# ")
    assert "## What was looked at" in answer.out


def test_a_brief_of_another_form_is_refused(house: House, tmp_path: Path) -> None:
    answer = house.run("brief", "--to", str(tmp_path / "brief.docx"))
    assert answer.code == 2
    assert all(form in answer.err for form in FORMS)
    assert list(tmp_path.iterdir()) == []
