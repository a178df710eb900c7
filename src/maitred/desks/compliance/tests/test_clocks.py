"""Clocks of rules: against a second way of counting, and each rule of their meaning by an example."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maitred.desks.compliance.clocks import (
    Ahead,
    Calendar,
    CalendarVersion,
    ClockRule,
    Extension,
    Happened,
    Length,
    Pause,
    Start,
    VoidRule,
    run_clock,
    run_clocks,
    warnings_due,
)
from maitred.desks.compliance.clocks.counting import begun, deadline
from maitred.desks.compliance.tests import reference

LONDON = ZoneInfo("Europe/London")
FAR = datetime(2199, 1, 1, tzinfo=UTC)
ZONES = ("Europe/London", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe", "UTC",
         "Asia/Beirut", "Pacific/Auckland")  # fmt: skip
UNITS = ("minutes", "hours", "days", "business_days", "weeks", "months")
PLAIN = Calendar("plain", (CalendarVersion(date(2000, 1, 1)),))


_DAYS = st.integers(0, 2_000).map(lambda one: date(2022, 7, 1) + timedelta(days=one))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Two or three versions with holidays, days that are open although they would not be, and half days."""
    made = []
    for first in sorted(draw(st.sets(_DAYS, min_size=1, max_size=3))):
        days, opened, halves = (draw(st.lists(_DAYS, max_size=most)) for most in (30, 4, 4))
        weekend = draw(st.sampled_from([frozenset({5, 6}), frozenset({4, 5}), frozenset({6}), frozenset()]))
        made.append(CalendarVersion(first, weekend, frozenset(days), frozenset(opened), time(8, 30), time(17),
                                    dict.fromkeys(halves, time(13))))  # fmt: skip
    return Calendar("drawn", tuple(made))


@st.composite
def rules(draw: st.DrawFn) -> ClockRule:
    unit: Any = draw(st.sampled_from(UNITS))
    most = {"minutes": 5_000, "hours": 100, "days": 70, "business_days": 40, "weeks": 9, "months": 4}[unit]
    ends: Any = "instant" if unit in ("minutes", "hours") else draw(
        st.sampled_from(["instant", "end_of_day", "close_of_business"]))  # fmt: skip
    start = Start("came", draw(st.sampled_from(["excluded", "included"])),
                  draw(st.sampled_from(["same_day", "next_business_day"])))  # fmt: skip
    closed: Any = draw(st.sampled_from(["earlier", "next_working_day", "same"]))
    return ClockRule("one", "clause", start, Length(draw(st.integers(1, most)), unit), ends, closed, ("done",))


INSTANTS = st.datetimes(datetime(2023, 1, 1), datetime(2027, 6, 1)).map(lambda one: one.replace(tzinfo=UTC))


