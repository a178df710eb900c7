"""Files of many rows: written by a job, told to their owner, taken away by nobody else, gone after a week."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from maitred.base import clock
from maitred.base.errors import Invalid, NotFresh
from maitred.kit.access.actor import operator
from maitred.kit.audit.models import AuditRow
from maitred.kit.exports import access
from maitred.kit.exports.making import Spec, at_once, start_export
from maitred.kit.exports.tests.tables import FACTS, table
from maitred.kit.jobs.cleaning import _CLEANERS
from maitred.kit.jobs.models import Job
from maitred.kit.jobs.worker import work
from maitred.kit.notices.models import Notice
from maitred.people.tests.floor import Floor

SPEC = Spec("tests.people", {"count": 25_000}, "csv", "people", "People")


def signed_in(floor: Floor, name: str) -> Client:
    client = Client()
    client.force_login(floor.accounts[name], backend="maitred.people.sign_in.Backend")
    return client


def told(floor: Floor, name: str) -> list[tuple[str, str, str]]:
    rows = Notice._base_manager.filter(account=floor.accounts[name].pk)
    return [(one.kind, one.text, one.url) for one in rows]


def test_a_large_file_is_written_by_a_job_and_fetched_by_its_owner_alone(floor: Floor) -> None:
    number = start_export(floor.actor("lead"), SPEC)
    assert signed_in(floor, "lead").get(f"/exports/{number}/").status_code == 404  # not ready yet
    work(once=True)
    assert told(floor, "lead") == [("ready", "People is ready as CSV: 25000 rows", f"/exports/{number}/")]
    answer = signed_in(floor, "lead").get(f"/exports/{number}/")
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert (answer.status_code, answer["Content-Disposition"]) == (200, 'attachment; filename="people.csv"')
    rows = [*csv.reader(io.StringIO(body.decode()))]
    assert (len(rows), rows[2]) == (25_001, ["1", "'=cmd()"])
    for stranger in ("agent", "manager", "admin"):
        assert signed_in(floor, stranger).get(f"/exports/{number}/").status_code == 404
    assert Client().get(f"/exports/{number}/").status_code == 302
    audited = AuditRow._base_manager.filter(verb="exports.write").order_by("-pk")[0]
    assert hashlib.sha256(body).hexdigest() in audited.diff
    assert "25000" in audited.diff
    assert AuditRow._base_manager.filter(verb="exports.download").count() == 1


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_every_form_can_be_written_by_a_job(floor: Floor, form: str) -> None:
    number = start_export(floor.actor("lead"), replace(SPEC, form=form, words={"count": 50}))
    work(once=True)
    answer = signed_in(floor, "lead").get(f"/exports/{number}/")
    assert b"".join(answer.streaming_content)[:4] in (b"PK\x03\x04", b"PAR1")  # type: ignore[attr-defined]


def test_a_second_run_writes_the_same_file_and_tells_nobody_again(floor: Floor) -> None:
    number = start_export(floor.actor("lead"), replace(SPEC, words={"count": 50}))
    work(once=True)
    first = access.place(number, "csv").read_bytes()
    Job._base_manager.filter(pk=number).update(state=Job.QUEUED, attempts=0)
    work(once=True)
    assert access.place(number, "csv").read_bytes() == first
    assert len(told(floor, "lead")) == 1


def test_files_are_readable_by_the_house_alone_and_leave_no_pieces(floor: Floor) -> None:
    number = start_export(floor.actor("lead"), replace(SPEC, words={"count": 50}))
    work(once=True)
    path = access.place(number, "csv")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_file_goes_after_seven_days(floor: Floor) -> None:
    number = start_export(floor.actor("lead"), replace(SPEC, words={"count": 5}))
    work(once=True)
    path, now = access.place(number, "csv"), clock.now()
    _CLEANERS["exports"](now + timedelta(days=6))
    assert path.exists()
    os.utime(path, ((now - timedelta(days=8)).timestamp(),) * 2)
    assert _CLEANERS["exports"](now) == 1
    assert signed_in(floor, "lead").get(f"/exports/{number}/").status_code == 404


def test_what_cannot_be_written_is_told_once_it_is_given_up(floor: Floor) -> None:
    number = start_export(floor.actor("lead"), replace(SPEC, words={"count": -1}))
    for _attempt in range(3):
        Job._base_manager.filter(pk=number).update(run_at=clock.now())
        work(once=True)
    assert Job._base_manager.get(pk=number).state == Job.FAILED
    assert told(floor, "lead") == [("failed", "People could not be exported; try fewer rows or another form", "")]


def test_whoever_did_not_prove_who_they_are_starts_nothing(floor: Floor) -> None:
    with pytest.raises(NotFresh):
        start_export(floor.actor("lead", fresh=False), SPEC)
    assert not Job._base_manager.exists()


@pytest.mark.parametrize("wrong", [{"table": "tests.nothing"}, {"form": "docx"}, {"name": "../people"}])
def test_a_file_of_another_kind_or_name_is_refused(floor: Floor, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        start_export(floor.actor("lead"), replace(SPEC, **wrong))
    assert not Job._base_manager.exists()


def test_the_operator_has_no_account_to_be_told(floor: Floor) -> None:
    with pytest.raises(Invalid):
        start_export(operator("tests"), SPEC)


def test_a_small_file_is_made_at_once_and_audited_with_its_hash(floor: Floor) -> None:
    body = at_once(floor.actor("lead"), table(3), "csv", "people", FACTS)
    assert body.decode().splitlines() == ["id,name", "0,Person 0", "1,'=cmd()", "2,Person 2"]
    row = AuditRow._base_manager.filter(verb="exports.write")[0]
    assert hashlib.sha256(body).hexdigest() in row.diff
