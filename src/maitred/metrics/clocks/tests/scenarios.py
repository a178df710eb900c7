"""Small readable tickets for the conformance tests, written as a Fivetran-Zendesk folder and run by the product."""

from __future__ import annotations

import csv
import html
import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from maitred.metrics.clocks.tests.support import clock_folder

Cells = dict[str, str]

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
OFFICE = "mon-fri 09:00-17:00"
ALWAYS = "sun-sat 00:00-24:00"
NEW_YORK = "America/New_York"
NEW_YORK_HOLIDAYS = ("2024-07-04", "2024-12-31..2025-01-01")
CUSTOMER, AGENT, OTHER_AGENT, BOT = 201, 101, 102, 901
HEADERS = {
    "ticket": "id created_at status priority requester_id assignee_id group_id _fivetran_synced",
    "ticket_comment": "id ticket_id created public user_id body _fivetran_synced",
    "ticket_field_history": "ticket_id field_name updated value user_id _fivetran_synced",
    "ticket_schedule": "ticket_id created_at schedule_id _fivetran_synced",
    "ticket_tag": "ticket_id tag _fivetran_synced",
    "user": "id role active name _fivetran_synced",
    "schedule": "id start_time end_time time_zone created_at name _fivetran_deleted _fivetran_synced",
    "schedule_holiday": "id schedule_id start_date end_date name _fivetran_deleted _fivetran_synced",
    "audit_log": "id created_at source_type source_id change_description _fivetran_synced",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The two exports of a scenario."""

    tickets: list[Cells]
    sla: list[Cells]

    @property
    def ticket(self) -> Cells:
        """The only ticket's row."""
        (row,) = self.tickets
        return row

    def seconds(self, column: str) -> int | None:
        """A number of the only ticket; None for an empty cell."""
        return int(self.ticket[column]) if self.ticket[column] else None

    def instances(self, metric: str) -> list[Cells]:
        return [row for row in self.sla if row["metric"] == metric]

    def instance(self, metric: str) -> Cells:
        """The only instance of an SLA metric."""
        (row,) = self.instances(metric)
        return row


class Scenario:
    """A folder in the making; every method returns the scenario, so that a ticket reads as a story.

    Times are UTC, written ``2024-06-03 14:00`` or with seconds. Hours are written ``mon-fri 09:00-12:00,13:00-17:00;
    sat 10:00-14:00``; a span that ends before it starts runs past midnight. Schedule 1 is the default.
    """

    def __init__(
        self,
        zone: str = NEW_YORK,
        hours: str = OFFICE,
        holidays: Sequence[str] = NEW_YORK_HOLIDAYS,
        as_of: str = "2026-01-01 00:00:00",
        bots: Sequence[int] = (BOT,),
    ) -> None:
        self.as_of = as_of
        self.bots = bots
        self.rows: dict[str, list[list[object]]] = {name: [] for name in HEADERS}
        self.ticket_id = 0
        if zone:
            self.add_schedule(1, zone, hours, holidays)
        for one in (AGENT, OTHER_AGENT):
            self.user(one, "agent")
        self.user(CUSTOMER, "end-user")

    def user(self, user_id: int, role: str, *, active: bool = True) -> Self:
        self.rows["user"].append([user_id, role, active, f"User {user_id}", self.as_of])
        return self

    def without_user(self, user_id: int) -> Self:
        self.rows["user"] = [row for row in self.rows["user"] if row[0] != user_id]
        return self

    # schedules

    def add_schedule(
        self,
        schedule_id: int,
        zone: str,
        hours: str | Iterable[tuple[int, int]],
        holidays: Sequence[str] = (),
        *,
        created: str = "",
        removed: bool = False,
    ) -> Self:
        """A schedule; ``hours`` also as minutes of the week, counted from Sunday 00:00."""
        spans = minutes_of_week(hours) if isinstance(hours, str) else hours
        since = created or f"2019-01-{schedule_id:02d} 00:00:00"
        for start, end in spans:
            self.rows["schedule"].append(
                [schedule_id, start, end, zone, since, f"S{schedule_id}", removed, self.as_of],
            )
        for holiday in holidays:
            first, _, last = holiday.partition("..")
            number = len(self.rows["schedule_holiday"]) + 1
            self.rows["schedule_holiday"].append(
                [number, schedule_id, first, last or first, f"Holiday {number}", False, self.as_of],
            )
        return self

    def edit_schedule(
        self, schedule_id: int, at: str, before: str, after: str, form: str = "ruby", escaped: int = 1
    ) -> Self:
        """An audit row "Workweek changed from ... to ..."; the live rows stay as they are."""
        text = f"Workweek changed from {workweek(before, form)} to {workweek(after, form)}"
        for _ in range(escaped):
            text = html.escape(text)
        number = len(self.rows["audit_log"]) + 1
        self.rows["audit_log"].append([number, at, "zendesk/business_hours/workweek", schedule_id, text, self.as_of])
        return self

    # tickets

    def ticket(self, created: str, *, status: str = "new", requester: int = CUSTOMER, assignee: object = "") -> Self:
        """A new ticket; what follows belongs to it. ``status`` is the current column, the history goes first."""
        self.ticket_id = 1000 + len(self.rows["ticket"])
        self.rows["ticket"].append([self.ticket_id, created, status, "normal", requester, assignee, "", self.as_of])
        return self

    def comment(self, at: str, author: object, *, public: bool = True, number: int = 0) -> Self:
        comment_id = number or len(self.rows["ticket_comment"]) + 1
        self.rows["ticket_comment"].append([comment_id, self.ticket_id, at, public, author, "text", self.as_of])
        return self

    def customer(self, at: str, author: object = CUSTOMER, number: int = 0) -> Self:
        return self.comment(at, author, number=number)

    def agent(self, at: str, author: object = AGENT, number: int = 0) -> Self:
        return self.comment(at, author, number=number)

    def bot(self, at: str) -> Self:
        return self.comment(at, BOT)

    def note(self, at: str, author: object = AGENT, number: int = 0) -> Self:
        return self.comment(at, author, public=False, number=number)

    def field(self, at: str, name: str, value: object, by: object = "") -> Self:
        self.rows["ticket_field_history"].append([self.ticket_id, name, at, value, by, self.as_of])
        return self

    def status(self, at: str, value: str, by: object = AGENT) -> Self:
        return self.field(at, "status", value, by)

    def assign(self, at: str, assignee: object, by: object = AGENT) -> Self:
        return self.field(at, "assignee_id", assignee, by)

    def target(self, at: str, metric: str, minutes: int, *, business: bool = True) -> Self:
        value = json.dumps({"minutes": minutes, "in_business_hours": business})
        return self.field(at, f"{metric}_time", value)

    def clear(self, at: str, metric: str) -> Self:
        return self.field(at, f"{metric}_time", "")

    def schedule(self, at: str, schedule_id: int) -> Self:
        self.rows["ticket_schedule"].append([self.ticket_id, at, schedule_id, self.as_of])
        return self

    def tag(self, tag: str) -> Self:
        self.rows["ticket_tag"].append([self.ticket_id, tag, self.as_of])
        return self

    # running

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, header in HEADERS.items():
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
                csv.writer(handle).writerows([header.split(), *self.rows[name]])
        settings = f'as_of = "{self.as_of}"\n[actors]\nbots = {list(self.bots)}\n'
        (folder / "import.toml").write_text(settings, encoding="utf-8")
        assert tomllib.loads(settings)["as_of"] == self.as_of
        return folder

    def run(self, folder: Path) -> Outcome:
        """Import and export through the product."""
        return Outcome(*clock_folder(self.write(folder)))


def minutes_of_week(hours: str) -> list[tuple[int, int]]:
    """(start, end) in minutes since Sunday 00:00 out of ``mon-fri 09:00-17:00; sat 22:00-06:00``."""
    found = []
    for part in filter(None, (one.strip() for one in hours.split(";"))):
        days, spans = part.split(" ")
        first, _, last = days.partition("-")
        for day in range(DAYS.index(first), DAYS.index(last or first) + 1):
            for span in spans.split(","):
                start, end = (minute_of_day(one) for one in span.split("-"))
                found.append((day * 1440 + start, day * 1440 + (end if end > start else end + 1440)))
    return found


def minute_of_day(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def workweek(hours: str, form: str) -> str:
    """Hours as the audit log writes them: ``ruby`` or ``json``."""
    week: dict[str, dict[str, str]] = {}
    for start, end in minutes_of_week(hours):
        day, base = DAYS[start // 1440], start // 1440 * 1440
        week.setdefault(day, {})[f"{(start - base) // 60:02d}:{start % 60:02d}"] = (
            f"{(end - base) // 60:02d}:{(end - base) % 60:02d}"
        )
    if form == "json":
        return json.dumps(week)
    days = []
    for day, spans in week.items():
        inside = ", ".join(f'"{start}"=>"{end}"' for start, end in spans.items())
        days.append(f":{day}=>{{{inside}}}")
    return "{" + ", ".join(days) + "}"