def _both(rule: ClockRule, calendar: Calendar, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    def closes(day: date) -> tuple[int, int]:
        hour = calendar.on(day).closes_on.get(day, calendar.on(day).closes)
        return hour.hour, hour.minute

    def is_open(day: date) -> bool:
        version = max((one for one in calendar.versions if one.valid_from <= day), key=lambda one: one.valid_from,
                      default=calendar.versions[0])  # fmt: skip
        return day in version.opened or (day.weekday() not in version.weekend and day not in version.closed)

    ours = deadline(rule, begun(at, rule.start, calendar, zone), calendar, zone)
    theirs = reference.due(at, rule.length.n, rule.length.unit, zone, is_open, closes, rule.start.day_zero, rule.ends,
                           rule.if_last_day_closed, rule.start.out_of_hours, (8, 30))  # fmt: skip
    return ours, theirs


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules(), calendars(), INSTANTS, st.sampled_from(ZONES))
def test_a_deadline_is_what_counting_day_by_day_gives(
    rule: ClockRule, calendar: Calendar, at: datetime, zone: str
) -> None:  # fmt: skip
    ours, theirs = _both(rule, calendar, at, ZoneInfo(zone))
    assert ours == theirs


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules(), calendars(), INSTANTS, st.sampled_from(ZONES))
def test_many_more_deadlines_are_what_counting_gives(
    rule: ClockRule, calendar: Calendar, at: datetime, zone: str
) -> None:  # fmt: skip
    ours, theirs = _both(rule, calendar, at, ZoneInfo(zone))
    assert ours == theirs


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules(), calendars(), INSTANTS, st.timedeltas(timedelta(), timedelta(days=40)), st.sampled_from(ZONES))
def test_a_later_receipt_never_gives_an_earlier_deadline(
    rule: ClockRule, calendar: Calendar, at: datetime, later: timedelta, zone: str
) -> None:
    found = [deadline(rule, begun(one, rule.start, calendar, ZoneInfo(zone)), calendar, ZoneInfo(zone))
             for one in (at, at + later)]  # fmt: skip
    if rule.ends == "instant" and rule.length.unit not in ("minutes", "hours"):
        days = [one.astimezone(ZoneInfo(zone)).date() for one in found]  # the hour is that of the receipt
        assert days[0] <= days[1]
    else:
        assert found[0] <= found[1]
    assert found[0] >= at or rule.start.out_of_hours == "next_business_day"


def _rule(n: int, unit: Any, **more: Any) -> ClockRule:
    return ClockRule(
        "one", "Article 1", **{"start": Start("came"), "length": Length(n, unit), "stop": ("done",), **more}
    )


def _came(text: str, **more: Any) -> Happened:
    return Happened("came", datetime.fromisoformat(text).replace(tzinfo=UTC), **more)


def _on(name: str, text: str, key: str = "") -> Happened:
    return Happened(name, datetime.fromisoformat(text).replace(tzinfo=UTC), key=key)


def _run(rule: ClockRule, *events: Happened, now: datetime = FAR, calendar: Calendar = PLAIN) -> Any:
    return run_clock(rule, events, calendar, LONDON, now)


def test_eight_weeks_end_with_the_day_before_a_closed_one() -> None:
    found = _run(_rule(8, "weeks"), _came("2026-01-03T10:00"))  # a Saturday, and so is the last day
    assert found.due_at == datetime(2026, 2, 27, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("came", "closed", "due"),
    [
        ("2026-01-31T09:00", "same", date(2026, 2, 28)),
        ("2024-01-31T09:00", "same", date(2024, 2, 29)),
        ("2026-03-31T09:00", "same", date(2026, 4, 30)),
        ("2026-01-28T09:00", "next_working_day", date(2026, 3, 2)),
        ("2026-01-28T09:00", "earlier", date(2026, 2, 27)),
    ],
)
def test_a_month_ends_with_the_same_number_or_the_last_day_of_a_shorter_one(came: str, closed: Any, due: date) -> None:
    found = _run(_rule(1, "months", if_last_day_closed=closed), _came(came))
    assert found.due_at.astimezone(LONDON).date() == due


def test_hours_run_on_through_a_change_of_the_clocks() -> None:
    found = _run(_rule(72, "hours", ends="instant"), _came("2026-03-27T18:00"))
    assert found.due_at == datetime(2026, 3, 30, 18, tzinfo=UTC)


def test_a_letter_that_came_earlier_counts_and_both_stay_in_the_ledger() -> None:
    found = _run(_rule(3, "business_days"), _came("2026-01-07T10:00", letter_on=date(2026, 1, 5)))
    assert found.due_at.date() == date(2026, 1, 8)
    later = _run(_rule(3, "business_days"), _came("2026-01-07T10:00", letter_on=date(2026, 1, 9)))
    assert later.due_at.date() == date(2026, 1, 12)


def test_merged_tickets_begin_with_the_earliest_receipt_and_parts_inherit_it() -> None:
    events = (_came("2026-01-08T10:00", key="b"), _came("2026-01-05T10:00", key="a"))
    whole = _run(_rule(5, "days"), *events)
    part = _run(_rule(5, "days"), *events, _on("something", "2026-01-09T10:00"))
    assert whole.due_at == part.due_at and whole.started_at == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert [one.kind for one in whole.ledger if one.kind == "received"] == ["received", "received"]


