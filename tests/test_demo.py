"""The demonstration and the simulated floor at the command line: fixed keys, teams, people, stories, refusals."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.house import House

USERS = [
    "manager@demo",
    "lead@demo",
    "agent@demo",
    "executive@demo",
    "admin@demo",
    "auditor@demo",
    "agent2@demo",
    "lead2@demo",
]
ROLES = ["manager", "lead", "agent", "executive", "admin", "auditor", "agent", "lead"]
DAYS = ("--days", "14", "--texts", "off")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(Path(tmp_path_factory.mktemp("demo")) / "workspace")


@pytest.fixture(scope="module")
def made(house: House) -> dict[str, Any]:
    """The document of a small demonstration."""
    document: dict[str, Any] = house.ask("demo", "--size", "small")
    return document


def test_the_accounts_come_in_their_fixed_order_each_with_role_team_and_password(made: dict[str, Any]) -> None:
    assert [one["user"] for one in made["accounts"]] == USERS
    assert [one["role"] for one in made["accounts"]] == ROLES
    assert all(len(one["password"]) >= 16 and one["team"] for one in made["accounts"])
    assert {"workspace", "as_of", "url", "accounts", "brief", "stories", "publication"} <= set(made)
    assert made["simulated"] is True


def test_agents_and_leads_stand_in_two_branches_of_the_tree(made: dict[str, Any], house: House) -> None:
    teams = {one["name"]: one for one in rows(house, "list-teams")}
    names = {one["id"]: one["name"] for one in teams.values()}
    place = {one["user"]: one["team"] for one in made["accounts"]}

    def above(team: str) -> list[str]:
        parent = names.get(teams[team]["parent"])
        return [] if parent is None else [parent, *above(parent)]

    assert place["lead@demo"] in above(place["agent@demo"])
    assert place["lead2@demo"] in above(place["agent2@demo"])
    assert place["lead@demo"] not in (place["lead2@demo"], *above(place["agent2@demo"]))
    assert place["lead2@demo"] not in above(place["agent@demo"])


def test_everybody_who_answers_is_a_person_and_the_bot_is_one_of_its_kind(made: dict[str, Any], house: House) -> None:
    people = rows(house, "list-people")
    assert sum(one["kind"] == "bot" for one in people) == 1
    assert sum(one["kind"] == "human" for one in people) >= 12


def test_the_stories_name_what_to_find_since_when_and_where(made: dict[str, Any]) -> None:
    assert len(made["stories"]) >= 5
    assert all(one["title"] and one["telling"] and one["where"] and one["since"] for one in made["stories"])
    assert any(one["decoy"] for one in made["stories"])
    assert all(one["since"] <= made["as_of"] for one in made["stories"])


def test_today_shows_stories_with_their_dates_and_no_decoy(made: dict[str, Any], house: House) -> None:
    stories = {one["about"].lower(): one for one in made["stories"]}
    found = {one["subject"]["name"].lower(): one["since"] for one in house.ask("today")}
    told = [name for name in found if name in stories]
    assert len(told) >= 2
    assert not any(stories[name]["decoy"] for name in told)
    near = [abs((date.fromisoformat(found[name]) - _day(stories[name])).days) for name in told]
    assert sorted(near)[len(near) // 2] <= 7
    for path in made["brief"].values():
        assert Path(path).stat().st_size > 5_000


def _day(story: dict[str, Any]) -> date:
    return date.fromisoformat(story["since"][:10])


def test_the_tickets_came_through_the_files_of_a_helpdesk_and_reach_up_to_now(
    made: dict[str, Any], house: House
) -> None:
    facts = house.ask("metrics", "show", "arrivals")["rows"][0]
    assert 5_000 < facts["value"] < 20_000
    assert house.ask("import", "quarantine")["quarantine"] == []
    newest = max(row["created_at"] for row in house.exported("tickets", "--source", "demo"))
    assert newest <= made["as_of"]


def test_a_demonstration_that_is_there_keeps_its_tickets_and_renews_its_passwords(
    made: dict[str, Any], house: House
) -> None:
    again = house.ask("demo", "--size", "medium")
    assert (again["publication"], again["as_of"]) == (made["publication"], made["as_of"])
    assert [one["id"] for one in again["stories"]] == [one["id"] for one in made["stories"]]
    first = {one["password"] for one in made["accounts"]}
    assert first.isdisjoint(one["password"] for one in again["accounts"])


def test_the_terminal_lists_stories_and_accounts_and_says_that_nothing_is_real(
    made: dict[str, Any], house: House
) -> None:
    shown = house.run("demo", "--size", "small").out
    assert "A simulated organisation, none of it real" in shown
    assert made["stories"][0]["title"][:20] in shown
    assert all(user in shown for user in USERS)


def test_an_unknown_size_is_wrong_usage(tmp_path: Path) -> None:
    answer = House(tmp_path / "workspace").run("demo", "--size", "huge")
    assert (answer.code, "there is no size huge" in answer.err) == (2, True)


def test_a_real_workspace_never_becomes_a_demonstration(tmp_path: Path) -> None:
    house = House(tmp_path / "workspace")
    house.ask("init")
    answer = house.run("demo", "--size", "small")
    assert (answer.code, "is a workspace of yours" in answer.err) == (1, True)


@pytest.mark.parametrize("form", ["canonical", "zendesk", "freshdesk", "salesforce"])
def test_a_run_is_written_in_every_form_with_the_truth_where_no_import_looks(tmp_path: Path, form: str) -> None:
    house = House(tmp_path / "workspace")
    told = house.ask("floor", "run", "--demo", "small", *DAYS, "--as", form, "--to", str(tmp_path / "out"))
    house.ask("init")
    imported = house.ask("import", form, str(tmp_path / "out"))
    assert imported["tickets"] == told["tickets"] > 500
    assert [one["quarantined"] for one in imported["files"]] == [0] * len(imported["files"])
    assert imported["notices"] == []
    truth = json.loads((tmp_path / "out" / "truth" / "truth.json").read_text())
    assert truth["world_hash"] == told["hash"]
    assert pq.read_metadata(tmp_path / "out" / "truth" / "truth_tickets.parquet").num_rows >= told["tickets"]


def test_the_same_world_and_seed_write_the_same_bytes(tmp_path: Path) -> None:
    house = House(tmp_path / "workspace")
    for place in ("one", "two"):
        house.ask("floor", "run", *DAYS, "--seed", "5", "--as", "zendesk", "--to", str(tmp_path / place))
    first = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir() if path.is_file()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir() if path.is_file()} == first


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--demo", "huge"), "there is no size huge"),
        (("--days", "0"), "--days 0"),
        (("--texts", "maybe"), "--texts maybe"),
        (("--demo", "small", "--world", "world.toml"), "--world and --demo"),
    ],
)
def test_wrong_words_of_a_run_end_with_two(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    answer = House(tmp_path / "workspace").run("floor", "run", *words, "--as", "zendesk", "--to", str(tmp_path / "out"))
    assert (answer.code, said in answer.err, (tmp_path / "out").exists()) == (2, True, False)


def test_an_unknown_form_is_wrong_usage(tmp_path: Path) -> None:
    answer = House(tmp_path / "workspace").run("floor", "run", "--as", "email", "--to", str(tmp_path / "out"))
    assert (answer.code, "there is no form email" in answer.err) == (2, True)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (folder := tmp_path / "out").mkdir()
    (folder / "mine.txt").write_text("mine")
    answer = House(tmp_path / "workspace").run("floor", "run", *DAYS, "--as", "zendesk", "--to", str(folder))
    assert (answer.code, "is not an empty folder" in answer.err) == (1, True)
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = House(tmp_path / "workspace").run(
        "floor", "run", *DAYS, "--as", "zendesk", "--to", str(tmp_path / "file" / "out")
    )
    assert answer.code == 1
    assert "file" in answer.err
    assert "Traceback" not in answer.err


def test_an_impossible_world_is_refused_by_its_field(tmp_path: Path) -> None:
    (tmp_path / "world.toml").write_text('name = "Odd"\nmoods = 3\n')
    answer = House(tmp_path / "workspace").run(
        "floor", "run", "--world", str(tmp_path / "world.toml"), "--as", "zendesk", "--to", str(tmp_path / "out")
    )
    assert (answer.code, "moods" in answer.err) == (1, True)


def test_what_a_file_plants_is_in_the_truth_and_changes_the_world(tmp_path: Path) -> None:
    (tmp_path / "plants.toml").write_text(
        '[[plants]]\nkind = "Outage"\nid = "mine"\ntopic = "billing/invoice"\nat = 2026-09-25T08:00:00Z\n'
        "hours = 6.0\nvolume = 4.0\n"
    )
    words = ("floor", "run", *DAYS, "--as", "canonical")
    house = House(tmp_path / "workspace")
    plain = house.ask(*words, "--to", str(tmp_path / "plain"))
    planted = house.ask(*words, "--plant", str(tmp_path / "plants.toml"), "--to", str(tmp_path / "planted"))
    truth = json.loads((tmp_path / "planted" / "truth" / "truth.json").read_text())
    assert planted["hash"] != plain["hash"]
    assert planted["tickets"] > plain["tickets"]
    assert "mine" in [one["id"] for one in truth["plants"]]


def test_a_plant_that_is_none_is_refused_by_its_field(tmp_path: Path) -> None:
    (tmp_path / "plants.toml").write_text('[[plants]]\nkind = "Outrage"\n')
    answer = House(tmp_path / "workspace").run(
        *("floor", "run", *DAYS, "--as", "zendesk", "--to", str(tmp_path / "out")),
        *("--plant", str(tmp_path / "plants.toml")),
    )
    assert (answer.code, "plants[0].kind" in answer.err) == (1, True)


def test_a_floor_is_fitted_to_the_demonstration(made: dict[str, Any], house: House) -> None:
    found = house.ask("floor", "fit", "--weeks", "8")
    assert (found["source"], found["effort"]) == ("demo", "estimated")
    assert found["agents"] >= 10
    assert all(one["low"] <= one["value"] <= one["high"] for one in found["parameters"])


def test_a_history_too_short_to_be_judged_says_how_much_is_needed(made: dict[str, Any], house: House) -> None:
    answer = house.run("floor", "backtest", "--replications", "2")
    assert (answer.code, "weeks of history" in answer.err, "8 are needed" in answer.err) == (1, True, True)


def rows(house: House, question: str) -> list[dict[str, Any]]:
    """All rows of a list of the people group."""
    found: list[dict[str, Any]] = []
    cursor: list[str] = []
    while True:
        page = house.ask("people", question, "--limit", "50", *cursor)
        found += page["items"]
        if not page.get("next"):
            return found
        cursor = ["--cursor", page["next"]]


def test_the_team_has_worked_at_its_desks(made: dict[str, Any], house: House) -> None:
    assert [one["name"] for one in house.ask("quality", "scorecards")["scorecards"]] == ["Support"]
    drawn = house.ask("quality", "draws")["items"]
    assert len(drawn) == 1
    submitted = house.ask("quality", "reviews", "--state", "submitted")["items"]
    assert len(submitted) >= 10
    assert [one["title"] for one in house.ask("training", "courses")["courses"]] == ["Read before you ask"]
