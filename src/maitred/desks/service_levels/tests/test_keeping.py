"""What one keeps of a page of figures: notes of its days and teams, and a large file that asks before it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory

from maitred.desks.service_levels.pages import files, keeping, kept
from maitred.desks.service_levels.pages.opening import opened
from maitred.kit.jobs.models import Job
from maitred.kit.jobs.worker import work
from maitred.kit.marks.tests.publishing import publish
from maitred.kit.verbs import run
from maitred.people.tests.floor import PASSWORD, Floor, build

NOVEMBER = {"period": "2025-11-01..2025-11-28"}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("keeping") / "workspace"
    publish(tmp_path_factory.mktemp("log"), home, 80)
    return home


@pytest.fixture
def floor(db: None, published: Path, settings: Any) -> Floor:
    settings.MAITRED_HOME, settings.MAITRED_DEMO = published, True
    return build()


def noted(floor: Floor, name: str, **query: str) -> list[tuple[str, str, str]]:
    """What stands on the time charts of a page that somebody looks at."""
    request = RequestFactory().get("/service-levels/", NOVEMBER | query)
    request.actor = floor.actor(name)  # type: ignore[attr-defined]
    with opened(request) as one:
        return keeping.noted(one)


def note(floor: Floor, name: str, text: str, first: str, **more: Any) -> None:
    given = {"text": text, "kind": "release", "first_day": first, "sharing": "organisation", **more}
    run("annotations.add", floor.actor(name), given)


def test_notes_of_the_period_stand_on_their_days(floor: Floor) -> None:
    note(floor, "manager", "before", "2025-10-31")
    note(floor, "manager", "began before", "2025-10-20", last_day="2025-11-02")
    note(floor, "manager", "within", "2025-11-10", kind="outage")
    note(floor, "manager", "after", "2025-11-29")
    expected = [("2025-11-01", "began before", "release"), ("2025-11-10", "within", "outage")]
    assert noted(floor, "lead") == expected


def test_notes_are_those_of_the_team_that_is_looked_at_and_of_whom_they_are_shared_with(floor: Floor) -> None:
    billing, orders = floor.teams["Billing"].pk, floor.teams["Orders"].pk
    note(floor, "manager", "orders only", "2025-11-10", teams=[orders])
    note(floor, "manager", "mine alone", "2025-11-11", sharing="private")
    assert [one[1] for one in noted(floor, "lead", team=str(orders))] == ["orders only"]
    assert noted(floor, "lead", team=str(billing)) == []
    assert [one[1] for one in noted(floor, "manager")] == ["orders only", "mine alone"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"metric": "backlog", "compare": None}, "maitred metrics show backlog"),
        ({"metric": "solved", "where": ["a=b; rm -rf /", "c=d"]}, "--where 'a=b; rm -rf /' --where c=d"),
        ({"metric": "solved", "publication": 3, "end": "2025-11-28"}, "--publication 3 --to 2025-11-28"),
    ],
)
def test_a_figure_is_written_as_a_command_that_a_shell_takes_literally(asked: dict[str, Any], said: str) -> None:
    assert said in kept.command(asked)


def test_a_large_file_asks_first_and_is_then_written_with_the_rights_of_its_owner(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "AT_ONCE", 10)
    client = Client()
    client.force_login(floor.accounts["lead"], backend="maitred.people.sign_in.Backend")
    path = "/drill/full_resolution.calendar/rows.csv?period=last-52w&hours=calendar"
    asked = client.get(path)
    assert "attachment" not in asked.headers.get("Content-Disposition", "")
    assert not Job._base_manager.exists()
    stale = client.post(path)
    assert stale.headers["Location"].startswith("/accounts/reauthenticate/?next=%2Fdrill%2F")
    assert not Job._base_manager.exists()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post(path).headers["Location"] == "/notices/"
    work(once=True)
    job = Job._base_manager.get()
    body = b"".join(client.get(f"/exports/{job.pk}/").streaming_content).decode()  # type: ignore[attr-defined]
    rows = run("metrics.tickets", floor.actor("lead"), {**_question(job), "limit": 200}).rows
    assert [line.split(",")[1] for line in body.splitlines()[1:]] == [str(row["ticket_id"]) for row in rows]


def _question(job: Job) -> dict[str, Any]:
    return dict(job.arguments["words"]["asked"])
