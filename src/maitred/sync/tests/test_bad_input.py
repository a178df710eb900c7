"""Bad input: a clear refusal or a row set aside by file, row and field; the rest is loaded; never a traceback."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.csv
import pyarrow.parquet
import pytest

from maitred.surfaces.cli.run import run
from maitred.sync.tests.support import Log, Row, change, comment, handmade, ticket
from maitred.sync.workspace import create
from tests.house import operating_on


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


class Bench:
    """A workspace in a test folder and the commands run on it, in this process."""

    def __init__(self, root: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.root, self.folder, self._capture = root, root / "in", capture

    def run(self, *words: str | Path) -> Answer:
        self._capture.readouterr()
        with operating_on(Path(os.environ["MAITRED_HOME"])):
            code = run([str(word) for word in words])
        told = self._capture.readouterr()
        assert "Traceback" not in told.out + told.err
        return Answer(code, told.out, told.err)

    def write(self, **tables: list[Row]) -> Path:
        return handmade(**tables).write(self.folder)

    def bring_in(self, kind: str = "fivetran-zendesk") -> Answer:
        return self.run("import", kind, self.folder, "--json")

    def aside(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.run("import", "quarantine", "--json").document["quarantine"]
        return rows

    def exported(self, table: str) -> list[dict[str, str]]:
        file = self.root / "out.csv"
        assert self.run("export", table, "--to", file).code == 0
        with file.open(newline="", encoding="utf-8") as source:
            return list(csv.DictReader(source))

    def assert_refused(self, *named: str) -> None:
        """The import is refused in one line that names these, and nothing is published."""
        answer = self.bring_in()
        assert answer.code == 1
        assert answer.err.count("\n") == 1
        for word in named:
            assert word in answer.err
        assert set(answer.document["error"]) == {"type", "title", "status", "detail"}
        assert self.run("export", "tickets", "--to", self.root / "no.csv").code == 1

    def assert_set_aside(self, file: str, row: int, field: str, code: str, loaded: dict[str, int]) -> dict[str, Any]:
        """One row is set aside with file, row and field; of the rest as many are loaded as said."""
        answer = self.bring_in()
        entries = [entry for entry in self.aside() if entry["file"] == file]
        assert [(e["row"], e["field"], e["code"]) for e in entries] == [(row, field, code)]
        assert field in entries[0]["message"]
        counts = {f["file"]: f for f in answer.document["files"]}
        assert all(f["rows"] == f["loaded"] + f["superseded"] + f["quarantined"] for f in counts.values())
        assert {name: counts[name]["loaded"] for name in loaded} == loaded
        return entries[0]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bench:
    monkeypatch.setenv("MAITRED_HOME", str(tmp_path / "home"))
    create(tmp_path / "home")
    return Bench(tmp_path, capsys)


def many(n: int = 8) -> list[Row]:
    """Tickets enough for one bad row to be less than a fifth."""
    return [ticket(str(k)) for k in range(1, n + 1)]


def spoil(path: Path, edit: Callable[[bytes], bytes]) -> None:
    path.write_bytes(edit(path.read_bytes()))


# ---------------------------------------------------------------- files


def test_a_csv_file_cut_off_inside_a_row_loses_that_row_only(bench: Bench) -> None:
    spoil(bench.write(ticket=many()) / "ticket.csv", lambda body: body[:-60])
    entry = bench.assert_set_aside("ticket.csv", 8, "updated_at", "bad_row", {"ticket.csv": 7})
    assert "cut off" in entry["message"]


def test_a_csv_file_cut_off_inside_quotes_loses_that_row_only(bench: Bench) -> None:
    comments = [comment(str(k), "1", body="fine") for k in range(20, 28)]
    comments.append(comment("28", "1", body='said "wait", then\nnothing more'))
    spoil(bench.write(ticket_comment=comments) / "ticket_comment.csv", lambda body: body[:-12])
    bench.bring_in()
    entries = bench.aside()
    assert [(e["file"], e["row"], e["code"]) for e in entries] == [("ticket_comment.csv", 9, "bad_row")]
    assert len(bench.exported("messages")) == 8


def test_a_truncated_parquet_file_is_refused_by_name(bench: Bench) -> None:
    folder = bench.write()
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(folder / "ticket.csv"), folder / "ticket.parquet")
    (folder / "ticket.csv").unlink()
    spoil(folder / "ticket.parquet", lambda body: body[: len(body) // 2])
    bench.assert_refused("ticket.parquet", "not a whole Parquet file")


def test_a_parquet_file_damaged_inside_is_refused_by_name(bench: Bench) -> None:
    folder = bench.write(ticket=many(500))
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(folder / "ticket.csv"), folder / "ticket.parquet")
    (folder / "ticket.csv").unlink()
    spoil(folder / "ticket.parquet", lambda body: body[:40] + bytes(200) + body[240:])
    bench.assert_refused("ticket.parquet")


def test_a_truncated_gzip_file_is_refused_by_name(bench: Bench) -> None:
    folder = bench.write()
    (folder / "ticket.csv.gz").write_bytes(gzip.compress((folder / "ticket.csv").read_bytes())[:-20])
    (folder / "ticket.csv").unlink()
    bench.assert_refused("ticket.csv.gz", "gzip")


def test_a_file_that_is_no_gzip_is_refused_by_name(bench: Bench) -> None:
    folder = bench.write()
    (folder / "ticket.csv").rename(folder / "ticket.csv.gz")
    bench.assert_refused("ticket.csv.gz", "gzip")


def test_a_byte_that_is_not_utf8_sets_its_row_aside(bench: Bench) -> None:
    spoil(bench.write(ticket=many()) / "ticket.csv", lambda body: body.replace(b"Parcel 3", b"Paket f\xfcr"))
    entry = bench.assert_set_aside("ticket.csv", 3, "subject", "bad_text", {"ticket.csv": 7})
    assert "0xfc" in entry["message"]


def test_a_utf16_file_is_refused_by_name(bench: Bench) -> None:
    spoil(bench.write() / "ticket.csv", lambda body: body.decode().encode("utf-16"))
    bench.assert_refused("ticket.csv", "UTF-16", "UTF-8")


@pytest.mark.parametrize(("sign", "called"), [(";", "';'"), ("\t", "a tab"), ("|", "'|'")])
def test_a_file_with_another_delimiter_is_refused_by_name(bench: Bench, sign: str, called: str) -> None:
    spoil(bench.write() / "ticket.csv", lambda body: body.replace(b",", sign.encode()))
    bench.assert_refused("ticket.csv", called)


def test_a_missing_column_is_named_with_those_that_are_there(bench: Bench) -> None:
    rows = [{name: value for name, value in row.items() if name != "created_at"} for row in many()]
    bench.write(ticket=rows)
    bench.assert_refused("ticket.csv", "created_at", "it has id")


def test_a_column_that_stands_twice_is_refused_by_file_and_name(bench: Bench) -> None:
    spoil(bench.write() / "ticket.csv", lambda body: body.replace(b"updated_at", b"created_at", 1))
    bench.assert_refused("ticket.csv", "created_at", "twice")


def test_an_empty_directory_is_refused(bench: Bench) -> None:
    bench.folder.mkdir()
    bench.assert_refused("holds no Fivetran Zendesk table", "organization.csv")


def test_a_missing_directory_is_refused(bench: Bench) -> None:
    bench.assert_refused("is not a folder")


def test_a_file_without_a_header_is_refused_by_name(bench: Bench) -> None:
    spoil(bench.write() / "ticket.csv", lambda body: b"")
    bench.assert_refused("ticket.csv", "empty")


def test_files_with_only_a_header_bring_in_nothing_and_are_no_error(bench: Bench) -> None:
    folder = bench.write()
    for path in folder.glob("*.csv"):
        spoil(path, lambda body: body[: body.index(b"\n") + 1])
    answer = bench.bring_in()
    assert (answer.code, answer.document["tickets"]) == (0, 0)
    assert bench.exported("tickets") == []


def test_ten_megabytes_in_a_field_set_its_row_aside(bench: Bench) -> None:
    comments = [comment(str(k), "1") for k in range(20, 28)]
    comments[4]["body"] = "x" * (10 * 1024 * 1024 + 1)
    bench.write(ticket_comment=comments)
    entry = bench.assert_set_aside("ticket_comment.csv", 5, "body", "too_big", {"ticket_comment.csv": 7})
    assert "10 MB" in entry["message"]


def test_nul_bytes_are_replaced_and_said(bench: Bench) -> None:
    spoil(bench.write() / "ticket.csv", lambda body: body.replace(b"Parcel 2", b"Par\x00cel"))
    answer = bench.bring_in()
    assert answer.code == 0
    assert "NUL" in answer.err
    assert [row["subject"] for row in bench.exported("tickets")] == ["Parcel 1", "Par\ufffdcel"]


def test_duplicate_rows_count_as_superseded(bench: Bench) -> None:
    bench.write(ticket=[*many(3), *many(3)])
    counts = {f["file"]: f for f in bench.bring_in().document["files"]}["ticket.csv"]
    assert (counts["rows"], counts["loaded"], counts["superseded"], counts["quarantined"]) == (6, 3, 3, 0)
    assert len(bench.exported("tickets")) == 3


# ---------------------------------------------------------------- values


@pytest.mark.parametrize("when", ["2024-02-30 10:00:00", "yesterday", "2024-13-01", "10/03/2024", ""])
def test_an_impossible_date_sets_its_row_aside(bench: Bench, when: str) -> None:
    rows = many()
    rows[2]["created_at"] = when
    bench.write(ticket=rows)
    bench.bring_in()
    entries = [entry for entry in bench.aside() if entry["file"] == "ticket.csv"]
    assert [(e["row"], e["field"], e["key"]) for e in entries] == [(3, "created_at", "3")]
    assert len(bench.exported("tickets")) == 7


def test_an_unknown_status_of_a_ticket_reads_as_open_and_is_said(bench: Bench) -> None:
    rows = many()
    rows[1]["status"] = "wartend"
    bench.write(ticket=rows)
    assert "'wartend' is new to us" in bench.bring_in().err
    assert [row["status_raw"] for row in bench.exported("tickets")][1] == "wartend"


def test_an_unknown_status_in_the_history_sets_its_row_aside(bench: Bench) -> None:
    rows = [change("1", "status", f"2024-03-01 1{k}:00:00", value) for k, value in enumerate(["open", "pending"] * 4)]
    rows[5]["value"] = "wartend"
    bench.write(ticket_field_history=rows)
    entry = bench.assert_set_aside("ticket_field_history.csv", 6, "value", "bad_enum", {"ticket_field_history.csv": 7})
    assert "wartend" in entry["message"]


def test_an_event_of_a_missing_ticket_is_set_aside_and_loaded_when_the_ticket_comes(bench: Bench) -> None:
    comments = [*(comment(str(k), "1") for k in range(20, 28)), comment("30", "77")]
    bench.write(ticket_comment=comments)
    bench.assert_set_aside("ticket_comment.csv", 9, "ticket_id", "orphan", {"ticket_comment.csv": 8})
    bench.write(ticket=[ticket("1"), ticket("2"), ticket("77")], ticket_comment=comments)
    assert bench.bring_in().code == 0
    assert bench.aside() == []
    assert [row["external_id"] for row in bench.exported("messages")][-1] == "30"


def test_two_creations_of_one_ticket_leave_one_ticket_and_one_creation(bench: Bench) -> None:
    bench.write(ticket=[ticket("1"), ticket("1", created_at="2024-02-01 08:00:00"), ticket("2")])
    bench.bring_in()
    assert len(bench.exported("tickets")) == 2
    created = [row for row in bench.exported("ticket_events") if row["field"] == "created"]
    assert len(created) == 2


def test_events_of_the_same_second_all_count_in_any_order_of_the_file(bench: Bench) -> None:
    at = "2024-03-01 10:00:00"
    rows = [
        change("1", name, at, value) for name, value in (("status", "pending"), ("priority", "high"), ("group_id", "4"))
    ]
    bench.write(ticket_field_history=rows)
    bench.bring_in()
    first = bench.exported("ticket_events")
    bench.run("init")
    bench.write(ticket_field_history=rows[::-1])
    bench.bring_in()
    assert bench.exported("ticket_events") == first
    assert [row["field"] for row in first if row["occurred_at"] == "2024-03-01T10:00:00Z"].count("status") == 1


def hours(**fields: str) -> Row:
    return {"id": "5", "name": "Office", "time_zone": "London", "start_time": "1980", "end_time": "2460", **fields}


def test_a_schedule_with_no_open_minute_measures_no_business_time_and_stops_nothing(bench: Bench) -> None:
    closed = {"id": "1", "schedule_id": "5", "name": "Always", "start_date": "2000-01-01", "end_date": "2050-01-01"}
    said = [comment("10", "1", user_id="9", created="2024-03-01 08:00:00"), comment("11", "1")]
    bench.write(schedule=[hours()], schedule_holiday=[closed], ticket_comment=said)
    assert bench.bring_in().code == 0
    rows = bench.exported("tickets")
    assert [(row["frt.calendar"], row["frt.business_all"]) for row in rows] == [("3600", "0"), ("", "")]


def test_overlapping_holidays_close_a_day_once(bench: Bench) -> None:
    one = {"id": "1", "schedule_id": "5", "name": "One", "start_date": "2024-03-01", "end_date": "2024-03-03"}
    bench.write(schedule=[hours()], schedule_holiday=[one])
    bench.bring_in()
    single = bench.exported("tickets")
    bench.write(schedule=[hours()], schedule_holiday=[one, {**one, "id": "2", "start_date": "2024-03-02"}])
    assert bench.bring_in().code == 0
    assert bench.exported("tickets") == single


def test_an_unknown_zone_sets_its_schedule_row_aside(bench: Bench) -> None:
    week = [hours(start_time=str(day * 1440 + 540), end_time=str(day * 1440 + 1020)) for day in range(1, 7)]
    bench.write(schedule=[*week, hours(id="6", time_zone="Mittelerde")])
    entry = bench.assert_set_aside("schedule.csv", 7, "time_zone", "unknown_zone", {"schedule.csv": 6})
    assert "Mittelerde" in entry["message"]


@pytest.mark.parametrize(("start", "end"), [("600", "540"), ("-60", "540"), ("540", "99999")])
def test_hours_that_run_backwards_or_beyond_the_week_are_set_aside(bench: Bench, start: str, end: str) -> None:
    week = [hours(start_time=str(day * 1440 + 540), end_time=str(day * 1440 + 1020)) for day in range(1, 7)]
    bench.write(schedule=[*week, hours(id="6", start_time=start, end_time=end)])
    bench.assert_set_aside("schedule.csv", 7, "end_time", "bad_value", {"schedule.csv": 6})


@pytest.mark.parametrize("value", ['{"minutes":-5}', '{"minutes":"soon"}', "60", "{", "[]", '{"minutes":1e99}'])
def test_a_negative_or_senseless_target_is_set_aside(bench: Bench, value: str) -> None:
    rows = [change("1", "priority", f"2024-03-01 1{k}:00:00", "high") for k in range(8)]
    bench.write(ticket_field_history=[*rows, change("1", "first_reply_time", "2024-03-01 08:00:00", value)])
    bench.assert_set_aside("ticket_field_history.csv", 9, "value", "bad_value", {"ticket_field_history.csv": 8})
    assert bench.exported("sla") == []


def test_a_holiday_that_ends_before_it_starts_is_set_aside(bench: Bench) -> None:
    days = [
        {"id": str(k), "schedule_id": "5", "name": "Day", "start_date": f"2024-05-0{k}", "end_date": f"2024-05-0{k}"}
        for k in range(1, 7)
    ]
    days[3]["end_date"] = "2024-05-01"
    bench.write(schedule=[hours()], schedule_holiday=days)
    bench.assert_set_aside("schedule_holiday.csv", 4, "end_date", "bad_value", {"schedule_holiday.csv": 5})


def test_an_import_of_which_more_than_a_fifth_is_set_aside_exits_1_but_publishes_the_rest(bench: Bench) -> None:
    rows = many()
    for row in rows[:3]:
        row["created_at"] = "never"
    bench.write(ticket=rows)
    answer = bench.bring_in()
    assert answer.code == 1
    assert "ticket.csv" in answer.err
    assert len(bench.exported("tickets")) == 5


# ---------------------------------------------------------------- words of the command


def test_an_unknown_key_in_import_toml_is_named(bench: Bench) -> None:
    (bench.write() / "import.toml").write_text('as_off = "2024-03-06T00:00:00Z"\n')
    bench.assert_refused("import.toml", "as_off")


def test_an_import_toml_that_is_no_toml_is_refused(bench: Bench) -> None:
    (bench.write() / "import.toml").write_text("as_of = = 3")
    bench.assert_refused("import.toml", "cannot be read")


def test_an_unknown_source_of_an_export_is_named(bench: Bench) -> None:
    bench.write()
    bench.bring_in()
    answer = bench.run("export", "tickets", "--to", bench.root / "x.csv", "--source", "nobody", "--json")
    assert answer.code == 1
    assert "nobody" in answer.err
    assert "fivetran-zendesk" in answer.err
    assert answer.document["error"]["type"].endswith("not-found")


def test_an_unknown_table_of_an_export_is_named(bench: Bench) -> None:
    bench.write()
    bench.bring_in()
    answer = bench.run("export", "tickketts", "--to", bench.root / "x.csv")
    assert answer.code == 1
    assert "tickketts" in answer.err


def test_an_export_to_an_unknown_form_is_wrong_usage(bench: Bench) -> None:
    bench.write()
    bench.bring_in()
    assert bench.run("export", "tickets", "--to", bench.root / "x.doc").code == 2


def test_an_as_of_that_is_no_instant_is_refused(bench: Bench) -> None:
    bench.write()
    answer = bench.run("import", "fivetran-zendesk", bench.folder, "--as-of", "soon", "--json")
    assert answer.code == 1
    assert "soon" in answer.err
    assert "detail" in answer.document["error"]


def test_a_publication_that_does_not_exist_is_named(bench: Bench) -> None:
    bench.write()
    bench.bring_in()
    answer = bench.run("export", "tickets", "--to", bench.root / "x.csv", "--publication", "9")
    assert answer.code == 1
    assert "publication 9" in answer.err


@pytest.mark.parametrize("words", [["doctor"], ["export", "tickets", "--to", "x.csv"], ["import", "quarantine"]])
def test_a_command_without_a_workspace_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.setenv("MAITRED_HOME", str(bench.root / "nowhere"))
    answer = bench.run(*words, "--json")
    assert answer.code == 1
    assert "nowhere" in answer.err
    assert "maitred init" in answer.err
    assert answer.document["error"]["type"].endswith("no-workspace")


@pytest.mark.parametrize("words", [["exprot"], ["export"], ["import", "fivetran-zendesk"], ["doctor", "--fast"]])
def test_wrong_usage_exits_2(bench: Bench, words: list[str]) -> None:
    assert bench.run(*words).code == 2


def test_a_name_that_belongs_to_another_kind_of_source_is_refused(bench: Bench) -> None:
    bench.write()
    bench.bring_in()
    objects = bench.root / "objects"
    objects.mkdir()
    (objects / "tickets.jsonl").write_text("{}\n")
    answer = bench.run("import", "zendesk", objects, "--name", "fivetran-zendesk")
    assert answer.code == 1
    assert "--name" in answer.err


def test_json_answers_are_one_document_also_when_rows_are_set_aside(bench: Bench) -> None:
    rows = many()
    rows[0]["created_at"] = "never"
    Log({"ticket": rows}).write(bench.folder)
    assert bench.bring_in().document["files"][0]["quarantined"] == 1
