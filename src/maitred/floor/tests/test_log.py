"""The generated log: the same bytes for the same words, a year that ends where it is told to, nothing after that."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import csv

from maitred.floor.log import write_log

UNTIL = datetime(2026, 3, 18, 10, 17, tzinfo=UTC)
INSTANTS = {
    "ticket": ("created_at", "updated_at", "_fivetran_synced"),
    "ticket_comment": ("created",),
    "ticket_field_history": ("updated",),
    "ticket_schedule": ("created_at",),
    "schedule": ("created_at",),
    "schedule_holiday": ("start_date",),
}


def written(folder: Path, until: datetime | None, tickets: int = 600, seed: int = 4) -> Path:
    write_log(folder, tickets, seed, until=until)
    return folder


def digest(folder: Path) -> str:
    files = sorted(folder.glob("*.csv"))
    return hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).hexdigest()


def table(folder: Path, name: str) -> pa.Table:
    return csv.read_csv(folder / f"{name}.csv")


def instants(folder: Path, name: str, column: str) -> list[datetime]:
    found = table(folder, name)[column].cast(pa.timestamp("s"))
    return [instant.replace(tzinfo=UTC) for instant in found.to_pylist()]


def test_the_same_words_write_the_same_bytes(tmp_path: Path) -> None:
    first, second = (digest(written(tmp_path / name, UNTIL)) for name in "ab")
    assert first == second
    assert digest(written(tmp_path / "c", UNTIL, seed=5)) != first
    assert digest(written(tmp_path / "d", UNTIL + timedelta(minutes=1))) != first


def test_without_an_end_the_log_is_the_one_that_figures_were_measured_on(tmp_path: Path) -> None:
    plain = digest(written(tmp_path / "plain", None, 400, 1))
    assert plain == digest(written(tmp_path / "named", datetime(2026, 1, 5, tzinfo=UTC), 400, 1))
    assert set(instants(tmp_path / "plain", "ticket", "_fivetran_synced")) == {datetime(2026, 1, 5, tzinfo=UTC)}


@pytest.mark.parametrize(
    "until",
    [UNTIL, UNTIL.replace(hour=3), datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2031, 12, 28, 23, 59, tzinfo=UTC)],
    ids=str,
)
def test_nothing_lies_after_the_end_and_a_year_before_it(until: datetime, tmp_path: Path) -> None:
    folder = written(tmp_path / "log", until)
    for name, columns in INSTANTS.items():
        for column in columns:
            assert max(instants(folder, name, column)) <= until, f"{name}.{column}"
    created = instants(folder, "ticket", "created_at")
    assert len(created) == 600
    assert min(created) >= until - timedelta(weeks=52)
    assert min(created) < until - timedelta(weeks=51)
    assert max(created) > until - timedelta(days=3)
    assert set(instants(folder, "ticket", "_fivetran_synced")) == {until}
    assert max(instants(folder, "schedule", "created_at")) < min(created)


@pytest.mark.parametrize("hour", [8, 13, 19])
def test_in_office_hours_somebody_wrote_within_the_last_hour(hour: int, tmp_path: Path) -> None:
    until = UNTIL.replace(hour=hour)
    assert max(instants(written(tmp_path / "log", until, 50), "ticket", "created_at")) > until - timedelta(hours=1)


def test_work_is_left_to_do_and_weekends_stay_quiet(tmp_path: Path) -> None:
    tickets = table(written(tmp_path / "log", UNTIL, 4_000), "ticket")
    open_ = pc.is_in(tickets["status"], value_set=pa.array(["new", "open", "pending"]))
    assert pc.sum(open_).as_py() > 20
    weekdays = [created.weekday() for created in instants(tmp_path / "log", "ticket", "created_at")]
    assert weekdays.count(0) > 2 * weekdays.count(5)
