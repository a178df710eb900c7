"""Workers as real processes: killed, stopped and woken, side by side, asked to end."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from maitred.kit.jobs.tests.houses import KILLED, House, eventually
from maitred.kit.outbox.tests.receivers import mail_server

pytestmark = pytest.mark.slow

QUICK = {"MAITRED_LEASE_EXPIRY": "1.5", "MAITRED_LEASE_BEAT": "0.3"}
BEFORE_THE_WORK = ("jobs.claim", "jobs.claimed", "jobs.run")
AFTER_THE_WORK = ("jobs.done", "jobs.settle")


def ended(house: House, job: int, state: str = "done") -> bool:
    return house.state("jobs_job", job) == state


@pytest.mark.parametrize("label", BEFORE_THE_WORK)
def test_a_job_whose_worker_dies_before_the_work_is_done_once_by_the_next(house: House, label: str) -> None:
    (job,) = house.ask("tests.mark", name="a")
    assert house.run("once", MAITRED_FAULT=f"{label}:1")[0] == KILLED
    assert house.marks() == 0
    assert house.run("once")[0] == 0
    assert ended(house, job)
    assert house.marks() == 1


@pytest.mark.parametrize("label", AFTER_THE_WORK)
def test_a_job_whose_worker_dies_after_the_work_is_done_again_since_nobody_can_tell(house: House, label: str) -> None:
    (job,) = house.ask("tests.mark", name="a")
    assert house.run("once", MAITRED_FAULT=f"{label}:1")[0] == KILLED
    assert house.state("jobs_job", job) == "running"
    assert house.run("once")[0] == 0
    assert ended(house, job)
    assert house.marks() == 2


def test_a_job_that_kills_every_worker_is_given_up(house: House) -> None:
    (job,) = house.ask("tests.mark", name="a")
    for _ in range(3):
        assert house.run("once", MAITRED_FAULT="jobs.run:1")[0] == KILLED
    assert house.run("once")[0] == 0
    assert house.rows("SELECT state, attempts, error FROM jobs_job") == [
        ("failed", 3, "its worker ended before it did, 3 times")
    ]
    assert house.marks() == 0


def test_a_death_while_a_job_is_reclaimed_leaves_it_to_the_next(house: House) -> None:
    (job,) = house.ask("tests.mark", name="a")
    assert house.run("once", MAITRED_FAULT="jobs.claimed:1")[0] == KILLED
    assert house.run("once", MAITRED_FAULT="jobs.reclaim:1")[0] == KILLED
    assert house.run("once")[0] == 0
    assert (house.marks(), ended(house, job)) == (1, True)


def test_a_worker_that_was_stopped_past_its_lease_wakes_up_writes_nothing_and_ends_with_an_error(
    house: House, tmp_path: Path
) -> None:
    (job,) = house.ask("tests.wait", name="a", folder=str(tmp_path))
    first = house.start("work", **QUICK)
    eventually(lambda: (tmp_path / "began-a-1").exists(), "the first worker began")
    first.send_signal(signal.SIGSTOP)
    second = house.start("work", **QUICK)
    eventually(lambda: (tmp_path / "began-a-2").exists(), "the second worker took over")
    (tmp_path / "go").touch()
    eventually(lambda: ended(house, job), "the second worker finished")
    before = house.rows("SELECT * FROM jobs_job ORDER BY id") + house.rows("SELECT * FROM audit_row ORDER BY seq")
    first.send_signal(signal.SIGCONT)
    assert first.wait(20) == 1
    after = house.rows("SELECT * FROM jobs_job ORDER BY id") + house.rows("SELECT * FROM audit_row ORDER BY seq")
    assert after == before
    assert house.marks() == 1
    second.send_signal(signal.SIGTERM)
    assert second.wait(20) == 0


def test_a_worker_that_is_stopped_for_less_than_its_lease_goes_on(house: House, tmp_path: Path) -> None:
    (job,) = house.ask("tests.wait", name="a", folder=str(tmp_path))
    worker = house.start("once")
    eventually(lambda: (tmp_path / "began-a-1").exists(), "the worker began")
    worker.send_signal(signal.SIGSTOP)
    assert house.run("once")[0] == 0
    (tmp_path / "go").touch()
    worker.send_signal(signal.SIGCONT)
    assert worker.wait(20) == 0
    assert (house.marks(), ended(house, job)) == (1, True)


def test_two_workers_side_by_side_do_every_job_once(house: House, tmp_path: Path) -> None:
    jobs = house.ask("tests.alone", times=60, folder=str(tmp_path))
    workers = [house.start("once"), house.start("once")]
    assert [one.wait(60) for one in workers] == [0, 0]
    done = [line.split() for line in (tmp_path / "done").read_text().splitlines()]
    assert sorted(int(job) for job, _ in done) == sorted(jobs)
    assert house.rows("SELECT DISTINCT state, error, attempts FROM jobs_job") == [("done", "", 1)]
    assert len({worker for _, worker in done}) == 2


def test_a_worker_that_is_asked_to_end_gives_its_job_back_without_counting_the_attempt(
    house: House, tmp_path: Path
) -> None:
    house.ask("tests.patient", folder=str(tmp_path))
    worker = house.start("work")
    eventually(lambda: (tmp_path / "began-1").exists(), "the worker began")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert house.rows("SELECT state, attempts FROM jobs_job") == [("queued", 0)]
    assert house.rows("SELECT name FROM jobs_lease") == []


def test_a_running_job_that_is_cancelled_ends_at_its_next_check(house: House, tmp_path: Path) -> None:
    (job,) = house.ask("tests.patient", folder=str(tmp_path))
    worker = house.start("once")
    eventually(lambda: (tmp_path / "began-1").exists(), "the worker began")
    house.write("UPDATE jobs_job SET cancel_asked = true")
    assert worker.wait(20) == 0
    assert ended(house, job, "cancelled")


def test_letters_go_out_while_a_long_job_runs(house: House, tmp_path: Path) -> None:
    with mail_server() as server:
        (house.home / "maitred.json").write_text(json.dumps({"mail": server.entry}))
        house.ask("tests.patient", folder=str(tmp_path))
        worker = house.start("work")
        eventually(lambda: (tmp_path / "began-1").exists(), "the job began")
        house.post("mail", to="ana@example.org", subject="Hello", text="A letter.")
        eventually(lambda: len(server.letters) == 1, "the letter went out")
        assert house.rows("SELECT state FROM jobs_job") == [("running",)]
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0


def test_two_workers_fire_a_schedule_once(house: House) -> None:
    assert house.run("once")[0] == 0
    house.write("UPDATE jobs_schedule SET next_run_at = '2026-01-01 00:00:00' WHERE kind = 'house.clean'")
    assert house.run("once", MAITRED_FAULT="jobs.schedule:1")[0] == KILLED
    workers = [house.start("once"), house.start("once")]
    assert [one.wait(60) for one in workers] == [0, 0]
    assert house.rows("SELECT kind, state, actor FROM jobs_job") == [("house.clean", "done", "schedule:house.clean")]
