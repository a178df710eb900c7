"""Every second explained: the rows of every clock of every ticket add up, follow one another and give their reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from maitred.base.errors import MaitredError, NotFound
from maitred.canon.tables import SLA_METRICS
from maitred.metrics import explaining, refresh
from maitred.metrics.clocks import engine, ledger
from maitred.metrics.clocks.tests.scenarios import Scenario
from maitred.metrics.conftest import SOURCE, Published, published
from maitred.metrics.facts import MODES

EVERY = (*ledger.CLOCKS, *(f"sla.{metric}" for metric in SLA_METRICS))
Corpus = Callable[[int], Published]


def computed_one_by_one(world: Published, step: int = 1) -> Iterator[tuple[engine.Computed, engine.Reference]]:
    """A traced computation of every ``step``-th ticket."""
    source = world.workspace.ledger.source(SOURCE)
    assert source is not None
    as_of = datetime.fromisoformat(world.publication.sources[SOURCE]["as_of"])
    ref = refresh.reference(world.workspace, source, as_of, world.publication.tables)
    rows = refresh.inputs(world.workspace, SOURCE, versions=world.publication.tables)
    for key in rows["tickets"]["ticket_key"].to_pylist()[::step]:
        mine = {name: table.filter(pc.equal(table["ticket_key"], key)) for name, table in rows.items()}
        computed = engine.compute(mine, ref, trace=True)
        if computed.facts["ticket_facts"].num_rows:
            yield computed, ref


def check(explained: ledger.Explained) -> int:
    """The rows of one ledger; each run of rows of one stretch is without gaps, seconds never more than time."""
    rows = explained.rows
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    total = 0
    for row in rows:
        assert row.reason and row.at == row.start
        assert 0 <= row.seconds <= (row.to - row.start if row.to is not None else 0)
        assert row.to is None or row.to > row.start
        assert (row.event in ("stop", "cap", "pause")) or row.to is not None
        total += row.seconds
        assert row.cumulative == total
    for a, b in pairwise(rows):
        assert b.start == a.to or (a.to is None and b.start >= a.start)
    assert explained.seconds is None or total == explained.seconds
    assert not rows or (rows[-1].to is None and rows[-1].event in ("stop", "cap"))
    return len(rows)


def check_corpus(world: Published, step: int = 1) -> int:
    count = 0
    for computed, ref in computed_one_by_one(world, step):
        for metric in EVERY:
            explained = ledger.explain(computed, ref, metric)
            count += sum(check(part) for part in explained)
            if not metric.startswith("sla."):
                assert [part.mode for part in explained] == list(MODES)
        revised = {f"sla.{t['metric']}#{t['instance']}": t for t in computed.facts["sla_facts"].to_pylist()}
        for metric in SLA_METRICS:
            for part in ledger.explain(computed, ref, f"sla.{metric}"):
                told = [r.reason for r in part.rows if "target_revised:" in r.reason]
                assert len(told) <= revised[part.metric]["revisions"]
    return count


@pytest.mark.parametrize("seed", [11])
def test_every_clock_of_every_ticket_adds_up_and_has_no_gaps(corpus: Corpus, seed: int) -> None:
    """Section 10; ``explain`` itself refuses a ledger that does not add up to the kernel's figure."""
    assert check_corpus(corpus(seed), step=5) > 500


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 13, 15])
def test_every_ticket_of_more_corpora_is_explained(corpus: Corpus, seed: int) -> None:
    assert check_corpus(corpus(seed)) > 2_000


@pytest.mark.slow
def test_every_ticket_of_the_public_corpus_is_explained(public_corpus: Published) -> None:
    assert check_corpus(public_corpus) > 10_000


