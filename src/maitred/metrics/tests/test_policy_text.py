"""A policy is read from TOML or JSON, and what cannot be read is refused with its key and what to write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from maitred.base.errors import UsageError
from maitred.metrics.clocks.schedules import Holiday, Hours, Schedule
from maitred.metrics.policy_text import read_policy

WHOLE = """
name = "Faster"
clock = "calendar"
[targets]
next_reply = 240
[targets.first_reply]
urgent = 0.25
others = 90
clock = "business"
[groups.Billing.targets.first_reply]
urgent = 10
[schedule]
zone = "Europe/Lisbon"
holidays = ["2026-12-25", 2026-12-26]
[schedule.hours]
mon = ["09:00-13:00", "14:00-24:00"]
"""


def told(text: str) -> str:
    with pytest.raises(UsageError) as refused:
        read_policy(text)
    return f"{refused.value.what} | {refused.value.remedy}"


def test_targets_by_metric_and_priority_with_another_for_a_group() -> None:
    read = read_policy(WHOLE)
    group, everybody = read.policies
    shown = [(t.metric, t.priority, t.seconds, t.business) for t in everybody.targets]
    assert shown == [
        ("first_reply", None, 5_400, True),
        ("first_reply", "urgent", 15, True),
        ("next_reply", None, 14_400, False),
    ]
    assert [(t.metric, t.priority, t.seconds) for t in group.targets if t.metric == "first_reply"] == [
        ("first_reply", None, 5_400),
        ("first_reply", "urgent", 600),
    ]
    assert (read.name, read.groups, everybody.every) == ("Faster", ("Billing",), ())
    ids = read.with_groups({"Billing": frozenset({"11", "X1"})})
    assert [sorted(one.values) for one in ids.policies[0].every] == [["11", "x1"]]


def test_hours_are_written_out_or_named() -> None:
    schedule = read_policy(WHOLE).schedule
    assert isinstance(schedule, Schedule)
    assert schedule.zone == "Europe/Lisbon"
    assert schedule.versions[0].hours == (Hours(0, 540, 780), Hours(0, 840, 1_440))
    assert schedule.holidays == tuple(Holiday("", date(2026, 12, day), date(2026, 12, day)) for day in (25, 26))
    assert read_policy('schedule = "Evening desk"\ntargets.first_reply = 60').schedule == "Evening desk"
    assert read_policy("targets.first_reply = 60").schedule is None


def test_json_says_the_same_as_toml() -> None:
    in_json = read_policy('{"targets": {"first_reply": {"urgent": 15, "others": 60}}}')
    assert in_json == read_policy("targets.first_reply = {urgent = 15, others = 60}")


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("", "targets: there is none", "write targets.first_reply = 60"),
        ("targets = 5", "targets: is no table", "targets.first_reply = 60"),
        ("[targets", "neither TOML nor JSON", "targets.first_reply"),
        ('{"targets": ', "neither TOML nor JSON", "targets.first_reply"),
        ("goals.first_reply = 5", "goals: is not a word", "targets"),
        ("targets.frt = 5", "targets.frt: is not a word", "first_reply"),
        ("targets.first_reply = {}", "targets.first_reply: names no priority", "targets.first_reply.others = 60"),
        ("targets.first_reply.hihg = 5", "targets.first_reply.hihg: is not a word", "high"),
        ("targets.first_reply.high = '5'", "targets.first_reply.high: '5'", "targets.first_reply.high = 60"),
        ("targets.first_reply.high = true", "True is no number", "0.25"),
        ("targets.first_reply.high = nan", "nan is no number", "0.25"),
        ("targets.first_reply = 0.1", "0.1 is no number", "0.25"),
        ("targets.first_reply = 1e9", "is no number", "525600"),
        ("clock = 'wall'\ntargets.first_reply = 5", "clock: 'wall' is no clock", 'clock = "business"'),
        ("targets.first_reply = {high = 5, clock = 1}", "targets.first_reply.clock: 1 is no", "business"),
        ("name = 5\ntargets.first_reply = 5", "name: is no text", "policy B"),
        ("groups = 5\ntargets.first_reply = 5", "groups: is no table", "[groups.NAME"),
        ("groups.A = 5", "groups.A: is no table", "[groups.A.targets"),
        ("groups.A.first_reply = 5", "groups.A.first_reply: is not a word", "targets"),
        ("schedule = 5\ntargets.first_reply = 5", "schedule: is no schedule", "[schedule]"),
        ("schedule = {zone = 'Mars'}\ntargets.first_reply = 5", "schedule.zone: 'Mars'", "Europe/Lisbon"),
        ("schedule = {zone = 'UTC'}\ntargets.first_reply = 5", "schedule.hours: there are none", "[schedule.hours]"),
        ("schedule.hours.day = []\ntargets.first_reply = 5", "schedule.hours.day: is not a word", "mon"),
        ("schedule.hours.mon = '17:00-09:00'\ntargets.first_reply = 5", "'17:00-09:00' are no hours", "09:00-17:00"),
        ("schedule.hours.mon = [9]\ntargets.first_reply = 5", "schedule.hours.mon: 9 are no hours", "mon ="),
        (
            "schedule = {hours = {mon = '09:00-17:00'}, holidays = ['x']}\ntargets.first_reply = 5",
            "schedule.holidays: 'x' is no date", "2026-12-25",
        ),
    ],
)  # fmt: skip
def test_a_bad_policy_is_one_clear_error(text: str, what: str, remedy: str) -> None:
    said, advice = told(text).split(" | ")
    assert what in said
    assert remedy in advice


def test_a_policy_that_is_too_long_is_refused() -> None:
    assert "longer than" in told("x" * 100_001)


def test_the_policy_of_the_documentation_can_be_read() -> None:
    page = (Path(__file__).parents[4] / "docs" / "promises.md").read_text(encoding="utf-8")
    read = read_policy(page.split("```toml\n")[1].split("```")[0])
    assert [len(policy.targets) for policy in read.policies] == [4, 4]
    assert isinstance(read.schedule, Schedule)
    assert len(read.schedule.versions[0].hours) == 3
