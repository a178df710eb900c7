"""Jobs within one process: asked for, done, tried again, given up, cancelled, and shown."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, LeaseLost, MaitredError, NotFound
from maitred.kit.access.actor import Actor, Kind, Role, operator
from maitred.kit.audit.deeds import deed
from maitred.kit.audit.models import AuditRow
from maitred.kit.jobs import cleaning, health, leases, queue
from maitred.kit.jobs.models import Job, Lease
from maitred.kit.jobs.queue import enqueue
from maitred.kit.jobs.registry import job, kinds
from maitred.kit.jobs.running import Run, fenced
from maitred.kit.jobs.tests import kinds as test_kinds
from maitred.kit.jobs.worker import work
from maitred.kit.verbs import run

pytestmark = pytest.mark.django_db

OPERATOR = operator("tests")
AGENT = Actor(Kind.ACCOUNT, "account:7", account=7, roles=frozenset({Role.AGENT}))
MANAGER = Actor(Kind.ACCOUNT, "account:8", account=8, roles=frozenset({Role.MANAGER}))
LATE = timedelta(hours=1)


def asked(kind: str, actor: Actor = OPERATOR, key: str | None = None, **arguments: Any) -> Job:
    with deed(actor, "tests.ask"):
        number = enqueue(kind, arguments, actor=actor, key=key)
    return Job._base_manager.get(pk=number)


def taken(row: Job, holder: str = "elsewhere/-/1/1") -> Job:
    found = queue.claim(holder)
    assert found is not None
    assert found.pk == row.pk
    return found


def run_of(row: Job) -> Run:
    return Run(row, threading.Event(), lambda *_: None)


def marks() -> list[AuditRow]:
    return [*AuditRow._base_manager.filter(verb="tests.mark")]


def test_a_job_is_asked_for_within_a_deed_only() -> None:
    with pytest.raises(MaitredError, match="outside of a deed"):
        enqueue("tests.mark", {"name": "a"}, actor=OPERATOR)
    with deed(OPERATOR, "tests.ask"), pytest.raises(Invalid, match=r"tests\.nothing"):
        enqueue("tests.nothing", {}, actor=OPERATOR)
    assert Job._base_manager.count() == 0


def test_a_deed_that_fails_takes_its_jobs_with_it() -> None:
    with pytest.raises(ZeroDivisionError), deed(OPERATOR, "tests.ask"):
        enqueue("tests.mark", {"name": "a"}, actor=OPERATOR)
        raise ZeroDivisionError
    assert Job._base_manager.count() == 0


def test_the_worker_acts_in_its_own_name_on_behalf_of_the_asker() -> None:
    row = asked("tests.mark", AGENT, name="a")
    assert work(once=True) == 0
    (found,) = marks()
    assert (found.on_behalf_of, found.account) == ("account:7", 7)
    assert found.actor.startswith("worker:")
    assert found.actor.endswith(f"-{os.getpid()}")
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == ("done", 1, "")
    assert not Lease._base_manager.exists()


def test_the_same_key_asks_for_one_job() -> None:
    first, second = asked("tests.mark", key="k", name="a"), asked("tests.mark", key="k", name="a")
    assert first.pk == second.pk
    work(once=True)
    assert asked("tests.mark", key="k", name="a").state == "done"
    assert len(marks()) == 1


def test_a_job_waits_for_its_time() -> None:
    with deed(OPERATOR, "tests.ask"):
        enqueue("tests.mark", {"name": "a"}, actor=OPERATOR, run_at=clock.now() + LATE)
    assert work(once=True) == 0
    assert marks() == []


def test_a_failing_job_is_tried_again_later_and_then_given_up_without_a_word_of_its_message() -> None:
    row = asked("tests.fail")
    for attempt in (1, 2):
        before = clock.now()
        assert work(once=True) == 0
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("queued", attempt)
        assert row.error.startswith("ValueError at kit/jobs/tests/kinds.py:")
        assert before + timedelta(seconds=30 * attempt) <= row.run_at <= clock.now() + timedelta(seconds=60 * attempt)
        Job._base_manager.filter(pk=row.pk).update(run_at=clock.now())
    work(once=True)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("failed", 3)
    assert row.error.startswith("given up after 3 attempts: ValueError at kit/jobs/tests/kinds.py:")
    assert "anna" not in row.error
    assert [check.ok for check in health.checks()] == [True, False]


def test_pauses_double_up_to_an_hour_and_are_spread() -> None:
    kind = kinds()["tests.fail"]
    slow = [type(kind)("x", kind.function, 9, 10.0, None).pause(attempts) for attempts in (1, 2, 3, 4, 30)]
    assert all(limit / 2 <= pause <= limit for pause, limit in zip(slow, (10, 20, 40, 80, 3600), strict=True))
    assert len({kind.pause(5) for _ in range(20)}) > 1


def test_a_kind_that_nobody_does_any_more_fails_with_its_name() -> None:
    row, _ = queue.insert("old.thing", {}, actor="os:tests")
    assert work(once=True) == 0
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "no desk of this installation does old.thing")


def test_two_functions_cannot_do_one_kind() -> None:
    def other(run: Run) -> None:
        """Another."""

    other.__module__ = "elsewhere"
    with pytest.raises(TypeError, match=r"tests\.mark"):
        job("tests.mark")(other)


def test_a_held_job_is_nobody_elses_until_its_lease_ends() -> None:
    row = taken(asked("tests.mark", name="a"))
    assert queue.claim("other/-/2/2") is None
    assert queue.reclaim("other/-/2/2") == 0
    Lease._base_manager.update(expires_at=clock.now())
    assert queue.reclaim("other/-/2/2") == 1
    again = taken(row, "other/-/2/2")
    assert (again.attempts, again.lease_token > row.lease_token) == (2, True)


def test_a_late_worker_settles_nothing_and_reports_nothing() -> None:
    row = taken(asked("tests.mark", name="a"))
    Lease._base_manager.update(expires_at=clock.now())
    queue.reclaim("other/-/2/2")
    taken(row, "other/-/2/2")
    for late in (
        lambda: queue.settle(row, Job.DONE),
        lambda: run_of(row).progress(1, 1),
        lambda: run_of(row).check(),
        lambda: run_of(row).fence(),
    ):
        with pytest.raises(LeaseLost):
            late()
    assert leases.beat(queue.held_of(row)) is False
    assert Job._base_manager.get(pk=row.pk).state == "running"


def test_the_fence_lets_nothing_be_written_for_a_job_in_other_hands() -> None:
    row = taken(asked("tests.mark", name="a"))
    with fenced(run_of(row)):
        test_kinds.mark(run_of(row), "before")
    Job._base_manager.filter(pk=row.pk).update(lease_token=row.lease_token + 1)
    with fenced(run_of(row)), pytest.raises(LeaseLost):
        test_kinds.mark(run_of(row), "after")
    with fenced(run_of(row)), pytest.raises(LeaseLost), connection.cursor() as cursor:
        cursor.execute(" delete from jobs_lease")
    assert len(marks()) == 1


def test_a_holder_on_this_machine_that_is_gone_loses_its_lease_at_once() -> None:
    mine = leases.myself()
    place, _, start = mine.rpartition("/")[0].rpartition("/")[0], None, mine.rpartition("/")[2]
    assert not leases.gone(mine)
    assert leases.gone(f"{place}/{os.getpid()}/{start}0"), "the same process number, begun at another time"
    assert leases.gone(f"{place}/99999999/1")
    assert not leases.gone("elsewhere/boot-1/99999999/1")
    assert not leases.gone("nonsense")
    held = leases.take("one", f"{place}/99999999/1")
    assert held is not None
    again = leases.take("one", mine)
    assert again is not None
    assert again.token == held.token + 1
    assert (leases.holds(held), leases.holds(again), leases.take("one", mine)) == (False, True, None)
    leases.release(again)
    third = leases.take("one", mine)
    assert third is not None
    assert third.token == again.token + 1


def test_progress_is_kept_and_shown() -> None:
    row = asked("tests.steps", count=40)
    work(once=True)
    shown = run("jobs.show", OPERATOR, {"job": row.pk})
    assert (shown.job.progress.done, shown.job.progress.total, shown.job.progress.what) == (40, 40, "steps")
    assert shown.arguments == {"count": 40}


def test_a_waiting_job_is_cancelled_and_can_be_tried_again() -> None:
    row = asked("tests.mark", name="a")
    with pytest.raises(Conflict, match="queued by now"):
        run("jobs.cancel", OPERATOR, {"job": row.pk, "state": "running"})
    assert run("jobs.cancel", OPERATOR, {"job": row.pk, "state": "queued"}).state == "cancelled"
    work(once=True)
    assert marks() == []
    assert run("jobs.retry", OPERATOR, {"job": row.pk, "state": "cancelled"}).state == "queued"
    work(once=True)
    assert len(marks()) == 1
    with pytest.raises(Conflict):
        run("jobs.retry", OPERATOR, {"job": row.pk, "state": "failed"})


def test_a_decision_about_a_job_that_moved_on_is_refused() -> None:
    row = asked("tests.mark", name="a")
    taken(row)
    with pytest.raises(Conflict):
        queue.cancel(row)
    with pytest.raises(Conflict):
        queue.retry(row)


def test_jobs_are_listed_by_state_for_those_who_see_the_operation() -> None:
    asked("tests.mark", name="a"), asked("tests.mark", name="b")
    assert len(run("jobs.list", MANAGER, {}).items) == 2
    assert run("jobs.list", MANAGER, {"state": "failed"}).items == ()
    page = run("jobs.list", MANAGER, {"limit": 1})
    assert len(run("jobs.list", MANAGER, {"limit": 1, "cursor": page.next}).items) == 1
    for verb, arguments in (("jobs.list", {}), ("jobs.show", {"job": 1}), ("jobs.schedules", {})):
        with pytest.raises(Denied):
            run(verb, AGENT, arguments)
    with pytest.raises(Denied):
        run("jobs.cancel", MANAGER, {"job": page.items[0].id, "state": "queued"})
    with pytest.raises(NotFound):
        run("jobs.show", MANAGER, {"job": 10**9})


def test_old_finished_jobs_are_forgotten() -> None:
    old, new = asked("tests.mark", name="a"), asked("tests.mark", name="b")
    work(once=True)
    Job._base_manager.filter(pk=old.pk).update(finished_at=clock.now() - cleaning.KEEP_JOBS - LATE)
    asked("house.clean")
    work(once=True)
    assert {one.pk for one in Job._base_manager.filter(kind="tests.mark")} == {new.pk}


def test_jobs_that_wait_for_a_worker_are_told_by_the_doctor() -> None:
    row = asked("tests.mark", name="a")
    assert [check.ok for check in health.checks()] == [True, True]
    Job._base_manager.filter(pk=row.pk).update(run_at=clock.now() - LATE)
    assert [check.ok for check in health.checks()] == [False, True]
    taken(row)
    assert health.lease_age_s(clock.now()) == 0
    Lease._base_manager.update(expires_at=clock.now() - LATE)
    assert 3600 <= health.lease_age_s(clock.now()) < 3700