def test_the_worked_example_of_the_specification_row_by_row(public_corpus: Published) -> None:
    """Section 10: ticket 1020 of the public corpus, ``frt``."""
    found = explaining.explain(public_corpus.workspace, public_corpus.publication, "1020", "frt")
    ledgers = {part["mode"]: part for part in found["ledgers"]}
    assert {mode: part["seconds"] for mode, part in ledgers.items()} == {
        "calendar": 185_880,
        "business_all": 960,
        "business_last": 43_200,
    }
    names = ("from", "to", "event", "reason", "schedule_id", "seconds", "cumulative")
    rows = [tuple(row[name] for name in names) for row in ledgers["business_all"]["rows"]]
    created, closed, moved, replied = (f"2024-03-{at}:00Z" for at in ("08T21:44", "08T22:00", "10T17:19", "11T01:22"))
    assert rows == [
        (created, closed, "start", "created, open_hours", "1", 960, 960),
        (closed, moved, "pause", "closed_hours", "1", 0, 960),
        (moved, replied, "pause", "schedule_change:2, closed_hours", "2", 0, 960),
        (replied, None, "stop", "reply by agent 104 (comment 118)", "2", 0, 960),
    ]
    (run,) = [row for row in ledgers["business_last"]["rows"] if row["seconds"]]
    assert (run["from"], run["to"], run["seconds"]) == ("2024-03-09T08:00:00Z", "2024-03-09T20:00:00Z", 43_200)
    assert {row["schedule_id"] for row in ledgers["business_last"]["rows"]} == {"2"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Five small tickets: 1000 parked, 1001 over a holiday, 1002 with targets, 1003 clamped, 1004 on edited hours."""
    story = Scenario()
    story.add_schedule(2, "UTC", "sun-sat 00:00-24:00")
    story.add_schedule(3, "UTC", "mon-fri 08:00-18:00").edit_schedule(
        3, "2024-06-04 12:00:00", "mon-fri 09:00-17:00", "mon-fri 08:00-18:00"
    )
    story.ticket("2024-06-03 14:00:00").customer("2024-06-03 14:00:00")
    story.status("2024-06-03 14:00:00", "open").status("2024-06-03 15:00:00", "hold")
    story.status("2024-06-03 16:00:00", "pending").status("2024-06-03 17:00:00", "open")
    story.schedule("2024-06-03 18:00:00", 2)
    story.ticket("2024-07-03 20:00:00").agent("2024-07-05 14:00:00").agent("2024-07-05 15:00:00")
    story.ticket("2024-06-03 14:00:00").customer("2024-06-03 14:00:00").target(
        "2024-06-03 14:00:00", "first_reply", 30
    ).target("2024-06-03 14:20:00", "first_reply", 60).target("2024-06-03 14:00:00", "requester_wait", 600)
    story.clear("2024-06-03 15:00:00", "requester_wait").agent("2024-06-03 14:40:00")
    story.ticket("2024-06-03 14:00:00").customer("2024-06-03 14:00:00").status("2024-06-03 13:00:00", "pending")
    story.assign("2024-06-03 13:30:00", 101).agent("2024-06-03 13:45:00").agent("2024-06-03 13:50:00")
    story.status("2024-06-03 15:00:00", "solved")
    story.ticket("2024-06-04 11:00:00").customer("2024-06-04 11:00:00").schedule("2024-06-04 11:00:00", 3)
    story.agent("2024-06-04 13:00:00")
    folder = tmp_path_factory.mktemp("told")
    made = published(folder / "workspace", story.write(folder / "tables"))
    yield made
    made.workspace.close()


def reasons(world: Published, ticket: int, metric: str) -> list[tuple[str, str, int]]:
    """(event, reason, seconds) of each row of the only ledger that a metric id names."""
    (part,) = explaining.explain(world.workspace, world.publication, str(ticket), metric)["ledgers"]
    return [(row["event"], row["reason"], row["seconds"]) for row in part["rows"]]


def test_hold_and_pending_pause_a_clock_and_as_of_caps_it(told: Published) -> None:
    """awt stops for hold and pending, starts again, and ends at as-of because the ticket is still open."""
    assert [(event, reason) for event, reason, _ in reasons(told, 1000, "awt.calendar")] == [
        ("start", "status:open"),
        ("pause", "status:hold"),
        ("resume", "status:open"),
        ("cap", "as_of"),
    ]
    found = reasons(told, 1000, "pending_time.calendar")
    assert found == [("start", "status:pending", 3_600), ("stop", "status:open", 0)]


def test_a_change_of_schedule_is_a_reason(told: Published) -> None:
    """From the change on every second is open: schedule 2 is 24x7, so one run lasts to as-of."""
    found = reasons(told, 1000, "open_time.business_all")
    assert ("run", "schedule_change:2, open_hours") in [(event, reason) for event, reason, _ in found]


def test_a_holiday_is_named_where_it_closes_a_working_day(told: Published) -> None:
    """Section 17: 3 July 20:00 to 5 July 14:00 New York has 7200 open seconds around the fourth of July."""
    found = reasons(told, 1001, "frt.business_all")
    assert [row for row in found if "holiday:" in row[1]] == [("pause", "holiday:Holiday 1, closed_hours", 0)]
    assert sum(seconds for _, _, seconds in found) == 7_200 + 3_600


def test_a_target_that_is_set_revised_or_cleared_is_a_reason(told: Published) -> None:
    assert [(event, reason) for event, reason, _ in reasons(told, 1002, "sla.first_reply.business_all")] == [
        ("start", "started, target_set:1800 s, open_hours"),
        ("run", "target_revised:3600 s, open_hours"),
        ("stop", "reply by agent 101 (comment 5)"),
    ]
    assert reasons(told, 1002, "sla.requester_wait.business_all")[-1][:2] == ("stop", "target_cleared")


def test_an_event_dated_before_creation_is_marked_as_clamped(told: Published) -> None:
    """Section 2: it happens at creation; what follows from it says so, what does not follow from it does not."""
    assert reasons(told, 1003, "pending_time.calendar")[0] == ("start", "status:pending, clamped", 3_600)
    assert reasons(told, 1003, "time_to_assign.calendar")[-1] == ("stop", "assigned to 101, clamped", 0)
    assert reasons(told, 1003, "frt.calendar")[-1][1].endswith("clamped")
    assert reasons(told, 1003, "full_resolution.calendar") == [("start", "created", 3_600), ("stop", "solved", 0)]


def test_edited_hours_are_a_reason_and_the_version_is_told(told: Published) -> None:
    """The hours were edited in the middle of an open stretch; the row is cut there though both sides are open."""
    (part,) = explaining.explain(told.workspace, told.publication, "1004", "frt.business_all")["ledgers"]
    rows = [(row["reason"], row["schedule_version"], row["seconds"]) for row in part["rows"][:2]]
    assert rows == [("created, open_hours", 1, 3_600), ("schedule_version:2, open_hours", 2, 3_600)]


def test_a_clock_that_never_stopped_has_no_rows(told: Published) -> None:
    found = explaining.explain(told.workspace, told.publication, "1000", "frt")["ledgers"]
    assert [(part["seconds"], part["rows"]) for part in found] == [(None, [])] * 3


def test_without_a_metric_all_clocks_and_targets_are_listed(told: Published) -> None:
    found = explaining.explain(told.workspace, told.publication, "1002")
    assert [clock["clock"] for clock in found["clocks"]][:2] == ["frt", "frt_any"]
    assert {target["metric"] for target in found["sla"]} == {"first_reply", "requester_wait"}


def test_an_unknown_clock_or_ticket_is_refused_with_what_is_known(told: Published) -> None:
    with pytest.raises(NotFound, match="known: frt"):
        explaining.explain(told.workspace, told.publication, "1000", "speed")
    with pytest.raises(NotFound, match="ticket 7 "):
        explaining.explain(told.workspace, told.publication, "7")


def test_a_ledger_that_does_not_add_up_is_refused(told: Published) -> None:
    """The check is not decoration: a figure that is one second off raises."""
    computed, ref = next(iter(computed_one_by_one(told)))
    facts = computed.facts["ticket_facts"]
    place = facts.schema.get_field_index("open_time_calendar")
    wrong = facts.set_column(
        place, facts.schema.field(place), pc.cast(pc.add(facts["open_time_calendar"], 1), pa.int32())
    )
    changed = engine.Computed({**computed.facts, "ticket_facts": wrong}, computed.trace, computed.rows)
    with pytest.raises(MaitredError, match="adds up to"):
        ledger.explain(changed, ref, "open_time")
