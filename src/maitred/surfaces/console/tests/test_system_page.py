"""The state of operation: who reads it, what it says, who may press its buttons."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from maitred.base import clock
from maitred.kit.access.actor import Actor
from maitred.kit.audit.deeds import deed
from maitred.kit.jobs import queue
from maitred.kit.jobs.models import Job, Schedule
from maitred.people.tests.floor import ROOT, Floor
from maitred.people.tests.markup import assert_well_made, marks
from maitred.surfaces.console import system
from maitred.surfaces.console.tests.inside import As, floor, signed_in

__all__ = ["floor", "signed_in"]
PATH = "/settings/system/"


def _job(state: str = Job.QUEUED, **values: Any) -> int:
    actor: Actor = ROOT
    with deed(actor, "tests.job"):
        key = queue.enqueue("house.clean", {}, actor=actor)
    Job._base_manager.filter(pk=key).update(state=state, **values)
    return key


@pytest.mark.parametrize(
    ("name", "status"),
    [("agent", 403), ("lead", 403), ("manager", 200), ("executive", 403), ("admin", 200), ("auditor", 200)],
)
def test_who_reads_the_state(signed_in: As, name: str, status: int) -> None:
    client = signed_in(name)
    answer = client.get(PATH)
    assert answer.status_code == status
    assert client.get(f"{PATH}?state=lost").status_code == (400 if status == 200 else 403)
    if status == 200:
        assert_well_made(answer, "settings")


def test_jobs_show_state_progress_and_the_buttons_that_fit(signed_in: As) -> None:
    running = _job(Job.RUNNING, progress_done=4, progress_total=10, progress_what="pages", started_at=clock.now())
    failed = _job(Job.FAILED, error="TimeoutError in fetch")
    page = signed_in("admin").get(PATH)
    bar = next(one for one in marks(page).all("progress") if f"job {running}" in str(one["aria-label"]))
    assert (bar["value"], bar["max"]) == ("4", "10")
    assert "TimeoutError in fetch" in page.content.decode()
    pressed = [one for one in marks(page).all("button") if one.get("aria-label")]
    told = {one["aria-label"] for one in pressed}
    assert {f"Cancel job {running}", f"Do job {failed} again"} <= told
    reading = {one.get("aria-label") for one in marks(signed_in("auditor").get(PATH)).all("button")}
    assert not reading & {f"Cancel job {running}", f"Do job {failed} again"}
    only = signed_in("auditor").get(f"{PATH}?state=failed").content.decode()
    assert "TimeoutError in fetch" in only and "<progress" not in only


def test_jobs_are_done_again_and_cancelled_once(signed_in: As) -> None:
    client = signed_in("admin")
    failed = _job(Job.FAILED)
    assert client.post(PATH, {"do": "retry", "job": failed, "state": "failed"}).status_code == 302
    late = client.post(PATH, {"do": "retry", "job": failed, "state": "failed"})
    assert (late.status_code, "by now" in late.content.decode()) == (409, True)
    assert client.post(PATH, {"do": "cancel", "job": failed, "state": "queued"}).status_code == 302
    assert Job._base_manager.get(pk=failed).state == Job.CANCELLED
    assert signed_in("manager").post(PATH, {"do": "retry", "job": failed, "state": "cancelled"}).status_code == 403


def test_schedules_are_set_and_paused(signed_in: As) -> None:
    from maitred.kit.audit.deeds import create

    with deed(ROOT, "tests.schedule"):
        row = create(
            Schedule, name="nightly", kind="house.clean", expression="0 3 * * *", time_zone="UTC",
            next_run_at=clock.now(),
        )  # fmt: skip
    client = signed_in("admin")
    assert client.post(PATH, {"do": "pause", "schedule": row.pk, "version": 1}).status_code == 302
    given = {"do": "schedule", "schedule": row.pk, "version": 2, "time_zone": "Europe/Berlin"}
    wrong = client.post(PATH, {**given, "expression": "every now and then"})
    assert wrong.status_code == 422
    field = next(one for one in marks(wrong).all("input") if one.get("name") == "expression")
    assert field["value"] == "every now and then"
    assert client.post(PATH, {**given, "expression": "30 6 * * 1-5"}).status_code == 302
    row.refresh_from_db()
    assert (row.enabled, row.expression) == (True, "30 6 * * 1-5")
    assert client.post(PATH, {"do": "burn"}).status_code == 400


def test_what_is_out_of_order_is_the_heading(signed_in: As) -> None:
    _job(Job.FAILED, finished_at=clock.now())
    page = signed_in("manager").get(PATH).content.decode()
    assert "Something needs you: jobs" in page


def test_figures_older_than_a_day_are_said_to_be_stale(
    signed_in: As, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = settings.MAITRED_HOME = _home(tmp_path)
    client = signed_in("admin")
    assert "Nothing has been published yet" in client.get(PATH).content.decode()
    _publish(home)
    fresh = marks(client.get(PATH)).all("body")[0]
    assert (fresh["data-state"], "data-notice" in fresh) == ("ok", False)
    monkeypatch.setattr(system, "STALE", timedelta(seconds=-1))
    stale = marks(client.get(PATH)).all("body")[0]
    assert stale["data-state"] == "stale"
    assert "publication 1" in str(stale["data-notice"])
    assert "is older" not in client.get(PATH).content.decode()


def _home(folder: Path) -> Path:
    """An empty workspace with keys."""
    from maitred.kit.secrets.keyring import Keyring
    from maitred.sync.workspace import create

    home = folder / "workspace"
    create(home)
    Keyring(home / "keys").create()
    return home


def _publish(home: Path) -> None:
    from contextlib import closing

    from maitred.metrics.refresh import open_workspace
    from maitred.sync.publications import publish

    with closing(open_workspace(home)) as workspace, workspace.writing("tests"):
        publish(workspace.publications, workspace.ledger, {}, {}, {})


def test_every_check_of_the_doctor_runs_when_asked(signed_in: As, settings: Any, tmp_path: Path, floor: Floor) -> None:
    settings.MAITRED_HOME = _home(tmp_path)
    client = signed_in("auditor")
    assert "<strong>landing</strong>" not in client.get(PATH).content.decode()
    assert "<strong>landing</strong>" in client.get(f"{PATH}?checks=all").content.decode()
