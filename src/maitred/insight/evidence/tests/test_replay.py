"""Evidence cut at an instant is the evidence of an import that was cut there; both ways of telling a world agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from maitred.floor import records
from maitred.floor.run import Run
from maitred.floor.world import World
from maitred.insight.detectors.tests.worlds import SOURCE, computed, loaded
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import NEVER, Evidence
from maitred.insight.evidence.tests.likeness import differences

AS_TOLD_TODAY = ("accounts.", "policies.")
"""The floor tells accounts and the list of policies as they are at the instant of the telling; of a target that is
changed twice the facts keep the first and the last state only."""


@lru_cache(maxsize=1)
def _run(seed: int, days: int) -> Run:
    return World.demo("small", seed, days=days, until=datetime(2026, 6, 1, tzinfo=UTC)).run(texts=True)


@lru_cache(maxsize=1)
def _whole(seed: int, days: int) -> Evidence:
    run = _run(seed, days)
    told = records.settings(run)
    return computed(records.tables(run, SOURCE), told["as_of"], told["bots"])


def _cut_import(seed: int, days: int, at: datetime) -> Evidence:
    run = _run(seed, days)
    told = records.settings(run, at)
    tables = records.tables(run, SOURCE, until=at - timedelta(milliseconds=1))
    return computed(tables, told["as_of"], told["bots"])


def _hidden(seed: int, days: int, at: datetime) -> list[str]:
    then, now = cut(_whole(seed, days), int(at.timestamp())), _cut_import(seed, days, at)
    twice_revised = abs(len(then.targets.ticket) - len(now.targets.ticket))
    assert twice_revised <= 1 + len(now.targets.ticket) // 10_000
    skipped = (*AS_TOLD_TODAY, "targets.") if twice_revised else AS_TOLD_TODAY
    return [one for one in differences(then, now) if not one.startswith(skipped)]


def test_cut_evidence_is_that_of_a_cut_import() -> None:
    assert _hidden(3, 28, datetime(2026, 5, 20, 6, tzinfo=UTC)) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [4, 5])
def test_cut_evidence_is_that_of_a_cut_import_on_many_days(seed: int) -> None:
    for day in (30, 47, 83, 110):
        at = datetime(2026, 2, 1, 6, 13, tzinfo=UTC) + timedelta(days=day, hours=7 * day % 24)
        assert _hidden(seed, 120, at) == [], at


@pytest.mark.slow
def test_a_world_that_is_computed_is_the_one_that_is_imported() -> None:
    run = _run(3, 28)
    told = records.settings(run)
    imported = loaded(records.tables(run, SOURCE), told["as_of"], told["bots"])
    assert differences(_whole(3, 28), imported) == []


def test_solves_take_as_long_as_the_clocks_say() -> None:
    evidence = _whole(3, 28)
    once = evidence.solves.reopened_at == NEVER
    run = _run(3, 28)
    told = records.settings(run)
    facts = _episodes(records.tables(run, SOURCE), told["as_of"])
    mine = {
        (str(evidence.tickets.external[ticket]), int(start)): (int(seconds), int(calendar))
        for ticket, start, seconds, calendar in zip(
            evidence.solves.ticket[once],
            evidence.solves.started_at[once],
            evidence.solves.seconds[once],
            evidence.solves.calendar_s[once],
            strict=True,
        )
    }
    shared = [key for key in facts if key in mine]
    assert len(shared) > 1000
    assert [mine[key] for key in shared] == [facts[key] for key in shared]


def _episodes(tables: dict[str, pa.Table], as_of: str) -> dict[tuple[str, int], tuple[int, int]]:
    """Business and calendar seconds of each solved episode, by ticket and begin, from the clock engine."""
    from maitred.insight.detectors.tests.worlds import facts_of

    rows = facts_of(tables, as_of, ())["episode_facts"].filter(pc.field("solved_at").is_valid())
    return {
        (row["ticket_id"], int(row["started_at"].timestamp())): (
            row["episode_resolution_business_all"],
            row["episode_resolution_calendar"],
        )
        for row in rows.select(
            [
                *("ticket_id", "started_at", "episode_resolution_business_all"),
                "episode_resolution_calendar",
            ]
        ).to_pylist()
    }


@pytest.mark.parametrize(
    "missing",
    [
        ("ticket_events", "sla_events", "ticket_schedules", "ticket_tags"),
        ("users", "group_members", "groups"),
        ("messages", "satisfaction"),
        ("schedules", "schedule_intervals", "schedule_holidays", "sla_policies", "sla_targets", "organizations"),
    ],
)
def test_evidence_is_gathered_from_whatever_is_there(missing: tuple[str, ...]) -> None:
    run = _run(3, 28)
    told = records.settings(run)
    tables = records.tables(run, SOURCE)
    less = {name: rows.slice(0, 0) if name in missing else rows for name, rows in tables.items()}
    evidence = computed(less, told["as_of"], told["bots"])
    assert len(evidence.tickets) == tables["tickets"].num_rows
    assert len(cut(evidence, evidence.as_of - 7 * 86_400).tickets) < len(evidence.tickets)
    assert (evidence.solves.seconds >= 0).all()
