"""Causes of breaches: the total is the metric's, lists are as long as they say, everybody sees their own part."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from maitred.base.errors import Denied, NotFound, UsageError
from maitred.floor.log import TARGETS, write_log
from maitred.kit.access.actor import Actor
from maitred.kit.reading import opened
from maitred.kit.secrets.keyring import Keyring
from maitred.kit.verbs import run
from maitred.metrics.conftest import published
from maitred.metrics.exports import export
from maitred.metrics.pipeline import import_and_publish
from maitred.metrics.refresh import open_workspace
from maitred.metrics.tests.promised import AGENTS, CUSTOMER, Happened, target, write_tickets
from maitred.people.tests.floor import ROOT, Floor, build
from maitred.sync.kinds import KINDS
from maitred.sync.workspace import create as found_workspace

SOURCE = "demo"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("breaches")
    write_log(folder / "log", 400, seed=2, texts=False)
    found_workspace(folder / "workspace")
    workspace = open_workspace(folder / "workspace")
    import_and_publish(workspace, KINDS["fivetran-zendesk"](), folder / "log", name=SOURCE)
    workspace.close()
    Keyring(folder / "workspace" / "keys").create()
    return folder / "workspace"


@pytest.fixture
def floor(db: None, home: Path, settings: Any) -> Iterator[Floor]:
    settings.MAITRED_HOME = home
    yield build()
    opened.forget()


def ask(verb: str, actor: Actor = ROOT, **words: Any) -> Any:
    return run(f"service_levels.{verb}", actor, words)


@cache
def exported(home: Path) -> tuple[dict[str, str], ...]:
    """The export of targets, for plain arithmetic."""
    workspace = open_workspace(home)
    publication = workspace.publication()
    assert publication is not None
    written = home.parent / "sla.csv"
    export(workspace, publication, "sla", written)
    workspace.close()
    with written.open(encoding="utf-8") as rows:
        return tuple(csv.DictReader(rows))


@pytest.mark.parametrize(
    "words", [{}, {"start": "2025-03-01", "end": "2025-05-31"}, {"where": ["group=12", "sla_metric=first_reply"]}]
)
def test_the_total_is_that_of_the_metric_and_the_parts_add_up_to_it(floor: Floor, words: dict[str, Any]) -> None:
    shown = ask("breach_causes", **words)
    figure = run("metrics.show", ROOT, {"metric": "sla.breaches", **words}).rows[0]
    assert shown.total == figure.n > 0
    assert sum(part.count for part in shown.causes) == pytest.approx(shown.total)
    assert sum(part.mostly for part in shown.causes) == shown.total
    assert [part.cause for part in shown.causes] == ["queue", "in_hand", "hand_off", "third_party", "unavoidable"]
    for part in shown.causes:
        assert part.low <= part.count <= part.high
        assert f"cause={part.cause}" in part.evidence


def test_the_total_is_that_of_the_export(floor: Floor, home: Path) -> None:
    missed = [one for one in exported(home) if one["verdict_all"] in ("breached", "overdue") and not one["exclusion"]]
    shown = ask("breach_causes")
    assert shown.total == len(missed)
    assert shown.tickets == len({one["ticket_id"] for one in missed})
    assert shown.compared_with == shown.kept
    assert any("on shift is not known" in one for one in shown.assumptions)


def test_each_cause_lists_as_many_breaches_as_owe_most_to_it(floor: Floor, home: Path) -> None:
    ran = {(one["ticket_id"], one["metric"], one["instance"]): one for one in exported(home)}
    seen = 0
    for part in ask("breach_causes").causes:
        first = ask("breach_tickets", cause=part.cause, limit=7)
        rest = ask("breach_tickets", cause=part.cause, offset=first.next, limit=200) if first.next else None
        rows = [*first.rows, *(rest.rows if rest else ())]
        assert first.total == part.mostly == len(rows)
        assert [row.blame for row in rows] == sorted((row.blame for row in rows), reverse=True)
        for row in rows:
            one = ran[row.ticket, row.metric, str(row.instance)]
            assert (row.ran_s, row.late_s) == (int(one["elapsed_all_s"]), row.ran_s - int(one["target_s"]))
            assert sum(row.seconds.values()) == row.ran_s
        seen += len(rows)
    assert seen == len({(row["ticket_id"], row["metric"], row["instance"]) for row in ran.values()
                        if row["verdict_all"] in ("breached", "overdue") and not row["exclusion"]})  # fmt: skip


def test_a_cause_that_is_not_known_here_has_no_tickets(floor: Floor) -> None:
    assert ask("breach_tickets", cause="queue_nobody").total == 0
    assert ask("breach_causes", start="2035-01-01").causes[0].share is None


def test_a_lead_sees_the_own_branch_an_executive_coarse_counts_and_a_stranger_nothing(floor: Floor) -> None:
    lead, executive = floor.actor("lead"), floor.actor("executive")
    everything = ask("breach_causes").total
    own = ask("breach_causes", lead)
    assert 0 < own.total < everything
    assert own.total == run("metrics.show", lead, {"metric": "sla.breaches"}).rows[0].n
    coarse = ask("breach_causes", executive)
    assert coarse.total % 5 == 0 and abs(coarse.total - everything) <= 2
    assert all(part.count % 5 == 0 and part.evidence is None for part in coarse.causes)
    with pytest.raises(Denied):
        ask("breach_tickets", executive, cause="queue")
    narrow = ask("breach_causes", executive, where=["account=50001", "priority=urgent"])
    assert (narrow.verdict, narrow.total, narrow.causes) == ("not_enough_data", 0, ())
    with pytest.raises(Denied):
        ask("breach_causes", floor.actor("admin"))
    with pytest.raises(UsageError):
        ask("breach_causes", where=["shoe=1"])


# ---------------------------------------------------------------- policy B

AS_RECORDED = "\n".join(
    [
        "[targets.first_reply]",
        *(f"{priority} = {first}" for priority, (first, _) in TARGETS.items()),
        "[targets.next_reply]",
        *(f"{priority} = {following}" for priority, (_, following) in TARGETS.items()),
    ]
)


def test_the_recorded_policy_changes_nothing_and_another_what_the_export_says(floor: Floor, home: Path) -> None:
    same = ask("policy_whatif", policy=AS_RECORDED)
    assert (same.changed_total, same.rows[0].verdict, same.tickets) == (0, "no_change", same.tickets_of)
    other = ask("policy_whatif", policy='name = "Ninety"\ntargets.first_reply = 90')
    rows = [one for one in exported(home) if one["metric"] == "first_reply" and one["verdict_all"] != "running"]
    decided = [one for one in rows if one["end_reason"] != "open" or int(one["elapsed_all_s"]) > 5_400]
    met = sum(int(one["elapsed_all_s"]) <= 5_400 for one in decided)
    shown = next(row for row in other.rows if (row.metric, row.priority) == ("first_reply", None))
    assert (other.policy, shown.n, shown.b.value) == ("Ninety", len(decided), met / len(decided))
    assert shown.newly_met + shown.newly_missed == other.changed_total
    assert len(other.changed) == min(200, other.changed_total)


def test_what_is_told_of_a_policy_depends_on_who_asks(floor: Floor) -> None:
    lead, executive = floor.actor("lead"), floor.actor("executive")
    policy = "targets.first_reply = 90"
    own = ask("policy_whatif", lead, policy=policy)
    attained = run("metrics.show", lead, {"metric": "sla.attainment", "where": ["sla_metric=first_reply"]}).rows[0]
    shown = next(row for row in own.rows if (row.metric, row.priority) == ("first_reply", None))
    assert shown.n + shown.undecided == attained.n
    coarse = ask("policy_whatif", executive, policy=policy)
    assert (coarse.changed_total, coarse.changed) == (0, ())
    assert all(row.n % 5 == 0 and row.newly_met % 5 == 0 for row in coarse.rows)
    assert (
        ask("policy_whatif", executive, policy=policy, where=["account=50001", "priority=urgent", "group=11"]).rows
        == ()
    )
    with pytest.raises(UsageError, match=r"targets\.frt: is not a word of a policy"):
        ask("policy_whatif", policy="targets.frt = 5")
    with pytest.raises(Denied):
        ask("policy_whatif", floor.actor("admin"), policy=policy)


def test_a_source_without_vendor_values_has_nothing_to_reconcile(floor: Floor) -> None:
    assert ask("reconciliation").rows == ()
    assert ask("reconciliation_rows").total == 0
    assert ask("reconciliation_of", source=SOURCE, ticket="10001").rows == ()
    with pytest.raises(NotFound):
        ask("reconciliation", source="nowhere")


# ---------------------------------------------------------------- a planted cause

PLANTED, ALL = 30, 150


def worked(number: int, waits: int) -> tuple[str, list[Happened]]:
    """A ticket of a promise of two hours: assigned after ``waits`` minutes, looked at, answered half an hour later."""
    created = datetime(2026, 3, 2, 8, number % 60)

    def at(minutes: int) -> str:
        return f"{created + timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S}"

    done = waits + 30 + number % 17
    return at(0), [
        (at(0), "comment", "?", CUSTOMER),
        (at(0), "status", "new", CUSTOMER),
        (at(0), "priority", "high", CUSTOMER),
        (at(0), "first_reply_time", target(120), CUSTOMER),
        (at(waits), "assignee_id", AGENTS[number % 3], AGENTS[number % 3]),
        (at(done if number % 25 else 150), "comment", "Here.", AGENTS[number % 3]),
        (at(done if number % 25 else 150), "status", "solved", AGENTS[number % 3]),
    ]


def floor_of(folder: Path, waits: int) -> Path:
    """Every fifth ticket waits in the queue for ``waits`` minutes, the others ten; every 25th is answered late."""
    tickets = {n: worked(n, waits if n % (ALL // PLANTED) == 1 else 10 + n % 7) for n in range(1, ALL + 1)}
    made = published(folder / "workspace", write_tickets(folder / "tables", tickets))
    made.workspace.close()
    return folder / "workspace"


def test_a_planted_cause_is_found_and_without_it_breaches_fall_by_what_was_said(
    db: None, settings: Any, tmp_path: Path
) -> None:
    """Thirty tickets lie in the queue for four hours; on the same floor without that they are kept."""
    settings.MAITRED_HOME = floor_of(tmp_path / "before", 240)
    before = ask("breach_causes")
    settings.MAITRED_HOME = floor_of(tmp_path / "after", 12)
    after = ask("breach_causes")
    opened.forget()
    parts = {part.cause: part for part in before.causes}
    assert parts["queue"].mostly == PLANTED
    assert parts["queue"].low <= before.total - after.total <= parts["queue"].high
    assert parts["in_hand"].mostly == after.total == ALL // 25
    assert parts["unavoidable"].count == 0