def test_a_case_that_is_opened_again_runs_on_with_its_old_start_and_a_breach_stays() -> None:
    late = [_came("2026-01-05T10:00"), _on("done", "2026-01-20T10:00"), _on("case.reopened", "2026-01-21T10:00")]
    running = _run(_rule(5, "days"), *late, now=datetime(2026, 1, 22, tzinfo=UTC))
    assert (running.status, running.breached, running.started_at.day) == ("overdue", True, 5)
    again = _run(_rule(5, "days"), *late, _on("done", "2026-01-23T10:00"))
    assert (again.status, again.breached) == ("met_late", True)
    early = [_came("2026-01-05T10:00"), _on("done", "2026-01-06T10:00"), _on("case.reopened", "2026-01-07T10:00")]
    met = _run(_rule(5, "days"), *early, _on("done", "2026-01-08T10:00"))
    assert (met.status, met.breached) == ("met", False)


def test_a_pause_moves_the_end_by_its_days_and_names_its_clause() -> None:
    rule = _rule(1, "months", pause=(Pause("identity.asked", "identity.proved", "Article 12(6)"),),
                 if_last_day_closed="same")  # fmt: skip
    events = (_came("2026-01-05T10:00"), _on("identity.asked", "2026-01-07T10:00"))
    standing = _run(rule, *events, now=datetime(2026, 1, 9, tzinfo=UTC))
    assert standing.status == "paused"
    on = _run(rule, *events, _on("identity.proved", "2026-01-14T10:00"), now=datetime(2026, 1, 20, tzinfo=UTC))
    assert (on.status, on.due_at.date()) == ("running", date(2026, 2, 12))
    assert [(one.kind, one.clause) for one in on.ledger if one.kind in ("paused", "resumed")] == [
        ("paused", "Article 12(6)"), ("resumed", "Article 12(6)"),
    ]  # fmt: skip
    late = _run(rule, _came("2026-01-05T10:00"), _on("identity.asked", "2026-02-10T10:00"))
    assert (late.status, late.due_at.date()) == ("overdue", date(2026, 2, 5))


def test_an_extension_counts_from_the_same_start_and_only_when_told_in_time() -> None:
    rule = _rule(15, "business_days", extend=(Extension("told", Length(35, "business_days"), "one"),))
    told = _run(rule, _came("2026-01-05T10:00"), _on("told", "2026-01-20T10:00"))
    assert told.due_at.date() == date(2026, 2, 23) and "extended" in [one.kind for one in told.ledger]
    late = _run(rule, _came("2026-01-05T10:00"), _on("told", "2026-02-20T10:00"))
    assert late.due_at.date() == date(2026, 1, 26) and "told_late" in [one.kind for one in late.ledger]
    other = _rule(1, "days")
    pair = run_clocks([rule, ClockRule("two", "x", Start("came"), Length(30, "days"), stop=("done",))],
                      [_came("2026-01-05T10:00")], PLAIN, LONDON, FAR)  # fmt: skip
    assert [one.rule for one in pair] == ["one", "two"] and other.id == "one"


def test_what_is_settled_within_three_days_has_no_deadline_any_more() -> None:
    rule = _rule(8, "weeks", void=(VoidRule("resolved", "1.5.1", Length(3, "business_days")),))
    inside = _run(rule, _came("2026-01-05T10:00"), _on("resolved", "2026-01-08T16:59"))
    after = _run(
        rule, _came("2026-01-05T10:00"), _on("resolved", "2026-01-08T17:01"), now=datetime(2026, 1, 9, tzinfo=UTC)
    )
    assert (inside.status, inside.reason) == ("void", "resolved, 1.5.1") and after.status == "running"


