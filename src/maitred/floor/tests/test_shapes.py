from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from maitred.floor.records import settings
from maitred.floor.shapes import freshdesk, jsonl, salesforce, zendesk
from maitred.floor.shapes.hours import clock_12, clock_24
from maitred.floor.tests.recorded import MIDWAY, small_run, small_tables


def _lines(folder: Path, stream: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{stream}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("shape", [zendesk, freshdesk, salesforce])
def test_every_line_of_every_file_is_one_json_object(shape: Any, tmp_path: Path) -> None:
    written = shape.write(small_run(texts=True), tmp_path / "new" / "folder")
    for stream, count in written.counts.items():
        lines = _lines(tmp_path / "new" / "folder", stream)
        assert len(lines) == count, stream
        assert all(isinstance(line, dict) for line in lines)
    assert written.lines == sum(written.counts.values()) > 3_000


def test_zendesk_audits_carry_every_change_and_message_once(tmp_path: Path) -> None:
    zendesk.write(small_run(), tmp_path)
    audits = _lines(tmp_path, "ticket_events")
    children = [child for audit in audits for child in audit["child_events"]]
    kinds = Counter(child["event_type"] for child in children)
    found = small_tables()
    assert kinds["Comment"] == found["messages"].num_rows
    assert kinds["ScheduleAssignment"] == found["ticket_schedules"].num_rows
    known = [number for audit in audits for number in (audit["id"], *(one["id"] for one in audit["child_events"]))]
    assert len(known) == len(set(known))
    assert all(audit["child_events"] for audit in audits)


def test_an_earlier_telling_holds_nothing_later(tmp_path: Path) -> None:
    run = small_run()
    zendesk.write(run, tmp_path, until=MIDWAY)
    moment = MIDWAY.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert all(line["created_at"] <= moment for line in _lines(tmp_path, "ticket_events"))
    assert all(line["updated_at"] <= moment for line in _lines(tmp_path, "tickets"))
    known = tomllib.loads((tmp_path / "import.toml").read_text())
    assert known == {"as_of": moment, "actors": {"bots": settings(run)["bots"]}}


def test_freshdesk_knows_no_new_tickets_and_says_when_they_were_solved(tmp_path: Path) -> None:
    freshdesk.write(small_run(), tmp_path)
    tickets = _lines(tmp_path, "tickets")
    assert {ticket["status"] for ticket in tickets} <= {2, 3, 4, 5}
    for ticket in tickets:
        done = ticket["status"] in (4, 5)
        assert (ticket["stats"]["resolved_at"] is not None) == done
    notes = [line for line in _lines(tmp_path, "conversations") if line["private"]]
    internal = [one for one in small_tables()["messages"]["direction"].to_pylist() if one == "internal"]
    assert len(notes) == len(internal) > 0


def test_salesforce_cases_have_one_owner_whose_history_ends_there(tmp_path: Path) -> None:
    salesforce.write(small_run(), tmp_path)
    last: dict[str, str] = {}
    for row in _lines(tmp_path, "CaseHistory"):
        if row["Field"] == "Owner":
            assert row["OldValue"] != row["NewValue"]
            assert last.get(row["CaseId"], row["OldValue"]) == row["OldValue"]
            last[row["CaseId"]] = row["NewValue"]
    cases = {case["Id"]: case["OwnerId"] for case in _lines(tmp_path, "Case")}
    assert len(last) > len(cases) / 2
    assert all(cases[case] == owner for case, owner in last.items())


def test_texts_become_json_whatever_they_hold() -> None:
    texts = ['say "no"', "back\\slash", "two\nlines\tand\r\x01 control", "", "żółć 😀", None]
    assert [json.loads(one) for one in jsonl.quoted(pa.array(texts, pa.string())).to_pylist()] == texts


def test_clocks_are_written_as_each_helpdesk_does() -> None:
    assert [clock_12(minute) for minute in (0, 480, 1050, 1440)] == ["12:00 am", "8:00 am", "5:30 pm", "12:00 am"]
    assert [clock_24(minute) for minute in (0, 545, 1440)] == ["00:00:00.000Z", "09:05:00.000Z", "00:00:00.000Z"]