def test_a_receipt_out_of_hours_starts_as_the_rule_says() -> None:
    evening = _came("2026-01-09T19:00")  # a Friday
    how: Any
    for how, due in (("same_day", date(2026, 1, 12)), ("next_business_day", date(2026, 1, 13))):
        found = _run(_rule(1, "business_days", start=Start("came", out_of_hours=how)), evening)
        assert found.due_at.date() == due


def test_a_holiday_counts_by_the_version_that_is_valid_on_that_day() -> None:
    versions = (CalendarVersion(date(2000, 1, 1), closed=frozenset({date(2026, 1, 7), date(2026, 1, 14)})),
                CalendarVersion(date(2026, 1, 10), closed=frozenset()))  # fmt: skip
    found = _run(_rule(8, "business_days"), _came("2026-01-05T10:00"), calendar=Calendar("two", versions))
    assert found.due_at.date() == date(2026, 1, 16)  # the 7th was closed, the 14th is open by the later version


def test_a_half_day_closes_early() -> None:
    calendar = Calendar("half", (CalendarVersion(date(2000, 1, 1), closes_on={date(2026, 12, 24): time(12)}),))
    found = _run(_rule(1, "business_days", ends="close_of_business"), _came("2026-12-23T10:00"), calendar=calendar)
    assert found.due_at == datetime(2026, 12, 24, 12, tzinfo=UTC)


def test_the_statuses_follow_the_clock() -> None:
    rule = _rule(
        10, "days", warn=(Ahead(share=0.5), Ahead(before=Length(2, "business_days"))), if_last_day_closed="same"
    )
    at = {day: _run(rule, _came("2026-01-05T00:00"), now=datetime(2026, 1, day, tzinfo=UTC)) for day in (6, 11, 14, 17)}
    assert [at[day].status for day in (6, 11, 14, 17)] == ["running", "warned", "warned", "overdue"]
    assert [at[day].level for day in (6, 11, 14)] == ["", "0.5", "before:2:business_days"]
    assert at[17].late_by == timedelta(days=1, seconds=1)
    assert _run(rule, _came("2026-01-05T00:00"), now=datetime(2026, 1, 4, tzinfo=UTC)).status == "waiting"


class TestWarnings:
    """Said once a level, whatever stops the worker."""

    RULE = _rule(20, "days", warn=(Ahead(share=0.5), Ahead(share=0.8), Ahead(share=1.0)), if_last_day_closed="same")

    def test_a_worker_that_stood_still_catches_up_and_says_how_late(self) -> None:
        clock = _run(self.RULE, _came("2026-01-05T00:00"), now=datetime(2026, 2, 20, tzinfo=UTC))
        said = warnings_due(clock, {"0.5"}, datetime(2026, 2, 20, tzinfo=UTC))
        assert [one.level for one in said] == ["0.8", "1"] and all(one.late_by.days > 20 for one in said)

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.integers(0, 60 * 24), min_size=1, max_size=40), st.integers(0, 60 * 24))
    def test_every_level_that_came_while_it_ran_is_said_once(self, rounds: list[int], stop: int) -> None:
        start = datetime(2026, 1, 5, tzinfo=UTC)
        events = [_came("2026-01-05T00:00"), Happened("done", start + timedelta(hours=stop))]
        given_: list[str] = []
        for hour in [*rounds, 60 * 24 + 1]:  # rounds in any order: the clock of the machine may jump
            now = start + timedelta(hours=hour)
            clock = _run(self.RULE, *events, now=now)
            given_ += [one.level for one in warnings_due(clock, given_, now)]
        end = _run(self.RULE, *events)
        should = [level for level, at in end.levels if at <= start + timedelta(hours=stop)]
        assert sorted(given_) == sorted(set(given_)) and set(should) <= set(given_)
        seen = [start + timedelta(hours=hour) for hour in rounds if hour < stop]
        reached = [level for level, at in end.levels if any(at <= one for one in seen)]
        assert set(given_) == {*should, *reached}
